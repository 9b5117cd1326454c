"""`holub edition`: check editions and single guides against a publisher's root document."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused, Refused, Unavailable
from holub.faces.cli import frame
from holub.faces.cli.verdict import PROOF_ENDING, judge
from holub.formats.proof import Proof
from holub.office.office import ROOT_FILE, read_root
from holub.transit.editionfolder import place
from holub.transit.parcelfolder import open_shelf

app = frame.group("Check editions and guides against a publisher's root document.")

Root = Annotated[Path, typer.Option("--root", metavar="ROOT", help="The root document that you trust.")]


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
    """Check that an edition, a page or one guide is genuine, whole and not expired. Ends with 3 where it is not.

    An update cannot be judged alone: give a folder with the parcels that it builds on. Alone it ends with 2.
    """
    publisher, now = read_root(root), int(time.time())
    publisher.check_time(now)
    found = judge(what, publisher, now, proof)
    text = "\n".join([f"genuine, of {publisher.name}: {found.lines[0]}", *found.lines[1:]])
    frame.show({"genuine": True, "publisher": publisher.name, **found.answer}, text, as_json=as_json)


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
            raise Unavailable(f"{file} cannot be written ({error.strerror})", "choose another folder") from error
        rows.append(
            {"path": wanted, "edition": held.moment.edition, "bytes": len(proof), "file": f"{file}{PROOF_ENDING}"}
        )
    lines = [f"{row['file']}: {row['bytes']} bytes" for row in rows]
    frame.show({"proofs": rows}, "\n".join(lines), as_json=as_json)
