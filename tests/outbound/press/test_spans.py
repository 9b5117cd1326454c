"""An update fits every edition that it names: a pack that did not change needs one, whatever else changes around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.publisher import LIFE, ROOT, SERVICES, bind_into
from holub.errors import Gap, Misused
from holub.formats.held import HeldPack
from holub.formats.leaf import Services, code_leaf
from holub.formats.shelf import Shelf
from holub.formats.update import MAX_MORE, Span
from holub.formats.way import Leg, names_on_ways
from holub.outbound.press.archive import Archive, Bound, legs_of
from holub.outbound.press.ladder import ALL

UK, EN = ("main", "uk"), ("main", "en")


def publish(archive: Archive, number: int, *, code: int = 0, life: int = LIFE, busy: bool = True) -> Bound:
    """An edition whose Ukrainian text never changes; replies come with every edition."""
    texts = {"uk": b"quiet", "en": b"busy %d" % (number if busy else 0)}
    packs = {language: {"one.md": text} for language, text in texts.items()}
    services = Services.of([*SERVICES.leaves[:2], b"\x03" + bytes([number]), code_leaf([bytes([code]) * 32])])
    return archive.read(bind_into(archive, number, packs, services=services, life=life))


def held(bound: Bound) -> dict[tuple[str, str], HeldPack]:
    return {name: pack.held for name, pack in bound.packs.items()}


def spans(archive: Archive, track: tuple[str, str] | tuple[None, None]) -> list[tuple[int, int]]:
    """What the newest edition's updates of a pack fit, the oldest first."""
    newest = archive.records()[0].edition
    return sorted((leg.start, leg.until) for leg in legs_of(archive.records())[track] if leg.edition == newest)


def check_every_update(archive: Archive, editions: dict[int, Bound]) -> None:
    """Each leads from each edition that it names to what was bound, and is refused where it does not fit."""
    for entry in (entry for record in archive.records() for entry in record.parcels if entry.kind == "update"):
        assert entry.start is not None
        assert entry.until is not None
        parcel, wanted = archive.parcel(entry), held(editions[entry.edition])
        for start in range(entry.start, entry.until + 1):
            shelf = Shelf(ROOT, held(editions[start])).receive(parcel)
            names = [(entry.section, entry.language)] if entry.section and entry.language else list(wanted)
            for name in names:
                now, then = shelf.packs[name], wanted[name]
                assert (now.moment, now.services, now.pack.root) == (then.moment, then.services, then.pack.root)
        for other in {entry.start - 1, entry.until + 1} & editions.keys() - {entry.edition}:
            with pytest.raises(Gap):
                Shelf(ROOT, held(editions[other])).receive(parcel)


def test_a_quiet_pack_has_one_update_though_replies_come_with_every_edition(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    editions = {number: publish(archive, number) for number in range(1, 8)}
    assert spans(archive, UK) == [(1, 6)]
    assert spans(archive, EN) == spans(archive, ALL) == [(number, number) for number in range(1, 7)]
    check_every_update(archive, editions)


def test_an_edition_that_only_lives_longer_has_one_update_for_each_pack(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    editions = {number: publish(archive, number, busy=False) for number in range(1, 5)}
    assert [spans(archive, track) for track in (UK, EN, ALL)] == [[(1, 3)]] * 3
    check_every_update(archive, editions)


def test_what_differs_between_editions_parts_them(tmp_path: Path) -> None:
    archive, editions = Archive(tmp_path), dict[int, Bound]()
    # The page's code is another in editions 3 and 4 and then the first one again; from 6 on editions live longer.
    for number in range(1, 9):
        editions[number] = publish(archive, number, code=number in (3, 4), life=LIFE * (2 if number >= 6 else 1))
    assert spans(archive, UK) == [(1, 2), (3, 4), (5, 5), (6, 7)]
    check_every_update(archive, editions)


def test_who_is_far_behind_a_quiet_pack_has_few_updates_in_the_list() -> None:
    # Each update of a pack that never changed fits 32 editions at most: three are enough for 79.
    legs = [Leg(max(1, number - 32), number - 1, number, 100, str(number)) for number in range(2, 81)]
    assert names_on_ways([legs]) == {"16", "48", "80"}


@pytest.mark.parametrize(
    ("start", "until", "edition"), [(0, 0, 1), (3, 2, 4), (3, 3, 3), (1, MAX_MORE + 2, 600), (1, 1, 2**32)]
)
def test_no_update_is_written_that_fits_nothing(start: int, until: int, edition: int) -> None:
    with pytest.raises(Misused):
        Span(start, until, edition)


def test_of_ways_that_cost_the_same_editions_in_a_row_share_one() -> None:
    legs = [Leg(1, 2, 3, 5, "early"), Leg(2, 3, 4, 5, "late"), Leg(3, 4, 5, 5, "last")]
    assert names_on_ways([legs]) == {"early", "last"}
