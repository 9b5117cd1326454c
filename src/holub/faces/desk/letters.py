"""Letters: a list by state, the letter beside it, the reply below; templates, pictures, done, shred, fetch.

Rules
- The reply is never filled with the letter's words, and a longer run of them asks twice: a phone that is taken later
  may show the reply, and must not show the letter.
- A template goes below what is typed, and nothing typed is lost by it, without a script either: its button sends the
  reply's own form.
- Pictures are blurred until somebody asks for them.
- To shred asks for the word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from starlette.responses import Response

from holub.errors import Misused, Refused
from holub.faces.desk.letter_rows import holding, row_of
from holub.faces.desk.sought import Sought
from holub.faces.desk.visit import Missing, Visit
from holub.formats.mailbag import MOST_TEXT
from holub.inbound.mailroom.letters import Line, State, Whole
from holub.office.views import Fetched

PAGE: Final = 50
_NUMBER: Final = re.compile("[0-9]{1,9}")
QUOTE: Final = 40  # letters in a row that count as a quote
TEMPLATES: Final = 5  # that are offered beside a letter
SOON: Final = 1.5  # seconds that a fetch may take before a page shows its progress


def listed(visit: Visit) -> Response:
    """The list alone."""
    return visit.page("letters", whole=None, **_list(visit))


def whole(visit: Visit) -> Response:
    """The list, and one letter beside it."""
    return _letter(visit)


def _look(visit: Visit) -> Whole:
    """The letter that the address names. Raises Missing."""
    number = visit.number("number")
    try:
        return visit.work.room.view(number)
    except Misused:
        if visit.work.locked:
            raise
        raise Missing from None


def _letter(
    visit: Visit, status: int = 200, *, typed: str | None = None, wrong: str = "", quoted: bool = False
) -> Response:
    found = _look(visit)
    visit.desk.pictures = (found.line.number, found.pictures)
    text = f"{found.text} {found.line.town}"
    templates = visit.work.templates.fitting(found.line.language, text) if found.line.wants_reply else []
    return visit.page(
        "letters",
        status,
        whole=found,
        letter_row=row_of(found.line, visit.today),
        typed=found.reply if typed is None else typed,
        wrong=wrong,
        quoted=quoted,
        most=MOST_TEXT,
        quote=QUOTE,
        templates=templates[:TEMPLATES],
        templates_count=len(templates),
        guides=visit.desk.shelf.fitting(found.line.language, text, visit.now),
        **_list(visit, around=found),
    )


def _list(visit: Visit, around: Whole | None = None) -> dict[str, object]:
    state = around.line.state if around else State.WAITING
    if visit.asked("state") in list(State):
        state = State(visit.asked("state"))
    after = int(visit.asked("after")) if _NUMBER.fullmatch(visit.asked("after")) else 0
    search = visit.asked("q").strip()
    room = visit.work.room
    sought = Sought.of(search)
    if sought:
        lines = list(islice(holding(room, state, sought, after=after), PAGE + 1))
    else:
        lines = room.rows(state, after=after, limit=PAGE + 1)
        if around is not None and around.line.number not in [line.number for line in lines[:PAGE]]:
            lines = room.rows(state, after=max(0, around.line.number - 1), limit=PAGE + 1)
    return {
        "state": state,
        "states": list(room.counts().items()),
        "rows": [row_of(line, visit.today) for line in lines[:PAGE]],
        "next": lines[PAGE - 1].number if len(lines) > PAGE else None,
        "q": search,
        "carriers": bool(visit.work.places.carriers),
        "late": sum(room.late().values()),
    }


def picture(visit: Visit) -> Response:
    """One picture, made anew from its pixels."""
    number, place = visit.number("number"), visit.number("place")
    held, pictures = visit.desk.pictures
    if held != number:
        pictures = _look(visit).pictures
    if not 0 <= place < len(pictures):
        raise Missing
    return Response(pictures[place], media_type="image/jpeg")


def reply(visit: Visit) -> Response:
    """Keeps the reply; it travels in the next edition."""
    number, typed = visit.number("number"), visit.form.get("text", "").strip()
    found = _look(visit)
    if not typed:
        return _letter(visit, 400, typed="", wrong=visit.words("reply.empty"))
    size = len(typed.encode())
    if size > MOST_TEXT:
        return _letter(visit, 400, typed=typed, wrong=visit.words("reply.long", n=size - MOST_TEXT))
    if quotes(found.text, typed) and visit.form.get("quote") != "yes":
        return _letter(visit, 409, typed=typed, wrong=visit.words("reply.quotes", n=QUOTE), quoted=True)
    with visit.work.turn() as room:
        room.reply(number, typed)
    visit.tell("reply.kept")
    return _onward(visit, number)


def from_template(visit: Visit) -> Response:
    """The letter again, with a template below what was typed; nothing is kept yet."""
    chosen, typed = visit.form.get("template", ""), visit.form.get("text", "").rstrip()
    try:
        template = visit.work.templates.read(int(chosen) if _NUMBER.fullmatch(chosen) else 0)
    except (Misused, Refused):
        return _letter(visit, 409, typed=typed, wrong=visit.words("template.gone"))
    typed = f"{typed}\n\n{template.text}" if typed else template.text
    over = len(typed.encode()) - MOST_TEXT
    return _letter(visit, typed=typed, wrong=visit.words("reply.long", n=over) if over > 0 else "")


def quotes(letter: str, text: str, run: int = QUOTE) -> bool:
    """Whether a run of the letter's own characters stands in a text; case and spaces do not count."""
    letter, text = " ".join(letter.casefold().split()), " ".join(text.casefold().split())
    runs = {letter[at : at + run] for at in range(len(letter) - run + 1)}
    return any(text[at : at + run] in runs for at in range(len(text) - run + 1))


