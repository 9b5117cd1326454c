"""Parcels that were damaged or forged on the way, each in one place."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from editioncase import case
from editionworld import EDITION, FOREIGN, OTHER, SERVICES, edition, full, moment, write_base

from holub.formats.full import write_full
from holub.formats.pack import Pack
from holub.formats.parcel import Kind, Parcel
from holub.outbound.press.signing import sign_edition


def flip(data: bytes, at: int) -> bytes:
    """One bit changed inside a parcel's body, the check made right again: not damage but forgery."""
    body = bytearray(data[8:])
    body[at] ^= 1
    return Parcel(Kind(data[3]), bytes(body)).encode()


def forged_cases() -> None:
    _, packs = edition(1)
    uk, place = packs[1:]
    uk2 = edition(2)[1][1]
    case("wrong-check", "a bit of the body flipped on the way", "damaged", [full(uk)[:-1] + bytes([full(uk)[-1] ^ 1])])
    case("cut-short", "the last byte is missing", "damaged", [full(uk)[:-1]])
    case("no-parcel", "a text file", "refused", [b"Hello, this is no parcel.\n"])
    case("unknown-kind", "a kind from the future", "refused", [b"HLP\x63" + sha256(b"HLP\x63").digest()[:4]])
    case("time-moved", "the date of the edition is another", "forged", [flip(full(uk), 7)])
    case("expiry-moved", "the expiry is another", "forged", [flip(full(uk), 11)])
    case("number-moved", "the edition's number is another", "forged", [flip(full(uk2), 3)])
    _, (forged, *_) = edition(1, OTHER)
    case("signed-by-another", "another edition key stamped it", "forged", [full(forged)])
    case("another-publisher", "the reader trusts another publisher", "forged", [full(uk)], [FOREIGN])
    case(
        "guide-changed",
        "one word of one guide is another",
        "forged",
        [write_full(uk, [write_base({**uk.pack.guides, "phone/two.md": b"Give them your phone.\n"})]).encode()],
    )
    case(
        "guide-missing",
        "one guide is left out",
        "forged",
        [write_full(uk, [write_base({p: t for p, t in uk.pack.guides.items() if p != "phone/two.md"})]).encode()],
    )
    case(
        "language-swapped",
        "the pack is called by another language",
        "forged",
        [write_full(replace(uk, pack=Pack("main", "ru", uk.pack.guides)), [write_base(uk.pack.guides)]).encode()],
    )
    case(
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
        "section-changed-by-centre",
        "the edition key stamps a text that the editors did not sign",
        "forged",
        [full(sign_edition(EDITION, moment(1), SERVICES, [stolen])[1][0])],
    )
    climbing = {**uk.pack.guides, "../x.md": b"x"}
    case(
        "path-climbs",
        "a path climbs out",
        "refused",
        [write_full(uk, [write_base(dict(sorted(climbing.items())))]).encode()],
    )
    case(
        "paths-unordered",
        "paths are not in order",
        "refused",
        [write_full(uk, [write_base(dict(sorted(uk.pack.guides.items(), reverse=True)))]).encode()],
    )
    case("trailing-bytes", "bytes follow the end", "refused", [Parcel(Kind.FULL, full(uk)[8:] + b"\x00").encode()])
