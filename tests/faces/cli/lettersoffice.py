"""An office whose letters are asked about by commands, and a clock that stands where a test puts it."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from holub.faces import cli
from holub.formats.letterkey import EPOCH, WEEK
from holub.office.office import Office, Publisher

NOW = EPOCH + 46 * WEEK
LATER = NOW + 120 * 86_400
PASSPHRASE = "a passphrase of some length"


class Clock:
    """What `time` is to the command line: four months after the office's letter key was made, or what is set."""

    now = float(LATER)

    def time(self) -> float:
        return self.now


def make_office(folder: Path) -> None:
    """An office with the letter key of NOW."""
    (folder / "secret").write_text(f"{PASSPHRASE}\n")
    with Office.create(folder / "office", PASSPHRASE, Publisher("A centre"), NOW) as office:
        office.mailroom.letter_key(NOW)


def run(folder: Path, *words: str) -> str:
    """What `holub letters` says."""
    options = ["--office", str(folder / "office"), "--passphrase-file", str(folder / "secret")]
    done = CliRunner().invoke(cli.build(), ["letters", *words, *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout
