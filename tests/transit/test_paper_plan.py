"""How many sheets, how many codes of which parcel: the arithmetic of paper, and the mark, without printing any."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Misused
from holub.formats.frame import Split, symbol_size
from holub.transit.carriers.qr import HARSH, USUAL, Caption, Layout, plan
from holub.transit.carriers.qr.caption import languages
from holub.transit.carriers.qr.mark import Mark, read_mark, set_of
from holub.transit.carriers.qr.plan import MODULE_MM, MOST_SHEETS
from holub.transit.carriers.qr.seen import Seen
from tests.formats.lettervectors import load, names

# sizes, layout, what may be lost -> sheets, enough
PLANS: dict[str, tuple[list[int], Layout, int | None, int, int]] = {
    "a short letter fills one sheet": ([284], USUAL, None, 1, 1),
    "18 kB are one worn sheet": ([36 * 504], USUAL, 0, 1, 1),
    "a byte more is two": ([36 * 504 + 1], USUAL, 0, 2, 2),
    "18 kB, and one sheet may be lost": ([36 * 504], USUAL, 1, 2, 1),
    "52 kB are three sheets and one to lose": ([52_000], USUAL, 1, 4, 3),
    "52 kB are three sheets and three to lose": ([52_000], USUAL, 3, 6, 3),
    "52 kB where nobody says what may be lost": ([52_000], USUAL, None, 5, 3),
    "52 kB for harsh use": ([52_000], HARSH, 1, 6, 5),
    "two parcels share a sheet": ([9_000, 8_000], USUAL, 0, 1, 1),
}


@pytest.mark.parametrize(("sizes", "layout", "lose", "sheets", "enough"), PLANS.values(), ids=PLANS.keys())
def test_sheets(sizes: list[int], layout: Layout, lose: int | None, sheets: int, enough: int) -> None:
    made = plan(sizes, layout, lose=lose)
    assert (made.sheets, made.enough) == (sheets, enough)


@given(
    st.lists(st.integers(9, 200_000), min_size=1, max_size=8),
    st.sampled_from([USUAL, HARSH]),
    st.none() | st.integers(0, 5),
)
def test_any_enough_worn_sheets_give_every_parcel(sizes: list[int], layout: Layout, lose: int | None) -> None:
    try:
        made = plan(sizes, layout, lose=lose)
    except Misused:
        assert sum(sizes) > 400_000
        return
    assert sum(made.cells) == layout.codes
    assert 1 <= made.enough <= made.sheets <= MOST_SHEETS
    if lose is not None:
        assert made.sheets - made.enough == lose
    for size, cells in zip(sizes, made.cells, strict=True):
        needed = Split(size, symbol_size(layout.frame, size)).count
        assert made.enough * cells * (1 - layout.worn) >= needed - 1e-9


REFUSED: dict[str, tuple[list[int], int | None]] = {
    "nothing": ([], None),
    "more than a pile of paper": ([5_000_000], None),
    "more parcels than a sheet has room for": ([100] * 21, None),
    "more to lose than a pile of paper": ([100], 200),
}


@pytest.mark.parametrize(("sizes", "lose"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_said_that_this_does_not_go_on_paper(sizes: list[int], lose: int | None) -> None:
    with pytest.raises(Misused):
        plan(sizes, lose=lose)


@pytest.mark.parametrize("layout", [USUAL, HARSH])
def test_codes_fit_on_the_page_with_white_around_them(layout: Layout) -> None:
    width, height = (side * MODULE_MM for side in layout.size)
    assert width <= 210 - 2 * 16
    assert height <= 297 - 7 - 22 - 9.5 + 1e-9
    assert min(layout.gap_x, layout.gap_y) >= 4


def test_the_mark_of_the_specification() -> None:
    mark = Mark(set_of([bytes.fromhex("1c588a2d0bb57463")]), 3, 6, 4, 40)
    assert mark.encode() == bytes.fromhex("a1e49b9bb903060428")
    assert read_mark(mark.encode()) == mark


@pytest.mark.parametrize("name", names("mark", "mark"))
def test_a_mark_is_read_or_passed_over_as_the_vector_says(name: str) -> None:
    case = load("mark", name)
    mark = read_mark(bytes.fromhex(case["data"]))
    if case["expect"] == "ok":
        assert mark == Mark(bytes.fromhex(case["set"]), case["sheet"], case["sheets"], case["enough"], case["codes"])
    else:
        assert (case["expect"], mark) == ("Stranger", None)


@given(st.binary(max_size=12) | st.binary(min_size=8, max_size=8).map(lambda rest: b"\xa1" + rest))
def test_whatever_reads_as_a_mark_is_written_the_same(data: bytes) -> None:
    mark = read_mark(data)
    if mark is not None:
        assert mark.encode() == data
        assert 1 <= mark.sheet <= mark.sheets


@given(st.lists(st.lists(st.binary(max_size=60) | st.binary(max_size=16).map(lambda rest: b"\xa1" + rest))))
def test_junk_only_changes_advice(pictures: list[list[bytes]]) -> None:
    seen = Seen()
    for codes in pictures:
        seen.picture()
        frames = [code for code in codes if seen.code(code)]
        assert all(frame[0] == 1 for frame in frames)
    assert seen.strangers <= sum(map(len, pictures))
    assert all("needed" in said for said in seen.advice())


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_says_which_sheet_this_is(language: str) -> None:
    caption = Caption((language,), "Міст", (11, 21))
    lines = caption.lines(3, 6, 4)
    assert [line.language for line in lines] == ([language, "en"] if language != "en" else ["en"])
    for line in lines:
        assert all(word in line.title for word in ("Міст", "21", "3", "6", "4"))
        assert "{" not in line.title + line.how
    told = {caption.lines(*which)[0].title for which in ((1, 1, 1), (1, 2, 2), (1, 2, 1))}
    assert len(told) == 3
    assert "Міст" not in Caption((language,), "Міст", post=True).lines(1, 1, 1)[0].title


def test_there_is_room_for_two_languages_and_english() -> None:
    lines = Caption(("ru", "uk", "ar", "ru", "xx")).lines(1, 2, 1)
    assert [line.language for line in lines] == ["ru", "uk", "en"]
    assert all(a != b for a, b in pairwise(line.title for line in lines))
