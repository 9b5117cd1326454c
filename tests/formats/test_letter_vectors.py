"""The specification's examples are among the vectors."""

from __future__ import annotations

import re

import pytest

from tests.formats.lettervectors import ROOT, load


@pytest.mark.parametrize(
    ("page", "example", "vector"),
    [
        ("letter.md", "4120717565737469", ("letter", "body-from-a-town", "raw")),
        ("letter.md", "07 6b686572736f6e", ("letter", "body-from-a-town", "raw")),
        ("letter.md", "0c d0a5d0b5d180d181d0bed0bd", ("letter", "body-from-a-town", "raw")),
        ("letter.md", "01 0000002e 75d5ead7daa4fc7a", ("letter", "open-from-a-town", "sealed")),
        (
            "mailbag.md",
            "771e92ff31d1696d186c74376aa0587f248cfc424a51ae7b1c51245f4ff4b643",
            ("codename", "stretch", "key"),
        ),
        (
            "mailbag.md",
            "e03f65409e2eaad4cee35f436c15d54e90b69cc35b6d4299bf0793006e3b1529",
            ("codename", "secret", "secret"),
        ),
        ("mailbag.md", "15a2586446e3d568554f9f8bafdc973a", ("mailbag", "record-short", "body")),
        ("mailbag.md", "07 6b686572736f6e 00000040 2e9350f9", ("mailbag", "leaf-ok", "leaf")),
        ("mailbag.md", "00000010 cb9f52ec", ("mailbag", "leaf-ok", "leaf")),
        ("frame.md", "01 1c588a2d0bb57463 51 00 000000 99169554f2273d62", ("frame", "cut-example", "first")),
        ("frame.md", "01 1c588a2d0bb57463 51 00 00000c b4e5dd5bbe815832", ("frame", "cut-example", "last")),
    ],
)
def test_an_example_of_the_specification_is_a_vector(page: str, example: str, vector: tuple[str, str, str]) -> None:
    text = (ROOT / "spec" / page).read_text("utf-8")
    assert example in re.sub(" +", " ", text)
    folder, name, field = vector
    assert example.replace(" ", "") in load(folder, name)[field]
