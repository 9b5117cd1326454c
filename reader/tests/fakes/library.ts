/**
 * A library for trying the page without real editions: items are JSON, nothing is verified but what a test asks to fail.
 * Root: {"name", "deskId"}. Parcel: {"refuse"?: reason, "from"?: number, "edition", "time", "expiry", "packs", …}.
 */
import { type Edition, type Library, type Pack, Refusal, type RefusalReason } from "../../src/edition/types";

interface FakeRoot {
  readonly name: string;
  readonly deskId: string;
}

interface FakeParcel {
  readonly refuse?: RefusalReason;
  readonly from?: number;
  readonly edition: number;
  readonly time: number;
  readonly expiry: number;
  readonly packs: readonly {
    section: string;
    language: string;
    guides: Record<string, string>;
    pictures?: Record<string, string>;
  }[];
  readonly key: { number: number; sealUntil: number; opensUntil: number; bytes: string; narrow?: string };
  readonly codes: readonly string[];
  readonly bags?: readonly { section: string; records: number; hash: string; directory?: string; bodies?: string }[];
}

const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));
const unbase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

function read<T>(item: Uint8Array): T {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(item)) as T;
  } catch {
    throw new Refusal("unknown", "no parcel");
  }
}

class FakeLibrary implements Library {
  readonly edition: Edition;
  readonly bags: Library["bags"];
  readonly loose = [];

  constructor(
    private readonly root: FakeRoot,
    parcel: FakeParcel,
    readonly items: readonly Uint8Array[],
  ) {
    if (parcel.refuse) throw new Refusal(parcel.refuse, "as asked");
    const pictures = new Map<string, Uint8Array>();
    const packs = parcel.packs.map(({ section, language, guides, pictures: own }): Pack => {
      for (const [path, bytes] of Object.entries(own ?? {}))
        pictures.set(`${section} ${language} ${path}`, unbase64(bytes));
      const texts = Object.entries(guides).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
      return {
        section,
        language,
        guides: new Map(texts),
        edition: parcel.edition,
        time: parcel.time,
        expiry: parcel.expiry,
      };
    });
    const { number, sealUntil, opensUntil, bytes } = parcel.key;
    const narrow = parcel.key.narrow === undefined ? new Uint8Array(32).fill(9) : unbase64(parcel.key.narrow);
    this.edition = {
      number: parcel.edition,
      time: parcel.time,
      expiry: parcel.expiry,
      publisher: { name: root.name, deskId: unhex(root.deskId) },
      packs,
      letterKey: { number, sealUntil, opensUntil, mlkem768x25519: unbase64(bytes), narrow },
      bags: (parcel.bags ?? []).map(({ section, records, hash }) => ({ section, records, directoryHash: unhex(hash) })),
      codeHashes: parcel.codes.map(unhex),
      picture: (section, language, path) => pictures.get(`${section} ${language} ${path}`),
    };
    this.bags = new Map(
      (parcel.bags ?? []).flatMap(({ section, directory, bodies }) =>
        directory === undefined
          ? []
          : [
              [
                section,
                {
                  edition: parcel.edition,
                  directory: unbase64(directory),
                  ...(bodies !== undefined && { bodies: unbase64(bodies) }),
                },
              ] as const,
            ],
      ),
    );
  }

  parcelsIn(language: string): readonly Uint8Array[] {
    return this.edition.packs.some((pack) => pack.language === language) ? this.items.slice(1) : [];
  }

  receive(item: Uint8Array): Library {
    const parcel = read<FakeParcel>(item);
    if (parcel.refuse) throw new Refusal(parcel.refuse, "as asked");
    if (parcel.edition <= this.edition.number) throw new Refusal("older", "older");
    if (parcel.from !== undefined && parcel.from !== this.edition.number) throw new Refusal("gap", "gap");
    return new FakeLibrary(this.root, parcel, [...this.items, item]);
  }

  receiveAll(items: readonly Uint8Array[]): Library {
    const other = this.openOther(items);
    if (other.edition.number < this.edition.number) throw new Refusal("older", "older");
    return other.edition.number > this.edition.number ? other : this;
  }

  openOther(items: readonly Uint8Array[]): Library {
    const other = openLibrary(items);
    if (read<FakeRoot>(items[0] as Uint8Array).deskId !== this.root.deskId)
      throw new Refusal("other-publisher", "other");
    return other;
  }
}

export function openLibrary(items: readonly Uint8Array[]): Library {
  const [root, first, ...rest] = items;
  if (!root || !first) throw new Refusal("damaged", "no items");
  let library: Library = new FakeLibrary(read<FakeRoot>(root), read<FakeParcel>(first), [root, first]);
  for (const item of rest) library = library.receive(item);
  return library;
}
