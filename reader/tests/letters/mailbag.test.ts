import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { Refusal } from "../../src/edition/types";
import { concat, Misused } from "../../src/letters/bytes";
import { candidates } from "../../src/letters/codename";
import { BODY_SIZE, Directory, encodeBagLeaf, join, openPart, parseBagLeaf, partSecret, tagOf } from "../../src/letters/mailbag";
import { hex, unhex } from "./hex";
import { cases, expecting } from "./vectors";

test("a bag is read or refused as the vectors say", () => {
  for (const one of cases("mailbag", "bag")) {
    expecting(one, () => {
      const entry = { section: one["section"], records: one["records"], directoryHash: unhex(one["directory_hash"]) };
      const directory = new Directory(unhex(one["directory"]), entry);
      const shards: Uint8Array[] = one["shards"].map(unhex);
      shards.forEach((shard, index) => directory.checkShard(index, shard));
      const found = directory.find(candidates(unhex(one["key"]), one["number"]), one["edition"]);
      const texts = found
        .filter((first) => first.part === 0)
        .map((first) =>
          join(
            found
              .filter((record) => record.secret === first.secret)
              .map(({ place, shard, secret, part }) => {
                const start = (place % 1000) * BODY_SIZE;
                const body = shards[shard]?.subarray(start, start + BODY_SIZE) ?? new Uint8Array(0);
                return openPart(body, secret, one["edition"], part);
              }),
          ),
        );
      assert.deepEqual(texts.sort(), [...one["texts"]].sort());
    });
  }
});

test("a leaf parses or is refused as the vectors say", () => {
  for (const one of cases("mailbag", "leaf")) {
    expecting(one, () => {
      const entries = parseBagLeaf(unhex(one["leaf"]));
      const told = entries.map(({ section, records, directoryHash }) => ({ section, records, directory_hash: hex(directoryHash) }));
      assert.deepEqual(told, one["entries"]);
      assert.equal(hex(encodeBagLeaf(entries)), one["leaf"]);
    });
  }
});

test("a record opens or is refused as the vectors say", () => {
  for (const one of cases("mailbag", "record")) {
    expecting(one, () => {
      const opened = openPart(unhex(one["body"]), unhex(one["secret"]), one["edition"], one["part"]);
      assert.equal(opened.whole, one["whole"]);
      assert.equal(hex(opened.data), one["data"]);
    });
  }
});

/** A directory of random tags in order, with these among them. */
function directoryOf(records: number, tags: readonly Uint8Array[]): Directory {
  const all = [...tags, ...Array.from({ length: records - tags.length }, () => randomBytes(8))];
  const sorted = all.map(hex).sort().map(unhex);
  const hashes = Array.from({ length: Math.ceil(records / 1000) }, () => randomBytes(32));
  const raw = concat(...sorted, ...hashes);
  return new Directory(raw, { section: "main", records, directoryHash: sha256(raw) });
}

test("among many records exactly those of the codename are found, with all their parts", () => {
  const secrets = candidates(randomBytes(32), 40);
  const [one, long] = [secrets[3], secrets[831]] as [Uint8Array, Uint8Array];
  const tags = [tagOf(one, 9), ...[0, 1, 2].map((part) => tagOf(partSecret(long, part), 9))];
  const directory = directoryOf(20_000, tags);
  const found = directory.find(secrets, 9);
  assert.deepEqual(found.map(({ secret, part }) => [secret, part]), [[one, 0], [long, 0], [long, 1], [long, 2]]);
  assert(found.every(({ place, shard }) => shard === Math.floor(place / 1000)));
  assert.deepEqual(directory.find(secrets, 10), []);
  assert.equal(directory.shardToFetch(found, randomBytes), found[0]?.shard);
});

test("a tag's upper half counts before its lower half, and both are unsigned", () => {
  const tags = ["0000000100000000", "00000000ffffffff", "ffffffff00000000", "80000000ffffffff", "7fffffff80000000"].map(unhex);
  const directory = directoryOf(5, tags);
  const sorted = tags.map(hex).sort();
  for (const tag of tags) assert.equal(directory.placeOf(tag), sorted.indexOf(hex(tag)));
  assert.equal(directory.placeOf(unhex("0000000000000000")), -1);
  assert.equal(directory.placeOf(unhex("ffffffffffffffff")), -1);
});

test("a reader without replies fetches any shard, as often as answers lie there", () => {
  const directory = directoryOf(2_152, []);
  const counts = [0, 0, 0];
  for (let draw = 0; draw < 2_152; draw++) {
    const shard = directory.shardToFetch([], () => Uint8Array.of(0, 0, 0, 0, draw >> 8, draw & 255));
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  assert.deepEqual(counts, [1_000, 1_000, 152]);
  assert.throws(() => directory.checkShard(3, new Uint8Array(0)), Misused);
});

test("parts that do not belong together are refused", () => {
  const first = { whole: 900, data: new Uint8Array(478).fill(97) };
  const second = { whole: 900, data: new Uint8Array(422).fill(97) };
  assert.equal(join([first, second]), "a".repeat(900));
  const odd = { whole: 899, data: new Uint8Array(421) };
  for (const wrong of [[], [first], [first, second, first], [first, odd], [{ whole: 1, data: Uint8Array.of(255) }]]) {
    assert.throws(() => join(wrong), Refusal);
  }
});
