/** Guides as spec/guide.md says: the shared vectors, which Python runs too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readGuide } from "../../src/guides/guide";
import { headingNames, resolve } from "../../src/guides/markdown";
import { byBytes, isTopic, shelve, type Topic } from "../../src/guides/topics";
import { cases } from "../letters/vectors";

const unhex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));

for (const one of cases("guide", "guide")) {
  test(`guide: ${one["what"]}`, () => {
    const { title, kind, order, reviewed, summary, body } = readGuide(one["path"], unhex(one["hex"]));
    assert.deepEqual(
      { title, kind, order: order ?? null, reviewed: reviewed ?? null, summary, body },
      Object.fromEntries(["title", "kind", "order", "reviewed", "summary", "body"].map((name) => [name, one[name]])),
    );
  });
}

for (const one of cases("guide", "fragments")) {
  test(`fragments: ${one["what"]}`, () => {
    assert.deepEqual(headingNames(readGuide("a.md", unhex(one["hex"])).body), one["fragments"]);
  });
}

for (const one of cases("guide", "link")) {
  test(`link: ${one["what"]}`, () => {
    const found = resolve(one["from"], one["address"]);
    const path = found?.path.endsWith(".md") ? found.path : null;
    assert.equal(path, one["path"]);
    if (path !== null) assert.equal(found?.fragment, one["fragment"]);
  });
}

for (const one of cases("guide", "topics")) {
  test(`topics: ${one["what"]}`, () => {
    const files = Object.entries(one["files"] as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
    const guides = new Map(files.map(([path, text]) => [path, new TextEncoder().encode(text)] as const));
    const { top } = shelve({ section: "main", language: "uk", guides, edition: 1, time: 0, expiry: 1 });
    const lists = (topic: Topic): unknown[] => [
      [topic.path, topic.title, topic.entries.map((entry) => entry.path)],
      ...topic.entries.filter(isTopic).flatMap(lists),
    ];
    const byPath = (a: [string], b: [string]): number => byBytes(a[0], b[0]);
    assert.deepEqual((lists(top) as [string][]).sort(byPath), one["lists"]);
  });
}
