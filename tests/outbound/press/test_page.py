"""What a page holds is checked as the page itself checks it: each parcel where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holub.errors import Refused
from holub.formats.bundle import CLOSE, OPEN, Settings
from holub.formats.update import write_update
from holub.outbound.press.page import build_page, open_page
from tests.formats.signed import ROOT, full, with_replies

GUIDES = {f"a/{at}.md": f"Guide {at}. ".encode() * 30 for at in range(6)}


def paged(*parcels: bytes) -> bytes:
    """A page without code that holds these; opened once while it is built."""
    return build_page(OPEN + CLOSE, Settings("uk"), [ROOT.encode()], parcels, lists={})


def test_a_page_that_went_on_keeps_the_replies_of_the_edition_before() -> None:
    (one, replies), (two, _) = with_replies(1, GUIDES), with_replies(2, {**GUIDES, "a/news.md": b"News"})
    page = paged(full(one).encode(), replies.parcel().encode(), write_update(one, two).encode())
    assert open_page(page).shelf.edition == 2


@pytest.mark.parametrize("number", [1, 3])
def test_replies_under_another_number_than_their_edition_s_are_refused(number: int) -> None:
    one, two = with_replies(1, GUIDES)[0], with_replies(2, GUIDES)
    renumbered = replace(two[1], edition=number).parcel().encode()
    # Their tags follow from the number: under another one nobody finds an answer in them.
    with pytest.raises(Refused):
        paged(full(two[0]).encode(), renumbered)
    with pytest.raises(Refused):
        paged(full(one).encode(), renumbered, full(two[0]).encode())


def test_replies_that_were_changed_are_refused() -> None:
    pack, replies = with_replies(1, GUIDES)
    with pytest.raises(Refused):
        paged(full(pack).encode(), replace(replies, bodies=bytes(len(replies.bodies))).parcel().encode())
