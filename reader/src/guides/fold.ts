/**
 * Letters made equal for searching. Rules: marks fall away (stress, vowel points, diaereses), case too, and letters
 * that
 * people type for one another become one: ґ г, ё е, і/ї stay apart from и; Arabic alef, yeh, heh and digits.
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
const PLAIN = /^[\u0000-\u007f\u0430-\u044f\u0456\u0454]*$/;

export function fold(text: string): string {
  let folded = text.toLowerCase();
  if (PLAIN.test(folded)) return folded;
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
const SPACELESS = /[\u3040-\u30ff\u3400-\u9fff]/;

/** Whether the word is of a script that puts no spaces between words. */
export const isSpaceless = (word: string): boolean => SPACELESS.test(word);

/** The folded words of a text. Scripts without spaces give one word a character. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const match of fold(text).matchAll(WORD)) {
    const word = match[0].replace(/^'+|'+$/g, "");
    if (!word) continue;
    if (isSpaceless(word)) words.push(...Array.from(word));
    else words.push(word);
  }
  return words;
}
