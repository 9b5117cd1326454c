"""Every case of spec/vectors/{root,edition,parcel}/ ends as it says, in the class of error that it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from holub.errors import Damaged, Forged, Gap, HolubError, Older, OtherPublisher, Refused
from holub.formats.parcel import Kind, parse_parcel
from holub.formats.proof import Proof, read_selection
from holub.formats.root import RootDocument, trust
from holub.formats.shelf import Shelf

VECTORS = Path(__file__).parents[2] / "spec" / "vectors"
CLASSES: dict[str, type[HolubError]] = {
    "damaged": Damaged,
    "forged": Forged,
    "older": Older,
    "gap": Gap,
    "other-publisher": OtherPublisher,
    "refused": Refused,
}


def cases(folder: str) -> list[Any]:
    files = sorted((VECTORS / folder).glob("*.json"))
    return [pytest.param(json.loads(file.read_text(encoding="utf-8")), id=file.stem) for file in files]


def test_there_are_vectors() -> None:
    assert len(cases("root")) >= 15
    assert len(cases("edition")) >= 10
    assert len(cases("parcel")) >= 35


def expect(case: dict[str, Any], run: Callable[[], object]) -> None:
    if case["expect"] == "ok":
        run()
        return
    with pytest.raises(CLASSES[case["expect"]]) as caught:
        run()
    assert type(caught.value) is CLASSES[case["expect"]]
    assert caught.value.what
    assert caught.value.todo


def roots(case: dict[str, Any]) -> RootDocument:
    return trust([text.encode() for text in case["root"]])


@pytest.mark.parametrize("case", cases("root"))
def test_root(case: dict[str, Any]) -> None:
    expect(case, lambda: roots(case))


@pytest.mark.parametrize("case", cases("edition"))
def test_proof(case: dict[str, Any]) -> None:
    data, guide = bytes.fromhex(case["proof"]), bytes.fromhex(case["guide"])
    expect(case, lambda: Proof.parse(data).check(guide, roots(case)))


@pytest.mark.parametrize("case", cases("parcel"))
def test_parcel(case: dict[str, Any]) -> None:
    shelf = Shelf(roots(case))
    items = [bytes.fromhex(item) for item in case["items"]]
    for item in items[:-1]:
        shelf = shelf.taken(item)
    if items:
        expect(case, lambda: shelf.taken(items[-1]))
    if case["expect"] == "ok" and items:
        shelf = shelf.taken(items[-1])
        found = {
            f"{section}/{language}": {path: sha256(text).hexdigest() for path, text in held.pack.guides.items()}
            for (section, language), held in shelf.packs.items()
        }
        assert (shelf.edition, found) == (case["edition"], case["packs"])


def test_selection() -> None:
    case = json.loads((VECTORS / "parcel" / "selection.json").read_text(encoding="utf-8"))
    parcel = parse_parcel(bytes.fromhex(case["selection"]))
    assert parcel.kind is Kind.SELECTION
    assert [proof.path for proof, _ in read_selection(parcel.body, roots(case))] == ["health/one.md", "school/two.md"]
