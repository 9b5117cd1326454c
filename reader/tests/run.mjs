/**
 * Bundles every tests/**\/*.test.ts with esbuild into a temporary folder and runs them with `node --test`.
 * Arguments narrow the choice: `node tests/run.mjs letters` runs the files whose path holds "letters".
 * `node tests/run.mjs --bundle FILE.ts OUT.mjs` only bundles one file, for tests in other languages.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { argon2Bytes } from "../trimming.mjs";
import { wordLists } from "../wordlists.mjs";

const here = dirname(fileURLToPath(import.meta.url));

async function bundle(entryPoints, target) {
  await build({
    entryPoints,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    logLevel: "warning",
    loader: { ".txt": "text" },
    plugins: [wordLists(), argon2Bytes()],
    ...target,
  });
}

const [first, ...others] = process.argv.slice(2);
if (first === "--bundle") {
  await bundle([others[0]], { outfile: others[1] });
} else {
  const wanted = process.argv.slice(2);
  const files = readdirSync(here, { recursive: true })
    .map((name) => join(here, name))
    .filter((name) => name.endsWith(".test.ts"))
    .filter((name) => !wanted.length || wanted.some((part) => relative(here, name).includes(part)))
    .sort();
  if (!files.length) {
    console.error("no tests found; give a part of a path under reader/tests, or nothing");
    process.exit(2);
  }
  const folder = mkdtempSync(join(tmpdir(), "holub-reader-tests-"));
  try {
    await bundle(files, { outdir: folder, outbase: here, outExtension: { ".js": ".mjs" } });
    const bundled = files.map((name) => join(folder, relative(here, name).replace(/\.ts$/, ".mjs")));
    const environment = { ...process.env, HOLUB_ROOT: join(here, "..", "..") };
    const run = spawnSync(process.execPath, ["--test", ...bundled], { stdio: "inherit", env: environment });
    process.exitCode = run.status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
