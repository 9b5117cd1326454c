"""Writes the vectors of what two relays say to each other about their letters.

    python spec/vectors/make_relay.py

Written from spec/relay.md ("Between relays"), without holub's own code. A case:

  case      name | question | answer | compare
  expect    ok | refused; an answer also: cut, where what came whole is kept and the end is missing
  name      salt, letter_hash (hex) and short_name, a number
  question  its bytes; salt and names where it is good
  answer    its bytes; asked: names in the question; room: letters that are taken at most; lacking: places; letters
  compare   question, held (hashes of the answering relay's letters); lacking: places; send: hashes, in any order
"""

from __future__ import annotations

import hashlib

from vectorcase import Cases, named

QUESTION, ANSWER, END = b"HLR\x01", b"HLR\x02", b"\x00"
SALT = named("relay salt", 16)
MOST = 65_536
NAMES = (7, 8, 300, 0xFFFFFFFF)


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def listed(numbers: tuple[int, ...] | list[int], *, count: int | None = None) -> bytes:
    out, before = varint(len(numbers) if count is None else count), -1
    for number in numbers:
        out += varint(number - before - 1)
        before = number
    return out


def short(digest: bytes, salt: bytes = SALT) -> int:
    return int.from_bytes(hashlib.sha256(salt + digest).digest()[:4], "big")


def sent(letter: bytes) -> bytes:
    """A letter of 256 or 4,096 bytes as it stands in an answer."""
    return bytes([{256: 1, 4_096: 2}[len(letter)]]) + letter


def names_and_questions(cases: Cases) -> None:
    for number, salt in enumerate((SALT, bytes(16)), 1):
        digest = hashlib.sha256(named("relay letter", 256)).digest()
        cases.add(
            f"name-{number}",
            "name",
            "the short name of a letter under a salt",
            "ok",
            salt=salt.hex(),
            letter_hash=digest.hex(),
            short_name=short(digest, salt),
        )

    def question(name: str, what: str, data: bytes, names: tuple[int, ...] | None = None) -> None:
        fields = {} if names is None else {"salt": SALT.hex(), "names": list(names)}
        expect = "refused" if names is None else "ok"
        cases.add(f"question-{name}", "question", what, expect, question=data.hex(), **fields)

    head = QUESTION + SALT
    question("empty", "no letters", head + listed([]), ())
    question("one", "one letter", head + listed([0]), (0,))
    question("some", "neighbours, a gap, and the highest name that there is", head + listed(NAMES), NAMES)
    question("is-answer", "an answer where a question should be", ANSWER + SALT + listed(NAMES))
    question("is-newer", "a version that is not known", b"HLR\x03" + SALT + listed(NAMES))
    question("short-salt", "the salt has 15 bytes", QUESTION + SALT[:15])
    question("cut", "the last name is missing", head + listed(NAMES[:3], count=4))
    question("trailing", "a byte follows the list", head + listed(NAMES) + b"\x00")
    question("too-many", "it announces 65,537 names", head + listed([], count=MOST + 1) + bytes(MOST + 1))
    question("beyond", "a name of more than four bytes", head + listed([0xFFFFFFFF, 0x100000000]))
    question("long-number", "a difference is written in two bytes where one is enough", head + b"\x01\x85\x00")


def answers(cases: Cases) -> None:
    small, large = named("relay letter", 256), named("relay letter, large", 4_096)

    def answer(name: str, what: str, expect: str, data: bytes, *letters: bytes, lacking: tuple[int, ...] = ()) -> None:
        fields = {} if expect == "refused" else {"lacking": list(lacking), "letters": [one.hex() for one in letters]}
        cases.add(f"answer-{name}", "answer", what, expect, asked=5, room=2, answer=data.hex(), **fields)

    none, some = ANSWER + listed([]), ANSWER + listed([0, 1, 4])
    answer("empty", "nothing is lacking on either side", "ok", none + END)
    answer("places", "three letters are lacking there", "ok", some + END, lacking=(0, 1, 4))
    both = some + sent(small) + sent(large) + END
    answer("letters", "and two are lacking here, of two sizes", "ok", both, small, large, lacking=(0, 1, 4))
    whole = some + sent(small)
    answer("cut-before-end", "the zero byte at the end is missing", "cut", whole, small, lacking=(0, 1, 4))
    answer("cut-in-letter", "the second letter broke off", "cut", whole + sent(large)[:-1], small, lacking=(0, 1, 4))
    answer("cut-in-list", "it broke off within the list", "cut", some[:-1])
    answer("is-question", "a question where an answer should be", "refused", QUESTION + none[4:] + sent(large) + END)
    beyond = ANSWER + listed([5]) + sent(large) + END
    answer("place-not-asked", "it names a place that the question did not have", "refused", beyond)
    more = ANSWER + listed([0, 1, 2, 3, 4], count=6) + b"\x00" + sent(large) + END
    answer("too-many-places", "it names more places than were asked for", "refused", more)
    answer("size-unknown", "a letter of a fifth size", "refused", none + b"\x05" + large + END)
    answer("trailing", "a byte follows the end", "refused", none + END + b"\x00")
    answer("too-many-letters", "three letters where two fit", "refused", none + 3 * sent(small) + END)
    long_number = ANSWER + b"\x01\x81\x00" + sent(large) + END
    answer("long-number", "a place is written in two bytes where one is enough", "refused", long_number)


def comparisons(cases: Cases) -> None:
    digests = [hashlib.sha256(named(f"relay letter {number}", 256)).digest() for number in range(5)]

    def compared(name: str, what: str, asking: list[bytes], held: list[bytes]) -> None:
        names = sorted(map(short, asking))
        known = set(map(short, held))
        cases.add(
            f"compare-{name}",
            "compare",
            what,
            "ok",
            question=(QUESTION + SALT + listed(names)).hex(),
            held=[digest.hex() for digest in held],
            lacking=[place for place, one in enumerate(names) if one not in known],
            send=sorted(digest.hex() for digest in held if short(digest) not in names),
        )

    compared("same", "both have the same letters", digests, digests)
    compared("some", "each has letters that the other one lacks", digests[:3], digests[2:])
    compared("nothing-there", "the answering relay has none", digests[:2], [])
    compared("nothing-here", "the asking relay has none", [], digests[:2])


def main() -> None:
    cases = Cases("relay")
    names_and_questions(cases)
    answers(cases)
    comparisons(cases)
    cases.write()


if __name__ == "__main__":
    main()
