/** What goes from screen to screen: frames without end, bags of letters, and parcels in whatever order they come. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { readLetters, writeLetters } from "../../src/edition/letterbag";
import { openLibrary } from "../../src/edition/library";
import { openParcel } from "../../src/edition/parcel";
import { type Library, Refusal, type RefusalReason } from "../../src/edition/types";
import { join } from "../../src/edition/wire";
import { Collector } from "../../src/frames/collector";
import { parseFrame } from "../../src/frames/frame";
import { Arrivals } from "../../src/page/arrivals";
import { CarriedLetters } from "../../src/post/carried";
import { carousel, roundOf } from "../../src/screen/carousel";
import { hex } from "../letters/hex";
import { bag, bagParcel, full, identityOf, type PackWish, parcel, pen, rootDocument, servicesOf, TIME, update, varint } from "../edition/maker";

// Documents must be valid by the clock of the machine, which arrivals are held against.
Date.now = () => 1000 * TIME;

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

test("every parcel of a carousel comes across, the small ones first, and no symbol comes twice", () => {
  const parcels = [random(40_000), random(300), random(5_000)];
  const collector = new Collector(random);
  const arrived: number[] = [];
  const seen = new Set<string>();
  let shown = 0;
  for (const frame of carousel(parcels, 520)) {
    assert.ok(frame.length <= 520);
    const { id, block, number } = parseFrame(frame);
    seen.add(`${hex(id)} ${block} ${number}`);
    shown++;
    assert.equal(seen.size, shown);
    const whole = collector.add(frame);
    if (whole) arrived.push(parcels.findIndex((one) => hex(one) === hex(whole.parcel)));
    if (arrived.length === parcels.length && shown > 600) break;
  }
  assert.deepEqual(arrived, [1, 2, 0]);
});

test("a camera that sees one code in three, from the middle on, gets all of it too", () => {
  const parcels = [random(20_000), random(900)];
  const collector = new Collector(random);
  let left = parcels.length;
  let shown = 0;
  for (const frame of carousel(parcels, 271)) {
    if (shown++ < 30 || shown % 3) continue;
    if (collector.add(frame)) left--;
    if (!left) break;
    assert.ok(shown < 6 * roundOf(parcels, 271));
  }
});

test("a bag of letters opens as it was written: each once, in the order of their hashes", () => {
  const letters = [256, 4096, 65_536].map(random);
  const { kind, body } = openParcel(writeLetters([...letters, letters[0] as Uint8Array]));
  assert.equal(kind, 7);
  const read = readLetters(body);
  assert.deepEqual(read.map(hex).sort(), letters.map(hex).sort());
  assert.equal(hex(writeLetters([...letters].reverse())), hex(writeLetters(letters)));
  assert.deepEqual(readLetters(openParcel(writeLetters([])).body), []);
});

function refused(reason: RefusalReason, action: () => unknown): void {
  assert.throws(action, (error) => error instanceof Refusal && error.reason === reason);
}

test("a bag that is wrong is refused whole", () => {
  const letters = readLetters(openParcel(writeLetters([random(256), random(256)])).body);
  const bodyOf = (count: number, ...held: readonly Uint8Array[]): Uint8Array =>
    join(varint(count), ...held.flatMap((one) => [varint(one.length), one]));
  const [first, second] = letters as [Uint8Array, Uint8Array];
  for (const body of [
    bodyOf(2, second, first),
    bodyOf(2, first, first),
    bodyOf(3, first, second),
    bodyOf(1, first, second),
    bodyOf(1, random(257)),
    bodyOf(1, new Uint8Array(0)),
    bodyOf(65_537, first),
    new Uint8Array(0),
  ]) {
    refused("forged", () => readLetters(body));
  }
});

test("a page carries each letter once, and no more than it has room for", () => {
  const carried = new CarriedLetters();
  const letters = Array.from({ length: 70 }, () => random(256));
  assert.equal(carried.take(letters.slice(0, 2)), 2);
  assert.equal(carried.take(letters.slice(0, 3)), 1);
  assert.equal(carried.take(letters), 61);
  assert.equal(carried.all.length, 64);
  carried.drop(carried.all[0] as Uint8Array);
  assert.equal(carried.all.length, 63);
  const large = new CarriedLetters();
  assert.equal(large.take(Array.from({ length: 9 }, () => random(1_048_576))), 8);
});

const [ROOT, EDITION, NEXT] = [pen("root"), pen("edition"), pen("next")];
const FIRST = { roots: [ROOT], editions: [EDITION] };
const root = rootDocument(FIRST);
const one: PackWish = { edition: 1, texts: { "a/x.md": "# X\n", "b.md": "# B\n" }, signer: EDITION };
const two: PackWish = { ...one, edition: 2, texts: { "a/x.md": "# X, anew\n", "b.md": "# B\n" } };
const three: PackWish = { ...two, edition: 3, texts: { ...two.texts, "a/z.md": "# Z\n" } };

/** What a page holds after it saw these parcels in this order. */
function after(library: Library, parcels: readonly Uint8Array[]): Library {
  const arrivals = new Arrivals();
  return parcels.reduce((before, bytes) => arrivals.take(before, bytes), library);
}

