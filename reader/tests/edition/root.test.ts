/** Root documents and delegated sections, beyond the shared vectors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLibrary } from "../../src/edition/library";
import { readRoot, rotate, splitRoots } from "../../src/edition/root";
import { Refusal, type RefusalReason } from "../../src/edition/types";
import { utf8 } from "../../src/edition/wire";
import { full, identityOf, type PackWish, pen, rootDocument, TIME, update } from "./maker";

const [A, B, C, EDITION, OTHER] = [pen("a"), pen("b"), pen("c"), pen("edition"), pen("other")];

function refused(reason: RefusalReason, action: () => unknown, why = ""): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof Refusal, `${why}: ${String(error)}`);
    assert.equal(error.reason, reason, `${why}: ${error.message}`);
    return true;
  });
}

test("every byte of a root document matters", () => {
  const good = rootDocument({ roots: [A], editions: [EDITION], sections: { town: { threshold: 1, keys: [B, C] } } });
  assert.deepEqual(readRoot(good).bytes, good);
  for (let at = 0; at < good.length; at++) {
    const bad = good.slice();
    bad[at] = (bad[at] as number) ^ (1 << at % 7);
    refused("forged", () => readRoot(bad), `byte ${at}`);
    refused("forged", () => readRoot(good.subarray(0, at)), `cut at ${at}`);
  }
});

test("names that a root document may not have", () => {
  const named = (name: string): Uint8Array => rootDocument({ roots: [A], editions: [EDITION], name });
  for (const name of ["", " x", "x ", "x\t", "x\u0085y", "e\u0301", "x".repeat(81)]) refused("forged", () => readRoot(named(name)), name);
  for (const name of ["x", "Рада 🌻", "🌻".repeat(80)]) assert.equal(readRoot(named(name)).name, name);
});

test("limits on keys and size", () => {
  const pens = Array.from({ length: 17 }, (_, at) => pen(`many ${at}`));
  assert.equal(readRoot(rootDocument({ roots: pens.slice(1), editions: pens.slice(9), threshold: 16 })).rootKeys.length, 16);
  refused("forged", () => readRoot(rootDocument({ roots: pens, editions: [EDITION] })));
  refused("forged", () => readRoot(rootDocument({ roots: [A], editions: pens.slice(0, 9) })));
  refused("forged", () => readRoot(new Uint8Array(65_537).fill(0x61)));
});

test("rotation needs the old threshold and the new one, and nobody else's signature", () => {
  const first = { roots: [A, B, C], editions: [EDITION], threshold: 2 };
  const old = readRoot(rootDocument(first));
  const next = { serial: 2, first: identityOf(first), roots: [B, C], editions: [EDITION], threshold: 2 };
  assert.equal(rotate(old, rootDocument({ ...next, signers: [B, C] })).serial, 2);
  assert.equal(rotate(old, rootDocument({ ...next, signers: [A, B, C] })).serial, 2);
  refused("forged", () => rotate(old, rootDocument({ ...next, signers: [A, B] })), "too few of the new");
  refused("forged", () => rotate(old, rootDocument({ ...next, roots: [C, OTHER], signers: [C, OTHER] })), "too few of the old");
  refused("forged", () => rotate(old, rootDocument({ ...next, signers: [B, C, OTHER] })), "a stranger too");
});

const delegated = { roots: [A], editions: [EDITION], sections: { town: { threshold: 2, keys: [A, B, C] } } };
const root = rootDocument(delegated);
const town = (edition: number, serial: number, signers = [A, B], text = "# Вода"): PackWish => ({
  edition, signer: EDITION, texts: { "water.md": text },
  by: { section: "town", serial, identity: identityOf(delegated), keys: [A, B, C], signers },
});

test("a section is its editors': enough of them, for this publisher, and no way back", () => {
  const library = openLibrary([root, full(town(5, 7))]);
  assert.equal(library.edition.packs[0]?.section, "town");
  for (const signers of [[A, C], [B, C], [A, B, C]]) openLibrary([root, full(town(5, 7, signers))]);
  refused("forged", () => openLibrary([root, full(town(5, 7, [A]))]), "one of two");
  refused("forged", () => openLibrary([root, full(town(5, 7, []))]), "nobody");
  const elsewhere = town(5, 7);
  refused("forged", () => openLibrary([root, full({ ...elsewhere, by: { ...elsewhere.by!, identity: utf8("x".repeat(32)) } })]), "another publisher's");
  refused("forged", () => openLibrary([root, full({ ...elsewhere, by: { ...elsewhere.by!, section: "village" } })]), "another section");
  refused("older", () => library.receive(full(town(6, 6)), TIME), "its own count goes back");
  assert.equal(library.receive(full(town(6, 7)), TIME).edition.number, 6);
  const main = { signer: EDITION, texts: { "water.md": "# Вода" } };
  refused("gap", () => library.receive(update({ ...main, edition: 5 }, { ...main, edition: 6 }), TIME), "an update of the main section");
});

test("a file of several root documents falls into them, also where a name looks like a beginning", () => {
  const one = rootDocument({ roots: [A], editions: [EDITION], name: "holub root v1" });
  const two = rootDocument({ roots: [B], editions: [OTHER], name: "x holub root v1" });
  const both = new Uint8Array([...one, ...two]);
  assert.deepEqual(splitRoots(both).map((part) => Array.from(part)), [Array.from(one), Array.from(two)]);
  assert.deepEqual(splitRoots(one).length, 1);
  assert.deepEqual(splitRoots(new Uint8Array(0)), []);
});
