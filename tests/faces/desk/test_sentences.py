"""What comes from below the desk is said in its language, whatever stands in it, and in English where it is new."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from holub import sample
from holub.errors import Refused, Unavailable
from holub.faces.desk.sentences import Pattern, Sentences, Table, tables
from holub.faces.desk.words import Words
from holub.outbound.press.check import check_tree
from holub.outbound.press.finding import Finding
from holub.outbound.press.tree import read_tree
from holub.transit.carriers import FolderCarrier, HttpCarrier
from tests.faces.desk.conftest import NOW, Somebody

LONG = 100_000  # characters


def below(language: str = "uk") -> Sentences:
    return Sentences(Words(language))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("uk", "До <bdi>post.example.org</bdi> не вдалося достукатися. Перевірте мережу або спробуйте інше дзеркало."),
        ("ru", "До <bdi>post.example.org</bdi> не удалось достучаться. Проверьте сеть или попробуйте другое зеркало."),
        ("ar", "تعذّر الوصول إلى <bdi>post.example.org</bdi>. تحقق من الشبكة، أو جرّب مرآة أخرى."),
    ],
)
def test_an_error_is_said_as_it_is_and_as_it_was_kept(language: str, said: str) -> None:
    error = Unavailable("post.example.org cannot be reached", "check the network, or try another mirror")
    assert below(language).error(error) == below(language)(str(error)) == said


def test_english_stays_english_and_says_so() -> None:
    error = Unavailable("post.example.org cannot be reached", "check the network")
    whole = '<span lang="en" dir="ltr">post.example.org cannot be reached; check the network</span>'
    assert below("en")(str(error)) == whole
    assert below("en").error(error) == (
        '<span lang="en" dir="ltr">Post.example.org cannot be reached.</span> '
        '<span lang="en" dir="ltr">Check the network.</span>'
    )


def test_what_nobody_has_translated_is_shown_in_english_and_said_to_be() -> None:
    new = Refused("the moon is <b>green</b>\u202e", "try again")
    assert below().error(new) == (
        '<span lang="en" dir="ltr">The moon is &lt;b&gt;green&lt;/b&gt;<span class="sign">U+202E</span>.</span> '
        "Спробуйте ще раз."
    )
    assert below()("the moon is green; try again") == '<span lang="en" dir="ltr">the moon is green; try again</span>'


def test_an_error_with_nothing_to_do_is_one_sentence() -> None:
    assert below().error(Refused("the letter is gone")) == "Лист зник."
    assert below()("the letter is gone") == "Лист зник."


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("uk", "1", "після кінця є ще <bdi>1</bdi> байт."),
        ("uk", "3", "після кінця є ще <bdi>3</bdi> байти."),
        ("uk", "11", "після кінця є ще <bdi>11</bdi> байтів."),
        ("ru", "22", "после конца есть ещё <bdi>22</bdi> байта."),
        ("ar", "2", "بعد نهايته بايتان."),
        ("uk", "٣", "після кінця є ще <bdi>٣</bdi> байтів."),
        ("uk", "9" * LONG, f"після кінця є ще <bdi>{'9' * LONG}</bdi> байтів."),
    ],
)
def test_a_number_chooses_its_plural_form(language: str, count: str, said: str) -> None:
    shown = below(language)(f"the update is damaged or not genuine: {count} bytes follow its end")
    assert shown.endswith(said)


def test_a_sentence_inside_another_is_said_too() -> None:
    shown = below()(
        "uk/phone: a.md:3: The picture is larger than 32 MiB (a.png), and 2 more; "
        "make it smaller; `holub press check` lists everything"
    )
    assert shown == (
        "<bdi>uk/phone</bdi>: <bdi>a.md:3</bdi>: зображення більше за <bdi>32</bdi> МіБ (<bdi>a.png</bdi>), і ще "
        '<bdi>2</bdi>. Зробіть меншим; <code dir="ltr">holub press check</code> показує все.'
    )
    root = below()("the root document is not valid: it has 3 root keys; 1 to 2 are allowed; give one with --root")
    assert root == (
        "Кореневий документ недійсний: кореневих ключів <bdi>3</bdi>, а дозволено від 1 до <bdi>2</bdi>. "
        'Назвіть його через <code dir="ltr">--root</code>.'
    )


def test_a_sentence_that_begins_with_another_begins_with_a_capital() -> None:
    assert below()("The picture is damaged (a.png)") == "Зображення пошкоджено (<bdi>a.png</bdi>)."


def test_signs_around_an_unknown_sentence_are_no_translation() -> None:
    for text in (
        "uk/a.md: the moon is green",
        "uk/a.md: the moon is green, and 2 more",
        "the moon is green (uk/a.md)",
        "the moon is damaged: its text does not open",
        "edition 4 is green",
    ):
        assert below()(text) == f'<span lang="en" dir="ltr">{text}</span>'


def test_a_phrase_is_said_inside_a_sentence_alone() -> None:
    text = "the folder parcels is in use by another holub"
    assert below()(text) == "Зайнято іншим holub: тека <bdi>parcels</bdi>."
    assert below()("the folder parcels") == '<span lang="en" dir="ltr">the folder parcels</span>'


@pytest.mark.parametrize(
    "name",
    [
        "\u202egpj.exe",
        "\u2066a\u2069",
        "<img src=x onerror=alert(1)>",
        "</bdi><script>",
        "{strerror}",
        "{0}{n}{what}",
        "`holub keys rotate`",
        "%s &amp; &lt;",
        "a could not be written (b",
        "the disk is full, a",
        "",
    ],
)
@pytest.mark.parametrize("language", ["uk", "ru", "ar"])
def test_a_hostile_name_stays_a_name(language: str, name: str) -> None:
    shown = below(language)(f"{name} could not be written (No device of such a kind)")
    assert "span lang" not in shown
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]|<img|<script|<code", shown)
    assert shown.count("<bdi>") == shown.count("</bdi>") == 2


def test_what_the_operating_system_says_is_said_where_it_says_it() -> None:
    full = Unavailable("Permission denied could not be written (Permission denied)")
    assert below().error(full) == "<bdi>Permission denied</bdi> не вдалося записати (немає дозволу)."
    assert below().error(Unavailable("a could not be written (Odd <error>)")) == (
        "<bdi>a</bdi> не вдалося записати (<bdi>Odd &lt;error&gt;</bdi>)."
    )


def test_a_name_that_reads_like_a_sentence_is_not_said() -> None:
    assert below()("the database is damaged could not be written (x)") == (
        "<bdi>the database is damaged</bdi> не вдалося записати (<bdi>x</bdi>)."
    )


@pytest.mark.parametrize(
    "text",
    [
        "x: " * (LONG // 3),
        "; " * (LONG // 2),
        "the " * (LONG // 4),
        "`" * LONG,
        "(" * LONG,
        ": " * (LONG // 2) + ", and 2 more",
        "the signature of " * (LONG // 17) + " does not match",
        " is damaged or not genuine: " * (LONG // 28),
        "{what}: {why}" * (LONG // 13),
        "\u202e\U000e0041" * (LONG // 2),
    ],
)
def test_a_long_hostile_text_is_shown_whole(text: str) -> None:
    shown = below()(text)
    plain = re.sub("<[^>]*>", "", shown)
    assert len(plain) >= len(text)
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", shown)


def test_looking_tries_as_many_patterns_however_long_the_text_is(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = 0
    inner = Pattern.values

    def counted(self: Pattern, text: str) -> dict[str, str] | None:
        nonlocal tried
        tried += 1
        return inner(self, text)

    monkeypatch.setattr(Pattern, "values", counted)
    most = []
    for length in (100, 1_000, 10_000):
        tried = 0
        below()("x: " * length + "x (x), and 2 more")
        most.append(tried)
    assert most[0] == most[1] == most[2]


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [("uk", "3,824", "3\N{NO-BREAK SPACE}824"), ("uk", "7", "7"), ("uk", "3,82", "3,82"), ("uk", "1,2,3", "1,2,3"),
     ("ru", "1,234,567", "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567")],
)  # fmt: skip
def test_a_number_is_written_as_its_language_writes_it(language: str, value: str, said: str) -> None:
    shown = Sentences(Words(language))(f"{value} of 9,999 root keys cannot be needed")
    assert f"<bdi>{said}</bdi>" in shown


def test_the_pattern_with_most_letters_of_its_own_counts() -> None:
    rows = {"{a} is {b}": "1 {a} {b}", "{a} is green": "2 {a}", "the {a} is green": "3 {a}", "the moon is green": "4"}
    for order in (rows, dict(reversed(rows.items()))):
        table = Table.of(order)
        assert [pattern.english for pattern in table.patterns] == ["the {a} is green", "{a} is green", "{a} is {b}"]
        assert set(table.exact) == {"the moon is green"}


def test_a_gap_ends_as_early_as_it_can() -> None:
    assert Pattern("{a}: {b} ({c})", "").values("x: y: z (1) (2)") == {"a": "x", "b": "y: z", "c": "1) (2"}
    assert Pattern("a{b}a", "").values("a") is None
    assert Pattern("a{b}a", "").values("aa") == {"b": ""}
    assert Pattern("{a}xx{b}x", "").values("xxx") == {"a": "", "b": ""}
    assert Pattern("{a}xx{b}xx", "").values("xxx") is None


def test_every_pattern_finds_itself() -> None:
    for language in ("uk", "ru", "ar"):
        for pattern in (*tables(language)[0].patterns, *tables(language)[0].exact.values()):
            values = dict.fromkeys(pattern.gaps, "Q")
            assert pattern.values(pattern.english.format(**values)) == values, pattern.english


def test_a_finding_says_where_and_what_and_what_to_do() -> None:
    finding = Finding("uk/\u202ea.md", 7, "error", "The guide is larger than 4 MiB", "cut it into several guides")
    assert below().finding(finding) == (
        '<bdi dir="ltr">uk/<span class="sign">U+202E</span>a.md:7</bdi>: '
        "Порада більша за <bdi>4</bdi> МіБ. Поділіть її на кілька порад."
    )
    assert below().finding(finding._replace(file="", line=0)).startswith("Порада")


def test_the_findings_of_a_folder_full_of_mistakes_are_all_said(tmp_path: Path) -> None:
    guides = {
        "uk/phone.md": "---\nkind: advice\norder: one\nreviewed: soon\ntitle:\nodd: 1\nodd: 2\nno line\n---\nText.\n",
        "uk/links.md": "# A\n\n[a](none.md) [b](#none) [c](a.txt) [d](x.png) [e](signal:1) ![f](none.png) ![g](https://h.org/x.png)\n",
        "uk/html.md": "# A\n\n<b>bold</b> and \u202e12\u202c\n",
        "uk/list.md": "---\nkind: checklist\nreviewed: 2001-01-01\n---\n# A\n\nNothing.\n",
        "uk/empty.md": "",
        "uk/EMPTY.md": "# B\n",
        "uk/what?.md": "# C\n",
        "uk/long.md": f"# D\n\n[{'a' * 3_000}](http://{'b' * 3_000})\n\n{'c' * 40_000}\n",
        "uk/shot.md": "# E\n\n![a](shot.png)\n",
        "uk/shot.png": "no picture",
        "en/other.md": "# F\n",
        "words/a.md": "# G\n",
        "beside.md": "# H\n",
        "de/a.txt": "no guide",
    }
    for name, text in guides.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "uk" / "latin.md").write_bytes(b"# \xe9\n")
    (tmp_path / "uk" / "linked.md").symlink_to(tmp_path / "beside.md")
    findings = check_tree(read_tree(tmp_path), now=NOW).findings
    assert len({finding.what for finding in findings}) > 25
    for language in ("uk", "ru", "ar"):
        for finding in findings:
            assert 'lang="en"' not in below(language).finding(finding), finding


# At the desk.


@pytest.fixture
def nobody() -> Iterator[HttpCarrier]:
    """A postbox at a port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with HttpCarrier([f"http://127.0.0.1:{port}"], token="x" * 43) as carrier:
        yield carrier


