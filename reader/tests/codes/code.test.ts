/** QR codes held to another implementation, and to what a camera makes of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeQR } from "qr/decode.js";
import { encodeQR } from "qr";
import { correct, parityOf } from "../../src/codes/galois";
import { COARSE, KINDS, type Kind, sizeOf, USUAL } from "../../src/codes/layout";
import { readCode } from "../../src/codes/reading";
import { codeOf } from "../../src/codes/writing";
import { numbers, photograph, STRAIGHT, type View } from "./camera";

function made(kind: Kind, seed: number, length = kind.bytes): Uint8Array {
  const random = numbers(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

const level = (kind: Kind): "low" | "medium" => (kind.level ? "low" : "medium");

test("a code is, module for module, what another writer makes of the same bytes", () => {
  for (const kind of KINDS) {
    for (const length of [kind.bytes, kind.bytes - 1, 9, 0]) {
      const bytes = made(kind, length, length);
      const size = sizeOf(kind);
      const options = { encoding: "byte", ecc: level(kind), version: kind.version, mask: 3, border: 1 } as const;
      const theirs = encodeQR("x", "raw", { ...options, textEncoder: () => bytes });
      const ours = codeOf(kind, bytes);
      const inside = theirs.slice(1, -1).map((row) => row.slice(1, -1));
      assert.equal(inside.length, size);
      assert.deepEqual(Array.from(ours), inside.flat().map(Number));
    }
  }
});

test("more bytes than a code holds are the caller's mistake", () => {
  for (const kind of KINDS) assert.throws(() => codeOf(kind, new Uint8Array(kind.bytes + 1)), RangeError);
});

test("another reader reads every byte of a code of ours", () => {
  for (const kind of KINDS) {
    const bytes = made(kind, 3);
    let read: Uint8Array | undefined;
    const textDecoder = (found: Uint8Array): string => {
      read = found.slice();
      return "";
    };
    decodeQR(photograph(kind, bytes, STRAIGHT), { textDecoder });
    assert.deepEqual(read, bytes);
  }
});

test("a code of another writer is read, whatever mask it chose", () => {
  for (const kind of KINDS) {
    for (let mask = 0; mask < 8; mask++) {
      const bytes = made(kind, mask);
      const options = { encoding: "byte", ecc: level(kind), version: kind.version, mask, border: 4 } as const;
      const rows = encodeQR("x", "raw", { ...options, textEncoder: () => bytes });
      assert.deepEqual(readCode(drawn(rows, 4)), bytes, `version ${kind.version}, mask ${mask}`);
    }
  }
});

function drawn(rows: readonly (readonly boolean[])[], scale: number): { width: number; height: number; data: Uint8Array } {
  const side = rows.length * scale;
  const data = new Uint8Array(4 * side * side).fill(255);
  for (let at = 0; at < side * side; at++) {
    const dark = rows[Math.floor(at / side / scale)]?.[Math.floor((at % side) / scale)];
    if (dark) data.fill(0, 4 * at, 4 * at + 3);
  }
  return { width: side, height: side, data };
}

const VIEWS: Readonly<Record<string, Partial<View>>> = {
  "as it is": {},
  "on its side": { roll: 87 },
  "upside down": { roll: 183 },
  "from below": { tilt: 25, noise: 8 },
  "from below and aside": { tilt: 30, yaw: 20, roll: 5, noise: 8 },
  "small in the picture": { part: 0.4, noise: 8, roll: 3 },
  "out of focus": { blur: 2.5, noise: 8, roll: 3 },
  "in the dark": { noise: 25, roll: 2 },
  "lit from one side": { shade: 0.35, noise: 8, blur: 1 },
  "in a hand": { tilt: 15, yaw: -12, roll: 8, blur: 1.5, noise: 12, shade: 0.6, part: 0.7 },
};

for (const [name, view] of Object.entries(VIEWS)) {
  test(`a camera reads it ${name}`, () => {
    for (const kind of [USUAL, COARSE]) {
      const bytes = made(kind, 7);
      const read = readCode(photograph(kind, bytes, { ...STRAIGHT, ...view }, 7));
      assert.equal(read?.join(), bytes.join(), `version ${kind.version}`);
    }
  });
}

test("where there is no code nothing is read, and nothing fails", () => {
  const random = numbers(1);
  for (const [width, height] of [[1, 1], [3, 200], [200, 3], [257, 120]] as const) {
    const noise = Uint8Array.from({ length: 4 * width * height }, () => Math.floor(random() * 256));
    for (const data of [noise, new Uint8Array(noise.length), new Uint8Array(noise.length).fill(255)]) {
      assert.equal(readCode({ width, height, data }), undefined);
    }
  }
});

test("half of a code is not read as something else", () => {
  const whole = photograph(USUAL, made(USUAL, 5), STRAIGHT);
  for (let rows = 100; rows < whole.height; rows += 103) {
    const data = whole.data.slice(0, 4 * rows * whole.width);
    const got = readCode({ width: whole.width, height: rows, data });
    if (got) assert.deepEqual(got, made(USUAL, 5));
  }
});

test("a code that holds text and no bytes, or another version, is passed over", () => {
  for (const rows of [
    encodeQR("HOLUB 1234", "raw", { version: 15, ecc: "low", border: 4 }),
    encodeQR("x", "raw", { version: 3, ecc: "low", border: 4 }),
  ]) {
    assert.equal(readCode(drawn(rows, 4)), undefined);
  }
});

test("a block is put right up to half its check bytes, and never beyond", () => {
  const random = numbers(9);
  for (let round = 0; round < 60; round++) {
    const data = Uint8Array.from({ length: 88 }, () => Math.floor(random() * 256));
    const whole = Uint8Array.from([...data, ...parityOf(data, 22)]);
    const errors = round % 20;
    const broken = whole.slice();
    const places = new Set<number>();
    while (places.size < errors) places.add(Math.floor(random() * whole.length));
    for (const at of places) broken[at] = (broken[at] as number) ^ (1 + Math.floor(random() * 255));
    const right = correct(broken, 22);
    if (errors <= 11) assert.ok(right);
    if (errors <= 11) assert.deepEqual(broken, whole);
    if (errors > 11) assert.notEqual(broken.join(), whole.join());
  }
});
