"""`holub up --throw-away`: says what goes, asks, and then nothing of it is left."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.office.datafolder import DataFolder, Holds
from holub.transit.folderlock import FolderLock


def throw_away_whole(data: DataFolder, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Throws a folder of `holub up` away. Raises Misused, Refused, Unavailable; whoever is asked and says no ends it
    with nothing done."""
    data.check()  # before a lock is laid into a folder that is somebody else's
    with closing(FolderLock(data.folder, "holub up")):
        holds = data.holds()
        said = _said(holds)
        answer = {**asdict(holds), "thrown_away": not dry_run, "left": []}
        if dry_run:
            frame.show(
                answer, f"{said} would go, and the keys would be overwritten. Nothing was done.", as_json=as_json
            )
            return
        if not yes:
            _ask(f"{said} will go for good, and the keys are overwritten.")
        left = data.throw_away()
    text = f"{said} are gone; the keys were overwritten where they lay."
    if left:
        text += f"\n{data.folder} holds something else, which stays: {', '.join(left)}."
    frame.show({**answer, "left": left}, text, as_json=as_json)


def _ask(what: str) -> None:
    if not sys.stdin.isatty():
        raise Misused("nobody is there to ask whether all of it may go", "add --yes, or first --dry-run")
    typer.echo(what, err=True)
    typer.confirm("Throw it away?", abort=True, err=True)


def _said(holds: Holds) -> str:
    letters = "letters that nobody can count" if holds.letters is None else frame.counted(holds.letters, "letter")
    amount = f"{frame.counted(holds.files, 'file')} with {frame.counted(holds.bytes, 'byte')}"
    return f"{frame.counted(holds.editions, 'edition')}, {letters}, {amount}"
