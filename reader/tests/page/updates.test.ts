/** The way from one edition to the newest: what is fetched, out of what a site lists. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Listed, readList, route } from "../../src/page/updates";

const line = (
  kind: string,
  from: number | null,
  to: number,
  bytes: number,
  language = "uk",
  until: number | null = from,
): Listed => {
  const sha256 = `${from ?? 0}${to}${bytes}`.padEnd(64, "0");
  return { kind, from, until, to, section: "main", language, name: sha256.slice(0, 16), bytes, sha256 };
};

const WAYS: Readonly<Record<string, readonly [number, readonly Listed[], readonly string[]]>> = {
  "nothing is listed": [5, [], []],
  "nothing newer is listed": [7, [line("full", null, 7, 9), line("update", 6, 7, 1)], []],
  "a chain is cheaper than the whole": [
    5,
    [line("full", null, 7, 9), line("update", 5, 6, 1), line("update", 6, 7, 1)],
    ["5>6", "6>7"],
  ],
  "the whole is cheaper than a chain": [
    5,
    [line("full", null, 7, 9), line("update", 5, 6, 5), line("update", 6, 7, 5)],
    [">7"],
  ],
  "a broken chain": [5, [line("full", null, 7, 9), line("update", 6, 7, 1)], [">7"]],
  "a broken chain and no whole": [5, [line("update", 6, 7, 1)], []],
  "a direct update is cheaper than two": [
    5,
    [line("update", 5, 6, 3), line("update", 6, 7, 3), line("update", 5, 7, 4)],
    ["5>7"],
  ],
  "another language's parcels": [5, [line("full", null, 7, 9, "en"), line("update", 5, 6, 1, "en")], []],
  "an update that fits the edition held among others": [5, [line("update", 3, 8, 1, "uk", 7)], ["3>8"]],
  "an update that fits editions before and after": [
    5,
    [line("update", 2, 8, 1, "uk", 4), line("update", 6, 8, 1, "uk", 7), line("full", null, 8, 9)],
    [">8"],
  ],
  "two updates that meet among editions": [
    5,
    [line("update", 5, 7, 1), line("update", 6, 9, 1, "uk", 8), line("update", 5, 9, 3)],
    ["5>7", "6>9"],
  ],
  "an update that says it fits where it leads": [5, [line("update", 4, 6, 1, "uk", 6)], ["4>6"]],
  "an update that leads back": [
    5,
    [line("update", 5, 5, 1), line("update", 7, 6, 1), line("update", 5, 6, 2)],
    ["5>6"],
  ],
};

for (const [what, [from, list, expected]] of Object.entries(WAYS)) {
  test(what, () => {
    assert.deepEqual(
      route(list, "main", "uk", from).map((one) => `${one.from ?? ""}>${one.to}`),
      expected,
    );
  });
}

test("lines that are none are passed over, and a list that is none is nothing", () => {
  const latest = (value: unknown): Uint8Array => {
    const json = new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
    return Uint8Array.from([...new Uint8Array(118), ...json]);
  };
  const good = line("update", 5, 6, 1);
  assert.deepEqual(readList(latest([good])), [good]);
  const strange = [
    null,
    1,
    "x",
    [],
    { ...good, name: "../../etc/passwd" },
    { ...good, bytes: -1 },
    { ...good, sha256: "0" },
    { ...good, until: null },
    { ...good, until: 4 },
    { ...good, until: 261 },
    { ...good, until: "5" },
    { ...good, from: null },
  ];
  assert.deepEqual(readList(latest([...strange, good, { ...good, to: "6" }])), [good]);
  for (const nothing of ["", "{", "{}", "7", "null"]) assert.equal(readList(latest(nothing)), undefined);
  assert.equal(readList(new Uint8Array(0)), undefined);
});
