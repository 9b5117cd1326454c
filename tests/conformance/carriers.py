"""Every carrier that takes and gives, each in an empty folder. A new member is one more function under `MEMBERS`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from holub.transit.carrier import LETTER_SIZES, MAX_BAG_LETTERS, Bag, Carrier
from holub.transit.carriers import FolderCarrier, HttpCarrier, MemoryCarrier
from holub.transit.postbox import Limits, PostboxServer, new_token, read_token
from holub.transit.relay import RelayLimits, RelayServer, Settings
from holub.transit.relay.bag import RelayBag

Member = Callable[[Path], AbstractContextManager[Carrier]]


@contextlib.contextmanager
def memory(home: Path) -> Iterator[Carrier]:
    yield MemoryCarrier()


@contextlib.contextmanager
def folder(home: Path) -> Iterator[Carrier]:
    root = home / "stick"
    root.mkdir()
    yield FolderCarrier(root)


@contextlib.contextmanager
def http(home: Path) -> Iterator[Carrier]:
    digest = new_token(home / "office.token")
    with (
        PostboxServer(home / "postbox", office_hashes=(digest,), limits=Limits(reserve_bytes=0)) as server,
        HttpCarrier([server.url], token=read_token(home / "office.token")) as carrier,
    ):
        yield carrier


class RelayMember(HttpCarrier):
    """A relay over HTTP. What no stranger may do there (publish, collect, forget) is done where it does it itself."""

    def __init__(self, url: str, www: Path, bag: RelayBag) -> None:
        super().__init__([url])
        self._own = FolderCarrier(www)
        self.put, self.put_catalogue = self._own.put, self._own.put_catalogue  # type: ignore[method-assign] # meant
        self.pages, self.put_page, self.remove_page = (  # type: ignore[method-assign] # meant
            self._own.pages,
            self._own.put_page,
            self._own.remove_page,
        )
        self._bag = bag

    def collect_letters(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        return self._bag.collect(limit)

    def forget_letters(self, digests: Iterable[bytes]) -> int:
        return self._bag.forget(digests)


@contextlib.contextmanager
def relay(home: Path) -> Iterator[Carrier]:
    rooms = dict(zip(LETTER_SIZES, (256, 256, 64, 40), strict=True))
    with (
        RelayServer(home / "relay", settings=Settings(limits=RelayLimits(rooms))) as server,
        RelayMember(server.url, home / "relay" / "www", server.bag) as carrier,
    ):
        yield carrier


MEMBERS: dict[str, Member] = {"memory": memory, "folder": folder, "http": http, "relay": relay}
