"""docs/commands.md, written from the commands themselves.

python -m scripts.commands_page           write the page
python -m scripts.commands_page --check   end with 1 where the page is not current
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from holub.faces import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

INTRODUCTION = """\
# Commands

Written from the program itself by `python -m scripts.commands_page`; change the help texts, not this
page. Every command also takes `--help`. What the numbers mean that a command ends with, and what is
printed where, is in [exit-codes.md](exit-codes.md).
"""


@dataclass(frozen=True)
class Command:
    """One command as a person types it: its words, its help, and its parameters as (form, help)."""

    words: str
    about: str
    arguments: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]


def commands(app: typer.Typer) -> Iterator[Command]:
    """All commands of an application, the root first, groups and their commands in the order of the help."""
    yield from _walk(typer.main.get_command(app), "holub")


def _walk(command: Any, words: str) -> Iterator[Command]:
    parameters = [parameter for parameter in command.params if "--help" not in parameter.opts]
    yield Command(
        words,
        _line(command.help),
        tuple(_argument(one) for one in parameters if one.param_type_name == "argument"),
        tuple(_option(one) for one in parameters if one.param_type_name == "option"),
    )
    for name, inner in getattr(command, "commands", {}).items():
        yield from _walk(inner, f"{words} {name}")


def _argument(parameter: Any) -> tuple[str, str]:
    form = str(parameter.metavar or parameter.name.upper())
    if parameter.nargs == -1 and not form.endswith("…"):
        form += "…"
    return (form if parameter.required else f"[{form}]", _line(parameter.help))


def _option(parameter: Any) -> tuple[str, str]:
    form = ", ".join([*parameter.opts, *parameter.secondary_opts])
    if not parameter.is_flag:
        form += f" {parameter.metavar or parameter.name.upper()}"
    about = _line(parameter.help)
    default = parameter.default
    if not parameter.is_flag and default not in (None, (), [], "") and not callable(default):
        about += f" Default: {'this folder' if str(default) == '.' else default}."
    if parameter.required:
        about += " Required."
    return (form, about)


def _line(text: str | None) -> str:
    """A help text on one line, safe inside a table."""
    return " ".join((text or "").split()).replace("|", "\\|")


def page(app: typer.Typer) -> str:
    """The whole page, as Markdown."""
    parts = [INTRODUCTION]
    for command in commands(app):
        level = "##" if command.words.count(" ") < 2 else "###"
        usage = " ".join([command.words, *(form for form, _ in command.arguments)])
        parts.append(f"{level} `{usage}`\n\n{command.about}\n")
        rows = [*command.arguments, *command.options]
        if rows:
            lines = "\n".join(f"| `{form}` | {about} |" for form, about in rows)
            parts.append(f"| | |\n|---|---|\n{lines}\n")
    return "\n".join(parts)


def main() -> None:
    current = page(cli.build())
    if sys.argv[1:] == ["--check"]:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != current:
            sys.exit("docs/commands.md is not current: run python -m scripts.commands_page")
        return
    PAGE.write_text(current, encoding="utf-8")


if __name__ == "__main__":
    main()
