"""A change: what leads from an old list of items to a new one, with the old bytes as dictionary (spec/parcel.md).

A key is a path in an update, and (section, language, path) in a sweep; the `Keys` given say how one is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from holub.formats import compression
from holub.formats.compression import LEVEL
from holub.formats.difference import Difference, K, Keys
from holub.formats.effort import Effort
from holub.formats.leaf import MAX_GUIDES
from holub.formats.pack import MAX_GUIDE
from holub.formats.wire import Reader, varint

TOUCHED, WHOLE = 0, 1  # what the frame's prefix is
MAX_ITEMS = 256 * MAX_GUIDES
# Level 3 does not see what level 22 finds far back: it let 52,178 bytes go out where 46,682 were possible.
_PROBE_LEVEL = 6
_PROBE_GAIN = 0.01
_PROBE_LEAST = 48  # bytes; to look through a megabyte at level 22 takes a sixth of a second, for each older edition
# Above so many bytes of old text, which only relays and mirrors hold in one piece, level 22 takes a second to fill its
# tables, however small the change is; for a change of a hundredth of it, level 12 finds most of the matches in a tenth.
_LARGE = 4 * 2**20
_LARGE_LEVEL = 12
_LITTLE = 128
_SMALL = 64  # bytes; below, a larger dictionary saves at most a byte or two


def _gaps(indices: Iterable[int]) -> bytes:
    out, before = [], -1
    for index in indices:
        out.append(varint(index - before - 1))
        before = index
    return varint(len(out)) + b"".join(out)


def _read_gaps(reader: Reader, count: int) -> list[int]:
    indices, at = [], -1
    for _ in range(reader.varint(count)):
        at += 1 + reader.varint(count)
        if at >= count:
            raise reader.refuse("it touches a guide that is not there")
        indices.append(at)
    return indices


def _prefix(old: Mapping[K, bytes], touched: set[K], scope: int) -> bytes:
    last = b"".join(old[key] for key in sorted(touched))
    if scope == TOUCHED:
        return last
    return b"".join(content for key, content in old.items() if key not in touched) + last


def write_change(old: Mapping[K, bytes], new: Mapping[K, bytes], keys: Keys[K], *, most_prefix: int = 2**32) -> bytes:
    """The change from old to new, both ascending by key.

    Tries the touched items alone as prefix, and the whole old text where a quick probe says that new bytes repeat
    some of it: the smaller result wins. The probe keeps a small change cheap however much there is.
    most_prefix: how many bytes of old text may be tried.
    """
    difference: Difference[K] = Difference.between(old, new)
    touched = set(difference.removed) | set(difference.changed)
    index = {key: i for i, key in enumerate(old) if key in touched} if touched else {}
    removed = _gaps(index[key] for key in difference.removed)
    changed = _gaps(index[key] for key in difference.changed)
    content = difference.content(old, new, keys)
    scope, prefix = TOUCHED, _prefix(old, touched, TOUCHED)
    best = compression.compress(content, prefix)
    if len(best) > _SMALL and len(touched) < len(old) and sum(map(len, old.values())) <= most_prefix:
        whole = _prefix(old, touched, WHOLE)
        probe = len(compression.compress(content, prefix, level=_PROBE_LEVEL))
        gain = probe - len(compression.compress(content, whole, level=_PROBE_LEVEL))
        if gain > max(_PROBE_LEAST, probe * _PROBE_GAIN):
            hurry = len(whole) > _LARGE and len(content) * _LITTLE < len(whole)
            other = compression.compress(content, whole, level=_LARGE_LEVEL if hurry else LEVEL)
            if len(other) < len(best):
                scope, best = WHOLE, other
    return bytes([scope]) + removed + changed + best


def apply_change(
    reader: Reader,
    old: Mapping[K, bytes],
    keys: Keys[K],
    *,
    limit: int,
    what: str,
    most: int = MAX_ITEMS,
    effort: Effort | None = None,
) -> dict[K, bytes]:
    """The new items, ascending, after reading a change to its end. `old` ascends and stays as it is. Raises Refused.

    limit: how many bytes its frame may hold, looked at before the prefix is copied · most: how many items may be added.
    effort: of the parcel whose step this is; the prefix counts, which is copied however small the change is.
    """
    order = list(old)
    scope = reader.u8()
    if scope not in (TOUCHED, WHOLE):
        raise reader.refuse("it names a dictionary that does not exist")
    removed = {order[i] for i in _read_gaps(reader, len(order))}
    changed = [order[i] for i in _read_gaps(reader, len(order))]
    if removed.intersection(changed):
        raise reader.refuse("it removes and changes the same guide")
    frame = reader.rest()
    size = compression.check_size(frame, limit=limit, what=what)
    if effort is not None:
        within = old if scope == WHOLE else removed | set(changed)
        effort.spend(sum(len(old[key]) for key in within) + size)
    prefix = _prefix(old, removed | set(changed), scope)
    inside = Reader(compression.decompress(frame, prefix, limit=limit, what=what), what)
    added = [keys.read(inside) for _ in range(inside.varint(most))]
    kept = {key for key in order if key not in removed}
    if any(a >= b for a, b in pairwise(added)) or kept.intersection(added):
        raise inside.refuse("its new guides are not in order, or are there already")
    sizes = {key: inside.varint(MAX_GUIDE) for key in added}
    for key in changed:
        sizes[key] = len(old[key]) + inside.zigzag(MAX_GUIDE)
        if not 0 <= sizes[key] <= MAX_GUIDE:
            raise inside.refuse("a guide's length is impossible")
    new: dict[K, bytes] = {}
    for key in sorted(kept | set(added)):
        new[key] = inside.take(sizes[key]) if key in sizes else old[key]
    inside.end()
    return new
