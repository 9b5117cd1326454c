/** The page's library: what it takes, what it refuses and why, and that it opens again as it was saved. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLibrary } from "../../src/edition/library";
import { hash } from "../../src/edition/tree";
import { type Library, Refusal, type RefusalReason } from "../../src/edition/types";
import { hex, utf8 } from "../../src/edition/wire";
import {
  bag, bagParcel, bundleOf, full, identityOf, type PackWish, parcel, pen, pictureParcel, picturesOf, rootDocument, servicesOf, TIME, update,
} from "./maker";

const [ROOT, EDITION, OTHER, NEXT] = [pen("root"), pen("edition"), pen("other"), pen("next")];
const FIRST = { roots: [ROOT], editions: [EDITION] };
const root = rootDocument(FIRST);
const NOW = TIME;
const one: PackWish = { edition: 1, texts: { "a/x.md": "# X\n", "a/y.md": "# Y\n", "b.md": "# B\n" }, signer: EDITION };
const two: PackWish = { ...one, edition: 2, texts: { "a/x.md": "# X, anew\n", "b.md": "# B\n", "c.md": "# C\n" } };
const three: PackWish = { ...two, edition: 3, texts: { ...two.texts, "a/z.md": "# Z\n" } };
const SETTINGS = utf8('{"language":"uk"}');

function refused(reason: RefusalReason, action: () => unknown): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.reason, reason, error.message);
    return true;
  });
}

const text = (library: Library, path: string): string | undefined => {
  const bytes = library.edition.packs[0]?.guides.get(path);
  return bytes && new TextDecoder().decode(bytes);
};

function saved(library: Library): Library {
  const again = openLibrary(library.items);
  assert.deepEqual(again.items.map(hex), library.items.map(hex));
  assert.equal(again.edition.number, library.edition.number);
  return again;
}

test("a page opens, with or without its settings in front", () => {
  for (const items of [[root, full(one)], [SETTINGS, root, full(one)]]) {
    const library = openLibrary(items);
    assert.equal(library.edition.publisher.name, "Центр");
    assert.deepEqual(library.edition.publisher.deskId, identityOf(FIRST));
    assert.deepEqual([...(library.edition.packs[0]?.guides.keys() ?? [])], ["a/x.md", "a/y.md", "b.md"]);
    assert.equal(library.edition.letterKey.sealUntil, TIME + 28 * 86_400);
    assert.equal(library.edition.packs[0]?.edition, 1);
  }
});

test("nothing, a root alone and a parcel alone are no page", () => {
  refused("unknown", () => openLibrary([]));
  refused("gap", () => openLibrary([root]));
  refused("unknown", () => openLibrary([full(one)]));
});

test("a page whose parcel broke is damaged wherever it broke, and a whole one that does not verify is forged", () => {
  const whole = full(one);
  for (let at = 3; at < whole.length; at += 7) {
    const broken = Uint8Array.from(whole, (byte, place) => (place === at ? byte ^ 4 : byte));
    if (at >= 4 && at < 8) {
      // Nothing but the check: all that is inside still verifies. Whoever is handed it alone looks at the check.
      assert.equal(text(openLibrary([root, broken]), "b.md"), "# B\n");
      refused("damaged", () => openLibrary([root, whole]).receive(broken, NOW));
    } else refused("damaged", () => openLibrary([root, broken]));
  }
  refused("forged", () => openLibrary([root, full({ ...one, signer: OTHER })]));
});

test("updates apply to a copy, and the saved page opens again", () => {
  const before = openLibrary([root, full(one)]);
  const after = before.receive(update(one, two), NOW).receive(update(two, three), NOW);
  assert.equal(text(before, "a/x.md"), "# X\n");
  assert.equal(text(after, "a/x.md"), "# X, anew\n");
  assert.equal(text(after, "a/y.md"), undefined);
  assert.deepEqual([...(after.edition.packs[0]?.guides.keys() ?? [])], ["a/x.md", "a/z.md", "b.md", "c.md"]);
  assert.equal(after.items.length, 4);
  saved(after);
});

test("a run of updates opens as its last stamp says, and a wrong last stamp refuses all of it", () => {
  const items = [root, full(one), update(one, two), update(two, three)];
  assert.equal(openLibrary(items).edition.number, 3);
  refused("forged", () => openLibrary([...items.slice(0, 3), update(two, { ...three, signer: OTHER })]));
  refused("gap", () => openLibrary([root, full(one), update(two, three), update(one, two)]));
  const english = full({ ...one, language: "en" });
  const mixed = openLibrary([root, full(one), english, update(one, two), update({ ...one, language: "en" }, { ...two, language: "en" }), update(two, three)]);
  assert.deepEqual(mixed.edition.packs.map((pack) => [pack.language, pack.edition]), [["uk", 3], ["en", 2]]);
  saved(mixed);
});

test("a full parcel takes the place of what led to the old pack", () => {
  const library = openLibrary([root, full(one)]).receive(update(one, two), NOW).receive(full(three), NOW);
  assert.equal(library.items.length, 2);
  saved(library);
});

test("the same parcel again changes nothing; another of the same number is a forgery", () => {
  const library = openLibrary([root, full(two)]);
  assert.equal(library.receive(full(two), NOW), library);
  refused("forged", () => library.receive(full({ ...two, texts: { "b.md": "# other\n" } }), NOW));
  refused("forged", () => library.receive(full({ ...two, language: "en", time: TIME + 5 }), NOW));
  refused("older", () => library.receive(full(one), NOW));
});

test("packs of several editions: the newest speaks for the page, each keeps its own number", () => {
  const english: PackWish = { ...one, language: "en", edition: 4, services: servicesOf({ codes: [hash(utf8("code"))] }) };
  const library = openLibrary([root, full(one)]).receive(full(english), NOW);
  assert.equal(library.edition.number, 4);
  assert.deepEqual(library.edition.packs.map((pack) => pack.edition), [1, 4]);
  assert.equal(library.edition.codeHashes.length, 1);
  assert.equal(saved(library.receive(update(one, two), NOW)).edition.packs[0]?.edition, 2);
});

test("a root document that has expired accepts nothing new, and what is held stays readable", () => {
  const short = rootDocument({ ...FIRST, expiry: TIME + 10 });
  const library = openLibrary([short, full(one)]);
  refused("older", () => library.receive(update(one, two), TIME + 10));
  assert.equal(library.receive(update(one, two), TIME + 9).edition.number, 2);
});

/** Refused, or the very same text: the same text may be compressed in many ways, and the stamp is over the text. */
function refusedOrSame(genuine: Library, action: () => Library): boolean {
  try {
    const library = action();
    assert.deepEqual([...(library.edition.packs[0]?.guides ?? [])], [...(genuine.edition.packs[0]?.guides ?? [])]);
    assert.deepEqual([library.edition.number, library.edition.time, library.edition.expiry], [genuine.edition.number, genuine.edition.time, genuine.edition.expiry]);
    return false;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return true;
  }
}

