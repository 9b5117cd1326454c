"""What proofs cost: one guide's proof for every guide of the newest revision, and an update beside its change.

Each proof is read back and checked, each update applied. An update's overhead is all of it but the text's change:
envelope, numbers, names, stamp. Where the week's letter key or the mailbag changed, the update carries that leaf too;
the last lines say what that adds.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.corpus import HOPS, Corpus
from bench.publisher import PEN, ROOT, publish
from holub.formats.change import write_change
from holub.formats.header import SIGNED_BYTES
from holub.formats.held import HeldPack
from holub.formats.leaf import KEY_LEAF_BYTES, SERVICES
from holub.formats.proof import Proof
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from holub.formats.tree import HASH_BYTES
from holub.formats.update import PATHS, write_update
from holub.formats.whole import whole_change

PROOF_BAR = 700
_MAILBAG = b"\x03\x01\x04main" + bytes([0, 0, 2, 0]) + bytes(HASH_BYTES)
_KEY = b"\x01" + b"\x01" * (KEY_LEAF_BYTES - 1)


def levels(leaves: int) -> int:
    """Levels of a tree with this many leaves."""
    return (leaves - 1).bit_length()


def _proofs(held: list[HeldPack]) -> list[dict[str, Any]]:
    rows = []
    for one in held:
        sizes = []
        for path, content in one.pack.guides.items():
            proof = Proof.of(one, path).encode()
            Proof.parse(proof).check(content, ROOT)
            sizes.append((len(proof), len(path.encode())))
        rows.append(
            {
                "language": one.pack.language,
                "guides": len(sizes),
                "max": max(size for size, _ in sizes),
                "median": statistics.median(size for size, _ in sizes),
                "longest_path": max(path for _, path in sizes),
                "within": all(size <= PROOF_BAR for size, _ in sizes),
            }
        )
    return rows


def _updates(corpus: Corpus) -> list[dict[str, Any]]:
    """Updates to the newest revision from 1, 8, 32 and 128 revisions before it."""
    sheet, after = publish(corpus.packs("HEAD"), 2)
    bar = SIGNED_BYTES + HASH_BYTES * levels(len(SERVICES) + len(after))
    rows = []
    for hops in HOPS:
        if hops >= len(corpus.history):
            continue
        _, before = publish(corpus.packs(corpus.history[-1 - hops]), 1)
        known = {one.pack.name: one for one in before}
        shelf = Shelf(ROOT, known)
        for held in after:
            old = known.get(held.pack.name)
            if old is None or old.pack.root == held.pack.root:
                continue
            change = write_change(old.pack.guides, held.pack.guides, PATHS)
            update = write_update(old, held, change).encode()
            if shelf.receive(update).packs[held.pack.name].pack.root != held.pack.root:
                raise AssertionError("the update did not rebuild the pack")
            rows.append(_row(held.pack.language, hops, len(update), len(update) - len(change), bar))
        if set(known) == {one.pack.name for one in after}:
            change = whole_change(before, after)
            sweep = write_sweep(before, after, sheet.signature, change).encode()
            if shelf.receive(sweep).edition != sheet.moment.edition:
                raise AssertionError("the sweep did not lead to the edition")
            rows.append(_row("all", hops, len(sweep), len(sweep) - len(change), bar))
    return rows


def _row(what: str, hops: int, size: int, overhead: int, bar: int) -> dict[str, Any]:
    return {"what": what, "hops": hops, "bytes": size, "overhead": overhead, "bar": bar, "within": overhead <= bar}


def _with_leaf(held: HeldPack, index: int, leaf: bytes) -> int:
    """Overhead of an update, with an empty change, that carries this service leaf."""
    later = replace(held.moment, edition=held.moment.edition + 1, time=held.moment.time + 86_400)
    fresh = replace(held, moment=later, services=held.services.replaced({index: leaf}))
    change = write_change(held.pack.guides, held.pack.guides, PATHS)
    update = write_update(held, fresh.stamped(PEN.sign(fresh.to_stamp())), change).encode()
    Shelf(ROOT, {held.pack.name: held}).receive(update)
    return len(update) - len(change)


def run(corpus: Path | None) -> dict[str, Any]:
    """Bytes, and whether they are within the bars."""
    repository = Corpus(corpus)
    _, held = publish(repository.packs("HEAD"), 1)
    return {
        "bar_proof": PROOF_BAR,
        "proofs": _proofs(held),
        "updates": _updates(repository),
        "overhead_with_mailbag": _with_leaf(held[0], 2, _MAILBAG),
        "overhead_with_letter_key": _with_leaf(held[0], 0, _KEY),
    }


def table(result: dict[str, Any]) -> str:
    """One line a pack, one line an update."""
    lines = [f"{'proofs of':10}{'guides':>8}{'median B':>10}{'max B':>8}{'longest path':>14}"]
    for row in result["proofs"]:
        over = "" if row["within"] else "  OVER"
        sizes = f"{row['guides']:>8,}{row['median']:>10}{row['max']:>8}{row['longest_path']:>14}"
        lines.append(f"{row['language']:10}{sizes}{over}")
    lines.append(f"bar: {result['bar_proof']} B")
    lines.append(f"\n{'update of':10}{'hops':>8}{'bytes':>10}{'beside its change':>20}{'bar':>8}")
    for row in result["updates"]:
        over = "" if row["within"] else "  OVER"
        lines.append(f"{row['what']:10}{row['hops']:>8}{row['bytes']:>10,}{row['overhead']:>20}{row['bar']:>8}{over}")
    lines.append(f"with a new mailbag's leaf: {result['overhead_with_mailbag']} B beside the change")
    lines.append(f"with a new letter key: {result['overhead_with_letter_key']} B beside the change")
    return "\n".join(lines)
