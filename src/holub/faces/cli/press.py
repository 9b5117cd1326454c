"""`holub press`: guides are checked, imported, and bound into an edition.

The halls are imported inside the commands: to load them all takes longer than to bind one changed guide.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from holub.errors import HolubError, Misused, Refused
from holub.faces.cli import frame
from holub.office.office import Office, expires_soon

if TYPE_CHECKING:
    from holub.office.editions import Editions, Published
    from holub.outbound.press.finding import Finding

app = frame.group("Guides: check them, import them, bind them into an edition.")

Guides = Annotated[Path, typer.Argument(metavar="GUIDES", help="A folder of guides, one folder a language.")]


def finding_row(finding: Finding) -> dict[str, object]:
    """A finding as --json prints it."""
    return {
        "file": finding.file,
        "line": finding.line,
        "severity": finding.severity,
        "what": finding.what,
        "todo": finding.todo,
    }


@app.command()
def check(guides: Guides, as_json: frame.Json = False) -> None:
    """Name every mistake in the guides: file, line, what is wrong, what to do. Ends with 3 where one blocks binding."""
    from holub.outbound.press.check import check_tree, errors
    from holub.outbound.press.tree import read_tree

    with frame.progress("checking") as advance:
        found = check_tree(read_tree(guides), now=int(time.time()), progress=advance, thorough=True).findings
    wrong = errors(found)
    lines = [str(finding) for finding in found]
    lines.append(f"{frame.counted(len(wrong), 'error')}, {frame.counted(len(found) - len(wrong), 'warning')}")
    frame.show(
        {"errors": len(wrong), "findings": [finding_row(one) for one in found]}, "\n".join(lines), as_json=as_json
    )
    if wrong:
        raise Refused(
            f"binding is blocked by {frame.counted(len(wrong), 'mistake')}", "correct what is wrong and check again"
        )


@app.command(name="import")
def import_(
    kind: Annotated[str, typer.Argument(metavar="umbrella", help="The layout of SRC; only `umbrella` is known.")],
    source: Annotated[Path, typer.Argument(metavar="SRC", help="The folder to read.")],
    target: Annotated[Path, typer.Argument(metavar="DST", help="The folder of guides to write.")],
    as_json: frame.Json = False,
) -> None:
    """Turn another project's guides into holub's layout."""
    from holub.outbound.press.umbrella import import_umbrella

    if kind != "umbrella":
        raise Misused(f"there is no importer for {kind!r}", "use: holub press import umbrella SRC DST")
    with frame.progress("importing") as advance:
        report = import_umbrella(source, target, progress=advance)
    left_out = [{"path": one.path, "line": one.line, "why": one.why} for one in report.left_out]
    answer = {
        "guides": report.guides,
        "checklists": report.checklists,
        "pictures": report.pictures,
        "left_out": left_out,
    }
    counts = {"guide": report.guides, "checklist": report.checklists, "picture": report.pictures}
    text = ", ".join([*(frame.counted(count, noun) for noun, count in counts.items()), f"{len(left_out):,} left out"])
    frame.show(answer, "\n".join([*map(str, report.left_out), text]), as_json=as_json)


@app.command()
def bind(
    guides: Guides,
    office: frame.OfficeFolder,
    out: Annotated[Path, typer.Option("--out", metavar="PARCELS", help="The folder to write the parcels into.")],
    days: Annotated[int, typer.Option(min=1, max=3650, help="How many days the edition is valid.")] = 90,
    section: Annotated[
        list[Path] | None,
        typer.Option(
            "--section", metavar="FILE", help="A section that its editors signed; may be given several times."
        ),
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Bind the guides as the next edition, sign it, and write its parcels."""
    secret = frame.passphrase(passphrase_file)
    now = int(time.time())
    # Stretching the passphrase keeps one core busy and the interpreter free: what binding needs is loaded meanwhile.
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(Office.open, office, secret)
        from holub.inbound.mailroom import room as _room  # noqa: F401 - the office enters it as soon as it is open
        from holub.office.editions import Editions
        from holub.reader import page_code_if_built
    with opening.result() as opened:
        start = time.monotonic()  # stretching the passphrase is slow on purpose, and not binding
        if dry_run:
            _preview(Editions(opened), guides, now, section or [], as_json=as_json)
            return
        with frame.progress("binding") as advance:

            def progress(_stage: str, done: int, total: int) -> None:
                advance(done, total)

            published = Editions(opened).bind(
                guides,
                out,
                now,
                code=page_code_if_built(),
                life=days * frame.DAY,
                sections=section or [],
                progress=progress,
            )
        root = opened.root
        seconds = time.monotonic() - start
    soon = expires_soon(root, now)
    if soon and not as_json:
        last = frame.day(root.expiry)
        typer.echo(f"holub: the root document expires on {last}: run `holub keys rotate` before.", err=True)
    if not as_json:
        for sentence in _whats(published.left_out):
            typer.echo(f"holub: {frame.plain(sentence)}.", err=True)
    _tell(published, seconds, root_expiry=root.expiry, soon=soon, as_json=as_json)


