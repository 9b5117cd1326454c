"""`holub up`: office, desk and postbox in one process, for a first look and for small centres.

    DIR/office       keys, letters, what was bound          DIR/parcels   the parcels as they go out
    DIR/postbox      what the postbox holds                 DIR/token     the office's token for it
    DIR/passphrase   the office's passphrase, made on the first run where none was given
    DIR/lock         held while it runs, so that a second one on the same folder is told so

Both servers listen on this machine alone, on two ports. A passphrase that lies beside the office protects nothing:
the command says so, and docs/for-centres.md says how to begin for real.
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
from holub.errors import Misused, Refused, Unavailable
from holub.faces.cli import frame
from holub.faces.desk import DeskServer, DeskSettings
from holub.inbound.mailroom.clock import Doubt
from holub.office.editions import Editions
from holub.office.office import ROOT_FILE, Office, Publisher
from holub.office.post import Parcels
from holub.reader import page_code_if_built
from holub.store import files
from holub.transit.carriers.http import HttpCarrier
from holub.transit.folderlock import FolderLock
from holub.transit.postbox import PostboxServer, admit_office, new_token, read_token
from holub.transit.postbox.token import token_hash

app = frame.group("Office, desk and postbox on this machine, with demo keys and sample guides.")

VERSION = 1
LAST_PORT = 65_535
_WORDS = 6


def _passphrase(data: Path, given: Path | None) -> str:
    """The one given, else the demo's own, made where there is none yet."""
    if given is not None:
        return frame.passphrase(given)
    kept = data / "passphrase"
    if not kept.exists():
        if (data / "office" / "vault").exists():
            raise Misused("this office has a passphrase of its own", "give it with --passphrase-file F")
        files.replace(kept, ("-".join(secrets.token_hex(3) for _ in range(_WORDS)) + "\n").encode())
    return frame.passphrase(kept)


def _check_version(data: Path) -> None:
    mark = data / "version"
    if not mark.exists():
        # A first run that was killed here leaves the mark half-written, and nothing else.
        if any(entry.name != "version.new" for entry in data.iterdir()):
            raise Misused(f"{data} is not empty and was not made by `holub up`", "choose another folder with --data")
        files.replace(mark, f"{VERSION}\n".encode())
    text = mark.read_text(encoding="ascii", errors="replace").strip()
    if not text.isdigit() or int(text) > VERSION:
        raise Refused(f"{data} was written by a newer holub", "install the newer holub, or choose another --data")


def _office(data: Path, secret: str, now: int) -> Office:
    folder = data / "office"
    if any((folder / made).exists() for made in (ROOT_FILE, "press", "office.db")):
        return Office.open(folder, secret)
    return Office.create(folder, secret, Publisher("A centre that tries holub out"), now)


def _token(data: Path) -> str:
    file = data / "token"
    if not file.exists():
        new_token(file)
    token = read_token(file)
    admit_office(data / "postbox", token_hash(token))
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
    as_json: frame.Json = False,
) -> None:
    """Start office, desk and postbox; on the first run with demo keys and a first edition. Ctrl+C stops it."""
    files.make_private_folder(data)
    _check_version(data)
    source = guides or sample.guides()
    if not source.is_dir():
        raise Misused(f"there is no folder {source}", "give your guides with --guides")
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    with ExitStack() as stack:
        stack.enter_context(closing(FolderLock(data, "holub up")))
        now = int(time.time())
        office = stack.enter_context(_office(data, _passphrase(data, passphrase_file), now))
        postbox = PostboxServer(data / "postbox", port=port)
        stack.enter_context(postbox)
        code = page_code_if_built()
        carrier = stack.enter_context(HttpCarrier([postbox.url], token=_token(data)))
        settings = DeskSettings(source, data / "parcels", [("postbox", carrier)], (postbox.url,), code)
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
        for _, carrier in settings.carriers:
            parcels.send(carrier, code=settings.page_code, postboxes=settings.postboxes, progress=progress)


def _tell(
    data: Path,
    postbox: PostboxServer,
    desk: DeskServer,
    *,
    made: bool,
    page: bool,
    found: tuple[Doubt, int] | None,
    as_json: bool,
) -> None:
    code = desk.first_run_code
    answer = {"reading page": f"{postbox.url}/", "desk": desk.url, "postbox": postbox.url, "code": code}
    lines = [f"reading page: {postbox.url}/", f"desk: {desk.url}", f"postbox: {postbox.url}"]
    if code:
        lines.append(f"To set the desk up, open it and give this code once: {code}")
    if made:
        lines.append(f"This is for trying out: the passphrase lies in {data / 'passphrase'}, beside what it protects.")
    if not page:
        lines.append("The reading page is not built, so guides are at /plain/ only: run `make page`, then start again.")
    if found is not None:
        doubt, due = found
        lines.append(f"The clock says {doubt.now}; the office last ran on {doubt.last}. No key was destroyed.")
        lines.append(
            f"If that is right, say so at the desk: it will overwrite {frame.counted(due, 'letter key')} for good."
        )
    lines.append("Ctrl+C stops it.")
    frame.show(answer, "\n".join(lines), as_json=as_json)
