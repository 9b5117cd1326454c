"""A reading page for benchmarks: one language of a corpus, this week's letter key, and a large mailbag on loopback."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.corpus import Packs
from bench.publisher import PEN
from holub.errors import Unavailable
from holub.formats import bagleaf, codename, letterkey, mailbag
from holub.formats.base import write_base
from holub.formats.bundle import Settings, code_hash
from holub.formats.full import write_full
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import Services, code_leaf
from holub.formats.names import MAIN
from holub.formats.pack import Pack
from holub.outbound.press.page import build_page
from holub.outbound.press.signing import new_root, sign_edition

EDITION = 7
HOUR, DAY = 3_600, 86_400
ANSWER = "The answer that this benchmark looks for."
WORDS = Path(__file__).resolve().parents[1] / "reader" / "src" / "words"
_WORD_LANGUAGES = ("uk", "en", "ru")


@dataclass(frozen=True)
class Edition:
    """What a page is made of, and what a postbox hands out beside it. words: the codename that has an answer."""

    language: str
    guides: int
    full: bytes = field(repr=False)
    root: bytes = field(repr=False)
    code: bytes = field(repr=False)
    bag: mailbag.Mailbag = field(repr=False)
    words: tuple[str, ...] = ()

    def page(self, postboxes: tuple[str, ...] = ()) -> bytes:
        """The page's file."""
        return build_page(self.code, Settings(self.language, postboxes), [self.root], [self.full])

    def files(self) -> dict[str, bytes]:
        """What a postbox answers to a GET, by path."""
        place = f"/mailbag/{EDITION}/{MAIN}"
        shards = {f"{place}/shard/{at}": shard for at, shard in enumerate(self.bag.shards)}
        return {f"{place}/directory": self.bag.directory, **shards}


def choose_language(packs: Packs) -> str:
    """Russian, where there is such a pack, else the one with the most text."""
    return "ru" if "ru" in packs else max(packs, key=lambda one: sum(map(len, packs[one].values())))


def _words(language: str) -> tuple[str, ...]:
    name = language if language in _WORD_LANGUAGES else "en"
    return tuple((WORDS / f"{name}.txt").read_text(encoding="utf-8").split()[500:7000:1100][:6])


def make_edition(packs: Packs, code: bytes, records: int) -> Edition:
    """An edition of an hour ago with one pack, and a mailbag in which one of all replies is ours."""
    now = int(time.time())
    language = choose_language(packs)
    root = new_root("bench", now + 400 * DAY, [PEN], [PEN])
    week = letterkey.week_of(now)
    key = letterkey.generate(week, os.urandom(32)).letter_key()
    words = _words(language)
    mine = codename.secret(codename.stretch(" ".join(words), root.identity), week, 3)
    replies = [mailbag.Reply(os.urandom(32), ANSWER) for _ in range(records - 1)]
    bag = mailbag.build([*replies, mailbag.Reply(mine, ANSWER)], EDITION, os.urandom)
    bags = bagleaf.encode_leaf([mailbag.entry_of(MAIN, bag)])
    services = Services.of([key.encode(), b"\x02", bags, code_leaf([code_hash(code)])])
    moment = Moment(EDITION, now - HOUR, now + 90 * DAY)
    blank = HeldPack(moment, services, Pack.of(MAIN, language, packs[language]))
    _, (held,) = sign_edition(PEN, moment, services, [blank])
    full = write_full(held, [write_base(list(held.pack.guides.items()))]).encode()
    return Edition(language, len(held.pack.guides), full, root.encode(), code, bag, words)


@contextmanager
def serve(files: dict[str, bytes]) -> Iterator[str]:
    """Hands these files out on loopback while the block runs; gives the address."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("access-control-allow-origin", "*")
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    except OSError as error:
        raise Unavailable(f"no port on loopback can be opened ({error.strerror})") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
