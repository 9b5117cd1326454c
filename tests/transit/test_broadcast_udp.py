"""A broadcast over UDP: on loopback, and by multicast in a network of the test's own."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from holub.errors import Misused, Unavailable
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.broadcast.pace import Pace
from holub.transit.carriers.broadcast.station import Broadcast, open_medium
from holub.transit.carriers.broadcast.udp import Udp, UdpAddress, parse_udp
from holub.transit.names import PARCELS
from holub.transit.oneway import with_check
from holub.transit.parcelfolder import read_parcel_files
from holub.transit.reception import Reception
from tests.fakes.ports import free_ports
from tests.formats.signed import ROOT, full, with_replies

GIVEN = [Parcel(Kind.FULL, random.Random(size).randbytes(size)).encode() for size in (700, 30_000)]
BOUND = 60.0  # seconds; nothing here takes more than a few, also on a busy machine


def address(host: str) -> UdpAddress:
    shown = f"[{host}]" if ":" in host else host
    found = parse_udp(f"udp:{shown}:{free_ports(host=host)[0]}")
    assert found is not None
    return found


class Carousel:
    """Sends in a thread until it is told to stop; `send` gives the number of frames or raises."""

    def __init__(self, send: Callable[[], object]) -> None:
        self._send = send
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._send()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_whoever_joins_gets_the_parcels_among_others_and_junk(host: str) -> None:
    to = address(host)
    others = [Parcel(Kind.FULL, random.Random(9).randbytes(20_000)).encode()]
    chance = random.Random(1)

    def junk() -> None:
        with closing(socket.socket(to.family, socket.SOCK_DGRAM)) as out:
            for size in (0, 1, 20, 1_216, 1_400, 9_000):
                out.sendto(chance.randbytes(size), (host, to.port))
            out.sendto(with_check(chance.randbytes(1_216)), (host, to.port))

    def one_round(parcels: list[bytes]) -> Callable[[], object]:
        return lambda: Broadcast(Udp(to), Pace(2e6), 1).send(parcels)

    with Carousel(one_round(GIVEN)), Carousel(one_round(others)), Carousel(junk):
        heard = Broadcast(Udp(to, seconds=BOUND)).receive()
        arrived = list(islice(heard, 3))
    assert sorted(arrived) == sorted(GIVEN + others)


def test_whoever_checks_keeps_the_replies_of_the_edition_and_hands_them_on(tmp_path: Path) -> None:
    """On loopback: a pack, its mailbag and a forged one go round; a folder has the true two, with their names."""
    to = address("127.0.0.1")
    pack, bag = with_replies(1, {"a.md": b"A guide. " * 200})
    true = [full(pack).encode(), bag.parcel().encode()]
    forged = replace(bag, bodies=bytes(len(bag.bodies))).parcel().encode()
    folder = FolderCarrier(tmp_path)
    reception = Reception(folder.put, ROOT)
    with Carousel(lambda: Broadcast(Udp(to), Pace(2e6), 1).send([forged, *true])):
        for parcel in islice(Broadcast(Udp(to, seconds=BOUND)).receive(), 3):
            reception.take(parcel)
    assert (reception.received.parcels, reception.received.refused, reception.received.edition) == (2, 1, 1)
    found, wrong = read_parcel_files([tmp_path / PARCELS])
    assert sorted(one.data for one in found) == sorted(true)
    assert sorted(one.label.kind for one in found) == ["full", "mailbag"]
    assert wrong == []


def test_who_hears_nothing_is_told_so_when_the_time_is_over() -> None:
    ticks = iter(range(0, 100, 5))
    medium = Udp(address("127.0.0.1"), seconds=12, clock=lambda: next(ticks))
    with pytest.raises(Unavailable, match="no frames came"):
        list(Broadcast(medium).receive())


def test_two_receivers_at_one_address_are_one_too_many() -> None:
    to = address("127.0.0.1")
    with closing(socket.socket(to.family, socket.SOCK_DGRAM)) as other:
        other.bind(("127.0.0.1", to.port))
        with pytest.raises(Unavailable, match="another program listens"):
            list(Udp(to, seconds=1).frames())


def test_a_pace_counts_the_heads_of_what_goes_over_the_network() -> None:
    assert Udp(address("127.0.0.1")).size(bytes(1_216)) == 1_216 + 4 + 28
    assert Udp(address("::1")).size(bytes(1_216)) == 1_268


PLACES: dict[str, tuple[str, str, int, bool]] = {
    "udp:239.1.2.3:5007": ("239.1.2.3", "", 5007, True),
    "udp:239.1.2.3%eth0:5007": ("239.1.2.3", "eth0", 5007, True),
    "udp:127.0.0.1:1": ("127.0.0.1", "", 1, False),
    "udp:[ff15::7%air0]:65535": ("ff15::7", "air0", 65_535, True),
    "udp:[::1]:80": ("::1", "", 80, False),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_address_is_read(place: str) -> None:
    found = parse_udp(place)
    assert found is not None
    assert (str(found.host), found.interface, found.port, found.is_group) == PLACES[place]


WRONG = ["udp:", "udp:239.1.2.3", "udp:239.1.2.3:0", "udp:239.1.2.3:65536", "udp:example.org:5007", "udp:::1:80"]


@pytest.mark.parametrize("place", [*WRONG, "udp:1.2.3.4.5:80", "udp:[::1:80", "http://x", "file:", "x", ""])
def test_what_is_no_place_for_a_broadcast_is_said(place: str) -> None:
    with pytest.raises(Misused):
        open_medium(place)


def test_a_network_card_that_is_not_there_is_said() -> None:
    to = parse_udp("udp:239.1.2.3%nothere0:5007")
    assert to is not None
    with pytest.raises(Unavailable, match="nothere0"):
        Udp(to).put(b"x")
    with pytest.raises(Misused, match="hops"):
        Udp(to, hops=256)


# Multicast, in a network of its own: whoever may not make one skips this by name.

OWN_NETWORK = ["unshare", "--map-root-user", "--net"]
LINK = """
ip link add air0 type veth peer name air1
for end in 0 1; do
  ip address add 10.77.$end.1/24 dev air$end
  ip address add fd77::$end:1/64 dev air$end nodad
  ip link set air$end up multicast on
