"""`holub up`: office, desk and postbox in one process, for a first look and for small centres.

What lies where in the folder: `holub.office.datafolder`. Both servers listen on this machine alone, on two ports. A
passphrase that lies beside the office protects nothing: the command says so, and docs/for-centres.md says how to begin
for real.
"""

from __future__ import annotations

import secrets
import signal
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from holub import sample
from holub.errors import Misused, Unavailable
from holub.faces.cli import frame
from holub.faces.cli.letters import would_go
from holub.faces.cli.throw_away import throw_away_whole
from holub.faces.desk import DeskServer, DeskSettings
from holub.inbound.mailroom.clock import Decision
from holub.office.datafolder import DataFolder
from holub.office.dispatch import Dispatch, Went
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels
from holub.reader import page_code_if_built
from holub.store import files
from holub.store.database import Database
from holub.transit.carriers.http import HttpCarrier
from holub.transit.folderlock import FolderLock
from holub.transit.postbox import PostboxServer, admit_office, new_token, read_token
from holub.transit.postbox.token import token_hash

app = frame.group("Office, desk and postbox on this machine, with demo keys and sample guides.")

LAST_PORT = 65_535
_WORDS = 6


def _passphrase(data: DataFolder, given: Path | None) -> str:
    """The one given, else the demo's own, made where there is none yet."""
    if given is not None:
        return frame.passphrase(given)
    if not data.passphrase.exists():
        if (data.office / "vault").exists():
            raise Misused("this office has a passphrase of its own", "give it with --passphrase-file F")
        made = "-".join(secrets.token_hex(3) for _ in range(_WORDS))
        files.replace(data.passphrase, f"{made}\n".encode())
    return frame.passphrase(data.passphrase)


def _office(data: DataFolder, secret: str, now: int) -> Office:
    if data.has_office:
        return Office.open(data.office, secret)
    return Office.create(data.office, secret, Publisher("A centre that tries holub out"), now)


def _token(data: DataFolder) -> str:
    if not data.token.exists():
        new_token(data.token)
    token = read_token(data.token)
    admit_office(data.postbox, token_hash(token))
    return token


@app.command(name="up")
def up(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Where everything is kept.")] = Path("holub-data"),
    guides: Annotated[
        Path | None, typer.Option("--guides", metavar="GUIDES", help="Your guides; the sample if not given.")
    ] = None,
    port: Annotated[
        int,
        typer.Option("--port", metavar="N", min=0, max=LAST_PORT, help="The postbox's port; the desk takes the next."),
    ] = 8080,
    passphrase_file: frame.PassphraseFile = None,
    throw_away: Annotated[
        bool, typer.Option("--throw-away", help="Start nothing: overwrite the keys and delete all that it made.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --throw-away: do not ask.")] = False,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Start office, desk and postbox; on the first run with demo keys and a first edition. Ctrl+C stops it."""
    if throw_away:
        throw_away_whole(DataFolder(data), yes=yes, dry_run=dry_run, as_json=as_json)
        return
    if yes or dry_run:
        raise Misused("--yes and --dry-run go with --throw-away", "leave them out, or add it")
    place = DataFolder(data)
    place.begin()
    source = guides or sample.guides()
    if not source.is_dir():
        raise Misused(f"there is no folder {source}", "give your guides with --guides")
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    with ExitStack() as stack:
        stack.enter_context(closing(FolderLock(data, "holub up")))
        now = int(time.time())
        office = stack.enter_context(_office(place, _passphrase(place, passphrase_file), now))
        postbox = PostboxServer(place.postbox, port=port)
        stack.enter_context(postbox)
        code = page_code_if_built()
        carrier = stack.enter_context(HttpCarrier([postbox.url], token=_token(place)))
        settings = DeskSettings(
            source,
            place.parcels,
            [("postbox", carrier)],
            (postbox.url,),
            code,
            trial=data if passphrase_file is None else None,
        )
        _publish(office, settings, now)
        desk_port = port + 1 if 0 < port < LAST_PORT else 0
        desk = stack.enter_context(DeskServer(office, settings, port=desk_port))
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        for number, handler in before.items():
            stack.callback(signal.signal, number, handler)
        found = office.mailroom.doubt(now)
        _tell(data, postbox, desk, made=passphrase_file is None, page=code is not None, found=found, as_json=as_json)
        while not asked.wait(0.2):
            if postbox.wait(0):
                raise Unavailable("the postbox has ended", "look at the messages above, then start again")


def _publish(office: Office, settings: DeskSettings, now: int) -> None:
    """The first edition, where there is none; the newest one on the postbox in any case."""
    editions = Editions(office)
    newest = editions.archive.newest()
    with frame.progress("publishing") as advance:

        def progress(_stage: str, done: int, total: int) -> None:
            advance(done, total)

        if newest is None:
            editions.bind(settings.guides, settings.parcels, now, code=settings.page_code, progress=progress)
        else:
            editions.copy_out(newest.parcels, settings.parcels)
        parcels = Parcels(settings.parcels, office.root_file.read_bytes())
        with closing(Database.at(office.folder / "office.db")) as database:
            dispatch = Dispatch(database)
            for name, carrier in settings.carriers:
                sent = parcels.send(carrier, code=settings.page_code, postboxes=settings.postboxes, progress=progress)
                dispatch.note(Went(sent.edition, name, now, sent.parcels, sent.pages))


def _tell(
    data: Path,
    postbox: PostboxServer,
    desk: DeskServer,
    *,
    made: bool,
    page: bool,
    found: Decision | None,
    as_json: bool,
) -> None:
    code = desk.first_run_code
    answer = {"reading page": f"{postbox.url}/", "desk": desk.url, "postbox": postbox.url, "code": code}
    lines = [f"reading page: {postbox.url}/", f"desk: {desk.url}", f"postbox: {postbox.url}"]
    if code:
        lines.append(f"To set the desk up, open it and give this code once: {code}")
    if made:
        lines.append(f"This is for trying out: the passphrase lies in {data / 'passphrase'}, beside what it protects.")
        lines.append("To throw it away whole, stop it and start it once more with --throw-away.")
    if not page:
        lines.append("The reading page is not built, so guides are at /plain/ only: run `make page`, then start again.")
    if found is not None:
        lines.append(f"The clock says {found.doubt.now}; the office last ran on {found.doubt.last}.")
        lines.append(f"Nothing was destroyed. If that is right, say so at the desk{would_go(found)}.")
    lines.append("Ctrl+C stops it.")
    frame.show(answer, "\n".join(lines), as_json=as_json)
