"""Frames as UDP datagrams, to one address or a multicast group, IPv4 and IPv6 (spec/broadcast.md, "Datagrams")."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from holub.errors import Misused, Unavailable
from holub.formats.frame import MOST_FRAME
from holub.transit.oneway import CHECK_BYTES, undamaged, with_check

FORM = "give it as udp:239.1.2.3:5007, udp:[ff15::7]:5007, or with an interface: udp:239.1.2.3%eth0:5007"
_PLACE = re.compile(r"udp:(?:\[([0-9a-fA-F:.]+)(?:%([\w.-]+))?\]|([0-9.]+)(?:%([\w.-]+))?):([0-9]{1,5})", re.ASCII)
_HEADS = {4: 20 + 8, 6: 40 + 8}  # of IP and UDP, bytes
_BUFFER = 4 << 20  # asked of the system, which may give less: a slow moment must not lose frames
_LOOK = 0.5  # seconds after which a silent receiver looks whether its time is over
# What a full queue of the network says; the frame is lost as others are on the way, and the carousel brings another.
_BUSY = (errno.ENOBUFS, errno.EAGAIN, errno.ECONNREFUSED)


@dataclass(frozen=True)
class UdpAddress:
    """host: in digits, no name: looking one up would tell somebody. interface: a network card's name, or ""."""

    host: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int
    interface: str = ""

    @property
    def is_group(self) -> bool:
        return self.host.is_multicast

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET if self.host.version == 4 else socket.AF_INET6

    def scope(self) -> int:
        """The interface's number, 0 for the system's choice. Raises Unavailable."""
        if not self.interface:
            return 0
        try:
            return socket.if_nametoindex(self.interface)
        except OSError:
            raise Unavailable(f"there is no network card {self.interface}", "see them with: ip link") from None


def parse_udp(place: str) -> UdpAddress | None:
    """`udp:HOST:PORT`; None where it is something else. Raises Misused."""
    if not place.startswith("udp:"):
        return None
    match = _PLACE.fullmatch(place)
    try:
        if match is None:
            raise ValueError
        host = ipaddress.ip_address(match[1] or match[3])
        port = int(match[5])
        if not 0 < port < 1 << 16:
            raise ValueError
    except ValueError:
        raise Misused(f"this is no address for a broadcast: {place}", FORM) from None
    return UdpAddress(host, port, match[2] or match[4] or "")


class Udp:
    """hops: how many routers a datagram may pass; 1 for a group unless given, so that nothing leaves by mistake.

    seconds: how long `frames` listens, None for ever. clock: monotonic.
    """

    endless = True

    def __init__(
        self,
        address: UdpAddress,
        hops: int | None = None,
        seconds: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if hops is not None and not 0 <= hops <= 255:
            raise Misused(f"{hops} hops are none", "give 0 to 255")
        self._address, self._hops, self._seconds, self._clock = address, hops, seconds, clock
        self._out: socket.socket | None = None
        self._to: tuple[str, int] | tuple[str, int, int, int] = (str(address.host), address.port)

    def put(self, frame: bytes) -> None:
        if self._out is None:
            with self._world():
                self._out = self._sender()
        with self._world():
            try:
                self._out.sendto(with_check(frame), self._to)
            except OSError as error:
                if error.errno not in _BUSY:
                    raise

    def size(self, frame: bytes) -> int:
        return len(frame) + CHECK_BYTES + _HEADS[self._address.host.version]

    def frames(self) -> Iterator[bytes]:
        with self._world():
            listener = self._listener()
        with listener:
            yield from undamaged(self._datagrams(listener))

    def close(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None

    def _datagrams(self, listener: socket.socket) -> Iterator[bytes]:
        listener.settimeout(_LOOK)
        end = None if self._seconds is None else self._clock() + self._seconds
        while end is None or self._clock() < end:
            try:
                with self._world():
                    # One byte more than the longest: what is cut to this length fails its check.
                    datagram = listener.recv(MOST_FRAME + CHECK_BYTES + 1)
            except TimeoutError:
                continue
            yield datagram

    def _sender(self) -> socket.socket:
        address, scope = self._address, self._address.scope()
        out = socket.socket(address.family, socket.SOCK_DGRAM)
        hops = self._hops if self._hops is not None else 1 if address.is_group else None
        if address.host.version == 6:
            self._to = (str(address.host), address.port, 0, scope)
            if hops is not None:
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, hops)
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, max(1, hops))
            if scope and address.is_group:
                out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, scope)
        else:
            if hops is not None:
                out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, hops)
                out.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, max(1, hops))
            if scope and address.is_group:
                out.setsockopt(
                    socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@4s4si", bytes(4), bytes(4), scope)
                )
        return out

    def _listener(self) -> socket.socket:
        address, scope = self._address, self._address.scope()
        listener = socket.socket(address.family, socket.SOCK_DGRAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            if address.is_group:
                # Several receivers on one machine may listen to one group; to an address, one alone.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            host = str(address.host)
            listener.bind((host, address.port) if address.host.version == 4 else (host, address.port, 0, scope))
            if address.is_group and address.host.version == 4:
                joined = struct.pack("@4s4si", address.host.packed, bytes(4), scope)
                listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
            elif address.is_group:
                joined = address.host.packed + struct.pack("@I", scope)
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, joined)
        except BaseException:
            listener.close()
            raise
        return listener

    @contextlib.contextmanager
    def _world(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise
        except OSError as error:
            where = f"{self._address.host} port {self._address.port}"
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(f"another program listens at {where}", "stop it, or take another port") from error
            raise Unavailable(
                f"{where} cannot be reached ({error.strerror})", "check the cable, the route and the interface's name"
            ) from error
