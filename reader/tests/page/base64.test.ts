/** Base64 as the page takes it: RFC 4648, section 4, and nothing that browsers let pass besides. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../../src/page/base64";

const decoded = (text: string): string | undefined => {
  const bytes = fromBase64(text);
  return bytes && new TextDecoder().decode(bytes);
};

test("the RFC's own examples, both ways (section 10)", () => {
  for (const [plain, text] of Object.entries({
    "": "",
    f: "Zg==",
    fo: "Zm8=",
    foo: "Zm9v",
    foob: "Zm9vYg==",
    fooba: "Zm9vYmE=",
    foobar: "Zm9vYmFy",
  })) {
    assert.equal(toBase64(new TextEncoder().encode(plain)), text);
    assert.equal(decoded(text), plain);
  }
});

test("all bytes, also over the pieces that are encoded at a time", () => {
  for (const length of [255, 0x6000 - 1, 0x6000, 0x6000 + 1, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) & 0xff);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
});

for (const [what, text] of Object.entries({
  "a space": "Zm9 v",
  "spaces that make up four": "Zm9v    ",
  "a line's end": "Zm9v\n\n\n\n",
  "a tab, a return, a feed": "Z\tm\r9\fv   ",
  "no padding": "Zg",
  "padding of one where two are due": "Zg=",
  "padding alone": "====",
  "three signs of padding": "Z===",
  "padding in the middle": "Zg==Zg==",
  "spare bits": "Zh==",
  "spare bits of the other length": "Zm9=",
  "the other alphabet": "_-__",
  "another letter": "Zmї9",
  "a zero": "Zm9\0",
})) {
  test(`refused: ${what}`, () => assert.equal(fromBase64(text), undefined));
}
