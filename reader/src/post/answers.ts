/**
 * Looking for answers: first in the bags that came with the page, then at a postbox. Rules: of each bag the page
 * fetches the directory and exactly one shard, a random one where nothing was found, so that asking says nothing; the
 * rest of a long answer is asked for one shard at a time, by the person's own hand.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type BagEntry, type HeldBag, type Library, Refusal } from "../edition/types";
import { candidates } from "../letters/codename";
import {
  BODY_SIZE,
  Directory,
  type Found,
  join,
  MOST_RECORDS,
  openPart,
  type Part,
  partsOf,
  SHARD,
} from "../letters/mailbag";
import { fetchBytes } from "./postbox";
import { random } from "./sealing";

export interface Answers {
  /** Opened answers; an empty one says that the letter arrived. */
  readonly texts: readonly string[];
  /** Answers that are known to be there and whose shards are not here yet. */
  readonly waiting: number;
  /** A bag was not on this phone, and no postbox gave it. */
  readonly unreachable: boolean;
}

/** One bag to look through. Tags depend on the edition, so a bag is read with its own number. */
interface Bag {
  readonly name: string;
  readonly edition: number;
  readonly entry: BagEntry;
  readonly held: HeldBag | undefined;
}

export class Answering {
  private readonly secrets: readonly Uint8Array[];
  private readonly bags: readonly Bag[];
  private readonly directories = new Map<string, Directory>();
  private readonly shards = new Map<string, Uint8Array>();

  /** `key`: of the codename, 32 bytes. */
  constructor(
    key: Uint8Array,
    library: Library,
    private readonly postboxes: readonly string[],
  ) {
    const { edition } = library;
    this.secrets = candidates(key, edition.letterKey.number);
    const held = [...library.bags].map(([section, bag]): Bag =>
      bagOf(entryOf(section, bag.directory), bag.edition, bag),
    );
    const signed = edition.bags.map((entry): Bag => bagOf(entry, edition.number, undefined));
    this.bags = [...held, ...signed.filter(({ name }) => !held.some((one) => one.name === name))];
  }

  get records(): number {
    return this.bags.reduce((sum, { entry }) => sum + entry.records, 0);
  }

  /** Looks through every bag once; asks the network for one shard of each bag whose bodies are not here. */
  async look(progress: (part: number) => void): Promise<Answers> {
    const texts: string[] = [];
    let waiting = 0;
    let unreachable = false;
    for (const [at, bag] of this.bags.entries()) {
      const directory = await this.directory(bag);
      if (!directory) unreachable = true;
      else {
        const found = directory.find(this.secrets, bag.edition);
        if (!bag.held?.bodies && !(await this.fetchOne(bag, directory, found))) unreachable = true;
        const opened = this.open(bag, directory, found);
        texts.push(...opened.texts);
        waiting += opened.waiting;
      }
      progress((at + 1) / this.bags.length);
    }
    return { texts: [...new Set(texts)], waiting, unreachable };
  }

  private async directory(bag: Bag): Promise<Directory | undefined> {
    const kept = this.directories.get(bag.name);
    if (kept) return kept;
    const asked = bag.held ? [Promise.resolve(bag.held.directory)] : this.asked(bag, "directory", MOST_RECORDS * 9);
    for (const raw of asked) {
      const bytes = await raw;
      try {
        const directory = bytes && new Directory(bytes, bag.entry);
        if (directory) {
          this.directories.set(bag.name, directory);
          return directory;
        }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error; // another postbox may have the right one
      }
    }
    return undefined;
  }

  /** One shard: the first that holds something not yet here, else a random one. False: nobody gave it. */
  private async fetchOne(bag: Bag, directory: Directory, found: readonly Found[]): Promise<boolean> {
    const missing = found.filter(({ shard }) => !this.shards.has(`${bag.name} ${shard}`));
    const index = directory.shardToFetch(missing, random);
    for (const raw of this.asked(bag, `shard/${index}`, SHARD * BODY_SIZE)) {
      const bytes = await raw;
      if (!bytes) continue;
      try {
        directory.checkShard(index, bytes);
        this.shards.set(`${bag.name} ${index}`, bytes);
        return true;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
    return false;
  }

  private *asked({ entry, edition }: Bag, what: string, most: number): Generator<Promise<Uint8Array | undefined>> {
    for (const postbox of this.postboxes) {
      yield fetchBytes(`${postbox}/mailbag/${edition}/${encodeURIComponent(entry.section)}/${what}`, most);
    }
  }

  private open(bag: Bag, directory: Directory, found: readonly Found[]): { texts: string[]; waiting: number } {
    const texts: string[] = [];
    let waiting = 0;
    for (const first of found.filter(({ part }) => part === 0)) {
      const own = found.filter(({ secret }) => secret === first.secret);
      const parts: Part[] = [];
      let lacking = false;
      for (const { secret, part, place, shard } of own) {
        const body = this.body(bag, directory, place, shard);
        if (!body) lacking = true;
        else parts.push(openPart(body, secret, bag.edition, part));
        // Records past the last part have tags of this answer by chance only.
        if (!lacking && parts[0] && parts.length === partsOf(parts[0].whole)) break;
      }
      if (lacking) waiting++;
      else texts.push(join(parts));
    }
    return { texts, waiting };
  }

  private body(bag: Bag, directory: Directory, place: number, shard: number): Uint8Array | undefined {
    const all = bag.held?.bodies;
    const from = all?.subarray(shard * SHARD * BODY_SIZE, (shard + 1) * SHARD * BODY_SIZE);
    const key = `${bag.name} ${shard}`;
    if (from && !this.shards.has(key)) {
      directory.checkShard(shard, from);
      this.shards.set(key, from);
    }
    const bytes = this.shards.get(key);
    const at = (place % SHARD) * BODY_SIZE;
    return bytes?.subarray(at, at + BODY_SIZE);
  }
}

const bagOf = (entry: BagEntry, edition: number, held: HeldBag | undefined): Bag => ({
  name: `${edition} ${entry.section}`,
  edition,
  entry,
  held,
});

/** The entry that a held directory had when it was checked: the library keeps verified ones only. */
function entryOf(section: string, directory: Uint8Array): BagEntry {
  const shards = Math.ceil(directory.length / (SHARD * 8 + 32));
  return { section, records: (directory.length - 32 * shards) / 8, directoryHash: sha256(directory) };
}
