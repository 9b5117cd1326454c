"""`holub keys`: the office's keys and its root document."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from holub.faces.cli import frame
from holub.office.office import Office, Publisher, read_root

app = frame.group("The office's keys and its root document.")

OfficeFolder = Annotated[Path, typer.Option("--office", metavar="DIR", help="The office's folder.")]


@app.command()
def new(
    office: OfficeFolder,
    name: Annotated[str, typer.Option(help="The publisher's name, as readers see it.")] = "A centre without a name",
    root_keys: Annotated[int, typer.Option(min=1, max=16, help="How many root keys to make.")] = 1,
    threshold: Annotated[int, typer.Option(min=1, max=16, help="How many of them are needed.")] = 1,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Make an office: its keys, under a passphrase, and its root document."""
    secret = frame.passphrase(passphrase_file, new=True)
    with Office.create(office, secret, Publisher(name, root_keys, threshold), int(time.time())) as made:
        root = made.root
        answer = {
            "office": str(office),
            "root": str(made.root_file),
            "name": root.name,
            "identity": root.identity.hex(),
        }
    frame.show(
        answer,
        f"The office is in {office}. Its root document, which readers trust, is {answer['root']}.\n"
        f"Identity: {answer['identity']}\n"
        "Keep the passphrase: nobody can open the office without it.",
        as_json=as_json,
    )


@app.command()
def show(
    root: Annotated[Path, typer.Argument(metavar="ROOT", help="A root document.")],
    as_json: frame.Json = False,
) -> None:
    """Show a root document: who publishes, which keys sign, until when."""
    document = read_root(root)
    until = time.strftime("%Y-%m-%d", time.gmtime(document.expiry))
    answer = {
        "name": document.name,
        "serial": document.serial,
        "expiry": document.expiry,
        "identity": document.identity.hex(),
        "threshold": document.threshold,
        "root_keys": [key.hex() for key in document.root_keys],
        "edition_keys": [key.hex() for key in document.edition_keys],
        "sections": {name: given.threshold for name, given in document.sections.items()},
    }
    text = (
        f"{document.name}\nidentity {answer['identity']}\nserial {document.serial}, valid until {until}\n"
        f"{document.threshold} of {len(document.root_keys)} root keys, {len(document.edition_keys)} edition keys, "
        f"{len(document.sections)} delegated sections"
    )
    frame.show(answer, text, as_json=as_json)


@app.command()
def passphrase(
    office: OfficeFolder,
    new_passphrase_file: Annotated[
        Path | None, typer.Option("--new-passphrase-file", metavar="F", help="Read the new passphrase from F.")
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Change the office's passphrase."""
    old = frame.passphrase(passphrase_file)
    with Office.open(office, old) as opened:
        opened.vault.change_passphrase(old, frame.passphrase(new_passphrase_file, new=True))
    frame.show({"office": str(office), "changed": True}, "The passphrase is changed.", as_json=as_json)
