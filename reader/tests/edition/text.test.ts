/** Base texts and changes that are laid out wrong: each is refused, whatever signature stands above it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readBase } from "../../src/edition/base";
import { applyChange } from "../../src/edition/change";
import type { Item } from "../../src/edition/item";
import { Effort } from "../../src/edition/effort";
import { climb, leafHash, treeRoot } from "../../src/edition/tree";
import { Refusal } from "../../src/edition/types";
import { join, text8, u8, utf8 } from "../../src/edition/wire";
import { baseText, frame, frameHead, gaps, rowsOf, varint, zigzag } from "./maker";

const texts = { "a.md": "first", "b/c.md": "", "b/d.md": "third" };
const old = readBase(frame(baseText(rowsOf(texts))));
const NOTHING = new Uint8Array(0);

function refused(action: () => unknown, why: string): void {
  assert.throws(action, (error) => error instanceof Refusal && error.reason === "forged", why);
}
const shown = (items: readonly Item[]): string[] => items.map((item) => `${item.path}=${new TextDecoder().decode(item.bytes)}`);
const base = (count: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  frame(join(varint(0), varint(count), ...parts.map((part) => (typeof part === "string" ? utf8(part) : part))));

test("a base text holds any bytes", () => {
  assert.deepEqual(shown(old), ["a.md=first", "b/c.md=", "b/d.md=third"]);
  const odd = { "a.md": "\0\x01\x02\x01\x01\0", "b.md": "\x01", "c.md": "\0" };
  assert.deepEqual(shown(readBase(frame(baseText(rowsOf(odd))))), Object.entries(odd).map(([path, text]) => `${path}=${text}`));
});

test("a base text laid out wrong is refused", () => {
  const cases: Record<string, Uint8Array> = {
    "no guide": base(0),
    "a guide too many": base(1, "a.md\0one\0two\0"),
    "a guide too few": base(2, "a.md\0b.md\0one\0"),
    "no end": base(1, "a.md\0one"),
    "an escape of nothing": base(1, "a.md\0on\x01\0"),
    "an escape of something else": base(1, "a.md\0on\x01\x03e\0"),
    "an escape at the very end": base(1, "a.md\0on\x01"),
    "the same path twice": base(2, "a.md\0a.md\0one\0two\0"),
    "paths out of order": base(2, "b.md\0a.md\0one\0two\0"),
    "a longer form of a number": frame(join(Uint8Array.of(0, 0x81, 0), utf8("a.md\0one\0"))),
    "a number past its limit": base(70_000, "a.md\0one\0"),
  };
  for (const [why, data] of Object.entries(cases)) refused(() => readBase(data), why);
  const paths = [
    "", ".md", "a", "a.MD", "/a.md", "a//b.md", "./a.md", "../a.md", "a/../b.md", "a/.b.md", "a\\b.md", "a\x1f.md", "a\x7f.md",
    "e\u0301.md", "x".repeat(253) + ".md",
  ];
  for (const path of paths) refused(() => readBase(base(1, path + "\0one\0")), path);
  refused(() => readBase(base(1, Uint8Array.of(0xff, 0x2e, 0x6d, 0x64, 0), "one\0")), "not UTF-8");
  for (const path of ["a/b.md", "\u00e9.md", "\ufeffa.md", "довідка/вода.md", "x".repeat(252) + ".md"]) {
    assert.deepEqual(shown(readBase(base(1, path + "\0one\0"))), [`${path}=one`]);
  }
});

const short = (strings: readonly string[], text: Uint8Array, words: readonly Uint8Array[] = []): Uint8Array => {
  const listed = strings.length ? [varint(words.length), ...words.map((word) => join(word, u8(0)))] : [];
  return frame(join(varint(strings.length), ...strings.map((one) => text8(one)), ...listed, varint(1), utf8("a.md\0"), text, u8(0)));
};

test("shorthand is opened, and what does not fit it is refused", () => {
  const strings = ["і", "м", " the "];
  const text = Uint8Array.of(0x41, 0x80, 0x82, 0x81, 1, 0xc3, 1, 0xa9, 1, 1, 1, 2);
  assert.deepEqual(shown(readBase(short(strings, text))), ["a.md=Aі the мé\x01\0"]);
  assert.deepEqual(shown(readBase(short([], utf8("Aіé")))), ["a.md=Aіé"]);
  for (const wrong of [[0x83], [1], [1, 0x41], [1, 0], [0x80, 1, 3]]) refused(() => readBase(short(strings, Uint8Array.from(wrong))), String(wrong));
  refused(() => readBase(short([], Uint8Array.of(1, 0x80))), "a mark without strings");
  for (const string of ["a", "x".repeat(33), "a\0", "a\x01"]) refused(() => readBase(short([string], utf8("x"))), string);
  refused(() => readBase(short(Array<string>(129).fill("ab"), utf8("x"))), "129 strings");
  const large = (count: number): Uint8Array => short(["x".repeat(32)], new Uint8Array(count).fill(0x80));
  assert.equal(readBase(large(2 ** 17))[0]?.bytes.length, 2 ** 22);
  refused(() => readBase(large(2 ** 17 + 1)), "a guide of more than 4 MiB");
});

test("words are two bytes each, and what does not fit them is refused", () => {
  const strings = ["і", "м"];
  const words = [Uint8Array.of(0x44, 0x80, 0x81), utf8(" the")];
  const opened = readBase(short(strings, Uint8Array.of(0x82, 2, 0x80, 0x82, 3, 1, 0x82), words));
  assert.deepEqual([...(opened[0]?.bytes ?? [])], [...utf8("Dімі the"), 0x82]);
  for (const wrong of [[0x82, 4], [0x83, 2], [0x82], [0x82, 1, 1]]) refused(() => readBase(short(strings, Uint8Array.from(wrong), words)), String(wrong));
  for (const word of [[0x41], Array<number>(33).fill(0x41), [0x41, 1, 0x80], [0x41, 0x82]]) {
    refused(() => readBase(short(strings, utf8("x"), [Uint8Array.from(word)])), `a word ${word.join(" ")}`);
  }
  const full = Array<string>(127).fill("ab");
  assert.equal(readBase(short(full, Uint8Array.of(0xff, 0xff), Array<Uint8Array>(254).fill(utf8("cd"))))[0]?.bytes.length, 2);
  refused(() => readBase(short(full, utf8("x"), Array<Uint8Array>(255).fill(utf8("cd")))), "255 words where 254 have room");
});

test("what all steps announce, and what they take, is bounded", () => {
  const why = (action: () => unknown, words: RegExp): void => assert.throws(action, (error) => error instanceof Refusal && words.test(error.message));
  const effort = new Effort();
  const announcing = (mebibytes: number): Uint8Array => join(u8(0), none, none, frameHead(mebibytes * 2 ** 20));
  effort.checkAnnounced(frameHead(64 * 2 ** 20), [announcing(64), announcing(64)]);
  why(() => effort.checkAnnounced(frameHead(64 * 2 ** 20), [announcing(64), announcing(64), announcing(1)]), /announce/);
  effort.spend(384 * 2 ** 20);
  why(() => applyChange(old, change(1, none, none, added()), effort), /too much to open/);
  assert.deepEqual(shown(applyChange(old, change(1, none, none, added()), new Effort())), shown(old));
});

const change = (scope: number, removed: Uint8Array, changed: Uint8Array, ...content: readonly Uint8Array[]): Uint8Array =>
  join(u8(scope), removed, changed, frame(join(...content)));
const none = gaps([]);
const added = (...paths: readonly string[]): Uint8Array => join(varint(paths.length), ...paths.map((path) => utf8(path + "\0")));

test("a change removes, changes and adds, in the new order", () => {
  const step = change(0, gaps([1]), gaps([0, 2]), added("a/x.md", "z.md"), varint(1), varint(2), zigzag(-4), zigzag(1), utf8("fXthirdszz"));
  const before = shown(old);
  assert.deepEqual(shown(applyChange(old, step)), ["a.md=f", "a/x.md=X", "b/d.md=thirds", "z.md=zz"]);
  assert.deepEqual(shown(old), before);
  assert.deepEqual(shown(applyChange(old, change(1, none, none, added()))), before);
  assert.deepEqual(shown(applyChange(old, change(0, gaps([0]), none, added("a.md"), varint(1), utf8("n")))), ["a.md=n", ...before.slice(1)]);
});

test("a change laid out wrong is refused", () => {
  const cases: Record<string, Uint8Array> = {
    "a prefix that does not exist": change(2, none, none, added()),
    "removed past the end": change(0, gaps([3]), none, added()),
    "changed past the end": change(0, none, gaps([1, 3]), added(), zigzag(0), zigzag(0)),
    "removed and changed": change(0, gaps([1]), gaps([1]), added(), zigzag(0)),
    "everything removed": change(0, gaps([0, 1, 2]), none, added()),
    "more removed than there is": change(0, join(varint(4), new Uint8Array(4)), none, added()),
    "added where it is": change(0, none, none, added("a.md"), varint(1), utf8("n")),
    "added where it is changed": change(0, none, gaps([0]), added("a.md"), varint(1), zigzag(0), utf8("nfirst")),
    "added out of order": change(0, none, none, added("z.md", "y.md"), varint(0), varint(0)),
    "added twice": change(0, none, none, added("z.md", "z.md"), varint(0), varint(0)),
    "added outside": change(0, none, none, added("../z.md"), varint(0)),
    "a length below zero": change(0, none, gaps([0]), added(), zigzag(-6)),
    "a text that ends early": change(0, none, gaps([0]), added(), zigzag(1), utf8("first")),
    "bytes that follow": change(0, none, gaps([0]), added(), zigzag(0), utf8("firsts")),
    "no frame": join(u8(0), none, none),
    "nothing": NOTHING,
  };
  for (const [why, data] of Object.entries(cases)) refused(() => applyChange(old, data), why);
});

test("trees of every size: each leaf climbs to the root, and to nowhere from another place", () => {
  const prove = (leaves: readonly Uint8Array[], index: number): Uint8Array[] => {
    if (leaves.length === 1) return [];
    const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
    const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
    return index < split ? [...prove(left, index), treeRoot(right)] : [...prove(right, index - split), treeRoot(left)];
  };
  for (let count = 1; count <= 33; count++) {
    const leaves = Array.from({ length: count }, (_, at) => leafHash(u8(at)));
    leaves.forEach((leaf, at) => {
      const path = prove(leaves, at);
      assert.deepEqual(climb(leaf, at, count, path), treeRoot(leaves));
      refused(() => climb(leaf, at, count, [...path, leaf]), "a node too many");
      if (path.length) refused(() => climb(leaf, at, count, path.slice(1)), "a node too few");
      refused(() => climb(leaf, count, count, path), "past the end");
    });
  }
});
