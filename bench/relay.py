"""Relay: its memory, what two relays say to each other, what an edition costs, what junk leaves of honest letters.

Memory: a relay in a process of its own with 4,096 letters on its disk and three editions of the corpus taken one
after the other, while phones read and write and another relay compares. The figure is the highest resident set of
the service; the process that takes an edition lives for seconds, and its own highest is printed beside it.

Exchange: two relays with 4,096 letters each that differ in d; every byte that crosses a loopback connection in both
directions, headers included. d counts letters that one of the two lacks, half on either side.

Edition: one guide of the corpus changes, and a relay takes the edition from another one over HTTP; every byte that
crosses, headers and the list included. Once it holds the edition before, once nothing: that is what every relay paid
before sweeps and stamps were enough.

Junk: nine of ten letters offered are junk, ten times what the bag holds, honest and junk mixed by chance over one
carrier and over two. The bag's share is what chance alone would leave: places / letters offered.

Bars: memory <= 80 MB; exchange <= 2 x the letters' bytes + 20 kB; honest letters survive at >= the bag's share (within
what chance allows), stamped ones >= 99 %.
"""

from __future__ import annotations

import random
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from bench.corpus import Corpus
from bench.publisher import ROOT, publish
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.names import MAIN
from holub.formats.packstamps import PackStamps
from holub.formats.sweep import write_sweep
from holub.transit.carrier import LETTER_SIZES, SMALL_LETTER
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.catalogue import list_parcel
from holub.transit.publication import publish as transit_publish
from holub.transit.relay import RelayLimits, RelayServer, Settings, rooms, sync_once
from holub.transit.relay.bag import RelayBag

LETTERS = 4_096
DIFFERENCES = (0, 1, 10, 100, 1_000)
MEMORY_BAR = 80.0
EXTRA = 20_000
SERVE = """
import sys
from pathlib import Path
from holub.faces.cli.relay import pages
from holub.transit.relay import Settings, run_relay
data, root, *places = sys.argv[1:]
settings = Settings(tuple(places), Path(root), hotspot=True, minutes=1 / 60, pages=pages)
run_relay(Path(data), port=0, settings=settings, ready=lambda url: print(url, flush=True))
"""


def run(corpus: Path | None) -> dict[str, object]:
    """Memory needs the corpus; the rest uses random letters."""
    result: dict[str, object] = {"exchange": exchange(), "junk": junk()}
    if corpus is not None:
        result["memory"] = memory(corpus)
        result["edition"] = narrow(corpus)
    return result


def table(result: dict[str, Any]) -> str:
    """Text for people."""
    lines = []
    if "memory" in result:
        found = result["memory"]
        lines.append(
            f"memory with {found['letters']:,} letters and {found['editions']} editions: {found['service_mb']:.1f} MB"
            f" (bar {MEMORY_BAR:.0f}); taking an edition, in a process of its own: {found['taking_mb']:.1f} MB"
        )
    if "edition" in result:
        found = result["edition"]
        lines.append(
            f"one changed guide in {found['packs']} packs: a relay that holds the edition before fetches"
            f" {found['onward']:,} B (sweep {found['sweep']:,}, stamps {found['stamps']:,}, list {found['list']:,});"
            f" the packs' updates are {found['updates']:,} B; a new relay fetches {found['new']:,} B"
        )
    lines.append("two relays with 4,096 letters each:")
    for row in result["exchange"]:
        lines.append(
            f"  d = {row['d']:5}  letters {row['letter_bytes']:>10,} B  crossed {row['crossed']:>10,} B"
            f"  bar {row['bar']:>10,} B  {'ok' if row['crossed'] <= row['bar'] else 'TOO MUCH'}"
        )
    lines.append("90 % junk, ten times what the bag holds:")
    for name, row in result["junk"].items():
        lines.append(
            f"  {name:22} honest {row['honest']:6.1%}  bag's share {row['share']:6.1%}  stamped {row['stamped']:6.1%}"
        )
    return "\n".join(lines)


# Memory.


