"""`holub carry sync` with a stick alone: both directions against what is here, and what moved in plain words."""

from __future__ import annotations

from pathlib import Path

from holub.errors import Misused
from holub.faces.cli import frame
from holub.faces.cli.relay import pages
from holub.transit.errand import Errand, run_errand
from holub.transit.giving import Given, Rank
from holub.transit.home import What, find_home
from holub.transit.relay import Settings
from holub.transit.relay.settings import is_address
from holub.transit.stick import Stick

_RANKS = {
    Rank.TEXT: "text",
    Rank.UPDATES: "updates from earlier editions",
    Rank.PLAIN: "plain pages",
    Rank.LANGUAGES: "pages in other languages",
    Rank.MAILBAGS: "replies",
    Rank.REST: "parcels for relays",
    Rank.PICTURES: "pictures",
}
_HOMES = {
    What.RELAY: "the relay in {}",
    What.POSTBOX: "the postbox in {}",
    What.TREE: "the folder {}",
    What.ADDRESS: "{}",
}


def sync_stick(place: str, home: str | None, proxy: str | None, *, as_json: bool) -> None:
    """Sync the stick at `place` with a home and say what moved. Raises what goes wrong, once that is said."""
    if is_address(place):
        raise Misused("an address is no stick", "give the stick's folder, and the address with --home")
    root = Path(place.removeprefix("folder:"))
    found = find_home(home, Path())
    if found.what is not What.ADDRESS and root.resolve() == found.folder.resolve():
        raise Misused("the stick and what it shall be synced with are one folder", "name another with --home")
    done = run_errand(found, Stick(root), Settings(pages=pages, proxy=proxy))
    frame.show(_answer(done), "\n".join(_lines(done)), as_json=as_json)
    frame.end_with(done.troubles)


def _answer(done: Errand) -> dict[str, object]:
    given = done.given
    return {
        "home": done.home.place,
        "home_is": done.home.what.value,
        "letters_in": done.letters_in,
        "letters_out": done.letters_out,
        "letters_left": done.letters_left,
        "read_only": done.read_only,
        "edition_here": done.edition,
        "edition_taken": done.taken,
        "edition_there": given.edition if given else None,
        "parcels": given.parcels if given else 0,
        "pages": given.pages if given else 0,
        "bytes": given.bytes if given else 0,
        "removed": given.removed if given else 0,
        "missing": given.missing if given else 0,
        "left_out": {rank.name.lower(): size for rank, size in sorted(given.left_out.items())} if given else {},
        "others": given.others if given else 0,
        "newer_there": given.newer if given else False,
        "foreign": given.foreign if given else False,
        "troubles": [{"what": error.what, "todo": error.todo} for error in done.troubles],
    }


def _lines(done: Errand) -> list[str]:
    where = _HOMES[done.home.what].format(done.home.place)
    lines = [f"synced with {where}{' (found here)' if done.home.found else ''}", _letters(done)]
    if done.read_only:
        lines.append("the stick cannot be written to: letters were copied and stay on it, and no edition was placed")
    if done.taken:
        lines.append(f"edition {done.edition} came from the stick, and is verified")
    if done.given is not None:
        lines += _edition(done.given, done.edition)
    elif done.edition is None:
        lines.append("there is no edition here yet")
    return lines


def _letters(done: Errand) -> str:
    left = f"; {done.letters_left} left on the stick" if done.letters_left else ""
    return f"letters: {done.letters_in} came in, {done.letters_out} went out{left}"


def _edition(given: Given, here: int | None) -> list[str]:
    if given.foreign:
        return ["the stick carries another centre's editions: they were left as they are"]
    if given.newer:
        return [f"the stick has edition {given.edition}, which is newer than edition {here} here: it was left as it is"]
    if given.missing:
        return [
            f"edition {here} was not placed: its text lacks {_size(given.missing)} of room on the stick",
            "free that much, or take another stick, then sync again",
        ]
    new = f"{frame.counted(given.parcels, 'new parcel')} and {frame.counted(given.pages, 'new page')}"
    lines = [f"edition {given.edition} is on the stick, with {new}"]
    if given.removed:
        lines.append(f"{frame.counted(given.removed, 'file')} of earlier editions taken away")
    if given.left_out:
        parts = ", ".join(f"{_RANKS[rank]} ({_size(size)})" for rank, size in sorted(given.left_out.items()))
        lines.append(f"there is no room for {_size(given.lacking)}, so these were left out: {parts}")
    if given.others:
        lines.append(f"{frame.counted(given.others, 'file')} not placed: somebody else's have the same names")
    return lines


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size, 1) / 1_000:.1f} kB"
