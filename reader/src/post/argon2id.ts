/**
 * Argon2id (RFC 9106) over the WebAssembly module of hash-wasm: the memory is filled there, the few BLAKE2b calls
 * around it are made here, with the BLAKE2b that the page holds anyway. It takes hash-wasm's own options, so that the
 * build can put it in that package's place and spare a second WebAssembly module and the other hashes.
 */
import { blake2b } from "@noble/hashes/blake2.js";
import { data } from "argon2-wasm";
import { join } from "../edition/wire";
import { fromBase64 } from "../page/base64";

interface Options {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  /** KiB. */
  readonly memorySize: number;
  readonly iterations: number;
  readonly parallelism: number;
  readonly hashLength: number;
}

interface Filling {
  readonly memory: WebAssembly.Memory;
  Hash_SetMemorySize(bytes: number): void;
  Hash_GetBuffer(): number;
  Hash_Calculate(length: number, memorySize: number): void;
}

const BLOCK = 1024;
const VERSION = 0x13;
const ARGON2ID = 2;

export async function argon2id(options: Options): Promise<Uint8Array> {
  const { password, salt, memorySize, iterations, parallelism, hashLength } = options;
  const module = await WebAssembly.compile(fromBase64(data) as BufferSource);
  const { exports } = await WebAssembly.instantiate(module, {});
  const filling = exports as unknown as Filling;
  // The module makes its buffer at the first call, and can only enlarge what is made.
  filling.Hash_GetBuffer();
  // One block more than the memory: the module reads its parameters there.
  filling.Hash_SetMemorySize((memorySize + 1) * BLOCK);
  const memory = new Uint8Array(filling.memory.buffer, filling.Hash_GetBuffer(), (memorySize + 1) * BLOCK);
  const parameters = little(parallelism, hashLength, memorySize, iterations, VERSION, ARGON2ID);
  memory.set(parameters, memorySize * BLOCK);

  // RFC 9106, section 3.2: H0, then the first two blocks of each lane.
  const first = blake2b(
    join(parameters, little(password.length), password, little(salt.length), salt, little(0), little(0)),
  );
  const lane = Math.floor(memorySize / (parallelism * 4)) * 4;
  for (let at = 0; at < parallelism; at++) {
    for (const block of [0, 1])
      memory.set(longHash(join(first, little(block, at)), BLOCK), (at * lane + block) * BLOCK);
  }
  filling.Hash_Calculate(0, memorySize);
  const result = longHash(memory.slice(0, BLOCK), hashLength);
  memory.fill(0);
  return result;
}

/** H' of RFC 9106, section 3.3. */
function longHash(input: Uint8Array, length: number): Uint8Array {
  const whole = join(little(length), input);
  if (length <= 64) return blake2b(whole, { dkLen: length });
  const result = new Uint8Array(length);
  let part = blake2b(whole);
  let at = 0;
  for (; length - at > 64; at += 32) {
    result.set(part.subarray(0, 32), at);
    part = blake2b(part, { dkLen: Math.min(64, length - at - 32) });
  }
  result.set(part, at);
  return result;
}

function little(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => view.setUint32(at * 4, value, true));
  return bytes;
}
