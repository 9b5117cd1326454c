"""Guides: a list to look things up in, and each guide as its readers see it. They are written elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from markupsafe import Markup
from starlette.responses import Response

from holub.errors import Misused
from holub.faces.desk.sought import Sought
from holub.faces.desk.visit import Missing, Visit
from holub.office.guides import GuideRow


def listed(visit: Visit) -> Response:
    """The guides of one language, by topic."""
    shelf = visit.desk.shelf
    shelf.load(visit.now, again=visit.asked("again") == "yes")
    languages = shelf.languages()
    chosen = visit.asked("in")
    if chosen not in languages:
        chosen = visit.words.language if visit.words.language in languages else (languages or [""])[0]
    rows = holding(shelf.rows(chosen), Sought.of(visit.asked("q")))
    topics = [(topic, list(found)) for topic, found in groupby(rows, key=lambda row: row.topic)]
    counts = [(language, len(shelf.rows(language))) for language in languages]
    return visit.page(
        "guides", chosen=chosen, languages_here=counts, topics=topics, count=len(rows), q=visit.asked("q")
    )


def holding(rows: Iterable[GuideRow], sought: Sought) -> list[GuideRow]:
    """The guides whose title, topic and summary hold all the words, by topic and title."""
    held = [row for row in rows if sought.held_by(f"{row.title} {row.topic} {row.summary}")]
    return sorted(held, key=lambda row: (row.topic, row.title))


def whole(visit: Visit) -> Response:
    """One guide."""
    params = visit.request.path_params
    words = visit.words("guide.no_picture", words="{words}")
    try:
        row, html = visit.desk.shelf.html(str(params["language"]), str(params["path"]), words, visit.now)
    except Misused:
        raise Missing from None
    # The press made it: guides' raw HTML is text there, and every link leads to a guide of this list.
    return visit.page("guide", row=row, body=Markup(html))  # noqa: S704 - made by the press, see above
