"""`holub carry`: parcels out, letters in, between a postbox, a mirror and a USB stick.

What a place is, and how it is asked for; the carrying itself, with its rules, is in holub.transit.carrying.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused, Unavailable
from holub.faces.cli import errand, frame, listening, oneway, paper
from holub.transit.carrier import Carrier
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.carrying import Carried, letters_in, pages_out, parcels_out
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.postbox import read_token
from holub.transit.reception import MOST_BYTES, Received

app = frame.group("Move parcels and letters: by stick or folder, a postbox, paper, sound, radio or broadcast.")

PLACE = (
    "A place is a folder (folder:/media/stick, or just its path) or an address (https://example.org). "
    "Parcels and letters also go into a sound file, and come out of a recording (sound:message.wav), "
    "or are played and heard at once (sound:live); "
    "parcels also by radio (radio:broadcast.wav). "
    "Both go on sheets of paper too: qr:sheets.pdf to print, qr:scans/ with photographs to read."
)
Places = Annotated[
    list[str], typer.Argument(metavar="PLACE", help=f"Where from, then where to (the last one). {PLACE}")
]
Proxy = Annotated[str | None, typer.Option("--proxy", metavar="URL", help="For addresses: socks5h://127.0.0.1:9050.")]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="F", help="For a postbox of ours: the file with the office's token."),
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the list of parcels there even if it is newer.")]


@contextlib.contextmanager
def opened(place: str, proxy: str | None, token_file: Path | None) -> Iterator[Carrier]:
    """The carrier that a place on the command line means. Raises Misused, Unavailable."""
    scheme, colon, rest = place.partition(":")
    if paper.is_paper(place):
        raise Misused(
            "sheets of paper are printed by carry out and read by carry in, one way at a time",
            "print: holub carry out PARCEL qr:sheets.pdf; read: holub carry in qr:scans/ PLACE",
        )
    if scheme in ("http", "https") and rest.startswith("//"):
        token = read_token(token_file) if token_file else None
        with HttpCarrier([place], token=token, proxy=proxy) as carrier:
            yield carrier
    elif colon and scheme not in ("folder", "") and rest.startswith("//"):
        raise Misused(f"this is no place that parcels can be carried to: {place}", PLACE)
    else:
        yield FolderCarrier(_folder(place), one_disk=True)


def _folder(place: str) -> Path:
    return Path(place.removeprefix("folder:"))


def _out(source: str, target: Carrier, replace: bool, proxy: str | None, token_file: Path | None) -> Carried:
    with frame.progress("Parcels") as advance:
        if source.lower().endswith(PARCEL_SUFFIX):
            return Carried(1, _put_file(Path(source), target))
        with opened(source, proxy, token_file) as carrier:
            if isinstance(carrier, FolderCarrier):
                _require_place(_folder(source))
            carried = parcels_out(carrier, target, replace=replace, advance=advance)
            if isinstance(carrier, FolderCarrier):
                carried.pages = pages_out(_folder(source), target)
            return carried


def _require_place(folder: Path) -> None:
    """Raises Misused for the parcels as the press wrote them: carried so, no reader would find them."""
    if not (folder / PARCELS).is_dir() and any(folder.glob(f"*{PARCEL_SUFFIX}")):
        todo = f"make one of it: holub mirror DIR --parcels {folder}; then carry DIR"
        raise Misused(f"no reader would find the parcels in {folder}: it is what the press wrote, and no place", todo)


def _put_file(file: Path, target: Carrier) -> int:
    if not file.is_file():
        raise Unavailable(f"there is no parcel at {file}", "check its name")
    target.put(file)
    return file.stat().st_size


def _split(places: Sequence[str]) -> tuple[list[str], str]:
    if len(places) < 2:
        raise Misused("at least two places are needed: where from, and where to", PLACE)
    return list(places[:-1]), places[-1]


@app.command("out")
def out(
    places: Places,
    replace: Replace = False,
    proxy: Proxy = None,
    token_file: TokenFile = None,
    lose: paper.Lose = None,
    harsh: paper.Harsh = False,
    root: paper.Root = None,
    words: paper.Words = "",
    pace: oneway.PaceOption = None,
    rounds: oneway.Rounds = None,
    as_json: frame.Json = False,
) -> None:
    """Carry parcels (and, from a folder, pages) to the last place; a single parcel file can be a source too."""
    sources, goal = _split(places)
    choice = oneway.Choice(pace, rounds)
    air = oneway.medium(goal, choice)
    if paper.is_paper(goal):
        options = paper.Options(lose, harsh, root, words)
        paper.write(paper.gather(sources), goal, options, as_json=as_json)
        return
    if air is not None:
        sent = oneway.send(sources, goal, choice, air, as_json=as_json)
        done = "played" if goal == oneway.LIVE else f"written to {goal}"
        sounds = {"seconds": sent.seconds} if sent.seconds else {}
        text = f"{frame.counted(sent.parcels, 'parcel')} ({sent.bytes:,} bytes) {done}"
        frame.show({"parcels": sent.parcels, "bytes": sent.bytes} | sounds, text, as_json=as_json)
        return
    total = Carried()
    with opened(goal, proxy, token_file) as target:
        for source in sources:
            part = _out(source, target, replace, proxy, token_file)
            total.parcels += part.parcels
            total.bytes += part.bytes
            total.pages += part.pages
            total.edition = part.edition if part.edition is not None else total.edition
    answer = {"parcels": total.parcels, "bytes": total.bytes, "pages": total.pages, "edition": total.edition}
    edition = f"; edition {total.edition} is there now" if total.edition is not None else ""
    parcels, pages = frame.counted(total.parcels, "parcel"), frame.counted(total.pages, "page")
    text = f"{parcels} ({total.bytes:,} bytes) and {pages} carried to {goal}{edition}"
    frame.show(answer, text, as_json=as_json)


@app.command("in")
def into(
    places: Places,
    proxy: Proxy = None,
    token_file: TokenFile = None,
    lose: paper.Lose = None,
    harsh: paper.Harsh = False,
    root: Annotated[
        Path | None,
        typer.Option("--root", metavar="ROOT", help="For a broadcast: keep only what the publisher of ROOT signed."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--for", metavar="SECONDS", help="For a broadcast or sound:live: how long to listen; else until Ctrl+C."
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", metavar="MB", min=1, help="For a broadcast: the most that is kept.")
    ] = MOST_BYTES // 1_000_000,
    as_json: frame.Json = False,
) -> None:
    """Carry sealed letters to the last place; each is deleted where it was once it is stored there.

    From photographs of sheets whatever is on them comes in, letters and parcels; onto sheets letters are only copied.
    A source can also be a broadcast, which brings parcels: broadcast:udp:239.1.2.3:5007, broadcast:file:stream.bin or
    broadcast:- for a pipe.
    """
    sources, goal = _split(places)
    if paper.is_paper(goal):
        with contextlib.ExitStack() as stack:
            carriers = [stack.enter_context(opened(source, proxy, token_file)) for source in sources]
            paper.write_letters_of(carriers, goal, paper.Options(lose, harsh), as_json=as_json)
        return
    total, heard, read, todo = Carried(), Received(), oneway.Heard(), list[str]()
    airs = [source for source in sources if source.startswith(listening.SCHEME)]
    sheets = [source for source in sources if paper.is_paper(source)]
    sounds = [source for source in sources if oneway.medium(source) is not None]
    with opened(goal, proxy, token_file) as target:
        known = _folder(goal) / PARCELS if isinstance(target, FolderCarrier) else None
        for source in airs:
            with frame.progress("Frames") as advance:
                heard += listening.receive(
                    source,
                    target,
                    root=root,
                    seconds=seconds,
                    most=most * 1_000_000,
                    known=known,
                    progress=lambda _parcel, done, needed: advance(done, needed),
                )
        for source in sheets:
            todo += paper.read(source, target, read)
        for source in sounds:
            came = oneway.receive(source, target, oneway.Choice(seconds=seconds), as_json=as_json)
            total.letters += came.letters
            total.damaged += came.refused
            heard += Received(came.parcels, came.bytes)
        with frame.progress("Letters") as advance:
            for source in sources:
                if source not in airs and source not in sounds and source not in sheets:
                    with opened(source, proxy, token_file) as carrier:
                        letters_in(carrier, target, total, advance=advance)
    total.letters += read.letters
    answer: dict[str, object] = {"letters": total.letters, "damaged": total.damaged + read.refused}
    lines = [_letters_text(total, goal)] if len(airs) < len(sources) else []
    if airs or heard.parcels:
        answer |= {"parcels": heard.parcels, "bytes": heard.bytes, "refused": heard.refused, "edition": heard.edition}
        lines.append(_heard_text(heard, goal))
    if sheets:
        answer |= {"parcels": heard.parcels + read.parcels, "bytes": heard.bytes + read.bytes, "todo": todo}
        lines += [f"{frame.counted(read.parcels, 'parcel')} ({read.bytes:,} bytes) came from sheets of paper", *todo]
    frame.show(answer, "\n".join(lines), as_json=as_json)


@app.command("sync")
def sync(
    places: Annotated[
        list[str], typer.Argument(metavar="PLACE…", help=f"A stick alone; or where from, then where to. {PLACE}")
    ],
    home: Annotated[
        str | None,
        typer.Option("--home", metavar="PLACE", help="For a stick alone: what is here; looked for if not given."),
    ] = None,
    replace: Replace = False,
    proxy: Proxy = None,
    token_file: TokenFile = None,
    as_json: frame.Json = False,
) -> None:
    """Both directions between a stick and what is here. With more places: parcels to the last, its letters back."""
    if len(places) == 1:
        if replace or token_file:
            raise Misused("--replace and --token-file are for more than one place", "leave them out")
        errand.sync_stick(places[0], home, proxy, as_json=as_json)
        return
    if home is not None:
        raise Misused("--home goes with a stick alone", "give one place, or leave --home out")
    sources, goal = _split(places)
    total = Carried()
    with opened(goal, proxy, token_file) as target:
        for source in sources:
            part = _out(source, target, replace, proxy, token_file)
            total.parcels += part.parcels
            total.edition = part.edition if part.edition is not None else total.edition
        with opened(sources[0], proxy, token_file) as first, frame.progress("Letters") as advance:
            letters_in(target, first, total, advance=advance)
    answer = {"parcels": total.parcels, "edition": total.edition, "letters": total.letters, "damaged": total.damaged}
    text = f"{frame.counted(total.parcels, 'parcel')} carried to {goal}; {_letters_text(total, sources[0])}"
    frame.show(answer, text, as_json=as_json)


def _letters_text(carried: Carried, goal: str) -> str:
    damaged = f"; left where they were, being damaged: {carried.damaged:,}" if carried.damaged else ""
    return f"{frame.counted(carried.letters, 'letter')} carried to {goal}{damaged}"


def _heard_text(heard: Received, goal: str) -> str:
    refused = f"; {heard.refused:,} refused" if heard.refused else ""
    edition = f"; edition {heard.edition} is the newest that is held" if heard.edition else ""
    return f"{frame.counted(heard.parcels, 'parcel')} ({heard.bytes:,} bytes) kept at {goal}{refused}{edition}"
