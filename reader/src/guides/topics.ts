/**
 * A pack as topics: a folder is a topic, its index.md names it (spec/guide.md, "Topics"). Rules: alerts first, then
 * entries by `order`, those without one last, equal ones by path in byte order.
 */
import type { Pack } from "../edition/types";
import { type Guide, nameInWords, readGuide } from "./guide";

export interface Topic {
  /** The folder's path, "" for the whole pack. */
  readonly path: string;
  readonly title: string;
  readonly summary: string;
  readonly order: number | undefined;
  /** Its index.md, where that has a text to show. */
  readonly intro: Guide | undefined;
  readonly entries: readonly (Guide | Topic)[];
  /** Guides in it and below. */
  readonly count: number;
}

export const isTopic = (entry: Guide | Topic): entry is Topic => "entries" in entry;

/** A pack, read: its guides by path, and its topics. */
export interface Shelf {
  readonly pack: Pack;
  readonly guides: ReadonlyMap<string, Guide>;
  readonly top: Topic;
}

export function shelve(pack: Pack): Shelf {
  const guides = new Map<string, Guide>();
  const folders = new Map<string, Guide[]>([["", []]]);
  const indexes = new Map<string, Guide>();
  for (const [path, bytes] of pack.guides) {
    const guide = readGuide(path, bytes);
    guides.set(path, guide);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    for (let at = folder; !folders.has(at); at = parentOf(at)) folders.set(at, []);
    if (path === "index.md" || path.endsWith("/index.md")) indexes.set(folder, guide);
    else folders.get(folder)?.push(guide);
  }
  return { pack, guides, top: topicAt("", folders, indexes) };
}

const parentOf = (folder: string): string => (folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "");

function topicAt(path: string, folders: Map<string, Guide[]>, indexes: Map<string, Guide>): Topic {
  const intro = indexes.get(path);
  const below = [...folders.keys()].filter((folder) => folder !== "" && parentOf(folder) === path);
  const topics = below.map((folder) => topicAt(folder, folders, indexes)).filter((topic) => topic.count > 0);
  const entries: (Guide | Topic)[] = [...(folders.get(path) ?? []), ...topics];
  const order = (entry: Guide | Topic): number => entry.order ?? Infinity;
  const isAlert = (entry: Guide | Topic): number => (!isTopic(entry) && entry.kind === "alert" ? 0 : 1);
  entries.sort((a, b) => {
    if (isAlert(a) !== isAlert(b)) return isAlert(a) - isAlert(b);
    return order(a) === order(b) ? byBytes(a.path, b.path) : order(a) - order(b);
  });
  const own = intro?.body.trim() ? 1 : 0;
  return {
    path,
    title: intro?.title ?? nameInWords(path.slice(path.lastIndexOf("/") + 1)),
    summary: intro?.summary ?? "",
    order: intro?.order,
    intro: own ? intro : undefined,
    entries,
    count: entries.reduce((sum, entry) => sum + (isTopic(entry) ? entry.count : 1), own),
  };
}

/** UTF-8 order is the order of code points. */
export function byBytes(a: string, b: string): number {
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < x.length && at < y.length; at++) {
    const difference = (x[at]?.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? 0);
    if (difference) return difference;
  }
  return x.length - y.length;
}

export function findTopic(top: Topic, path: string): Topic | undefined {
  if (top.path === path) return top;
  for (const entry of top.entries) {
    if (isTopic(entry) && (path === entry.path || path.startsWith(entry.path + "/"))) return findTopic(entry, path);
  }
  return undefined;
}

export const alertsOf = (shelf: Shelf): Guide[] =>
  [...shelf.guides.values()].filter((guide) => guide.kind === "alert" && !guide.path.endsWith("index.md"));
