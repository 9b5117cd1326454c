/** Search: what is found by a few letters, before and after the text is read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsOf } from "../../src/guides/fold";
import { type Guide, readGuide } from "../../src/guides/guide";
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

/** What the index must find, by looking through all words of each guide; of those not read yet through their titles. */
function scanned(guides: readonly Guide[], read: number, query: string): string[] {
  const own = guides.map(({ title, summary, body }, at) => wordsOf([title, summary, at < read ? body : ""].join("\n")));
  const sets = wordsOf(query).map((word) => {
    const begins = (stem: string) => own.map((words) => words.some((one) => one.startsWith(stem)));
    let stem = word;
    while (!begins(stem).includes(true) && stem.length > 4) stem = stem.slice(0, -1);
    return begins(stem);
  });
  return guides.filter((_, at) => sets.length && sets.every((set) => set[at])).map(({ path }) => path);
}

const BODIES = [
  "Сьогодні ґанок, паспорт і ключ-карта; їжа в об’єкті. Ёлка стоит, всё ещё.",
  "Её паспорта и поезда́, «поездка» в ПОЕЗД. Об'єкт, під’їзд, пʼять.",
  "المَدْرَسَةُ والأطفال في المدارس ٢٠٢٤، إلى آخره؛ مدرسه ومدرسة.",
  "پاسپورت و گذرنامه در کشور؛ کتاب‌ها ۱۲۳ و كتاب.",
  "護照與學校不需要。護 照 Passport, naïve café, ﬁne Straße.",
  "Ein Paß; passportless pass, école ÉCOLE. 12 123 1234.",
  "school schools scholar паспортний пасpорт",
];

for (const read of [0, 2, 5, BODIES.length]) {
  test(`whatever is typed, letter by letter, the index finds what a plain scan does, ${read} texts read`, () => {
    const guides = BODIES.map((body, at) => guide(`${at}.md`, BODIES[(at + 3) % BODIES.length]!.slice(0, 30), body));
    const search = new Search(guides);
    while (search["next"] < read) search.readOn();
    let compared = 0;
    for (const word of new Set(BODIES.flatMap(wordsOf))) {
      for (let letters = 3; letters <= word.length; letters++) {
        for (const query of [word.slice(0, letters), `${word.slice(0, letters).toUpperCase()}`, `${word}ами пас`]) {
          const found = search.find(query, 20).map((one) => one.guide.path).sort();
          assert.deepEqual(found, scanned(guides, read, query), `${query}, ${read} read`);
          compared++;
        }
      }
    }
    assert.ok(compared > 500);
  });
}

const LINES = `# Паспорт і школа

Тут про інше. Загранпаспорт не те саме.
1. «Паспо́рт» беруть із собою.
- **Паспортні** дані, під'їзд, ґанок.\r
Школа далі: ${"слово ".repeat(40)}паспорт у кінці.

護照與學校
`;

for (const read of [false, true]) {
  test(`the line below a title holds the word, as its beginning, ${read ? "the text read" : "before the text is"}`, () => {
    const found = (query: string, text: string): string => {
      const search = new Search([guide("паспорт.md", `${query} Паспорт`, text)]);
      while (read && search.readOn());
      return search.find(query, 1)[0]?.line ?? "none";
    };
    assert.equal(found("паспорт", LINES), "«Паспо́рт» беруть із собою.");
    assert.equal(found("ПАСПОРТНІ", LINES), "Паспортні дані, під'їзд, ґанок.");
    assert.equal(found("ґа", LINES), "Паспортні дані, під'їзд, ґанок.");
    assert.equal(found("під’ї", LINES), "Паспортні дані, під'їзд, ґанок.");
    assert.match(found("кінці", LINES), /^… .*слово паспорт у кінці\.$/);
    assert.match(found("далі", LINES), /^Школа далі: слово .*слово …$/);
    assert.equal(found("照", LINES), "護照與學校");
    assert.equal(found("їзд", LINES), "");
    assert.equal(found("нема", LINES), "");
    assert.equal(found("паспорт", LINES.replace(/\r?\n/g, "\r")), "«Паспо́рт» беруть із собою.");
    assert.equal(found("школа", "# Школа\n\n## Школа ще раз\n"), "");
  });
}

test("a summary stands below the title whatever was typed", () => {
  const text = "---\ntitle: Школа\nsummary: Коротко про школу\n---\nШкола й паспорт.\n";
  const search = ready([readGuide("a.md", new TextEncoder().encode(text))]);
  assert.equal(search.find("паспорт", 1)[0]?.line, "Коротко про школу");
});
