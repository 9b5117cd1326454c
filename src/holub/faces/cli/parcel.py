"""`holub parcel`: look at parcels, and lay an edition out as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Gap, HolubError, Refused
from holub.faces.cli import frame
from holub.faces.cli.edition import Root
from holub.office.office import read_root
from holub.transit.editionfolder import EditionFolder
from holub.transit.parcelfolder import Found, read_parcel_files, shelve

app = frame.group("Look at parcels; lay an edition out as files.")

Files = Annotated[list[Path], typer.Argument(metavar="FILE …", help="Parcels, or folders of parcels.")]


@app.command()
def apply(
    files: Files,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder that holds the edition.")],
    root: Root,
    as_json: frame.Json = False,
) -> None:
    """Apply parcels to a folder, in whatever order they fit: all that verifies, at once or not at all.

    Ends with 3 where one of them was damaged or forged, also when the others were applied.
    """
    found, wrong = _read(files)
    folder = EditionFolder(to, read_root(root))
    before = folder.shelf()
    after, applied, refused = shelve(before, found)
    problems = [*wrong, *((one.path, why) for one, why in refused)]
    if not applied:
        frame.end_with(_named(problems))
    written, removed = folder.write(before, after)
    rows = [{"file": path.name, "what": why.what, "todo": why.todo} for path, why in problems]
    answer = {
        "edition": after.edition,
        "applied": len(applied),
        "guides": sum(len(held.pack.guides) for held in after.packs.values()),
        "packs": {"/".join(name): held.moment.edition for name, held in after.packs.items()},
        "written": written,
        "removed": removed,
        "refused": rows,
    }
    done = f"{frame.counted(len(applied), 'parcel')} applied, {frame.counted(written, 'file')} written"
    lines = [f"edition {after.edition}: {done}, {removed:,} taken away"]
    lines += [f"not applied: {row['file']}: {row['what']}" for row in rows]
    frame.show(answer, "\n".join(lines), as_json=as_json)
    # What waits for another parcel is no fault of those that were given.
    frame.end_with(_named((path, why) for path, why in problems if not isinstance(why, Gap)))


def _read(files: list[Path]) -> tuple[list[Found], list[tuple[Path, HolubError]]]:
    """As `read_parcel_files`. Raises Refused where there is nothing at all: an empty stick is no success."""
    found, wrong = read_parcel_files(files)
    if not found and not wrong:
        raise Refused("there are no parcels here", "give files that end in .hlp, or the folder that they are in")
    return found, wrong


def _named(problems: Iterable[tuple[Path, HolubError]]) -> Iterator[HolubError]:
    """The same errors, with the name of the file before what happened; what is damaged or forged comes first."""
    for path, why in sorted(problems, key=lambda row: isinstance(row[1], Gap)):
        yield type(why)(f"{path.name}: {why.what}", why.todo)


@app.command()
def show(files: Files, as_json: frame.Json = False) -> None:
    """Say what parcels claim to be; nothing is trusted, only damage is noticed: then it ends with 3."""
    found, wrong = _read(files)
    if not found:
        frame.end_with(_named(wrong))
    rows = [
        {
            "file": str(one.path),
            "kind": one.label.kind,
            "from": one.label.start,
            "until": one.label.until,
            "to": one.label.edition,
            "section": one.label.section,
            "language": one.label.language,
            "bytes": len(one.data),
        }
        for one in found
    ]
    lines = [
        f"{one.path.name}: {one.label.kind}"
        + (f" from {one.label.start}" if one.label.start else "")
        + (f"–{one.label.until}" if one.label.until != one.label.start else "")
        + (f" to {one.label.edition}" if one.label.edition else "")
        + f" {one.label.section or 'all'}/{one.label.language or 'all'}, {len(one.data):,} bytes"
        for one in found
    ]
    lines += [f"{path.name}: {error.what}" for path, error in wrong]
    refused = [{"file": str(path), "what": error.what} for path, error in wrong]
    frame.show({"parcels": rows, "refused": refused}, "\n".join(lines), as_json=as_json)
    frame.end_with(_named(wrong))
