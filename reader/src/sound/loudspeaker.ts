/** Frames as sound out of this device. It begins when a person asks for it; `hush` ends it at once. */
import { varint } from "../edition/wire";
import { ID } from "../frames/frame";
import { keepAwake } from "../screen/awake";
import { begin, hush } from "./hush";
import { BLOCK, chunksOf, MARK, type Pace, RATE, tones } from "./tones";

const MOST_SYMBOL = 112; // bytes: a frame of at most 128 then (spec/sound.md)
const PAUSE_MS = 250;
const PACE: Pace = 6;

/** How many frames a parcel needs, and their size in bytes: as few as can be, all full. */
export function framing(length: number): { readonly count: number; readonly frame: number } {
  const count = Math.ceil(length / MOST_SYMBOL);
  return { count, frame: 1 + ID + varint(length).length + 4 + 8 * Math.ceil(length / (8 * count)) };
}

/** Seconds that one frame sounds, with the pause after it. */
export const secondsOf = (frame: number): number =>
  ((2 * MARK + chunksOf(frame) * PACE) * BLOCK) / RATE + PAUSE_MS / 1000;

/** Plays the next `count` frames, telling of each that begins (from 1 on), then `ended`, which also comes where it is hushed. */
export function play(frames: Iterator<Uint8Array>, count: number, playing: (frame: number) => void, ended: () => void): void {
  const context = new AudioContext();
  let node: AudioBufferSourceNode | undefined;
  let waiting = 0;
  const awake = keepAwake();
  begin(() => {
    clearTimeout(waiting);
    if (node) node.onended = null;
    void context.close();
    awake();
    ended();
  });
  const next = (frame: number): void => {
    if (frame > count) return hush();
    const sound = tones((frames.next() as IteratorYieldResult<Uint8Array>).value, PACE);
    const buffer = context.createBuffer(1, sound.length, RATE);
    buffer.getChannelData(0).set(sound);
    node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(context.destination);
    node.onended = () => (waiting = window.setTimeout(next, PAUSE_MS, frame + 1));
    playing(frame);
    node.start();
  };
  next(1);
}
