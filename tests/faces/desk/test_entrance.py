"""The ways in and out of the desk, and everything that must not get in."""

from __future__ import annotations

import pytest

from holub.faces.desk import guard
from tests.faces.desk.conftest import NAME, PASSPHRASE, PASSWORD, Somebody


def test_the_first_run_needs_the_terminals_code_and_makes_one_account(newcomer: Somebody) -> None:
    assert "The first account" in newcomer.open("/letters")
    wrong = newcomer.send(
        "/first-run", "/first-run", 403, code="AAAA-BBBB-CCCC", name=NAME, password=PASSWORD, again=PASSWORD
    )
    assert "not the code on the terminal" in wrong
    newcomer.make_account()
    assert "Nobody is kept waiting" in newcomer.open("/letters")
    newcomer.client.cookies.clear()
    assert "<h1>Sign in</h1>" in newcomer.open("/first-run")


@pytest.mark.parametrize(
    ("fields", "said"),
    {
        "no name": ({"name": "  "}, "A name has 1 to 60 letters"),
        "a short password": ({"password": "short", "again": "short"}, "at least 12 characters"),
        "two passwords": ({"again": "something else entirely"}, "The two passwords differ"),
    }.values(),
)
def test_the_first_run_says_what_is_wrong(newcomer: Somebody, fields: dict[str, str], said: str) -> None:
    code = newcomer.desk.code
    given = {"code": code.lower(), "name": NAME, "password": PASSWORD, "again": PASSWORD} | fields
    assert said in newcomer.send("/first-run", "/first-run", 400, **given)


def test_an_account_exists_only_after_the_authenticators_first_code(newcomer: Somebody) -> None:
    first = newcomer.desk.code
    newcomer.send("/first-run", "/first-run", code=first, name=NAME, password=PASSWORD, again=PASSWORD)
    page = newcomer.send("/first-run/code", "/first-run/code", 403, code="000000")
    assert "The code does not fit" in page
    assert "The first account" in newcomer.open("/letters")


def test_sign_in_and_out(keeper: Somebody) -> None:
    keeper.send("/letters", "/sign-out")
    assert "<h1>Sign in</h1>" in keeper.open("/letters")
    assert "Letters" in keeper.sign_in()
    assert NAME in keeper.open("/letters")


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "тихий ранок над морем"},
        {"code": "000000"},
        {"code": "not one"},
        {"name": "Somebody"},
        {"name": ""},
    ],
)
def test_whatever_is_wrong_is_one_refusal(keeper: Somebody, fields: dict[str, str]) -> None:
    keeper.send("/letters", "/sign-out")
    page = keeper.sign_in(403, **fields)
    assert "The name, the password or the code is not right" in page
    assert "<h1>Sign in</h1>" in keeper.open("/letters")


def test_a_code_is_good_once(keeper: Somebody) -> None:
    keeper.send("/letters", "/sign-out")
    keeper.clock.now += 30
    code = keeper.code()
    keeper.send("/sign-in", "/sign-in", name=NAME, password=PASSWORD, code=code)
    keeper.send("/letters", "/sign-out")
    keeper.send("/sign-in", "/sign-in", 403, name=NAME, password=PASSWORD, code=code)
    keeper.send("/sign-in", "/sign-in", 403, name=NAME, password=PASSWORD, code=keeper.code(-1))
    assert keeper.send("/sign-in", "/sign-in", name=NAME, password=PASSWORD, code=keeper.code(1))


def test_five_wrong_tries_and_the_right_one_has_to_wait(keeper: Somebody) -> None:
    keeper.send("/letters", "/sign-out")
    for _ in range(5):
        keeper.sign_in(403, password="wrong wrong wrong")
    assert "Too many attempts" in keeper.sign_in(429)
    keeper.clock.now += 900
    assert NAME in keeper.sign_in()


def test_tries_with_many_names_are_counted_in_all(keeper: Somebody) -> None:
    keeper.send("/letters", "/sign-out")
    for number in range(30):
        keeper.send("/sign-in", "/sign-in", 403, name=f"n{number}", password="wrong wrong wrong", code="000000")
    assert "Too many attempts" in keeper.sign_in(429)


def test_signing_in_makes_a_new_session(keeper: Somebody) -> None:
    keeper.send("/letters", "/sign-out")
    keeper.open("/sign-in")
    before = keeper.client.cookies["__Host-desk"]
    keeper.sign_in()
    assert keeper.client.cookies["__Host-desk"] != before
    keeper.client.cookies.set("__Host-desk", before, domain="localhost.local", path="/")
    other = keeper.client.get("/letters", headers={"cookie": f"__Host-desk={before}"})
    assert "<h1>Sign in</h1>" in other.text


