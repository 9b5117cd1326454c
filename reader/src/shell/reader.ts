/**
 * What the open page knows, in memory only: its library, its languages, where the person is. Rules: places are kept
 * in a list of our own, never in the browser's history; nothing is stored; closing forgets everything.
 */
import { openLibrary } from "../edition/library";
import type { Edition, Library, Pack } from "../edition/types";
import type { Guide } from "../guides/guide";
import { Search } from "../guides/search";
import { type Shelf, shelve } from "../guides/topics";
import { writeBundle } from "../edition/bundle";
import type { Bundle } from "../page/bundle";
import { fileWith } from "../page/itself";
import { CarriedLetters } from "../post/carried";
import type { Draft } from "../post/draft";
import { NextSeal } from "../post/nextseal";
import { random } from "../post/sealing";
import { WordLists } from "../post/words";
import { isSpoken, type Spoken, speak } from "../speech/speech";

/** `hasWords` is set for one's own letter: whether six words lead to an answer. */
export type Place =
  | { readonly view: "home" | "replies" | "pass" | "update" | "trust" | "settings" | "camera" }
  | { readonly view: "listen" }
  | {
      readonly view: "play";
      readonly parcel: Uint8Array;
      readonly narrow?: Uint8Array | undefined;
      readonly hasWords?: boolean;
    }
  | { readonly view: "show"; readonly parcels: readonly Uint8Array[]; readonly hasWords?: boolean }
  | { readonly view: "topic"; readonly section: string; readonly path: string }
  | { readonly view: "guide"; readonly section: string; readonly path: string; readonly fragment?: string }
  | { readonly view: "write"; readonly about?: { readonly path: string; readonly title: string } };

const DAY = 86_400;
const STALE_DAYS = 30;

export class Reader {
  library: Library;
  readonly words: WordLists;
  language: Spoken;
  guideLanguage: string;
  textSize: 0 | 1 | 2 = 0;
  appearance: "phone" | "light" | "dark" = "phone";
  query = "";
  draft: Draft | undefined;
  readonly nextSeal = new NextSeal(random);
  /** Somebody else's sealed letters, which this page carries on. */
  readonly carried = new CarriedLetters();
  /** Set when somebody chose to read an expired edition all the same. */
  readAnyway = false;
  private packs: { library: Library; all: readonly Pack[] } | undefined;
  private readonly shelves = new Map<Pack, Shelf>();
  private searches = new Map<string, { packs: readonly Pack[]; search: Search }>();
  private changed: (quietly: boolean) => void = () => undefined;
  go: (place: Place) => void = () => undefined;
  announce: (words: string) => void = () => undefined;

  constructor(
    readonly bundle: Bundle,
    phoneLanguages: readonly string[],
  ) {
    this.library = openLibrary(bundle.items);
    this.words = new WordLists(bundle.lists);
    const wanted = [bundle.settings.language, ...phoneLanguages].map((one) => one.split("-")[0] ?? "");
    this.language = wanted.find(isSpoken) ?? "uk";
    speak(this.language);
    const held = this.packLanguages();
    this.guideLanguage = held.find((one) => one === bundle.settings.language) ?? held[0] ?? this.language;
  }

  get edition(): Edition {
    return this.library.edition;
  }

  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  /** When the oldest of what is shown in this language was signed, in Unix seconds. */
  get time(): number {
    return this.packsHere().reduce((least, pack) => Math.min(least, pack.time), this.edition.time);
  }

  /** Whole days since then, by the phone's clock; below zero where that clock is behind. */
  ageInDays(): number {
    return Math.floor((this.now() - this.time) / DAY);
  }

  get clockWrong(): boolean {
    return this.ageInDays() < -1;
  }

  get stale(): boolean {
    return this.ageInDays() > STALE_DAYS;
  }

  get expired(): boolean {
    return this.now() > this.packsHere().reduce((least, pack) => Math.min(least, pack.expiry), this.edition.expiry);
  }

  packLanguages(): string[] {
    return [...new Set(this.allPacks().map((pack) => pack.language))];
  }

