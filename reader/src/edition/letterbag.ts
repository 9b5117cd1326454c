/** Kind 7, letters: sealed letters handed on together, in no order of arrival (spec/parcel.md). Nobody on the way opens them. */
import { LETTERS, makeParcel } from "./parcel";
import { hash } from "./tree";
import { compare, join, Reader, varint } from "./wire";

/** spec/letter.md: the narrow one, then the three of the post. */
const SIZES = [256, 4_096, 65_536, 1_048_576];
const MOST = 65_536;

/** A parcel with each letter once, ascending by hash. */
export function writeLetters(letters: readonly Uint8Array[]): Uint8Array {
  const named = letters.map((letter) => ({ letter, name: hash(letter) }));
  named.sort((a, b) => compare(a.name, b.name));
  const each = named.filter(({ name }, at) => !at || compare((named[at - 1] as { name: Uint8Array }).name, name));
  return makeParcel(LETTERS, join(varint(each.length), ...each.flatMap(({ letter }) => [varint(letter.length), letter])));
}

/** The letters of a bag. Throws Refusal. */
export function readLetters(body: Uint8Array): Uint8Array[] {
  const reader = new Reader(body, "the bag of letters");
  const letters = Array.from({ length: reader.varint(MOST) }, () => reader.sized(SIZES[3] as number));
  reader.end();
  const names = letters.map((letter) => hash(letter));
  if (names.some((name, at) => at && compare(names[at - 1] as Uint8Array, name) >= 0)) reader.refuse("its letters are not in order");
  if (letters.some((letter) => !SIZES.includes(letter.length))) reader.refuse("a letter has a size that letters do not have");
  return letters;
}
