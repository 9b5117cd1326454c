"""What a relay holds, read from its folder while it runs or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import Unavailable
from holub.formats.header import HEADER_BYTES, Header
from holub.formats.root import split_chain, trust
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.names import ROOT_PAGE
from holub.transit.relay.bag import FILES
from holub.transit.relay.datafolder import check_version, read_roots
from holub.transit.relay.rounds import read_syncs
from holub.transit.relay.slotfile import SlotFile


@dataclass(frozen=True)
class Status:
    """What is held. letters: by size · places: for how many of each size · edition: its number, 0 for none ·
    centre: the name in the root document, None where there is none · parcels, parcel_bytes: of all editions ·
    updates_from: the oldest edition that an update leads on from, None where there is none ·
    syncs: kind of place to the day of the last sync.
    """

    letters: dict[int, int]
    places: dict[int, int]
    stamped: int = 0
    centre: str | None = None
    edition: int = 0
    parcels: int = 0
    parcel_bytes: int = 0
    updates_from: int | None = None
    syncs: dict[str, str] = field(default_factory=dict)


def read_status(data: Path) -> Status:
    """Look into a relay's folder; nothing is changed. Raises Refused (not a relay's, damaged), Unavailable (absent)."""
    if not data.is_dir():
        raise Unavailable(f"there is no relay in {data}", "start one: holub relay serve --data DIR")
    check_version(data)
    letters, places, stamped = {}, {}, 0
    for size, name in FILES.items():
        file = SlotFile.look(data / name, size)
        try:
            held = {slot.digest: slot.stamped for slot in file.slots()}
        finally:
            file.close()
        letters[size], places[size] = len(held), file.count
        stamped += sum(held.values())
    root = data / ROOT_PAGE
    centre = trust(split_chain(read_roots(root))).name if root.is_file() else None
    try:
        catalogue = FolderCarrier(data / "www").catalogue()
    except Unavailable:
        return Status(letters, places, stamped, centre, syncs=read_syncs(data))
    rows = catalogue.listings
    starts = [row.from_edition for row in rows if row.kind == "update" and row.from_edition is not None]
    return Status(
        letters,
        places,
        stamped,
        centre,
        Header.parse(catalogue.seal[:HEADER_BYTES]).moment.edition,
        len(rows),
        sum(row.size for row in rows),
        min(starts, default=None),
        read_syncs(data),
    )
