"""Setting up, step by step: the centre's name, its languages, who holds the keys, how long things stay, the postbox.

Rules
- Each step can wait and be looked at again; nothing remembers how far somebody came.
- A step changes nothing by being looked at, nor by going on with what stood there, whatever another window set since.
- Root keys are shown and never handed over: a browser is no place for them, so there are commands for it.
- Shorter spans destroy letters: how many is said, and the word is asked for, for just that many.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import asdict
from shlex import quote
from typing import Final

from starlette.responses import Response

from holub import sample
from holub.errors import Misused
from holub.faces.desk.visit import Missing, Visit
from holub.formats.root import MAX_NAME, check_publisher
from holub.inbound.mailroom.retention import LIMITS, Retention
from holub.office.rotation import PROPOSAL, Change, rotate
from holub.office.signers import signers

_LONGEST_FIELD: Final = 1_000  # characters


def step(visit: Visit) -> Response:
    """One step. Raises Missing where the address names none."""
    asked = str(visit.request.path_params["step"])
    if asked not in STEPS:
        raise Missing
    return _step(visit, asked)


def _step(visit: Visit, name: str, status: int = 200, /, **values: object) -> Response:
    at = STEPS.index(name)
    office, settings = visit.work.office, visit.desk.settings
    told = _FACTS[name](visit) | values
    return visit.page(
        f"set_up/{name}",
        status,
        within="keepers",
        step=name,
        steps=STEPS,
        onward=f"/set-up/{STEPS[at + 1]}" if at + 1 < len(STEPS) else "/editions/next",
        before=f"/set-up/{STEPS[at - 1]}" if at else "",
        office=quote(str(office.folder)),
        trial=quote(str(settings.trial)) if settings.trial else "",
        **{"wrong": "", **told},
    )


def _name(visit: Visit) -> dict[str, object]:
    office = visit.work.office
    name = office.root.name
    return {"name": name, "was": name, "signers": signers(office), "most": MAX_NAME}


def _languages(visit: Visit) -> dict[str, object]:
    shelf, folder = visit.desk.shelf, visit.desk.settings.guides
    shelf.load(visit.now)
    counts = [(language, len(shelf.rows(language))) for language in shelf.languages()]
    return {"counts": counts, "folder": folder, "sample": folder.resolve() == sample.guides().resolve()}


def _keys(visit: Visit) -> dict[str, object]:
    office = visit.work.office
    return {"signers": signers(office), "proposal": office.folder / PROPOSAL}


def _retention(visit: Visit) -> dict[str, object]:
    room = visit.work.room
    spans = {name: str(value) for name, value in asdict(room.retention).items()}
    return {
        "typed": spans,
        "was": " ".join(spans.values()),
        "fields": (),
        "limits": LIMITS,
        "late": sum(room.late().values()),
        "due": 0,
    }


def _postbox(visit: Visit) -> dict[str, object]:
    newest = visit.work.office.archive.newest()
    went = visit.work.dispatch.of(newest.edition) if newest else []
    places = visit.work.places
    return {
        "places": [(name, next((one for one in went if one.carrier == name), None)) for name, _ in places.carriers],
        "postboxes": places.postboxes,
        "newest": newest.edition if newest else 0,
    }


_FACTS: Final = {
    "name": _name,
    "languages": _languages,
    "keys": _keys,
    "retention": _retention,
    "postbox": _postbox,
}
STEPS: Final = tuple(_FACTS)


def name(visit: Visit) -> Response:
    """A new name: the next root document, signed by the keys that are here."""
    typed = unicodedata.normalize("NFC", " ".join(visit.form.get("name", "")[:_LONGEST_FIELD].split()))
    try:
        check_publisher(typed)
    except Misused:
        wrong = visit.words("set_up.name_wrong", most=MAX_NAME)
        return _step(visit, "name", 400, wrong=wrong, name=typed, was=visit.form.get("was", ""))
    with visit.work.turn():
        office = visit.work.office
        if typed not in (office.root.name, visit.form.get("was")):
            if not signers(office).alone:
                return _step(visit, "name", 409)  # the page says how holders sign a name
            rotate(office, Change(name=typed), visit.now)
            visit.tell("set_up.name_set")
    return visit.go("/set-up/languages")


def retention(visit: Visit) -> Response:
    """New spans; where letters would go by them, the word is asked for."""
    typed = {name: visit.form.get(name, "").strip()[:_LONGEST_FIELD] for name in LIMITS}

    def again(key: str, fields: Collection[str], due: int = 0, **values: object) -> Response:
        said, was = visit.words(key, **values), visit.form.get("was", "")
        return _step(visit, "retention", 400, wrong=said, fields=fields, typed=typed, due=due, was=was)

    if " ".join(typed.values()) == visit.form.get("was"):
        return visit.go("/set-up/postbox")
    strange = [name for name, value in typed.items() if not (value.isascii() and value.isdigit())]
    if strange:
        return again("set_up.numbers", strange)
    numbers = {name: int(value) for name, value in typed.items()}
    outside = [name for name, (least, most, _, _) in LIMITS.items() if not least <= numbers[name] <= most]
    if outside:
        return again("set_up.bounds", outside)
    try:
        after = Retention(**numbers)
    except Misused:  # within its bounds, each of them
        return again("set_up.spans", ("seal_weeks", "open_weeks"))
    with visit.work.turn() as room:
        due = room.letters_due(visit.now, after) if after != room.retention else 0
        if due and not (visit.has_word() and visit.form.get("due") == str(due)):
            return again("set_up.due", (), due, n=due)
        if after != room.retention:
            room.retain(after)
            visit.tell("set_up.retention_set")
    return visit.go("/set-up/postbox")
