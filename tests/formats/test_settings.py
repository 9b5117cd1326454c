"""A page's settings: what a page would not open with is neither written nor read."""

from __future__ import annotations

import pytest

from holub.errors import Misused, Refused
from holub.formats.bundle import MAX_ADDRESS, MAX_POSTBOXES, Settings

LONG = "https://post.example/" + "x" * (MAX_ADDRESS - 21)
ODD = {
    "no address": ("post.example",),
    "a script": ("javascript:alert(1)",),
    "a space in it": ("https://post.example/a b",),
    "a mark in it": ('https://post.example/"',),
    "one that is too long": (LONG + "x",),
    "too many": ("https://post.example",) * (MAX_POSTBOXES + 1),
    "too much together": (LONG,) * MAX_POSTBOXES,
}


@pytest.mark.parametrize("postboxes", ODD.values(), ids=ODD.keys())
def test_settings_that_no_page_opens_with_are_not_written_and_not_read(postboxes: tuple[str, ...]) -> None:
    settings = Settings("uk", postboxes)
    with pytest.raises(Misused):
        settings.encode()
    with pytest.raises(Refused):
        Settings.parse(settings._encoded())


def test_what_a_page_opens_with_comes_back() -> None:
    for settings in (
        Settings("uk"),
        Settings("zh-Hant", (LONG, "http://127.0.0.1:8080"), "https://post.example/"),
        Settings("uk", ("https://пошта.example",) * MAX_POSTBOXES),
    ):
        assert Settings.parse(settings.encode()) == settings


def test_half_a_letter_in_an_address_is_refused() -> None:
    with pytest.raises(Refused):
        Settings.parse(b'{"language":"uk","postboxes":["https://post.example/\\ud800"]}')
