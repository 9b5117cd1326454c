"""A relay's radios: what they send, what they take, and that they are silent unless the keeper says so."""

from __future__ import annotations

import random
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from holub.errors import Misused
from holub.formats.letterbag import write_letters
from holub.formats.parcel import Kind, Parcel
from holub.transit.carrier import LETTER_SIZES
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.mesh.airtime import read_profile
from holub.transit.carriers.mesh.message import MOST_PARCEL
from holub.transit.carriers.mesh.sending import Sending
from holub.transit.catalogue import Listing
from holub.transit.names import PARCELS, parcel_file
from holub.transit.placing import FIXED_TIME
from holub.transit.relay import Air, Settings, sync_once
from holub.transit.relay.bag import RelayBag
from holub.transit.relay.datafolder import RelayFolder
from holub.transit.relay.heard import MOST_BYTES, MOST_FILES, Heard
from holub.transit.relay.meshwork import DAY, MeshWork
from holub.transit.relay.rounds import Rounds
from holub.transit.relay.server import open_data, stamp_book
from tests.fakes.meshair import MeshAir
from tests.transit.relay.conftest import Published, letter, pair, small

NARROW, LITTLE, MIDDLE = LETTER_SIZES[:3]
LINE = [("a", "b"), ("b", "c")]


class Station:
    """A relay whose radio is on a simulated air."""

    def __init__(self, air: MeshAir, name: str, folder: RelayFolder, bag: RelayBag, does: Air) -> None:
        self.air, self.folder, self.bag = air, folder, bag
        self.work = MeshWork("program:none", "place 0", folder, bag, does, clock=lambda: air.now)
        self.node = air.nodes[name]
        self.node.station = self.work.station

    def round(self) -> None:
        """As the relay's rounds do it: what came is taken, then what goes out is planned."""
        for parcel in self.node.parcels:
            self.work.take(parcel)
        self.node.parcels.clear()
        self.bag.turn()
        self.work.plan()
        self.work.begin()

    def letters(self) -> set[bytes]:
        return set(self.bag.collect().letters)

    def heard(self) -> set[str]:
        folder = self.folder.heard / PARCELS
        return {file.name for file in folder.iterdir()} if folder.is_dir() else set()


@contextmanager
def stations(home: Path, air: MeshAir, **does: Air) -> Iterator[dict[str, Station]]:
    with ExitStack() as undo:
        made = {}
        for name, one in does.items():
            folder, bag = open_data(home / name, small(), undo)
            made[name] = Station(air, name, folder, bag, one)
        yield made


def give(station: Station, *letters: bytes) -> None:
    station.bag.store([pair(one) for one in letters])


def to(published: Published, edition: int) -> list[Listing]:
    rows = FolderCarrier(published.sticks[edition - 1]).catalogue().listings
    return [row for row in rows if row.kind in ("update", "sweep") and row.to_edition == edition]


def hold(station: Station, published: Published, edition: int) -> set[str]:
    """The relay holds this edition; gives the files that should go out."""
    shutil.copytree(published.sticks[edition - 1], station.folder.www, dirs_exist_ok=True)
    rows = FolderCarrier(station.folder.www).catalogue().listings
    stamps = [row for row in rows if row.kind == "packstamps"]
    return {parcel_file(row.name) for row in [*stamps, *to(published, edition)] if row.language is None}


def test_without_a_word_from_its_keeper_a_relay_sends_nothing(published: Published, tmp_path: Path) -> None:
    air = MeshAir(LINE)
    with stations(tmp_path, air, a=Air(), b=Air(), c=Air()) as relays:
        give(relays["a"], letter(NARROW))
        assert hold(relays["a"], published, 2)
        for one in relays.values():
            one.round()
        air.run(DAY)
    assert air.messages == 0
    assert not Air().speaks


