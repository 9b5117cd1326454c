/** Names that travel: sections, languages, paths (spec/edition.md, "Pack"). */
import { fromUtf8 } from "./wire";

export const MAIN = "main";
export const MOST_PATH = 255;
const SECTION = /^[a-z0-9][a-z0-9-]{0,31}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const FORBIDDEN = /[\x00-\x1f\x7f\\]/;

/** Undefined where the bytes are no section's name. */
export const readSection = (raw: Uint8Array): string | undefined => only(SECTION, raw);

/** Undefined where the bytes are no language tag. */
export const readLanguage = (raw: Uint8Array): string | undefined => only(LANGUAGE, raw);

function only(form: RegExp, raw: Uint8Array): string | undefined {
  const text = fromUtf8(raw);
  return text !== undefined && form.test(text) ? text : undefined;
}

/** Undefined where the bytes are a path that could climb out, hide, or not be kept on some file system. */
export function readPath(raw: Uint8Array, ending = ""): string | undefined {
  if (!raw.length || raw.length > MOST_PATH) return undefined;
  const path = fromUtf8(raw);
  if (path === undefined || path.normalize("NFC") !== path || FORBIDDEN.test(path) || !path.endsWith(ending)) return undefined;
  return path.split("/").some((part) => !part || part.startsWith(".")) ? undefined : path;
}
