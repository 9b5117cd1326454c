/**
 * The page as a file. Rules:
 * - The file is template + data + code. The template's pieces are compiled into the code; the code's own text is
 *   read from its script element. So the page can write its file again byte for byte.
 * - The code of a page is the file without the data block; its SHA-256 tells whose page it is.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64 } from "./base64";

/** The template in order: before the script's hash, before the data, before the code, after it. Set by build.mjs. */
declare const TEMPLATE_PIECES: readonly [readonly string[], readonly string[], readonly string[], readonly string[]];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The pieces come split at "<": written whole in the code they would end its script element. */
const piece = (index: 0 | 1 | 2 | 3): string => TEMPLATE_PIECES[index].join("<");

/** The file's text before and after the data, for this page's own code. */
function halves(code: string): readonly [string, string] {
  const hash = "sha256-" + toBase64(sha256(bytesOf(code)));
  return [piece(0) + hash + piece(1), piece(2) + code + piece(3)];
}

export const ownCode = (): string => document.getElementById("code")?.textContent ?? "";

/** The base64 text of the data block of the page that runs now. */
export const ownData = (): string => document.getElementById("edition")?.textContent ?? "";

/** SHA-256 of this page's own code, 32 bytes. */
export function ownCodeHash(): Uint8Array {
  const [before, after] = halves(ownCode());
  return sha256(bytesOf(before + after));
}

/** This page's file with `data` in its data block. */
export function fileWith(data: Uint8Array): Uint8Array {
  const [before, after] = halves(ownCode());
  return bytesOf(before + toBase64(data) + after);
}
