"""`holub stamps`: one-time codes for leaflets, and the list that postboxes and relays know them by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused, Unavailable
from holub.faces.cli import frame
from holub.formats.stamp import STAMP_BYTES, write_code
from holub.office.office import Office
from holub.office.stamps import POOL, print_stamps, stamp_list
from holub.outbound.press.slips import slips_pdf
from holub.store import files
from holub.transit.placing import place_file
from holub.transit.stampbook import STAMPS

app = frame.group("One-time codes for leaflets: a letter with one is taken first. Nobody needs one.")


@app.command("print")
def print_(
    office: frame.OfficeFolder,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, max=POOL, help="How many codes.")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="A .pdf with slips to cut out, or a .txt, one a line; a new file."),
    ],
    parcels: Annotated[
        Path, typer.Option("--parcels", metavar="PARCELS", help="The folder of parcels: the list goes out with them.")
    ],
    language: Annotated[
        str, typer.Option("--language", metavar="L", help="Of the sentences on slips: uk, en, ru or ar.")
    ] = "uk",
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Make codes that were never printed before, and bring the list for postboxes and relays up to date."""
    kind = out.suffix.lower()
    if kind not in (".txt", ".pdf"):
        raise Misused(f"{out.name} is neither a PDF nor a text file", "choose a name that ends in .pdf or .txt")
    if out.exists():
        raise Misused(f"{out} is there already", "choose another file: a code that is printed twice fails somebody")
    for folder in (out.parent, parcels):
        if not folder.is_dir():
            raise Unavailable(f"there is no folder {folder}", "make it, or choose another")
    if kind == ".pdf":
        # What cannot be printed must be known before codes are used up.
        slips_pdf([write_code(bytes(STAMP_BYTES))], language)
    with Office.open(office, frame.passphrase(passphrase_file)) as opened:
        codes = [write_code(stamp) for stamp in print_stamps(opened, count)]
        listed = stamp_list(opened)
    # The list first: a code on paper that no postbox knows would be worth nothing.
    place_file(parcels / STAMPS, listed.encode())
    files.replace(out, slips_pdf(codes, language) if kind == ".pdf" else ("\n".join(codes) + "\n").encode())
    answer = {"stamps": len(codes), "file": str(out), "list": str(parcels / STAMPS), "listed": len(listed.hashes)}
    text = (
        f"{frame.counted(len(codes), 'code')} in {out}: print what is there, then delete the file\n"
        f"the list for postboxes and relays is in {parcels / STAMPS} and goes out with the next edition or mirror"
    )
    frame.show(answer, text, as_json=as_json)
