"""Makes spec/vectors/{root,edition,parcel}/: one case a file, each with one thing wrong, or none.

Run from the checkout's root: python spec/vectors/make_editions.py. The same run gives the same bytes: keys come from
names, and nothing here is random. A case:

  what      the case in a sentence
  expect    ok | damaged | forged | older | gap | other-publisher | refused
  root      the root documents, oldest first (text)
  items     parcels in the order in which they arrive (hex); all but the last are accepted
  edition, packs   (ok) the edition held in the end, and SHA-256 by pack and path
  proof, guide     (a proof's case) in hex, instead of items
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from holub.formats.base import write_base as write_rows
from holub.formats.change import write_change
from holub.formats.compression import compress
from holub.formats.full import write_full
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import Services, code_leaf
from holub.formats.pack import Pack, pictures_root
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel
from holub.formats.pictures import write_pictures_parcel
from holub.formats.proof import Proof, write_selection
from holub.formats.root import Delegation, RootDocument
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from holub.formats.update import PATHS, write_update
from holub.formats.whole import whole_base, whole_change, write_whole
from holub.formats.wire import text8, varint
from holub.outbound.press.signing import Pen, new_root, next_root, sign_edition, sign_root, sign_section

HERE = Path(__file__).parent
TIME = 1_795_000_000  # 18 November 2026
YEAR = 31_536_000


def pen(name: str) -> Pen:
    return Pen(sha256(f"holub vector key {name}".encode()).digest())


ROOT_A, ROOT_B, ROOT_C, EDITION, OTHER, TOWN = (pen(name) for name in ("a", "b", "c", "edition", "other", "town"))
KEY_LEAF = (
    b"\x01" + bytes.fromhex("00000005") + (TIME + 4_838_400).to_bytes(4, "big") + (TIME + 9_676_800).to_bytes(4, "big")
)
KEY_LEAF += b"".join(sha256(b"not a real letter key %d" % i).digest() for i in range(39))
CODE = sha256(b"a page's code").digest()
SERVICES = Services.of([KEY_LEAF, b"\x02", b"\x03\x00", code_leaf([CODE])])


def guides(language: str, edition: int) -> dict[str, bytes]:
    """Twelve short guides; each edition changes two of them, adds one and, from the third on, removes one."""
    texts = {
        f"{folder}/{name}.md": f"# {folder} {name} ({language})\n\n{'Short steps, calmly. ' * 12}\n".encode()
        for folder in ("health", "phone", "school")
        for name in ("one", "three", "two", "zero")
    }
    for n in range(2, edition + 1):
        texts["phone/two.md"] += f"\nRevised for edition {n}.\n".encode()
        texts["health/one.md"] = texts["health/one.md"].replace(b"calmly", b"slowly", n)
        texts[f"news/{n}.md"] = f"# What is new in {n}\n\nСпокійно, крок за кроком.\n".encode()
    if edition > 2:
        del texts["school/zero.md"]
    return dict(sorted(texts.items()))


def moment(edition: int) -> Moment:
    return Moment(edition, TIME + 86_400 * edition, TIME + 86_400 * edition + 7_776_000)


PICTURES = {"health/a.png": b"\x89PNG one", "phone/b.png": b"\x89PNG two"}
ROOT = new_root("Зразковий центр", TIME + YEAR, [ROOT_A], [EDITION], sections={"town": Delegation(1, (TOWN.public,))})
SECOND = next_root(
    ROOT,
    [ROOT_A],
    replace(ROOT, threshold=2, root_keys=tuple(sorted(p.public for p in (ROOT_A, ROOT_B, ROOT_C)))),
    [ROOT_B],
)
FOREIGN = new_root("Зразковий центр", TIME + YEAR, [OTHER], [OTHER])


def town(edition: int, serial: int, publisher: RootDocument = ROOT, by: Pen = TOWN) -> HeldPack:
    """The delegated section's pack."""
    pack = Pack.of("town", "uk", {"water.md": f"# Вода\n\nВерсія {serial}.\n".encode()})
    leaf = pack.leaf(0, bytes(32), None)
    given = Delegation(1, (by.public,))
    editors = sign_section(leaf, serial, publisher.identity, given, [by])
    return HeldPack(moment(edition), SERVICES, pack, editors=editors)


