"""The one-way carrier `sound` without a file: parcels to the loudspeaker, and out of what the microphone hears."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from holub.transit.carriers.sound.programs import Microphone, play, player, recorder
from holub.transit.carriers.sound.sound import blocks_of, spare_of
from holub.transit.carriers.sound.tones import Pace, heard
from holub.transit.oneway import Progress, collect, quiet


class Live:
    """This machine's loudspeaker and microphone.

    rounds, pace: as for Sound. seconds: how long to listen; None until `stop`.
    """

    def __init__(self, rounds: float = 2.0, pace: Pace = Pace.NORMAL, seconds: float | None = None) -> None:
        self._spare, self._pace, self._seconds = spare_of(rounds), pace, seconds
        self._microphone = Microphone()

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        """Returns when all has sounded. Raises Misused as Sound does, before anything sounds."""
        player()
        play(blocks_of(list(parcels), self._spare, self._pace, progress))

    def frames(self) -> Iterator[bytes]:
        """Every message that is heard, until the time is over or somebody stops it."""
        if self._seconds is None:
            yield from heard(self._microphone.samples())
            return
        ending = threading.Timer(self._seconds, self._microphone.stop)
        ending.daemon = True
        ending.start()
        try:
            yield from heard(self._microphone.samples())
        finally:
            ending.cancel()

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        """Raises Unavailable before it listens where nothing here records."""
        recorder()
        return collect(self.frames(), progress)

    def stop(self) -> None:
        """Ends the listening; what came is kept."""
        self._microphone.stop()
