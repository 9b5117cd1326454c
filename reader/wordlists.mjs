/**
 * Word lists, packed by the page's own predictor (src/packing/): a quarter smaller than what a general compressor makes
 * of them. Rules: a packed list is unpacked and compared before it goes anywhere; the code holds its SHA-256 alone, the
 * list itself travels in the page's data.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const LISTS = join(here, "src", "words");
const WORDS = 7776;
let packed;

/** Language to packed list: its letters, a line end, the coded words. */
export const packedLists = () => (packed ??= packAll());

async function packAll() {
  const { packWords, unpackWords } = await loadPacking();
  const lists = new Map();
  for (const name of readdirSync(LISTS).filter((name) => name.endsWith(".txt")).sort()) {
    const words = readFileSync(join(LISTS, name), "utf8").trimEnd().split("\n");
    if (words.length !== WORDS || new Set(words).size !== WORDS)
      throw new Error(`${name}: 7,776 different words belong here`);
    const { letters, bytes } = packWords(words);
    if (unpackWords(letters, bytes, WORDS).join() !== words.join())
      throw new Error(`${name} does not come out as it went in`);
    lists.set(basename(name, ".txt"), Buffer.concat([Buffer.from(`${letters}\n`, "utf8"), bytes]));
  }
  return lists;
}

/** An esbuild plugin: a word list is imported as the SHA-256 of its packed form, in hexadecimal digits. */
export const wordLists = () => ({
  name: "word-lists",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]words[\\/][a-z]+\.txt$/ }, async ({ path }) => {
      const list = (await packedLists()).get(basename(path, ".txt"));
      return { contents: createHash("sha256").update(list).digest("hex"), loader: "text" };
    });
  },
});

/** Writes each list as words-<language>.bin (packed) and words-<language>.txt (a word a line). */
export async function writeLists(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [language, list] of await packedLists()) {
    writeFileSync(join(folder, `words-${language}.bin`), list);
    writeFileSync(join(folder, `words-${language}.txt`), readFileSync(join(LISTS, `${language}.txt`)));
  }
}

async function loadPacking() {
  const entry = join(here, "src", "packing", "wordpacking.ts");
  const built = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString("base64")}`);
}
