"""`holub relay`: run a relay, sync it once, see what it holds.

A relay needs nothing of an office, and nobody needs to trust it. Everything that it does lives in
`holub.transit.relay`; only how pages are made comes from the press, because a relay makes them itself
out of the parcels that it verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.formats.shelf import Shelf
from holub.transit.carrier import MAX_BAG_LETTERS
from holub.transit.carriers.mesh.airtime import PROFILE_FORMS, read_profile, read_share
from holub.transit.relay import Air, RelayLimits, Settings, Status, read_status, rooms, run_relay, sync_once

app = frame.group("A small service that anybody can run: it hands out editions and takes, carries and forgets letters.")

PLACES = (
    "A folder (a USB stick), the http address of a postbox or of another relay, or a mesh radio (see docs/mesh.md)."
)
Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="The relay's own folder; made where absent.")]
Root = Annotated[
    Path | None,
    typer.Option("--root", metavar="FILE", help="The centre's root document; needed once, else no editions are taken."),
]
Letters = Annotated[
    int, typer.Option("--letters", metavar="N", help="How many letters the bag holds; decided when it is made.")
]
Editions = Annotated[
    int, typer.Option("--editions", metavar="K", help="Phones that are at most K editions behind get small updates.")
]
Proxy = Annotated[str | None, typer.Option("--proxy", metavar="URL", help="For addresses: socks5h://127.0.0.1:9050.")]
MeshSend = Annotated[
    bool, typer.Option("--mesh-send", help="Radios also send updates to the edition held. Whoever sends can be found.")
]
MeshLetters = Annotated[
    int, typer.Option("--mesh-letters", metavar="N", help="Radios also send at most N letters a day, small ones alone.")
]
MeshAsk = Annotated[
    bool, typer.Option("--mesh-ask", help="Radios ask for what is missing. Whoever sends can be found.")
]
Profile = Annotated[str, typer.Option("--profile", metavar="NAME", help=f"How the radios are set: {PROFILE_FORMS}.")]
Share = Annotated[float, typer.Option("--share", metavar="PERCENT", help="Of each hour, how much a radio may send.")]


def pages(shelf: Shelf, parcels: Sequence[bytes], roots: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The pages that a relay hands out beside an edition: the reading page and every guide as a plain page."""
    # Only in the process that takes an edition: the service itself stays small.
    from holub.outbound.press.site import Site
    from holub.reader import page_code_if_built

    return Site(shelf, parcels, roots, page_code_if_built()).pages()


@app.command("serve")
def serve(
    data: Data,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where to listen; 0 takes any free port.")] = 8080,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="Whom to listen for: this machine alone; all with --hotspot."),
    ] = None,
    sync: Annotated[
        list[str] | None, typer.Option("--sync", metavar="PLACE", help=f"{PLACES} May be given several times.")
    ] = None,
    hotspot: Annotated[
        bool, typer.Option("--hotspot", help="Lead phones that join this machine's own Wi-Fi to the page.")
    ] = False,
    root: Root = None,
    every: Annotated[float, typer.Option("--every", metavar="MINUTES", help="Between two rounds of syncing.")] = 60,
    letters: Letters = MAX_BAG_LETTERS,
    editions: Editions = 3,
    proxy: Proxy = None,
    mesh_send: MeshSend = False,
    mesh_letters: MeshLetters = 0,
    mesh_ask: MeshAsk = False,
    profile: Profile = "long-fast",
    share: Share = 10,
    as_json: frame.Json = False,
) -> None:
    """Run the relay until Ctrl+C. Prints one line, `relay: URL`, once it takes letters."""
    if not 0 <= port <= 65_535:
        raise Misused(f"{port} is not a port", "choose one from 0 to 65535 with --port")
    air = Air(read_profile(profile), read_share(share), mesh_send, mesh_letters, mesh_ask)
    limits = RelayLimits(rooms(letters), editions)
    settings = Settings(tuple(sync or ()), root, hotspot, every, proxy, pages, limits, air=air)
    where = host or ("0.0.0.0" if hotspot else "127.0.0.1")  # noqa: S104 - whoever joins the hotspot is meant
    run_relay(
        data,
        where,
        port,
        settings=settings,
        ready=lambda url: frame.show({"relay": url}, f"relay: {url}", as_json=as_json),
    )


@app.command("sync")
def sync(
    data: Data,
    places: Annotated[list[str], typer.Argument(metavar="PLACE…", help=PLACES)],
    root: Root = None,
    letters: Letters = MAX_BAG_LETTERS,
    editions: Editions = 3,
    proxy: Proxy = None,
    mesh_send: MeshSend = False,
    mesh_letters: MeshLetters = 0,
    mesh_ask: MeshAsk = False,
    profile: Profile = "long-fast",
    share: Share = 10,
    listen: Annotated[
        float, typer.Option("--listen", metavar="MINUTES", help="How long each radio sends and is listened to.")
    ] = 60,
    as_json: frame.Json = False,
) -> None:
    """Exchange letters and editions with each place once. For a relay that is not running.

    What goes wrong with one place stops no other; the command then ends with 3 or 4.
    """
    air = Air(read_profile(profile), read_share(share), mesh_send, mesh_letters, mesh_ask, listen)
    limits = RelayLimits(rooms(letters), editions)
    settings = Settings(tuple(places), root, proxy=proxy, pages=pages, limits=limits, air=air)
    done = sync_once(data, settings)
    answer = {
        "places": done.synced,
        "letters_in": done.taken,
        "letters_out": done.given,
        "edition": done.edition,
        "troubles": [{"what": error.what, "todo": error.todo} for error in done.troubles],
    }
    lines = [
        f"{done.synced} of {frame.counted(len(places), 'place')}; {frame.counted(done.taken, 'letter')} came in, "
        f"{done.given:,} went out",
        f"edition {done.edition} is held" if done.edition else "no edition is held",
        *(f"{error.what}; {error.todo}" for error in done.troubles),
    ]
    frame.show(answer, "\n".join(lines), as_json=as_json)
    frame.end_with(done.troubles)


@app.command("status")
def status(data: Data, as_json: frame.Json = False) -> None:
    """Say what the relay holds, and on which day it last synced with which kind of place."""
    held = read_status(data)
    answer = {
        "centre": held.centre,
        "edition": held.edition,
        "updates_from": held.updates_from,
        "parcels": held.parcels,
        "parcel_bytes": held.parcel_bytes,
        "letters": sum(held.letters.values()),
        "stamped": held.stamped,
        "room_for": sum(held.places.values()),
        "letters_by_size": {str(size): count for size, count in held.letters.items()},
        "last_syncs": held.syncs,
    }
    frame.show(answer, _text(held), as_json=as_json)


def _text(held: Status) -> str:
    lines = [f"centre: {held.centre}" if held.centre else "centre: none; give its root document with --root"]
    if held.edition:
        lines.append(f"edition: {held.edition}, {frame.counted(held.parcels, 'parcel')}, {held.parcel_bytes:,} bytes")
    else:
        lines.append("edition: none yet")
    lines.append(f"letters: {sum(held.letters.values()):,} of {sum(held.places.values()):,}")
    lines += [f"last sync with a {kind}: {day}" for kind, day in sorted(held.syncs.items())]
    return "\n".join(lines)
