"""One request at the desk: who asks, in which language, and the page that answers.

Rules
- A handler is an ordinary function from a Visit to a response; it runs in a thread, so it may wait for the disk.
- Every page is made from a template with escaping on; what people outside wrote goes through `words.inert`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from holub.errors import Misused
from holub.faces.desk.attempts import Attempts
from holub.faces.desk.sentences import Sentences
from holub.faces.desk.sessions import Notice, Session, Sessions
from holub.faces.desk.settings import DeskSettings
from holub.faces.desk.words import NAMES, Words, inert
from holub.inbound.mailroom.clock import Decision
from holub.inbound.mailroom.letters import State
from holub.office.guides import GuideShelf
from holub.office.work import Work

COOKIE: Final = "__Host-desk"
LANGUAGE_COOKIE: Final = "__Host-language"
_YEAR: Final = 365 * 86_400
_LARGEST: Final = 2**31 - 1
MOST_ASKED: Final = 200  # characters


class Missing(Misused):
    """The address names something that is not there, or no longer."""

    def __init__(self) -> None:
        super().__init__("there is no such page", "look at the list")


@dataclass(frozen=True)
class Room:
    """An entry of the frame at the left. key: g and this letter lead there."""

    name: str
    path: str
    key: str
    count: Callable[[Desk], int] = lambda _desk: 0


@dataclass
class Desk:
    """What all visits share."""

    settings: DeskSettings
    work: Work
    shelf: GuideShelf
    rooms: tuple[Room, ...]
    code: str = field(repr=False)
    sessions: Sessions = field(init=False)
    attempts: Attempts = field(default_factory=Attempts)
    busy_at: float = field(init=False)
    # The pictures of the letter that was opened last, so that each is made anew once: (number, JPEG files).
    pictures: tuple[int, tuple[bytes, ...]] = field(default=(0, ()), repr=False)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.settings.idle, self.settings.absolute)
        self.busy_at = self.settings.clock()

    def lock(self) -> None:
        """Ends every session and forgets the keys."""
        self.sessions.end_all()
        self.pictures = (0, ())
        self.work.lock()

    def look_at_clock(self) -> None:
        """Locks the office where nobody has worked for long; to be called now and then."""
        now, job = self.settings.clock(), self.work.job
        if self.sessions.keepers(now) or self.work.locked or (job is not None and not job.ended):
            self.busy_at = now
        elif self.settings.lock_after and now - self.busy_at >= self.settings.lock_after:
            self.lock()


@dataclass
class Visit:
    """One request. session_id: the cookie's, new where there was none."""

    desk: Desk
    request: Request
    session_id: str = field(repr=False)
    session: Session
    words: Words
    form: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def work(self) -> Work:
        return self.desk.work

    @property
    def busy(self) -> bool:
        """Whether a long job runs."""
        job = self.work.job
        return job is not None and not job.ended

    @property
    def now(self) -> int:
        return int(self.desk.settings.clock())

    @property
    def today(self) -> str:
        return datetime.fromtimestamp(self.now, UTC).date().isoformat()

    def number(self, name: str) -> int:
        """A number in the address. Raises Missing for one that nothing has."""
        number = int(self.request.path_params[name])
        if number > _LARGEST:
            raise Missing
        return number

    def asked(self, name: str, most: int = MOST_ASKED) -> str:
        """A value after the question mark, cut after `most` characters, "" where it is not there."""
        return self.request.query_params.get(name, "")[:most]

    def has_token(self) -> bool:
        """Whether the form carries this session's token."""
        return hmac.compare_digest(self.form.get("token", "").encode(), self.session.token.encode())

    def has_word(self, key: str = "shred.word") -> bool:
        """Whether the form carries the word that a destructive deed asks for, in this language; case does not count."""
        return self.form.get("word", "").strip().casefold() == self.words(key).casefold()

    def sign_in(self, keeper: str) -> None:
        """From now on somebody is signed in, under a new id."""
        self.desk.sessions.end(self.session_id)
        self.session_id, self.session = self.desk.sessions.open(self.now, keeper)

    def sign_out(self) -> None:
        self.desk.sessions.end(self.session_id)
        self.session_id, self.session = self.desk.sessions.open(self.now)

    def tell(self, key: str, *, good: bool = True, **values: object) -> None:
        """The next page says this once."""
        self.session.notice = Notice(key, values, good)

    def page(self, template: str, status: int = 200, /, **values: object) -> Response:
        """A page of the desk."""
        notice, self.session.notice = self.session.notice, None
        html = (
            _environment()
            .get_template(f"{template}.html")
            .render(
                t=self.words,
                below=Sentences(self.words),
                visit=self,
                session=self.session,
                languages=NAMES,
                here=self.request.url.path,
                rooms=self._rooms(),
                notice=notice,
                today=self.today,
                most_asked=MOST_ASKED,
                doubt=self.doubt,
                **values,
            )
        )
        return HTMLResponse(html, status)

    @property
    def doubt(self) -> Decision | None:
        """Why the clock is doubted, and what would go: said on every page until somebody decides."""
        if not self.session.keeper or self.work.locked:
            return None
        return self.work.room.doubt(self.now)

    def _rooms(self) -> list[tuple[Room, int]]:
        if not self.session.keeper or self.work.locked:
            return []
        return [(room, room.count(self.desk)) for room in self.desk.rooms]

    def go(self, path: str) -> Response:
        """Leads to another page of the desk."""
        return RedirectResponse(path, 303)


Handler = Callable[[Visit], Response]


def letters_waiting(desk: Desk) -> int:
    """How many letters need somebody today."""
    return desk.work.room.counts()[State.WAITING]


def set_cookie(response: Response, name: str, value: str, *, lasting: bool = False) -> None:
    """A cookie that only this host gets, only over a safe way, only from its own pages."""
    response.set_cookie(
        name, value, max_age=_YEAR if lasting else None, path="/", secure=True, httponly=True, samesite="strict"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inert"] = inert
    return environment
