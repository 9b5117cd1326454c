/** Packed word lists come out as they went in, whatever their letters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { packWords, unpackWords } from "../../src/packing/wordpacking";

const LISTS: Readonly<Record<string, readonly string[]>> = {
  "no words": [],
  "one word": ["а"],
  "words that begin alike": ["а", "аб", "аба", "абаб", "б"],
  "a word that is the beginning of the next, and of none after": ["ab", "abc", "b"],
  "apostrophes and hyphens": ["drop-down", "м'яч", "об'їзд"],
  "unsorted words": ["ю", "а", "ю", "а"],
  "many words": Array.from({ length: 2000 }, (_, at) => (at * 7919).toString(26)).sort(),
};

for (const [what, words] of Object.entries(LISTS)) {
  test(`${what} come out as they went in`, () => {
    const { letters, bytes } = packWords(words);
    assert.deepEqual(unpackWords(letters, bytes, words.length), words);
    assert.deepEqual(packWords(words).bytes, bytes);
  });
}

test("a packed list is smaller than its letters", () => {
  const words = LISTS["many words"] ?? [];
  assert.ok(packWords(words).bytes.length < words.join("").length / 2);
});
