/** Keeps the screen on where a browser can, for which it asks no permission. */
interface Lock {
  release(): Promise<void>;
}

/** Gives what lets it go dark again. */
export function keepAwake(): () => void {
  const { wakeLock } = navigator as { wakeLock?: { request(kind: "screen"): Promise<Lock> } };
  // Where it is refused, the screen goes dark as it always would.
  const held = Promise.resolve(wakeLock?.request("screen")).catch(() => undefined);
  return () => void held.then((lock) => lock?.release()).catch(() => undefined);
}
