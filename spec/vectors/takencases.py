"""Parcels that a reader takes."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from editioncase import case
from editionworld import CODE, EDITION, KEY_LEAF, PICTURES, SERVICES, edition, full, moment, write_base

from holub.formats.change import write_change
from holub.formats.full import write_full
from holub.formats.leaf import Services, code_leaf
from holub.formats.pack import Pack
from holub.formats.pictures import write_pictures_parcel
from holub.formats.proof import write_selection
from holub.formats.sweep import write_sweep
from holub.formats.update import PATHS, write_update
from holub.formats.whole import whole_base, whole_change, write_whole
from holub.outbound.press.signing import sign_edition


def taken_cases() -> None:
    signatures, packs = {}, {}
    for number in (1, 2, 3):
        signatures[number], packs[number] = edition(number)
    en, uk, place = packs[1]
    _en2, uk2, place2 = packs[2]
    update = write_update(uk, uk2).encode()
    case("full", "a pack from nothing", "ok", [full(uk)])
    steps = [write_base(uk.pack.guides), write_change(uk.pack.guides, uk2.pack.guides, PATHS)]
    case("full-in-steps", "a pack as a base and a change", "ok", [write_full(uk2, steps).encode()])
    case("full-of-a-section", "a delegated section's pack", "ok", [full(place)])
    case("all-packs", "three packs of one edition", "ok", [full(en), full(uk), full(place)])
    case("update", "a pack and its update", "ok", [full(uk), update])
    case(
        "update-of-a-section",
        "a section's pack and its update",
        "ok",
        [full(place), write_update(place, place2).encode()],
    )
    case("chain", "two updates, one after the other", "ok", [full(uk), update, write_update(uk2, packs[3][1]).encode()])
    case("direct", "one update over two editions", "ok", [full(uk), write_update(uk, packs[3][1]).encode()])
    rekeyed = Services.of(
        [KEY_LEAF[:13] + KEY_LEAF[13:][::-1], b"\x02", b"\x03\x00", code_leaf([sha256(b"newer code").digest(), CODE])]
    )
    _, changed = edition(2, services=rekeyed)
    case(
        "update-of-services",
        "the key to write to and the page's code change too",
        "ok",
        [full(uk), write_update(uk, changed[1]).encode()],
    )
    without = replace(uk2, pictures=0, pictures_root=bytes(32), stamp=b"")
    _, (bare,) = sign_edition(EDITION, moment(2), SERVICES, [without])
    case("update-of-pictures", "the pictures are gone", "ok", [full(uk), write_update(uk, bare).encode()])
    case(
        "sweep",
        "all packs from edition 1 to 2 at once",
        "ok",
        [full(en), full(uk), full(place), write_sweep(packs[1], packs[2], signatures[2]).encode()],
        phones=False,
    )
    sheet, _ = sign_edition(EDITION, moment(1), SERVICES, packs[1])
    case(
        "sheet",
        "an edition's table of contents and its packs",
        "ok",
        [sheet.parcel().encode(), full(en), full(uk), full(place)],
        phones=False,
    )
    whole = write_whole(sheet, [whole_base(packs[1])]).encode()
    case("whole", "all packs from nothing", "ok", [whole], phones=False)
    second, _ = sign_edition(EDITION, moment(2), SERVICES, packs[2])
    stepped = write_whole(second, [whole_base(packs[1]), whole_change(packs[1], packs[2])]).encode()
    case("whole-in-steps", "all packs as a base and a change", "ok", [stepped], phones=False)
    case(
        "whole-forged",
        "its sheet names other guides",
        "refused",
        [write_whole(second, [whole_base(packs[1])]).encode()],
        phones=False,
    )
    odd = replace(uk, pack=Pack("main", "uk", {**uk.pack.guides, "phone/two.md": b"a\x00b\x01c\x02\n"}))
    case(
        "bytes-zero-and-one",
        "a guide holds bytes 0x00, 0x01 and 0x02",
        "ok",
        [full(sign_edition(EDITION, moment(1), SERVICES, [odd])[1][0])],
    )
    case(
        "pictures", "a pack and its pictures", "ok", [full(uk), write_pictures_parcel("main", "uk", PICTURES).encode()]
    )
    case(
        "selection",
        "two guides with their proofs",
        "ok",
        [],
        selection=write_selection(uk, ["health/one.md", "school/two.md"]).encode().hex(),
    )
    case("full-twice", "the same full parcel again", "ok", [full(uk), full(uk)])