test("every bit of a parcel matters, its check put right or not", () => {
  const library = openLibrary([root, full(one)]);
  const [whole, wanted] = [full(one), update(one, two)];
  const updated = library.receive(wanted, NOW);
  let refusals = 0;
  for (let at = 0; at < wanted.length; at++) {
    const bad = wanted.slice();
    bad[at] = (bad[at] as number) ^ (1 << at % 8);
    refused(at < 3 ? "unknown" : "damaged", () => library.receive(bad, NOW));
    refusals += Number(refusedOrSame(updated, () => library.receive(parcel(3, bad.subarray(8)), NOW)));
    refused("forged", () => library.receive(parcel(3, wanted.subarray(8, Math.max(at, 8))), NOW));
  }
  assert.ok(refusals > wanted.length - 10);
  for (let at = 8; at < whole.length; at += 3) {
    const bad = whole.slice();
    bad[at] = (bad[at] as number) ^ (1 << at % 8);
    refusedOrSame(library, () => openLibrary([root, parcel(1, bad.subarray(8))]));
    refused("forged", () => openLibrary([root, parcel(1, whole.subarray(8, at))]));
  }
});

test("pictures: shown where the pack's own list names them, kept over an update that leaves them as they are", () => {
  const blobs = { "i/a.png": utf8("one"), "i/b.png": utf8("two") };
  const pictures = picturesOf(blobs);
  const [p1, p2, p3] = [one, two, three].map((wish) => ({ ...wish, pictures })) as [PackWish, PackWish, PackWish];
  refused("gap", () => openLibrary([root, full(one)]).receive(pictureParcel(blobs), NOW));
  let library = openLibrary([root, full(p1)]).receive(pictureParcel(blobs), NOW);
  assert.deepEqual(library.edition.picture("main", "uk", "i/a.png"), utf8("one"));
  library = saved(library.receive(update(p1, p2), NOW));
  assert.deepEqual(library.edition.picture("main", "uk", "i/b.png"), utf8("two"));
  library = saved(library.receive(full(p3), NOW));
  assert.deepEqual(library.edition.picture("main", "uk", "i/b.png"), utf8("two"));
  assert.equal(library.items.length, 3);

  const more = { ...blobs, "i/c.png": utf8("three") };
  const p4 = { ...p3, edition: 4, pictures: picturesOf(more) };
  library = saved(library.receive(update(p3, p4), NOW));
  assert.equal(library.edition.picture("main", "uk", "i/b.png"), undefined, "the old list says nothing of the new pack");
  library = saved(library.receive(pictureParcel(more, ["i/a.png", "i/b.png"]), NOW));
  assert.deepEqual(library.edition.picture("main", "uk", "i/b.png"), utf8("two"));
  assert.deepEqual(library.edition.picture("main", "uk", "i/c.png"), utf8("three"));
  assert.equal(library.edition.picture("main", "uk", "i/d.png"), undefined);
  library = saved(library.receive(full({ ...p4, edition: 5 }), NOW));
  assert.deepEqual(library.edition.picture("main", "uk", "i/b.png"), utf8("two"), "from a parcel of the older list");
});

