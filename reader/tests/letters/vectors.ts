/** Finds the shared vectors, and never lets a run pass that found none. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../src/edition/types";
import { Misused } from "../../src/letters/bytes";
import { TooLate } from "../../src/letters/key";

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
