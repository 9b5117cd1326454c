"""Updates against git's thin pack, bsdiff, xdelta3 -9 with lzma and zstd --patch-from -22, on the same bytes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.chains import chains
from bench.corpus import Corpus, Pair
from bench.publisher import ROOT, publish
from holub.errors import Unavailable
from holub.formats.held import HeldPack
from holub.formats.shelf import Shelf
from holub.formats.sweep import write_sweep
from holub.formats.update import write_update

GRACE = 160  # bytes: what a signed update carries and the tools' outputs do not
PACK_BAR, ALL_BAR, CHAIN_BAR = 1.1, 1.2, 1.1
_TOOLS = ("bsdiff", "xdelta3", "zstd")


def _joined(guides: dict[str, bytes]) -> bytes:
    return b"".join(guides.values())


def tools(old: bytes, new: bytes) -> dict[str, int]:
    """What each tool needs to lead from old to new, in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        before, after, out = (Path(folder, name) for name in ("a", "b", "c"))
        before.write_bytes(old)
        after.write_bytes(new)
        runs = {
            "bsdiff": ["bsdiff", before, after, out],
            "xdelta3": ["xdelta3", "-9", "-S", "lzma", "-f", "-e", "-s", before, after, out],
            "zstd": ["zstd", "-qq", "-f", "--ultra", "-22", "--long=27", f"--patch-from={before}", after, "-o", out],
        }
        sizes = {}
        for name, command in runs.items():
            subprocess.run(list(map(str, command)), check=True, stderr=subprocess.DEVNULL)
            sizes[name] = out.stat().st_size
        return sizes


def thin_pack(corpus: Corpus, pair: Pair) -> int:
    """The bytes that a git server would send."""
    wanted = f"{pair.new}\n^{pair.old}\n".encode()
    return len(corpus.git("pack-objects", "--revs", "--thin", "--stdout", "--delta-base-offset", "-q", given=wanted))


def _row(kind: str, hops: int, ours: int, peers: dict[str, int], bar: float) -> dict[str, Any]:
    smallest = min(peers.values())
    return {
        "what": kind,
        "hops": hops,
        "bytes": ours,
        **peers,
        "ratio": round(ours / smallest, 3),
        "allowed": int(bar * smallest + GRACE),
        "within": ours <= bar * smallest + GRACE,
    }


def _pair(corpus: Corpus, pair: Pair) -> list[dict[str, Any]]:
    old, new = corpus.packs(pair.old), corpus.packs(pair.new)
    if not old or not new or old == new:
        return []
    _, before = publish(old, 1)
    sheet, after = publish(new, 2)
    by_language = {held.pack.language: held for held in before}
    rows = []
    for held in after:
        last = by_language.get(held.pack.language)
        if last is None or last.pack.root == held.pack.root:
            continue
        update = write_update(last, held).encode()
        _check(Shelf(ROOT, {last.pack.name: last}), update, held)
        peers = tools(_joined(old[held.pack.language]), _joined(new[held.pack.language]))
        rows.append(_row(held.pack.language, pair.hops, len(update), peers, PACK_BAR))
    sweep = write_sweep(before, after, sheet.signature).encode()
    shelf = Shelf(ROOT, {held.pack.name: held for held in before}).receive(sweep)
    if {name: held.pack.root for name, held in shelf.packs.items()} != {h.pack.name: h.pack.root for h in after}:
        raise AssertionError("the sweep did not rebuild the edition")
    peers = tools(*(b"".join(_joined(packs) for packs in side.values()) for side in (old, new)))
    peers["git"] = thin_pack(corpus, pair)
    rows.append(_row("all", pair.hops, len(sweep), peers, ALL_BAR))
    return rows


def _check(shelf: Shelf, update: bytes, wanted: HeldPack) -> None:
    if shelf.receive(update).packs[wanted.pack.name].pack.root != wanted.pack.root:
        raise AssertionError("the update did not rebuild the pack")


def run(corpus: Path | None) -> dict[str, Any]:
    """Every pair of revisions; the smallest tool is the measure."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise Unavailable(f"{', '.join(missing)} not found", "install them: make test does, as root on Debian")
    repository = Corpus(corpus)
    rows = [row for pair in repository.pairs() for row in _pair(repository, pair)]
    packs = [row for row in rows if row["what"] != "all"]
    sweeps = [row for row in rows if row["what"] == "all"]
    big = [row for row in sweeps if row["git"] > 1_000]
    return {
        "rows": rows,
        "pack_updates": len(packs),
        "pack_updates_within": sum(row["within"] for row in packs),
        "sweeps": len(sweeps),
        "sweeps_within": sum(row["within"] for row in sweeps),
        "median_share_of_git": round(statistics.median(row["bytes"] / row["git"] for row in big), 4) if big else None,
        "chains": chains(repository),
    }


def table(result: dict[str, Any]) -> str:
    """One line a pair."""
    lines = ["hops  what       bytes  smallest   ratio  allowed"]
    for row in result["rows"]:
        peers = [row[name] for name in (*_TOOLS, "git") if name in row]
        mark = "" if row["within"] else "  OVER"
        sizes = f"{row['bytes']:>7}  {min(peers):>8}  {row['ratio']:>6}  {row['allowed']:>7}"
        lines.append(f"{row['hops']:>4}  {row['what']:<8} {sizes}{mark}")
    lines.append(
        f"pack updates within {PACK_BAR} x + {GRACE} B: {result['pack_updates_within']} of {result['pack_updates']}"
    )
    lines.append(f"sweeps within {ALL_BAR} x + {GRACE} B: {result['sweeps_within']} of {result['sweeps']}")
    lines.append(f"median share of git's thin pack above 1 kB: {result['median_share_of_git']}")
    lines += map(_chain_line, result["chains"])
    if result["chains"]:
        first = result["chains"][0]
        lines.append(f"updates in the list: {first['listed']}, {first['listed_bytes']} bytes with the seal")
    return "\n".join(lines)


def _chain_line(row: dict[str, Any]) -> str:
    return (
        f"ways of 1 to {row['distances']} editions ({row['what']}): median {row['median']} x direct, worst "
        f"{row['worst']} x; {row['within']} within {CHAIN_BAR} x; most {row['most_updates']} updates; by updates to "
        f"the next edition alone worst {row['adjacent_worst']} x, the longest {row['adjacent_longest']} x, "
        f"{row['adjacent_within']} within {CHAIN_BAR} x"
    )