def edition(number: int, signer: Pen = EDITION, services: Services = SERVICES) -> tuple[bytes, list[HeldPack]]:
    """The header's signature and the stamped packs of an edition."""
    index = {path: sha256(data).digest() for path, data in PICTURES.items()}
    packs = [
        HeldPack(moment(number), services, Pack.of("main", language, guides(language, number)))
        for language in ("en", "uk")
    ]
    packs[1] = replace(packs[1], pictures=len(index), pictures_root=pictures_root(index))
    packs.append(replace(town(number, number), services=services))
    sheet, stamped = sign_edition(signer, moment(number), services, packs)
    return sheet.signature, stamped


def write_base(guides: Mapping[str, bytes]) -> bytes:
    return write_rows(list(guides.items()))


def full(held: HeldPack) -> bytes:
    return write_full(held, [write_base(held.pack.guides)]).encode()


def flip(data: bytes, at: int) -> bytes:
    """One bit changed inside a parcel's body, the check made right again: not damage but forgery."""
    body = bytearray(data[8:])
    body[at] ^= 1
    return Parcel(Kind(data[3]), bytes(body)).encode()


def state(shelf: Shelf) -> dict[str, object]:
    packs = {
        f"{section}/{language}": {path: sha256(text).hexdigest() for path, text in held.pack.guides.items()}
        for (section, language), held in shelf.packs.items()
    }
    return {"edition": shelf.edition, "packs": packs}


def case(
    folder: str,
    name: str,
    what: str,
    expect: str,
    items: list[bytes],
    roots: list[RootDocument] | None = None,
    **more: object,
) -> None:
    documents = roots or [ROOT]
    found: dict[str, object] = {
        "what": what,
        "expect": expect,
        "root": [document.encode().decode() for document in documents],
    }
    found["items"] = [item.hex() for item in items]
    if expect == "ok" and items:
        shelf = Shelf(documents[-1])
        for item in items:
            shelf = shelf.receive(item)
        found.update(state(shelf))
    write(folder, name, {**found, **more})


