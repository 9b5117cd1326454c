/**
 * Word lists, packed for the page by the page's own predictor (src/packing/): a quarter smaller than what a general
 * compressor makes of them. The packed list is unpacked and compared before it goes in.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const WORDS = 7776;

/** An esbuild plugin: a word list is imported as its letters, a line end, and base64. */
export const wordLists = () => ({
  name: "word-lists",
  setup({ onLoad }) {
    const packing = loadPacking();
    onLoad({ filter: /[\\/]words[\\/][a-z]+\.txt$/ }, async ({ path }) => {
      const words = readFileSync(path, "utf8").trimEnd().split("\n");
      if (words.length !== WORDS || new Set(words).size !== WORDS)
        throw new Error(`${path}: 7,776 different words belong here`);
      const { packWords, unpackWords } = await packing;
      const { letters, bytes } = packWords(words);
      if (unpackWords(letters, bytes, WORDS).join() !== words.join())
        throw new Error(`${path} does not come out as it went in`);
      return { contents: `${letters}\n${Buffer.from(bytes).toString("base64")}`, loader: "text" };
    });
  },
});

async function loadPacking() {
  const entry = join(here, "src", "packing", "wordpacking.ts");
  const built = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].text).toString("base64")}`);
}
