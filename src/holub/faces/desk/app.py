"""The desk's addresses, and who may open them: anybody, who has signed in, nobody while the office is locked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.faces.desk import clock, editions, entrance, found, guides, keepers, letters, reply_templates, set_up
from holub.faces.desk.guard import Guard, is_own, read_form
from holub.faces.desk.settings import DeskSettings
from holub.faces.desk.visit import (
    COOKIE,
    LANGUAGE_COOKIE,
    Desk,
    Handler,
    Missing,
    Room,
    Visit,
    letters_waiting,
    set_cookie,
)
from holub.faces.desk.words import Words, choose
from holub.office.guides import GuideShelf
from holub.office.office import Office
from holub.office.work import Work

# Each room that exists; those to come are added here and nowhere else.
ROOMS: Final = (
    Room("letters", "/letters", "l", letters_waiting),
    Room("guides", "/guides", "u"),
    Room("editions", "/editions", "e"),
    Room("keepers", "/keepers", "k"),
)


class Needs(Enum):
    """What must be so before a page opens."""

    NOTHING = 0
    OPEN = 1  # the office is unlocked
    KEEPER = 2  # and somebody has signed in


@dataclass(frozen=True)
class Door:
    """One address. work: whether a visit counts as work and keeps the session alive."""

    path: str
    handler: Handler
    needs: Needs = Needs.KEEPER
    post: bool = False
    work: bool = True


DOORS: Final = (
    Door("/", entrance.first),
    Door("/language/{language}", entrance.language, Needs.NOTHING),
    Door("/unlock", entrance.unlock_page, Needs.NOTHING),
    Door("/unlock", entrance.unlock, Needs.NOTHING, post=True),
    Door("/first-run", entrance.first_run_page, Needs.OPEN),
    Door("/first-run", entrance.first_run, Needs.OPEN, post=True),
    Door("/first-run/code", entrance.first_code_page, Needs.OPEN),
    Door("/first-run/code", entrance.first_code, Needs.OPEN, post=True),
    Door("/sign-in", entrance.sign_in_page, Needs.OPEN),
    Door("/sign-in", entrance.sign_in, Needs.OPEN, post=True),
    Door("/sign-out", entrance.sign_out, post=True),
    Door("/lock", entrance.lock, Needs.NOTHING, post=True),
    Door("/keys", entrance.keys_page),
    Door("/search", found.found),
    Door("/letters", letters.listed),
    Door("/letters/{number:int}", letters.whole),
    Door("/letters/{number:int}/picture/{place:int}", letters.picture),
    Door("/letters/{number:int}/reply", letters.reply, post=True),
    Door("/letters/{number:int}/template", letters.from_template, post=True),
    Door("/letters/{number:int}/done", letters.done, post=True),
    Door("/letters/{number:int}/shred", letters.shred_page),
    Door("/letters/{number:int}/shred", letters.shred, post=True),
    Door("/fetch", letters.fetch, post=True),
    Door("/templates", reply_templates.listed),
    Door("/templates/new", reply_templates.new_page),
    Door("/templates/new", reply_templates.new, post=True),
    Door("/templates/{number:int}", reply_templates.whole),
    Door("/templates/{number:int}", reply_templates.change, post=True),
    Door("/templates/{number:int}/remove", reply_templates.remove_page),
    Door("/templates/{number:int}/remove", reply_templates.remove, post=True),
    Door("/clock", clock.page),
    Door("/clock", clock.right, post=True),
    Door("/editions", editions.listed),
    Door("/editions/next", editions.coming),
    Door("/editions/next", editions.publish, post=True),
    Door("/editions/send", editions.send, post=True),
    Door("/editions/{number:int}", editions.whole),
    Door("/work", editions.working, work=False),
    Door("/guides", guides.listed),
    Door("/guides/{language}/{path:path}", guides.whole),
    Door("/set-up/{step}", set_up.step),
    Door("/set-up/name", set_up.name, post=True),
    Door("/set-up/retention", set_up.retention, post=True),
    Door("/keepers", keepers.listed),
    Door("/keepers/password", keepers.password, post=True),
)


def create_desk(office: Office, settings: DeskSettings) -> Starlette:
    """The desk over an opened office, which stays the caller's to close. `app.state.desk` is its Desk.

    Where the office has no keeper yet, `app.state.desk.code` is the one-time code that the first page asks for.
    """
    work = Work(office, settings.places, settings.clock)
    shelf = GuideShelf(settings.guides, office.folder / "press" / "facts")
    desk = Desk(settings, work, shelf, ROOMS, entrance.new_code(secrets.token_bytes))
    routes = [Route(door.path, _opened(desk, door), methods=["POST" if door.post else "GET"]) for door in DOORS]
    static = StaticFiles(directory=Path(__file__).parent / "static")
    app = Starlette(
        routes=[*routes, Mount("/static", static)],
        middleware=[Middleware(Guard, hosts=settings.hosts)],
        exception_handlers={404: _missing(desk)},
    )
    app.state.desk = desk
    return app


Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def _opened(desk: Desk, door: Door) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        visit = _visit(desk, request, work=door.work)
        try:
            if door.post:
                visit.form = await read_form(request)
                if not is_own(request) or not visit.has_token():
                    raise Forgotten
            response = await run_in_threadpool(_answer, visit, door)
        except HolubError as error:
            response = _explained(visit, error)
        except Exception as error:  # noqa: BLE001 - the last net: a traceback may quote letters
            what = f"this is a bug in holub, and we are sorry: {type(error).__name__}"
            response = _explained(visit, HolubError(what))
        return _with_cookie(visit, response)

    return endpoint


class Forgotten(Refused):
    """A form without this session's token: the session ended meanwhile, or another page sent it."""

    def __init__(self) -> None:
        super().__init__("the page was open for too long, or another page sent this form", "go back and try again")


