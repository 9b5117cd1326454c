/** Finds the shared vectors, and never lets a run pass that found none. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LetterKey, Refusal } from "../../src/edition/types";
import { Misused } from "../../src/letters/bytes";
import { readKeyLeaf, TooLate } from "../../src/letters/key";
import { decoy, seal } from "../../src/letters/letter";

export const ROOT = process.env["HOLUB_ROOT"] ?? "..";

/** The files differ in their fields, and each test knows its own. */
export type Case = Record<string, any> & { readonly name: string; readonly expect: string };

export function cases(folder: string, kind: string): Case[] {
  const path = join(ROOT, "spec", "vectors", folder);
  const found = readdirSync(path)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ ...JSON.parse(readFileSync(join(path, file), "utf8")), name: file.slice(0, -5) }) as Case)
    .filter((one) => one["case"] === kind);
  assert(found.length > 0, `no vectors of the kind ${kind} in ${path}`);
  return found;
}

/** The key in a leaf, if the page seals to it as long as its time is not over. */
export function parseKeyLeaf(leaf: Uint8Array): LetterKey {
  const key = readKeyLeaf(leaf);
  seal(decoy(), key, 0, randomBytes);
  return key;
}

/** Runs one case: `ok` must not throw, and every other word must be the class of what is thrown. */
export function expecting(one: Case, body: () => void): void {
  if (one.expect === "ok") return body();
  const classes: Record<string, (error: unknown) => boolean> = {
    Refused: (error) => error instanceof Refusal && error.reason === "unknown",
    Forged: (error) => error instanceof Refusal && error.reason === "forged",
    TooLate: (error) => error instanceof TooLate,
    Misused: (error) => error instanceof Misused,
  };
  const expected = classes[one.expect];
  assert(expected, `${one.name}: no class ${one.expect}`);
  assert.throws(body, expected, one.name);
}
