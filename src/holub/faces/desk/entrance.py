"""The ways in and out: the first run, unlocking, signing in, signing out, Lock now, the language.

Rules
- An unlocked office and somebody signed in are two things: the passphrase opens the office, a keeper opens the desk.
- The first account is made by who reads the terminal: its one-time code is asked for, and good once.
- Every try at a secret is counted before it is judged.
- Nobody needs to sign in to lock.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable

from starlette.responses import Response

from holub.errors import Misused, Refused
from holub.faces.desk.attempts import TooMany
from holub.faces.desk.set_up import STEPS
from holub.faces.desk.visit import LANGUAGE_COOKIE, Visit, set_cookie
from holub.faces.desk.words import NAMES
from holub.office.keepers import SHORTEST_PASSWORD, check_name, check_password, new_secret, otpauth

_LETTERS_OF_CODE = 12


def new_code(random: Callable[[int], bytes]) -> str:
    """A one-time code to be read from a terminal: three groups of four letters, 60 bits."""
    letters = base64.b32encode(random(10)).decode()[:_LETTERS_OF_CODE]
    return "-".join(letters[at : at + 4] for at in range(0, _LETTERS_OF_CODE, 4))


def first(visit: Visit) -> Response:
    """The desk's first page is the letters."""
    return visit.go("/letters")


def language(visit: Visit) -> Response:
    """Chooses a language, and leads back to a page of the desk."""
    back = visit.asked("back", 4_000)  # with the words of a search, twelve for a character at most
    local = back.startswith("/") and not back.startswith(("//", "/\\"))
    response = visit.go(back if local else "/")
    chosen = str(visit.request.path_params["language"])
    if chosen in NAMES:
        set_cookie(response, LANGUAGE_COOKIE, chosen, lasting=True)
    return response


def unlock_page(visit: Visit) -> Response:
    return visit.page("unlock", wrong="") if visit.work.locked else visit.go("/")


def unlock(visit: Visit) -> Response:
    """Opens the vault; then somebody signs in."""
    if not visit.work.locked:
        return visit.go("/")
    try:
        visit.desk.attempts.take("/unlock", visit.now)
        visit.work.unlock(visit.form.get("passphrase", "")[:1024])
    except TooMany as error:
        return visit.page("unlock", 429, wrong=visit.words("wait", n=error.minutes))
    except Misused:
        return visit.page("unlock", 403, wrong=visit.words("unlock.wrong"))
    visit.desk.attempts.clear("/unlock")
    visit.desk.busy_at = visit.now
    return visit.go("/sign-in")


def sign_in_page(visit: Visit) -> Response:
    return visit.go("/") if visit.session.keeper else visit.page("sign_in", wrong="", name="")


def sign_in(visit: Visit) -> Response:
    """Name, password and code, all three or nothing."""
    name = visit.form.get("name", "")[:200]
    account = "sign-in " + " ".join(name.split()).casefold()
    try:
        visit.desk.attempts.take(account, visit.now)
        keeper = visit.work.keepers.admit(
            name, visit.form.get("password", ""), visit.form.get("code", "")[:40], visit.now
        )
    except TooMany as error:
        return visit.page("sign_in", 429, wrong=visit.words("wait", n=error.minutes), name=name)
    except Refused:
        return visit.page("sign_in", 403, wrong=visit.words("sign_in.wrong"), name=name)
    visit.desk.attempts.clear(account)
    visit.sign_in(keeper.name)
    return visit.go("/letters")


def sign_out(visit: Visit) -> Response:
    visit.sign_out()
    return _emptied(visit.go("/sign-in"))


def lock(visit: Visit) -> Response:
    """Everybody is out, and the keys are gone from memory."""
    visit.desk.lock()
    visit.sign_out()
    visit.tell("unlock.locked")
    return _emptied(visit.go("/unlock"))


def _emptied(response: Response) -> Response:
    """The browser, too, forgets the pages that it holds for going back."""
    response.headers["clear-site-data"] = '"cache"'
    return response


def keys_page(visit: Visit) -> Response:
    """Which keys of the keyboard do what."""
    return visit.page("keys")


def first_run_page(visit: Visit) -> Response:
    if visit.work.keepers.any():
        return visit.go("/")
    return visit.page("first_run", wrong="", name="", shortest=SHORTEST_PASSWORD)


def first_run(visit: Visit) -> Response:
    """The terminal's code, a name, a password; the authenticator comes next."""
    if visit.work.keepers.any():
        return visit.go("/")
    name, password = visit.form.get("name", "")[:200], visit.form.get("password", "")

    def again(key: str, status: int = 400, **values: object) -> Response:
        wrong = visit.words(key, **values)
        return visit.page("first_run", status, wrong=wrong, name=name, shortest=SHORTEST_PASSWORD)

    try:
        visit.desk.attempts.take("/first-run", visit.now)
    except TooMany as error:
        return again("wait", 429, n=error.minutes)
    typed = "".join(visit.form.get("code", "").upper().replace("-", "").split())
    if not hmac.compare_digest(typed.encode(), visit.desk.code.replace("-", "").encode()):
        return again("first.code_wrong", 403)
    visit.desk.attempts.clear("/first-run")
    try:
        name = check_name(name)
    except Misused:
        return again("first.name_wrong")
    try:
        check_password(password)
    except Misused:
        return again("first.short", n=SHORTEST_PASSWORD)
    if not hmac.compare_digest(password.encode(), visit.form.get("again", "").encode()):
        return again("first.differ")
    visit.session.held = {"name": name, "password": password, "secret": new_secret()}
    return visit.go("/first-run/code")


def first_code_page(visit: Visit) -> Response:
    return _first_code(visit, "") if visit.session.held else visit.go("/first-run")


def _first_code(visit: Visit, wrong: str) -> Response:
    name, secret = visit.session.held["name"], visit.session.held["secret"]
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    link = otpauth(name, visit.work.office.root.name, secret)
    return visit.page("first_code", 403 if wrong else 200, wrong=wrong, groups=groups, link=link)


def first_code(visit: Visit) -> Response:
    """The first code of the authenticator makes the account."""
    held = visit.session.held
    if not held:
        return visit.go("/first-run")
    try:
        visit.desk.attempts.take("/first-run/code", visit.now)
        keeper = visit.work.keepers.create(
            held["name"], held["password"], held["secret"], visit.form.get("code", "")[:40], visit.now
        )
    except TooMany as error:
        return _first_code(visit, visit.words("wait", n=error.minutes))
    except Refused:
        return _first_code(visit, visit.words("first.totp_wrong"))
    visit.desk.attempts.clear("/first-run/code")
    visit.sign_in(keeper.name)
    visit.tell("first.welcome", name=keeper.name)
    return visit.go(f"/set-up/{STEPS[0]}")
