"""Editions: what went out and where, what the next one would change, and the one button that publishes it."""

from __future__ import annotations

import contextlib
from typing import Final

from starlette.responses import Response

from holub.errors import Misused
from holub.faces.desk.letters import tell_fetched
from holub.faces.desk.visit import Missing, Visit
from holub.formats.names import MAIN
from holub.office.views import NextEdition
from holub.outbound.press.archive import Record
from holub.transit.carriers.qr import plan
from holub.transit.carriers.sound import seconds_of

_LISTED: Final = 60
_MOST_SOUNDED: Final = 4_096  # bytes: ten minutes of sound, and nobody waits longer
PATIENCE: Final = 0.4  # seconds before the progress page is shown: a small edition is done by then
STAGES: Final = ("reading", "checking", "pictures", "binding", "sending", "bags")


def listed(visit: Visit) -> Response:
    """All editions, newest first."""
    records = visit.work.editions.archive.records()
    dispatch = visit.work.dispatch
    rows = [(record, total(record), dispatch.of(record.edition)) for record in records[:_LISTED]]
    return visit.page("editions", rows=rows, more=max(0, len(records) - _LISTED), carriers=visit.work.places.carriers)


def total(record: Record) -> int:
    """Bytes of an edition's parcels together."""
    return sum(entry.size for entry in record.parcels)


def whole(visit: Visit) -> Response:
    """One edition: its parcels, and where they went."""
    number = visit.number("number")
    try:
        record = visit.work.editions.entry_rows(number)
    except Misused:
        raise Missing from None
    newest = visit.work.editions.archive.newest()
    return visit.page(
        "edition",
        record=record,
        went=visit.work.dispatch.of(record.edition),
        newest=newest is not None and newest.edition == record.edition,
        sizes=sizes(record),
        by_carrier=by_carrier,
        total=total(record),
        carriers=visit.work.places.carriers,
        now=visit.now,
    )


def sizes(record: Record) -> list[tuple[str, dict[str, int]]]:
    """What a reader's phone takes in: for each language the bytes of its full pack, its update and its pictures."""
    said: dict[str, dict[str, int]] = {}
    for entry in record.parcels:
        if entry.language is not None and not entry.is_rung:
            said.setdefault(entry.language, {})[entry.kind] = entry.size
    return sorted(said.items())


def by_carrier(size: int) -> list[tuple[str, int]]:
    """What so many bytes are on narrow carriers: (a sentence's key, how many). One sheet of paper may be lost."""
    said = []
    with contextlib.suppress(Misused):  # more than a pile of paper
        said.append(("takes.sheets", plan([size], lose=1).sheets))
    if size <= _MOST_SOUNDED:
        seconds = seconds_of(size)
        said.append(("takes.seconds", round(seconds)) if seconds < 90 else ("takes.minutes", round(seconds / 60)))
    return said


def coming(visit: Visit) -> Response:
    """What publishing now would do; nothing is bound."""
    if visit.busy:
        return visit.go("/work")
    work = visit.work
    preview = work.editions.preview(work.places.guides, visit.now)
    return visit.page(
        "next",
        coming=preview,
        left_out=work.editions.left_out(),
        sizes=sizes_ahead(preview),
        by_carrier=by_carrier,
        places=work.places,
    )


def sizes_ahead(coming: NextEdition) -> list[tuple[str, dict[str, int]]]:
    """As `sizes`, of an edition that is not bound: what can be told of it."""
    told: dict[str, dict[str, int]] = {}
    for pack in coming.packs:
        if pack.section == MAIN:
            known = {"full": pack.full, "update": pack.update}
            told[pack.language] = {kind: size for kind, size in known.items() if size is not None}
    return sorted((language, found) for language, found in told.items() if found)


def publish(visit: Visit) -> Response:
    """Binds and sends, in the background."""
    if visit.busy:
        return visit.go("/work")
    number = visit.form.get("edition", "")
    newest = visit.work.editions.archive.newest()
    if number != str(newest.edition + 1 if newest else 1):
        # The button was pressed twice, or somebody else was quicker.
        raise Misused("this edition is published already", "look at the list of editions")
    visit.work.publish()
    visit.work.wait(PATIENCE)
    return visit.go("/work")


def send(visit: Visit) -> Response:
    """Sends the newest edition again."""
    if visit.busy:
        return visit.go("/work")
    visit.work.send()
    visit.work.wait(PATIENCE)
    return visit.go("/work")


def working(visit: Visit) -> Response:
    """How far the job is; comes again by itself until it has ended, and leads on then."""
    job = visit.work.job
    if job is None:
        return visit.go("/letters")
    if not job.ended:
        stage = job.stage if job.stage in STAGES else "starting"
        response = visit.page("work", job=job, stage=stage)
        response.headers["refresh"] = "1"
        return response
    if job.trouble is not None or job.left_out or (job.kind == "fetch" and job.troubles):
        return visit.page("work", job=job, stage="")
    visit.work.forget_job(job)
    if job.kind == "fetch":
        if job.fetched is not None:
            tell_fetched(visit, job.fetched)
        return visit.go("/letters")
    if job.troubles:
        visit.tell("edition.some_failed", good=False, n=len(job.troubles))
    else:
        visit.tell("edition.out" if job.kind == "publish" else "edition.sent_again", edition=job.edition)
    return visit.go(f"/editions/{job.edition}")