def memory(corpus: Path) -> dict[str, object]:
    """The service's highest resident set in MB, and that of the process that took an edition."""
    opened = Corpus(corpus)
    history = opened.history
    chosen = [history[-1 - 2 * back] for back in (2, 1, 0)]
    with tempfile.TemporaryDirectory(prefix="holub-bench-") as home:
        top = Path(home)
        (top / "root.txt").write_bytes(ROOT.encode())
        data = top / "relay"
        fill(data, LETTERS)
        stick = top / "stick"
        stick.mkdir()
        edition(stick, opened, chosen[0], 1)
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(data), str(top / "root.txt"), str(stick)],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            taking = 0.0
            for number, revision in enumerate(chosen, 1):
                if number > 1:
                    edition(stick, opened, revision, number)
                taking = max(taking, wait_for(url, number, process.pid))
            busy(url)
            service = highest(process.pid)
        finally:
            process.terminate()
            process.communicate(timeout=60)
    return {"letters": LETTERS, "editions": 3, "service_mb": service, "taking_mb": taking}


def fill(data: Path, count: int) -> None:
    """A relay's folder with a full bag."""
    with RelayServer(data, settings=Settings(limits=RelayLimits(rooms(count)))) as server:
        for size, places in rooms(count).items():
            for start in range(0, places, 64):
                batch = [secrets.token_bytes(size) for _ in range(min(64, places - start))]
                server.bag.store([(sha256(one).digest(), one) for one in batch])
        assert len(server.bag) == count


def edition(stick: Path, corpus: Corpus, revision: str, number: int) -> None:
    """One edition of the corpus on a stick: the sheet and every pack in full."""
    sheet, held = publish(corpus.packs(revision), number)
    parcels = [sheet.parcel().encode()]
    parcels += [write_full(one, [write_base(sorted(one.pack.guides.items()))]).encode() for one in held]
    kinds = [("sheet", None), *(("full", one.pack.language) for one in held)]
    rows = [
        (list_parcel(data, kind, to_edition=number, section=MAIN if language else None, language=language), data)
        for data, (kind, language) in zip(parcels, kinds, strict=True)
    ]
    transit_publish(FolderCarrier(stick), sheet.signed(), rows, {})


def wait_for(url: str, number: int, relay: int) -> float:
    """Wait until the relay hands the edition out; gives the highest resident set in MB of the process that took it."""
    most = 0.0
    with httpx.Client(trust_env=False) as client:
        while True:
            for child in Path(f"/proc/{relay}/task/").glob("*/children"):
                for pid in child.read_text().split():
                    try:
                        most = max(most, highest(int(pid)))
                    except (OSError, StopIteration):
                        continue
            answer = client.get(f"{url}/latest")
            if answer.status_code == 200 and int.from_bytes(answer.content[6:10], "big") == number:
                return most
            threading.Event().wait(0.1)


def busy(url: str) -> None:
    """Phones that read and write, and a relay that lacks everything."""
    with HttpCarrier([url]) as phone, tempfile.TemporaryDirectory() as folder:
        for row in phone.catalogue().listings:
            phone.fetch(row, Path(folder))
        for size in LETTER_SIZES:
            for _ in range(8):
                phone.leave_letter(secrets.token_bytes(size))
    with tempfile.TemporaryDirectory() as folder:
        sync_once(Path(folder) / "other", Settings((url,)))


def highest(pid: int) -> float:
    """The highest resident set of a process so far, in MB (10^6 B)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1_024 / 1e6


# An edition.


def narrow(corpus: Path) -> dict[str, int]:
    """Bytes that crossed for a relay that holds the edition before, and for a new one; and what they were."""
    opened = Corpus(corpus)
    first = opened.packs(opened.history[-1])
    language = sorted(first)[0]
    path = sorted(first[language])[0]
    second = {**first, language: {**first[language], path: first[language][path] + b"\nOne sentence more.\n"}}
    (_, one), (sheet, two) = publish(first, 1), publish(second, 2)
    sweep, stamps = write_sweep(one, two, sheet.signature).encode(), PackStamps.of(two).parcel().encode()
    with tempfile.TemporaryDirectory(prefix="holub-bench-") as home:
        top = Path(home)
        (top / "root.txt").write_bytes(ROOT.encode())
        for name in ("stick", "heard"):
            (top / name).mkdir()
        edition(top / "stick", opened, opened.history[-1], 1)
        for parcel in (sweep, stamps):
            FolderCarrier(top / "heard").put(parcel)
        limits = RelayLimits(rooms(128))
        for relay in ("far", "near"):
            sync_once(top / relay, Settings((str(top / "stick"),), top / "root.txt", limits=limits))
        assert sync_once(top / "far", Settings((str(top / "heard"),), limits=limits)).edition == 2
        listed = FolderCarrier(top / "far" / "www").catalogue()
        crossed = {}
        with RelayServer(top / "far", settings=Settings(limits=limits)) as far:
            for relay in ("near", "new"):
                between = Counting(far.url)
                between.start()
                done = sync_once(top / relay, Settings((between.url,), top / "root.txt", limits=limits))
                assert (done.edition, done.troubles) == (2, []), done
                crossed[relay] = between.crossed
    updates = sum(row.size for row in listed.listings if row.kind == "update" and row.language)
    return {
        "packs": len(two),
        "onward": crossed["near"],
        "new": crossed["new"],
        "sweep": len(sweep),
        "stamps": len(stamps),
        "updates": updates,
        "list": len(listed.encode()),
    }


# Exchange.


class Counting(threading.Thread):
    """Passes connections on to a relay and counts what crosses."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._port = int(url.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.crossed = 0
        self._lock = threading.Lock()

    def run(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._port))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(1 << 16):
                with self._lock:
                    self.crossed += len(data)
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            return


