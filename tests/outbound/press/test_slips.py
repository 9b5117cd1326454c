"""Slips with stamps: every code on the paper reads back, in each language, and the file tells of nobody."""

from __future__ import annotations

import os
import re
from typing import Any

import pypdfium2  # type: ignore[import-untyped] # it brings no types along
import pytest

from holub.errors import Misused
from holub.formats.stamp import STAMP_BYTES, read_code, write_code
from holub.outbound.press.slips import LANGUAGES, slips_pdf


def as_seen(page: Any) -> str:
    """Latin letters, digits and dashes line by line, from left to right: what an eye reads, whatever the direction."""
    lines: dict[int, list[tuple[float, str]]] = {}
    for at in range(page.count_chars()):
        sign = page.get_text_range(at, 1)
        if re.fullmatch("[0-9A-Z-]", sign):
            left, bottom, *_ = page.get_charbox(at, loose=True)
            lines.setdefault(round(bottom), []).append((left, sign))
    return " ".join("".join(sign for _, sign in sorted(line)) for line in lines.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_on_the_paper_once(language: str) -> None:
    stamps = [os.urandom(STAMP_BYTES) for _ in range(30)]
    with pypdfium2.PdfDocument(slips_pdf([write_code(stamp) for stamp in stamps], language)) as paper:
        assert len(paper) == 2
        printed = " ".join(as_seen(page.get_textpage()) for page in paper)
        assert not any(paper.get_metadata_dict().get(key) for key in ("Author", "CreationDate", "ModDate"))
    found = re.findall(r"[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}", printed)
    assert sorted(map(read_code, found)) == sorted(stamps)


def test_a_language_without_words_and_no_codes_are_refused() -> None:
    with pytest.raises(Misused, match="uk, en, ru, ar"):
        slips_pdf([write_code(bytes(STAMP_BYTES))], "fr")
    with pytest.raises(Misused, match="no codes"):
        slips_pdf([], "uk")
