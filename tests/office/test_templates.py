"""Reply templates: what fits, what is offered first, what damage does, and what a locked office tells of them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.formats.mailbag import MOST_TEXT
from holub.office.office import Office
from holub.office.templates import LONGEST_TITLE, MOST, SIZE, Changed, Template, Templates, checked
from holub.store.vault import FILE
from tests.office.conftest import PASSPHRASE

SCHOOL = Template("uk", "Школа і паспорт", "Школа не може відмовити дитині через паспорт.")
WARMTH = Template("uk", "Тепло в домі", "Оберіть одну кімнату і зачиніть решту.")
THANKS = Template("en", "Thanks", "Thank you for your letter.")


@pytest.fixture
def templates(office: Office) -> Templates:
    return Templates(office.vault)


def test_they_are_kept_changed_and_removed(office: Office, templates: Templates) -> None:
    school, thanks = templates.add(SCHOOL), templates.add(THANKS)
    assert (school.number, thanks.number) == (1, 2)
    assert templates.all() == ([thanks, school], [])
    changed = templates.change(1, replace(SCHOOL, text="Інакше."), school.mark)
    assert templates.read(1) == changed == replace(SCHOOL, text="Інакше.", number=1)
    templates.remove(2, thanks.mark)
    assert Templates(office.vault).all() == ([changed], [])
    for act in (lambda: templates.read(2), lambda: templates.remove(2, thanks.mark)):
        with pytest.raises(Misused, match="there is no template 2"):
            act()


def test_they_survive_the_end_of_the_program(tmp_path: Path, office: Office, templates: Templates) -> None:
    templates.add(SCHOOL)
    folder = office.folder
    office.close()
    with Office.open(folder, PASSPHRASE) as again:
        assert Templates(again.vault).read(1) == replace(SCHOOL, number=1)


UNFIT = {
    "no title": (replace(SCHOOL, title=" \n"), "a title has 1 to 80"),
    "a title of hidden signs": (replace(SCHOOL, title="\u202e\x07"), "a title has 1 to 80"),
    "a long title": (replace(SCHOOL, title="ї" * (LONGEST_TITLE + 1)), "a title has 1 to 80"),
    "no text": (replace(SCHOOL, text="\n\u2066 "), "the text has 0 bytes"),
    "one byte too many": (replace(SCHOOL, text="ї" * (MOST_TEXT // 2) + "x"), "the text has 3,825 bytes"),
    "no language": (replace(SCHOOL, language=""), "is no language tag"),
    "a language that is none": (replace(SCHOOL, language="../uk"), "is no language tag"),
}


@pytest.mark.parametrize(("template", "said"), UNFIT.values(), ids=UNFIT.keys())
def test_what_does_not_fit_is_not_kept(templates: Templates, template: Template, said: str) -> None:
    with pytest.raises(HolubError, match=said):
        templates.add(template)
    kept = templates.add(SCHOOL)
    with pytest.raises(HolubError, match=said):
        templates.change(kept.number, template, kept.mark)
    assert templates.all() == ([kept], [])


def test_the_longest_fits(templates: Templates) -> None:
    longest = Template("zh-Hant-Latn-Taiwan12", "𝕏" * LONGEST_TITLE, "𝕏" * (MOST_TEXT // 4))
    assert templates.read(templates.add(longest).number) == replace(longest, number=1)


def test_a_title_is_one_line_and_nothing_steers_or_hides() -> None:
    template = Template("uk", " Одна\r\n дві\u202e\u2028три ", "\r\n\nа\u2066б\x1b\r\n\tв\rг\ud800\n \n")
    assert checked(template) == Template("uk", "Одна дві три", "аб\n\tв\nг")
    assert checked(Template("uk", "и\u0306", "і\u0308")) == Template("uk", "й", "ї")


def test_there_are_a_hundred_at_most(templates: Templates) -> None:
    for number in range(MOST):
        templates.add(replace(SCHOOL, title=f"{number}"))
    with pytest.raises(Misused, match="there are 100 templates already"):
        templates.add(SCHOOL)
    templates.remove(7, templates.read(7).mark)
    assert templates.add(SCHOOL).number == MOST + 1


def test_nobody_overwrites_or_removes_what_they_did_not_see(templates: Templates) -> None:
    before = templates.add(SCHOOL)
    now = templates.change(1, WARMTH, before.mark)
    with pytest.raises(Changed):
        templates.change(1, THANKS, before.mark)
    for mark in (before.mark, ""):
        with pytest.raises(Changed):
            templates.remove(1, mark)
    assert templates.read(1) == now


class TestFitting:
    """What is offered for a letter, and in which order."""

    def test_shared_words_come_first_then_the_rest_of_the_language(self, templates: Templates) -> None:
        thanks, school, warmth = (templates.add(one) for one in (THANKS, SCHOOL, WARMTH))
        assert templates.fitting("uk", "Чим опалювати кімнати взимку?") == [warmth, school]
        assert templates.fitting("uk", "Паспорти забрали") == [school, warmth]
        assert templates.fitting("uk", "Зовсім інше") == [warmth, school]
        assert templates.fitting("en", "Паспорти забрали") == [thanks]

    def test_a_title_weighs_more_than_a_text(self, templates: Templates) -> None:
        text = templates.add(Template("en", "Something", "About winter and more words"))
        title = templates.add(Template("en", "Winter", "Other words"))
        assert templates.fitting("en", "How will winter be?") == [title, text]

    def test_other_languages_only_where_there_is_none(self, templates: Templates) -> None:
        thanks, school, warmth = (templates.add(one) for one in (THANKS, SCHOOL, WARMTH))
        assert templates.fitting("ru", "Отняли паспорт") == [school, thanks, warmth]
        russian = templates.add(Template("ru", "Спасибо", "Спасибо за письмо."))
        assert templates.fitting("ru", "Отняли паспорт") == [russian]

    def test_without_any_nothing_is_offered(self, templates: Templates) -> None:
        assert templates.fitting("uk", "Паспорти") == []


def secret_of(template: Template) -> bytearray:
    """The bytes of a template in the vault, as its layout says."""
    parts = [b"\1", bytes((len(template.language),)), template.language.encode()]
    for text in (template.title.encode(), template.text.encode()):
        assert len(text) < 128
        parts += [bytes((len(text),)), text]
    return bytearray(b"".join(parts).ljust(SIZE, b"\0"))


def test_the_layout_is_as_it_is_written_down(office: Office, templates: Templates) -> None:
    templates.add(SCHOOL)
    assert office.vault.get("template/1") == secret_of(SCHOOL)


GOOD = secret_of(SCHOOL)
DAMAGED = {
    "nothing": b"",
    "another version": b"\2" + GOOD[1:],
    "one byte short": GOOD[:-1],
    "one byte more": GOOD + b"\0",
    "something in the room that is left": GOOD[:-1] + b"\1",
    "not ASCII": GOOD.replace(b"uk", b"\xd0\xb9"),
    "not UTF-8": GOOD.replace("і".encode(), b"\xd0\xd0", 1),
    "a language that is none": GOOD.replace(b"uk", b"UK"),
    "a title that is too long": b"\1\2uk\xc1\x02" + bytes(SIZE - 6),
    "a title in two lines": GOOD.replace("Школа і".encode(), "Школа\n".encode() + b"\xd1\x96", 1),
    "no title": bytes(secret_of(replace(SCHOOL, title=""))),
    "a sign that turns the text around": bytes(secret_of(replace(SCHOOL, text="a\u202eb"))),
    "noise": bytes(range(256)) * 17,
}


@pytest.mark.parametrize("secret", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_one_is_refused_and_the_others_stay(office: Office, templates: Templates, secret: bytes) -> None:
    kept = templates.add(WARMTH)
    office.vault.put("template/2", bytes(secret))
    with pytest.raises(Refused, match="template 2 is damaged"):
        templates.read(2)
    with pytest.raises(Refused, match="template 2 is damaged"):
        templates.change(2, SCHOOL, SCHOOL.mark)
    assert templates.all() == ([kept], [2])
    assert templates.fitting("uk", "Школа") == [kept]
    with pytest.raises(Changed):
        templates.remove(2, SCHOOL.mark)
    templates.remove(2, "")
    assert templates.all() == ([kept], [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_crashes_it(office: Office, data: st.DataObject) -> None:
    secret = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        secret[data.draw(st.integers(0, 120))] = data.draw(st.integers(0, 255))
    office.vault.put("template/1", bytes(secret))
    templates = Templates(office.vault)
    try:
        found = templates.read(1)
    except Refused:
        assert templates.all() == ([], [1])
    else:
        assert secret_of(found) == secret


def test_names_that_are_no_templates_are_left_alone(office: Office, templates: Templates) -> None:
    for name in ("template/0", "template/01", "template/x", "template/1/2", "template/9999999999", "templates/1"):
        office.vault.put(name, b"somebody else's")
    assert templates.all() == ([], [])
    assert templates.add(SCHOOL).number == 1


def test_a_locked_office_tells_how_many_and_no_more(office: Office, templates: Templates) -> None:
    """Nothing of them lies in the clear, and a short one takes as many bytes as the longest."""
    sizes = [(office.folder / FILE).stat().st_size]
    for one in (Template("en", "a", "b"), Template("uk", "ї" * LONGEST_TITLE, "planted " * 400)):
        templates.add(one)
        sizes.append((office.folder / FILE).stat().st_size)
    assert sizes[1] - sizes[0] == sizes[2] - sizes[1] > SIZE
    raw = (office.folder / FILE).read_bytes()
    assert b"planted" not in raw
    assert "ї".encode() * 8 not in raw
    office.lock()
    for act in (
        templates.all,
        lambda: templates.read(1),
        lambda: templates.add(SCHOOL),
        lambda: templates.change(1, SCHOOL, ""),
        lambda: templates.remove(1, ""),
        lambda: templates.fitting("uk", "a"),
    ):
        with pytest.raises(Misused, match="the vault is locked"):
            act()


def test_what_is_removed_or_changed_is_overwritten(office: Office, templates: Templates) -> None:
    """The sealed bytes of before are in no file of the folder, nor in what the vault's old file has become."""
    kept = templates.add(SCHOOL)
    path = office.folder / FILE
    with path.open("rb") as old:
        sealed = old.read()[-SIZE:]
        templates.remove(1, kept.mark)
        old.seek(0)
        assert sealed[:64] not in old.read()
    assert all(sealed[:64] not in one.read_bytes() for one in office.folder.rglob("*") if one.is_file())