def _visit(desk: Desk, request: Request, *, work: bool) -> Visit:
    desk.look_at_clock()
    now = desk.settings.clock()
    name = request.cookies.get(COOKIE, "")
    session = desk.sessions.find(name, now, touch=work)
    if session is None:
        name, session = desk.sessions.open(now)
    language = choose(request.cookies.get(LANGUAGE_COOKIE, ""), request.headers.get("accept-language", ""))
    return Visit(desk, request, name, session, Words(language))


def _answer(visit: Visit, door: Door) -> Response:
    aside = _aside(visit, door)
    if aside is not None:
        return RedirectResponse(aside, 303)
    try:
        return door.handler(visit)
    except HolubError:
        # Somebody locked the office while this page was being made.
        if visit.work.locked and door.needs is not Needs.NOTHING:
            return RedirectResponse("/unlock", 303)
        raise


def _aside(visit: Visit, door: Door) -> str | None:
    """Where somebody has to go first."""
    if door.needs is Needs.NOTHING:
        return None
    if visit.work.locked:
        return "/unlock"
    if not visit.work.keepers.any():
        return None if door.path.startswith("/first-run") else "/first-run"
    if door.needs is Needs.KEEPER and not visit.session.keeper:
        return "/sign-in"
    return None


def _explained(visit: Visit, error: HolubError) -> Response:
    if isinstance(error, Forgotten):
        return visit.page("trouble", 403, error=None)
    if isinstance(error, Missing):
        return visit.page("missing", 404)
    kinds = {Misused: 400, Refused: 422, Unavailable: 503}
    status = next((status for kind, status in kinds.items() if isinstance(error, kind)), 500)
    return visit.page("trouble", status, error=error)


def _missing(desk: Desk) -> Callable[[Request, Exception], Response]:
    def missing(request: Request, _: Exception) -> Response:
        visit = _visit(desk, request, work=False)
        return _with_cookie(visit, visit.page("missing", 404))

    return missing


def _with_cookie(visit: Visit, response: Response) -> Response:
    if visit.request.cookies.get(COOKIE) != visit.session_id:
        set_cookie(response, COOKIE, visit.session_id)
    return response
