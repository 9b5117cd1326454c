/** What a letter says inside its seal (spec/letter.md, "The body"): one accepted encoding, a limit on every part. */
import { Refusal } from "../edition/types";
import { concat, fromUtf8, Misused, number, Taker, utf8 } from "./bytes";

const MOST_TOWN = 80;
const MOST_TEXT = 60_000;
export const MOST_PICTURES = 8;
const MOST_PICTURE = 1_000_000;

/** What the writer wants. */
export const TOPICS = { question: 1, feedback: 2, help: 3, happened: 4 } as const;
export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

export interface Body {
  readonly topic: Topic;
  /** The text's language tag. */
  readonly language: string;
  /** The section whose mailbag shall carry the answer. */
  readonly section: string;
  /** Empty unless the writer chose to be counted; never a position. */
  readonly town: string;
  /** Up to 60,000 bytes of UTF-8; empty only beside pictures. */
  readonly text: string;
  /** Up to 8 JPEG files of up to 1,000,000 bytes each. */
  readonly pictures: readonly Uint8Array[];
}

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
export const SECTION = /^[a-z0-9][a-z0-9-]{0,31}$/;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/;

/** What keeps the parts from being a letter, or an empty string. */
function wrong(body: Body): string {
  if (!Object.values(TOPICS).includes(body.topic)) return "the letter has no topic";
  if (!LANGUAGE.test(body.language)) return "the letter names no language";
  if (!SECTION.test(body.section)) return "the letter names no section for its answer";
  if (utf8(body.town).length > MOST_TOWN || CONTROLS.test(body.town)) return "the town's name is too long";
  if (utf8(body.text).length > MOST_TEXT) return "the text is too long";
  if (body.text.includes("\0") || !(body.text || body.pictures.length)) return "the letter has no text";
  if (body.pictures.length > MOST_PICTURES) return "the letter has too many pictures";
  if (body.pictures.some((picture) => picture.length > MOST_PICTURE || !isJpeg(picture))) return "a picture is no JPEG";
  return "";
}

const isJpeg = (raw: Uint8Array): boolean => raw[0] === 0xff && raw[1] === 0xd8 && raw[2] === 0xff;

/** Throws Misused where a part breaks its limit. */
export function encodeBody(body: Body): Uint8Array {
  const reason = wrong(body);
  if (reason) throw new Misused(reason);
  const sized = (width: number, raw: Uint8Array): Uint8Array => concat(number(raw.length, width), raw);
  const names = [body.language, body.section, body.town].map((name) => sized(1, utf8(name)));
  const pictures = body.pictures.length
    ? [number(body.pictures.length, 1), ...body.pictures.map((picture) => sized(4, picture))]
    : [];
  return concat(number(body.topic, 1), ...names, sized(4, utf8(body.text)), ...pictures);
}

/** Throws Refusal; what parses encodes to the same bytes. */
export function parseBody(raw: Uint8Array, withPictures: boolean): Body {
  const taker = new Taker(raw);
  const topic = taker.number(1) as Topic;
  const [language, section, town] = [255, 255, 255].map((most) => fromUtf8(taker.part(1, most))) as [string, string, string];
  const text = fromUtf8(taker.part(4, MOST_TEXT));
  const pictures: Uint8Array[] = [];
  const count = withPictures ? taker.number(1) : 0;
  if (count > MOST_PICTURES || (withPictures && !count)) throw new Refusal("unknown", "the letter's pictures do not fit");
  for (let i = 0; i < count; i++) pictures.push(taker.part(4, MOST_PICTURE));
  taker.end();
  const body = { topic, language, section, town, text, pictures };
  const reason = wrong(body);
  if (reason) throw new Refusal("unknown", reason);
  return body;
}
