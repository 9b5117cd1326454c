/**
 * What goes over the network, and nothing else: letters to a postbox, sealed replies from it. Rules: no cookies, no
 * referrer, no cache; a letter goes as text/plain, so that the browser asks nothing first; each is tried in order.
 */

import { noStamp, stamped } from "./stamp";

const QUIET: RequestInit = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };
const WAIT_MS = 60_000;
const ACCEPTED = 201;
const REFUSED = 400;

/** One request that gives up in time. */
async function quietFetch(url: string, more: RequestInit = {}, wait = WAIT_MS): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), wait);
  try {
    return await fetch(url, { ...QUIET, ...more, signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** The body of a GET, at most `most` bytes; undefined when the place does not answer or has no such thing. */
export async function fetchBytes(url: string, most: number): Promise<Uint8Array | undefined> {
  try {
    const response = await quietFetch(url);
    if (!response.ok || Number(response.headers.get("content-length") ?? 0) > most) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return bytes.length <= most ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Hands a sealed letter, with its stamp or ten bytes like one, to the first postbox that takes it. False: none did. */
export async function sendLetter(
  postboxes: readonly string[],
  letter: Uint8Array,
  stamp: Uint8Array = noStamp(),
): Promise<boolean> {
  const whole = stamped(stamp, letter);
  for (const postbox of postboxes) {
    try {
      const status = await post(postbox, whole);
      if (status === ACCEPTED) return true;
      // A postbox that is older than stamps takes letters alone.
      if (status === REFUSED && (await post(postbox, letter)) === ACCEPTED) return true;
    } catch {
      // The next one may answer.
    }
  }
  return false;
}

async function post(postbox: string, bytes: Uint8Array): Promise<number> {
  const body = new Blob([bytes as BlobPart], { type: "text/plain" });
  return (await quietFetch(`${postbox}/letters`, { method: "POST", body })).status;
}
