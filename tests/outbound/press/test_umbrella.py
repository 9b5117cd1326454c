"""The importer: one small content folder by hand, and the whole real corpus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from holub.errors import Misused
from holub.outbound.press.check import check_tree
from holub.outbound.press.guide import parse_guide
from holub.outbound.press.tree import GuideTree, read_tree
from holub.outbound.press.umbrella import ImportReport, import_umbrella
from tests.outbound.press.conftest import WriteGuides

NOW = 1_795_000_000
SMALL: dict[str, str | bytes] = {
    "en/home/.category.yml": "index: 2\nicon: home.png\ntitle: 'Home: warm'\ndescription: |\n  Stay\n  warm\n",
    "en/home/night/.category.yml": "index: 1\ntitle: Night\n",
    "en/home/night/s_lamp.md": '---\nindex: 4\ntitle: "A \\"lamp\\""\n---\nSee [heat](umbrella://home/s_heat.md).\r\n',
    "en/home/night/c_checklist.yml": (
        "index: 9\nlist:\n- label: Before\n- check: 'Read [this](umbrella://home/night)'\n- check: two\n   lines\n"
    ),
    "en/home/s_heat.md": (
        "---\ntitle: Heat\nindex: 1\n---\n![x](home.png) [a](umbrella://home) [b](umbrella://gone/s_x.md)\n"
        "[c]((umbrella://home/night/s_lamp.md) [d] from (umbrella://home/night/c_checklist.yml) [e](https://e.example)\n"
        "[f](umbrella://forms/f_report.yml) (umbrella://home) [g](umbrella://forms/f_words.yml)\n"
    ),
    "en/home/home.png": b"picture",
    "en/forms/.category.yml": "index: 3\ntitle: Forms\n",
    "en/forms/f_report.yml": "title: Report\nscreens:\n- items:\n  - {type: text_input, label: Name}\n",
    "en/forms/f_words.yml": "title: Words\nscreens:\n- items:\n  - {type: label, label: Keep calm}\n",
    "en/empty/.category.yml": "index: 5\ntitle: Empty\n",
    "en/odd.txt": "odd",
    "README.md": "not a language",
}


def imported(write_guides: WriteGuides, tmp_path: Path) -> tuple[ImportReport, Path]:
    target = tmp_path / "target"
    return import_umbrella(write_guides(SMALL), target), target


def test_every_piece_becomes_one_of_ours(write_guides: WriteGuides, tmp_path: Path) -> None:
    report, target = imported(write_guides, tmp_path)
    assert (target / "en/home/index.md").read_text() == (
        '---\ntitle: "Home: warm"\norder: 2\nsummary: Stay warm\n---\n'
    )
    assert (target / "en/home/night/lamp.md").read_bytes() == (
        b'---\ntitle: A "lamp"\norder: 4\n---\nSee [heat](../heat.md).\r\n'
    )
    assert (target / "en/home/night/checklist.md").read_text() == (
        '---\ntitle: "Checklist: Home: warm, Night"\nkind: checklist\norder: 9\n---\n'
        "## Before\n\n- [ ] Read [this](index.md)\n- [ ] two lines\n"
    )
    assert (target / "en/home/heat.md").read_text() == (
        "---\ntitle: Heat\norder: 1\n---\n![x](home.png) [a](index.md) b\n"
        "[c](night/lamp.md) [d](night/checklist.md) from [e](https://e.example)\n"
        "f  [g](../forms/words.md)\n"
    )
    assert (target / "en/forms/words.md").read_text().endswith("## Keep calm\n")
    assert (target / "en/home/home.png").read_bytes() == b"picture"
    assert (report.guides, report.checklists, report.topics, report.pictures) == (3, 1, 3, 1)


def test_what_is_left_out_is_named(write_guides: WriteGuides, tmp_path: Path) -> None:
    report, target = imported(write_guides, tmp_path)
    assert [(left.path, left.line) for left in report.left_out] == [
        ("en/empty/.category.yml", 0),
        ("en/forms/f_report.yml", 0),
        ("en/home/s_heat.md", 5),
        ("en/home/s_heat.md", 7),
        ("en/home/s_heat.md", 7),
        ("en/odd.txt", 0),
    ]
    assert "sealed letter" in report.left_out[1].why
    assert not list(target.rglob("*report*"))


def test_what_came_over_has_no_broken_link(write_guides: WriteGuides, tmp_path: Path) -> None:
    _, target = imported(write_guides, tmp_path)
    assert [finding.what for finding in check_tree(read_tree(target), now=NOW).findings] == [
        "The file is no picture that can be read (home/home.png)"
    ]


def test_again_writes_nothing_and_keeps_what_others_wrote(write_guides: WriteGuides, tmp_path: Path) -> None:
    first, target = imported(write_guides, tmp_path)
    (target / "en" / "ours.md").write_text("# Ours")
    (target / "en" / "home" / "heat.md").write_text("changed")
    again = import_umbrella(tmp_path / "guides", target)
    assert first.written == 8
    assert again.written == 1
    assert again.foreign == ["en/ours.md"]
    assert (target / "en" / "ours.md").read_text() == "# Ours"
    assert again.left_out == first.left_out


def test_broken_yaml_is_read_line_by_line(write_guides: WriteGuides, tmp_path: Path) -> None:
    root = write_guides(
        {
            "en/s_a.md": "---\nindex: 3\ntitle: What: now\n---\nx",
            "en/s_b.md": "---\n- [\n---\nx",
            "en/s_c.md": "no front matter",
            "en/c_d.yml": "list: [",
            "en/.category.yml": "&a [*a]",
            "en/f_e.yml": "screens: 3",
        }
    )
    import_umbrella(root, tmp_path / "target")
    target = tmp_path / "target" / "en"
    assert (target / "a.md").read_text() == '---\ntitle: "What: now"\norder: 3\n---\nx'
    assert (target / "b.md").read_text() == "---\n---\nx"
    assert (target / "c.md").read_text() == "no front matter"
    assert parse_guide("d.md", (target / "d.md").read_bytes()).kind == "checklist"
    assert not (target / "e.md").exists()


def test_two_pieces_never_share_a_file(write_guides: WriteGuides, tmp_path: Path) -> None:
    files = {
        "en/s_a.md": "s",
        "en/a.md": "a",
        "en/c_a.yml": "list: []",
        "en/s_index.md": "i",
        "en/.category.yml": "title: T",
    }
    report = import_umbrella(write_guides(files), tmp_path / "target")
    assert sorted(path.name for path in (tmp_path / "target" / "en").iterdir()) == [
        "a-2.md",
        "a-3.md",
        "a.md",
        "index.md",
        "s_index.md",
    ]
    assert report.written == 5


def test_links_of_the_file_system_are_not_followed(write_guides: WriteGuides, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    root = write_guides({"en/s_a.md": "a"})
    (root / "en" / "s_b.md").symlink_to(tmp_path / "secret.md")
    report = import_umbrella(root, tmp_path / "target")
    assert [left.path for left in report.left_out] == ["en/s_b.md"]
    assert not (tmp_path / "target" / "en" / "b.md").exists()


def test_wrong_folders_are_named(write_guides: WriteGuides, tmp_path: Path) -> None:
    root = write_guides(SMALL)
    for source, target in [(root, root), (root, root / "en"), (root, tmp_path), (root / "none", tmp_path / "t")]:
        with pytest.raises(Misused):
            import_umbrella(source, target)
    with pytest.raises(Misused, match="no language"):
        import_umbrella(root / "en" / "home", tmp_path / "t")


def broken_inner_links(tree: GuideTree) -> list[str]:
    return [str(finding) for finding in check_tree(tree, now=NOW).findings if "leads nowhere" in finding.what]


@pytest.mark.corpus
def test_the_whole_corpus_comes_over(umbrella_source: Path, umbrella_imported: Path) -> None:
    report = import_umbrella(umbrella_source, umbrella_imported)
    assert report.written == 0  # the second time
    tree = read_tree(umbrella_imported)
    assert {pack.language for pack in tree.packs} == {"ar", "en", "es", "fa", "fr", "ru", "zh-Hant"}
    assert report.guides == sum(1 for _ in umbrella_source.rglob("*.md"))
    assert report.checklists == sum(1 for _ in umbrella_source.rglob("c_*.yml"))
    assert tree.count == report.guides + report.checklists + report.topics
    assert tree.findings == ()
    assert broken_inner_links(tree) == []
    assert sum("form to fill in" in left.why for left in report.left_out) == sum(
        1 for _ in umbrella_source.rglob("f_*.yml")
    )
    assert not any(re.search(rb"umbrella: ?//", data) for pack in tree.packs for _, data in pack.guides)
    # Whatever led nowhere was already so in the source: what it names is not there, or is a form.
    for left in report.left_out:
        found = re.match(r"The link to (\S*) leads nowhere", left.why)
        if found:
            place = umbrella_source / left.path.partition("/")[0] / found.group(1).partition("#")[0].strip("/")
            is_form = place.name.startswith("f_") or place.name == "forms"
            assert is_form or not (place.is_file() or (place / ".category.yml").is_file()), left
