"""Where a relay keeps its edition, and which parcels of an edition it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from holub.errors import Refused, Unavailable
from holub.formats.root import split_chain
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.catalogue import Listing
from holub.transit.giving import edition_of
from holub.transit.names import PARCELS, ROOT_PAGE, parcel_file
from holub.transit.relay.datafolder import read_roots
from holub.transit.relay.plan import is_update
from holub.transit.relay.settings import PageMaker

# What must fit comes first; pictures are the first to be left out.
ORDER = ("sheet", "packstamps", "full", "update", "sweep", "mailbag", "pictures")
# They belong to an edition and are none of its text: it is whole without them.
EXTRAS = ("mailbag", "pictures")
# Updates whose beginning is not held cannot be told from false ones: they must not fill the list, which phones fetch.
MOST_OF_A_KIND = 2_048


@dataclass(frozen=True)
class Home:
    """Where a relay keeps editions. data: its folder · keep: editions that updates lead to · most: bytes of parcels."""

    data: Path
    keep: int
    most: int
    pages: PageMaker | None = None

    @property
    def www(self) -> Path:
        return self.data / "www"

    @property
    def roots(self) -> list[bytes]:
        """The root documents, oldest first. Raises Refused, Unavailable."""
        return split_chain(read_roots(self.data / ROOT_PAGE))


def held_edition(www: Path) -> int:
    """The edition that is handed out; 0 for none. Raises Refused."""
    try:
        return edition_of(FolderCarrier(www).catalogue())
    except Unavailable:
        return 0


def fitting(rows: Iterable[Listing], space: int) -> list[Listing]:
    """The parcels that fit into so many bytes, the necessary ones first, and no more than MOST_OF_A_KIND of each."""
    chosen, left = [], dict.fromkeys(ORDER, MOST_OF_A_KIND)
    for row in sorted(rows, key=lambda row: (ORDER.index(row.kind), row.size)):
        left[row.kind] -= 1
        if left[row.kind] < 0:
            continue
        space -= row.size
        if space >= 0:
            chosen.append(row)
    return chosen


def too_large(edition: int, home: Home) -> Refused:
    """The error for an edition whose text has more bytes than there are."""
    return Refused(
        f"edition {edition} is larger than this relay holds ({home.most >> 20} MiB)", "use a relay with more room"
    )


def is_wanted(row: Listing, newest: int, keep: int) -> bool:
    """Whether a parcel belongs to an edition, or leads to one of the `keep` newest."""
    if row.kind not in ORDER:
        return False
    if is_update(row):
        return row.to_edition is not None and newest - keep < row.to_edition <= newest
    return row.to_edition is None or row.to_edition == newest


def stays(row: Listing, newest: int, home: Home) -> bool:
    """What we hold of before and go on handing out: updates of the newest editions, and pictures that still belong."""
    return row.kind == "pictures" or (is_update(row) and is_wanted(row, newest, home.keep))


def here(home: Home, row: Listing) -> Path | None:
    """The file of a parcel that is handed out already; None where it is not there in that size."""
    file = home.www / PARCELS / parcel_file(row.name)
    return file if file.is_file() and not file.is_symlink() and file.stat().st_size == row.size else None
