"""Every one-way carrier, with the blockade between its sender and its receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped] # it brings no types along
import pytest

from bench.wear import Wear, worn
from holub.formats.parcel import Kind
from holub.transit.carriers.broadcast.medium import Stream
from holub.transit.carriers.broadcast.station import Broadcast
from holub.transit.carriers.mesh.carrier import Mesh
from holub.transit.carriers.qr import QrCarrier
from holub.transit.carriers.radio import Radio, Speed
from holub.transit.carriers.sound import Pace, Sound
from holub.transit.oneway import OneWay, Progress, collect, cut, quiet

What = Callable[[Iterable[bytes]], Iterable[bytes]]
Send = Callable[[Iterable[bytes], Progress], None]


def nothing(frames: Iterable[bytes]) -> Iterable[bytes]:
    """What happens to the frames on a good day."""
    return frames


@dataclass(frozen=True)
class Member:
    """How the suite makes a carrier, and what its medium is for.

    make: (an empty folder, what happens to the frames between sender and receiver) to the carrier ·
    most_loss: the share of frames that it is made to survive · most_bytes: the largest parcel it is tried with ·
    kind: of the parcels that it is given · slow: it is printed or played, so every test carries the same parcels ·
    needs: what must be on this machine.
    """

    make: Callable[[Path, What], OneWay]
    most_loss: float = 0.7
    most_bytes: int = 40_000
    needs: tuple[pytest.MarkDecorator, ...] = ()
    kind: Kind = Kind.LETTERS
    slow: bool = False


class Struck:
    """The shortest one-way carrier: a list of frames in memory, to which something happens."""

    def __init__(self, what: What) -> None:
        self._what = what
        self._sent: list[bytes] = []

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        self._sent.extend(cut(parcels, 520, 4.0, progress))

    def frames(self) -> Iterable[bytes]:
        """What lies on the medium."""
        return self._what(self._sent)

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        return collect(self.frames(), progress)


# Most tests send the same parcels by the slow carriers: what was printed, scanned or played once is so again.
_MADE: dict[tuple[type, tuple[bytes, ...]], bytes] = {}
_READ: dict[bytes, list[bytes]] = {}


def send_once(carrier: OneWay, file: Path, send: Send, parcels: Iterable[bytes], progress: Progress) -> None:
    """Send parcels into a medium's file; whoever wants to see the progress sees it really done."""
    given = tuple(parcels)
    made = _MADE.get((type(carrier), given)) if progress is quiet else None
    if made is None:
        send(given, progress)
        _MADE[type(carrier), given] = file.read_bytes()
    else:
        file.write_bytes(made)


def read_once(file: Path, read: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    """The frames in a medium's file."""
    name = sha256(file.read_bytes()).digest()
    if name not in _READ:
        _READ[name] = list(read())
    return iter(_READ[name])


class OnPaper(QrCarrier):
    """Sheets that are printed, lie askew on a scanner, and are read; then something happens to what was read."""

    def __init__(self, home: Path, what: What) -> None:
        super().__init__(home / "sheets.pdf", spare=6.0)
        self._home, self._what = home, what

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        send_once(self, self._home / "sheets.pdf", super().send, parcels, progress)

    def frames(self) -> Iterable[bytes]:
        return self._what(read_once(self._home / "sheets.pdf", self._scanned))

    def _scanned(self) -> Iterable[bytes]:
        scans = self._home / "scans"
        scans.mkdir()
        for number, scan in enumerate(scanned(self._home / "sheets.pdf")):
            (scans / f"{number}.jpg").write_bytes(scan)
        return QrCarrier(scans).frames()


def scanned(pdf: Path) -> list[bytes]:
    """A JPEG of each page, as an office scanner makes it."""
    with pypdfium2.PdfDocument(pdf) as printed:
        pages = [printed[number].render(scale=200 / 72, grayscale=True).to_pil() for number in range(len(printed))]
    return [worn(page, Wear(dpi=200, tilt=1, quality=80), number, 200) for number, page in enumerate(pages)]


class Played(Sound):
    """A sound file, and something that happens to the messages heard in it."""

    def __init__(self, home: Path, what: What) -> None:
        super().__init__(home / "played.wav", rounds=4.0, pace=Pace.FAST)
        self._what, self._file = what, home / "played.wav"

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        send_once(self, self._file, super().send, parcels, progress)

    def frames(self) -> Iterable[bytes]:
        return self._what(read_once(self._file, super().frames))


class StruckStream(Stream):
    """A broadcast's file, to whose frames something happens behind their check."""

    def __init__(self, path: Path, what: What) -> None:
        super().__init__(path)
        self._what = what

    def frames(self) -> Iterator[bytes]:
        yield from self._what(super().frames())


def _broadcast(home: Path, what: What) -> OneWay:
    (home / "stream.bin").touch()
    return Broadcast(StruckStream(home / "stream.bin", what), rounds=30)


class StruckRadio:
    """A mesh radio for somebody who sends and then listens to what became of it. Waiting takes no time."""

    def __init__(self, what: What) -> None:
        self._sent: list[bytes] = []
        self._what = what
        self._heard: Iterator[bytes] | None = None
        self._now = 0.0
        self.ended = False

    def clock(self) -> float:
        return self._now

    def put(self, message: bytes) -> None:
        self._sent.append(message)

    def turn(self) -> None:
        """From now on it is the receiver's."""
        self._heard = iter(self._what(self._sent))

    def get(self, seconds: float) -> bytes | None:
        if self._heard is None:
            self._now += seconds
            return None
        message = next(self._heard, None)
        self.ended = message is None
        return message


class StruckMesh(Mesh):
    """Sends to a radio that keeps all, then receives from it."""

    def __init__(self, what: What) -> None:
        self.radio = StruckRadio(what)
        super().__init__(self.radio, share=1.0, spare=4.0)

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        self.radio.turn()
        return super().receive(progress)


class Sent(Radio):
    """A radio broadcast, and something that happens to the frames heard in it."""

    def __init__(self, home: Path, what: What) -> None:
        super().__init__(home / "sent.wav", rounds=4.0, speed=Speed.FAST)
        self._what, self._file = what, home / "sent.wav"

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        send_once(self, self._file, super().send, parcels, progress)

    def frames(self) -> Iterable[bytes]:
        return self._what(read_once(self._file, super().frames))


MEMBERS: dict[str, Member] = {
    "mesh": Member(lambda home, what: StruckMesh(what), most_loss=0.5, most_bytes=20_000),
    "memory": Member(lambda home, what: Struck(what)),
    "broadcast": Member(_broadcast, kind=Kind.FULL),
    "qr": Member(OnPaper, most_loss=0.5, most_bytes=4_000, slow=True),
    "radio": Member(
        Sent, most_loss=0.5, most_bytes=3_000, kind=Kind.FULL, slow=True, needs=(pytest.mark.program("minimodem"),)
    ),
    "sound": Member(Played, most_loss=0.5, most_bytes=1_200, slow=True, needs=(pytest.mark.package("ggwave"),)),
}
