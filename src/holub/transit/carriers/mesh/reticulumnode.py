"""The process in which Reticulum runs: messages in on standard input, messages out on standard output, as records.

    python -m holub.transit.carriers.mesh.reticulumnode start|join CONFIG|NAME HOME sends|silent

Of all that the library can do, broadcast packets to one address are used. Whatever else comes in is dropped before the
library looks at it: announces, which it would keep, requests for paths, links and proofs, which it would answer.
"""

from __future__ import annotations

import contextlib
import os
import queue
import resource
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from holub.transit.carriers.broadcast.records import record, take_frames
from holub.transit.carriers.mesh.message import MOST_MESSAGE
from holub.transit.carriers.mesh.reticulum import READY

# The address is made of these names alone: it is the same everywhere and is nobody's.
APP, ASPECT = "holub", "mesh"
_MOST_WAITING = 256  # messages for a reader that is slow; a mesh loses some anyhow
_PIECE = 4_096
_MOST_FILE = 1 << 20  # bytes
_END = 3.0  # seconds to switch a radio off
# What a node of ours never does, whatever a person's other programs do with the same configuration.
_NEVER = ("enable_transport", "respond_to_probes", "enable_remote_management", "share_instance")
# A radio that sends its call sign now and then names somebody.
_NAMES = ("id_callsign", "id_interval")


def settings(config: Path, silent: bool) -> Any:
    """A person's configuration without what would speak unasked. Raises the library's own errors."""
    from RNS.vendor.configobj import ConfigObj

    found = ConfigObj(str(config))
    found["reticulum"] = dict.fromkeys(_NEVER, "No")
    found["logging"] = {"loglevel": "1"}
    for interface in found.get("interfaces", {}).values():
        # A radio with several transceivers has a section for each.
        for section in (interface, *(interface[name] for name in interface.sections)):
            for name in _NAMES:
                section.pop(name, None)
            if silent:
                section["outgoing"] = "No"
    return found


class Node:
    """One running Reticulum; a process has one at most."""

    def __init__(self, home: Path, *, joins: bool) -> None:
        """home: a folder with `config`, to be written in. Ends the process where an interface cannot be had."""
        import RNS

        self._library = RNS
        self._told = True
        RNS.Reticulum(str(home), loglevel=RNS.LOG_ERROR, logdest=self._log, require_shared_instance=joins)
        self._told = False
        self._heard: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        address = RNS.Destination(None, RNS.Destination.IN, RNS.Destination.PLAIN, APP, ASPECT)
        address.set_packet_callback(self._take)
        self._to = RNS.Destination(None, RNS.Destination.OUT, RNS.Destination.PLAIN, APP, ASPECT)
        others = RNS.Transport.packet_filter

        def wanted(packet: Any) -> bool:
            return (
                packet.packet_type == RNS.Packet.DATA
                and packet.destination_type == RNS.Destination.PLAIN
                and packet.destination_hash == address.hash
                and packet.context == RNS.Packet.NONE
                and bool(others(packet))
            )

        RNS.Transport.packet_filter = staticmethod(wanted)

    def send(self, message: bytes) -> None:
        """Puts a message on every interface that may send."""
        self._library.Packet(self._to, message, create_receipt=False).send()

    def next(self) -> bytes:
        """The next message from the air; waits for it."""
        return self._heard.get()

    def end(self) -> None:
        """Switches radios off. What the library would write down at its end is not written."""
        self._library.Transport.detach_interfaces()

    def _take(self, message: bytes, _packet: Any) -> None:
        if 0 < len(message) <= MOST_MESSAGE:
            with contextlib.suppress(queue.Full):
                self._heard.put_nowait(message)

    def _log(self, line: str) -> None:
        # Only why it did not start: later lines tell of what came from where.
        if self._told:
            sys.stderr.write(line.partition("]")[2].partition("]")[2] + "\n")
            sys.stderr.flush()


def hand_over(node: Node) -> None:
    """Everything that is heard, to standard output, until nobody reads it."""
    with contextlib.suppress(OSError):
        while True:
            data = record(node.next())
            while data:
                data = data[os.write(1, data) :]


def main() -> None:
    """Runs until standard input ends. Its folder goes then, also where whoever started it was killed."""
    how, what, home, sends = sys.argv[1:]
    folder, silent = Path(home), sends == "silent"
    os.umask(0o077)
    # Its folder may be in memory, and nothing that it holds is to lie about after a crash.
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_FILE, _MOST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if how == "start":
        config = settings(Path(what), silent)
    else:
        config = {"reticulum": {"share_instance": "Yes", "instance_name": what}, "interfaces": {}}
    _write(config, folder / "config")
    node = Node(folder, joins=how == "join")
    os.write(1, READY)
    # Nobody reads what is said from now on, and a full pipe would stop whoever says it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    threading.Thread(target=hand_over, args=(node,), daemon=True).start()
    held = bytearray()
    while piece := os.read(0, _PIECE):
        held += piece
        for message in take_frames(held):
            if not silent and len(message) <= MOST_MESSAGE:
                node.send(message)
    threading.Timer(_END, _leave, (folder,)).start()
    node.end()
    _leave(folder)


def _leave(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _write(config: Any, file: Path) -> None:
    from RNS.vendor.configobj import ConfigObj

    written = ConfigObj()
    written.merge(config)
    written.filename = str(file)
    written.write()


if __name__ == "__main__":
    main()
