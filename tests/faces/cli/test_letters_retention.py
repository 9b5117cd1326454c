"""`holub letters retention`: what is kept for how long, set by a command and told with what it costs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holub.errors import Misused
from holub.faces.cli import letters
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter, decoy
from holub.formats.letterbody import Body, Topic
from holub.office.office import Office
from tests.faces.cli.lettersoffice import LATER, NOW, PASSPHRASE, Clock, make_office, run

DEFAULTS = {"editions": 4, "done_days": 0, "waiting_days": 180, "seal_weeks": 8, "open_weeks": 16}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands on the day of the office's letters."""
    told = Clock()
    told.now = float(NOW)
    monkeypatch.setattr(letters, "time", told)
    return told


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Path:
    """The folder of an office with two letters that wait."""
    make_office(tmp_path)
    with Office.open(tmp_path / "office", PASSPHRASE) as office:
        key = office.mailroom.letter_key(int(clock.now))
        question = Letter(Kind.LETTER, bytes(range(1, 33)), Body(Topic.QUESTION, "en", "main", "How?", ""))
        office.mailroom.open_batch([wire.seal(question, key, NOW) for _ in range(2)], NOW)
    return tmp_path


def told(folder: Path, *words: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(run(folder, "retention", *words, "--json"))
    return answer


def test_what_holds_is_shown_and_what_is_set_stays(office: Path) -> None:
    assert told(office) == {**DEFAULTS, "changed": False, "letters_due": 0, "too_late": {}}
    assert told(office, "--seal-weeks", "20", "--open-weeks", "40")["changed"] is True
    assert told(office, "--editions", "2")["changed"] is True
    assert told(office, "--editions", "2")["changed"] is False
    assert told(office) == {
        **DEFAULTS,
        **{"editions": 2, "seal_weeks": 20, "open_weeks": 40, "changed": False, "letters_due": 0, "too_late": {}},
    }
    assert run(office, "retention") == (
        "An answer travels in 2 editions; its letter goes 0 days after that.\n"
        "A letter without an answer goes after 180 days.\n"
        "A week's key seals for 20 weeks and opens for 40.\n"
    )


def test_a_dry_run_tells_what_would_go_and_sets_nothing(office: Path, clock: Clock) -> None:
    clock.now = float(NOW + 6 * 86_400)
    assert told(office, "--waiting-days", "5", "--dry-run") == {
        **DEFAULTS,
        **{"waiting_days": 5, "changed": False, "letters_due": 2, "too_late": {}},
    }
    assert run(office, "retention", "--waiting-days", "5", "--dry-run").startswith(
        "Nothing was set. This would hold:\n"
    )
    assert told(office)["waiting_days"] == 180
    assert "By this 2 letters will be shredded" in run(office, "retention", "--waiting-days", "5")
    assert json.loads(run(office, "keep-schedule", "--json")) == {"keys_overwritten": 0, "letters_shredded": 2}


def test_letters_that_came_too_late_are_told_by_week(office: Path, clock: Clock) -> None:
    with Office.open(office / "office", PASSPHRASE) as opened:
        key = opened.mailroom.letter_key(NOW)
        sealed = wire.seal(decoy(), key, NOW)
        opened.mailroom.clock.accept(LATER)
        assert opened.mailroom.open_batch([sealed], LATER).too_late == 1
    clock.now = float(LATER)
    assert told(office)["too_late"] == {str(key.number): 1}
    assert f"1 letter came after its key was gone (week {key.number}: 1)" in run(office, "retention")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--open-weeks", "7"), "letters sealed in 8 weeks could not all be opened in 7"),
        (("--seal-weeks", "53"), "a letter key seals for 1 to 52 weeks, not 53"),
        (("--editions", "0"), "an answer travels in 1 to 32 editions, not 0"),
    ],
)
def test_spans_that_cannot_be_are_refused_and_nothing_is_set(office: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(Misused, match=said):
        run(office, "retention", *words)
    assert told(office)["changed"] is False
    assert {name: told(office)[name] for name in DEFAULTS} == DEFAULTS
