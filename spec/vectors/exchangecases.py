"""Requests to a postbox, each with what the answer must say (spec/postbox.md)."""

from __future__ import annotations

import hashlib
from typing import Any

from listingcases import PARCELS, latest, row
from vectorcase import Cases, named

TOKEN = named("postbox token", 32).hex()
OTHER_TOKEN = named("postbox token of somebody else", 32).hex()
OFFICE, STRANGER = f"authorization: Bearer {TOKEN}", f"authorization: Bearer {OTHER_TOKEN}"
HELD, FRESH = PARCELS[0], PARCELS[1]
CATALOGUE = latest(row(HELD))
OPEN = {"access-control-allow-origin": "*"}
EVERYWHERE = {"referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
NEVER = ["server", "date", "set-cookie"]


def file(parcel: bytes) -> str:
    return f"/parcels/{hashlib.sha256(parcel).hexdigest()[:16]}.hlp"


def exchange_cases(cases: Cases) -> None:
    def exchange(
        name: str,
        what: str,
        line: str,
        status: int,
        *lines: str,
        body: bytes | None = None,
        says: bytes | None = None,
        times: int = 1,
        holds: bool = False,
        lists: bool = False,
        headers: dict[str, str] | None = None,
        without: tuple[str, ...] = (),
    ) -> None:
        """body: of the request, with its length before it. holds: the postbox has a parcel; lists: and a catalogue."""
        length = [] if body is None else [f"content-length: {len(body)}"]
        fields: dict[str, Any] = {"token": TOKEN}
        if lists:
            fields["latest"] = CATALOGUE.hex()
        fields["parcels"] = [HELD.hex()] if holds or lists else []
        head = [f"{line} HTTP/1.1", "host: postbox.example", *lines, *length]
        fields["request"] = {"head": head, "body": (body or b"").hex()}
        fields["times"] = times
        fields["answer"] = {
            "status": status,
            "headers": {**EVERYWHERE, **(headers or {})},
            "without": [*NEVER, *without],
            "body": None if says is None else says.hex(),
        }
        expect = "ok" if status < 400 else "refused"
        cases.add(f"exchange-{name}", "exchange", what, expect, **fields)

    letter, shut = named("postbox letter", 256), {"connection": "close"}
    post = "POST /letters"
    exchange("letter", "a letter", post, 201, body=letter, headers=OPEN)
    exchange("letter-again", "the same letter twice", post, 201, body=letter, times=2)
    exchange("letter-stamped", "a letter with ten bytes before it", post, 201, body=bytes(10) + letter)
    exchange("letter-as-json", "any Content-Type is taken", post, 201, "content-type: application/json", body=letter)
    exchange("letter-longer", "a letter of 257 bytes", post, 400, body=letter + b"\x00", headers=shut)
    exchange("letter-empty", "a letter of no bytes", post, 400, body=b"")
    exchange("letter-too-large", "a letter of 2 MiB", post, 413, "content-length: 2097152", headers=shut)
    exchange("letter-no-length", "no Content-Length", post, 411, headers=shut)
    exchange("letter-chunked", "in chunks, without a length", post, 411, "transfer-encoding: chunked", headers=shut)
    allowed = {**OPEN, "access-control-allow-methods": "POST", "access-control-allow-private-network": "true"}
    exchange("preflight", "a browser asks first", "OPTIONS /letters", 204, says=b"", headers=allowed)
    exchange("health", "letters are taken", "GET /healthz", 200)

    get, size = f"GET {file(HELD)}", len(HELD)
    exchange("latest", "the catalogue", "GET /latest", 200, lists=True, says=CATALOGUE, headers=OPEN)
    exchange("latest-none", "nothing is published", "GET /latest", 404, headers=OPEN)
    head = {"content-length": str(len(CATALOGUE))}
    exchange("latest-head", "its length alone", "HEAD /latest", 200, lists=True, says=b"", headers=head)
    kept = {**OPEN, "cache-control": "public, max-age=31536000, immutable"}
    exchange("parcel", "a parcel", get, 200, lists=True, says=HELD, headers=kept)
    part = {"content-range": f"bytes 8-15/{size}"}
    exchange("parcel-range", "a part of it", get, 206, "range: bytes=8-15", lists=True, says=HELD[8:16], headers=part)
    exchange("parcel-ranges", "two parts of it", get, 200, "range: bytes=0-1,8-15", lists=True, says=HELD)
    beyond = {"content-range": f"bytes */{size}"}
    exchange("parcel-range-beyond", "a part after its end", get, 416, "range: bytes=999-", lists=True, headers=beyond)
    exchange("parcel-none", "a parcel that is not there", f"GET {file(FRESH)}", 404, lists=True)
    exchange("parcel-other-name", "a name that no parcel has", "GET /parcels/latest.hlp", 404, lists=True)
    exchange("path-climbs", "a path out of the tree", "GET /plain/../../office.sha256", 404, lists=True)
    exchange("path-climbs-hidden", "the same, in escapes", "GET /plain/%2e%2e/%2e%2e/office.sha256", 404, lists=True)

    unshared = ("access-control-allow-origin",)
    empty = bytes.fromhex("484c5301") + bytes(12)
    exchange("bag", "no letters wait", "GET /letters", 200, OFFICE, says=empty, without=unshared)
    asks = {**shut, "www-authenticate": "Bearer"}
    exchange("bag-no-token", "letters for nobody", "GET /letters", 401, headers=asks, without=unshared)
    exchange("bag-other-token", "letters for somebody else", "GET /letters", 401, STRANGER, headers=asks)
    exchange("bag-scheme", "the token under another name", "GET /letters", 401, f"authorization: Basic {TOKEN}")
    for label, what, limit in (("none", "no letters", "0"), ("most", "4,097 letters", "4097"), ("text", "some", "x")):
        exchange(f"limit-{label}", f"a bag of {what}", f"GET /letters?limit={limit}", 400, OFFICE)
    forget = "POST /letters/forget"
    exchange("forget-unknown", "a letter that is not there", forget, 200, OFFICE, body=bytes(32), says=b"0")
    exchange("forget-cut", "a hash of 31 bytes", forget, 400, OFFICE, body=bytes(31))
    exchange("forget-no-token", "a hash, from nobody", forget, 401, body=bytes(32))
    put, drop = f"PUT {file(FRESH)}", f"DELETE {file(HELD)}"
    exchange("put-parcel", "a new parcel", put, 201, OFFICE, body=FRESH)
    exchange("put-parcel-again", "one that is there", f"PUT {file(HELD)}", 200, OFFICE, body=HELD, holds=True)
    exchange("put-parcel-other", "one under another's name", put, 400, OFFICE, body=HELD)
    exchange("put-parcel-no-token", "one from nobody", put, 401, body=FRESH)
    exchange("delete-parcel", "one that no catalogue lists", drop, 204, OFFICE, holds=True, says=b"")
    exchange("delete-parcel-listed", "one that the catalogue lists", drop, 400, OFFICE, lists=True)
    exchange("put-latest", "a catalogue of what is there", "PUT /latest", 201, OFFICE, body=CATALOGUE, holds=True)
    exchange("put-latest-absent", "a catalogue of what is not there", "PUT /latest", 400, OFFICE, body=CATALOGUE)
    other = latest(row(HELD, bytes=size + 1))
    exchange("put-latest-size", "of what is there in another size", "PUT /latest", 400, OFFICE, body=other, holds=True)
    spaced = CATALOGUE + b"\n"
    exchange("put-latest-spaced", "a catalogue with a line end", "PUT /latest", 400, OFFICE, body=spaced, holds=True)
    exchange("pages", "no pages yet", "GET /www", 200, OFFICE, says=b"{}")
    exchange("put-page", "a page", "PUT /www/plain/uk/index.html", 201, OFFICE, body=b"<p>")
    exchange("put-page-hidden", "a hidden page", "PUT /www/plain/.index.html", 400, OFFICE, body=b"<p>")
    exchange("put-page-device", "a page that Windows cannot store", "PUT /www/plain/con.html", 400, OFFICE, body=b"<p>")
    exchange(
        "put-page-reserved", "a page in a place that is taken", "PUT /www/Letters/a.html", 400, OFFICE, body=b"<p>"
    )
    exchange("put-page-no-token", "a page from nobody", "PUT /www/index.html", 401, body=b"<p>")
