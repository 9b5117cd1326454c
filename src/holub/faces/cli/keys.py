"""`holub keys`: the office's keys and its root document."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.formats.names import MAIN, check_section
from holub.formats.root import Delegation, RootDocument, split_chain
from holub.office.office import ROOT_LIFE, Office, Publisher, read_root
from holub.office.rotation import (
    PROPOSAL,
    Change,
    Rotated,
    differences,
    export_holder,
    read_proposal,
    rotate,
    sign_apart,
    take_signed,
)

app = frame.group("The office's keys and its root document.")


@app.command()
def new(
    office: frame.OfficeFolder,
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


def document_row(document: RootDocument) -> dict[str, object]:
    """A root document as --json prints it."""
    return {
        "name": document.name,
        "serial": document.serial,
        "expiry": document.expiry,
        "identity": document.identity.hex(),
        "threshold": document.threshold,
        "root_keys": [key.hex() for key in document.root_keys],
        "edition_keys": [key.hex() for key in document.edition_keys],
        "sections": {name: given.threshold for name, given in document.sections.items()},
        "editors": {name: [key.hex() for key in given.keys] for name, given in document.sections.items()},
    }


def document_text(document: RootDocument) -> str:
    """A root document in words."""
    lines = [
        document.name,
        f"identity {document.identity.hex()}",
        f"serial {document.serial}, valid until {frame.day(document.expiry)}",
        f"{document.threshold} of {frame.counted(len(document.root_keys), 'root key')}, "
        f"{frame.counted(len(document.edition_keys), 'edition key')}, "
        f"{frame.counted(len(document.sections), 'delegated section')}",
    ]
    lines += [f"root key {number}: {key.hex()}" for number, key in enumerate(document.root_keys, 1)]
    lines += [f"edition key: {key.hex()}" for key in document.edition_keys]
    for name, given in document.sections.items():
        lines.append(f"section {name}: {given.threshold} of {frame.counted(len(given.keys), 'key')}")
        lines += [f"  {key.hex()}" for key in given.keys]
    return "\n".join(lines)


@app.command()
def show(
    root: Annotated[Path, typer.Argument(metavar="ROOT", help="A root document, or the chain of them.")],
    as_json: frame.Json = False,
) -> None:
    """Show the newest root document: who publishes, which keys sign, until when, and how many came before it."""
    document = read_root(root)
    count = len(split_chain(root.read_bytes()))
    text = f"{document_text(document)}\n{frame.counted(count, 'root document')} in the chain"
    frame.show({**document_row(document), "documents": count}, text, as_json=as_json)


@app.command(name="rotate")
def rotate_(
    office: frame.OfficeFolder,
    edition: Annotated[
        bool, typer.Option("--edition", help="Make a new edition key; the one before signs nothing more.")
    ] = False,
    keep_old: Annotated[
        bool,
        typer.Option(
            "--keep-old",
            help="With --edition: what the key before signed stays valid. Never when it may have been stolen.",
        ),
    ] = False,
    root: Annotated[
        int | None, typer.Option("--root", min=1, max=16, metavar="N", help="Make N new root keys instead of the old.")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option(min=1, max=16, metavar="K", help="How many root keys are needed from now on.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="A new name, as readers see it.")] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, metavar="D", help="How many days the new root document is valid.")
    ] = ROOT_LIFE // frame.DAY,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Make the next root document: new keys, a new name, or only a new expiry; signed by the old keys and the new."""
    if keep_old and not edition:
        raise Misused("--keep-old goes with --edition", "add --edition, or leave it out")
    change = Change(edition, keep_old, root, threshold, name, days * frame.DAY)
    rotate_office(office, change, passphrase_file, dry_run=dry_run, as_json=as_json)


