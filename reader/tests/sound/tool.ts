/** What Python's tests ask of the page's modem: JSON on standard input, JSON on standard output, sound as 16-bit files. */
import { readFileSync, writeFileSync } from "node:fs";
import { Hearing } from "../../src/sound/hearing";
import { type Pace, tones } from "../../src/sound/tones";
import { hex, unhex } from "../letters/hex";

interface Request {
  readonly file: string;
  /** What to write; what is in the file is heard where it is not there. */
  readonly message?: string;
  readonly pace?: Pace;
  readonly rate?: number;
}

/** Samples come in pieces of every size, as from a microphone. */
function* pieces(sound: Float32Array): Generator<Float32Array> {
  for (let at = 0, size = 1; at < sound.length; at += size, size = (size * 7 + 13) % 5000) yield sound.subarray(at, at + size);
}

function answer({ file, message, pace, rate }: Request): unknown {
  if (message !== undefined) {
    writeFileSync(file, Int16Array.from(tones(unhex(message), pace ?? 6), (value) => Math.round(value * 32767)));
    return {};
  }
  const bytes = readFileSync(file);
  const sound = Float32Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), (value) => value / 32768);
  const hearing = new Hearing(rate ?? 48_000);
  return { messages: [...pieces(sound)].flatMap((piece) => hearing.hear(piece)).map(hex) };
}

const requests = JSON.parse(readFileSync(0, "utf8")) as Request[];
process.stdout.write(JSON.stringify(requests.map(answer)));
