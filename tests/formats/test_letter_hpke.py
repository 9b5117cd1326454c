"""The sealing suite against the vectors of draft-ietf-hpke-pq (KEM 0x647a, HKDF-SHA256, ChaCha20-Poly1305)."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from holub.formats import letterkey
from holub.formats.letterkey import SecretKey
from tests.formats.lettervectors import VECTORS
from tests.primitives.packaged import hpke as hpke_vector

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


@pytest.fixture(scope="module")
def vector() -> dict[str, Any]:
    """The one of the draft's vectors that has our key derivation and cipher."""
    return hpke_vector("hpke-pq-test-vectors", 0x647A)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The generator of our own vectors, which has a key schedule apart from the library's."""
    sys.path.insert(0, str(VECTORS))
    try:
        spec = importlib.util.spec_from_file_location("make_letters", VECTORS / "make_letters.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(VECTORS))
    return module


def test_a_seed_gives_the_drafts_public_key(vector: dict[str, Any]) -> None:
    assert SecretKey(0, bytes.fromhex(vector["skRm"])).public.hex() == vector["pkRm"]


def test_the_key_schedule_is_the_drafts(vector: dict[str, Any], generator: ModuleType) -> None:
    key = SecretKey(0, bytes.fromhex(vector["skRm"]))
    shared = generator.shared_secret(key, bytes.fromhex(vector["enc"]))
    assert shared.hex() == vector["shared_secret"]
    cipher, nonce = generator.schedule(shared, bytes.fromhex(vector["info"]))
    assert (cipher.hex(), nonce.hex()) == (vector["key"], vector["base_nonce"])
    for one in vector["encryptions"]:
        opened = ChaCha20Poly1305(cipher).decrypt(
            bytes.fromhex(one["nonce"]), bytes.fromhex(one["ct"]), bytes.fromhex(one["aad"])
        )
        assert opened.hex() == one["pt"]


def test_what_the_drafts_context_sealed_is_opened(vector: dict[str, Any]) -> None:
    # Letters have no aad, so the draft's own first message cannot be opened: one of ours goes in its place.
    sealed = ChaCha20Poly1305(bytes.fromhex(vector["key"])).encrypt(
        bytes.fromhex(vector["base_nonce"]), b"the draft's context", b""
    )
    message = bytes.fromhex(vector["enc"]) + sealed
    seed, info = bytes.fromhex(vector["skRm"]), bytes.fromhex(vector["info"])
    assert SUITE.decrypt(message, SecretKey(0, seed).hpke_private(), info) == b"the draft's context"
    for other in ((seed, info + b"x"), (seed[::-1], info)):
        with pytest.raises(InvalidTag):
            SUITE.decrypt(message, SecretKey(0, other[0]).hpke_private(), other[1])


def test_the_drafts_public_key_is_one_that_an_edition_may_carry(vector: dict[str, Any]) -> None:
    seal_until, opens_until = letterkey.spans(0)
    key = letterkey.LetterKey(0, seal_until, opens_until, bytes.fromhex(vector["pkRm"]), bytes(32))
    assert letterkey.parse(key.encode()) == key
