"""A chain of root documents is walked one serial at a time, and nothing else follows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holub.errors import HolubError, OtherPublisher, Refused
from holub.formats.root import RootDocument, split_chain, trust
from holub.outbound.press.signing import new_root, next_root, sign_root
from tests.office.conftest import NOW
from tests.office.documents import CHAIN, EDITION, ENCODED, STRANGER, A, B


def test_the_whole_chain_is_walked() -> None:
    assert trust(ENCODED) == CHAIN[-1]
    assert split_chain(b"".join(ENCODED)) == ENCODED


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_chain_is_walked_one_serial_at_a_time_or_not_at_all(places: list[int]) -> None:
    steps = itertools.pairwise(places)
    if all(after in (before, before + 1) for before, after in steps):
        assert trust([ENCODED[place] for place in places]) == CHAIN[places[-1]]
    else:
        with pytest.raises(Refused):
            trust([ENCODED[place] for place in places])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_changed_byte_anywhere_ends_the_chain(data: st.DataObject) -> None:
    whole = bytearray(b"".join(ENCODED))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HolubError):
        trust(split_chain(bytes(whole)))


FORGERIES: dict[str, Callable[[], RootDocument]] = {
    "by a stranger's root key": lambda: next_root(
        CHAIN[0], [STRANGER], replace(CHAIN[0], root_keys=(STRANGER.public,)), [STRANGER]
    ),
    "by the edition key": lambda: next_root(
        CHAIN[0], [EDITION], replace(CHAIN[0], root_keys=(EDITION.public,)), [EDITION]
    ),
    "not by its own keys": lambda: next_root(CHAIN[0], [A], replace(CHAIN[0], root_keys=(B.public,)), []),
    "unsigned by the old, its threshold lowered": lambda: sign_root(
        replace(CHAIN[1], threshold=1, serial=2, signatures={}), [STRANGER]
    ),
    "two steps at once": lambda: CHAIN[2],
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_document_does_not_follow(forgery: str) -> None:
    with pytest.raises(Refused):
        trust([ENCODED[0], FORGERIES[forgery]().encode()])


def test_one_of_two_needed_root_keys_rotates_nothing() -> None:
    lonely = next_root(CHAIN[2], [B], replace(CHAIN[2], root_keys=(B.public,), threshold=1), [B])
    with pytest.raises(Refused, match="1 of 2 needed signatures by the old keys"):
        trust([*ENCODED[:3], lonely.encode()])


def test_another_publishers_document_does_not_follow() -> None:
    other = new_root("Центр", NOW, [A], [EDITION], threshold=1)
    theirs = next_root(other, [A], other, [A])
    with pytest.raises(OtherPublisher):
        trust([ENCODED[0], theirs.encode()])
