"""At the edges, where libraries differ, the office and the page decide the same: a difference would split readers."""

from __future__ import annotations

import itertools
import os
from types import ModuleType

import pytest

from holub.errors import Refused
from holub.formats import letter, letterkey, narrow
from holub.formats.signature import verify
from tests.formats.lettervectors import VECTORS, load, names
from tests.primitives.conftest import Item, Page

P = 2**255 - 19
EPOCH = letterkey.EPOCH


@pytest.fixture
def edwards(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The plain arithmetic that the vectors are made with."""
    monkeypatch.syspath_prepend(str(VECTORS))
    import edwards as module

    return module


def decided(questions: list[dict[str, bytes]]) -> list[bool]:
    told = []
    for one in questions:
        try:
            verify(one["key"], one["signature"], one["message"], "it")
            told.append(True)
        except Refused:
            told.append(False)
    return told


@pytest.mark.parametrize("name", names("signature", "signature"))
def test_a_signature_counts_or_is_refused_as_the_vector_says(name: str) -> None:
    case = load("signature", name)
    question = {part: bytes.fromhex(case[part]) for part in ("key", "signature", "message")}
    assert decided([question]) == [case["expect"] == "ok"]


def test_keys_and_commitments_of_every_order_are_decided_alike(page: Page, edwards: ModuleType) -> None:
    """All 64 pairs of small parts in key and R, over six messages each; without a large part, too."""
    secret, nonce = (int.from_bytes(bytes([seed]) * 31, "little") for seed in (3, 5))
    questions = []
    for low_key, low_nonce, large in itertools.product(edwards.SMALL, edwards.SMALL, ((1, 1), (1, 0), (0, 1))):
        key = edwards.encode(edwards.add(edwards.times(secret * large[0], edwards.BASE), low_key))
        commitment = edwards.encode(edwards.add(edwards.times(nonce * large[1], edwards.BASE), low_nonce))
        for count in range(6):
            message = b"message %d" % count
            challenge = edwards.challenge(commitment, key, message)
            scalar = (nonce * large[1] + challenge * secret * large[0]) % edwards.L
            questions.append({"key": key, "signature": commitment + scalar.to_bytes(32, "little"), "message": message})
    here = decided(questions)
    assert here == [answer is not None for answer in page("ed25519", questions)]
    assert 40 < here.count(True) < len(here) // 2


def test_every_encoding_near_the_edge_is_decided_alike(page: Page, edwards: ModuleType) -> None:
    """y from 0 to 19 and around p, in both parities, as key and as R, with scalars around 0 and L."""
    good = edwards.encode(edwards.times(7, edwards.BASE))
    values = [*range(20), *range(P - 3, 2**255)]
    strange = [(y | odd << 255).to_bytes(32, "little") for y in values for odd in (0, 1)]
    scalars = [number.to_bytes(32, "little") for number in (0, 1, 7, edwards.L - 1, edwards.L, edwards.L + 7)]
    questions = [
        {"key": key, "signature": commitment + scalar, "message": b"x"}
        for one in strange
        for key, commitment in ((one, good), (good, one), (one, one))
        for scalar in scalars
    ]
    here = decided(questions)
    assert here == [answer is not None for answer in page("ed25519", questions)]
    assert not any(here)


LOW = [0, 1, P - 1, P, P + 1, 0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0]


@pytest.mark.parametrize("u", [*LOW, *(u | 1 << 255 for u in LOW)])
def test_no_letter_is_sealed_to_a_curve_point_of_small_order(u: int, page: Page) -> None:
    point = u.to_bytes(32, "little")
    own = letterkey.generate(0, bytes(32))
    broken = letterkey.LetterKey(0, EPOCH + 9, EPOCH + 9, own.public[:1184] + point, own.narrow)
    with pytest.raises(Refused, match="not a key"):
        letter.seal(letter.decoy(), broken, EPOCH)
    broken = letterkey.LetterKey(0, EPOCH + 9, EPOCH + 9, own.public, point)
    with pytest.raises(Refused, match="not a key"):
        narrow.seal(letter.decoy(), broken, EPOCH)
    wide = {"public": own.public[:1184] + point, "info": b"", "random": os.urandom(64)}
    assert page("encapsulate", [wide]) == [None]
    short: Item = {"public": point, "private": os.urandom(32), "info": b"", "pt": b"", "aad": b"", "sequence": 0}
    assert page("narrowSeal", [short]) == [None]