done
"""
PROGRAM = """
import sys, threading
from itertools import islice
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.broadcast.pace import Pace
from holub.transit.carriers.broadcast.station import Broadcast, open_medium
from tests.transit.test_broadcast_udp import GIVEN
place = sys.argv[1]
send = lambda: Broadcast(open_medium(place), Pace(1e6)).send(GIVEN)
threading.Thread(target=send, daemon=True).start()
heard = [Broadcast(open_medium(place, seconds=40)).receive() for _ in range(2)]
assert all(sorted(islice(one, 2)) == sorted(GIVEN) for one in heard)
print("both heard both")
"""


@pytest.fixture
def own_network() -> None:
    try:
        tried = subprocess.run([*OWN_NETWORK, "sh", "-ec", LINK], capture_output=True, timeout=BOUND, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed (Debian: apt-get install util-linux)")
    if tried.returncode:
        pytest.skip(f"this user may not make a network of its own: {tried.stderr.decode(errors='replace').strip()}")


@pytest.mark.parametrize("place", ["udp:239.1.2.3%air0:5007", "udp:[ff15::7%air0]:5007"])
@pytest.mark.usefixtures("own_network")
@pytest.mark.program("ip")
def test_a_group_is_heard_by_everybody_who_joins(place: str) -> None:
    program = f"{LINK}\nexec {sys.executable} -c '{PROGRAM}' '{place}'"
    root = Path(__file__).resolve().parent.parent.parent
    ended = subprocess.run(
        [*OWN_NETWORK, "sh", "-ec", program], cwd=root, capture_output=True, text=True, timeout=BOUND, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "both heard both\n"), ended.stderr
