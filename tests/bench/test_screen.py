"""The benchmark of screen and camera: that its films show what they say, and that another program reads them."""

from __future__ import annotations

import random
from pathlib import Path

import zxingcpp

from bench.film import Lens, film, pictures
from bench.screen import codes, table


def test_each_code_is_shown_for_as_long_as_the_pace_says() -> None:
    frames = [random.Random(number).randbytes(520) for number in range(3)]
    seen = [zxingcpp.read_barcode(one) for one in pictures(codes(frames), 10, Lens(blur=0.5, noise=2, shake=0))]
    assert len(seen) == 9
    # The first picture after a change may hold two codes, one over the other.
    for at in (1, 2, 4, 5, 7, 8):
        found = seen[at]
        assert found is not None
        assert found.bytes == frames[at // 3]


def test_a_film_is_pictures_one_after_the_other(tmp_path: Path) -> None:
    shown = codes([random.Random(3).randbytes(520)])
    assert film(shown, tmp_path / "film.mjpeg", pace=6).read_bytes().count(b"\xff\xd8\xff\xe0") == 5


def test_a_rate_under_the_bar_is_called_so() -> None:
    row = {"lens": "usual", "pace": 10, "read": 0.5, "codes": 0.5, "rate": 3_999, "ms": 9.0}
    result = {"rows": [row, {**row, "rate": 4_000}], "bar": 4_000}
    browser = {"slower": 1, "bytes": 65_548, "seconds": 13.0, "rate": 5_042, "longest": 66}
    lines = table({**result, "browser": [browser, {**browser, "slower": 6, "longest": 0}]}).splitlines()
    assert lines[1].endswith("UNDER")
    assert not lines[2].endswith("UNDER")
    assert lines[-2].endswith("its longest task 66 ms")
    assert lines[-1].endswith("its longest task below 50 ms")
