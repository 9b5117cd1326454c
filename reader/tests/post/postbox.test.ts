/** The vectors of the postbox: what the page picks out of a catalogue, and what it makes of a postbox's answers. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { concat } from "../../src/letters/bytes";
import { readList } from "../../src/page/updates";
import { fetchBytes, sendLetter } from "../../src/post/postbox";
import { unhex } from "../letters/hex";
import { cases } from "../letters/vectors";

interface Answer {
  readonly head: readonly string[];
  readonly body: string;
}

const LETTER = new Uint8Array(4_096);
const MOST = 4 * 1024 * 1024;

/** How long a request's body is, once it has come as long as its head says; until then -1. */
function bodyOf(request: Uint8Array): number {
  const text = new TextDecoder("latin1").decode(request);
  const end = text.indexOf("\r\n\r\n");
  const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
  return end >= 0 && text.length === end + 4 + length ? length : -1;
}

function wire(answer: Answer): Uint8Array {
  const head = answer.head.length ? `${answer.head.join("\r\n")}\r\n\r\n` : "";
  return concat(new TextEncoder().encode(head), unhex(answer.body));
}

/** Runs `ask` with the address of a server that gives these answers one after another; gives the requests it got. */
async function asking(answers: readonly Answer[], ask: (url: string) => Promise<void>): Promise<Uint8Array[]> {
  const requests: Uint8Array[] = [];
  const server = createServer((socket) => {
    let request: Uint8Array = new Uint8Array(0);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      request = concat(request, bytes);
      if (bodyOf(request) < 0) return;
      const answer = answers[requests.length];
      requests.push(request);
      assert(answer, "it asks more often than it is answered");
      socket.end(wire(answer));
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    await ask(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
  }
  return requests;
}

for (const one of cases("postbox", "catalogue")) {
  test(`catalogue: ${one["what"]}`, () => {
    const names = readList(unhex(one["latest"]))?.map(({ name }) => name) ?? null;
    assert.deepEqual(names, one["page"]);
    if (one.expect === "ok") {
      const picked = readList(unhex(one["latest"])) ?? [];
      assert.deepEqual(picked, (one["listings"] as { name: string }[]).filter(({ name }) => names?.includes(name)));
    }
  });
}

for (const one of cases("postbox", "answer")) {
  test(`an answer to a letter: ${one["what"]}`, async () => {
    const requests = await asking(one["answers"], async (url) => {
      assert.equal(await sendLetter([url], LETTER), one["page"]);
    });
    const sizes = [LETTER.length + 10, LETTER.length]; // with a stamp, and alone
    assert.deepEqual(requests.map(bodyOf), sizes.slice(0, one["asked"] as number));
  });
}

for (const one of cases("postbox", "latest")) {
  test(`an answer to what is new: ${one["what"]}`, async () => {
    const answer = one as unknown as Answer;
    const requests = await asking([answer], async (url) => {
      const bytes = await fetchBytes(`${url}/latest`, MOST);
      assert.deepEqual(bytes, one["page"] ? unhex(answer.body) : undefined);
    });
    assert.equal(requests.length, 1);
  });
}
