/**
 * Builds the reading page: one HTML file with an empty data block. Rules:
 * - The same source gives the same bytes: no time, no path and no version of the machine goes in.
 * - Everything is inside the file; the script stands under its own hash in the Content-Security-Policy.
 * `node build.mjs` writes ../src/holub/reader/built/page.html, and beside it the word lists that go into its data.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { argon2Bytes, lexerOnly } from "./trimming.mjs";
import { wordLists, writeLists } from "./wordlists.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const ARGON2 = join(here, "src", "post", "argon2id.ts");
const DATA_MARKER = '<script type="text/plain" id="edition">';

/** The file's bytes. `swap` puts another file in a module's place, for the page's own tests. */
export async function buildPage({ swap = {} } = {}) {
  const style = (await bundle("src/style/page.css", {})).trim();
  // The mark of UTF-8 comes first: many servers say another charset for every file, and only the mark is stronger than
  // what they say. Without it the script would be read wrongly, miss its hash, and the page stay blank.
  const template = "\ufeff" + readFileSync(join(here, "template.html"), "utf8").replace("{{style}}", () => style);
  const pieces = template.split(/\{\{(?:script|data|code)\}\}/);
  if (pieces.length !== 4) throw new Error("template.html: script, data and code each stand once");
  const bundled = (
    await bundle("src/main.ts", {
      format: "iife",
      define: { TEMPLATE_PIECES: JSON.stringify(pieces.map((piece) => piece.split("<"))) },
      plugins: [wordLists(), strings(), lexerOnly(), argon2Bytes(), swaps({ "hash-wasm": ARGON2, ...swap })],
    })
  ).trim();
  // These stand in regular expressions and strings only; written so, they say the same and do not end the element.
  const code = bundled.replace(/<(?=!--|script)/gi, "\\x3c");
  if (/<\/script|<!--|\r|\0|<script/i.test(code))
    throw new Error("the code holds text that would end its script element");
  const hash = "sha256-" + createHash("sha256").update(code, "utf8").digest("base64");
  const page = pieces[0] + hash + pieces[1] + pieces[2] + code + pieces[3];
  if (page.split(DATA_MARKER).length !== 2) throw new Error("the data marker must stand once");
  return Buffer.from(page, "utf8");
}

async function bundle(entry, options) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    charset: "utf8",
    target: "es2020",
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  return result.outputFiles[0].text;
}

/** The strings of each language without their names: values in the order of the English names. */
const strings = () => ({
  name: "strings",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]strings[\\/][a-z]+\.json$/ }, ({ path }) => {
      const [own, english] = [path, join(dirname(path), "en.json")].map((file) =>
        JSON.parse(readFileSync(file, "utf8")),
      );
      const names = Object.keys(english);
      const strange = [
        ...names.filter((name) => !(name in own)),
        ...Object.keys(own).filter((name) => !(name in english)),
      ];
      if (strange.length) throw new Error(`${path}: these strings are not in both languages: ${strange.join(", ")}`);
      const contents = path.endsWith("en.json") ? own : names.map((name) => own[name]);
      return { contents: JSON.stringify(contents), loader: "json" };
    });
  },
});

const swaps = (swap) => ({
  name: "swaps",
  setup({ onResolve }) {
    for (const [ending, path] of Object.entries(swap)) {
      onResolve({ filter: new RegExp(`(^|/)${ending}$`) }, () => ({ path }));
    }
  },
});

/** Sizes that a reader's line feels. */
export function measure(page) {
  const brotli = brotliCompressSync(page, {
    params: { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: page.length },
  });
  return { bytes: page.length, brotli: brotli.length, sha256: createHash("sha256").update(page).digest("hex") };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = join(here, "..", "src", "holub", "reader", "built");
  const page = await buildPage();
  await writeLists(built);
  writeFileSync(join(built, "page.html"), page);
  const { bytes, brotli, sha256 } = measure(page);
  process.stdout.write(`page.html ${bytes} bytes, ${brotli} as brotli, code ${sha256}\n`);
}