def test_what_leads_on_to_the_edition_goes_out_and_nothing_else(published: Published, tmp_path: Path) -> None:
    air = MeshAir(LINE, loss=0.1)
    with stations(tmp_path, air, a=Air(sends=True), b=Air(asks=True), c=Air(asks=True)) as relays:
        give(relays["a"], letter(NARROW))
        wanted = hold(relays["a"], published, 2)
        for one in relays.values():
            one.round()
        air.run(DAY / 2)
        for one in relays.values():
            one.round()
        assert relays["b"].heard() == relays["c"].heard() == wanted
        assert relays["b"].letters() == set()
        # Not twice a day, and again after a day.
        sent = air.nodes["a"].own[-1][0]
        relays["a"].round()
        air.run(DAY - 1)
        assert air.nodes["a"].own[-1][0] == sent
        air.now = DAY + 1
        relays["a"].round()
        air.run(2 * DAY)
        assert air.nodes["a"].own[-1][0] > DAY


def test_an_edition_goes_on_from_relay_to_relay_to_those_who_never_heard_the_first(
    published: Published, tmp_path: Path
) -> None:
    for name, stick in (("a", published.sticks[1]), ("b", published.sticks[0])):
        sync_once(tmp_path / name, small(stick, root=published.root))
    near, far = MeshAir([("a", "b")]), MeshAir([("b", "c")])
    with stations(tmp_path, near, a=Air(sends=True), b=Air()) as relays:
        for one in relays.values():
            one.round()
        near.run(DAY / 2)
        relays["b"].round()
        came, middle = relays["b"].heard(), relays["b"]
        settings = Settings(("program:none",), limits=small().limits)
        done = Rounds(middle.folder, middle.bag, settings, stamp_book(middle.folder)).make()
        assert (done.edition, done.troubles, middle.heard()) == (2, [], set())
    with stations(tmp_path, far, b=Air(sends=True), c=Air()) as relays:
        for one in relays.values():
            one.round()
        far.run(DAY / 2)
        relays["c"].round()
        assert relays["c"].heard() >= came != set()


def test_what_is_of_an_edition_that_is_held_goes(published: Published, tmp_path: Path) -> None:
    heard = Heard(tmp_path / "heard")
    for edition in (2, 3):
        for row in to(published, edition):
            heard.keep((published.sticks[edition - 1] / PARCELS / parcel_file(row.name)).read_bytes())
    heard.forget(2)
    left = {file.name for file in (tmp_path / "heard" / PARCELS).iterdir()}
    assert left == {parcel_file(row.name) for row in to(published, 3)}
    (tmp_path / "heard" / PARCELS / ("0" * 16 + ".part")).write_bytes(b"half")
    heard.forget(3)
    assert list((tmp_path / "heard" / PARCELS).iterdir()) == []