def exchange() -> list[dict[str, int]]:
    """Bytes that crossed for each d."""
    rows = []
    for difference in DIFFERENCES:
        with tempfile.TemporaryDirectory(prefix="holub-bench-") as home:
            # Room for what both have together: nothing is pushed out while it is counted.
            limits = RelayLimits(dict(zip(LETTER_SIZES, (1, LETTERS + difference, 1, 1), strict=True)))
            common = [secrets.token_bytes(SMALL_LETTER) for _ in range(LETTERS - difference // 2)]
            ours, theirs = (
                [secrets.token_bytes(SMALL_LETTER) for _ in range(count)]
                for count in (difference // 2, difference - difference // 2)
            )
            store(Path(home) / "near", limits, common + ours)
            store(Path(home) / "far", limits, common + theirs)
            with RelayServer(Path(home) / "far", settings=Settings(limits=limits)) as far:
                between = Counting(far.url)
                between.start()
                done = sync_once(Path(home) / "near", Settings((between.url,), limits=limits))
                assert not done.troubles, done.troubles
                assert len(far.bag) == len(common) + difference
            letter_bytes = difference * SMALL_LETTER
            rows.append(
                {
                    "d": difference,
                    "taken": done.taken,
                    "given": done.given,
                    "letter_bytes": letter_bytes,
                    "crossed": between.crossed,
                    "bar": 2 * letter_bytes + EXTRA,
                }
            )
    return rows


def store(data: Path, limits: RelayLimits, letters: list[bytes]) -> None:
    """Letters in a relay's folder."""
    with RelayServer(data, settings=Settings(limits=limits)) as server:
        server.bag.store([(sha256(one).digest(), one) for one in letters])


# Junk.


def junk() -> dict[str, dict[str, float]]:
    """What survives, by how the letters come."""
    return {
        "over one carrier": flood(("visitors",), ("visitors",)),
        "junk over another one": flood(("visitors",), ("noise",)),
        "junk over half of four": flood(("a", "b", "c", "d"), ("c", "d")),
    }


def flood(honest_over: tuple[str, ...], junk_over: tuple[str, ...]) -> dict[str, float]:
    """Shares of honest unstamped and of stamped letters that are left."""
    places = 1_024
    chance = random.Random(secrets.randbits(64))
    with tempfile.TemporaryDirectory(prefix="holub-bench-") as home:
        bag = RelayBag(Path(home), dict(zip(LETTER_SIZES, (1, places, 1, 1), strict=True)))
        honest = {secrets.token_bytes(SMALL_LETTER) for _ in range(places)}
        stamped = {secrets.token_bytes(SMALL_LETTER) for _ in range(places // 20)}
        offered: list[tuple[bytes | None, str, bool]] = [(one, chance.choice(honest_over), False) for one in honest]
        offered += [(one, chance.choice(honest_over), True) for one in stamped]
        offered += [(None, chance.choice(junk_over), False) for _ in range(9 * places)]
        chance.shuffle(offered)
        for one, carrier, mark in offered:
            sealed = one if one is not None else secrets.token_bytes(SMALL_LETTER)
            bag.store([(sha256(sealed).digest(), sealed)], carrier=carrier, stamped=mark)
        left = {letter for digest in held(bag) if (letter := bag.read(digest)) is not None}
        bag.close()
    return {
        "honest": len(left & honest) / len(honest),
        "stamped": len(left & stamped) / len(stamped),
        "share": (places - len(stamped)) / (10 * places),
    }


def held(bag: RelayBag) -> list[bytes]:
    """The hashes of all letters in a bag."""
    bag.turn()
    return bag.offered()
