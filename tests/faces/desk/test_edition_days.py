"""By which words an edition is found: edition 12, made at noon of 21 November 2026."""

from __future__ import annotations

from datetime import datetime

import pytest

from holub.faces.desk.edition_days import is_named
from holub.faces.desk.sought import Sought
from holub.faces.desk.words import Words
from holub.outbound.press.archive import Record

NOON = int(datetime(2026, 11, 21, 12).astimezone().timestamp())
EDITION = Record(12, NOON, NOON + 86_400, 9, ())

NAMES = {
    "en": ["12", "edition 12", "#12", "21 novem", "November 21, 2026", "2026-11-21", "2026-11", "21/11/2026", "21.11."],
    "uk": ["№12", "Випуск 12", "21 листопада", "листопад 2026"],
    "ru": ["21 НОЯБРЯ"],
    "ar": ["٢١ نوفمبر", "العدد ١٢"],
}
NO_NAMES = {
    "en": ["1", "120", "22 November", "21 December", "november", "edition", "2026 school", "11/21/2026"],
    "uk": ["листопад", "12 листопада 2025"],
    "ar": ["١١ نوفمبر"],
}


@pytest.mark.parametrize(("language", "typed"), [(tag, typed) for tag, all_of in NAMES.items() for typed in all_of])
def test_an_edition_goes_by_these_words(language: str, typed: str) -> None:
    assert is_named(EDITION, Sought.of(typed), Words(language))


@pytest.mark.parametrize(("language", "typed"), [(tag, typed) for tag, all_of in NO_NAMES.items() for typed in all_of])
def test_an_edition_does_not_go_by_these(language: str, typed: str) -> None:
    assert not is_named(EDITION, Sought.of(typed), Words(language))


def test_a_day_of_one_figure_is_known_with_and_without_its_nought() -> None:
    early = int(datetime(2026, 3, 4, 12).astimezone().timestamp())
    for typed in ("4.3.2026", "04.03.2026", "4/3", "04.03", "4 March", "2026-03-04"):
        assert is_named(Record(7, early, early, 1, ()), Sought.of(typed), Words("en"))
