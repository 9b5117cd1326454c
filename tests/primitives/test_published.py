"""The RFCs' and the drafts' own vectors, at the office and in the page."""

from __future__ import annotations

import hmac
from types import ModuleType
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from holub.formats import narrow
from holub.formats.signature import verify
from tests.formats.test_letter_hpke import generator, vector
from tests.primitives.conftest import Page
from tests.primitives.packaged import blocks, hpke, published

__all__ = ["generator", "vector"]  # fixtures


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    """RFC 9180, appendix A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode."""
    return hpke("test-vectors", 0x0020)


def raw(told: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(told[name])


def test_rfc_9180_is_what_the_generator_of_narrow_vectors_does(base: dict[str, Any], generator: ModuleType) -> None:
    share, shared = generator.narrow_shared_secret(raw(base, "skEm"), raw(base, "pkRm"))
    assert (share, shared) == (raw(base, "enc"), raw(base, "shared_secret"))
    key, nonce = generator.schedule(shared, raw(base, "info"), generator.NARROW_SUITE)
    assert (key, nonce) == (raw(base, "key"), raw(base, "base_nonce"))


def test_rfc_9180_is_what_opens_narrow_letters(base: dict[str, Any]) -> None:
    # A narrow letter has no aad, so the RFC's own first message cannot be opened: one of ours goes in its place.
    sealed = ChaCha20Poly1305(raw(base, "key")).encrypt(raw(base, "base_nonce"), b"the RFC's context", b"")
    key = X25519PrivateKey.from_private_bytes(raw(base, "skRm"))
    suite = narrow._SUITE
    assert suite.decrypt(raw(base, "enc") + sealed, key, raw(base, "info")) == b"the RFC's context"
    with pytest.raises(InvalidTag):
        suite.decrypt(raw(base, "enc") + sealed, key, raw(base, "info") + b"x")


def test_rfc_9180_opens_and_seals_in_the_page(base: dict[str, Any], page: Page) -> None:
    sealed = [
        {
            "enc": base["enc"],
            "private": base["skRm"],
            "info": base["info"],
            "ct": one["ct"],
            "aad": one["aad"],
            "sequence": at,
        }
        for at, one in enumerate(base["encryptions"])
    ]
    assert page("narrowOpen", sealed) == [raw(one, "pt") for one in base["encryptions"]]
    plain = [
        {
            "public": base["pkRm"],
            "private": base["skEm"],
            "info": base["info"],
            "pt": one["pt"],
            "aad": one["aad"],
            "sequence": at,
        }
        for at, one in enumerate(base["encryptions"])
    ]
    assert page("narrowSeal", plain) == [raw(base, "enc") + raw(one, "ct") for one in base["encryptions"]]


def test_the_draft_of_our_suite_opens_in_the_page(vector: dict[str, Any], page: Page) -> None:
    assert page("publicKey", [{"seed": vector["skRm"]}]) == [raw(vector, "pkRm")]
    asked = {"public": vector["pkRm"], "info": vector["info"], "random": vector["ikmE"]}
    assert page("encapsulate", [asked]) == [raw(vector, "enc")]
    sealed = [
        {
            "enc": vector["enc"],
            "seed": vector["skRm"],
            "info": vector["info"],
            "ct": one["ct"],
            "aad": one["aad"],
            "sequence": at,
        }
        for at, one in enumerate(vector["encryptions"])
    ]
    assert page("hpkeOpen", sealed) == [raw(one, "pt") for one in vector["encryptions"]]


def test_rfc_7748(page: Page) -> None:
    cases = list(blocks("asymmetric/X25519/rfc7748.txt"))
    there = page("x25519", [{"private": case["input_scalar"], "public": case["input_u"]} for case in cases])
    for case, other in zip(cases, there, strict=True):
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["input_scalar"]))
        here = key.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(case["input_u"])))
        assert here == other == bytes.fromhex(case["output_u"])


FIELDS = {
    "key": "key",
    "nonce": "nonce",
    "iv": "nonce",
    "ad": "aad",
    "aad": "aad",
    "in": "plain",
    "plaintext": "plain",
    "ct": "ct",
    "ciphertext": "ct",
    "tag": "tag",
}


def unquoted(value: str) -> bytes:
    """Hexadecimal, or text between quotation marks."""
    return value[1:-1].encode() if value.startswith('"') else bytes.fromhex(value)


