/**
 * Ed25519 signatures (RFC 8032) with a context in front; verification throws, it never answers yes or no.
 *
 * Libraries differ on signatures that no honest signer makes, and this page must decide as every other reader does
 * (spec/keys.md, "Which signatures count"). The library's own check multiplies by the cofactor and so takes signatures
 * that the office's library refuses; its points are the library's here, the equation is RFC 8032's without the cofactor.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { Refusal } from "./types";
import { join, same, utf8 } from "./wire";

const KEY = 32;
export const SIGNATURE = 64;

// A page checks a handful of signatures: the tables that the library builds for hundreds cost more than they save.
ed25519.Point.BASE.precompute(1);

const P = 2n ** 255n - 19n;
/** y of a point of order 8. */
const EIGHTH = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** y of every point whose order divides 8. */
const SMALL = [0n, 1n, P - 1n, EIGHTH, P - EIGHTH];

/** Whether y is below p (RFC 8032, section 5.1.3) and the point's order can be large. */
function canBeLarge(encoded: Uint8Array): boolean {
  const y = bytesToNumberLE(encoded) & (2n ** 255n - 1n);
  return y < P && !SMALL.includes(y);
}

function isBy(key: Uint8Array, signature: Uint8Array, signed: Uint8Array): boolean {
  const commitment = signature.slice(0, 32);
  if (key.length !== KEY || signature.length !== SIGNATURE || !canBeLarge(key) || !canBeLarge(commitment)) return false;
  const { Point } = ed25519;
  const challenge = Point.Fn.create(bytesToNumberLE(sha512(join(commitment, key, signed))));
  const scalar = bytesToNumberLE(signature.slice(32));
  if (scalar >= Point.Fn.ORDER) return false;
  try {
    const found = Point.BASE.multiplyUnsafe(scalar).subtract(Point.fromBytes(key).multiplyUnsafe(challenge));
    return same(found.toBytes(), commitment);
  } catch {
    return false; // no point has these bytes
  }
}

/** What is signed: the context, a zero byte, the body. A signature made for one purpose fits no other. */
export const message = (context: string, ...body: readonly Uint8Array[]): Uint8Array => join(utf8(context + "\0"), ...body);

/** Throws Refusal unless one of the keys (32 B) made the signature (64 B). */
export function verify(keys: readonly Uint8Array[], signature: Uint8Array, signed: Uint8Array, what: string): void {
  if (keys.some((key) => isBy(key, signature, signed))) return;
  throw new Refusal("forged", `${what}: not signed by the publisher`);
}
