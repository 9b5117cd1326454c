"""`holub letters template`: the centre's reply templates without the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Refused
from holub.faces.cli import frame
from holub.office.office import Office
from holub.office.templates import Template, Templates

ABOUT = "Reply templates: what the centre answers often. Nothing about one person, and no words of a letter."

app = frame.group(ABOUT)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The template's number.")]


@contextmanager
def _templates(office: Path, passphrase_file: Path | None) -> Iterator[Templates]:
    with Office.open(office, frame.passphrase(passphrase_file)) as opened:
        yield Templates(opened.vault)


def _row(one: Template) -> dict[str, object]:
    return {"number": one.number, "language": one.language, "title": one.title}


@app.command(name="list")
def list_(
    office: frame.OfficeFolder, passphrase_file: frame.PassphraseFile = None, as_json: frame.Json = False
) -> None:
    """List templates by language, and the numbers of those that are damaged."""
    with _templates(office, passphrase_file) as templates:
        found, damaged = templates.all()
    lines = [f"{one.number:>5}  {one.language:<3}  {one.title}" for one in found]
    lines += [f"{number:>5}  damaged: remove it, or restore the office from a backup" for number in damaged]
    answer = {"templates": [_row(one) for one in found], "damaged": damaged}
    frame.show(answer, "\n".join(lines) or "No templates.", as_json=as_json)


@app.command()
def show(
    office: frame.OfficeFolder,
    number: Number,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Show the text of a template."""
    with _templates(office, passphrase_file) as templates:
        found = templates.read(number)
    frame.show({**_row(found), "text": found.text}, found.text, as_json=as_json)


@app.command()
def add(
    office: frame.OfficeFolder,
    language: Annotated[str, typer.Option("--language", metavar="L", help="Of the text, such as uk.")],
    title: Annotated[str, typer.Option("--title", metavar="T", help="What it is for; one line. Readers never see it.")],
    text_file: Annotated[
        Path | None, typer.Option(metavar="F", help="Read the text from F; from standard input if not given.")
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Keep a new template. It outlives the letters: write nothing about one person, and no words of a letter."""
    text = frame.text_of(text_file, "the template")
    with _templates(office, passphrase_file) as templates:
        kept = templates.add(Template(language, title, text))
    frame.show(_row(kept), f"It is template {kept.number}.", as_json=as_json)


@app.command()
def remove(
    office: frame.OfficeFolder,
    number: Number,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Overwrite a template, for ever. Replies that were written with it stay as they are."""
    with _templates(office, passphrase_file) as templates:
        try:
            mark = templates.read(number).mark
        except Refused:  # a damaged one has no mark, and can only be removed
            mark = ""
        if not dry_run:
            templates.remove(number, mark)
    text = "It would be removed." if dry_run else "It is removed."
    frame.show({"number": number, "removed": not dry_run}, text, as_json=as_json)
