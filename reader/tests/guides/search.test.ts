/** Search: what is found by a few letters, before and after the text is read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readGuide } from "../../src/guides/guide";
import { Search } from "../../src/guides/search";

const guide = (path: string, title: string, body: string) =>
  readGuide(path, new TextEncoder().encode(`---\ntitle: ${title}\n---\n\n${body}\n`));
const GUIDES = [
  guide("a.md", "الوثائق الشخصية", "اذهب إلى المدرسة."),
  guide("b.md", "المدرسة", "سجّل طفلك مبكرًا."),
  guide("c.md", "Паспорт", "Візьміть довідку зі школи."),
  guide("d.md", "Школа", "Запишіть дитину. Паспорт не потрібен."),
  guide("e.md", "護照", "學校不需要護照。"),
];
const ready = (guides = GUIDES): Search => {
  const search = new Search(guides);
  while (search.readOn());
  return search;
};
const paths = (search: Search, query: string, most = 20): string[] =>
  search.find(query, most).map((one) => one.guide.path.slice(0, 1));

test("before the text is read titles answer, afterwards the text too, behind them", () => {
  assert.deepEqual(paths(new Search(GUIDES), "школа"), ["d"]);
  assert.deepEqual(paths(ready(), "шко"), ["d", "c"]);
});

for (const [query, found] of [
  ["п", "cd"],
  ["па", "cd"],
  ["паспорт", "cd"],
  ["пасторт", ""],
  ["паспортами", "cd"],
  ["паспорт зі", "cd"],
  ["школи паспорт", "c"],
  ["не паспорт", "cd"],
  ["до", "c"],
  ["ґґ", ""],
  ["المدرسة", "ba"],
  ["الم", "ba"],
  ["護", "e"],
  ["校 паспорт", ""],
  ["", ""],
] as const) {
  test(`«${query}» finds ${found || "nothing"}`, () => {
    assert.equal(paths(ready(), query).join(""), found);
  });
}

test("a letter that begins enough titles does not walk the text", () => {
  const many = Array.from({ length: 30 }, (_, at) => guide(`${String.fromCharCode(97 + at)}.md`, `Тема ${at}`, ""));
  const search = ready([...many, guide("z.md", "Інше", "Тут теж, і слово т є.")]);
  assert.equal(search.find("т", 20).length, 20);
  const all = search.find("т", 30).map((one) => one.guide.title);
  assert.ok(!all.includes("Інше"));
  assert.ok(search.find("те", 31).some((one) => one.guide.title === "Інше"));
});
