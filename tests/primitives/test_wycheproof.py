"""Wycheproof's cases, at the office and in the page: what is valid is taken, what is not is refused, by both alike."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from holub.errors import Refused
from holub.formats.letterkey import mlkem_public
from holub.formats.signature import verify
from tests.primitives.conftest import Page
from tests.primitives.packaged import wycheproof


def test_x25519(page: Page) -> None:
    cases = wycheproof("Protocol/x25519")
    here: list[bytes | None] = []
    for case in cases:
        try:
            theirs = X25519PublicKey.from_public_bytes(case.raw("public"))
            here.append(X25519PrivateKey.from_private_bytes(case.raw("private")).exchange(theirs))
        except ValueError:
            here.append(None)
    there = page("x25519", [{"public": case.raw("public"), "private": case.raw("private")} for case in cases])
    for case, one, other in zip(cases, here, there, strict=True):
        # Points that are not canonical or lie on the twist count, as RFC 7748 wants; an all-zero secret never does.
        expected = None if "ZeroSharedSecret" in case.flags else case.raw("shared")
        assert one == other == expected, case.fields["tcId"]
    assert here.count(None) > 0


def test_chacha20_poly1305(page: Page) -> None:
    cases = wycheproof("Cipher/chacha20_poly1305")
    here: list[bytes | None] = []
    for case in cases:
        try:
            cipher = ChaCha20Poly1305(case.raw("key"))
            here.append(cipher.decrypt(case.raw("iv"), case.raw("ct") + case.raw("tag"), case.raw("aad")))
        except (InvalidTag, ValueError):
            here.append(None)
    questions = [
        {
            "key": case.raw("key"),
            "nonce": case.raw("iv"),
            "aad": case.raw("aad"),
            "sealed": case.raw("ct") + case.raw("tag"),
        }
        for case in cases
    ]
    for case, one, other in zip(cases, here, page("chachaOpen", questions), strict=True):
        assert one == other == (case.raw("msg") if case.result == "valid" else None), case.fields["tcId"]


def test_ed25519_is_decided_alike_and_never_more_loosely_than_wycheproof_says(page: Page) -> None:
    cases = wycheproof("Signature/ed25519")
    questions = [
        {
            "key": bytes.fromhex(case.group["publicKey"]["pk"]),
            "signature": case.raw("sig"),
            "message": case.raw("msg"),
        }
        for case in cases
    ]
    here = []
    for one in questions:
        try:
            verify(one["key"], one["signature"], one["message"], "it")
            here.append(True)
        except Refused:
            here.append(False)
    there = [answer is not None for answer in page("ed25519", questions)]
    assert here == there
    for case, taken in zip(cases, here, strict=True):
        if case.result != "acceptable":
            assert taken == (case.result == "valid"), case.fields["tcId"]
        if "SmallOrderPublicKey" in case.flags:
            assert not taken, case.fields["tcId"]


def test_mlkem_768_keys_from_seeds(page: Page) -> None:
    cases = wycheproof("Protocol/mlkem_768_keygen_seed")
    there = page("mlkemPublic", [{"seed": case.raw("seed")} for case in cases])
    for case, other in zip(cases, there, strict=True):
        here = MLKEM768PrivateKey.from_seed_bytes(case.raw("seed")).public_key().public_bytes_raw()
        assert here == other == case.raw("ek")


def test_mlkem_768_public_keys_and_encapsulation(page: Page) -> None:
    cases = wycheproof("Protocol/mlkem_768_encaps")
    here = []
    for case in cases:
        try:
            # Slices of a longer key would pass: the length is checked before, where the leaf is read.
            assert len(case.raw("ek")) == 1184
            mlkem_public(case.raw("ek"))
            here.append(True)
        except (Refused, AssertionError):
            here.append(False)
    assert here == [case.result == "valid" for case in cases]
    questions = [{"public": case.raw("ek"), "random": case.raw("m")} for case in cases]
    there = page("mlkemEncapsulate", questions)
    for case, answer in zip(cases, there, strict=True):
        assert answer == (case.raw("c") + case.raw("K") if case.result == "valid" else None), case.fields["tcId"]
    leaves = page("keyLeaf", [{"public": case.raw("ek")} for case in cases])
    assert [answer is not None for answer in leaves] == here


def test_mlkem_768_opens_or_rejects_in_silence(page: Page) -> None:
    cases = wycheproof("Protocol/mlkem_768")
    here: list[bytes | None] = []
    for case in cases:
        try:
            here.append(MLKEM768PrivateKey.from_seed_bytes(case.raw("seed")).decapsulate(case.raw("c")))
        except ValueError:
            here.append(None)
    there = page("mlkemOpen", [{"seed": case.raw("seed"), "sealed": case.raw("c")} for case in cases])
    for case, one, other in zip(cases, here, there, strict=True):
        assert one == other == (case.raw("K") if case.result == "valid" else None), case.fields["tcId"]


def test_hkdf_sha256() -> None:
    cases = wycheproof("Protocol/hkdf_sha256")
    for case in cases:
        size, salt, info = case.fields["size"], case.raw("salt"), case.raw("info")
        if case.result != "valid":
            with pytest.raises(ValueError, match="larger than"):
                HKDFExpand(hashes.SHA256(), size, info)
            continue
        extracted = HKDF.extract(hashes.SHA256(), salt, case.raw("ikm"))
        assert HKDFExpand(hashes.SHA256(), size, info).derive(extracted) == case.raw("okm")
