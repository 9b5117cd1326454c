"""`holub letters`: fetch, read and answer letters without the desk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused
from holub.faces.cli import frame, templates
from holub.inbound.mailroom.clock import Decision
from holub.inbound.mailroom.letters import Line, State
from holub.inbound.mailroom.retention import Retention
from holub.inbound.mailroom.room import Mailroom
from holub.office.office import Office
from holub.office.post import fetch_letters
from holub.transit.carrier import Carrier
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.carriers.http import HttpCarrier
from holub.transit.postbox import read_token

app = frame.group("Fetch, read and answer letters without the desk.")
app.add_typer(templates.app, name="template", help=templates.ABOUT)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The letter's number.")]


@contextmanager
def _room(office: Path, passphrase_file: Path | None) -> Iterator[Mailroom]:
    with Office.open(office, frame.passphrase(passphrase_file)) as opened:
        yield opened.mailroom


def _row(line: Line) -> dict[str, object]:
    return {
        "number": line.number,
        "state": line.state.value,
        "topic": line.topic,
        "language": line.language,
        "town": line.town,
        "day": line.day,
        "pictures": line.pictures,
        "wants_reply": line.wants_reply,
        "first_words": line.first_words,
    }


@app.command()
def fetch(
    office: frame.OfficeFolder,
    postbox: Annotated[str | None, typer.Option(metavar="URL", help="A postbox to fetch from.")] = None,
    token_file: Annotated[Path | None, typer.Option(metavar="F", help="The office's token for that postbox.")] = None,
    folder: Annotated[Path | None, typer.Option(metavar="DIR", help="A folder or stick to fetch from.")] = None,
    take_all: Annotated[
        bool,
        typer.Option(
            "--all", help="Take what this office cannot open away from the folder too; no other centre uses it."
        ),
    ] = False,
    proxy: Annotated[str | None, typer.Option(metavar="URL", help="A proxy, such as socks5h://127.0.0.1:9050.")] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Fetch letters from a postbox or a folder, open them and keep them.

    What cannot be opened is dropped from a postbox, and left in a folder: it may be for another centre that shares the
    stick. After 52 weeks it is nobody's, and dropped there too.
    """
    if (postbox is None) == (folder is None):
        raise Misused("give either a postbox or a folder", "use --postbox URL --token-file F, or --folder DIR")
    if postbox is not None and token_file is None:
        raise Misused("a postbox hands out letters to its office alone", "give the office's token with --token-file")
    carrier: Carrier
    if postbox is not None and token_file is not None:
        carrier = HttpCarrier([postbox], token=read_token(token_file), proxy=proxy)
    else:
        carrier = FolderCarrier(folder or Path(), one_disk=True)
    with _room(office, passphrase_file) as room, frame.progress("opening") as advance:
        told = fetch_letters(
            room,
            carrier,
            int(time.time()),
            take_all=take_all,
            progress=lambda _stage, done, total: advance(done, total),
        )
    answer = {
        "opened": told.opened,
        "decoys": told.decoys,
        "replays": told.replays,
        "refused": told.refused,
        "too_late": told.too_late,
        "left": told.left,
    }
    text = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in answer.items() if word != "left")
    if told.left:
        text += (
            f"\n{told.left} that cannot be opened here were left in the folder for other centres (--all takes them)."
        )
    frame.show(answer, text, as_json=as_json)


