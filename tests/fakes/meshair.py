"""The air of a mesh of LoRa radios as Meshtastic's firmware uses it: airtimes, hops, collisions, loss; time is virtual.

Each packet takes the time that its length takes at LongFast. A radio listens before it sends; it cannot hear while it
sends; of packets that overlap at a receiver the strongest arrives where it is 6 dB above the others (LoRa's capture
effect; strengths are drawn anew for each, within 30 dB), else none. Whoever hears a packet for the first time passes
it on after a random delay, up to three hops, unless it hears somebody else do so first ("managed flooding"). Which
radios hear each other is a table: nobody here has a place.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from holub.transit.carriers.mesh.airtime import LONG_FAST, Modem

MOST_PAYLOAD = 233  # bytes
HOPS = 3
CAPTURE, RANGE = 6.0, 30.0  # dB
SLOT = 0.05  # seconds: what a radio waits at least after it heard the air free
SLOTS = 40  # of which one is drawn before passing a packet on


class Station(Protocol):
    """See `holub.transit.carriers.mesh.station`."""

    def heard(self, message: bytes, now: float) -> bytes | None: ...

    def step(self, now: float) -> bytes | None: ...

    def wake(self, now: float) -> float: ...


@dataclass(frozen=True)
class _Packet:
    number: int
    message: bytes
    hops: int


@dataclass
class _Sent:
    who: str
    packet: _Packet
    begin: float
    end: float


@dataclass
class Node:
    """One radio. station: who uses it, None for a mere repeater. airtime: seconds it has sent, others' packets too."""

    name: str
    station: Station | None = None
    parcels: list[bytes] = field(default_factory=list)
    airtime: float = 0.0
    own: list[tuple[float, float]] = field(default_factory=list)  # (begin, seconds) of its own messages
    busy: float = 0.0
    planned: float = math.inf
    seen: set[int] = field(default_factory=set)
    passing: set[int] = field(default_factory=set)


class MeshAir:
    """nodes by name; links: who hears whom, both ways. loss: the share of packets that each link loses."""

    def __init__(
        self, links: Iterable[tuple[str, str]], loss: float = 0.0, seed: int = 1, modem: Modem = LONG_FAST
    ) -> None:
        self.nodes: dict[str, Node] = {}
        self._near: dict[str, set[str]] = {}
        for one, other in links:
            for name, neighbour in ((one, other), (other, one)):
                self.nodes.setdefault(name, Node(name))
                self._near.setdefault(name, set()).add(neighbour)
        self._loss, self._random, self._modem = loss, random.Random(seed), modem
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._air: list[_Sent] = []
        self.now = 0.0
        self.messages = 0
        self.asks = 0

    def run(self, until: float = math.inf) -> None:
        """Lets time pass until then, or until nothing will happen any more."""
        for node in self.nodes.values():
            self._look(node)
        while self._events and self._events[0][0] <= until:
            self.now, _, event = heapq.heappop(self._events)
            event()

    def _at(self, when: float, event: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, event))

    def _look(self, node: Node) -> None:
        """Asks a station for its next message, and plans to ask again."""
        if node.station is None:
            return
        message = node.station.step(self.now)
        if message is not None:
            assert len(message) <= MOST_PAYLOAD, "a radio cannot send this"
            self.messages += 1
            self.asks += message[0] == 0x41
            node.own.append((self.now, self._modem.airtime(len(message))))
            packet = _Packet(self._count, message, HOPS)
            node.seen.add(packet.number)
            self._listen_then_send(node, packet, 0)
        wake = node.station.wake(self.now)
        if wake < node.planned or node.planned <= self.now:
            node.planned = wake
            if not math.isinf(wake):
                self._at(max(wake, self.now + 1e-3), lambda: self._planned(node))

    def _planned(self, node: Node) -> None:
        node.planned = math.inf
        self._look(node)

    def _listen_then_send(self, node: Node, packet: _Packet, slots: int) -> None:
        free = max([node.busy, *(one.end for one in self._air if one.who in self._near[node.name])], default=0.0)
        if free > self.now or slots:
            wait = max(0.0, free - self.now) + SLOT * (1 + self._random.random() + slots)
            self._at(self.now + wait, lambda: self._listen_then_send(node, packet, 0))
            return
        if packet.hops < HOPS and packet.number not in node.passing:
            return  # somebody else has passed it on meanwhile
        node.passing.discard(packet.number)
        seconds = self._modem.airtime(len(packet.message))
        sent = _Sent(node.name, packet, self.now, self.now + seconds)
        node.busy, node.airtime = sent.end, node.airtime + seconds
        self._air = [one for one in self._air if one.end > self.now - 10]
        self._air.append(sent)
        self._at(sent.end, lambda: self._arrive(sent))

    def _arrive(self, sent: _Sent) -> None:
        for name in sorted(self._near[sent.who]):
            others = [
                one
                for one in self._air
                if one is not sent
                and (one.who == name or one.who in self._near[name])
                and one.begin < sent.end
                and one.end > sent.begin
            ]
            collided = others and not self._captured(name, others)
            if not collided and self._random.random() >= self._loss:
                self._hear(self.nodes[name], sent.packet)

    def _captured(self, name: str, others: list[_Sent]) -> bool:
        if any(one.who == name for one in others):
            return False  # it sends itself
        strongest = max(self._random.uniform(0, RANGE) for _ in others)
        return self._random.uniform(0, RANGE) >= strongest + CAPTURE

    def _hear(self, node: Node, packet: _Packet) -> None:
        if packet.number in node.seen:
            node.passing.discard(packet.number)
            return
        node.seen.add(packet.number)
        if packet.hops:
            node.passing.add(packet.number)
            onward = _Packet(packet.number, packet.message, packet.hops - 1)
            self._listen_then_send(node, onward, self._random.randrange(1, SLOTS))
        if node.station is not None:
            parcel = node.station.heard(packet.message, self.now)
            if parcel is not None:
                node.parcels.append(parcel)
            self._look(node)
