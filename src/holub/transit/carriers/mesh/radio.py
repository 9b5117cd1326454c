"""Radios that are there: a Meshtastic radio on a cable or in the network, and any program that speaks records.

serial:/dev/ttyACM0        a Meshtastic radio on USB
tcp:127.0.0.1:4403         a Meshtastic radio in the network, or its Linux program
reticulum:FOLDER           a node of Reticulum with the interfaces that the file `config` in that folder names
rnsd:                      the Reticulum that runs on this machine already; rnsd:NAME where it has a name of its own
program:COMMAND            anything else: it takes and gives messages as records (spec/broadcast.md) on its standard
                           input and output, one message of at most 200 bytes in each
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from holub.errors import Misused, Unavailable
from holub.transit.carriers.mesh.linkradio import LinkRadio, over_pipes
from holub.transit.carriers.mesh.meshtastic import hello, take_messages, to_radio
from holub.transit.carriers.mesh.reticulum import join_reticulum, start_reticulum

FORMS = "give serial:/dev/ttyACM0, tcp:127.0.0.1:4403, reticulum:FOLDER, rnsd: or program:COMMAND"
SCHEMES = ("serial", "tcp", "reticulum", "rnsd", "program")
HOPS = 3
_PORT = 4_403
_PIECE = 4_096
_CONNECT = 10.0  # seconds
_HANG_UP = 2.0  # seconds


def is_radio(place: str) -> bool:
    """Whether a place is the address of a radio."""
    scheme, colon, rest = place.partition(":")
    return bool(colon) and scheme in SCHEMES and not rest.startswith("//") and bool(rest or scheme == "rnsd")


@contextlib.contextmanager
def open_radio(place: str, hops: int = HOPS, *, sends: bool = True) -> Iterator[LinkRadio]:
    """The radio that a place names. hops: for Meshtastic; sends: False where nothing will be put, so that Reticulum's
    own packets stay in as well. Raises Misused, Unavailable.
    """
    if not is_radio(place):
        raise Misused(f"this is no radio: {place}", FORMS)
    scheme, _, rest = place.partition(":")
    if scheme == "reticulum":
        radio = start_reticulum(Path(rest), sends=sends)
    elif scheme == "rnsd":
        radio = join_reticulum(rest, sends=sends)
    elif scheme == "program":
        radio = _program(rest)
    else:
        radio = _serial(rest, hops) if scheme == "serial" else _tcp(rest, hops)
    try:
        yield radio
    finally:
        radio.close()


def _meshtastic(descriptor: int, close: Callable[[], object], hops: int) -> LinkRadio:
    def encode(message: bytes) -> bytes:
        return to_radio(message, 1 + secrets.randbelow((1 << 32) - 1), hops)

    greeting = hello(1 + secrets.randbelow((1 << 32) - 1))
    return LinkRadio(descriptor, descriptor, encode, take_messages, close, greeting)


def _tcp(rest: str, hops: int) -> LinkRadio:
    host, colon, port = rest.rpartition(":")
    if not colon:
        host, port = rest, str(_PORT)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise Misused(f"this is no address of a radio: {rest}", FORMS)
    try:
        link = socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT)
    except OSError as error:
        what = error.strerror or "no answer"
        raise Unavailable(f"no radio answers at {rest} ({what})", "check its address and that it is on") from error
    link.settimeout(None)
    return _meshtastic(link.fileno(), lambda: _hang_up(link), hops)


def _hang_up(link: socket.socket) -> None:
    """Ends a connection so that what was said last arrives: closed with unread bytes, it would be torn down at once."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_WR)
        link.settimeout(_HANG_UP)
        while link.recv(_PIECE):
            pass
    link.close()


def _serial(rest: str, hops: int) -> LinkRadio:
    import termios
    import tty

    path = Path(rest)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        raise Unavailable(
            f"the radio at {rest} cannot be opened ({error.strerror})",
            "plug it in; on Linux your user must be in the group dialout",
        ) from error
    try:
        tty.setraw(descriptor)
        settings = termios.tcgetattr(descriptor)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    except termios.error as error:
        os.close(descriptor)
        raise Unavailable(f"{rest} is no serial port", "name the radio's port, such as /dev/ttyACM0") from error
    return _meshtastic(descriptor, lambda: os.close(descriptor), hops)


def _program(rest: str) -> LinkRadio:
    try:
        words = shlex.split(rest)
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603 - the person's own command
    except (OSError, ValueError, IndexError) as error:  # the last where there is no word
        raise Unavailable(f"the radio's program cannot be started: {rest}", "check the command") from error
    return over_pipes(process)
