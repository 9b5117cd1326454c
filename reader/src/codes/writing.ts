/** Bytes to a QR code. Rules: one kind and one mask, since frames look random already and time counts on an old phone. */
import { blank, type Kind, layoutOf, spread } from "./layout";

export const QUIET_ZONE = 4;
const MASK = 3;
const BYTE_MODE = 4;
const PADDING = [0xec, 0x11] as const;

/** The modules of a code, row by row, 1 is dark, without the quiet zone. Throws RangeError where the bytes do not fit. */
export function codeOf(kind: Kind, bytes: Uint8Array): Uint8Array {
  if (bytes.length > kind.bytes) throw new RangeError(`${bytes.length} bytes for a code of ${kind.bytes}`);
  const { order } = layoutOf(kind);
  // Mode and length take twenty bits, so all that follows lies across bytes.
  const data = new Uint8Array(kind.bytes + 3);
  data[0] = (BYTE_MODE << 4) | (bytes.length >> 12);
  data[1] = bytes.length >> 4;
  data[2] = bytes.length << 4;
  bytes.forEach((byte, at) => {
    data[at + 2] = (data[at + 2] as number) | (byte >> 4);
    data[at + 3] = byte << 4;
  });
  for (let at = bytes.length + 3, turn = 0; at < data.length; at++, turn ^= 1) data[at] = PADDING[turn] as number;
  const spreadOut = spread(kind, data);
  const modules = blank(kind, MASK).slice();
  spreadOut.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) {
      const place = order[8 * at + bit] as number;
      modules[place] = (modules[place] as number) ^ ((byte >> (7 - bit)) & 1);
    }
  });
  return modules;
}
