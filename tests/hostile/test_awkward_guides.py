"""Guides with names that no stick can hold, texts that nobody writes, and files that never end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from holub.errors import Refused, Unavailable
from holub.office.editions import Editions
from holub.office.office import Office, Publisher, read_root
from holub.office.post import Parcels
from holub.outbound.press import tree
from holub.outbound.press.guide import LONGEST_TEXT, read_facts
from holub.outbound.press.places import Places
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import check_page_path
from holub.transit.parcelfolder import read_parcel_file

NOW = 1_795_000_000
NAMES = (
    "CON.md", "com0.md", "what?.md", "end..md", "trail /x.md", "x" * 180 + ".md", "й" * 60 + ".md", "UP.md", "up.md",
    "Folder/a.md", "folder/a.md", "/".join("abcdefghijklmnop") + "/x.md", "i.html/z.md",
)  # fmt: skip # a row, not one name a line


def test_every_guide_that_binds_gets_a_page(tmp_path: Path) -> None:
    for name in NAMES:
        file = tmp_path / "guides" / "uk" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {name}\n")
    (tmp_path / "site").mkdir()
    with Office.create(tmp_path / "office", "passphrase", Publisher("A centre"), NOW) as office:
        Editions(office).bind(tmp_path / "guides", tmp_path / "parcels", NOW)
        opened = Parcels(tmp_path / "parcels", office.root_file.read_bytes())
    carrier = FolderCarrier(tmp_path / "site")
    opened.send(carrier, code=None)
    texts = [(tmp_path / "site" / path).read_text() for path in carrier.pages() if path.startswith("plain/uk")]
    for name in NAMES:
        assert sum(f"<h1>{name}</h1>" in text for text in texts) == 1
    again = opened.send(carrier, code=None)
    assert (again.pages, again.removed) == (0, 0)


def test_places_are_those_that_every_carrier_takes() -> None:
    places = Places()
    made = [places.at(f"uk/{name}") for name in NAMES]
    assert len({place.lower() for place in made}) == len(NAMES)
    for place in made:
        check_page_path(f"plain/{place}")
    assert places.at("uk/phone/checks.html") == "uk/phone/checks.html"
    assert made == [places.at(f"uk/{name}") for name in NAMES]


def test_a_text_without_end_is_read_as_it_is() -> None:
    facts = read_facts(b"# A title\n\n" + b"[a](b.md) " * LONGEST_TEXT + b"\n\n[c](d.md)\n")
    assert facts.heading == "A title"
    assert [link.address for link in facts.links] == ["d.md"]
    assert any("without a break" in notice[2] for notice in facts.notices)


def test_a_language_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MAX_PACK", 10)
    (tmp_path / "uk").mkdir()
    for name in ("a.md", "b.md", "c.md", "d.md"):
        (tmp_path / "uk" / name).write_bytes(b"x" * 6)
    read = tree.read_tree(tmp_path)
    assert [finding.severity for finding in read.findings] == ["error"]
    assert len(read.packs[0].guides) == 2


def test_a_pipe_is_no_parcel_and_no_root_document(tmp_path: Path) -> None:
    pipe = tmp_path / "x.hlp"
    os.mkfifo(pipe)
    with pytest.raises(Unavailable, match="ordinary"):
        read_parcel_file(pipe)
    with pytest.raises(Unavailable, match="ordinary"):
        read_root(pipe)


def test_a_list_of_page_codes_that_is_damaged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "guides" / "uk").mkdir(parents=True)
    (tmp_path / "guides" / "uk" / "a.md").write_text("# a")
    with Office.create(tmp_path / "office", "passphrase", Publisher("A centre"), NOW) as office:
        (office.archive.folder / "codes.json").write_bytes(b'["zz"]')
        with pytest.raises(Refused, match="page codes"):
            Editions(office).bind(tmp_path / "guides", None, NOW)
