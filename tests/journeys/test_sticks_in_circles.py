"""Many sticks walk at random among relays and one postbox: every letter arrives once, and nothing grows for ever."""

from __future__ import annotations

import random
from hashlib import sha256
from pathlib import Path

from holub import sample
from holub.formats import letterkey
from holub.formats.letter import Kind, Letter, seal
from holub.formats.letterbody import Body, Topic
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels, fetch_letters
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.errand import run_errand
from holub.transit.home import Home, What
from holub.transit.postbox import PostboxServer, new_token, read_token
from holub.transit.relay import RelayLimits, Settings
from holub.transit.stick import Stick

NOW = 1_795_000_000
LETTERS, STEPS = 12, 40


def written(office: Office, parcels: Parcels) -> list[bytes]:
    """Sealed letters, as people wrote them."""
    key = letterkey.parse(parcels.shelf.packs["main", "uk"].services.leaves[0])
    bodies = [Body(Topic.QUESTION, "uk", "main", f"Question {number}", town="") for number in range(LETTERS)]
    return [
        seal(Letter(Kind.LETTER, sha256(body.text.encode()).digest(), body), key, NOW + number)
        for number, body in enumerate(bodies)
    ]


def test_letters_and_an_edition_cross_by_sticks_alone(tmp_path: Path) -> None:
    walk = random.Random(1871)
    sticks = [tmp_path / f"stick{number}" for number in range(4)]
    for folder in sticks:
        folder.mkdir()
    relays = [tmp_path / f"relay{number}" for number in range(3)]
    digest = new_token(tmp_path / "token")
    with (
        Office.create(tmp_path / "office", "six words that nobody has guessed", Publisher("Центр"), NOW) as office,
        PostboxServer(tmp_path / "postbox", office_hashes=(digest,)) as postbox,
        HttpCarrier([postbox.url], token=read_token(tmp_path / "token")) as carrier,
    ):
        Editions(office).bind(sample.guides(), tmp_path / "out", NOW)
        parcels = Parcels(tmp_path / "out", office.root_file.read_bytes())
        parcels.send(carrier, code=None)
        limits = RelayLimits(dict.fromkeys(LETTER_SIZES, 32))
        settings = Settings(root=office.root_file, limits=limits)
        ways = [Home(What.RELAY, str(relay)) for relay in relays]
        centre = Home(What.ADDRESS, postbox.url)

        def visit(folder: Path, home: Home) -> None:
            done = run_errand(home, Stick(folder), settings)
            assert done.troubles == []
            on = list(FolderCarrier(folder).letters(1_000))
            assert len(on) == len(set(on)) <= LETTERS

        letters = written(office, parcels)
        opened = replays = 0
        for step in range(STEPS):
            if step < LETTERS:
                FolderCarrier(walk.choice(sticks)).leave_letter(letters[step])
            visit(walk.choice(sticks), walk.choice([*ways, centre]))
            if not walk.randrange(6):
                told = fetch_letters(office.mailroom, carrier, NOW + step)
                opened, replays = opened + told.opened, replays + told.replays
        for folder in sticks:
            visit(folder, centre)
        told = fetch_letters(office.mailroom, carrier, NOW + STEPS)
        opened, replays = opened + told.opened, replays + told.replays
        # Copies came again and again, and each letter is one at the office.
        assert opened == LETTERS
        assert replays > 0
        texts = [office.mailroom.view(line.number).text for line in office.mailroom.rows()]
        assert sorted(texts) == sorted(f"Question {number}" for number in range(LETTERS))
        for folder in sticks:
            assert list(FolderCarrier(folder).letters(1_000)) == []
            assert FolderCarrier(folder).catalogue().seal == parcels.sheet.signed()
    for relay in relays:
        assert FolderCarrier(relay / "www").catalogue().seal == parcels.sheet.signed()
