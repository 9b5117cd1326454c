"""Keepers: who may work here, and how they change their password."""

from __future__ import annotations

import hmac

from starlette.responses import Response

from holub.errors import Misused, Refused
from holub.faces.desk.attempts import TooMany
from holub.faces.desk.visit import Visit
from holub.office.keepers import SHORTEST_PASSWORD


def listed(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    root = visit.work.office.root
    identity = root.identity.hex()
    return visit.page(
        "keepers",
        status,
        keeper=visit.work.keepers.read(),
        open_sessions=visit.desk.sessions.keepers(visit.now),
        shortest=SHORTEST_PASSWORD,
        publisher=root.name,
        identity=" ".join(identity[at : at + 8] for at in range(0, len(identity), 8)),
        expiry=root.expiry,
        wrong=wrong,
    )


def password(visit: Visit) -> Response:
    """A new password; every other session ends."""
    new = visit.form.get("new", "")
    if not hmac.compare_digest(new.encode(), visit.form.get("again", "").encode()):
        return _page(visit, 400, visit.words("first.differ"))
    try:
        visit.desk.attempts.take("/keepers/password", visit.now)
        visit.work.keepers.change_password(visit.form.get("old", ""), new, visit.form.get("code", "")[:40], visit.now)
    except TooMany as error:
        return _page(visit, 429, visit.words("wait", n=error.minutes))
    except Misused:
        return _page(visit, 400, visit.words("first.short", n=SHORTEST_PASSWORD))
    except Refused:
        return _page(visit, 403, visit.words("sign_in.wrong"))
    visit.desk.attempts.clear("/keepers/password")
    visit.desk.sessions.end_all(but=visit.session)
    visit.tell("keepers.changed")
    return visit.go("/keepers")
