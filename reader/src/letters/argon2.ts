/** Argon2id (RFC 9106) for codenames: WebAssembly where the browser has it, else the same in plain JavaScript. */
import { argon2id as plainArgon2id } from "@noble/hashes/argon2.js";
import { argon2id as wasmArgon2id } from "hash-wasm";

export interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  /** Bytes of the result. */
  readonly length: number;
}

/** What codenames take: about a second on an old phone. */
export const CODENAME_COST: Cost = { memory: 32_768, passes: 3, lanes: 1, length: 32 };

export async function stretch(password: Uint8Array, salt: Uint8Array, cost: Cost): Promise<Uint8Array> {
  if (typeof WebAssembly === "object") {
    try {
      return await stretchInWasm(password, salt, cost);
    } catch {
      // A browser may refuse to compile WebAssembly (lockdown mode, policy): slower then, but the same result.
    }
  }
  return stretchInPlain(password, salt, cost);
}

export function stretchInWasm(password: Uint8Array, salt: Uint8Array, cost: Cost): Promise<Uint8Array> {
  return wasmArgon2id({
    password,
    salt,
    memorySize: cost.memory,
    iterations: cost.passes,
    parallelism: cost.lanes,
    hashLength: cost.length,
    outputType: "binary",
  });
}

export function stretchInPlain(password: Uint8Array, salt: Uint8Array, cost: Cost): Uint8Array {
  return plainArgon2id(password, salt, { m: cost.memory, t: cost.passes, p: cost.lanes, dkLen: cost.length });
}