test("a mailbag is the one that the edition signed, with all its shards", () => {
  const [small, large] = [bag(1, 64), bag(2, 1064)];
  const a = { ...one, services: servicesOf({ mailbag: small.leaf }) };
  const b = { ...two, services: servicesOf({ mailbag: large.leaf }) };
  let library = openLibrary([root, full(a)]);
  refused("gap", () => library.receive(bagParcel(2, large.directory, large.bodies), NOW));
  refused("forged", () => library.receive(bagParcel(1, large.directory, large.bodies), NOW));
  refused("forged", () => library.receive(bagParcel(1, small.directory, small.bodies.slice(1)), NOW));
  refused("forged", () => library.receive(bagParcel(1, small.directory, small.bodies.map((byte, at) => byte ^ (at === 9 ? 1 : 0))), NOW));
  library = library.receive(bagParcel(1, small.directory, new Uint8Array(0)), NOW);
  assert.equal(library.bags.get("main")?.bodies, undefined);
  library = saved(library.receive(bagParcel(1, small.directory, small.bodies), NOW));
  assert.deepEqual(library.bags.get("main")?.bodies, small.bodies);
  library = saved(library.receive(update(a, b), NOW));
  assert.equal(library.bags.get("main")?.edition, 1, "a bag stays until the next one comes");
  library = saved(library.receive(bagParcel(2, large.directory, large.bodies), NOW));
  assert.equal(library.bags.get("main")?.edition, 2);
  assert.equal(library.items.length, 4);
  refused("older", () => library.receive(bagParcel(1, small.directory, small.bodies), NOW));
  // Under another number its tags, which are those of edition 2, would never be found.
  refused("older", () => library.receive(bagParcel(1, large.directory, large.bodies), NOW));
});

test("a full parcel leaves the mailbag that is held; the next mailbag clears the way", () => {
  const [small, large] = [bag(1, 64), bag(2, 128)];
  const a = { ...one, services: servicesOf({ mailbag: small.leaf }) };
  const c = { ...three, services: servicesOf({ mailbag: large.leaf }) };
  let library = openLibrary([root, full(a), bagParcel(1, small.directory, small.bodies)]);
  library = saved(library.receive(full(c), NOW));
  assert.deepEqual([library.edition.number, library.bags.get("main")?.edition, library.items.length], [3, 1, 4]);
  library = saved(library.receive(bagParcel(3, large.directory, large.bodies), NOW));
  assert.deepEqual([library.edition.number, library.bags.get("main")?.edition, library.items.length], [3, 3, 3]);
});

