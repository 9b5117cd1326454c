"""What a Meshtastic radio and a program say to each other, over its USB cable or TCP: only the few parts that we need.

    packet on the wire = 94 C3 || length u16 || protocol buffer

Field numbers are those of Meshtastic's mesh.proto (ToRadio, FromRadio, MeshPacket, Data). Everything else that the
radio says (who its neighbours are, where, how full its battery is) is skipped unread and never kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from holub.errors import Misused

MAGIC = b"\x94\xc3"
MOST_PACKET = 512
MOST_PAYLOAD = 233
PRIVATE = 256  # the port number for applications of one's own
EVERYBODY = 0xFFFFFFFF
WAKE = b"\xc3" * 32  # brings a radio back to the beginning of a packet, whatever it got before

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_TO_PACKET, _TO_WANT_CONFIG = 1, 3
_FROM_PACKET = 2
_TO, _DECODED, _ID, _HOP_LIMIT = 2, 4, 6, 9
_PORT, _PAYLOAD = 1, 2

Field = tuple[int, int | bytes]


def hello(number: int) -> bytes:
    """What a program says first: from then on the radio hands over what it hears. number: any, 1 to 2^32 - 1."""
    return WAKE + _framed(_number(_TO_WANT_CONFIG, number))


def to_radio(message: bytes, number: int, hops: int) -> bytes:
    """A message for everybody, to be passed on up to `hops` times (0 to 7). number: any that is new, not 0."""
    if len(message) > MOST_PAYLOAD or not 0 <= hops <= 7:
        raise Misused(f"a mesh carries messages of at most {MOST_PAYLOAD} bytes over at most 7 hops")
    data = _number(_PORT, PRIVATE) + _part(_PAYLOAD, message)
    packet = _fixed(_TO, EVERYBODY) + _part(_DECODED, data) + _fixed(_ID, number)
    if hops:
        packet += _number(_HOP_LIMIT, hops)
    return _framed(_part(_TO_PACKET, packet))


def take_messages(held: bytearray) -> Iterator[bytes]:
    """Takes all whole packets out of `held`, and gives the messages of our kind among them.

    What stays in `held` is less than one packet. Text that the radio prints between packets is passed over.
    """
    while True:
        begin = held.find(MAGIC)
        if begin < 0:
            del held[: max(0, len(held) - 1)]
            return
        del held[:begin]
        if len(held) < 4:
            return
        length = int.from_bytes(held[2:4], "big")
        if length > MOST_PACKET:
            del held[:1]
            continue
        if len(held) < 4 + length:
            return
        packet = bytes(held[4 : 4 + length])
        del held[: 4 + length]
        message = read_message(packet)
        if message is not None:
            yield message


def read_message(packet: bytes) -> bytes | None:
    """The message of our kind in one FromRadio; None where it is anything else, or malformed."""
    for number in (_FROM_PACKET, _DECODED):
        inner = dict(_fields(packet)).get(number)
        if not isinstance(inner, bytes):
            return None
        packet = inner
    data = dict(_fields(packet))
    payload = data.get(_PAYLOAD)
    return payload if data.get(_PORT) == PRIVATE and isinstance(payload, bytes) else None


def _fields(data: bytes) -> Iterator[Field]:
    """The fields of one protocol buffer, up to the first that is malformed."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            return
        if at + length > len(data):
            return
        yield tag >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Little-endian groups of seven bits, at most ten; where it is cut, what is there and the end of the data."""
    value = 0
    for place, byte in enumerate(data[at : at + 10]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    return value, len(data)


def _framed(packet: bytes) -> bytes:
    return MAGIC + len(packet).to_bytes(2, "big") + packet


def _part(field: int, data: bytes) -> bytes:
    return _plain(field << 3 | _BYTES) + _plain(len(data)) + data


def _number(field: int, value: int) -> bytes:
    return _plain(field << 3 | _VARINT) + _plain(value)


def _fixed(field: int, value: int) -> bytes:
    return _plain(field << 3 | _FIXED32) + value.to_bytes(4, "little")


def _plain(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
