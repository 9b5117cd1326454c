/**
 * The data of a page: a bundle (spec/parcel.md) whose first item is the settings: small, JSON, and signed by nobody, so
 * they name addresses and a language and decide nothing else. Unknown keys are refused.
 */
import { openBundle, type WordList } from "../edition/bundle";
import { Refusal } from "../edition/types";

export interface Settings {
  /** The language to begin in. */
  readonly language: string;
  /** Where letters go, tried in order. */
  readonly postboxes: readonly string[];
  /** Where newer editions are looked for; ends in a slash, or is empty. */
  readonly page: string;
}

export interface Bundle {
  readonly settings: Settings;
  readonly settingsItem: Uint8Array;
  readonly lists: readonly WordList[];
  readonly items: readonly Uint8Array[];
}

const MOST_SETTINGS = 8192;

export function readBundle(data: Uint8Array): Bundle {
  const { settings, ...rest } = openBundle(data);
  return { settings: readSettings(settings), settingsItem: settings, ...rest };
}

function readSettings(item: Uint8Array): Settings {
  const refuse = (): never => {
    throw new Refusal("unknown", "the page's settings are not understood");
  };
  if (item.length > MOST_SETTINGS) refuse();
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(item));
  } catch {
    refuse();
  }
  if (typeof value !== "object" || value === null) return refuse();
  const { language, postboxes, page = "", ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length) refuse();
  if (typeof language !== "string" || !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language)) return refuse();
  if (!Array.isArray(postboxes) || postboxes.length > 16 || !postboxes.every(isAddress)) return refuse();
  if (page !== "" && !(isAddress(page) && page.endsWith("/"))) return refuse();
  return { language, postboxes: postboxes.map((one) => one.replace(/\/+$/, "")), page };
}

const isAddress = (value: unknown): value is string =>
  typeof value === "string" && value.length <= 512 && /^https?:\/\/[^\s"'<>]+$/.test(value);
