"""The machine's clock, where the office doubts it: every page says so, and a keeper says that it is right.

Rules
- Only for what the page showed: one that was open for long settles no other jump, and destroys no more than it said.
- Where that destroys something, it says how much, and asks for the word.
"""

from __future__ import annotations

from starlette.responses import Response

from holub.faces.desk.visit import Visit


def page(visit: Visit) -> Response:
    """What would go if the clock is right."""
    return _page(visit)


def _page(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    if visit.doubt is None:
        return visit.go("/letters")
    return visit.page("clock", status, wrong=wrong)


def right(visit: Visit) -> Response:
    """A keeper says that the clock is right."""
    with visit.work.turn() as room:
        decision = room.doubt(visit.now)
        if decision is None or decision.doubt.now != visit.form.get("now", ""):
            return visit.go("/letters")
        word = visit.has_word()
        shown = visit.form.get("goes") == f"{decision.keys} {decision.letters}"
        if decision.destroys and not (word and shown):
            wrong = visit.words("clock.other") if word else visit.words("clock.word_wrong")
            return _page(visit, 400, wrong)
        room.settle_clock(visit.now)
    visit.tell("clock.settled")
    return visit.go("/letters")
