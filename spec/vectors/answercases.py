"""What senders and fetchers make of a postbox's answers (spec/postbox.md, "For everybody")."""

from __future__ import annotations

from listingcases import PARCELS, latest, row
from vectorcase import Cases

Answer = dict[str, object]


def told(status: str, *headers: str, body: bytes = b"") -> Answer:
    return {"head": [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers], "body": body.hex()}


STORED = told("201 Created", body=b"stored\n")
NOTHING: Answer = {"head": [], "body": ""}


def answer_cases(cases: Cases) -> None:
    def answered(name: str, what: str, expect: str, *answers: Answer, page: bool, asked: int = 1) -> None:
        fields = {"answers": list(answers), "page": page, "asked": asked}
        cases.add(f"answer-{name}", "answer", what, expect, **fields)

    answered("201", "it is durable", "ok", STORED, page=True)
    answered("200", "any other good answer promises nothing", "unavailable", told("200 OK"), page=False)
    answered("202", "taken is not stored", "unavailable", told("202 Accepted"), page=False)
    sizes = told("400 Bad Request", body=b"a sealed letter has other sizes\n")
    answered("400", "not one of its sizes, with a stamp or without", "refused", sizes, sizes, page=False, asked=2)
    answered("400-then-201", "a postbox older than stamps takes it alone", "refused", sizes, STORED, page=True, asked=2)
    for status, expect in (
        ("404 Not Found", "unavailable"),
        ("408 Request Timeout", "unavailable"),
        ("411 Length Required", "refused"),
        ("413 Content Too Large", "refused"),
        ("500 Internal Server Error", "unavailable"),
        ("503 Service Unavailable", "unavailable"),
        ("507 Insufficient Storage", "unavailable"),
    ):
        number, _, what = status.partition(" ")
        answered(number, what.lower(), expect, told(status), page=False)
    elsewhere = told("307 Temporary Redirect", "location: http://127.0.0.1:1/letters")
    answered("redirect", "nobody decides where a letter goes but its sender", "refused", elsewhere, page=False)
    answered("none", "the line breaks off before an answer", "unavailable", NOTHING, page=False)
    nonsense: Answer = {"head": ["HELLO 201 Created"], "body": ""}
    answered("nonsense", "what answers speaks no HTTP", "unavailable", nonsense, page=False)


def latest_cases(cases: Cases) -> None:
    body = latest(row(PARCELS[0]))

    def fetched(name: str, what: str, expect: str, answer: Answer) -> None:
        cases.add(f"latest-{name}", "latest", what, expect, **answer, page=expect == "ok")

    fetched("200", "the catalogue", "ok", told("200 OK", body=body))
    unlengthed: Answer = {"head": ["HTTP/1.1 200 OK", "connection: close"], "body": body.hex()}
    fetched("no-length", "the catalogue, to the end of the connection", "ok", unlengthed)
    fetched("404", "nothing is published there", "unavailable", told("404 Not Found", body=b"nothing\n"))
    fetched("503", "not now", "unavailable", told("503 Service Unavailable", body=body))
    elsewhere = told("302 Found", "location: http://127.0.0.1:1/latest", body=body)
    fetched("redirect", "no mirror decides where its reader goes", "refused", elsewhere)
    cut: Answer = {"head": ["HTTP/1.1 200 OK", f"content-length: {len(body) + 1}"], "body": body.hex()}
    fetched("cut", "the line breaks off in the list", "unavailable", cut)
    fetched("none", "the line breaks off before an answer", "unavailable", NOTHING)
