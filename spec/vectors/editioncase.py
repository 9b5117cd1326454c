"""One case a file: its roots, its parcels in their order, and what a phone holds in the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from editionworld import ROOT
from vectorcase import HERE

from holub.formats.root import RootDocument
from holub.formats.shelf import Shelf


def state(shelf: Shelf) -> dict[str, object]:
    packs = {
        f"{section}/{language}": {path: sha256(text).hexdigest() for path, text in held.pack.guides.items()}
        for (section, language), held in shelf.packs.items()
    }
    return {"edition": shelf.edition, "packs": packs}


def case(
    name: str, what: str, expect: str, items: list[bytes], roots: list[RootDocument] | None = None, **more: object
) -> None:
    documents = roots or [ROOT]
    found: dict[str, object] = {
        "what": what,
        "expect": expect,
        "root": [document.encode().decode() for document in documents],
    }
    found["items"] = [item.hex() for item in items]
    if expect == "ok" and items:
        shelf = Shelf(documents[-1])
        for item in items:
            shelf = shelf.taken(item)
        found.update(state(shelf))
    write("parcel", name, {**found, **more})


def write(folder: str, name: str, found: Mapping[str, object]) -> None:
    (HERE / folder).mkdir(exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (HERE / folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
