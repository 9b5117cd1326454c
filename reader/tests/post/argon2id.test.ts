/** The page's own Argon2id runs in WebAssembly: the fallback in plain JavaScript would hide it if it did not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { argon2id as plainArgon2id } from "@noble/hashes/argon2.js";
import { argon2id } from "../../src/post/argon2id";

const bytes = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * seed + 7) & 255);

for (const [memorySize, iterations, length] of [
  [8, 1, 32],
  [64, 3, 32],
  [1024, 2, 64],
  [32_768, 1, 32], // more than a module begins with
  [64, 1, 80], // longer than one BLAKE2b
] as const) {
  test(`${memorySize} KiB, ${iterations} passes, ${length} bytes: as noble has it`, async () => {
    const [password, salt] = [bytes(23, 3), bytes(32, 5)];
    const ours = await argon2id({ password, salt, memorySize, iterations, parallelism: 1, hashLength: length });
    assert.deepEqual(ours, plainArgon2id(password, salt, { m: memorySize, t: iterations, p: 1, dkLen: length }));
  });
}

test("twice in a row gives the same", async () => {
  const wish = { password: bytes(5, 1), salt: bytes(16, 2), memorySize: 4096, iterations: 1, parallelism: 1, hashLength: 32 };
  assert.deepEqual(await argon2id(wish), await argon2id(wish));
});