test("rotation: the page follows its publisher's new keys, and nobody else's", () => {
  const first = identityOf(FIRST);
  const second = { serial: 2, first, roots: [ROOT, NEXT], editions: [EDITION, NEXT], signers: [ROOT] };
  const library = openLibrary([root, full(one)]);
  const rotated = saved(library.receive(rootDocument(second), NOW));
  assert.equal(rotated.receive(update(one, { ...two, signer: NEXT }), NOW).edition.number, 2);
  refused("forged", () => library.receive(update(one, { ...two, signer: NEXT }), NOW));
  assert.equal(rotated.receive(rootDocument(second), NOW), rotated);
  refused("forged", () => library.receive(rootDocument({ ...second, roots: [OTHER], signers: [OTHER] }), NOW));
  refused("other-publisher", () => library.receive(rootDocument({ roots: [OTHER], editions: [EDITION] }), NOW));
  refused("other-publisher", () => library.receive(rootDocument({ ...second, first: hash(utf8("else")) }), NOW));
  refused("gap", () => library.receive(rootDocument({ ...second, serial: 3 }), NOW));
  refused("forged", () => rotated.receive(rootDocument({ ...second, name: "Centre" }), NOW));
});

test("keys withdrawn: full parcels under the new keys must come with them", () => {
  const second = rootDocument({ serial: 2, first: identityOf(FIRST), roots: [ROOT], editions: [NEXT] });
  const library = openLibrary([root, full(one)]);
  refused("gap", () => library.receive(second, NOW));
  const fresh = saved(library.receive(bundleOf(SETTINGS, root, second, full({ ...two, signer: NEXT })), NOW));
  assert.equal(fresh.edition.number, 2);
  assert.equal(fresh.items.length, 3);
});

test("a bundle: whole ones and ones of updates; only what is newer is taken", () => {
  const library = openLibrary([root, full(two)]);
  assert.equal(library.receive(bundleOf(SETTINGS, root, full(one)), NOW), library);
  assert.equal(library.receive(bundleOf(SETTINGS, root, full(two)), NOW), library);
  assert.equal(saved(library.receive(bundleOf(SETTINGS, root, full(one), update(one, two), update(two, three)), NOW)).edition.number, 3);
  assert.equal(saved(library.receive(bundleOf(SETTINGS, root, update(two, three)), NOW)).edition.number, 3);
  assert.equal(saved(library.receive(bundleOf(SETTINGS, update(one, two), update(two, three)), NOW)).edition.number, 3);
  assert.equal(library.receive(bundleOf(SETTINGS, full(three)), NOW).edition.number, 3);
  refused("gap", () => openLibrary([root, full(one)]).receive(bundleOf(SETTINGS, root, update(two, three)), NOW));
  refused("damaged", () => library.receive(bundleOf(SETTINGS, root, full(three)).subarray(0, -1), NOW));
  const both = library.receive(bundleOf(SETTINGS, root, full(three), full({ ...three, language: "en" })), NOW);
  assert.deepEqual(saved(both).edition.packs.map((pack) => [pack.language, pack.edition]), [["uk", 3], ["en", 3]]);
});

test("a bundle brings the mailbag of an edition that is held already", () => {
  const { leaf, directory, bodies } = bag(3, 64);
  const services = servicesOf({ mailbag: leaf });
  const library = openLibrary([root, full({ ...one, services })]);
  const after = library.receive(bundleOf(SETTINGS, root, full({ ...one, services }), bagParcel(1, directory, bodies)), NOW);
  assert.equal(saved(after).bags.get("main")?.edition, 1);
});

test("a stranger's root document that borrows our identity and our edition key opens no door", () => {
  const library = openLibrary([root, full(one)]);
  for (const serial of [2, 7]) {
    const borrowed = rootDocument({ serial, first: identityOf(FIRST), roots: [OTHER], editions: [EDITION, OTHER] });
    const reason = serial === 2 ? "forged" : "gap";
    refused(reason, () => library.receive(bundleOf(SETTINGS, borrowed, full({ ...two, signer: OTHER })), NOW));
    refused(reason, () => library.openOther([borrowed, full(two)]));
  }
  const later = openLibrary([rootDocument({ serial: 2, first: identityOf(FIRST), roots: [NEXT], editions: [EDITION], signers: [NEXT] }), full(one)]);
  assert.equal(later.openOther([root, full(one)]).edition.number, 1, "the first document vouches for itself: it is the identity");
  const old = rootDocument({ ...FIRST, editions: [EDITION, OTHER] });
  refused("other-publisher", () => later.openOther([old, full(one)]));
});