def speak(keeper: Somebody, language: str) -> None:
    keeper.client.headers["accept-language"] = language


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "uk",
            (
                "1 помилка не дає видати:",
                'Невидимий знак (<code dir="ltr">U+202E</code>) перевертає напрямок письма. Видаліть',
            ),
        ),
        (
            "ar",
            (
                "خطأ واحد يمنع النشر:",
                'علامة خفية (<code dir="ltr">U+202E</code>) تقلب اتجاه الكتابة. احذفها: تجعل رقمًا',
            ),
        ),
    ],
)
def test_a_mistake_that_keeps_an_edition_back_is_said_in_the_desks_language(
    keeper: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: tuple[str, ...]
) -> None:
    guides = Path(shutil.copytree(sample.guides(), tmp_path / "guides"))
    (guides / "uk" / "turned.md").write_text("# Порада\n\nДзвоніть \u202e12-34\u202c.\n", "utf-8")
    monkeypatch.setattr(keeper.desk.work, "places", replace(keeper.desk.work.places, guides=guides))
    speak(keeper, language)
    page = keeper.open("/editions/next")
    for words in (*said, '<bdi dir="ltr">uk/turned.md:3</bdi>: '):
        assert words in page
    assert "turns the writing direction" not in page
    assert "\u202e" not in page
    # Whoever presses the button of an older page reads it there.
    keeper.open("/editions")
    keeper.client.post("/editions/next", data={"token": keeper.token(page), "edition": "1"}, headers=keeper.heading)
    page = keeper.open("/work")
    assert said[1].partition(".")[0].casefold() in page.casefold()
    assert '<code dir="ltr">holub press check</code>' in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("uk", "До <bdi>127.0.0.1</bdi> не вдалося достукатися. Перевірте мережу або спробуйте інше дзеркало."),
        ("ar", "تعذّر الوصول إلى <bdi>127.0.0.1</bdi>. تحقق من الشبكة، أو جرّب مرآة أخرى."),
    ],
)
def test_a_postbox_that_does_not_answer_is_said_in_the_desks_language(
    keeper: Somebody, nobody: HttpCarrier, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    carriers = [("postbox", nobody)]
    monkeypatch.setattr(keeper.desk.work, "places", replace(keeper.desk.work.places, carriers=carriers))
    speak(keeper, language)
    assert said in keeper.send("/letters", "/fetch")
    keeper.send("/editions/next", "/editions/next", edition="1")
    page = keeper.open("/editions/1")  # kept with the edition
    assert said in page
    assert "cannot be reached" not in page
    speak(keeper, "en")
    english = '<span lang="en" dir="ltr">127.0.0.1 cannot be reached; check the network, or try another mirror</span>'
    assert english in keeper.open("/editions/1")


def test_a_stick_that_is_not_there_and_a_button_pressed_twice(
    keeper: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carriers = [("stick", FolderCarrier(tmp_path / "нема" / "<stick>"))]
    monkeypatch.setattr(keeper.desk.work, "places", replace(keeper.desk.work.places, carriers=carriers))
    speak(keeper, "ru")
    keeper.send("/editions/next", "/editions/next", edition="1")
    page = keeper.open("/editions/1")
    assert "<bdi>&lt;stick&gt;</bdi>" in page
    assert "Проверьте, вставлена ли флешка, и повторите." in page
    assert "Этот выпуск уже издан. Посмотрите на список выпусков." in keeper.send(
        "/editions/next", "/editions/next", 400, edition="1"
    )


def test_a_folder_of_guides_that_is_gone_is_said_where_one_searches(
    keeper: Somebody, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "немає"
    monkeypatch.setattr(keeper.desk.shelf, "_folder", gone)
    speak(keeper, "uk")
    assert f"Теки <bdi>{gone}</bdi> немає. Назвіть теку, у якій лежать поради." in keeper.open("/search?q=паспорт")
