/**
 * Letters made equal for searching. Rules: marks fall away (stress, vowel points, diaereses), case too, and letters
 * that people type for one another become one: ґ г, ё е, і/ї stay apart from и; Arabic alef, yeh, heh and digits.
 */

const ALIKE: readonly (readonly [RegExp, string])[] = [
  [/ґ/g, "г"],
  [/[\u0622\u0623\u0625\u0671]/g, "\u0627"], // alef with madda or hamza, alef wasla: plain alef
  [/\u0629/g, "\u0647"], // teh marbuta: heh
  [/[\u0649\u06cc\u0626]/g, "\u064a"], // alef maksura, Farsi yeh, yeh with hamza: yeh
  [/\u0624/g, "\u0648"], // waw with hamza: waw
  [/\u06a9/g, "\u0643"], // Farsi kaf: kaf
  [/[\u0640\u200c\u200d]/g, ""], // tatweel and joiners
  [/[ʼ’'`]/g, "'"],
];

const ARABIC = /[\u0600-\u06ff]/;

/** What Ukrainian, Russian and English texts are made of: nothing in it is decomposed, so the long way is not needed. */
const PLAIN = /^[\u0000-\u007f«»\u0430-\u044fіїє–—“”„•]*$/;
const NEARLY_PLAIN = /[ёґʼ’\u00a0]/g;
const PLAINER: Readonly<Record<string, string>> = { ё: "е", ґ: "г", ʼ: "'", "’": "'", "\u00a0": " " };

export function fold(text: string): string {
  let folded = text.toLowerCase();
  const plain = folded.replace(NEARLY_PLAIN, (sign) => PLAINER[sign] ?? sign);
  if (PLAIN.test(plain)) return plain;
  // й and ї are letters of their own: keep them through the decomposition that strips marks.
  folded = folded.normalize("NFKC").replace(/й/g, "\u0001").replace(/ї/g, "\u0002").normalize("NFKD");
  folded = folded
    .replace(/\p{M}+/gu, "")
    .replace(/\u0001/g, "й")
    .replace(/\u0002/g, "ї");
  for (const [from, to] of ARABIC.test(folded) ? ALIKE : [ALIKE[0]!, ALIKE[ALIKE.length - 1]!]) {
    folded = folded.replace(from, to);
  }
  return folded
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
}

const WORD = /[\p{L}\p{N}']+/gu;
/** The same for a text that is PLAIN, in a quarter of the time. */
const PLAIN_WORD = /[a-zA-Z0-9'а-яіїє]+/g;
const SPACELESS = /[\u3040-\u30ff\u3400-\u9fff]/;

/** Whether the word is of a script that puts no spaces between words. */
export const isSpaceless = (word: string): boolean => SPACELESS.test(word);

/** The folded words of a text. Scripts without spaces give one word a character. */
export const wordsOf = (text: string): string[] => wordsIn(fold(text));

/** The same of a text that is folded already. */
export function wordsIn(folded: string): string[] {
  const found: readonly string[] = folded.match(PLAIN.test(folded) ? PLAIN_WORD : WORD) ?? [];
  const words = folded.includes("'") ? found.map((word) => word.replace(/^'+|'+$/g, "")).filter(Boolean) : [...found];
  if (!isSpaceless(folded)) return words;
  return words.flatMap((word) => (isSpaceless(word) ? Array.from(word) : [word]));
}

/** Whether the word that stands here in a folded text is the beginning of one of its words. */
export const beginsAt = (folded: string, at: number): boolean =>
  isSpaceless(folded[at] ?? "") || !/[\p{L}\p{N}]'*$/u.test(folded.slice(Math.max(0, at - 8), at));