def test_the_cookie_is_as_strict_as_cookies_get(newcomer: Somebody) -> None:
    set_cookie = newcomer.client.get("/first-run").headers["set-cookie"].lower()
    assert set_cookie.startswith("__host-desk=")
    for word in ("httponly", "secure", "samesite=strict", "path=/"):
        assert word in set_cookie
    assert "domain" not in set_cookie


@pytest.mark.parametrize(("quiet", "inside"), [(14 * 60, True), (15 * 60, False)])
def test_a_session_ends_when_nobody_uses_it(keeper: Somebody, quiet: int, inside: bool) -> None:
    keeper.clock.now += quiet
    assert ("<h1>Sign in</h1>" not in keeper.open("/letters")) is inside


def test_a_session_ends_after_twelve_hours_in_any_case(keeper: Somebody) -> None:
    for _ in range(12 * 6 - 1):
        keeper.clock.now += 600
        assert NAME in keeper.open("/keys")
    keeper.clock.now += 600
    assert "<h1>Sign in</h1>" in keeper.open("/keys")


def test_watching_a_job_does_not_keep_a_session_alive(keeper: Somebody) -> None:
    keeper.clock.now += 10 * 60
    keeper.client.get("/work", follow_redirects=False)
    keeper.clock.now += 6 * 60
    assert "<h1>Sign in</h1>" in keeper.open("/letters")


FORGED = {
    "from another site": {"sec-fetch-site": "cross-site", "origin": "https://example.org"},
    "from another port of this machine": {"sec-fetch-site": "same-site", "origin": "https://localhost:8080"},
    "another origin alone": {"origin": "https://localhost:8080"},
    "an opaque origin": {"origin": "null"},
    "from nowhere that is named": {},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())
def test_a_form_from_elsewhere_does_nothing(keeper: Somebody, headers: dict[str, str]) -> None:
    token = keeper.token(keeper.open("/letters"))
    answer = keeper.client.post("/lock", data={"token": token}, headers=headers)
    assert answer.status_code == 403
    assert not keeper.office.vault.locked


@pytest.mark.parametrize("fields", [{"text": "x"}, {"token": ""}, {"token": "A" * 43}])
def test_a_form_without_the_sessions_token_does_nothing(keeper: Somebody, fields: dict[str, str]) -> None:
    answer = keeper.client.post("/lock", data=fields, headers=keeper.heading)
    assert answer.status_code == 403
    assert not keeper.office.vault.locked


def test_a_form_of_another_kind_or_size_is_refused(keeper: Somebody) -> None:
    token = keeper.token(keeper.open("/letters"))
    assert keeper.client.post("/lock", json={"token": token}, headers=keeper.heading).status_code == 422
    large = {"token": token, "text": "x" * guard.MOST_BODY}
    assert keeper.client.post("/lock", data=large, headers=keeper.heading).status_code == 422
    many = {"token": token, **{f"f{number}": "x" for number in range(30)}}
    assert keeper.client.post("/lock", data=many, headers=keeper.heading).status_code == 422
    assert not keeper.office.vault.locked


@pytest.mark.parametrize("host", ["example.org", "localhost.example.org", "[::1", "192.168.1.7:8090", ""])
def test_another_name_in_the_address_bar_gets_nothing(keeper: Somebody, host: str) -> None:
    answer = keeper.client.get("/letters", headers={"host": host})
    assert answer.status_code == 421
    assert "set-cookie" not in answer.headers


def test_other_names_of_this_machine_lead_to_the_desks_own(keeper: Somebody) -> None:
    answer = keeper.client.get("/letters", headers={"host": "127.0.0.1:8090"}, follow_redirects=False)
    assert answer.headers["location"] == "https://localhost:8090/letters"
    assert "set-cookie" not in answer.headers


