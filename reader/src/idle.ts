/** Work that nobody waits for. Rule: a key that comes in the middle of it waits for one slice at most. */

const SLICE_MS = 4;
/** Between slices where the browser does not say when it is idle. */
const REST_MS = 30;

/** Takes step after step, in slices, until one says that it was the last. Gives what ends it before that. */
export function whenIdle(step: () => boolean): () => void {
  let more = true;
  const slice = (): void => {
    const until = performance.now() + SLICE_MS;
    while (more && performance.now() < until) more = step();
    if (more) later(slice);
  };
  later(slice);
  return () => {
    more = false;
  };
}

function later(slice: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(slice);
  else setTimeout(slice, REST_MS);
}
