"""The command `holub`: its groups, and the one place where an error becomes an exit code.

Rules:
- a group is a module here with `app`, a typer.Typer; GROUPS lists them all. Only the group that was
  asked for is imported: `holub postbox` runs where the office's packages are not installed.
- a command returns None and raises an error of holub.errors; nothing but `run` ends the process.
- the exit codes are a contract: docs/exit-codes.md.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from holub import __version__
from holub.errors import HolubError, Misused, Unavailable, from_its_file
from holub.faces.cli import frame

_OBJECTS: Final = 50_000  # new ones between two searches for garbage


@dataclass(frozen=True)
class Group:
    """One word after `holub`: a group of commands or, where `single`, one command of that name."""

    name: str
    about: str
    single: bool = False

    @property
    def module(self) -> str:
        return f"{__name__}.{self.name}"


# In the order in which somebody meets them.
GROUPS: Final = (
    Group("up", "Office, desk and postbox on this machine, with demo keys and sample guides.", single=True),
    Group("keys", "The office's keys and its root document."),
    Group("press", "Guides: check them, import them, bind them into an edition."),
    Group("section", "An editor's own section: make a key, sign guides, without any office."),
    Group("edition", "Check editions and guides against a publisher's root document."),
    Group("parcel", "Look at parcels; lay an edition out as files."),
    Group("page", "The reading page: build it, compare fingerprints, tell a genuine one from a swapped one."),
    Group("letters", "Fetch, read and answer letters without the desk."),
    Group("stamps", "One-time codes for leaflets: a letter with one is taken first. Nobody needs one."),
    Group("desk", "The web application that the centre's staff work in."),
    Group("mirror", "Write a folder that any web server can hand out.", single=True),
    Group("carry", "Move parcels and letters: by stick or folder, a postbox, paper, sound, radio or broadcast."),
    Group("broadcast", "Send an edition over and over: satellite, radio, a network, a file or a pipe.", single=True),
    Group("mesh", "Alerts, small updates and narrow letters over mesh radios."),
    Group("postbox", "The public server that hands out editions and takes sealed letters."),
    Group("relay", "A small service behind the blockade: hands editions out, carries letters, forgets."),
)


def build(asked: str | None = None, groups: Sequence[Group] = GROUPS) -> typer.Typer:
    """The application. `asked` is the group to import; None imports all (for the help of everything)."""
    app = frame.group("A post office for people behind an information blockade.")
    app.callback()(_options)
    for one in groups:
        if asked in (None, one.name):
            part = _load(one)
        else:
            part = frame.group(one.about)
            part.command(one.name if one.single else None, help=one.about)(_unasked)
        if one.single:
            app.add_typer(part)
        else:
            app.add_typer(part, name=one.name, help=one.about)
    return app


def run(arguments: Sequence[str], groups: Sequence[Group] = GROUPS) -> int:
    """Run one command line (without the program's name) and give its exit code."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json = "--json" in options
    asked = next((word for word in arguments if not word.startswith("-")), "")
    debug = "--debug" in options
    try:
        if "" in arguments:
            # An empty path is the folder at hand: a script whose variable is not set would put an office's keys there.
            raise Misused("an argument is empty", "give it a value; in a script, see that its variable is set")
        command = typer.main.get_command(build(asked, groups))
        ended = command.main(list(arguments), prog_name="holub", standalone_mode=False)
    except SystemExit as left:
        # Only typer ends a process here, and only where standard output was closed.
        return frame.UNHEARD if isinstance(left.__context__, BrokenPipeError) else frame.BUG
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last net: no traceback, it may quote secrets
        code = _explain(error, _help_for(asked, groups), as_json=as_json)
        if debug:
            traceback.print_exc()  # names and lines; never the values of variables
        return code
    return ended if isinstance(ended, int) else 0


def _explain(error: Exception | KeyboardInterrupt, help_line: str, *, as_json: bool) -> int:
    """Say on standard error what happened and what to do; gives the exit code."""
    match error:
        case HolubError():
            frame.tell(frame.kind_of(error), error.what, error.todo, as_json=as_json)
            return error.exit_code
        case typer.TyperException():
            # A group without a command has printed its help already, and has no message.
            if error.format_message():
                frame.tell("misused", error.format_message(), help_line, as_json=as_json)
            return error.exit_code
        case typer.Abort() | KeyboardInterrupt():
            frame.tell("interrupted", "stopped before the end", "", as_json=as_json)
            return frame.INTERRUPTED
        case OSError():
            where = f": {error.filename}" if error.filename else ""
            what = f"{error.strerror or type(error).__name__}{where}"
            frame.tell("unavailable", what, "put that right and run the command again", as_json=as_json)
            return Unavailable.exit_code
        case _:
            what = f"this is a bug in holub, and we are sorry: {type(error).__name__}"
            frame.tell("bug", what, "run it again with --debug and send us the lines it prints", as_json=as_json)
            return frame.BUG


def main() -> None:
    """The entry point of the program `holub`."""
    frame.keep_memory_private()
    # Loading a group makes some 100,000 objects that stay. To search them for garbage again and again, and once more at
    # the end, took nearly a fifth of a short command's time.
    gc.set_threshold(_OBJECTS)
    code = run(sys.argv[1:])
    gc.freeze()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = frame.UNHEARD
    if code == frame.UNHEARD:
        # The interpreter flushes once more as it ends, and would complain about the same closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def _load(one: Group) -> typer.Typer:
    """The commands of a group. Raises Unavailable where the packages that it needs are not installed."""
    try:
        app = importlib.import_module(one.module).app
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "holub":
            raise
        what = f"`holub {one.name}` needs {error.name}, which is not installed"
        raise Unavailable(what, from_its_file("office")) from None
    if not isinstance(app, typer.Typer):
        raise TypeError(f"{one.module}.app is no typer.Typer")
    return app


def _unasked() -> None:
    """Stands in the list of commands for a group that was not asked for, so it is never run."""
    raise AssertionError("a group was run that was not loaded")


def _help_for(asked: str, groups: Sequence[Group]) -> str:
    known = any(one.name == asked for one in groups)
    return f"see: holub {asked} --help" if known else "see: holub --help"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"holub {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="After an error, print where it came from.")] = False,
) -> None:
    # Both are read before this is called: the version by its callback, --debug by `run`.
    del version, debug
