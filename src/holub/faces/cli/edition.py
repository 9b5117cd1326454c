"""`holub edition`: check editions and single guides against a publisher's root document."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from holub.errors import Forged, HolubError, Misused, Refused, Unavailable
from holub.faces.cli import frame
from holub.formats.bundle import OPEN
from holub.formats.parcel import Kind, parse_parcel
from holub.formats.proof import Proof, read_selection
from holub.formats.root import RootDocument
from holub.formats.shelf import Shelf
from holub.office.office import ROOT_FILE, read_root
from holub.outbound.press.page import check_page
from holub.transit.editionfolder import place
from holub.transit.parcelfolder import open_shelf, read_parcel_file

app = frame.group("Check editions and guides against a publisher's root document.")

Root = Annotated[Path, typer.Option("--root", metavar="ROOT", help="The root document that you trust.")]
PROOF_ENDING = ".proof"
_LISTS = ("sections", "passed_over")  # shown on lines of their own


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise Unavailable(f"{path} is no ordinary file", "give a file that is there")
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path} can not be read ({error.strerror})", "give a file that is there") from error


@app.command()
def verify(
    what: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A parcel, a page, a guide, or a folder of parcels.")
    ],
    root: Root,
    proof: Annotated[
        Path | None, typer.Option("--proof", metavar="F", help=f"A guide's proof; FILE{PROOF_ENDING} if not given.")
    ] = None,
    as_json: frame.Json = False,
) -> None:
    """Check that an edition, a page or one guide is genuine, whole and not expired. Ends with 3 where it is not."""
    publisher, now = read_root(root), int(time.time())
    publisher.check_time(now)
    beside = what.with_name(what.name + PROOF_ENDING)
    if what.is_dir():
        answer = _verify_parcels(what, publisher, now)
    elif proof or beside.is_file():
        checked = Proof.parse(_read(proof or beside)).check(_read(what), publisher)
        checked.moment.check_fresh(now)
        answer = {
            "kind": "guide",
            "path": checked.path,
            "language": checked.language,
            "edition": checked.moment.edition,
        }
    elif OPEN in (data := _read(what)):
        contents = check_page(data, publisher)
        for held in contents.shelf.packs.values():
            held.moment.check_fresh(now)
        answer = {"kind": "page", "edition": contents.shelf.edition, "language": contents.settings.language}
        if sections := section_rows(contents.shelf):
            answer["sections"] = sections
    elif data.startswith(b"HLP") and parse_parcel(data).kind is Kind.SELECTION:
        rows = read_selection(parse_parcel(data).body, publisher)
        for one, _ in rows:
            one.moment.check_fresh(now)
        answer = {"kind": "selection", "guides": [one.path for one, _ in rows]}
    else:
        answer = _verify_parcels(what, publisher, now)
    words = ", ".join(f"{key} {value}" for key, value in answer.items() if value is not None and key not in _LISTS)
    lines = [f"genuine: {words}"]
    lines += [f"passed over, of older keys: {name}" for name in cast("list[str]", answer.get("passed_over", []))]
    for name, row in cast("dict[str, dict[str, Any]]", answer.get("sections", {})).items():
        lines.append(f"{name}: serial {row['serial']}, signed by {', '.join(row['signed_by'])}")
    frame.show({"genuine": True, "publisher": publisher.name, **answer}, "\n".join(lines), as_json=as_json)


def _verify_parcels(what: Path, publisher: RootDocument, now: int) -> dict[str, object]:
    shelf, wrong = open_shelf(publisher, [what])
    passed_over = [path.name for path, error in wrong if _is_outdated(path, error, shelf)]
    wrong = [(path, error) for path, error in wrong if path.name not in passed_over]
    if wrong:
        path, error = wrong[0]
        raise type(error)(f"{path.name}: {error.what}", error.todo)
    for held in shelf.packs.values():
        held.moment.check_fresh(now)
    try:
        complete = bool(shelf.check_complete())
    except HolubError:
        complete = False
    guides = sum(len(held.pack.guides) for held in shelf.packs.values())
    names = ["/".join(name) for name in shelf.packs]
    answer: dict[str, object] = {
        "kind": "parcels",
        "edition": shelf.edition,
        "guides": guides,
        "packs": names,
        "complete": complete,
    }
    sections = section_rows(shelf)
    if sections:
        answer["sections"] = sections
    if passed_over:
        answer["passed_over"] = passed_over
    return answer


def _is_outdated(path: Path, error: HolubError, shelf: Shelf) -> bool:
    """Whether a parcel is of an older edition and only a key that was rotated away can have signed it."""
    if not isinstance(error, Forged) or shelf.publisher.serial == 1:
        return False
    edition = read_parcel_file(path).label.edition
    return edition is not None and edition < shelf.edition


def section_rows(shelf: Shelf) -> dict[str, object]:
    """Of every delegated pack that is held: the section's serial, and the public keys of those who signed it."""
    rows: dict[str, object] = {}
    for (section, language), held in shelf.packs.items():
        if held.editors is not None:
            keys = shelf.publisher.sections[section].keys
            by = [keys[index].hex() for index, _ in held.editors.signatures]
            rows[f"{section}/{language}"] = {"serial": held.editors.serial, "signed_by": by}
    return rows


@app.command()
def prove(
    paths: Annotated[list[str], typer.Argument(metavar="PATH …", help="Guides, such as uk/phone/checks.md.")],
    parcels: Annotated[Path, typer.Option("--parcels", metavar="DIR", help="The folder of parcels.")] = Path(),
    root: Annotated[
        Path | None, typer.Option("--root", metavar="ROOT", help=f"The root document; DIR/{ROOT_FILE} if not given.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where guides and proofs go.")] = Path("proofs"),
    as_json: frame.Json = False,
) -> None:
    """Write guides with their proofs, so that somebody can check one of them alone."""
    publisher = read_root(root or parcels / ROOT_FILE)
    shelf, _ = open_shelf(publisher, [parcels])
    known = {place(name, path): (held, path) for name, held in shelf.packs.items() for path in held.pack.guides}
    rows = []
    for wanted in paths:
        if wanted not in known:
            raise Misused(
                f"edition {shelf.edition} has no guide {wanted}", "give the language and the path, as in uk/x.md"
            )
        held, path = known[wanted]
        if not held.stamp:
            raise Refused("these packs came without stamps of their own", "add their full parcels")
        guide, proof = held.pack.guides[path], Proof.of(held, path).encode()
        Proof.parse(proof).check(guide, publisher)
        file = out / wanted
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(guide)
            file.with_name(file.name + PROOF_ENDING).write_bytes(proof)
        except OSError as error:
            raise Unavailable(f"{file} can not be written ({error.strerror})", "choose another folder") from error
        rows.append(
            {"path": wanted, "edition": held.moment.edition, "bytes": len(proof), "file": f"{file}{PROOF_ENDING}"}
        )
    lines = [f"{row['file']}: {row['bytes']} bytes" for row in rows]
    frame.show({"proofs": rows}, "\n".join(lines), as_json=as_json)