def _whats(left_out: Iterable[HolubError]) -> list[str]:
    return [one.what for one in left_out]


def _preview(editions: Editions, guides: Path, now: int, sections: Sequence[Path], *, as_json: bool) -> None:
    coming = editions.preview(guides, now, sections=sections)
    rows = [
        {
            "section": p.section,
            "language": p.language,
            "guides": p.guides,
            "added": p.added,
            "changed": p.changed,
            "removed": p.removed,
        }
        for p in coming.packs
    ]
    problems = [str(finding) for finding in coming.problems]
    answer: dict[str, object] = {
        "edition": coming.number,
        "packs": rows,
        "replies": coming.replies,
        "problems": problems,
    }
    answer["left_out"] = left_out = _whats(editions.left_out(sections))
    lines = [f"edition {coming.number} would carry {frame.counted(coming.replies, 'new reply', 'new replies')}"]
    lines += [
        f"{p.section}/{p.language}: {frame.counted(p.guides, 'guide')}, +{p.added} ~{p.changed} -{p.removed}"
        for p in coming.packs
    ]
    frame.show(answer, "\n".join([*lines, *left_out, *problems]), as_json=as_json)


def _tell(published: Published, seconds: float, *, root_expiry: int, soon: bool, as_json: bool) -> None:
    record = published.record
    sizes = zip(record.parcels, published.paths, strict=True)
    rows = [
        {
            "kind": entry.kind,
            "from": entry.start,
            "to": entry.edition,
            "section": entry.section,
            "language": entry.language,
            "path": str(path),
            "bytes": entry.size,
        }
        for entry, path in sizes
    ]
    warnings = sum(finding.severity == "warning" for finding in published.findings)
    answer = {
        "edition": record.edition,
        "guides": record.guides,
        "changed": published.changed,
        "seconds": round(seconds, 3),
        "warnings": warnings,
        "left_out": _whats(published.left_out),
        "root": {"expiry": root_expiry, "expires_soon": soon},
        "parcels": rows,
    }
    guides = frame.counted(record.guides, "guide")
    lines = [f"edition {record.edition}: {guides}, {published.changed:,} changed, {seconds:.1f} s"]
    rungs = [entry for entry in record.parcels if entry.is_rung]
    for entry in record.parcels:
        if entry.is_rung:
            continue
        whose = f"{entry.section or 'all'}/{entry.language or 'all'}"
        since = f" since {entry.start}" if entry.start else ""
        lines.append(f"  {entry.kind}{since} {whose}: {entry.size:,} bytes, {entry.name}")
    if rungs:
        leaps = frame.counted(len(rungs), "update")
        lines.append(f"  {leaps} leaping over editions: {sum(one.size for one in rungs):,} bytes")
    if warnings:
        lines.append(f"{frame.counted(warnings, 'warning')}: see `holub press check`")
    frame.show(answer, "\n".join(lines), as_json=as_json)