def test_a_flood_of_parcels_takes_a_bounded_place(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, row = Heard(tmp_path / "heard"), to(published, 2)[0]
    update = (published.sticks[1] / PARCELS / parcel_file(row.name)).read_bytes()
    for data in (b"no parcel", Parcel(Kind.SELECTION, b"x").encode(), Parcel(Kind.UPDATE, b"x").encode()):
        assert not heard.keep(data)
    false = [Parcel(Kind(update[3]), update[8:] + bytes([at])).encode() for at in range(40)]
    monkeypatch.setattr("holub.transit.relay.heard.MOST_FILES", 10)
    for data in false:
        heard.keep(data)
    assert len(list((tmp_path / "heard" / PARCELS).iterdir())) == 10
    monkeypatch.setattr("holub.transit.relay.heard.MOST_BYTES", 4 * len(update))
    heard.keep(update)
    assert len(list((tmp_path / "heard" / PARCELS).iterdir())) in (3, 4)
    assert (MOST_FILES, MOST_BYTES) == (256, 4 << 20)


def test_what_is_heard_is_not_opened_and_leaves_no_time(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holub.formats.full.open_steps", lambda *_: pytest.fail("a text was opened"))
    rows = FolderCarrier(published.sticks[0]).catalogue().listings
    full = next(row for row in rows if row.kind == "full" and row.language)
    heard = Heard(tmp_path / "heard")
    assert heard.keep((published.sticks[0] / PARCELS / parcel_file(full.name)).read_bytes())
    heard.forget(0)
    folders = [tmp_path, tmp_path / "heard", tmp_path / "heard" / PARCELS]
    assert {folder.stat().st_mtime for folder in folders} == {FIXED_TIME}
    heard.forget(1)
    assert list(folders[-1].iterdir()) == []
    assert {folder.stat().st_mtime for folder in folders} == {FIXED_TIME}


def test_radios_that_hear_the_same_at_once_do_not_get_in_each_others_way(published: Published, tmp_path: Path) -> None:
    rows = to(published, 2)
    parcels = [(published.sticks[1] / PARCELS / parcel_file(row.name)).read_bytes() for row in rows]

    def radio(_number: int) -> None:
        for one in parcels:
            assert Heard(tmp_path / "heard").keep(one)
        Heard(tmp_path / "heard").forget(2)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(radio, range(9))) == [None] * 9


def test_small_letters_go_out_narrow_ones_first_as_many_as_the_keeper_says(tmp_path: Path) -> None:
    air = MeshAir(LINE)
    with stations(tmp_path, air, a=Air(letters=7), b=Air(asks=True), c=Air(asks=True)) as relays:
        narrow, little = [letter(NARROW) for _ in range(5)], [letter(LITTLE) for _ in range(4)]
        give(relays["a"], *narrow, *little, letter(MIDDLE))
        for one in relays.values():
            one.round()
        assert relays["a"].work.given == 0
        air.run(DAY / 2)
        for one in relays.values():
            one.round()
        for name in ("b", "c"):
            came = relays[name].letters()
            assert came >= set(narrow)
            assert len(came - set(narrow)) == 2
            assert came < {*narrow, *little}
            assert relays[name].work.taken == 7
        # They stay; nothing told that they arrived.
        assert len(relays["a"].letters()) == 10
        assert relays["a"].work.given == 7
        air.run(DAY - 1)
        air.now = DAY + 1
        relays["a"].round()
        air.run(2 * DAY)
        relays["c"].round()
        assert relays["c"].letters() == {*narrow, *little}


def test_a_letter_that_came_in_since_the_last_round_waits_for_the_next(tmp_path: Path) -> None:
    air = MeshAir(LINE)
    with stations(tmp_path, air, a=Air(letters=9), c=Air()) as relays:
        relays["a"].round()
        give(relays["a"], letter(NARROW))
        relays["a"].work.plan()
        relays["a"].work.begin()
        air.run(DAY / 4)
        assert air.messages == 0
        relays["a"].round()
        air.run(DAY / 2)
        relays["c"].round()
        assert len(relays["c"].letters()) == 1


def test_what_was_planned_while_the_radio_was_away_goes_when_it_is_there(tmp_path: Path) -> None:
    air = MeshAir([("a", "b")])
    with stations(tmp_path, air, a=Air(letters=9), b=Air()) as relays:
        first, second = letter(NARROW), letter(NARROW)
        for one in (first, second):
            give(relays["a"], one)
            relays["a"].bag.turn()
            relays["a"].work.plan()
        relays["a"].work.begin()
        relays["a"].round()
        air.run(DAY / 2)
        relays["b"].round()
        assert relays["b"].letters() == {first, second}


def test_letters_that_came_over_the_mesh_go_after_those_that_did_not(tmp_path: Path) -> None:
    air = MeshAir([("a", "b")])
    with stations(tmp_path, air, a=Air(letters=2)) as relays:
        came, own = [letter(NARROW) for _ in range(4)], [letter(NARROW) for _ in range(2)]
        relays["a"].work.take(write_letters([*came, letter(MIDDLE)]).encode())
        assert relays["a"].letters() == set(came)
        give(relays["a"], *own)
        relays["a"].bag.turn()
        [bag] = list(relays["a"].work._letters())
        assert bag.parcel == write_letters(own).encode()


def test_noise_is_no_parcel_and_no_letter(tmp_path: Path) -> None:
    with stations(tmp_path, MeshAir([("a", "b")]), a=Air()) as relays:
        for noise in (b"", b"HLP", Parcel(Kind.LETTERS, b"\xff").encode(), random.Random(1).randbytes(300)):
            relays["a"].work.take(noise)
        assert relays["a"].heard() == set()
        assert relays["a"].letters() == set()


def test_of_parcels_that_no_mesh_carries_nothing_is_held(tmp_path: Path) -> None:
    with stations(tmp_path, MeshAir([("a", "b")]), a=Air()) as relays:
        for size, held in ((MOST_PARCEL, 1), (MOST_PARCEL + 1, 1)):
            one = Sending([Parcel(Kind.UPDATE, random.Random(size).randbytes(size - 8)).encode()]).ready(0.0)
            assert one is not None
            relays["a"].work.station.heard(one.next(), 0.0)
            assert len(relays["a"].work.station.receiver._collector.progress()) == held


def test_limits_of_what_a_keeper_may_say() -> None:
    for wrong in ({"letters": -1}, {"letters": 1_001}, {"minutes": -1.0}):
        with pytest.raises(Misused):
            Air(**wrong)
    with pytest.raises(Misused, match="more than an hour allows"):
        Air(read_profile("sf12-bw125-cr8"), 0.001, sends=True)
    with pytest.raises(Misused, match="none of the places is one"):
        Settings(("/media/stick",), air=Air(sends=True))
    places = ("/media/stick", "serial:/dev/ttyACM0", "http://127.0.0.1:1", "rnsd:", "folder:x", "reticulum:/etc/r")
    assert Settings(places).radios == ("serial:/dev/ttyACM0", "rnsd:", "reticulum:/etc/r")


def test_a_radio_that_is_not_there_stops_no_other_place(published: Published, tmp_path: Path) -> None:
    settings = Settings(
        (str(published.sticks[0]), "serial:/no/such"), published.root, limits=small().limits, air=Air(minutes=0)
    )
    done = sync_once(tmp_path / "relay", settings)
    assert (done.edition, done.synced) == (1, 1)
    assert [error.what for error in done.troubles] == [
        "the radio at /no/such cannot be opened (No such file or directory)"
    ]


def test_a_damaged_list_ends_no_rounds(tmp_path: Path) -> None:
    with ExitStack() as undo:
        settings = Settings(("serial:/no/such",), limits=small().limits)
        folder, bag = open_data(tmp_path / "relay", settings, undo)
        folder.heard.mkdir()
        (folder.www / "latest").write_bytes(b"damaged")
        done = Rounds(folder, bag, settings, stamp_book(folder)).make()
    assert done.troubles


def test_what_nobody_could_look_at_to_the_end_goes_by_and_by(published: Published, tmp_path: Path) -> None:
    with ExitStack() as undo:
        settings = Settings(("serial:/no/such",), published.root, limits=small().limits)
        folder, bag = open_data(tmp_path / "relay", settings, undo)
        rounds, heard = Rounds(folder, bag, settings, stamp_book(folder)), Heard(folder.heard)
        for row in to(published, 2):
            heard.keep((published.sticks[1] / PARCELS / parcel_file(row.name)).read_bytes())
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr("holub.transit.relay.editionwork.sys.executable", "/bin/false")
            left = [len(list((folder.heard / PARCELS).iterdir())) for _ in range(9) if rounds.make().troubles]
    assert left[0] == len(to(published, 2)) // 2
    assert left[-1] == 0


class Once(threading.Event):
    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_a_radio_that_cannot_be_opened_is_tried_again_whatever_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("holub.transit.relay.meshwork.open_radio", full)
    with stations(tmp_path, MeshAir([("a", "b")]), a=Air()) as relays:
        waited = Once()
        relays["a"].work.serve(waited)
        assert waited.is_set()
        assert not relays["a"].work.alive
