"""The documentation is tested: commands, links, exit codes, settings of make."""

from __future__ import annotations

import re
import urllib.parse
from pathlib import Path

import pytest

from holub import errors
from holub.faces import cli
from holub.faces.cli import frame
from scripts import commands_page

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "spec").rglob("*.md")])
ALL_COMMANDS = list(commands_page.commands(cli.build()))

_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|(?:src|href)=\"([^\"]+)\"")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)


def links(text: str) -> list[str]:
    """The targets of links and pictures, those shown as code left out."""
    prose = _CODE.sub("`code`", _FENCE.sub("", text))
    return [first or second for first, second in _LINK.findall(prose)]


def anchors(text: str) -> set[str]:
    """The anchors that headings get, as code hosts make them."""
    found = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        found.add(words.replace(" ", "-"))
    return found


def test_the_command_page_is_current() -> None:
    told = "docs/commands.md is not current: run python -m scripts.commands_page"
    assert commands_page.PAGE.read_text(encoding="utf-8") == commands_page.page(cli.build()), told


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=lambda command: command.words)
def test_every_command_and_parameter_says_what_it_does(command: commands_page.Command) -> None:
    assert command.about, f"`{command.words}` has no help"
    silent = [form for form, about in (*command.arguments, *command.options) if not about]
    assert silent == [], f"`{command.words}` has parameters without help"


def test_no_secret_is_an_argument() -> None:
    words = re.compile(r"pass(phrase|word)|token|secret|codename|totp", re.IGNORECASE)
    by_value = [
        f"{command.words} {form}"
        for command in ALL_COMMANDS
        for form, _ in (*command.arguments, *command.options)
        if words.search(form) and "-file" not in form
    ]
    assert by_value == []


def test_every_group_is_a_module_that_exists() -> None:
    for group in cli.GROUPS:
        assert (ROOT / "src" / "holub" / "faces" / "cli" / f"{group.name}.py").is_file()


def test_there_are_pages_to_read() -> None:
    assert ROOT / "README.md" in DOCS
    assert len(DOCS) > 5


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_works(page: Path) -> None:
    broken = []
    for target in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page if not path else page.parent / urllib.parse.unquote(path)
        known = anchors(file.read_text(encoding="utf-8")) if file.suffix == ".md" and file.is_file() else {anchor}
        if not file.exists() or (anchor and anchor not in known):
            broken.append(target)
    assert broken == []


def test_a_broken_link_is_noticed() -> None:
    assert links('See [a](b.md#c), ![d](<e.svg>), `[f](g)`.\n```\n[h](i)\n```\n<img src="j.svg">') == [
        "b.md#c",
        "e.svg",
        "j.svg",
    ]
    assert anchors("# What is `holub up`?\n") == {"what-is-holub-up"}


def test_the_exit_codes_are_those_of_the_classes() -> None:
    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    table = {name: int(code) for code, name in re.findall(r"^\| (\d+) \| (\w+) \|", text, re.MULTILINE)}
    classes = {frame.kind_of(kind("", "")): kind.exit_code for kind, _ in frame.KINDS}
    assert {kind for kind, _ in frame.KINDS} == set(errors.HolubError.__subclasses__())
    assert table == {
        "done": 0,
        "bug": frame.BUG,
        "interrupted": frame.INTERRUPTED,
        "unheard": frame.UNHEARD,
        **classes,
    }
    assert errors.HolubError.exit_code == frame.BUG


def test_make_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^#   make (\w+)", makefile, re.MULTILINE))
    assert explained == {"up", "test", "check", "bench", "page", "wheel", "clean"}
    for target in explained:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_nobody_is_told_to_install_holub_by_its_name() -> None:
    """What a registry has under that name is not ours: it is installed from the centre's file."""
    by_name = re.compile(r"""pip[^\n]* (?:install|download)\b[^\n]* ["']?holub(?![\w./-])""")
    assert by_name.search("sudo pip install 'holub[mesh]'")
    assert by_name.search("pip install --upgrade holub")
    assert not by_name.search("pip install './holub-0.1.0.whl[mesh]'")
    texts = [*DOCS, *(ROOT / "src").rglob("*.py")]
    assert [str(path.relative_to(ROOT)) for path in texts if by_name.search(path.read_text(encoding="utf-8"))] == []


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8").lower()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project[project.index("\ndependencies = [") : project.index("[project.scripts]")]
    names = re.findall(r'^    "([a-zA-Z0-9_.-]+)', section, re.MULTILINE)
    assert len(names) > 20
    assert [name for name in names if name.lower() not in reasons] == []


def test_the_licences_are_whole() -> None:
    code, formats = ((ROOT / name).read_text(encoding="utf-8") for name in ("LICENSE", "spec/LICENSE"))
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in code
    assert "END OF TERMS AND CONDITIONS" in code
    assert len(code.splitlines()) == 661
    assert "CC0 1.0 Universal" in formats
    assert "4. Limitations and Disclaimers." in formats
