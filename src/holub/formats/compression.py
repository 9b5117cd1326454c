"""One Zstandard frame without magic, checksum or dictionary id, its content size first (spec/parcel.md).

The prefix is a raw content dictionary. Levels matter: with the touched guides in the prefix, level 3 needs five times
the bytes of level 19 for the same change, so nothing below 19 is published, but for a small change in a very large
text (`change`).
"""

from __future__ import annotations

import zstandard

from holub.errors import Refused
from holub.formats.pack import MAX_PACK

LEVEL = 22
MAX_WHOLE = 8 * MAX_PACK
_MAGIC = b"\x28\xb5\x2f\xfd"


def announced(frame: bytes, what: str) -> int:
    """The frame's announced content size. Raises Refused when it does not say it, or is no frame."""
    try:
        header = zstandard.get_frame_parameters(_MAGIC + frame[:18])
    except zstandard.ZstdError:
        raise Refused(f"{what} is damaged: its text is not compressed as it should be", "ask for it again") from None
    unknown = header.content_size in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR)
    if unknown or header.dict_id or header.has_checksum:
        raise Refused(f"{what} is damaged: its text is not compressed as it should be", "ask for it again")
    return int(header.content_size)


def check_size(frame: bytes, *, limit: int, what: str) -> int:
    """The frame's announced content size, in bytes. Raises Refused when it is more than `limit`."""
    size = announced(frame, what)
    if size > limit:
        raise Refused(f"{what} announces {size} bytes of text, more than {limit}", "do not open it")
    return size


def _dictionary(prefix: bytes) -> zstandard.ZstdCompressionDict | None:
    # Below 8 bytes libzstd ignores a raw dictionary, on both sides alike.
    return zstandard.ZstdCompressionDict(prefix, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if prefix else None


def compress(content: bytes, prefix: bytes = b"", *, level: int = LEVEL) -> bytes:
    """The frame that holds `content`, given that the receiver has `prefix`."""
    total = len(prefix) + len(content)
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=len(content),
        dict_size=len(prefix),
        window_log=min(27, max(10, (total + 1024).bit_length())),
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=True,
        write_checksum=False,
        write_dict_id=False,
    )
    return zstandard.ZstdCompressor(dict_data=_dictionary(prefix), compression_params=parameters).compress(content)


def decompress(frame: bytes, prefix: bytes = b"", *, limit: int, what: str) -> bytes:
    """What the frame holds, at most `limit` bytes; nothing is allocated before its size is known. Raises Refused."""
    size = check_size(frame, limit=limit, what=what)
    opener = zstandard.ZstdDecompressor(
        dict_data=_dictionary(prefix), format=zstandard.FORMAT_ZSTD1_MAGICLESS, max_window_size=2**27
    ).decompressobj()
    try:
        content = opener.decompress(frame)
    except zstandard.ZstdError:
        raise Refused(f"{what} is damaged: its text does not open", "ask for it again") from None
    if not opener.eof or opener.unused_data or len(content) != size:
        raise Refused(f"{what} is damaged: its text ends too early or too late", "ask for it again")
    return content