@pytest.mark.parametrize("name", ["boringssl", "openssl"])
def test_rfc_8439(name: str, page: Page) -> None:
    questions, sealed = [], []
    for case in blocks(f"ciphers/ChaCha20Poly1305/{name}.txt"):
        if "result" in case:
            continue  # a case about a refusal: Wycheproof has more of these
        told = {new: unquoted(case[old]) for old, new in FIELDS.items() if old in case}
        sealed.append(told.pop("ct") + told.pop("tag"))
        questions.append(told)
    assert len(questions) >= 4
    assert page("chachaSeal", questions) == sealed
    for one, expected in zip(questions, sealed, strict=True):
        assert ChaCha20Poly1305(one["key"]).encrypt(one["nonce"], one["plain"], one["aad"]) == expected


def test_rfc_4231(page: Page) -> None:
    lines = [line.partition("=") for line in published("HMAC/rfc-4231-sha256.txt").splitlines()]
    values = [(name.strip(), value.strip()) for name, _, value in lines]
    keys, messages, codes = ([value for name, value in values if name == wanted] for wanted in ("Key", "Msg", "MD"))
    assert len(keys) == len(messages) == len(codes) >= 6
    there = page("hmac", [{"key": key, "message": text} for key, text in zip(keys, messages, strict=True)])
    for key, text, code, other in zip(keys, messages, codes, there, strict=True):
        assert hmac.digest(bytes.fromhex(key), bytes.fromhex(text), "sha256") == other == bytes.fromhex(code)


def test_rfc_9106(page: Page) -> None:
    cases = [case for case in blocks("KDF/argon2id.txt") if int(case["length"]) >= 8]
    plain = [case for case in cases if "secret" not in case and "ad" not in case]
    assert len(plain) >= 3
    questions = [
        {
            "password": case["pass"],
            "salt": case["salt"],
            "memory": case["memcost"],
            "passes": case["iter"],
            "lanes": case["lanes"],
            "length": case["length"],
        }
        for case in plain
    ]
    assert page("argon2", questions) == [bytes.fromhex(case["output"]) for case in plain]
    for case in cases:
        kdf = Argon2id(
            salt=bytes.fromhex(case["salt"]),
            length=int(case["length"]),
            iterations=int(case["iter"]),
            lanes=int(case["lanes"]),
            memory_cost=int(case["memcost"]),
            secret=bytes.fromhex(case["secret"]) if "secret" in case else None,
            ad=bytes.fromhex(case["ad"]) if "ad" in case else None,
        )
        assert kdf.derive(bytes.fromhex(case["pass"])).hex() == case["output"]


def test_ed25519s_own(page: Page) -> None:
    lines = published("asymmetric/Ed25519/sign.input").splitlines()
    cases = [[bytes.fromhex(part) for part in line.split(":")[:4]] for line in lines]
    assert len(cases) == 1024
    questions = []
    for secret, key, message, signed in cases:
        signature = signed[:64]
        assert Ed25519PrivateKey.from_private_bytes(secret[:32]).sign(message) == signature
        verify(key, signature, message, "it")
        questions.append({"key": key, "signature": signature, "message": message})
    assert page("ed25519", questions) == [b""] * len(cases)


def test_mlkem_768s_own(page: Page) -> None:
    cases = list(blocks("asymmetric/MLKEM/kat_MLKEM_768.rsp"))[::20]
    seeds = [bytes.fromhex(case["d"] + case["z"]) for case in cases]
    keys = page("mlkemPublic", [{"seed": seed} for seed in seeds])
    sent = page("mlkemEncapsulate", [{"public": case["pk"], "random": case["msg"]} for case in cases])
    assert sent == [bytes.fromhex(case["ct"] + case["ss"]) for case in cases]
    for sealed, shared in (("ct", "ss"), ("ct_n", "ss_n")):  # the second is rejected, in silence
        there = page(
            "mlkemOpen", [{"seed": seed, "sealed": case[sealed]} for seed, case in zip(seeds, cases, strict=True)]
        )
        for seed, case, key, other in zip(seeds, cases, keys, there, strict=True):
            here = MLKEM768PrivateKey.from_seed_bytes(seed)
            assert here.public_key().public_bytes_raw() == key == bytes.fromhex(case["pk"])
            assert here.decapsulate(bytes.fromhex(case[sealed])) == other == bytes.fromhex(case[shared])
