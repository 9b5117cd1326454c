"""The machine's clock, where the office doubts it: every page says so, and one button says that it is right."""

from __future__ import annotations

from starlette.responses import Response

from holub.faces.desk.visit import Visit


def right(visit: Visit) -> Response:
    """A keeper says that the clock is right; only for the day that the page showed."""
    with visit.work.turn() as room:
        found = room.doubt(visit.now)
        if found is not None and found[0].now == visit.form.get("now", ""):
            room.settle_clock(visit.now)
            visit.tell("clock.settled")
    return visit.go("/letters")