@app.command(name="list")
def list_(
    office: frame.OfficeFolder,
    state: Annotated[str | None, typer.Option(help="waiting, answered or done.")] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """List letters."""
    if state is not None and state not in set(State):
        raise Misused(f"there is no state {state!r}", f"choose one of: {', '.join(State)}")
    with _room(office, passphrase_file) as room:
        lines = room.rows(State(state) if state else None, limit=1_000_000)
    text = "\n".join(
        f"{one.number:>5}  {one.state:<8}  {one.day}  {one.language:<3} {one.first_words}" for one in lines
    )
    frame.show({"letters": [_row(one) for one in lines]}, text or "No letters.", as_json=as_json)


@app.command()
def show(
    office: frame.OfficeFolder,
    number: Number,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Show one letter, whole."""
    with _room(office, passphrase_file) as room:
        whole = room.view(number)
    answer = {**_row(whole.line), "text": whole.text, "reply": whole.reply, "section": whole.section}
    frame.show(answer, whole.text, as_json=as_json)


@app.command()
def reply(
    office: frame.OfficeFolder,
    number: Number,
    text_file: Annotated[
        Path | None, typer.Option(metavar="F", help="Read the reply from F; from standard input if not given.")
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Write the reply to a letter; it travels with the next edition. Never quote the letter in it."""
    text = frame.text_of(text_file, "the reply")
    if not text.strip():
        raise Misused("the reply is empty", "write something, or close the letter")
    with _room(office, passphrase_file) as room:
        room.reply(number, text.strip())
    frame.show({"number": number, "state": "answered"}, "It travels with the next edition.", as_json=as_json)


@app.command()
def close(
    office: frame.OfficeFolder,
    number: Number,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Put a letter aside without an answer."""
    with _room(office, passphrase_file) as room:
        room.close(number, int(time.time()))
    frame.show({"number": number, "state": "done"}, "It is put aside.", as_json=as_json)


@app.command()
def shred(
    office: frame.OfficeFolder,
    number: Number,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Destroy a letter, its pictures and its answer, for ever."""
    with _room(office, passphrase_file) as room:
        room.view(number)
        if not dry_run:
            room.shred(number)
    text = "It would be destroyed." if dry_run else "It is destroyed."
    frame.show({"number": number, "shredded": not dry_run}, text, as_json=as_json)


@app.command()
def clock(
    office: frame.OfficeFolder,
    right: Annotated[
        bool, typer.Option("--right", help="This machine's clock is right: go on by it, and destroy what is due.")
    ] = False,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Say whether the office doubts the clock, and decide. A clock that jumped destroys nothing until then."""
    now = int(time.time())
    with _room(office, passphrase_file) as room:
        found = room.doubt(now)
        settled = found is not None and right and not dry_run
        keys, letters = room.settle_clock(now) if settled else ([], 0)
    if found is None:
        frame.show({"doubted": False}, "The office does not doubt this clock.", as_json=as_json)
        return
    doubt = found.doubt
    answer = {
        "doubted": True,
        "clock": doubt.now,
        "last_ran": doubt.last,
        "keys_due": found.keys,
        "letters_due": found.letters,
        "settled": settled,
        "keys_overwritten": len(keys),
        "letters_shredded": letters,
    }
    text = f"The office goes on by this clock: {_destroyed(len(keys), letters)}."
    if not settled:
        said = f"The clock says {doubt.now}; the office last ran on {doubt.last}. No key was destroyed."
        text = f"{said}\nIf that is right, `holub letters clock --right` goes on{would_go(found)}."
    frame.show(answer, text, as_json=as_json)


def would_go(found: Decision) -> str:
    """The end of a sentence that says what goes if a doubted clock is right."""
    gone = [(found.keys, "letter key"), (found.letters, "letter")]
    counted = ", ".join(frame.counted(count, noun) for count, noun in gone if count)
    return f"; this goes for good: {counted}" if counted else "; nothing goes"


@app.command()
def retention(
    office: frame.OfficeFolder,
    editions: Annotated[int | None, typer.Option(metavar="N", help="How many editions carry an answer.")] = None,
    done_days: Annotated[
        int | None, typer.Option(metavar="N", help="Days that a letter stays after its answer has travelled.")
    ] = None,
    waiting_days: Annotated[
        int | None, typer.Option(metavar="N", help="Days that a letter without an answer stays.")
    ] = None,
    seal_weeks: Annotated[int | None, typer.Option(metavar="N", help="Weeks that pages seal to one key.")] = None,
    open_weeks: Annotated[
        int | None, typer.Option(metavar="N", help="Weeks that the office opens what was sealed to it.")
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Show or set how long letters, answers and letter keys are kept, and say how many letters came too late.

    Letters need as long as their carriers take: where many come too late, let keys open for longer. The longer they do,
    the more can be opened by whoever takes the office later. New spans hold for the keys of the weeks to come.
    """
    given = {
        "editions": editions,
        "done_days": done_days,
        "waiting_days": waiting_days,
        "seal_weeks": seal_weeks,
        "open_weeks": open_weeks,
    }
    wanted = {name: value for name, value in given.items() if value is not None}
    with _room(office, passphrase_file) as room:
        before = room.retention
        after = replace(before, **wanted)
        due = room.letters_due(int(time.time()), after)
        late = room.late()
        if after != before and not dry_run:
            room.retain(after)
    changed = after != before and not dry_run
    answer = {**asdict(after), "changed": changed, "letters_due": due, "too_late": late}
    text = _kept(after, due, late)
    if after != before and dry_run:
        text = f"Nothing was set. This would hold:\n{text}"
    frame.show(answer, text, as_json=as_json)


def _kept(kept: Retention, due: int, late: dict[int, int]) -> str:
    """What is kept for how long, in sentences."""
    lines = [
        f"An answer travels in {frame.counted(kept.editions, 'edition')}; "
        f"its letter goes {frame.counted(kept.done_days, 'day')} after that.",
        f"A letter without an answer goes after {frame.counted(kept.waiting_days, 'day')}.",
        f"A week's key seals for {frame.counted(kept.seal_weeks, 'week')} and opens for {kept.open_weeks}.",
    ]
    if due:
        lines.append(f"By this {frame.counted(due, 'letter')} will be shredded with the next schedule.")
    if late:
        weeks = ", ".join(f"week {week}: {count}" for week, count in late.items())
        whose = "its" if sum(late.values()) == 1 else "their"
        lines.append(f"{frame.counted(sum(late.values()), 'letter')} came after {whose} key was gone ({weeks}).")
    return "\n".join(lines)


@app.command(name="keep-schedule")
def keep_schedule(
    office: frame.OfficeFolder, passphrase_file: frame.PassphraseFile = None, as_json: frame.Json = False
) -> None:
    """Overwrite letter keys and shred letters whose time is over. Run it daily; the desk does it by itself."""
    with _room(office, passphrase_file) as room:
        keys, letters = room.keep_schedule(int(time.time()))
    answer = {"keys_overwritten": len(keys), "letters_shredded": letters}
    frame.show(answer, _destroyed(len(keys), letters), as_json=as_json)


def _destroyed(keys: int, letters: int) -> str:
    return f"{frame.counted(keys, 'key')} overwritten, {frame.counted(letters, 'letter')} shredded"