test("what one page shows leads any older page on, in whatever order it comes", () => {
  const newest = openLibrary([root, full(one), update(one, two), update(two, three)]);
  const shown = newest.parcelsIn("uk");
  assert.equal(shown.length, 3);
  assert.deepEqual(newest.parcelsIn("en"), []);
  for (const held of [[full(one)], [full(two)]]) {
    const old = openLibrary([root, ...held]);
    for (const order of [shown, [...shown].reverse(), [shown[1], shown[2], shown[0]] as Uint8Array[]]) {
      assert.equal(after(old, order).edition.number, 3);
    }
  }
  // The last update alone is enough for whoever lacks only that.
  assert.equal(after(openLibrary([root, full(two)]), [shown[2] as Uint8Array]).edition.number, 3);
});

test("a mailbag that comes before its edition waits for it", () => {
  const { leaf, directory, bodies } = bag(3, 5);
  const withBag: PackWish = { ...two, services: servicesOf({ mailbag: leaf }) };
  const old = openLibrary([root, full(one)]);
  const library = after(old, [bagParcel(2, directory, bodies), full(withBag)]);
  assert.equal(library.edition.number, 2);
  assert.equal(library.bags.get("main")?.edition, 2);
});

test("a page whose keys are newer shows its root documents too", () => {
  const second = rootDocument({
    ...FIRST,
    serial: 2,
    first: identityOf(FIRST),
    editions: [NEXT],
    signers: [ROOT],
  });
  const old = openLibrary([root, full(one)]);
  const newest = openLibrary([root, second, full({ ...two, signer: NEXT })]);
  const shown = newest.parcelsIn("uk");
  assert.equal(shown.length, 2);
  for (const order of [shown, [...shown].reverse()]) {
    const arrivals = new Arrivals();
    let library = old;
    for (const bytes of order) {
      try {
        library = arrivals.take(library, bytes);
      } catch (error) {
        assert.ok(error instanceof Refusal);
      }
    }
    assert.equal(library.edition.number, 2);
  }
});

test("what is forged is refused, and does not stand in the way of what is not", () => {
  const old = openLibrary([root, full(one)]);
  const arrivals = new Arrivals();
  refused("forged", () => arrivals.take(old, full({ ...two, signer: NEXT })));
  refused("unknown", () => arrivals.take(old, random(500)));
  refused("unknown", () => arrivals.take(old, parcel(8, random(20))));
  assert.equal(arrivals.take(old, full(two)).edition.number, 2);
  assert.equal(arrivals.take(old, full(one)), old);
});
