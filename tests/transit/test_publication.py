"""The order in which an edition goes out: whatever breaks off, nothing old is called new, and the list names no gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.formats.header import Header, Moment
from holub.transit.carriers import FolderCarrier
from holub.transit.catalogue import Catalogue, list_parcel
from holub.transit.publication import publish


def seal(edition: int) -> bytes:
    return Header(Moment(edition, 1_700_000_000, 1_800_000_000), 3, bytes(32)).encode() + bytes(64)


class BreaksOff(FolderCarrier):
    """Takes so many changes, then no more."""

    def __init__(self, root: Path, changes: int) -> None:
        super().__init__(root)
        self.left = changes

    def _change(self) -> None:
        if not self.left:
            raise Unavailable("the line broke off", "try again")
        self.left -= 1

    def put(self, parcel: bytes | Path) -> str:
        self._change()
        return super().put(parcel)

    def put_page(self, path: str, page: bytes) -> None:
        self._change()
        super().put_page(path, page)

    def put_catalogue(self, catalogue: Catalogue) -> None:
        self._change()
        super().put_catalogue(catalogue)

    def remove_page(self, path: str) -> None:
        self._change()
        super().remove_page(path)


def go(carrier: FolderCarrier, edition: int) -> None:
    mark = b"%d" % edition
    pages = {
        "index.html": b"page " + mark,
        f"mailbag/{edition}/main/directory": b"replies " + mark,
        "plain/edition.uk.css": b"edition " + mark,
        "plain/index.html": b"plain " + mark,
        "plain/uk/always.html": b"advice",
        "plain/uk/changed.html": b"advice " + mark,
        f"plain/uk/only{edition}.html": b"advice " + mark,
    }
    parcels = [(list_parcel(b"text " + mark, "full", to_edition=edition), b"text " + mark)]
    publish(carrier, seal(edition), parcels, pages)


def test_wherever_it_breaks_off_nothing_old_is_called_new(tmp_path: Path) -> None:
    states = set()
    for changes in range(40):
        folder = tmp_path / str(changes)
        folder.mkdir()
        go(FolderCarrier(folder), 7)
        try:
            go(BreaksOff(folder, changes), 8)
        except Unavailable:
            pass
        else:
            break
        held = FolderCarrier(folder).catalogue()
        new = held.seal == seal(8)
        dated = (folder / "plain" / "edition.uk.css").read_bytes() == b"edition 8"
        old = {file.name for file in (folder / "plain" / "uk").iterdir() if file.read_bytes().endswith(b"7")}
        assert not (dated and old)
        assert dated or not new
        # Who still reads the old list finds its replies.
        assert new or (folder / "mailbag" / "7" / "main" / "directory").exists()
        states.add((dated, new))
    else:
        pytest.fail("it never got through")
    assert states == {(False, False), (True, False), (True, True)}


def test_what_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    go(FolderCarrier(tmp_path), 7)
    second = BreaksOff(tmp_path, 100)
    go(second, 8)
    # A parcel, the list, six pages that are new or changed, two that are gone.
    assert 100 - second.left == 10
