"""Which guides of a repository a benchmark takes: by language folders where these hold most, all as one otherwise."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.corpus import ONE, Corpus
from holub.errors import Misused


def repository(folder: Path, *files: str) -> Corpus:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    for file in files:
        place = folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"# {file}\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "all")
    return Corpus(folder)


def paths(corpus: Corpus) -> dict[str, list[str]]:
    return {language: list(guides) for language, guides in corpus.packs("HEAD").items()}


def test_folders_named_by_language_are_packs(tmp_path: Path) -> None:
    corpus = repository(
        tmp_path, "README.md", "content/en/a.md", "content/en/it/b.md", "content/uk/a.md", "content/x.png"
    )
    assert paths(corpus) == {"en": ["a.md", "it/b.md"], "uk": ["a.md"]}


def test_a_repository_without_such_folders_is_one_pack(tmp_path: Path) -> None:
    corpus = repository(tmp_path, "README.md", "docs/basics/a.md", "docs/basics/b.md", "docs/os/c.md", "docs/os/d.png")
    assert paths(corpus) == {ONE: ["README.md", "docs/basics/a.md", "docs/basics/b.md", "docs/os/c.md"]}


def test_a_repository_without_markdown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="no Markdown"):
        repository(tmp_path, "a.txt").packs("HEAD")
