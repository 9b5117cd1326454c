"""What every command shares: how an answer, an error and a secret cross the screen.

Rules:
- standard output carries the answer alone: text for people, or with --json one JSON object.
- standard error carries the rest: errors, and progress bars where it is a terminal.
- a secret comes from a file or a prompt, never from an argument: arguments are visible to every
  process on the machine and stay in the shell's history.
- text that came from outside is printed without control characters: a file name must not steer a terminal.
"""

from __future__ import annotations

import ctypes
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from holub.errors import HolubError, Misused, Refused, Unavailable

BUG: Final = 1
DAY: Final = 86_400  # seconds
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count
UNHEARD: Final = 141  # 128 + SIGPIPE: whoever read our output went away

KINDS: Final[tuple[tuple[type[HolubError], str], ...]] = (
    (Misused, "misused"),
    (Refused, "refused"),
    (Unavailable, "unavailable"),
)

# C0 and C1 controls except newline and tab, and the marks that reorder text.
_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

MAX_PASSPHRASE: Final = 1024  # bytes

OfficeFolder = Annotated[Path, typer.Option("--office", metavar="DIR", help="The office's folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="F", help="Read the passphrase from the first line of F; asked for if absent."
    ),
]


def group(about: str) -> typer.Typer:
    """An empty group of commands; `about` is its one line of help."""
    return typer.Typer(help=about, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def day(moment: int) -> str:
    """The day of a Unix time, as people read it."""
    return time.strftime("%Y-%m-%d", time.gmtime(moment))


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 parcel", "2,000 parcels". plural: where it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def plain(text: str) -> str:
    """`text` without anything that could steer a terminal."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def read_file(path: Path, todo: str = "give a file that is there") -> bytes:
    """All of a file that was named on the command line. Raises Unavailable, with what to do."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device may never end
            raise Unavailable(f"{path} is no ordinary file", todo)
        return path.read_bytes()
    except OSError as error:
        raise Unavailable(f"{path} cannot be read ({error.strerror})", todo) from error


def text_of(file: Path | None, what: str) -> str:
    """The text in a file, or what stands on standard input. Raises Unavailable, Misused (it is not UTF-8)."""
    # The bytes, not sys.stdin's text: its encoding is the terminal's, what is kept is UTF-8.
    data = sys.stdin.buffer.read() if file is None else read_file(file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Misused(f"{what} is not UTF-8 text", "save it as UTF-8") from None


def write_file(path: Path, data: bytes, todo: str = "choose another place") -> None:
    """A file that was named on the command line, whole or as it was before. Raises Unavailable, with what to do."""
    try:
        if path.exists() and not path.is_file():  # a pipe, a terminal
            path.write_bytes(data)
            return
        # Through a link to what it names: a rename would take the link's place.
        target = path.resolve()
        beside = target.with_name(target.name + ".new")
        try:
            beside.write_bytes(data)
            beside.replace(target)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unavailable(f"{path} cannot be written ({error.strerror})", todo) from error


def show(answer: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print the answer of a command: `answer` as one JSON object, or `text` for people."""
    typer.echo(json.dumps(answer, ensure_ascii=False, sort_keys=False) if as_json else plain(text))


def end_with(problems: Iterable[HolubError]) -> None:
    """Raises one of what went wrong, once the answer is shown: what was refused before what could not be had.

    For a command that does what it can and goes on (docs/exit-codes.md, "Several things at once").
    """
    worst = min(problems, key=lambda error: error.exit_code, default=None)
    if worst is not None:
        raise worst


def remark(text: str, *, as_json: bool) -> None:
    """A sentence for whoever watches, on standard error; nothing with --json."""
    if not as_json:
        typer.echo(plain(text), err=True)


def tell(kind: str, what: str, todo: str, *, as_json: bool) -> None:
    """Print an error on standard error: one sentence that says what happened, one line that says what to do."""
    if as_json:
        typer.echo(json.dumps({"error": {"kind": kind, "what": what, "todo": todo}}, ensure_ascii=False), err=True)
        return
    typer.echo(f"holub: {plain(what).rstrip('.')}.", err=True)
    if todo:
        typer.echo(f"  to do: {plain(todo)}", err=True)


def kind_of(error: HolubError) -> str:
    """The word for an error's class, as --json prints it."""
    return next((word for base, word in KINDS if isinstance(error, base)), "bug")


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """The passphrase: the first line of `file`, else asked for on the terminal (twice when it is `new`).

    Raises Misused where the file is empty, too long or not text, or where there is no terminal to ask on;
    Unavailable where the file cannot be read.
    """
    if file is None:
        if not sys.stdin.isatty():
            raise Misused(
                "no passphrase was given and there is no terminal to ask on", "name a file: --passphrase-file F"
            )
        return _checked(
            str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)), "the passphrase"
        )
    try:
        with file.open("rb") as opened:
            line = opened.readline(MAX_PASSPHRASE + 3)
    except OSError as error:
        raise Unavailable(f"the passphrase file cannot be read: {file} ({error.strerror})", "check its name") from None
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise Misused(
            f"the passphrase file is not UTF-8 text: {file}", "write the passphrase on its first line"
        ) from None
    return _checked(text.rstrip("\r\n"), f"the first line of {file}")


def _checked(secret: str, where: str) -> str:
    if not secret:
        raise Misused(f"{where} is empty", "give a passphrase of several words")
    if len(secret.encode()) > MAX_PASSPHRASE:
        raise Misused(f"{where} is longer than {MAX_PASSPHRASE} bytes", "give a shorter passphrase")
    return secret


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, shown only on a terminal.

    Gives a function (done, total) to call as the work goes on; both count from 0 in the same unit.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    # What draws is loaded where something is drawn: most runs are watched by nobody.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(plain(label), total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def keep_memory_private() -> None:
    """Let no crash write this process's memory, with keys and letters in it, to a disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # The limit above does not hold where a program collects the dumps; this does. It is a
        # second lock, so a C library without prctl is no error.
        pr_set_dumpable = 4
        prctl = getattr(ctypes.CDLL(None), "prctl", None)
        if prctl is not None:
            prctl(pr_set_dumpable, 0, 0, 0, 0)
