"""Rounds: from time to time letters and editions are exchanged with every place that the keeper named.

Rules
- what goes wrong with one place stops no other, and nothing of it is written down.
- a letter is handed on as a copy, and kept: a stick can be lost, and the other relay may be a liar. Only a postbox
  that certainly is the one that was meant ends a letter's way; then it is overwritten here.
- how often a place may push others out is bounded by the bag: each place is a carrier of its own there.
- only the kind of place and the day of the last sync are kept.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from holub.errors import HolubError, Refused, Unavailable
from holub.formats.root import split_chain, trust
from holub.formats.stamp import MAX_LIST_BYTES
from holub.transit.carrier import MAX_BAG_LETTERS
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.carriers.mesh.radio import is_radio
from holub.transit.placing import place_file
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.datafolder import RelayFolder, read_roots
from holub.transit.relay.editionhome import held_edition
from holub.transit.relay.editionwork import EditionWork, NotSeen
from holub.transit.relay.have import SALT_BYTES, short_names, write_question
from holub.transit.relay.meshwork import MeshWork
from holub.transit.relay.peer import Kind, Peer
from holub.transit.relay.settings import Settings, folder_of, is_address
from holub.transit.stampbook import STAMPS, StampBook, read_offered, take_stamps

T = TypeVar("T")
SYNCS = "syncs"
_DAY = 24 * 60  # minutes


@dataclass
class Round:
    """What one round did: letters that came in and went out, the edition held afterwards (0: none), and troubles."""

    taken: int = 0
    given: int = 0
    edition: int = 0
    synced: int = 0
    troubles: list[HolubError] = field(default_factory=list)


class Rounds:
    """The rounds of one relay; one thread makes them."""

    def __init__(self, folder: RelayFolder, bag: RelayBag, settings: Settings, stamps: StampBook) -> None:
        """Raises Misused for a place that is none."""
        for place in settings.places:
            is_address(place)
        self._folder = folder
        self._bag = bag
        self._settings = settings
        self._stamps = stamps
        self._editions = EditionWork(folder, settings)
        # What came over a mesh is taken from there; nothing is given to that folder.
        self._gathering = EditionWork(folder, replace(settings, gives=False))
        self.meshes = [
            MeshWork(place, f"place {number}", folder, bag, settings.air)
            for number, place in enumerate(settings.places)
            if is_radio(place)
        ]
        self._stopping = threading.Event()
        self._since_lots = 0

    def stop(self) -> None:
        """End soon what is being done; returns at once."""
        self._stopping.set()
        self._editions.stop()
        self._gathering.stop()

    def make(self) -> Round:
        """One round. Raises DiskFailed, and Unavailable when the bag was closed; other troubles are in the answer."""
        done = Round()
        self._bag.turn()
        self._since_lots += 1
        if self._since_lots * self._settings.minutes >= _DAY:
            self._bag.renew()
            self._since_lots = 0
        for number, place in enumerate(self._settings.places):
            if self._stopping.is_set():
                break
            if is_radio(place):
                continue
            kind = self._try(done, partial(self._letters, place, f"place {number}", done))
            edition = self._try(done, partial(self._editions.exchange, place))
            done.edition = max(done.edition, edition or 0)
            self._try(done, partial(self._take_stamps, place))
            if kind is not None:
                done.synced += 1
                self._try(done, partial(self._note, kind))
        if self.meshes:
            self._gather(done)
            for mesh in self.meshes:
                self._try(done, mesh.plan)
                if mesh.alive:
                    self._try(done, partial(self._note, Kind.MESH))
        # What came in this round travels on from here with the next one.
        return done

    def listen(self, done: Round) -> None:
        """After a round: each radio for as long as the settings say. Raises as `make` does."""
        for mesh in self.meshes:
            self._try(done, partial(mesh.listen, self._settings.air.minutes * 60, self._stopping))
            done.taken += mesh.taken
            done.given += mesh.given
            if mesh.alive:
                done.synced += 1
                self._try(done, partial(self._note, Kind.MESH))
        if self.meshes:
            self._gather(done)

    def _gather(self, done: Round) -> None:
        """Takes the edition that came over a mesh, once it is whole."""
        folder = self._folder.heard
        if not folder.is_dir():
            return
        edition = self._try(done, partial(self._gathering.exchange, str(folder)))
        done.edition = max(done.edition, edition or 0)
        if edition is None and isinstance(done.troubles[-1], NotSeen) and not self._stopping.is_set():
            self._try(done, self.meshes[0].heard.doubt)
        self._try(done, lambda: self.meshes[0].heard.forget(held_edition(self._folder.www)))

    def _try(self, done: Round, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except HolubError as error:
            done.troubles.append(error)
        except OSError as error:
            # A stick that was pulled out fails wherever it is touched next.
            reason = error.strerror or type(error).__name__
            done.troubles.append(
                Unavailable(f"a place broke off ({reason})", "plug it in again; the next round goes on")
            )
        return None

    def _letters(self, place: str, carrier: str, done: Round) -> Kind:
        if not is_address(place):
            self._with_folder(FolderCarrier(folder_of(place)), carrier, done)
            return Kind.FOLDER
        with Peer(place, proxy=self._settings.proxy) as peer:
            return self._with_peer(peer, carrier, done)

    def _with_folder(self, stick: FolderCarrier, carrier: str, done: Round) -> None:
        there = set()
        for stamp, letter in stick.stamped_letters(most=4 * MAX_BAG_LETTERS):
            digest = sha256(letter).digest()
            there.add(digest)
            done.taken += self._take([letter], carrier, stamp)
        for digest in self._bag.offered():
            if len(there) >= MAX_BAG_LETTERS or self._stopping.is_set():
                break
            own = None if digest in there else self._bag.read(digest)
            if own is not None:
                stick.leave_letter(own)
                there.add(digest)
                done.given += 1

    def _with_peer(self, peer: Peer, carrier: str, done: Round) -> Kind:
        salt = secrets.token_bytes(SALT_BYTES)
        names = short_names(salt, self._bag.offered())
        ordered = sorted(names)

        def take(letters: list[bytes]) -> None:
            done.taken += self._take(letters, carrier)

        lacking = peer.compare(write_question(salt, ordered), len(ordered), self._bag.capacity(), take)
        if lacking is None:
            self._deliver(peer, done)
            return Kind.POSTBOX
        for place in lacking:
            letter = self._bag.read(names[ordered[place]])
            if letter is not None:
                peer.leave_letter(letter)
                done.given += 1
        return Kind.RELAY

    def _deliver(self, postbox: Peer, done: Round) -> None:
        for digest in self._bag.offered():
            if self._stopping.is_set():
                return
            letter = self._bag.read(digest)
            if letter is None:
                continue
            postbox.leave_letter(letter)
            done.given += 1
            if postbox.final():
                self._bag.forget([digest], delivered=True)

    def _take_stamps(self, place: str) -> None:
        """A newer list of stamps, when the centre signed it; without its root document none is taken."""
        if not self._folder.root.exists():
            return
        if is_address(place):
            with Peer(place, proxy=self._settings.proxy) as peer:
                offered = peer.page(STAMPS, MAX_LIST_BYTES)
        else:
            offered = read_offered(folder_of(place) / STAMPS)
        if offered:
            publisher = trust(split_chain(read_roots(self._folder.root)))
            if take_stamps(self._folder.path / STAMPS, offered, publisher):
                place_file(self._folder.www / STAMPS, offered)

    def _take(self, letters: list[bytes], carrier: str, stamp: bytes | None = None) -> int:
        before = len(self._bag)
        good = self._stamps.claim(stamp)
        stored = self._bag.store([(sha256(one).digest(), one) for one in letters], carrier=carrier, stamped=good)
        if stamp is not None and good:
            (self._stamps.burn if all(stored) else self._stamps.give_back)(stamp)
        return max(len(self._bag) - before, 0)

    def _note(self, kind: Kind) -> None:
        days = read_syncs(self._folder.path)
        days[kind.value] = time.strftime("%Y-%m-%d", time.gmtime())
        place_file(self._folder.path / SYNCS, json.dumps(days, sort_keys=True).encode() + b"\n")


def read_syncs(data: Path) -> dict[str, str]:
    """Kind of place to the day (UTC) of the last sync, as this machine's clock had it. Raises Refused."""
    file = data / SYNCS
    try:
        days = json.loads(file.read_bytes()[:4_096]) if file.is_file() else {}
        known = {kind.value for kind in Kind}
        return {kind: str(day)[:10] for kind, day in days.items() if kind in known}
    except (ValueError, AttributeError, RecursionError):
        raise Refused(f"{file.name} is damaged", "delete it: it holds only the days of the last syncs") from None
