"""After damage: what the next start of a postbox finds in a torn file of letters, and what it leaves."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from holub.transit.carrier import LETTER_SIZES
from holub.transit.postbox.letterbox import Letterbox
from holub.transit.postbox.salvage import open_letterbox
from holub.transit.postbox.tornfile import letters_in
from tests.transit.letterboxes import ROOMY, fill, opened, pair


def leads_on(data: bytearray, at: int) -> bool:
    """Whether the page there is one of the few that lead to others: behind it lie a tenth of the letters and more."""
    return data[at] == 2  # an interior page of an index (sqlite.org/fileformat2.html, 1.6); overflow begins with 0


def leading_pages(data: bytearray) -> list[int]:
    """Where they are. Page 2 is the map of pages that auto_vacuum needs; its first byte may look the same."""
    return [at for at in range(2 * 4_096, len(data), 4_096) if leads_on(data, at)]


def salvaged(file: Path) -> dict[bytes, bytes]:
    marker = file.with_name("salvage")
    marker.touch()
    box = open_letterbox(file, marker, ROOMY)
    try:
        found = dict(box.sound())
        assert len(box) == len(found)
        return found
    finally:
        box.close()


@pytest.mark.parametrize("size", LETTER_SIZES)
def test_behind_torn_pages_that_led_on_letters_are_found_by_themselves(tmp_path: Path, size: int) -> None:
    file = tmp_path / "letters.sqlite3"
    pairs = dict(pair(size) for _ in range(min(1_000, 8_000_000 // size)))
    with opened(file) as box:
        assert all(box.store(list(pairs.items())))
    data = bytearray(file.read_bytes())
    leading = leading_pages(data) if size != LETTER_SIZES[-1] else [0]
    assert leading
    on_them = [digest for at in leading for digest in pairs if digest in data[at : at + 4_096]]
    for at in leading:
        data[at : at + 4_096] = b"\xa5" * 4_096
    file.write_bytes(data)
    found = salvaged(file)
    assert found.items() <= pairs.items()
    # Only those that lay on the torn pages themselves can be gone.
    assert found.keys() >= pairs.keys() - set(on_them)
    assert len(found) > len(pairs) // 2


def test_where_the_first_page_is_torn_every_letter_is_found(tmp_path: Path) -> None:
    file = tmp_path / "letters.sqlite3"
    letters = fill(file, 60)
    with file.open("r+b") as torn:
        torn.write(b"\xa5" * 4_096)
    assert salvaged(file) == letters


def test_letters_that_were_deleted_are_not_found_again(tmp_path: Path) -> None:
    file = tmp_path / "letters.sqlite3"
    letters = fill(file, 400)
    gone = set(list(letters)[::3])
    with opened(file) as box:
        assert box.forget(gone) == len(gone)
    data = bytearray(file.read_bytes())
    for at in [0, *leading_pages(data)]:
        data[at : at + 4_096] = b"\xa5" * 4_096
    file.write_bytes(data)
    found = salvaged(file)
    assert found
    assert not found.keys() & gone


def test_a_row_that_lies_is_not_believed_and_a_chain_in_a_circle_ends(tmp_path: Path) -> None:
    file = tmp_path / "letters.sqlite3"
    letters = dict(pair(65_536) for _ in range(12))
    with opened(file) as box:
        box.store(list(letters.items()))
    data = bytearray(file.read_bytes())
    other, circle, outside, nowhere, *sound = letters
    # Another letter's bytes under this hash, and the chains of three: to themselves, out of the file, to no page.
    data[data.index(letters[other][30_000:30_016])] ^= 1
    for digest, to in ((circle, None), (outside, 2**32 - 1), (nowhere, 0)):
        at = data.index(letters[digest][30_000:30_016]) // 4_096 * 4_096
        data[at : at + 4] = (at // 4_096 + 1 if to is None else to).to_bytes(4, "big")
    file.write_bytes(data)
    assert dict(letters_in(file)) == {digest: letters[digest] for digest in sound}


def test_what_is_no_file_of_letters_gives_none_and_a_cut_one_what_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "letters.sqlite3"
    letters = fill(file, 60)
    data = bytearray(file.read_bytes())
    file.write_bytes(data[: len(data) // 2 + 1_000])
    found = dict(letters_in(file))
    assert found
    assert found.items() < letters.items()
    noise = random.Random(7)
    # Pages that call themselves a table's, with rows wherever chance puts them.
    file.write_bytes(b"".join(noise.choice((b"\x02", b"\x0a")) + noise.randbytes(4_095) for _ in range(200)))
    assert dict(letters_in(file)) == {}
    file.write_bytes(b"")
    assert dict(letters_in(file)) == {}


def test_a_torn_file_is_saved_at_the_next_start_and_the_damaged_one_kept(tmp_path: Path) -> None:
    file, marker = tmp_path / "letters.sqlite3", tmp_path / "salvage"
    letters = fill(file, 400)
    data = bytearray(file.read_bytes())
    # Two whole pages in the middle, as a bad block leaves them.
    middle = len(data) // 2 // 4_096 * 4_096
    data[middle : middle + 8_192] = b"\xa5" * 8_192
    file.write_bytes(data)
    marker.touch()
    box = open_letterbox(file, marker, ROOMY)
    sound = dict(box.sound())
    assert box.store([pair()]) == [True]
    box.close()
    # A page holds some eight letters' beginnings, or one letter's end.
    assert len(sound) >= 400 - 32
    assert sound.items() <= letters.items()
    assert not marker.exists()
    assert (tmp_path / "letters.damaged-1.sqlite3").read_bytes()[middle : middle + 8_192] == b"\xa5" * 8_192


def test_a_torn_page_met_while_handing_out_hides_only_what_is_on_it(tmp_path: Path) -> None:
    file = tmp_path / "l.sqlite3"
    letters = fill(file, 400)
    with opened(file) as box:
        order = list(box.hashes())
    data = bytearray(file.read_bytes())
    # The leaf that holds one known hash: overwritten whole.
    pages = (data.index(digest) // 4_096 * 4_096 for digest in order[200:])
    at = next(page for page in pages if not leads_on(data, page))
    data[at : at + 4_096] = b"\xa5" * 4_096
    file.write_bytes(data)
    box = Letterbox(file, ROOMY, torn=True)
    handed = set(box.collect(500).letters)
    box.close()
    assert handed <= set(letters.values())
    # The walk goes on behind a torn page; it may miss some neighbours of it.
    assert len(handed) >= 400 - 64
    # At the next start that is noticed, and what is sound is saved.
    box = open_letterbox(file, tmp_path / "salvage", ROOMY)
    assert len(box) >= 400 - 64
    assert dict(box.sound()).items() <= letters.items()
    assert box.store([pair()]) == [True]
    box.close()
    assert (tmp_path / "letters.damaged-1.sqlite3").exists()


def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    file, marker = tmp_path / "letters.sqlite3", tmp_path / "salvage"
    file.write_bytes(b"\xa5" * 20_000)
    box = open_letterbox(file, marker, ROOMY)
    assert len(box) == 0
    assert box.store([pair()]) == [True]
    box.close()
    assert (tmp_path / "letters.damaged-1.sqlite3").read_bytes() == b"\xa5" * 20_000


@pytest.mark.parametrize("moment", ["before the new file took its place", "before the marker was taken away"])
def test_an_interrupted_salvage_loses_nothing(tmp_path: Path, moment: str) -> None:
    file, marker = tmp_path / "letters.sqlite3", tmp_path / "salvage"
    letters = fill(file, 20)
    marker.touch()
    if moment.endswith("took its place"):
        file.rename(tmp_path / "letters.fresh.sqlite3")
    box = open_letterbox(file, marker, ROOMY)
    assert dict(box.sound()) == letters
    box.close()
