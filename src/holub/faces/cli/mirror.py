"""`holub mirror`: write a folder that any web server can hand out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Unavailable
from holub.faces.cli import frame
from holub.faces.cli.page import Postboxes, RootBeside, addresses
from holub.office.office import ROOT_FILE
from holub.office.post import Parcels
from holub.reader import page_code_if_built
from holub.transit.carriers.folder import FolderCarrier

app = frame.group("Write a folder that any web server can hand out.")


@app.command(name="mirror")
def mirror(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write.")],
    parcels: Annotated[Path, typer.Option("--parcels", metavar="PARCELS", help="The folder of parcels.")],
    root: RootBeside = None,
    postbox: Postboxes = None,
    as_json: frame.Json = False,
) -> None:
    """Write the static tree: parcels, reading pages, every guide as a plain page; again, to bring it up to date."""
    letters_to = addresses(postbox)
    opened = Parcels(parcels, frame.read_file(root or parcels / ROOT_FILE, "give the root document with --root"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be made ({error.strerror})", "choose another folder") from error
    with frame.progress("writing") as advance:
        sent = opened.send(
            FolderCarrier(folder, one_disk=True),
            code=page_code_if_built(),
            postboxes=letters_to,
            progress=lambda _stage, done, total: advance(done, total),
        )
    answer = {
        "mirror": str(folder),
        "edition": sent.edition,
        "parcels": sent.parcels,
        "pages": sent.pages,
        "removed": sent.removed,
    }
    carried = f"{frame.counted(sent.parcels, 'parcel')}, {frame.counted(sent.pages, 'page')}"
    text = f"{folder}: edition {sent.edition}, {carried}, {sent.removed:,} removed"
    frame.show(answer, text, as_json=as_json)
