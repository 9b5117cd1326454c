/**
 * Parts of packages that the page does not use and a bundler cannot see through. Rules: a part is cut at text that is
 * looked for and counted; a package that changed stops the build and is never cut wrongly.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/**
 * marked: its lexer alone, and of that what `gfm` needs: neither the `pedantic` nor the `breaks` rules. The shared
 * instance at the file's end would hold the parser and the renderer too.
 */
export const lexerOnly = () => ({
  name: "marked-lexer-only",
  setup(build) {
    build.onLoad({ filter: /marked[\\/]lib[\\/]marked\.esm\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const instance = only(source, /var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse\(\w+,\w+\)\}/g);
      const names = only(source, /export\{([^}]*)\};/g);
      const kept = names[1].split(",").filter((name) => /^\w+ as (Lexer|Tokenizer)$/.test(name));
      if (kept.length !== 2 || instance.index > names.index) throw new Error("marked is not laid out as it was");
      const lexer = withoutRules(source.slice(0, instance.index));
      return { contents: `${lexer}export{${kept.join(",")}};`, loader: "js" };
    });
  },
});

function withoutRules(lexer) {
  const [blocks, block] = only(lexer, /,pedantic:(\w+)\},\w+=\{normal/g);
  const [inlines, breaks, inline] = only(lexer, /,breaks:(\w+),pedantic:(\w+)\}/g);
  let less = lexer
    .replace(blocks, blocks.replace(`,pedantic:${block}`, ""))
    .replace(inlines, "}")
    .replace(/this\.options\.(pedantic|breaks)/g, "!1");
  for (const name of [block, breaks, inline]) {
    // What nobody reads any more is still computed at the start, unless it is never reached.
    const [start] = only(less, new RegExp(`\\b${name}=\\{`, "g"));
    less = less.replace(start, `${name}=!1&&{`);
  }
  return less;
}

/** hash-wasm: the bytes of its Argon2 module alone, as the module `argon2-wasm` with the base64 text `data`. */
export const argon2Bytes = () => ({
  name: "argon2-bytes",
  setup(build) {
    build.onResolve({ filter: /^argon2-wasm$/ }, () => ({ path: "argon2", namespace: "argon2-wasm" }));
    build.onLoad({ filter: /.*/, namespace: "argon2-wasm" }, () => {
      const source = readFileSync(join(here, "node_modules", "hash-wasm", "dist", "index.esm.js"), "utf8");
      const [, data] = only(source, /var name\$\w+ = "argon2";\s*var data\$\w+ = "([A-Za-z0-9+/=]+)";/g);
      return { contents: `export const data = ${JSON.stringify(data)};`, loader: "js" };
    });
  },
});

function only(source, pattern) {
  const found = [...source.matchAll(pattern)];
  if (found.length !== 1) throw new Error(`${pattern} stands ${found.length} times instead of once`);
  return found[0];
}
