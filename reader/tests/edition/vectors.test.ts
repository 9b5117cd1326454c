/** Runs spec/vectors/{root,edition,parcel}: one case a file. `expect` is ok, a reason, or "refused" for any reason. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openLibrary } from "../../src/edition/library";
import { checkProof } from "../../src/edition/proof";
import { newestOf, openChain } from "../../src/edition/publisher";
import { hash } from "../../src/edition/tree";
import { type Library, Refusal } from "../../src/edition/types";
import { hex, utf8 } from "../../src/edition/wire";
import { unhex } from "../letters/hex";

interface Case {
  readonly what: string;
  readonly expect: string;
  readonly root: readonly string[];
  readonly items?: readonly string[];
  readonly edition?: number;
  readonly packs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly proof?: string;
  readonly guide?: string;
  readonly selection?: string;
  /** False where the case holds kinds that only relays and mirrors read. */
  readonly phones?: boolean;
}

/** Between the vectors' first edition and their root document's expiry. */
const NOW = 1_795_000_000 + 86_400;
const KINDS_OF_RELAYS = [4, 8, 9, 10];
const folder = join(process.env["HOLUB_ROOT"] ?? ".", "spec", "vectors");

function refusedAs(expect: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Refusal, `${String(error)} is no Refusal`);
    if (expect !== "refused") assert.equal(error.reason, expect, error.message);
    return true;
  };
}

function held(library: Library): Record<string, Record<string, string>> {
  const packs = [...library.edition.packs].map((pack) => {
    const guides = [...pack.guides].map(([path, bytes]) => [path, hex(hash(bytes))]);
    return [`${pack.section}/${pack.language}`, Object.fromEntries(guides)] as const;
  });
  return Object.fromEntries(packs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function runItems(found: Case, documents: readonly Uint8Array[], items: readonly Uint8Array[]): void {
  const relays = items.filter((item) => KINDS_OF_RELAYS.includes(item[3] ?? 0));
  const own = items.filter((item) => !relays.includes(item));
  if (!own.length) {
    for (const item of relays) assert.throws(() => openLibrary([...documents, item]), refusedAs("unknown"));
    return;
  }
  const [first, ...later] = own as [Uint8Array, ...Uint8Array[]];
  if (found.expect !== "ok" && !later.length && !relays.length) {
    assert.throws(() => openLibrary([...documents, first]), refusedAs(found.expect));
    return;
  }
  let library = openLibrary([...documents, first]);
  if (found.phones === false) {
    assert.ok(relays.length, "a case for relays alone has a kind of theirs");
    for (const item of relays) assert.throws(() => library.receive(item, NOW), refusedAs("unknown"));
    return;
  }
  const last = later.pop();
  for (const item of later) library = library.receive(item, NOW);
  if (found.expect !== "ok") {
    const before = held(library);
    assert.throws(() => library.receive(last as Uint8Array, NOW), refusedAs(found.expect));
    assert.deepEqual(held(library), before, "a refused parcel changes nothing");
    assert.throws(() => openLibrary([...documents, ...own]), refusedAs(found.expect));
    return;
  }
  if (last) library = library.receive(last, NOW);
  for (const one of [library, openLibrary([...documents, ...own]), openLibrary(library.items)]) {
    assert.equal(one.edition.number, found.edition);
    assert.deepEqual(held(one), found.packs);
    assert.deepEqual(one.items.map(hex), library.items.map(hex));
  }
}

function runProof(found: Case, documents: readonly Uint8Array[]): void {
  const check = () => checkProof(unhex(found.proof ?? ""), unhex(found.guide ?? ""), newestOf(openChain(documents)));
  if (found.expect === "ok") assert.deepEqual(check().bytes, unhex(found.guide ?? ""));
  else assert.throws(check, refusedAs(found.expect));
}

function runRoot(found: Case, documents: readonly Uint8Array[]): void {
  if (found.expect !== "ok") assert.throws(() => openChain(documents), refusedAs(found.expect));
  else assert.deepEqual(openChain(documents).map((root) => root.bytes), documents);
}

function runSelection(documents: readonly Uint8Array[], selection: Uint8Array): void {
  const full = JSON.parse(readFileSync(join(folder, "parcel", "full-of-a-section.json"), "utf8")) as Case;
  const library = openLibrary([...documents, ...(full.items ?? []).map(unhex)]).receive(selection, NOW);
  assert.equal(library.loose.length, 2);
  assert.deepEqual(openLibrary(library.items).loose, library.loose);
}

for (const part of ["root", "edition", "parcel"]) {
  const files = readdirSync(join(folder, part)).filter((name) => name.endsWith(".json")).sort();
  test(`there are vectors in ${part}`, () => assert.ok(files.length > 5));
  for (const file of files) {
    const found = JSON.parse(readFileSync(join(folder, part, file), "utf8")) as Case;
    test(`${part}/${file.replace(".json", "")}: ${found.what}: ${found.expect}`, () => {
      const documents = found.root.map(utf8);
      if (found.proof !== undefined) runProof(found, documents);
      else if (found.selection !== undefined) runSelection(documents, unhex(found.selection));
      else if (found.items?.length) runItems(found, documents, found.items.map(unhex));
      else runRoot(found, documents);
    });
  }
}