PATHS = ["/letters", "/sign-in", "/static/desk.css", "/static/desk.js", "/nothing", "/keepers"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_closed_to_the_rest_of_the_web(keeper: Somebody, path: str) -> None:
    headers = keeper.client.get(path, follow_redirects=False).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self'")
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_nothing_opens_without_signing_in(keeper: Somebody) -> None:
    number = keeper.receive("A private letter")
    keeper.client.cookies.clear()
    for path in ("/letters", f"/letters/{number}", "/editions", "/editions/next", "/guides", "/keepers", "/work"):
        answer = keeper.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "private" not in answer.text
    for path in ("/fetch", "/editions/next", "/editions/send", f"/letters/{number}/reply", "/keepers/password"):
        page = keeper.client.get("/sign-in").text
        answer = keeper.client.post(
            path, data={"token": keeper.token(page)}, headers=keeper.heading, follow_redirects=False
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_lock_now_closes_everything_until_the_passphrase(keeper: Somebody) -> None:
    number = keeper.receive("A letter that must not be read now")
    assert "The office is locked" in keeper.send("/letters", "/lock")
    assert keeper.office.vault.locked
    for path in ("/letters", f"/letters/{number}", "/sign-in", "/first-run", "/keepers", "/editions"):
        assert "The office is locked" in keeper.open(path)
    assert "does not fit" in keeper.send("/unlock", "/unlock", 403, passphrase="guess")
    assert "<h1>Sign in</h1>" in keeper.send("/unlock", "/unlock", passphrase=PASSPHRASE)
    keeper.sign_in()
    assert "A letter that must not be read now" in keeper.open(f"/letters/{number}")


def test_lock_now_ends_every_session(keeper: Somebody) -> None:
    cookie = keeper.client.cookies["__Host-desk"]
    keeper.send("/letters", "/lock")
    keeper.send("/unlock", "/unlock", passphrase=PASSPHRASE)
    keeper.client.cookies.clear()
    assert "<h1>Sign in</h1>" in keeper.client.get("/letters", headers={"cookie": f"__Host-desk={cookie}"}).text


def test_nobody_needs_to_sign_in_to_lock(keeper: Somebody) -> None:
    keeper.clock.now += 16 * 60
    assert "<h1>Sign in</h1>" in keeper.open("/letters")
    keeper.send("/sign-in", "/lock")
    assert keeper.office.vault.locked


def test_a_bug_shows_nothing_of_what_it_held(keeper: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    number = keeper.receive("A private letter")

    def broken(*_: object) -> None:
        raise KeyError("A private letter")

    monkeypatch.setattr(keeper.desk.shelf, "fitting", broken)
    page = keeper.open(f"/letters/{number}", 500)
    assert "This is a bug in holub" in page
    assert "private" not in page
    assert "Traceback" not in page


def test_passphrases_are_not_tried_for_ever(keeper: Somebody) -> None:
    keeper.send("/letters", "/lock")
    for _ in range(5):
        keeper.send("/unlock", "/unlock", 403, passphrase="guess")
    assert "Too many attempts" in keeper.send("/unlock", "/unlock", 429, passphrase=PASSPHRASE)


def test_an_office_that_nobody_works_in_locks_itself(keeper: Somebody) -> None:
    desk = keeper.desk
    desk.look_at_clock()
    keeper.clock.now += 16 * 60
    desk.look_at_clock()
    assert not keeper.office.vault.locked
    keeper.clock.now += 30 * 60
    desk.look_at_clock()
    assert keeper.office.vault.locked


def test_a_new_password_ends_other_sessions_and_the_old_password(keeper: Somebody) -> None:
    keeper.clock.now += 30
    new = "зовсім інший пароль"
    other = keeper.client.cookies["__Host-desk"]
    keeper.send("/letters", "/sign-out")
    keeper.sign_in()
    keeper.clock.now += 30
    fields = {"old": PASSWORD, "new": new, "again": new}
    assert "is not right" in keeper.send(
        "/keepers", "/keepers/password", 403, **(fields | {"old": new}), code=keeper.code()
    )
    assert "is changed" in keeper.send("/keepers", "/keepers/password", **fields, code=keeper.code())
    assert NAME in keeper.open("/keepers")
    assert other != keeper.client.cookies["__Host-desk"]
    keeper.send("/keepers", "/sign-out")
    keeper.sign_in(403)
    assert NAME in keeper.sign_in(password=new)


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "/\\example.org", "", "letters"])
def test_the_language_switch_leads_nowhere_else(keeper: Somebody, back: str) -> None:
    answer = keeper.client.get("/language/uk", params={"back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_the_language_is_kept(keeper: Somebody) -> None:
    assert 'lang="en" dir="ltr" translate="no"' in keeper.open("/keys")
    keeper.client.get("/language/ar", params={"back": "/keys"})
    assert 'lang="ar" dir="rtl"' in keeper.open("/keys")
    assert keeper.client.get("/language/xx", params={"back": "/keys"}, follow_redirects=False).status_code == 303
    assert 'lang="ar" dir="rtl"' in keeper.open("/keys")


def test_nothing_of_the_keeper_lies_readable_in_the_office(keeper: Somebody) -> None:
    keeper.send("/letters", "/lock")
    files = [path.read_bytes() for path in keeper.office.folder.rglob("*") if path.is_file()]
    assert files
    for word in (NAME, PASSWORD, keeper.secret, "argon2"):
        assert not any(word.encode() in data for data in files)
