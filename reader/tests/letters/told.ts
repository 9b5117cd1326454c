/** What vectors tell of letters, long and narrow. */
import assert from "node:assert/strict";
import type { Body } from "../../src/letters/body";
import type { Letter } from "../../src/letters/letter";
import { hex, unhex } from "./hex";
import { type Case, expecting } from "./vectors";

export const bodyOf = (told: Case["body"]): Body => ({ ...told, pictures: told.pictures.map(unhex) });

/** Every case opens to what it says or is refused, and all refusals have the same words. */
export function opensAsTold(cases: readonly Case[], opened: (one: Case) => Letter): void {
  const words = new Set<string>();
  for (const one of cases) {
    expecting(one, () => {
      const letter = opened(one);
      assert.equal(letter.kind, one["kind"]);
      assert.equal(hex(letter.secret), one["secret"]);
      assert.deepEqual(letter.body ?? null, one["body"] ? bodyOf(one["body"]) : null);
    });
    if (one.expect !== "ok") {
      try {
        opened(one);
      } catch (error) {
        words.add((error as Error).message);
      }
    }
  }
  assert.deepEqual([...words], ["a letter cannot be opened"]);
}
