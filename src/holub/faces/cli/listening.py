"""Listening to a broadcast: what `holub carry in broadcast:…` does."""

from __future__ import annotations

from pathlib import Path

from holub.faces.cli.frame import read_file
from holub.formats.root import RootDocument, split_chain, trust
from holub.transit.carrier import Carrier
from holub.transit.carriers.broadcast.station import Broadcast, open_medium
from holub.transit.oneway import Progress
from holub.transit.parcelfolder import read_parcel_files
from holub.transit.reception import MOST_BYTES, Received, Reception

SCHEME = "broadcast:"


def read_publisher(root: Path | None) -> RootDocument | None:
    """The publisher of a root document's file; None where no file is given. Raises Refused, Unavailable."""
    if root is None:
        return None
    return trust(split_chain(read_file(root, "give the root document with --root")))


def receive(
    source: str,
    target: Carrier,
    *,
    root: Path | None = None,
    seconds: float | None = None,
    most: int = MOST_BYTES,
    known: Path | None = None,
    progress: Progress,
) -> Received:
    """Listens at `broadcast:…` and keeps at `target` what comes, until the medium or the time ends.

    known: the folder of parcels that the target has already, for updates to be checked against.
    Raises Unavailable or Refused where nothing was whole.
    """
    reception = Reception(target.put, read_publisher(root), most)
    if known is not None:
        know(reception, known)
    for parcel in Broadcast(open_medium(source.removeprefix(SCHEME), None, seconds)).receive(progress):
        reception.take(parcel)
    return reception.received


def know(reception: Reception, folder: Path) -> None:
    """Tells a reception what a folder of parcels holds already."""
    if reception.publisher is not None and folder.is_dir():
        found, _ = read_parcel_files([folder])
        reception.know(one.data for one in found)