def done(visit: Visit) -> Response:
    """Puts the letter aside."""
    number = visit.number("number")
    with visit.work.turn() as room:
        room.close(number, visit.now)
    visit.tell("letter.closed")
    return _onward(visit, number)


def shred_page(visit: Visit) -> Response:
    return _shred(visit)


def _shred(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    found = _look(visit)
    return visit.page("shred", status, whole=found, wrong=wrong)


def shred(visit: Visit) -> Response:
    """Destroys the letter, once the word is typed."""
    number = visit.number("number")
    if not visit.has_word():
        return _shred(visit, 400, visit.words("shred.wrong"))
    with visit.work.turn() as room:
        room.shred(number)
    visit.desk.pictures = (0, ())
    visit.tell("shred.gone")
    return visit.go("/letters")


def _onward(visit: Visit, number: int) -> Response:
    """To the next letter that waits, else to the list."""
    later: Sequence[Line] = visit.work.room.rows(State.WAITING, after=number, limit=1)
    return visit.go(f"/letters/{later[0].number}" if later else "/letters")


def fetch(visit: Visit) -> Response:
    """Fetches and opens letters; a short fetch shows no progress."""
    if visit.busy:
        return visit.go("/work")
    job = visit.work.fetch()
    visit.work.wait(SOON)
    if job.ended and job.trouble is None and not job.troubles and job.fetched is not None:
        tell_fetched(visit, job.fetched)
        visit.work.forget_job(job)
        return visit.go("/letters")
    return visit.go("/work")


def tell_fetched(visit: Visit, fetched: Fetched) -> None:
    """The next page says what came."""
    rest = fetched.decoys + fetched.replays + fetched.refused + fetched.too_late - fetched.left
    if fetched.left:
        visit.tell("fetch.shared", n=fetched.opened, rest=rest, left=fetched.left)
    else:
        visit.tell("fetch.came" if fetched.opened else "fetch.nothing", n=fetched.opened, rest=rest)
