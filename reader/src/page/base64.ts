/** Base64 with padding (RFC 4648, section 4). One accepted encoding: no spaces, no missing padding, no spare bits. */

const PIECE = 0x6000; // a multiple of three, and few enough arguments for String.fromCharCode

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return parts.join("");
}

/** Signs that browsers pass over. */
const SPACES = ["\t", "\n", "\f", "\r", " "];

/** Newer browsers have it; without it every byte of a page goes through a loop here before the first screen. */
const BUILT_IN = (Uint8Array as { readonly fromBase64?: (text: string) => Uint8Array }).fromBase64;

export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 || SPACES.some((space) => text.includes(space))) return undefined;
  try {
    const bytes = BUILT_IN ? BUILT_IN.call(Uint8Array, text) : fromBinary(atob(text));
    const tail = bytes.length - (bytes.length % 3 || 3);
    return toBase64(bytes.subarray(Math.max(tail, 0))) === text.slice(-4) ? bytes : undefined;
  } catch {
    return undefined; // no base64
  }
}

function fromBinary(binary: string): Uint8Array {
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
