"""Reading an edition back: a pack that somebody has is taken as it is only where it is the one that was bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench.publisher import LIFE, PEN, SERVICES, TIME
from holub.errors import Refused
from holub.formats.full import open_steps
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.pack import Pack
from holub.outbound.press import archive as archive_module
from holub.outbound.press.archive import Archive
from holub.outbound.press.binding import Manuscript, bind

EN = {"a.md": b"# Water\n", "b.md": b"# Light\n"}
UK = {"a.md": "# Вода\n".encode()}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "press")
    bound = bind(
        Manuscript([Pack.of("main", "en", EN), Pack.of("main", "uk", UK)]),
        None,
        moment=Moment(1, TIME, TIME + LIFE),
        services=SERVICES,
        pen=PEN,
    )
    archive.add(bound.record, bound.parcels, bound.back)
    return archive


def test_known_or_not_the_same_edition_is_read(archive: Archive) -> None:
    plain = archive.read_newest()
    known = archive.read_newest([Pack.of("main", "en", EN), Pack.of("main", "uk", UK)])
    assert plain == known
    assert plain is not None
    assert plain.packs["main", "en"].held.pack.guides == EN


def test_the_text_of_a_known_pack_stays_closed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, str]] = []

    def noted(held: HeldPack, steps: Sequence[bytes]) -> HeldPack:
        opened.append(held.pack.name)
        return open_steps(held, steps)

    monkeypatch.setattr(archive_module, "open_steps", noted)
    archive.read_newest([Pack.of("main", "en", EN)])
    assert opened == [("main", "uk")]


@pytest.mark.parametrize(
    "other",
    [
        Pack.of("main", "en", {**EN, "b.md": b"# Night\n"}),
        Pack.of("main", "en", {"a.md": EN["a.md"]}),
        Pack.of("main", "en", {"a.md": EN["b.md"], "b.md": EN["a.md"]}),
        Pack.of("news", "en", EN),
        Pack.of("main", "fr", EN),
    ],
    ids=["a changed guide", "a guide less", "two guides exchanged", "another section", "another language"],
)
def test_a_pack_that_differs_is_not_taken(archive: Archive, other: Pack) -> None:
    found = archive.read_newest([other])
    assert found is not None
    assert {name: dict(pack.held.pack.guides) for name, pack in found.packs.items()} == {
        ("main", "en"): EN,
        ("main", "uk"): UK,
    }


def test_a_damaged_parcel_is_refused_also_where_its_text_is_known(archive: Archive) -> None:
    record = archive.newest()
    assert record is not None
    entry = next(entry for entry in record.parcels if entry.kind == "full" and entry.language == "en")
    file = archive.folder / "parcels" / entry.name
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Refused, match="damaged"):
        archive.read(record, [Pack.of("main", "en", EN)])


def test_parcels_are_copied_out_from_memory_or_from_the_folder(archive: Archive, tmp_path: Path) -> None:
    record = archive.newest()
    assert record is not None
    fresh = {entry.name: archive.parcel(entry) for entry in record.parcels[1:]}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / record.parcels[1].name).write_bytes(b"broken off")
    paths = archive.copy_out(record.parcels, tmp_path / "out", fresh)
    assert [path.name for path in paths] == [entry.name for entry in record.parcels]
    assert [path.read_bytes() for path in paths] == [archive.parcel(entry) for entry in record.parcels]


def test_an_edition_without_one_of_its_packs_is_refused(archive: Archive) -> None:
    record = archive.newest()
    assert record is not None
    rest = tuple(entry for entry in record.parcels if not (entry.kind == "full" and entry.language == "en"))
    with pytest.raises(Refused, match="not complete"):
        archive.read(replace(record, parcels=rest), [Pack.of("main", "en", EN)])


@pytest.mark.parametrize(("version", "whose"), [(1, "an older"), (3, "a newer")])
def test_an_edition_that_another_holub_bound_is_refused_by_name(archive: Archive, version: int, whose: str) -> None:
    record = archive.folder / "editions" / "1.json"
    record.write_text(record.read_text().replace('"version": 2', f'"version": {version}'))
    with pytest.raises(Refused, match=f"bound by {whose} holub"):
        archive.newest()