def write(folder: str, name: str, found: Mapping[str, object]) -> None:
    (HERE / folder).mkdir(exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (HERE / folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def root_cases() -> None:
    def root(name: str, what: str, expect: str, *documents: str) -> None:
        write("root", name, {"what": what, "expect": expect, "root": list(documents)})

    good, second = ROOT.encode().decode(), SECOND.encode().decode()
    root("valid", "a root document with one key and a delegation", "ok", good)
    root("rotated", "the old key and two of three new ones sign serial 2", "ok", good, second)
    root("crlf", "lines end in CR LF", "refused", good.replace("\n", "\r\n"))
    root("no-last-newline", "the last line has no end", "refused", good[:-1])
    root(
        "upper-case",
        "a key is in upper case",
        "refused",
        good.replace(ROOT_A.public.hex(), ROOT_A.public.hex().upper()),
    )
    root("leading-zero", "the serial has a leading zero", "refused", good.replace("serial 1", "serial 01"))
    root("unknown-line", "a line that nobody knows", "refused", good.replace("threshold", "comment x\nthreshold"))
    root(
        "lines-in-other-order",
        "the name comes after the serial",
        "refused",
        good.replace("name Зразковий центр\nserial 1\n", "serial 1\nname Зразковий центр\n"),
    )
    root("threshold-too-high", "two of one key are needed", "refused", good.replace("threshold 1", "threshold 2"))
    root("main-delegated", "the main section is delegated", "refused", good.replace("section town", "section main"))
    root("unsigned", "no signature", "refused", ROOT.body().decode())
    root("name-changed", "the name is not the one that was signed", "forged", good.replace("центр", "Центр"))
    root(
        "signed-by-another",
        "the signature is by a key that it does not name",
        "refused",
        sign_root(replace(ROOT, signatures={}), [OTHER]).encode().decode(),
    )
    one = replace(SECOND, signatures={ROOT_A.public: SECOND.signatures[ROOT_A.public]})
    root("rotated-below-new-threshold", "only one of two needed new keys signs", "refused", good, one.encode().decode())
    stranger = replace(SECOND, signatures={}, root_keys=tuple(sorted(p.public for p in (ROOT_B, ROOT_C))))
    root(
        "rotated-without-old",
        "no old key signs serial 2",
        "refused",
        good,
        sign_root(stranger, [ROOT_B, ROOT_C]).encode().decode(),
    )
    skipped = sign_root(replace(SECOND, serial=3, signatures={}), [ROOT_A, ROOT_B])
    root("serial-skipped", "serial 3 follows serial 1", "refused", good, skipped.encode().decode())
    other = sign_root(replace(SECOND, first=sha256(b"another").digest(), signatures={}), [ROOT_A, ROOT_B])
    root(
        "another-identity",
        "serial 2 names another publisher's identity",
        "other-publisher",
        good,
        other.encode().decode(),
    )


def hostile_steps(uk: HeldPack) -> None:
    """Full parcels whose steps are each within the limits, and too much together."""
    base = write_base(uk.pack.guides)
    most = b"\xa0" + (64 * 2**20).to_bytes(4, "little")  # the header of a frame with 64 MiB (RFC 8878, 3.1.1.1)
    empty_block = b"\x01\x00\x00"
    announcing = [base, *[b"\x00\x00\x00" + most + empty_block] * 3]
    case(
        "parcel",
        "steps-announce-too-much",
        "three steps announce 64 MiB each, and there is nothing in them",
        "refused",
        [write_full(uk, announcing).encode()],
    )
    large = {f"{n}.md": b"# Large\n" + b"a" * (4 * 2**20 - 8) for n in range(4)}
    nothing = b"\x01\x00\x00" + compress(b"\x00")  # scope 1: all old text is the prefix
    case(
        "parcel",
        "steps-take-too-much",
        "twenty-four steps change nothing, each with 16 MiB of old text as its prefix",
        "refused",
        [write_full(uk, [write_base(large), *[nothing] * 24]).encode()],
    )


def shorthand_cases(uk: HeldPack) -> None:
    """Base texts with strings for frequent letters and words."""

    def full_of(text: bytes, strings: tuple[bytes, ...]) -> bytes:
        rows = varint(len(strings)) + b"".join(text8(one) for one in strings)
        base = compress(rows + b"\x01a.md\x00" + text + b"\x00")
        pack = Pack("main", "uk", {"a.md": "Дім the дім é\n".encode()})
        stamped = sign_edition(
            EDITION, moment(1), SERVICES, [replace(uk, pack=pack, pictures=0, pictures_root=bytes(32))]
        )
        return write_full(stamped[1][0], [base]).encode()

    letters = tuple(letter.encode() for letter in ("Д", "і", "м", "д", " the "))
    text = b"\x80\x81\x82\x84\x83\x81\x82 \x01\xc3\x01\xa9\n"

    def one(name: str, what: str, expect: str, text: bytes, strings: tuple[bytes, ...] = letters) -> None:
        case("parcel", name, what, expect, [full_of(text, strings)])

    one("shorthand", "four letters and a word are single bytes, another letter is marked", "ok", text)
    one("shorthand-none", "no strings: every byte stands for itself", "ok", "Дім the дім é\n".encode(), ())
    one("shorthand-nothing", "a byte stands for no string", "refused", text + b"\x85")
    one("shorthand-mark", "a mark before a byte that needs none", "refused", text + b"\x01A")
    one("shorthand-mark-none", "a byte is marked though there are no strings", "refused", text + b"\x01\xc3", ())
    one("shorthand-mark-end", "a mark before the end", "refused", text + b"\x01")
    one("shorthand-no-text", "a string is not UTF-8", "refused", text, (*letters, b"\xd0\xd0"))
    one("shorthand-short", "a string of one byte", "refused", text, (*letters, b"a"))
    one("shorthand-long", "a string of 33 bytes", "refused", text, (*letters, b"a" * 33))
    one("shorthand-zero", "a string with a byte 0x00", "refused", text, (*letters, b"a\x00"))
    one("shorthand-many", "129 strings", "refused", text, (*letters, *[b"ab"] * 124))
    large = (*letters, b"a" * 32)
    one(
        "shorthand-large",
        "a guide of more than 4 MiB when it is opened",
        "refused",
        text + b"\x85" * (2**17 + 1),
        large,
    )


def parcel_cases() -> None:
    signatures, packs = {}, {}
    for number in (1, 2, 3):
        signatures[number], packs[number] = edition(number)
    en, uk, place = packs[1]
    _en2, uk2, place2 = packs[2]
    update = write_update(uk, uk2).encode()
    case("parcel", "full", "a pack from nothing", "ok", [full(uk)])
    steps = [write_base(uk.pack.guides), write_change(uk.pack.guides, uk2.pack.guides, PATHS)]
    case("parcel", "full-in-steps", "a pack as a base and a change", "ok", [write_full(uk2, steps).encode()])
    hostile_steps(uk)
    shorthand_cases(uk)
    case("parcel", "full-of-a-section", "a delegated section's pack", "ok", [full(place)])
    case("parcel", "all-packs", "three packs of one edition", "ok", [full(en), full(uk), full(place)])
    case("parcel", "update", "a pack and its update", "ok", [full(uk), update])
    case(
        "parcel",
        "update-of-a-section",
        "a section's pack and its update",
        "ok",
        [full(place), write_update(place, place2).encode()],
    )
    case(
        "parcel",
        "chain",
        "two updates, one after the other",
        "ok",
        [full(uk), update, write_update(uk2, packs[3][1]).encode()],
    )
    case("parcel", "direct", "one update over two editions", "ok", [full(uk), write_update(uk, packs[3][1]).encode()])
    rekeyed = Services.of(
        [KEY_LEAF[:13] + KEY_LEAF[13:][::-1], b"\x02", b"\x03\x00", code_leaf([sha256(b"newer code").digest(), CODE])]
    )
    _, changed = edition(2, services=rekeyed)
    case(
        "parcel",
        "update-of-services",
        "the key to write to and the page's code change too",
        "ok",
        [full(uk), write_update(uk, changed[1]).encode()],
    )
    without = replace(uk2, pictures=0, pictures_root=bytes(32), stamp=b"")
    _, (bare,) = sign_edition(EDITION, moment(2), SERVICES, [without])
    case("parcel", "update-of-pictures", "the pictures are gone", "ok", [full(uk), write_update(uk, bare).encode()])
    case(
        "parcel",
        "sweep",
        "all packs from edition 1 to 2 at once",
        "ok",
        [full(en), full(uk), full(place), write_sweep(packs[1], packs[2], signatures[2]).encode()],
        phones=False,
    )
    sheet, _ = sign_edition(EDITION, moment(1), SERVICES, packs[1])
    case(
        "parcel",
        "sheet",
        "an edition's table of contents and its packs",
        "ok",
        [sheet.parcel().encode(), full(en), full(uk), full(place)],
        phones=False,
    )
    whole = write_whole(sheet, [whole_base(packs[1])]).encode()
    case("parcel", "whole", "all packs from nothing", "ok", [whole], phones=False)
    second, _ = sign_edition(EDITION, moment(2), SERVICES, packs[2])
    stepped = write_whole(second, [whole_base(packs[1]), whole_change(packs[1], packs[2])]).encode()
    case("parcel", "whole-in-steps", "all packs as a base and a change", "ok", [stepped], phones=False)
    case(
        "parcel",
        "whole-forged",
        "its sheet names other guides",
        "refused",
        [write_whole(second, [whole_base(packs[1])]).encode()],
        phones=False,
    )
    stamp_cases(packs, write_sweep(packs[1], packs[2], signatures[2]).encode(), whole)
    odd = replace(uk, pack=Pack("main", "uk", {**uk.pack.guides, "phone/two.md": b"a\x00b\x01c\x02\n"}))
    case(
        "parcel",
        "bytes-zero-and-one",
        "a guide holds bytes 0x00, 0x01 and 0x02",
        "ok",
        [full(sign_edition(EDITION, moment(1), SERVICES, [odd])[1][0])],
    )
    case(
        "parcel",
        "pictures",
        "a pack and its pictures",
        "ok",
        [full(uk), write_pictures_parcel("main", "uk", PICTURES).encode()],
    )
    case(
        "parcel",
        "selection",
        "two guides with their proofs",
        "ok",
        [],
        selection=write_selection(uk, ["health/one.md", "school/two.md"]).encode().hex(),
    )

    case(
        "parcel",
        "wrong-check",
        "a bit of the body flipped on the way",
        "damaged",
        [full(uk)[:-1] + bytes([full(uk)[-1] ^ 1])],
    )
    case("parcel", "cut-short", "the last byte is missing", "damaged", [full(uk)[:-1]])
    case("parcel", "no-parcel", "a text file", "refused", [b"Hello, this is no parcel.\n"])
    case("parcel", "unknown-kind", "a kind from the future", "refused", [b"HLP\x63" + sha256(b"HLP\x63").digest()[:4]])
    case("parcel", "time-moved", "the date of the edition is another", "forged", [flip(full(uk), 7)])
    case("parcel", "expiry-moved", "the expiry is another", "forged", [flip(full(uk), 11)])
    case("parcel", "number-moved", "the edition's number is another", "forged", [flip(full(uk2), 3)])
    _, (forged, *_) = edition(1, OTHER)
    case("parcel", "signed-by-another", "another edition key stamped it", "forged", [full(forged)])
    case("parcel", "another-publisher", "the reader trusts another publisher", "forged", [full(uk)], [FOREIGN])
    case(
        "parcel",
        "guide-changed",
        "one word of one guide is another",
        "forged",
        [write_full(uk, [write_base({**uk.pack.guides, "phone/two.md": b"Give them your phone.\n"})]).encode()],
    )
    case(
        "parcel",
        "guide-missing",
        "one guide is left out",
        "forged",
        [write_full(uk, [write_base({p: t for p, t in uk.pack.guides.items() if p != "phone/two.md"})]).encode()],
    )
    case(
        "parcel",
        "language-swapped",
        "the pack is called by another language",
        "forged",
        [write_full(replace(uk, pack=Pack("main", "ru", uk.pack.guides)), [write_base(uk.pack.guides)]).encode()],
    )
    case(
        "parcel",
        "section-swapped",
        "a section's text is called the centre's",
        "forged",
        [
            write_full(
                replace(place, pack=Pack("main", "uk", place.pack.guides), editors=None),
                [write_base(place.pack.guides)],
            ).encode()
        ],
    )
    case(
        "parcel",
        "section-not-delegated",
        "a section that the root does not name",
        "refused",
        [
            full(
                sign_edition(
                    EDITION, moment(1), SERVICES, [replace(place, pack=Pack("ghost", "uk", place.pack.guides))]
                )[1][0]
            )
        ],
    )
    stolen = replace(place, pack=Pack.of("town", "uk", {"water.md": "# Вода\n\nПийте звідусіль.\n".encode()}))
    case(
        "parcel",
        "section-changed-by-centre",
        "the edition key stamps a text that the editors did not sign",
        "forged",
        [full(sign_edition(EDITION, moment(1), SERVICES, [stolen])[1][0])],
    )
    climbing = {**uk.pack.guides, "../x.md": b"x"}
    case(
        "parcel",
        "path-climbs",
        "a path climbs out",
        "refused",
        [write_full(uk, [write_base(dict(sorted(climbing.items())))]).encode()],
    )
    case(
        "parcel",
        "paths-unordered",
        "paths are not in order",
        "refused",
        [write_full(uk, [write_base(dict(sorted(uk.pack.guides.items(), reverse=True)))]).encode()],
    )
    case(
        "parcel",
        "trailing-bytes",
        "bytes follow the end",
        "refused",
        [Parcel(Kind.FULL, full(uk)[8:] + b"\x00").encode()],
    )
    case("parcel", "older-full", "edition 1 after edition 2", "older", [full(uk2), full(uk)])
    case(
        "parcel",
        "gap",
        "an update from edition 2 while 1 is held",
        "gap",
        [full(uk), write_update(uk2, packs[3][1]).encode()],
    )
    case("parcel", "update-of-another-pack", "an update of a pack that is not held", "gap", [full(en), update])
    case(
        "parcel",
        "update-forged",
        "another edition key stamped the update",
        "forged",
        [full(uk), write_update(uk, edition(2, OTHER)[1][1]).encode()],
    )
    case("parcel", "update-unknown-flag", "a flag from the future", "refused", [full(uk), flag(update, 0x08)])
    case("parcel", "update-twice", "the same update again", "older", [full(uk), update, update])
    twin = replace(uk, pack=Pack.of("main", "uk", {**uk.pack.guides, "phone/two.md": b"Another edition 1.\n"}))
    _, (twin,) = sign_edition(EDITION, moment(1), SERVICES, [twin])
    case("parcel", "same-number-other-text", "a second edition 1, signed too", "forged", [full(uk), full(twin)])
    _, (later,) = sign_edition(EDITION, replace(moment(1), time=moment(1).time + 60), SERVICES, [uk])
    case("parcel", "same-number-other-date", "edition 1 again with another date", "forged", [full(uk), full(later)])
    case("parcel", "full-twice", "the same full parcel again", "ok", [full(uk), full(uk)])
    behind = sign_edition(EDITION, moment(2), SERVICES, [replace(town(2, 1), moment=moment(2))])[1][0]
    ahead = sign_edition(EDITION, moment(1), SERVICES, [replace(town(1, 5), moment=moment(1))])[1][0]
    case(
        "parcel",
        "section-serial-back",
        "a newer edition carries an older text of a section",
        "older",
        [full(ahead), full(behind)],
    )
    case(
        "parcel",
        "pictures-of-another",
        "a picture's bytes are another",
        "gap",
        [full(uk), write_pictures_parcel("main", "uk", {**PICTURES, "phone/b.png": b"\x89PNG swapped"}).encode()],
    )
    case(
        "parcel",
        "sweep-forged",
        "the sweep's signature is by another key",
        "forged",
        [full(en), full(uk), full(place), write_sweep(packs[1], packs[2], edition(2, OTHER)[0]).encode()],
        phones=False,
    )


def stamp_cases(packs: Mapping[int, list[HeldPack]], sweep: bytes, whole: bytes) -> None:
    """The stamps of all packs, for whoever came to an edition without: by a sweep, or as a whole."""
    fulls = [full(held) for held in packs[1]]

    def these(name: str, what: str, expect: str, items: list[bytes]) -> None:
        case("parcel", f"packstamps{name}", what, expect, items, phones=False)

    def stamps(held: list[HeldPack], number: int) -> bytes:
        return PackStamps(number, tuple(one.stamp for one in held)).parcel().encode()

    one, two = (PackStamps.of(packs[number]).parcel().encode() for number in (1, 2))
    these("", "a sweep, and the stamps of the edition that it leads to", "ok", [*fulls, sweep, two])
    these("-of-a-whole", "all packs from nothing, and their stamps", "ok", [whole, one])
    _, forged = edition(2, OTHER)
    by_another = [*packs[2][:2], forged[2]]
    these("-forged", "one of the stamps is by another key", "forged", [*fulls, sweep, stamps(by_another, 2)])
    these("-of-the-edition-before", "edition 1's, under number 2", "forged", [*fulls, sweep, stamps(packs[1], 2)])
    swapped = [packs[2][1], packs[2][0], packs[2][2]]
    these("-swapped", "two stamps are in each other's place", "forged", [*fulls, sweep, stamps(swapped, 2)])
    these("-too-few", "a pack has no stamp", "forged", [*fulls, sweep, stamps(packs[2][:2], 2)])
    these("-none", "there are no stamps", "refused", [*fulls, sweep, stamps([], 2)])
    these("-trailing", "a byte follows the stamps", "refused", [*fulls, sweep, longer(two)])
    these("-too-early", "the stamps come before their sweep", "gap", [*fulls, two])
    these("-older", "the stamps are of the edition before", "older", [*fulls, sweep, one])


def longer(parcel: bytes) -> bytes:
    """A parcel with a byte more, under a check that matches."""
    return Parcel(Kind(parcel[3]), parcel[8:] + b"\x00").encode()


def flag(update: bytes, bit: int) -> bytes:
    """An update with a flag set: it stands after three one- to three-byte varints."""
    body, at = bytearray(update[8:]), 0
    for _ in range(3):
        while body[at] & 0x80:
            at += 1
        at += 1
    body[at] |= bit
    return Parcel(Kind.UPDATE, bytes(body)).encode()


def proof_cases() -> None:
    _, packs = edition(1)
    held = packs[1]
    path = "phone/two.md"
    proof, guide = Proof.of(held, path), held.pack.guides[path]

    def one(name: str, what: str, expect: str, data: bytes, text: bytes = guide) -> None:
        row = {
            "what": what,
            "expect": expect,
            "root": [ROOT.encode().decode()],
            "proof": data.hex(),
            "guide": text.hex(),
        }
        write("edition", name, row)

    one("proof", "a guide and its proof", "ok", proof.encode())
    one(
        "proof-of-a-section",
        "a section's only guide",
        "ok",
        Proof.of(packs[2], "water.md").encode(),
        packs[2].pack.guides["water.md"],
    )
    one("guide-changed", "the guide is another", "forged", proof.encode(), guide + b"\n")
    one("path-changed", "the guide is called by another name", "forged", replace(proof, path="phone/six.md").encode())
    one("index-changed", "the guide stands in another place", "forged", replace(proof, index=proof.index ^ 1).encode())
    one("node-changed", "a node is another", "forged", replace(proof, nodes=(bytes(32), *proof.nodes[1:])).encode())
    one("node-missing", "a node is missing", "refused", replace(proof, nodes=proof.nodes[1:]).encode())
    one(
        "node-too-many", "there is a node too many", "refused", replace(proof, nodes=(*proof.nodes, bytes(32))).encode()
    )
    one(
        "count-changed",
        "the pack is said to have one guide more",
        "forged",
        replace(proof, guides=proof.guides + 1).encode(),
    )
    one("stamp-changed", "the stamp is another", "forged", replace(proof, stamp=bytes(64)).encode())
    one("bytes-follow", "bytes follow the end", "refused", proof.encode() + b"\x00")
    one("no-proof", "it does not begin as one", "refused", b"HLG2" + proof.encode()[4:])


def main() -> None:
    for folder in ("root", "edition", "parcel"):
        for old in (HERE / folder).glob("*.json"):
            old.unlink()
    root_cases()
    proof_cases()
    parcel_cases()


if __name__ == "__main__":
    main()
