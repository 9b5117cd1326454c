/** Base64 with padding (RFC 4648, section 4). One accepted encoding: no spaces, no missing padding, no spare bits. */

const PIECE = 0x6000; // a multiple of three, and few enough arguments for String.fromCharCode

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return parts.join("");
}

export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  const tail = bytes.length - (bytes.length % 3 || 3);
  return toBase64(bytes.subarray(Math.max(tail, 0))) === text.slice(-4) ? bytes : undefined;
}