  /** The packs in the language that is being read, the main section's first, as shelves. */
  shelvesHere(): Shelf[] {
    return this.packsHere().map((pack) => this.shelf(pack));
  }

  shelfOf(section: string): Shelf | undefined {
    return this.shelvesHere().find((shelf) => shelf.pack.section === section);
  }

  search(): { search: Search; sectionOf(guide: Guide): string } {
    const packs = this.packsHere();
    let kept = this.searches.get(this.guideLanguage);
    if (!kept || kept.packs.some((pack, at) => pack !== packs[at])) {
      kept = { packs, search: new Search(this.shelvesHere().flatMap((shelf) => [...shelf.guides.values()])) };
      this.searches.set(this.guideLanguage, kept);
    }
    const sectionOf = (guide: Guide): string =>
      this.shelvesHere().find((shelf) => shelf.guides.get(guide.path) === guide)?.pack.section ?? "";
    return { search: kept.search, sectionOf };
  }

  /** A picture of a guide: its language's own, else the first language that has one. */
  picture(section: string, path: string): Uint8Array | undefined {
    const others = this.packLanguages().sort();
    for (const language of [this.guideLanguage, ...others]) {
      const bytes = this.edition.picture(section, language, path);
      if (bytes) return bytes;
    }
    return undefined;
  }

  /** Where newer editions are looked for. The place the page was opened from comes first: on a hotspot it is the only one. */
  sites(): string[] {
    const { page, postboxes } = this.bundle.settings;
    const own = wasServed() ? location.origin + location.pathname.replace(/[^/]*$/, "") : "";
    return [...new Set([own, page, ...postboxes.map((postbox) => postbox + "/")].filter(Boolean))];
  }

  /** Where letters go and replies are asked for, in order: the settings' own, then the place this page was served from. */
  postboxes(): string[] {
    return [...new Set([...this.bundle.settings.postboxes, ...(wasServed() ? [location.origin] : [])])];
  }

  /** Takes the library that a parcel led to; `quietly` leaves what is on the screen as it is. */
  take(library: Library, quietly = false): void {
    this.library = library;
    this.shelves.clear();
    this.searches.clear();
    this.readAnyway = false;
    this.changed(quietly);
  }

  setLanguage(language: Spoken): void {
    this.language = language;
    speak(language);
    if (this.packLanguages().includes(language)) this.guideLanguage = language;
    this.changed(false);
  }

  setGuideLanguage(language: string): void {
    this.guideLanguage = language;
    this.changed(false);
  }

  onChange(listener: (quietly: boolean) => void): void {
    this.changed = listener;
  }

  /** This page's file as it is now, with what it received. */
  file(): Uint8Array {
    return fileWith(writeBundle(this.bundle.settingsItem, this.words.lists, this.library.items));
  }

  private packsHere(): Pack[] {
    return this.allPacks().filter((pack) => pack.language === this.guideLanguage);
  }

  /** The packs, with the guides that came alone in their places; those without a pack make one of their own. */
  private allPacks(): readonly Pack[] {
    if (this.packs?.library === this.library) return this.packs.all;
    const all = [...this.edition.packs].sort((a, b) => Number(b.section === "main") - Number(a.section === "main"));
    for (const { section, language, path, bytes, edition, time, expiry } of this.library.loose) {
      const at = all.findIndex((pack) => pack.section === section && pack.language === language);
      const pack = all[at] ?? { section, language, guides: new Map(), edition, time, expiry };
      const fuller = { ...pack, guides: new Map(pack.guides).set(path, bytes) };
      if (at < 0) all.push(fuller);
      else all[at] = fuller;
    }
    this.packs = { library: this.library, all };
    return all;
  }

  private shelf(pack: Pack): Shelf {
    let shelf = this.shelves.get(pack);
    if (!shelf) this.shelves.set(pack, (shelf = shelve(pack)));
    return shelf;
  }
}

/** Whether this page came over http(s); not so from a file, or in a frame without an address. */
const wasServed = (): boolean => /^https?:$/.test(location.protocol);
