"""The folder of guides: what is read, in which order, and what is left out by name."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from holub.errors import Misused, Unavailable
from holub.outbound.press.check import check_tree, errors
from holub.outbound.press.gallery import pictures_of
from holub.outbound.press.guide import LARGEST_GUIDE
from holub.outbound.press.tree import GuideTree, read_tree
from tests.outbound.press.conftest import WriteGuides


def found(tree: GuideTree) -> list[tuple[str, str]]:
    return [(finding.file, finding.severity) for finding in tree.findings]


def test_each_language_is_a_pack_sorted_by_the_bytes_of_its_paths(write_guides: WriteGuides) -> None:
    contents: dict[str, str | bytes] = {
        "uk/я.md": "1",
        "uk/b/c.md": "2",
        "uk/b c's.md": b"\xff\r\n",
        "uk/B.md": "",
        "zh-Hant/x.md": "3",
    }
    tree = read_tree(write_guides(contents))
    assert [pack.language for pack in tree.packs] == ["uk", "zh-Hant"]
    assert tree.pack("uk").guides == (
        ("B.md", b""),
        ("b c's.md", b"\xff\r\n"),
        ("b/c.md", b"2"),
        ("я.md", b"1"),
    )
    assert tree.count == 5
    assert tree.findings == ()


def test_what_is_hidden_or_no_guide_is_passed_over(write_guides: WriteGuides) -> None:
    files = {"uk/a.md": "", "uk/.draft.md": "", "uk/.git/b.md": "", "uk/b.yml": "", ".git/uk/a.md": ""}
    tree = read_tree(write_guides(files))
    assert [path for path, _ in tree.pack("uk").guides] == ["a.md"]
    assert tree.findings == ()


def test_what_does_not_belong_is_left_out_by_name(write_guides: WriteGuides) -> None:
    tree = read_tree(write_guides({"uk/a.md": "", "README.md": "", "docs/a.md": "", "fr/a.png": ""}))
    assert [pack.language for pack in tree.packs] == ["uk"]
    assert found(tree) == [("README.md", "warning"), ("docs", "warning"), ("fr", "warning")]


def test_a_country_is_not_taken_for_a_language_without_a_word(write_guides: WriteGuides) -> None:
    tree = read_tree(write_guides({"ua/a.md": "", "uk/a.md": ""}))
    assert [pack.language for pack in tree.packs] == ["ua", "uk"]
    assert found(tree) == [("ua", "warning")]
    assert tree.findings[0].todo == "rename the folder to uk"


def test_a_text_that_is_no_guide_is_never_left_out_silently(write_guides: WriteGuides) -> None:
    tree = read_tree(
        write_guides({"uk/a.md": "", "uk/B.MD": "", "uk/c/d.markdown": "", "uk/e.docx": "", "uk/f.Txt": ""})
    )
    assert [path for path, _ in tree.pack("uk").guides] == ["a.md"]
    assert found(tree) == [(f"uk/{name}", "warning") for name in ("B.MD", "c/d.markdown", "e.docx", "f.Txt")]


def test_links_of_the_file_system_are_not_followed(write_guides: WriteGuides, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    root = write_guides({"uk/a.md": ""})
    (root / "uk" / "b.md").symlink_to(secret)
    (root / "uk" / "c").symlink_to(tmp_path, target_is_directory=True)
    (root / "en").symlink_to(root / "uk", target_is_directory=True)
    os.mkfifo(root / "uk" / "pipe.md")
    tree = read_tree(root)
    assert [(pack.language, pack.guides) for pack in tree.packs] == [("uk", (("a.md", b""),))]
    assert found(tree) == [("en", "warning"), ("uk/b.md", "warning"), ("uk/c", "warning")]


def test_names_that_cannot_be_carried_block_a_binding(write_guides: WriteGuides) -> None:
    files = {
        "uk/a.md": "",
        "uk/bell\a.md": "",
        "uk/turn\u202e.md": "",
        "uk/back\\slash.md": "",
        f"uk/{'d/' * 127}e.md": "",
    }
    tree = read_tree(write_guides(files))
    assert [path for path, _ in tree.pack("uk").guides] == ["a.md"]
    assert len(errors(tree.findings)) == 4
    assert len(errors(check_tree(tree, now=0).findings)) == 4


def test_a_name_that_is_not_utf8_is_named(write_guides: WriteGuides) -> None:
    root = write_guides({"uk/a.md": ""})
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/uk/\xff.md")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    tree = read_tree(root)
    assert found(tree) == [("uk/\\udcff.md", "error")]
    assert "\\udcff" in str(tree.findings[0]).encode().decode()


def test_names_in_pieces_are_put_together(write_guides: WriteGuides) -> None:
    name = "їжа.md"
    root = write_guides({f"uk/{unicodedata.normalize('NFD', name)}": "x"})
    assert [path for path, _ in read_tree(root).pack("uk").guides] == [name]
    tree = read_tree(write_guides({f"uk/{name}": "y"}))
    assert [severity for _, severity in found(tree)] == ["error"]


def test_a_guide_that_is_too_large_is_not_even_read(write_guides: WriteGuides) -> None:
    root = write_guides({"uk/a.md": ""})
    with (root / "uk" / "big.md").open("wb") as file:
        file.truncate(LARGEST_GUIDE + 1)
    assert found(read_tree(root)) == [("uk/big.md", "error")]


@pytest.mark.parametrize("now", [b"", b"half", b"far longer than it was" * 9000], ids=["empty", "shorter", "longer"])
def test_a_guide_that_is_written_while_it_is_read_is_what_the_file_holds(
    now: bytes, write_guides: WriteGuides, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, real = write_guides({"uk/a.md": "as it was listed"}), os.fstat

    def measured_too_early(descriptor: int) -> os.stat_result:
        before = real(descriptor)
        (root / "uk" / "a.md").write_bytes(now)
        return before

    monkeypatch.setattr(os, "fstat", measured_too_early)
    assert read_tree(root).pack("uk").guides == (("a.md", now),)


def test_a_guide_that_grows_beyond_the_limit_while_it_is_read_is_left_out(
    write_guides: WriteGuides, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, real = write_guides({"uk/a.md": "", "uk/b.md": "small"}), os.fstat

    def measured_too_early(descriptor: int) -> os.stat_result:
        before = real(descriptor)
        if before.st_size:
            os.truncate(root / "uk" / "b.md", LARGEST_GUIDE + 1)
        return before

    monkeypatch.setattr(os, "fstat", measured_too_early)
    assert found(read_tree(root)) == [("uk/b.md", "error")]


def test_languages_that_differ_in_capitals_alone(write_guides: WriteGuides) -> None:
    assert found(read_tree(write_guides({"pt-BR/a.md": "", "pt-br/a.md": ""}))) == [("pt-br", "error")]


def test_there_must_be_a_folder_and_the_language(write_guides: WriteGuides, tmp_path: Path) -> None:
    with pytest.raises(Misused):
        read_tree(tmp_path / "nowhere")
    tree = read_tree(write_guides({"uk/a.md": ""}))
    with pytest.raises(Misused, match="uk"):
        tree.pack("en")


def test_a_file_that_may_not_be_read_stops_the_reading(
    write_guides: WriteGuides, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: str, _flags: int) -> int:
        raise PermissionError(13, "Permission denied", path)

    root = write_guides({"uk/a.md": ""})
    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(Unavailable, match=r"uk/a\.md"):
        read_tree(root)


def test_pictures_are_the_languages_own_or_those_of_another(write_guides: WriteGuides) -> None:
    show = "![](p/one.png) ![](two.JPG) ![](none.png) ![](https://a.example/x.png)"
    write_guides({"uk/a/g.md": show, "en/a/g.md": show})
    root = write_guides(
        {"uk/a/two.JPG": b"uk", "en/a/two.JPG": b"en", "en/a/p/one.png": b"1", "en/a/unshown.png": b"2"}
    )
    tree = read_tree(root)
    gallery = pictures_of(tree, check_tree(tree, now=0).reports)
    assert {
        language: {path: file.read_bytes() for path, file in files.items()} for language, files in gallery.items()
    } == {
        "en": {"a/p/one.png": b"1", "a/two.JPG": b"en"},
        "uk": {"a/p/one.png": b"1", "a/two.JPG": b"uk"},
    }
    assert list(gallery["uk"]) == sorted(gallery["uk"])


@pytest.mark.corpus
def test_the_corpus_is_read_whole(umbrella_source: Path) -> None:
    tree = read_tree(umbrella_source)
    assert tree.count == sum(1 for _ in umbrella_source.rglob("*.md"))
    for pack in tree.packs:
        for path, data in pack.guides:
            assert (umbrella_source / pack.language / path).read_bytes() == data
    assert tree.findings == ()
