/** Messages out of this device's microphone, or out of a recording. Nothing of the sound is kept. */
import { begin } from "./hush";
import { Hearing } from "./hearing";
import { RATE } from "./tones";

const PIECE = 4096; // samples
const MOST_RECORDING = 64 * 1024 * 1024; // bytes of a file

export type Heard = (message: Uint8Array) => void;

/** Whether this browser offers the page a microphone: not on plain http, and not from every file. */
export const hasMicrophone = (): boolean => !!(navigator as { mediaDevices?: MediaDevices }).mediaDevices?.getUserMedia;

/** Listens until it is hushed, then calls `ended`. Fails where it may not. */
export async function listen(heard: Heard, ended: () => void): Promise<void> {
  // What makes speech clearer takes tones away.
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
  const context = new AudioContext();
  const hearing = new Hearing(context.sampleRate);
  // Out of date and everywhere; its successor takes its code from an address, which this page's own rules forbid.
  const tap = context.createScriptProcessor(PIECE, 1, 1);
  tap.onaudioprocess = ({ inputBuffer }) => hearing.hear(inputBuffer.getChannelData(0)).forEach(heard);
  context.createMediaStreamSource(stream).connect(tap).connect(context.destination);
  begin(() => {
    tap.onaudioprocess = null;
    for (const track of stream.getTracks()) track.stop();
    void context.close();
    ended();
  });
}

/** All messages of a recording in any form that the browser knows. Fails where it knows none, or where it is too large. */
export async function hearFile(file: File, heard: Heard): Promise<void> {
  if (file.size > MOST_RECORDING) throw new RangeError(`a recording of ${file.size} bytes`);
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  for (let channel = 0; channel < Math.min(2, sound.numberOfChannels); channel++) {
    const hearing = new Hearing(sound.sampleRate);
    hearing.hear(sound.getChannelData(channel)).forEach(heard);
    hearing.hear(new Float32Array(PIECE)).forEach(heard);
  }
}
