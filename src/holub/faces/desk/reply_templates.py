"""Reply templates: a list by language, a page to write one, and one to remove it.

Rules
- The pages say what does not belong into a template: anything about one person, and a letter's words.
- No reply is offered to be kept as a template: something of a letter would outlive its shredding.
- What somebody typed comes back whole when it does not fit, and when the template was changed meanwhile.
- To remove asks for the word.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from starlette.responses import Response

from holub.errors import Misused, Refused
from holub.faces.desk.visit import Missing, Visit
from holub.faces.desk.words import NAMES
from holub.formats.mailbag import MOST_TEXT
from holub.formats.names import check_language
from holub.office.templates import LONGEST_TITLE, MOST, Changed, Template, tidied

HERE: Final = "/templates"
_LONGEST_TAG: Final = 40  # characters


def listed(visit: Visit) -> Response:
    """All templates, by language, this page's own first."""
    found, damaged = visit.work.templates.all()
    groups = [(language, list(own)) for language, own in groupby(found, key=lambda one: one.language)]
    groups.sort(key=lambda group: group[0] != visit.words.language)
    return visit.page("templates", within="letters", groups=groups, damaged=damaged)


def new_page(visit: Visit) -> Response:
    return _form(visit, Template(_language(visit.asked("in", _LONGEST_TAG)) or visit.words.language, "", ""))


def new(visit: Visit) -> Response:
    """Keeps a new template."""
    typed = _typed(visit)
    wrong = _wrong(visit, typed)
    found, damaged = visit.work.templates.all()
    if not wrong and len(found) + len(damaged) >= MOST:
        wrong = visit.words("template.full", n=MOST)
    if wrong:
        return _form(visit, typed, 400, wrong)
    visit.work.templates.add(typed)
    visit.tell("template.kept")
    return visit.go(HERE)


def whole(visit: Visit) -> Response:
    try:
        return _form(visit, _look(visit))
    except Refused:  # it is damaged: all that can be done with it is on that page
        return visit.go(f"{HERE}/{visit.number('number')}/remove")


def change(visit: Visit) -> Response:
    """Keeps what was typed in place of what the page showed."""
    typed = _typed(visit)
    wrong = _wrong(visit, typed)
    try:
        before = _look(visit)
    except (Missing, Refused):
        return _form(visit, typed, 409, visit.words("template.gone_new"))
    if wrong:
        return _form(visit, typed, 400, wrong, before, visit.form.get("mark", ""))
    try:
        visit.work.templates.change(before.number, typed, visit.form.get("mark", ""))
    except Changed:
        # `before` may have been changed since it was read: what is shown is what would be written over.
        return _form(visit, typed, 409, visit.words("template.changed"), _look(visit), theirs=True)
    visit.tell("template.kept")
    return visit.go(HERE)


def remove_page(visit: Visit) -> Response:
    return _remove(visit)


def remove(visit: Visit) -> Response:
    """Removes the template, once the word is typed."""
    if not visit.has_word("template.word"):
        return _remove(visit, 400, visit.words("template.wrong"))
    number = visit.number("number")
    try:
        visit.work.templates.remove(number, visit.form.get("mark", ""))
    except Changed:
        return _remove(visit, 409, visit.words("template.changed_look"))
    except Misused:
        raise _away(visit) from None
    visit.tell("template.removed")
    return visit.go(HERE)


def _look(visit: Visit) -> Template:
    """The template that the address names. Raises Missing, Refused (it is damaged)."""
    number = visit.number("number")
    try:
        return visit.work.templates.read(number)
    except Misused:
        raise _away(visit) from None


def _away(visit: Visit) -> Misused:
    """What to raise where the office gave nothing: somebody locked it, or there is no such template."""
    return Misused("the office is locked", "unlock it with the passphrase") if visit.work.locked else Missing()


def _remove(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    number = visit.number("number")
    try:
        template: Template | None = _look(visit)
    except Refused:
        template = None
    return visit.page("template_remove", status, within="letters", template=template, number=number, wrong=wrong)


def _typed(visit: Visit) -> Template:
    """The template as the form has it, in its one form."""
    form = visit.form
    language = _language(form.get("language", "")[:_LONGEST_TAG]) or visit.words.language
    return tidied(Template(language, form.get("title", ""), form.get("text", "")))


def _wrong(visit: Visit, typed: Template) -> str:
    """Why what was typed does not fit, "" where it does."""
    if not 0 < len(typed.title) <= LONGEST_TITLE:
        return visit.words("template.title_wrong", n=LONGEST_TITLE)
    if not typed.text:
        return visit.words("template.empty")
    over = len(typed.text.encode()) - MOST_TEXT
    return visit.words("template.long", n=over) if over > 0 else ""


def _form(
    visit: Visit,
    typed: Template,
    status: int = 200,
    wrong: str = "",
    before: Template | None = None,
    mark: str | None = None,
    *,
    theirs: bool = False,
) -> Response:
    """before: the template that is kept, None for a new one; mark: of what the page showed, by default of `before`;
    theirs: somebody kept that one meanwhile, and it is shown beside what was typed."""
    kept = before or (typed if typed.number else None)
    found, _ = visit.work.templates.all()
    languages = {*NAMES, *visit.desk.shelf.languages(), *(one.language for one in found), typed.language}
    return visit.page(
        "template",
        status,
        within="letters",
        typed=typed,
        kept=kept,
        theirs=kept if theirs else None,
        mark=(kept.mark if kept else "") if mark is None else mark,
        tags=sorted(languages, key=lambda tag: (tag not in NAMES, tag)),
        longest=LONGEST_TITLE,
        most=MOST_TEXT,
        wrong=wrong,
    )


def _language(tag: str) -> str:
    """The tag, "" where it is none."""
    try:
        return check_language(tag)
    except Refused:
        return ""
