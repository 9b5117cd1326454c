"""Rounds of editions: which one a relay takes from a stick or a neighbour, keeps, hands out and gives on."""

from __future__ import annotations

import datetime
import json
import shutil
import time
from pathlib import Path

import pytest

from holub.errors import Misused, Refused
from holub.formats.header import HEADER_BYTES, Header
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import Catalogue, Listing
from holub.transit.relay import read_status, sync_once
from holub.transit.relay.bag import RelayBag
from tests.transit.plain_http import ask
from tests.transit.relay.conftest import SMALL, Published, StartRelay, small


def edition_at(data: Path) -> int:
    return read_status(data).edition


def test_an_edition_is_taken_from_a_stick_handed_out_and_given_on(
    published: Published, relay: StartRelay, tmp_path: Path
) -> None:
    done = sync_once(tmp_path / "first", small(published.sticks[0], root=published.root))
    assert (done.edition, done.troubles) == (1, [])
    first = relay("first")
    assert ask(first.url, "GET", "/root.txt").body == published.root.read_bytes()
    assert ask(first.url, "GET", "/plain/index.html").status == 200
    with HttpCarrier([first.url]) as phone:
        catalogue = phone.catalogue()
        assert catalogue.seal == FolderCarrier(published.sticks[0]).catalogue().seal
        for row in catalogue.listings:
            phone.fetch(row, tmp_path / "phone")
    # Another relay takes it over HTTP, and an empty stick gets it whole.
    assert sync_once(tmp_path / "second", small(first.url, root=published.root)).edition == 1
    (tmp_path / "stick").mkdir()
    sync_once(tmp_path / "second", small(tmp_path / "stick"))
    copied, before = FolderCarrier(tmp_path / "stick"), FolderCarrier(published.sticks[0])
    # All packs in one parcel are the packs once more: over a line that costs, a relay leaves that parcel out.
    listed = [row for row in before.catalogue().listings if row.kind != "full" or row.language is not None]
    assert copied.catalogue() == Catalogue(before.catalogue().seal, tuple(listed))
    assert copied.pages()["plain/index.html"] == before.pages()["plain/index.html"]
    assert sync_once(tmp_path / "third", small(tmp_path / "stick", root=published.root)).edition == 1


def test_three_editions_come_and_only_the_newest_packs_and_their_updates_stay(
    published: Published, tmp_path: Path
) -> None:
    for number, folder in enumerate(published.sticks, 1):
        assert sync_once(tmp_path / "relay", small(folder, root=published.root)).edition == number
    rows = FolderCarrier(tmp_path / "relay" / "www").catalogue().listings
    assert {row.to_edition for row in rows if row.kind == "full"} == {3}
    assert {row.from_edition for row in rows if row.kind == "update"} >= {1, 2}
    assert read_status(tmp_path / "relay").updates_from == 1
    parcels = {file.stem for file in (tmp_path / "relay" / "www" / "parcels").iterdir()}
    assert parcels == {row.name for row in rows}


def test_updates_that_lead_to_older_editions_go(published: Published, tmp_path: Path) -> None:
    sync_once(tmp_path / "relay", small(published.sticks[2], root=published.root, editions=1))
    rows = FolderCarrier(tmp_path / "relay" / "www").catalogue().listings
    assert {row.to_edition for row in rows} == {3}


def test_an_older_edition_does_not_replace_a_newer_one_and_the_stick_is_brought_up_to_date(
    published: Published, tmp_path: Path
) -> None:
    sync_once(tmp_path / "relay", small(published.sticks[2], root=published.root))
    old = Path(shutil.copytree(published.sticks[0], tmp_path / "old"))
    (old / "holiday.html").write_text("somebody's own")
    assert sync_once(tmp_path / "relay", small(old)).edition == 3
    header = Header.parse(FolderCarrier(old).catalogue().seal[:HEADER_BYTES])
    assert header.moment.edition == 3
    assert (old / "holiday.html").read_text() == "somebody's own"


def test_without_a_root_document_no_edition_is_taken(published: Published, tmp_path: Path) -> None:
    done = sync_once(tmp_path / "relay", small(published.sticks[0]))
    assert (done.edition, done.troubles) == (0, [])
    assert edition_at(tmp_path / "relay") == 0


def test_another_centres_root_document_is_refused(published: Published, tmp_path: Path) -> None:
    from bench.publisher import ROOT

    other = tmp_path / "other.txt"
    other.write_bytes(ROOT.encode())
    sync_once(tmp_path / "relay", small(published.sticks[0], root=published.root))
    with pytest.raises(Misused, match="another centre"):
        sync_once(tmp_path / "relay", small(published.sticks[0], root=other))
    done = sync_once(tmp_path / "fresh", small(published.sticks[0], root=other))
    assert [type(trouble) for trouble in done.troubles] == [Refused]
    assert edition_at(tmp_path / "fresh") == 0


