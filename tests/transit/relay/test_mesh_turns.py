"""Of relays that hear each other on a mesh one speaks: what somebody else has sent is not sent again."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest

from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.mesh.sending import MOST_WATCHED, Sending


def frames(sending: Sending, now: float = 0.0) -> list[bytes]:
    found = []
    while (one := sending.ready(now)) is not None:
        found.append(one.next())
    return found


def update(size: int = 1_500) -> bytes:
    return Parcel(Kind.SELECTION, random.Random(size).randbytes(size)).encode()


@pytest.mark.parametrize("size", [20, 300, 1_500, 9_000])
def test_what_somebody_else_has_sent_since_it_came_is_not_sent_again(size: int) -> None:
    data = update(size)
    whole = frames(Sending([data]))
    name = sha256(data).digest()[:8]
    for later, silent in ((0, False), (len(whole), True)):
        ours = Sending([])
        ours.watch(name)
        # What the first sender still sends after the frame that made it whole is no second sending.
        for _ in range(len(whole) - -(-len(data) // 184) + later):
            ours.overheard(name)
        ours.add(data)
        assert (frames(ours) == []) == silent
        # The next day it is sent all the same.
        ours.add(data)
        assert len(frames(ours)) == len(whole)


def test_who_has_begun_goes_on_to_the_end() -> None:
    ours = Sending([data := update()])
    first = ours.ready(0.0)
    assert first is not None
    first.next()
    for _ in range(99):
        ours.overheard(sha256(data).digest()[:8])
    assert len(frames(ours)) == len(frames(Sending([data]))) - 1


def test_only_so_many_parcels_are_watched() -> None:
    ours = Sending([])
    for at in range(MOST_WATCHED + 9):
        ours.watch(at.to_bytes(8, "big"))
    assert len(ours._watched) == MOST_WATCHED
    # What came before and is of no use keeps nobody from noticing what comes now.
    one = update()
    name = sha256(one).digest()[:8]
    ours.watch(name)
    for _ in range(99):
        ours.overheard(name)
    ours.add(one)
    assert ours.ready(0.0) is None


def test_what_is_not_kept_is_neither_sent_nor_answered_for() -> None:
    one, other = update(300), update(500)
    ours = Sending([one, other])
    ours.keep([other])
    assert frames(ours) == frames(Sending([other]))
    assert ours.sent(sha256(one).digest()[:8]) == 0