def test_threads_lose_none(templates: Templates) -> None:
    def write(name: str) -> None:
        for number in range(6):
            templates.add(replace(SCHOOL, title=f"{name}{number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found, _ = templates.all()
    assert [one.title for one in found] == [f"{name}{number}" for name in "abc" for number in range(6)]


def test_what_the_disk_does_not_take_is_not_kept(
    office: Office, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = templates.add(SCHOOL)

    def full(path: Path, data: bytes) -> None:
        raise Unavailable("the disk is full, vault could not be written", "free some space and try again")

    monkeypatch.setattr("holub.store.files.replace", full)
    for act in (
        lambda: templates.add(WARMTH),
        lambda: templates.change(1, WARMTH, kept.mark),
        lambda: templates.remove(1, kept.mark),
    ):
        with pytest.raises(Unavailable):
            act()
    assert templates.all() == ([kept], [])


KILLED = """
    import sys
    from pathlib import Path
    from holub.office.templates import Template, Templates
    from holub.store.vault import Vault
    with Vault.open(Path(sys.argv[1]), sys.argv[2]) as vault:
        templates = Templates(vault)
        for one in templates.all()[0]:
            templates.remove(one.number, one.mark)
        while True:
            one = templates.add(Template("uk", "a title", "a text"))
            print("added", one.number, flush=True)
            templates.change(one.number, Template("uk", "a title", "another text"), one.mark)
            print("changed", one.number, flush=True)
            if len(templates.all()[0]) > 50:
                templates.remove(one.number, templates.read(one.number).mark)
"""


def test_a_kill_in_the_middle_leaves_each_of_them_whole(office: Office) -> None:
    folder = office.folder
    office.close()
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), PASSPHRASE], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        said = [child.stdout.readline().split() for _ in range(11)]
        child.kill()
        said += [line.split() for line in child.stdout.read().splitlines()]
        child.stdout.close()
        child.wait()
        with Office.open(folder, PASSPHRASE) as again:
            found, damaged = Templates(again.vault).all()
        assert damaged == []
        texts = {one.number: one.text for one in found}
        for did, number in said[:10]:
            assert texts[int(number)] == "another text" or did == "added"
