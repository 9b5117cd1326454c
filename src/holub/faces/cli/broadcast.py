"""`holub broadcast`: an edition over and over, by satellite, radio, a network, a file or a pipe.

Rules:
- only the newest edition of each place goes out, its alerts as parcels of their own; letters never do.
- places are looked at again while it runs: a new edition replaces the old one in mid-carousel.
- a place that cannot be read for a while changes nothing on the air.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import HolubError, Misused, Unavailable
from holub.faces.cli import frame
from holub.faces.cli.carry import PLACE, opened
from holub.formats.parcel import Kind, parse_parcel
from holub.office.alerts import alert_parcels
from holub.transit.carrier import Carrier
from holub.transit.carriers.broadcast.medium import PIPE
from holub.transit.carriers.broadcast.pace import Pace
from holub.transit.carriers.broadcast.station import FILE_ROUNDS, Broadcast, open_medium
from holub.transit.carrying import newest
from holub.transit.catalogue import Listing
from holub.transit.giving import edition_of
from holub.transit.names import PARCEL_SUFFIX

RATE = "20kB"
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(B|kB|MB)", re.ASCII)
_UNITS = {"B": 1, "kB": 1_000, "MB": 1_000_000}

app = frame.group("Send an edition over and over: satellite, radio, a network, a file or a pipe.")


def read_rate(text: str) -> float:
    """Bytes a second, of `20kB`, `300B` or `1.5MB`. Raises Misused."""
    match = _RATE.fullmatch(text)
    if match is None or not float(match[1]):
        raise Misused(f"this is no rate: {text}", "give bytes a second, such as 300B, 20kB or 1.5MB")
    return float(match[1]) * _UNITS[match[2]]


class Sources:
    """The places whose editions go out. Raises what the carriers raise."""

    def __init__(self, places: Sequence[str], proxy: str | None) -> None:
        self._places, self._proxy = places, proxy
        self._seen: list[object] = []

    def parcels(self) -> list[bytes]:
        """All that goes out now, alerts first; letters are left out."""
        self._seen = self._state()
        found: dict[bytes, None] = {}
        for place in self._places:
            for parcel in parcels_of(place, self._proxy):
                if parse_parcel(parcel).kind is not Kind.LETTERS:
                    found[parcel] = None
        return [*alert_parcels(found), *found]

    def newer(self) -> list[bytes] | None:
        """The parcels, if a place has changed since the last time; None also where it cannot be read just now."""
        try:
            return self.parcels() if self._state() != self._seen else None
        except (HolubError, OSError):
            return None

    def _state(self) -> list[object]:
        state: list[object] = []
        for place in self._places:
            if place.lower().endswith(PARCEL_SUFFIX):
                file = Path(place)
                state.append((file.stat().st_mtime_ns, file.stat().st_size) if file.is_file() else None)
            else:
                with opened(place, self._proxy, None) as carrier:
                    state.append(_listed(carrier))
        return state


def parcels_of(place: str, proxy: str | None) -> list[bytes]:
    """The parcels of a file, or of a place's newest edition. Raises what the carriers raise."""
    if place.lower().endswith(PARCEL_SUFFIX):
        file = Path(place)
        if not file.is_file():
            raise Unavailable(f"there is no parcel at {place}", "check its name")
        return [file.read_bytes()]
    with opened(place, proxy, None) as carrier, tempfile.TemporaryDirectory(prefix="holub-air-") as folder:
        return [carrier.fetch(row, Path(folder)).read_bytes() for row in _listed(carrier)]


def _listed(carrier: Carrier) -> tuple[Listing, ...]:
    """What of a place goes out: what its list names, but no updates to older editions, and nothing twice.

    Without a list, all that is there.
    """
    catalogue = newest(carrier)
    if catalogue is None:
        return carrier.parcels()
    edition = edition_of(catalogue)
    packs = any(row.kind == "full" and row.language for row in catalogue.listings)
    return tuple(
        row
        for row in catalogue.listings
        if (row.kind != "update" or row.to_edition == edition)
        # All packs in one parcel are for relays that fetch; on the air each byte of them would be paid twice.
        and not (row.kind == "full" and row.language is None and packs)
    )


@app.command(name="broadcast")
def broadcast(
    places: Annotated[
        list[str], typer.Argument(metavar="PLACE", help=f"What goes out: places, or files of parcels. {PLACE}")
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="WHERE",
            help="udp:239.1.2.3:5007 (a group or one address), udp:[ff15::7%eth0]:5007, file:stream.bin, - for a pipe.",
        ),
    ],
    rate: Annotated[
        str | None,
        typer.Option("--rate", metavar="RATE", help=f"Bytes a second; {RATE} if not given, a file as fast as it can."),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            "--rounds",
            metavar="N",
            help=f"How often all is sent; for ever if not given, into a file {FILE_ROUNDS} times.",
        ),
    ] = None,
    hops: Annotated[
        int | None,
        typer.Option("--hops", metavar="N", help="How many routers it may pass; 1 for a group if not given."),
    ] = None,
    proxy: Annotated[
        str | None, typer.Option("--proxy", metavar="URL", help="For addresses: socks5h://127.0.0.1:9050.")
    ] = None,
    as_json: frame.Json = False,
) -> None:
    """Send parcels over and over, alerts most often; a new edition at a PLACE replaces the old one. Ctrl+C stops it."""
    medium = open_medium(to, hops)
    sources = Sources(places, proxy)
    first = sources.parcels()
    wanted = read_rate(rate or RATE) if rate or medium.endless else None
    turns = rounds if rounds is not None or medium.endless else FILE_ROUNDS
    sent = 0

    def count(_parcel: bytes, _done: int, _needed: int) -> None:
        nonlocal sent
        sent += 1

    pace = Pace(wanted) if wanted else None
    try:
        Broadcast(medium, pace, turns, refresh=sources.newer).send(first, count)
    except BrokenPipeError:
        raise typer.Exit(frame.UNHEARD) from None
    if to != PIPE:
        answer = {"to": to, "parcels": len(first), "frames": sent}
        parcels, frames = frame.counted(len(first), "parcel"), frame.counted(sent, "frame")
        frame.show(answer, f"{parcels} sent to {to} in {frames}", as_json=as_json)
