/** What sounds or listens now, and its end: at most one thing does, and it ends the moment that anybody says so. */
let running: (() => void) | undefined;

/** Ends what runs. */
export function hush(): void {
  const ending = running;
  running = undefined;
  ending?.();
}

/** Something begins; `end` is called once, by `hush`. It ends also when the page is hidden. */
export function begin(end: () => void): void {
  hush();
  running = end;
}

export function watchForHiding(): void {
  document.addEventListener("visibilitychange", () => document.hidden && hush());
}