def forged(published: Published, folder: Path, damage: str) -> Path:
    copy = Path(shutil.copytree(published.sticks[1], folder))
    carrier = FolderCarrier(copy)
    # Without what leads on from the edition before: that would do as well (test_onward.py).
    rows = tuple(row for row in carrier.catalogue().listings if row.kind != "update")
    catalogue = Catalogue(carrier.catalogue().seal, rows)
    carrier.put_catalogue(catalogue)
    match damage:
        case "its number":
            header = bytearray(catalogue.seal)
            header[6:10] = (99).to_bytes(4, "big")
            carrier.put_catalogue(Catalogue(bytes(header), catalogue.listings))
        case "its signature":
            carrier.put_catalogue(Catalogue(catalogue.seal[:-1] + bytes([catalogue.seal[-1] ^ 1]), catalogue.listings))
        case "a pack that is missing":
            rows = tuple(row for row in catalogue.listings if row.kind != "full")
            carrier.put_catalogue(Catalogue(catalogue.seal, rows))
        case "packs of the edition before":
            before = FolderCarrier(published.sticks[0])
            for row in before.catalogue().listings:
                shutil.copy(published.sticks[0] / "parcels" / f"{row.name}.hlp", copy / "parcels")
            carrier.put_catalogue(Catalogue(catalogue.seal, before.catalogue().listings))
        case "a pack that is damaged":
            damage_a_bit(copy, next(row for row in catalogue.listings if row.kind == "full" and row.language))
    return copy


def damage_a_bit(folder: Path, row: Listing) -> None:
    """One bit of the last byte: a byte set to zero is, once in 256 centres, the byte that was there."""
    file = folder / "parcels" / f"{row.name}.hlp"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


@pytest.mark.parametrize(
    "damage",
    [
        "its number",
        "its signature",
        "a pack that is missing",
        "packs of the edition before",
        "a pack that is damaged",
    ],
)
def test_an_edition_is_refused_that_is_forged_in(published: Published, tmp_path: Path, damage: str) -> None:
    sync_once(tmp_path / "relay", small(published.sticks[0], root=published.root))
    before = {
        path: file.read_bytes()
        for path in ("latest", "plain/index.html")
        if (file := tmp_path / "relay" / "www" / path).is_file()
    }
    done = sync_once(tmp_path / "relay", small(forged(published, tmp_path / "forged", damage)))
    assert len(done.troubles) == 1
    assert edition_at(tmp_path / "relay") == 1
    for path, content in before.items():
        assert (tmp_path / "relay" / "www" / path).read_bytes() == content
    # And the true one is still taken afterwards.
    assert sync_once(tmp_path / "relay", small(published.sticks[1])).edition == 2


def test_a_damaged_parcel_of_all_packs_is_not_missed_where_the_packs_are_there(
    published: Published, tmp_path: Path
) -> None:
    stick = Path(shutil.copytree(published.sticks[0], tmp_path / "stick"))
    rows = FolderCarrier(stick).catalogue().listings
    damage_a_bit(stick, next(row for row in rows if row.kind == "full" and not row.language))
    done = sync_once(tmp_path / "relay", small(stick, root=published.root))
    assert (done.edition, done.troubles) == (1, [])


def test_a_false_page_on_a_stick_is_not_handed_out(published: Published, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(published.sticks[0], tmp_path / "copy"))
    (copy / "plain" / "index.html").write_text("<p>false advice")
    (copy / "index.html").write_text("<script>steal()</script>")
    sync_once(tmp_path / "relay", small(copy, root=published.root))
    www = tmp_path / "relay" / "www"
    assert (www / "plain" / "index.html").read_bytes() == (published.sticks[0] / "plain" / "index.html").read_bytes()
    assert not any(b"steal()" in file.read_bytes() for file in www.rglob("*") if file.is_file())


def test_an_edition_that_is_too_large_is_refused_in_a_sentence(published: Published, tmp_path: Path) -> None:
    done = sync_once(tmp_path / "relay", small(published.sticks[0], root=published.root, edition_bytes=1))
    assert "larger than this relay holds" in done.troubles[0].what
    assert edition_at(tmp_path / "relay") == 0


def test_a_wrong_clock_keeps_no_edition_out(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year, folder in ((1970, published.sticks[0]), (2105, published.sticks[1])):
        moment = (year - 1970) * 31_556_952
        with monkeypatch.context() as patch:
            patch.setattr(time, "gmtime", lambda _=None, moment=moment: time.struct_time(_fields(moment)))
            sync_once(tmp_path / "relay", small(folder, root=published.root))
    assert edition_at(tmp_path / "relay") == 2


def _fields(moment: int) -> tuple[int, ...]:
    there = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=moment)
    return tuple(there.timetuple())


def test_newer_root_documents_are_taken_when_the_held_one_vouches(published: Published, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(published.sticks[0], tmp_path / "copy"))
    with (copy / "root.txt").open("ab") as file:
        file.write(b"holub root v1\nname forged\n")
    sync_once(tmp_path / "relay", small(copy, root=published.root))
    assert (tmp_path / "relay" / "root.txt").read_bytes() == published.root.read_bytes()
    assert json.loads((tmp_path / "relay" / "syncs").read_bytes()).keys() == {"folder"}
    bag = RelayBag(tmp_path / "relay", SMALL)
    bag.close()
