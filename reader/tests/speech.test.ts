/** Days and numbers in words, in the page's four languages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { day, number, say, SPOKEN, speak, type Spoken } from "../src/speech/speech";

const DAYS: Readonly<Record<Spoken, string>> = {
  uk: "21 листопада",
  en: "21 November",
  ru: "21 ноября",
  ar: "21 نوفمبر",
};

for (const [language] of SPOKEN) {
  test(`a day in ${language}, with its year unless it is this one`, () => {
    speak(language);
    const date = new Date(2026, 10, 21, 0, 30);
    assert.equal(day(date, new Date(2026, 0, 1)), DAYS[language]);
    assert.equal(day(date, new Date(2027, 0, 1)), `${DAYS[language]} 2026`);
    assert.equal(day(date), `${DAYS[language]} 2026`);
  });

  test(`the months in ${language} are the ones that Unicode's data have`, () => {
    speak(language);
    const format = new Intl.DateTimeFormat(`${language}-u-nu-latn`, { day: "numeric", month: "long" });
    for (let month = 0; month < 12; month++) {
      const date = new Date(2026, month, 5);
      const parts = format.formatToParts(date).find(({ type }) => type === "month");
      assert.equal(day(date, date), `5 ${parts?.value}`);
    }
  });
}

test("thousands are kept apart as each language does it", () => {
  const written = SPOKEN.map(([language]) => {
    speak(language);
    return [1, 999, 1_000, 100_032, 1_234_567].map(number).join(" ");
  });
  const [spaces, commas] = ["1 999 1\u00a0000 100\u00a0032 1\u00a0234\u00a0567", "1 999 1,000 100,032 1,234,567"];
  assert.deepEqual(written, [spaces, commas, spaces, commas]);
});

test("a number in a sentence has its plural form", () => {
  speak("uk");
  assert.deepEqual(
    [1, 2, 5, 11, 22].map((n) => say("guides", { n })),
    ["1 порада", "2 поради", "5 порад", "11 порад", "22 поради"],
  );
});
