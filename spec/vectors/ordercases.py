"""Parcels that came in another order than they follow in, or follow on something else."""

from __future__ import annotations

from dataclasses import replace

from editioncase import case
from editionworld import EDITION, OTHER, PICTURES, SERVICES, edition, full, moment, town

from holub.formats.pack import Pack
from holub.formats.parcel import Kind, Parcel
from holub.formats.pictures import write_pictures_parcel
from holub.formats.sweep import write_sweep
from holub.formats.update import write_update
from holub.outbound.press.signing import sign_edition


def flag(update: bytes, bit: int) -> bytes:
    """An update with a flag set: it stands after a number, a byte, a number and the time; both are below 128 here."""
    body = bytearray(update[8:])
    body[7] |= bit
    return Parcel(Kind.UPDATE, bytes(body)).encode()


def order_cases() -> None:
    packs = {number: edition(number)[1] for number in (1, 2, 3)}
    en, uk, place = packs[1]
    uk2 = packs[2][1]
    update = write_update(uk, uk2).encode()
    case("older-full", "edition 1 after edition 2", "older", [full(uk2), full(uk)])
    case("gap", "an update from edition 2 while 1 is held", "gap", [full(uk), write_update(uk2, packs[3][1]).encode()])
    case("update-of-another-pack", "an update of a pack that is not held", "gap", [full(en), update])
    case(
        "update-forged",
        "another edition key stamped the update",
        "forged",
        [full(uk), write_update(uk, edition(2, OTHER)[1][1]).encode()],
    )
    case("update-unknown-flag", "a flag from the future", "refused", [full(uk), flag(update, 0x08)])
    case("update-twice", "the same update again", "older", [full(uk), update, update])
    twin = replace(uk, pack=Pack.of("main", "uk", {**uk.pack.guides, "phone/two.md": b"Another edition 1.\n"}))
    _, (twin,) = sign_edition(EDITION, moment(1), SERVICES, [twin])
    case("same-number-other-text", "a second edition 1, signed too", "forged", [full(uk), full(twin)])
    _, (later,) = sign_edition(EDITION, replace(moment(1), time=moment(1).time + 60), SERVICES, [uk])
    case("same-number-other-date", "edition 1 again with another date", "forged", [full(uk), full(later)])
    behind = sign_edition(EDITION, moment(2), SERVICES, [replace(town(2, 1), moment=moment(2))])[1][0]
    ahead = sign_edition(EDITION, moment(1), SERVICES, [replace(town(1, 5), moment=moment(1))])[1][0]
    case(
        "section-serial-back",
        "a newer edition carries an older text of a section",
        "older",
        [full(ahead), full(behind)],
    )
    case(
        "pictures-of-another",
        "a picture's bytes are another",
        "gap",
        [full(uk), write_pictures_parcel("main", "uk", {**PICTURES, "phone/b.png": b"\x89PNG swapped"}).encode()],
    )
    case(
        "pictures-of-no-pack",
        "the pictures of a language that is not held",
        "gap",
        [full(en), write_pictures_parcel("main", "uk", PICTURES).encode()],
    )
    case(
        "sweep-forged",
        "the sweep's signature is by another key",
        "forged",
        [full(en), full(uk), full(place), write_sweep(packs[1], packs[2], edition(2, OTHER)[0]).encode()],
        phones=False,
    )
