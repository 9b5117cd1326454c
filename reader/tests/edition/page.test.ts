/** A neighbour's page: genuine, older, swapped, or none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLibrary } from "../../src/edition/library";
import { checkPage } from "../../src/edition/page";
import { hash } from "../../src/edition/tree";
import { join, utf8 } from "../../src/edition/wire";
import { bundleOf, full, identityOf, type PackWish, pen, rootDocument, servicesOf } from "./maker";

const HEAD = '<!doctype html><script type="text/plain" id="edition">';
const TAIL = "</script><script id=code>show()</script>";
const SETTINGS = utf8('{"language":"uk"}');
const [ROOT, EDITION, OTHER] = [pen("root"), pen("edition"), pen("other")];
const FIRST = { roots: [ROOT], editions: [EDITION] };
const root = rootDocument(FIRST);
const code = (tail = TAIL): Uint8Array => hash(utf8(HEAD + tail));
const newer = "</script><script id=code>better()</script>";

const pack = (edition: number, codes: readonly Uint8Array[], signer = EDITION): PackWish => ({
  edition, signer, texts: { "a.md": `# ${edition}` }, services: servicesOf({ codes }),
});
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const page = (items: readonly Uint8Array[], tail = TAIL): Uint8Array => utf8(HEAD + base64(bundleOf(SETTINGS, ...items)) + tail);

const ours = openLibrary([root, full(pack(5, [code()]))]);
const verdict = (file: Uint8Array): string => {
  const found = checkPage(file, ours);
  return found.verdict === "swapped" ? `swapped: ${found.reason}` : found.verdict;
};

test("genuine: our own, and a newer one whose own signed edition names its code", () => {
  assert.equal(verdict(page([root, full(pack(5, [code()]))])), "genuine");
  const found = checkPage(page([root, full(pack(6, [code(newer), code()]))], newer), ours);
  assert.ok(found.verdict === "genuine");
  assert.equal(found.newer, true);
  assert.equal(found.edition, 6);
  assert.equal(found.other.edition.number, 6);
});

test("older: the publisher's, but before ours", () => {
  assert.equal(verdict(page([root, full(pack(4, [code()]))])), "older");
  assert.equal(verdict(page([root, full(pack(4, []))])), "older");
});

test("swapped: other code, other text, other publisher, other root document", () => {
  const genuine = page([root, full(pack(5, [code()]))]);
  assert.equal(verdict(page([root, full(pack(5, [code()]))], newer)), "swapped: code");
  assert.equal(verdict(join(genuine, utf8("<script>steal()</script>"))), "swapped: code");
  assert.equal(verdict(join(utf8(" "), genuine)), "swapped: code");
  assert.equal(verdict(page([root, full(pack(6, [code()], OTHER))])), "swapped: forged");
  const stranger = rootDocument({ roots: [OTHER], editions: [OTHER] });
  assert.equal(verdict(page([stranger, full(pack(6, [code()], OTHER))])), "swapped: other-publisher");
  const borrowed = rootDocument({ serial: 2, first: identityOf(FIRST), roots: [OTHER], editions: [EDITION, OTHER] });
  assert.equal(verdict(page([borrowed, full(pack(5, [code()]))])), "swapped: forged");
});

test("swapped: data that is damaged, missing or written in another way", () => {
  assert.equal(verdict(utf8(HEAD + TAIL)), "swapped: unknown");
  assert.equal(verdict(utf8(HEAD + "AAA" + TAIL)), "swapped: damaged");
  const text = new TextDecoder().decode(page([root, full(pack(5, [code()]))]));
  assert.equal(verdict(utf8(text.replace('id="edition">', 'id="edition"> '))), "swapped: damaged");
  assert.equal(verdict(page([full(pack(5, [code()]))])), "swapped: unknown", "no root document: it would not open");
  assert.equal(verdict(page([root])), "swapped: gap", "no pack");
  for (const spare of ["AB==", "AAB="]) assert.equal(verdict(utf8(HEAD + spare + TAIL)), "swapped: damaged");
});

test("not a page: no place for data, or two", () => {
  assert.equal(verdict(utf8("<p>hello</p>")), "not-a-page");
  assert.equal(verdict(utf8(HEAD + TAIL + HEAD + TAIL)), "not-a-page");
  assert.equal(verdict(utf8(HEAD + "AAAA")), "not-a-page");
  assert.equal(verdict(new Uint8Array(0)), "not-a-page");
});
