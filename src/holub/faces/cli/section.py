"""`holub section`: what editors of a delegated section do, on their own machine, without any office."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.faces.cli.press import Guides
from holub.formats.sectionfile import MAX_SERIAL, SectionFile
from holub.office.office import read_root
from holub.office.sections import new_editor_key, open_pen, read_section_file, sign_guides
from holub.store import files
from holub.store.keyfile import read_key
from holub.transit.editionfolder import place

app = frame.group("An editor's own section: make a key, sign guides, without any office.")

Root = Annotated[Path, typer.Option("--root", metavar="ROOT", help="The centre's root document.")]


def _rows(file: SectionFile) -> list[dict[str, object]]:
    return [
        {
            "language": one.pack.language,
            "guides": len(one.pack.guides),
            "root": one.pack.root.hex(),
            "signed_by": [key.hex() for key in sorted(one.signatures)],
        }
        for one in file.packs
    ]


def _text(file: SectionFile) -> str:
    lines = [f"section {file.section}, serial {file.serial}"]
    for one in file.packs:
        lines.append(f"{one.pack.language}: {frame.counted(len(one.pack.guides), 'guide')}, signed by")
        lines += [f"  {key.hex()}" for key in sorted(one.signatures)]
    return "\n".join(lines)


@app.command(name="new-key")
def new_key(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The key file to write; it must not exist.")],
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Make an editor's key, in a file under a passphrase, and print its public half for the centre."""
    public = new_editor_key(out, frame.passphrase(passphrase_file, new=True))
    frame.show(
        {"file": str(out), "key": public.hex()},
        f"The key is in {out}. Keep that file and its passphrase to yourself; give the centre this:\n{public.hex()}",
        as_json=as_json,
    )


@app.command()
def key(file: Annotated[Path, typer.Argument(metavar="FILE", help="A key file.")], as_json: frame.Json = False) -> None:
    """Print the public half of a key file; no passphrase is needed."""
    found = read_key(file)
    frame.show(
        {"file": str(file), "use": found.use, "key": found.public.hex()},
        f"{found.public.hex()}\n{found.use}",
        as_json=as_json,
    )


@app.command()
def sign(
    guides: Guides,
    section: Annotated[str, typer.Option("--section", metavar="SECTION", help="The section's name, such as town.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The editor's key file.")],
    root: Root,
    serial: Annotated[
        int, typer.Option(min=1, max=MAX_SERIAL, metavar="N", help="The section's count; higher than any before.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to hand to the centre.")],
    with_: Annotated[
        Path | None,
        typer.Option("--with", metavar="FILE", help="The same guides, signed by another editor: both go into FILE."),
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Sign a folder of guides for a section; pictures do not travel with it yet."""
    publisher, now = read_root(root), int(time.time())
    publisher.check_time(now)
    pen = open_pen(key, frame.passphrase(passphrase_file))
    with frame.progress("checking") as advance:
        file = sign_guides(guides, section, serial, publisher, pen, now, advance)
    if with_ is not None:
        other = read_section_file(with_)
        file = file.joined(other)
        file.check_signatures()
    files.replace(out, file.encode())
    given = publisher.sections[section]
    missing = max(0, *(given.threshold - sum(key in given.keys for key in one.signatures) for one in file.packs))
    text = f"{_text(file)}\n{out} is written" + (
        f"; it needs {frame.counted(missing, 'more signature')}" if missing else ""
    )
    answer = {"file": str(out), "section": section, "serial": serial, "packs": _rows(file), "missing": missing}
    frame.show(answer, text, as_json=as_json)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A section's file.")],
    root: Annotated[
        Path | None, typer.Option("--root", metavar="ROOT", help="Check it against this root document.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Lay its guides out to read them.")] = None,
    as_json: frame.Json = False,
) -> None:
    """Say what a section's file holds and who signed it; with --root, whether the centre can take it."""
    found = read_section_file(file)
    found.check_signatures()
    if root is not None:
        found.check(read_root(root))
    if to is not None:
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise Misused(f"{to} is not an empty folder", "choose another one")
        for one in found.packs:
            for path, text in one.pack.guides.items():
                target = to / place(("main", one.pack.language), path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text)
    answer = {"section": found.section, "serial": found.serial, "packs": _rows(found), "valid": root is not None}
    frame.show(answer, _text(found) + ("\nvalid for this centre" if root else ""), as_json=as_json)
