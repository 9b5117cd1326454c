/**
 * Frames as codes on the screen, one after the other. Rules: it begins when a person asks for it and ends as soon as its
 * canvas is no longer in the page; each module is a whole number of the screen's own pixels.
 */
import { type Kind, sizeOf } from "../codes/layout";
import { codeOf, QUIET_ZONE } from "../codes/writing";
import { keepAwake } from "./awake";

const DARK = 0xff000000; // opaque black and white are the same in either order of bytes
const LIGHT = 0xffffffff;

/** Shows `frames` on the canvas, `pace` a second. Gives what ends it. */
export function play(canvas: HTMLCanvasElement, frames: Iterator<Uint8Array>, kind: Kind, pace: number): () => void {
  const side = sizeOf(kind) + 2 * QUIET_ZONE;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const picture = context.createImageData(side, side);
  const pixels = new Uint32Array(picture.data.buffer).fill(LIGHT);
  let running = true;
  const dark = keepAwake();
  const draw = (): void => {
    const code = codeOf(kind, (frames.next() as IteratorYieldResult<Uint8Array>).value);
    const size = sizeOf(kind);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        pixels[(y + QUIET_ZONE) * side + x + QUIET_ZONE] = code[y * size + x] ? DARK : LIGHT;
      }
    }
    context.putImageData(picture, 0, 0);
  };
  const stop = (): void => {
    running = false;
    window.removeEventListener("resize", fit);
    dark();
  };
  const fit = (): void => {
    const room = Math.min(canvas.parentElement?.clientWidth ?? 0, window.innerHeight);
    const density = window.devicePixelRatio || 1;
    const module = Math.max(1, Math.floor((room * density) / side)) / density;
    canvas.style.width = canvas.style.height = `${module * side}px`;
  };
  window.addEventListener("resize", fit);
  fit();
  draw();
  const period = 1000 / pace;
  let due = performance.now() + period;
  const tick = (now: number): void => {
    if (!running) return;
    if (!canvas.isConnected) return stop();
    if (now >= due) {
      draw();
      // A screen that cannot keep up shows fewer, never several at once.
      due = Math.max(due + period, now);
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  return stop;
}
