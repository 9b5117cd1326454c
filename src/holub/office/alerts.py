"""The alerts of an edition as parcels of their own, for carriers on which what is urgent goes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holub.formats.full import read_full
from holub.formats.parcel import Kind, parse_parcel
from holub.formats.proof import write_selection
from holub.outbound.press.frontmatter import read_front_matter


def alert_parcels(parcels: Iterable[bytes]) -> Iterator[bytes]:
    """For each full pack with alerts (spec/guide.md, `kind: alert`) a selection of them, each with its proof.

    Nothing is verified: whoever receives a selection does. Raises Refused for a parcel that is damaged.
    """
    for data in parcels:
        parcel = parse_parcel(data)
        if parcel.kind is not Kind.FULL:
            continue
        held = read_full(parcel.body)
        alerts = [path for path, guide in held.pack.guides.items() if read_front_matter(guide).kind == "alert"]
        if alerts:
            yield write_selection(held, alerts).encode()
