"""The system's own programs that play and record sound, spoken to by pipes: nothing is written to a disk.

Inside the pipe is what spec/sound.md writes to recordings, without a head: one channel of little-endian 16-bit samples.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from holub.errors import Unavailable
from holub.transit.carriers.sound.recording import RATE, native

_PIECE = 16_384  # bytes read at once: a sixth of a second
_SAID = 2_000  # bytes of a program's complaint
_LAST_WORDS = 1.0  # seconds for them to arrive
_HELP = 5.0  # seconds for a program to say what it knows
_PULSE = ("--raw", "--format=s16le", f"--rate={RATE}", "--channels=1")
_ALSA = ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1")
_PIPEWIRE = ("--format", "s16", "--rate", str(RATE), "--channels", "1", "-")
_FFPLAY = ("-loglevel", "error", "-nodisp", "-autoexit", "-f", "s16le", "-ar", str(RATE), "-i", "pipe:0")
# The first that is there is taken. pw-play comes late: its options differ from version to version.
PLAYERS = {"paplay": _PULSE, "aplay": _ALSA, "pw-play": _PIPEWIRE, "ffplay": _FFPLAY}
RECORDERS = {"parecord": _PULSE, "arecord": _ALSA, "pw-record": _PIPEWIRE}


def player() -> list[str]:
    """What plays samples from its standard input. Raises Unavailable."""
    return _command(PLAYERS, "plays")


def recorder() -> list[str]:
    """What records samples to its standard output. Raises Unavailable."""
    return _command(RECORDERS, "records")


def _command(known: dict[str, tuple[str, ...]], does: str) -> list[str]:
    for name, options in known.items():
        program = shutil.which(name)
        if program is None:
            continue
        if options is _PIPEWIRE and _takes_raw(program):
            return [program, "--raw", *options]
        return [program, *options]
    raise Unavailable(
        f"no program that {does} sound is installed here ({', '.join(known)} were looked for)",
        "install one: apt-get install alsa-utils, or pulseaudio-utils; or use a sound file: sound:message.wav",
    )


def _takes_raw(program: str) -> bool:
    """Whether PipeWire's program must be told that a pipe has no head; older ones refuse the word."""
    try:
        asked = subprocess.run(  # noqa: S603 - no shell
            [program, "--help"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_HELP
        )
    except subprocess.TimeoutExpired:
        return False
    return b"--raw" in asked.stdout + asked.stderr


def play(blocks: Iterable[bytes]) -> None:
    """Samples to the loudspeaker, as fast as it takes them; returns when all has sounded. Raises Unavailable.

    Whatever ends it early, Ctrl+C too, ends the sound.
    """
    command = player()
    with _running(command, stdin=subprocess.PIPE) as (running, complaint):
        assert running.stdin is not None  # noqa: S101 - asked for
        with contextlib.suppress(BrokenPipeError), running.stdin as pipe:
            for block in blocks:
                pipe.write(block)
        if running.wait():
            raise _failed(command, complaint.words())


class Microphone:
    """The microphone's samples, until it is stopped."""

    def __init__(self) -> None:
        self._stopped = False
        self._running: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Ends the recording; what was heard until then counts. May be called from a signal or a thread, and early.

        Whoever asks again is not made to wait for a program that does not listen.
        """
        again, self._stopped = self._stopped, True
        if self._running is not None:
            (self._running.kill if again else self._running.terminate)()

    def samples(self) -> Generator[array[int], None, None]:
        """Blocks of samples, as they come. Raises Unavailable where there is no recorder or it gives up."""
        command = recorder()
        with _running(command, stdout=subprocess.PIPE) as (running, complaint):
            assert running.stdout is not None  # noqa: S101 - asked for
            self._running = running
            if self._stopped:
                return
            odd = b""
            while piece := running.stdout.read1(_PIECE):  # type: ignore[attr-defined] # a buffered pipe has it
                piece, odd = _even(odd + piece)
                yield native(piece)
            if running.wait() and not self._stopped:
                raise _failed(command, complaint.words())


def _even(piece: bytes) -> tuple[bytes, bytes]:
    whole = len(piece) // 2 * 2
    return piece[:whole], piece[whole:]


@contextmanager
def _running(
    command: list[str], *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], _Complaint]]:
    """A program, gone afterwards whatever happened, and what it complained of. It hears no Ctrl+C itself."""
    running = subprocess.Popen(  # noqa: S603 - no shell
        command,
        stdin=stdin or subprocess.DEVNULL,
        stdout=stdout or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert running.stderr is not None  # noqa: S101 - asked for
    complaint = _Complaint(running.stderr)
    try:
        yield running, complaint
    finally:
        running.kill()
        pipes: list[IO[bytes] | None] = [running.stdin, running.stdout]
        for pipe in pipes:
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        running.wait()


class _Complaint:
    """What a program says of a trouble. All is read: one that tells of each gap in the sound would come to wait for a
    reader, and the sound with it.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._said = pipe, b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def words(self) -> bytes:
        """The first of it, once the program ended."""
        self._reader.join(_LAST_WORDS)
        return self._said

    def _read(self) -> None:
        with self._pipe:
            while piece := self._pipe.read1(_PIECE):  # type: ignore[attr-defined] # a buffered pipe has it
                self._said = (self._said + piece)[:_SAID]


def _failed(command: list[str], said: bytes) -> Unavailable:
    words = " ".join(said.decode("utf-8", "replace").split()) or "it gave no reason"
    return Unavailable(
        f"{command[0]} cannot reach the sound of this machine: {words}",
        "check the loudspeaker and the microphone in the system's settings; or use a sound file: sound:message.wav",
    )
