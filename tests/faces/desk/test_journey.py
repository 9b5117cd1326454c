"""A letter comes to a real postbox, is answered at the desk, and its writer finds the reply in the next edition."""

from __future__ import annotations

import os
from pathlib import Path

import httpx

from holub.faces.desk.visit import Desk
from holub.formats import bagleaf, letterkey, mailbag
from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.office.work import Places, Work
from holub.transit.carriers import HttpCarrier
from holub.transit.postbox import PostboxServer, admit_office, new_token, read_token
from tests.faces.desk.conftest import NOW, Somebody


def published(url: str, path: str) -> bytes:
    """What anybody gets from a postbox."""
    answer = httpx.get(f"{url}/{path}")
    assert answer.status_code == 200
    return answer.content


def leaves(desk: Desk) -> tuple[bytes, ...]:
    """The services that the newest edition carries to every page."""
    bound = desk.work.editions.newest()
    assert bound is not None
    return tuple(bound.sheet.services.leaves)


def test_a_letter_is_answered(keeper: Somebody, tmp_path: Path) -> None:
    token = tmp_path / "token"
    digest = new_token(token)
    with PostboxServer(tmp_path / "postbox") as postbox:
        admit_office(tmp_path / "postbox", digest)
        desk = keeper.desk
        with HttpCarrier([postbox.url], token=read_token(token)) as carrier:
            places = Places(desk.settings.guides, tmp_path / "parcels", [("the postbox", carrier)], (postbox.url,))
            desk.work.close()
            desk.work = Work(keeper.office, places, keeper.clock)

            # Given a first edition,
            assert "is published" in keeper.send("/editions/next", "/editions/next", edition="1")

            # when a reader seals a letter to the key that it carries, and leaves it at the postbox,
            secret = os.urandom(32)
            key = letterkey.parse(leaves(desk)[0])
            body = Body(Topic.QUESTION, "uk", "main", "Де взяти воду, коли її вимкнули?")
            with HttpCarrier([postbox.url]) as reader:
                reader.leave_letter(wire.seal(Letter(Kind.LETTER, secret, body), key, NOW))

            # and somebody fetches it, answers, and publishes again,
            assert "1 new letter came" in keeper.send("/letters", "/fetch")
            number = keeper.office.mailroom.rows()[0].number
            keeper.send(f"/letters/{number}", f"/letters/{number}/reply", text="Пункт видачі працює щодня.")
            page = keeper.send("/editions/next", "/editions/next", edition="2")
            assert "the postbox" in page

            # then the reader finds the reply in the public mailbag, and nobody else can.
            (entry,) = bagleaf.parse_leaf(leaves(desk)[2])
            directory = mailbag.Directory(published(postbox.url, "mailbag/2/main/directory"), entry)
            place = directory.find(mailbag.tag_of(secret, 2))
            assert place is not None
            shard = published(postbox.url, f"mailbag/2/main/shard/{place // bagleaf.SHARD}")
            directory.check_shard(place // bagleaf.SHARD, shard)
            at = place % bagleaf.SHARD * bagleaf.BODY_SIZE
            part = mailbag.open_part(shard[at : at + bagleaf.BODY_SIZE], secret, 2)
            assert mailbag.join([part]) == "Пункт видачі працює щодня."
            assert "Пункт".encode() not in shard
            assert carrier.collect_letters().waiting == 0
