"""Editions are taken in a process of its own that ends afterwards: its memory goes back to a small machine, and what it
reads is hostile until it is verified.

`EditionWork` is the relay's side, `main` the other process. It gets its task as JSON on standard input and answers
with one JSON object: {"edition": N}, or {"kind", "what", "todo"} of an error.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.giving import edition_of
from holub.transit.relay.datafolder import MAX_ROOTS, RelayFolder, still
from holub.transit.relay.editionhome import Home, held_edition
from holub.transit.relay.editions import complete, gather, give, take
from holub.transit.relay.extras import lacks_extras
from holub.transit.relay.loose import loose_parcels
from holub.transit.relay.peer import Peer
from holub.transit.relay.settings import PageMaker, Settings, folder_of, is_address
from holub.transit.stick import Stick

_KINDS: Mapping[str, type[HolubError]] = {"Misused": Misused, "Refused": Refused, "Unavailable": Unavailable}
# A place that drips must not keep the relay from all others; a slow line goes on in the next round.
_SECONDS = 2 * 3_600.0
_PACKAGES = str(Path(__file__).resolve().parents[3])


class NotSeen(Unavailable):
    """Whoever looked at an edition was ended before it came to the end: too little memory, or too much time."""


class EditionWork:
    """Exchanges editions with places, one at a time."""

    def __init__(self, folder: RelayFolder, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        # Addresses that were asked for what an edition lacks.
        self._asked: set[tuple[str, int]] = set()
        # Loose parcels that were looked at, by place, and the edition that was held then.
        self._looked: dict[str, tuple[int, frozenset[str]]] = {}

    def stop(self) -> None:
        """End the process that is at work, if there is one; what it had not finished is begun again another time."""
        with self._turn:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def exchange(self, place: str) -> int:
        """Take an edition from a place that has a newer one, or give ours to a folder that has an older one.

        Parcels that lie in a folder without a list are looked at too: a broadcast's listener leaves such.
        Gives the edition held afterwards; 0 for none. Without a root document nothing is taken: nobody could tell
        a false edition. Raises Refused, Unavailable.
        """
        if not self._folder.root.exists():
            return 0
        held, there = held_edition(self._folder.www), self._there(place)
        if there > held:
            return self._run(self._task("take", place))
        if not is_address(place) and self._is_to_gather(place, held):
            held = self._gather(place)
        if held == there > 0 and self._is_to_complete(place, held):
            return self._complete(place, held)
        if held > there and not is_address(place) and self._settings.gives:
            return self._run(self._task("give", place))
        return held

    def _gather(self, place: str) -> int:
        try:
            return self._run(self._task("gather", place))
        except Unavailable:
            # A stick that was pulled out, or too little memory: nobody has seen them to the end.
            self._looked.pop(place, None)
            raise

    def _complete(self, place: str, held: int) -> int:
        try:
            return self._run(self._task("complete", place))
        except Unavailable:
            # The line broke off: that was no answer.
            self._asked.discard((place, held))
            raise

    def _is_to_gather(self, place: str, held: int) -> bool:
        """Whether parcels lie loose in a folder that were not looked at yet, by what is held now."""
        now = held, frozenset(file.name for file in loose_parcels(folder_of(place)))
        known, self._looked[place] = self._looked.get(place), now
        return bool(now[1]) and now != known

    def _is_to_complete(self, place: str, held: int) -> bool:
        """Whether replies or pictures are to be looked for: at an address once an edition, for the list's bytes."""
        known = (place, held) in self._asked
        self._asked.add((place, held))
        return not (known and is_address(place)) and lacks_extras(self._folder.www)

    def _there(self, place: str) -> int:
        try:
            if not is_address(place):
                return edition_of(FolderCarrier(folder_of(place)).catalogue())
            with Peer(place, proxy=self._settings.proxy) as peer:
                return peer.edition()
        except Unavailable:
            return 0

    def _task(self, does: str, place: str) -> dict[str, object]:
        pages = self._settings.pages
        return {
            "does": does,
            "place": place,
            "data": str(self._folder.path.absolute()),
            "proxy": self._settings.proxy,
            "keep": self._settings.limits.editions,
            "most": self._settings.limits.edition_bytes,
            "pages": f"{pages.__module__}:{pages.__qualname__}" if pages else None,
        }

    def _run(self, task: dict[str, object]) -> int:
        with self._turn:
            if self._stopped:
                raise Unavailable("the relay is stopping", "try again later")
            self._process = subprocess.Popen(  # noqa: S603 - this very module, and no shell
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([_PACKAGES, *sys.path])},
            )
        try:
            answer, _ = self._process.communicate(json.dumps(task).encode(), _SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise NotSeen(
                "an edition takes too long to come", "nothing to do: the next round goes on from there"
            ) from None
        finally:
            with self._turn:
                self._process = None
            # Also where it was killed.
            still(self._folder.path)
        try:
            told = json.loads(answer)
        except ValueError:
            raise NotSeen("an edition could not be looked at to its end", "free some memory, then try again") from None
        if "edition" in told:
            # What broke off stays, to be continued in the next round; what arrived is in its place.
            shutil.rmtree(self._folder.incoming, ignore_errors=True)
            still(self._folder.path)
        if "edition" not in told:
            raise _KINDS[told["kind"]](told["what"], told["todo"])
        return int(told["edition"])


def main() -> None:
    """Do one task. Ctrl+C is the relay's to hear, which then ends this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        # A small parcel can hold much text. Where memory runs out this process is to go, and not the relay.
        Path("/proc/self/oom_score_adj").write_text("1000")
    try:
        answer: dict[str, object] = {"edition": _do(json.load(sys.stdin))}
    except HolubError as error:
        kind = next(word for word, base in _KINDS.items() if isinstance(error, base))
        answer = {"kind": kind, "what": error.what, "todo": error.todo}
    sys.stdout.write(json.dumps(answer) + "\n")


def _do(task: dict[str, Any]) -> int:
    home = Home(Path(task["data"]), task["keep"], task["most"], _page_maker(task["pages"]))
    place = task["place"]
    if task["does"] == "give":
        return give(home, Stick(folder_of(place)))
    if is_address(place):
        with Peer(place, proxy=task["proxy"]) as peer:
            return complete(home, peer) if task["does"] == "complete" else take(home, peer, peer.roots())
    folder = folder_of(place)
    if task["does"] == "gather":
        return gather(home, folder, _roots_on(folder))
    if task["does"] == "complete":
        return complete(home, FolderCarrier(folder))
    return take(home, FolderCarrier(folder), _roots_on(folder), near=True)


def _roots_on(folder: Path) -> bytes:
    file = folder / "root.txt"
    if file.is_symlink() or not file.is_file():
        return b""
    with file.open("rb") as stream:
        return stream.read(MAX_ROOTS)


def _page_maker(name: str | None) -> PageMaker | None:
    if name is None:
        return None
    module, _, function = name.partition(":")
    maker: PageMaker = getattr(importlib.import_module(module), function)
    return maker


if __name__ == "__main__":
    main()
