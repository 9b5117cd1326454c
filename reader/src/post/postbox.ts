/**
 * What goes over the network, and nothing else: letters to a postbox, sealed replies from it. Rules: no cookies, no
 * referrer, no cache; a letter goes as text/plain, so that the browser asks nothing first; each is tried in order.
 */

const QUIET: RequestInit = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", redirect: "error" };
const WAIT_MS = 60_000;
const ACCEPTED = 201;

/** One request that gives up in time. */
export async function quietFetch(url: string, more: RequestInit = {}, wait = WAIT_MS): Promise<Response> {
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

/** Hands a sealed letter to the first postbox that takes it. False: none did. */
export async function sendLetter(postboxes: readonly string[], letter: Uint8Array): Promise<boolean> {
  for (const postbox of postboxes) {
    try {
      const body = new Blob([letter as BlobPart], { type: "text/plain" });
      const response = await quietFetch(`${postbox}/letters`, { method: "POST", body });
      if (response.status === ACCEPTED) return true;
    } catch {
      // The next one may answer.
    }
  }
  return false;
}
