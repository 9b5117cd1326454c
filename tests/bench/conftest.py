"""A git repository of a few guides in two languages, with a history of three revisions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

WORDS = (
    "water",
    "shelter",
    "letter",
    "window",
    "bread",
    "doctor",
    "school",
    "ticket",
    "winter",
    "lamp",
    "paper",
    "garden",
    "bridge",
    "market",
    "signal",
)


def guide(number: int, turn: int = 0) -> str:
    """A guide's text; `turn` changes one line of it."""
    lines = [" ".join(WORDS[(number * 3 + line * 5 + at * 2) % len(WORDS)] for at in range(12)) for line in range(20)]
    if turn:
        lines[turn] = f"This line is of revision {turn}."
    return f"---\ntitle: Guide {number} about {WORDS[number]}\n---\n\n" + "\n\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve guides in English, nine in Ukrainian; each later revision changes one of each."""
    folder = tmp_path_factory.mktemp("corpus")

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    for turn in range(3):
        for language, count in (("en", 12), ("uk", 9)):
            for number in range(count):
                file = folder / "content" / language / f"topic-{number % 3}" / f"guide-{number}.md"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(guide(number, turn if number == turn else 0), encoding="utf-8")
        git("add", ".")
        git("commit", "-q", "-m", f"revision {turn}")
    return folder