@app.command(name="section")
def section_(
    office: frame.OfficeFolder,
    name: Annotated[str, typer.Option(metavar="SECTION", help="The section's name, such as town.")],
    keys: Annotated[
        list[str] | None,
        typer.Option("--keys", metavar="PUB", help="An editor's public key; several times, or with commas between."),
    ] = None,
    threshold: Annotated[int, typer.Option(min=1, max=8, metavar="K", help="How many editors have to sign.")] = 1,
    remove: Annotated[bool, typer.Option("--remove", help="Take the delegation away instead.")] = False,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Let editors sign a section of their own, by a rotation; the expiry stays."""
    given = None if remove else Delegation(threshold, read_public_keys(keys or []))
    if given is not None and threshold > len(given.keys):
        raise Misused(
            f"{threshold} of {frame.counted(len(given.keys), 'editor')} cannot be needed",
            "name more keys, or need fewer",
        )
    if check_section(name) == MAIN:
        raise Misused("the main section is the centre's own", "choose another name")
    change = Change(sections={name: given})
    rotate_office(office, change, passphrase_file, dry_run=dry_run, as_json=as_json)


def read_public_keys(words: Sequence[str]) -> tuple[bytes, ...]:
    """Public keys in hexadecimal, sorted. Raises Misused."""
    found = [word for one in words for word in re.split(r"[,\s]+", one) if word]
    if not 1 <= len(found) <= 8 or any(not re.fullmatch(r"[0-9a-f]{64}", word) for word in found):
        raise Misused(
            "an editor's public key has 64 hexadecimal digits, and a section has 1 to 8 of them", "--keys PUB"
        )
    if len(set(found)) != len(found):
        raise Misused("a public key was given twice", "give each editor's key once")
    return tuple(bytes.fromhex(word) for word in sorted(found))


def rotate_office(office: Path, change: Change, passphrase_file: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Rotates an office, and says what became of it."""
    with Office.open(office, frame.passphrase(passphrase_file)) as opened:
        told = rotate(opened, change, int(time.time()), dry_run=dry_run)
        _tell(opened, told, new_edition_key=change.edition, dry_run=dry_run, as_json=as_json)


def _tell(office: Office, told: Rotated, *, new_edition_key: bool, dry_run: bool, as_json: bool) -> None:
    document = told.document
    proposal = None if told.taken else str(office.folder / PROPOSAL)
    answer = {
        **document_row(document),
        "taken": told.taken and not dry_run,
        "proposal": proposal,
        "missing": {"old": told.missing[0], "new": told.missing[1]},
        "made": list(told.made),
        "kept": list(told.kept),
        "removed": list(told.removed),
    }
    would = "would be " if dry_run else ""
    lines = [document_text(document)]
    rows = ((f"{would}made in", told.made), (f"{would}removed from", told.removed), ("kept in", told.kept))
    lines += [f"{word} the vault: {', '.join(names)}" for word, names in rows if names]
    if dry_run:
        lines.append("Nothing was done; keys that would be new are examples here.")
    elif told.taken:
        lines.append(f"{office.root_file} has it now. Hand that file out; who has an older one follows the chain.")
        if new_edition_key:
            lines.append("Bind the next edition now: what the key before signed may no longer count.")
    if not told.taken:
        lines.append(
            f"still missing: {frame.counted(told.missing[0], 'signature')} by old root keys, {told.missing[1]} by new; "
            f"holders sign {proposal} with `holub keys sign`, then `holub keys take`."
        )
    frame.show(answer, "\n".join(lines), as_json=as_json)


@app.command(name="export-holder")
def export_holder_(
    office: frame.OfficeFolder,
    number: Annotated[int, typer.Option(min=1, max=16, metavar="I", help="Which root key, as `keys show` counts.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file for the holder; it must not exist.")],
    holder_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            "--holder-passphrase-file",
            metavar="F",
            help="Read the holder's own passphrase from F; asked for if absent.",
        ),
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Move a root key out of the office, into a file under its holder's own passphrase."""
    with Office.open(office, frame.passphrase(passphrase_file)) as opened:
        if holder_passphrase_file is None and sys.stdin.isatty():
            typer.echo("Now the holder's own passphrase for the key file.", err=True)
        public = export_holder(opened, number, out, frame.passphrase(holder_passphrase_file, new=True))
    frame.show(
        {"number": number, "key": public.hex(), "file": str(out)},
        f"Root key {number} is in {out} alone; the office no longer has it. Backups of the office may.",
        as_json=as_json,
    )


@app.command()
def sign(
    proposal: Annotated[
        Path, typer.Argument(metavar="ROOT", help="The proposed root document; the signature is added to this file.")
    ],
    holder: Annotated[Path, typer.Option("--holder", metavar="FILE", help="The holder's key file.")],
    root: Annotated[
        Path | None,
        typer.Option("--root", metavar="TRUSTED", help="The root document of before: what changes is listed."),
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Sign a proposed root document as a holder of a root key. With --dry-run only read it."""
    held = read_root(root) if root is not None else None
    if dry_run:
        signed = read_proposal(proposal)
    else:
        signed = sign_apart(proposal, holder, frame.passphrase(passphrase_file), held)
    names = [key.hex() for key in signed.signatures]
    changes = differences(held, signed) if held is not None else []
    done = "Nothing was signed." if dry_run else "Bring it back to the office."
    lines = [document_text(signed), *(f"changed: {one}" for one in changes)]
    lines.append(f"{proposal} has {frame.counted(len(names), 'signature')}. {done}")
    answer = {**document_row(signed), "file": str(proposal), "signatures": names, "changes": changes}
    frame.show(answer, "\n".join(lines), as_json=as_json)


@app.command(name="recover")
def recover_(
    office: Annotated[Path, typer.Option("--office", metavar="DIR", help="The new office's folder.")],
    root: Annotated[Path, typer.Option("--root", metavar="ROOT", help="The old office's root documents, all of them.")],
    parcels: Annotated[Path, typer.Option("--parcels", metavar="DIR", help="The newest edition's parcels, complete.")],
    days: Annotated[
        int, typer.Option(min=1, max=3650, metavar="D", help="How many days the new root document is valid.")
    ] = ROOT_LIFE // frame.DAY,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Make a new office for an old identity, when the old one is lost and holders have the root keys."""
    secret = frame.passphrase(passphrase_file, new=True)
    read_root(root)
    # It reads whole editions: the other commands here do without all that.
    from holub.office.recovery import recover

    told = recover(office, secret, root.read_bytes(), parcels, days * frame.DAY, int(time.time()))
    with Office.open(office, secret) as opened:
        _tell(opened, told, new_edition_key=True, dry_run=False, as_json=as_json)


@app.command()
def take(
    office: frame.OfficeFolder,
    signed: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE …", help="Copies of the proposal that holders signed.")
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Take a proposed rotation, once enough holders have signed it."""
    with Office.open(office, frame.passphrase(passphrase_file)) as opened:
        before = opened.root.edition_keys
        told = take_signed(opened, signed or [])
        changed = told.document.edition_keys != before
        _tell(opened, told, new_edition_key=changed, dry_run=False, as_json=as_json)


@app.command()
def passphrase(
    office: frame.OfficeFolder,
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
