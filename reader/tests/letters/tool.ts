/** What Python's interop tests ask of the page's code: JSON requests on standard input, their answers on standard output. */
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { hex, unhex } from "./hex";
import { Refusal } from "../../src/edition/types";
import { type Body, encodeBody, parseBody } from "../../src/letters/body";
import { Misused } from "../../src/letters/bytes";
import { candidates, keyOf, normalise } from "../../src/letters/codename";
import { encapsulate, publicKey } from "../../src/letters/hpke";
import { encodeKeyLeaf } from "../../src/letters/key";
import { parseKeyLeaf } from "./vectors";
import { decoy, encodePlain, letterOf, open, parsePlain, seal } from "../../src/letters/letter";
import {
  encodeNarrowBody,
  encodeNarrowPlain,
  openNarrow,
  parseNarrowBody,
  parseNarrowPlain,
  sealNarrow,
} from "../../src/letters/narrow";
import { BODY_SIZE, Directory, encodeBagLeaf, join, openPart, parseBagLeaf, SHARD } from "../../src/letters/mailbag";

interface WireBody extends Omit<Body, "pictures"> {
  readonly pictures: readonly string[];
}

interface Request {
  readonly do: "encapsulate" | "seal" | "open" | "sealNarrow" | "openNarrow" | "replies" | "parse";
  readonly [field: string]: unknown;
}

const text = (request: Request, name: string): string => String(request[name]);
const bytes = (request: Request, name: string): Uint8Array => unhex(text(request, name));
const count = (request: Request, name: string): number => Number(request[name]);

function encapsulation(request: Request): unknown {
  const { encapsulated } = encapsulate(publicKey(bytes(request, "seed")), new Uint8Array(0), bytes(request, "random"));
  return { encapsulated: hex(encapsulated) };
}

function sealed(request: Request, by: typeof seal = seal): unknown {
  const wire = request["body"] as WireBody | null;
  const secret = request["secret"] ? bytes(request, "secret") : undefined;
  const letter = wire ? letterOf({ ...wire, pictures: wire.pictures.map(unhex) }, secret) : decoy();
  return { sealed: hex(by(letter, parseKeyLeaf(bytes(request, "leaf")), count(request, "now"), randomBytes)) };
}

function opened(request: Request, by: typeof open = open): unknown {
  const letter = by(bytes(request, "sealed"), count(request, "number"), bytes(request, "seed"));
  const body = letter.body && { ...letter.body, pictures: letter.body.pictures.map(hex) };
  return { kind: letter.kind, secret: hex(letter.secret), body: body ?? null };
}

async function replies(request: Request): Promise<unknown> {
  const entry = {
    section: text(request, "section"),
    records: count(request, "records"),
    directoryHash: bytes(request, "directoryHash"),
  };
  const directory = new Directory(bytes(request, "directory"), entry);
  const shards = (request["shards"] as string[]).map(unhex);
  shards.forEach((shard, index) => directory.checkShard(index, shard));
  const edition = count(request, "edition");
  const key = await keyOf(text(request, "codename"), bytes(request, "deskId"));
  const found = directory.find(candidates(key, count(request, "week")), edition);
  const texts: string[] = [];
  for (const first of found.filter((one) => one.part === 0)) {
    const parts = found
      .filter((one) => one.secret === first.secret)
      .map((one) => {
        const start = (one.place % SHARD) * BODY_SIZE;
        const body = (shards[one.shard] as Uint8Array).subarray(start, start + BODY_SIZE);
        return openPart(body, one.secret, edition, one.part);
      });
    texts.push(join(parts));
  }
  return { texts };
}

/** For each input what parsing and encoding it again gives, or null where it is refused. */
function parsed(request: Request): unknown {
  const again: Record<string, (input: string) => string> = {
    body: (input) => hex(encodeBody(parseBody(unhex(input), false))),
    pictures: (input) => hex(encodeBody(parseBody(unhex(input), true))),
    plain: (input) => hex(encodePlain(parsePlain(unhex(input)))),
    narrowBody: (input) => hex(encodeNarrowBody(parseNarrowBody(unhex(input)))),
    narrowPlain: (input) => hex(encodeNarrowPlain(parseNarrowPlain(unhex(input)))),
    key: (input) => hex(encodeKeyLeaf(parseKeyLeaf(unhex(input)))),
    bags: (input) => hex(encodeBagLeaf(parseBagLeaf(unhex(input)))),
    codename: normalise,
  };
  const parse = again[text(request, "kind")] as (input: string) => string;
  const results = (request["inputs"] as string[]).map((input) => {
    try {
      return parse(input);
    } catch (error) {
      if (error instanceof Refusal || error instanceof Misused) return null;
      throw error;
    }
  });
  return { results };
}

const requests = JSON.parse(readFileSync(0, "utf8")) as Request[];
const answers: Record<Request["do"], (request: Request) => unknown> = {
  encapsulate: encapsulation,
  seal: (request) => sealed(request),
  open: (request) => opened(request),
  sealNarrow: (request) => sealed(request, sealNarrow),
  openNarrow: (request) => opened(request, openNarrow),
  replies,
  parse: parsed,
};
process.stdout.write(JSON.stringify(await Promise.all(requests.map((request) => answers[request.do](request)))));
