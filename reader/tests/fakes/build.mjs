/** Builds the page on the fake library into the file named: for the page's own tests, never for anybody's phone. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPage } from "../../build.mjs";

const [out] = process.argv.slice(2);
if (!out) throw new Error("name the file to write");
writeFileSync(
  out,
  await buildPage({ swap: { "edition/library": join(dirname(fileURLToPath(import.meta.url)), "library.ts") } }),
);
