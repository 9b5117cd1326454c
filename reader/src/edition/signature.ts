/** Ed25519 signatures (RFC 8032, strict) with a context in front; verification throws, it never answers yes or no. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { Refusal } from "./types";
import { join, utf8 } from "./wire";

export const KEY = 32;
export const SIGNATURE = 64;

// A page checks a handful of signatures: the tables that the library builds for hundreds cost more than they save.
ed25519.Point.BASE.precompute(1);

/** What is signed: the context, a zero byte, the body. A signature made for one purpose fits no other. */
export const message = (context: string, ...body: readonly Uint8Array[]): Uint8Array => join(utf8(context + "\0"), ...body);

/** Throws Refusal unless one of the keys (32 B) made the signature (64 B). */
export function verify(keys: readonly Uint8Array[], signature: Uint8Array, signed: Uint8Array, what: string): void {
  if (keys.some((key) => ed25519.verify(signature, signed, key, { zip215: false }))) return;
  throw new Refusal("forged", `${what}: not signed by the publisher`);
}
