/** Bundles: settings, word lists, then root documents and parcels; what stands elsewhere is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openBundle, writeBundle } from "../../src/edition/bundle";
import { openLibrary } from "../../src/edition/library";
import { checkPage } from "../../src/edition/page";
import { hash } from "../../src/edition/tree";
import { Refusal } from "../../src/edition/types";
import { hex, join, text8, utf8 } from "../../src/edition/wire";
import { bundleOf, full, pen, rootDocument, servicesOf } from "./maker";

const SETTINGS = utf8('{"language":"uk"}');
const list = (language: string, packed: string): Uint8Array => join(utf8("HLW1"), text8(language), utf8(packed));
const [ROOT, EDITION] = [pen("root"), pen("edition")];
const root = rootDocument({ roots: [ROOT], editions: [EDITION] });
const HEAD = '<!doctype html><script type="text/plain" id="edition">';
const WORDS = "whatever";
const TAIL = `</script><script id=code>show("${hex(hash(utf8(WORDS)))}")</script>`;
const pack = full({
  edition: 5, signer: EDITION, texts: { "a.md": "# A" }, services: servicesOf({ codes: [hash(utf8(HEAD + TAIL))] }),
});

const refused = (reason: string, ...items: Uint8Array[]): void =>
  assert.throws(() => openBundle(bundleOf(...items)), (error) => error instanceof Refusal && error.reason === reason);

test("word lists stand between the settings and the rest, and are written again as they came", () => {
  const data = bundleOf(SETTINGS, list("uk", "а\nb"), list("en", "c"), root, pack);
  const { settings, lists, items } = openBundle(data);
  assert.deepEqual(lists.map(({ language, packed }) => [language, new TextDecoder().decode(packed)]), [["uk", "а\nb"], ["en", "c"]]);
  assert.deepEqual(items, [root, pack]);
  assert.deepEqual(writeBundle(settings, lists, items), data);
  assert.deepEqual(openBundle(bundleOf(SETTINGS)), { settings: SETTINGS, lists: [], items: [] });
});

test("lists of another shape, two of a language, or too many are refused", () => {
  refused("forged", SETTINGS, utf8("HLW1"));
  refused("forged", SETTINGS, list("uk", ""));
  refused("forged", SETTINGS, list("UK", "a"));
  refused("forged", SETTINGS, list("uk", "a".repeat(65_537)));
  refused("forged", SETTINGS, list("uk", "a"), list("uk", "b"));
  const many = Array.from({ length: 17 }, (_, at) => list(`a${String.fromCharCode(97 + at)}`, "x"));
  refused("forged", SETTINGS, ...many);
  assert.equal(openBundle(bundleOf(SETTINGS, ...many.slice(1))).lists.length, 16);
  refused("damaged");
});

test("a list behind a root document or a parcel is no parcel", () => {
  for (const items of [[root, list("uk", "a"), pack], [root, pack, list("uk", "a")]]) {
    assert.throws(() => openLibrary(openBundle(bundleOf(SETTINGS, ...items)).items), Refusal);
  }
});

test("a neighbour's page and a bundle are judged by what is behind their lists", () => {
  const ours = openLibrary([root, pack]);
  const data = bundleOf(SETTINGS, list("uk", WORDS), root, pack);
  const page = utf8(HEAD + btoa(String.fromCharCode(...data)) + TAIL);
  assert.equal(checkPage(page, ours).verdict, "genuine");
  assert.equal(ours.receive(data), ours);
  // Codenames would be drawn from another list, which somebody may know.
  const strange = bundleOf(SETTINGS, list("uk", "whateveR"), root, pack);
  assert.equal(checkPage(utf8(HEAD + btoa(String.fromCharCode(...strange)) + TAIL), ours).verdict, "swapped");
});
