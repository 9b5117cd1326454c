"""Writes the vectors of signatures: which ones count, at the edges where libraries decide differently.

    python spec/vectors/make_signatures.py

Rules: keys and nonces follow from names; where a case needs a challenge with a certain remainder, messages are counted
until one has it.
"""

from __future__ import annotations

from collections.abc import Callable

import edwards
from edwards import BASE, EIGHTH, NEUTRAL, SMALL, L, P, Point, add, challenge, encode, times
from vectorcase import Cases, named

SECRET = int.from_bytes(named("signature secret", 32), "little") % L
NONCE = int.from_bytes(named("signature nonce", 32), "little") % L
KEY = times(SECRET, BASE)
COMMITMENT = times(NONCE, BASE)
MIXED_KEY = add(KEY, EIGHTH)


def sign(key: bytes, commitment: bytes, message: bytes) -> bytes:
    """A signature of the secret and the nonce over this encoding of key and commitment."""
    scalar = (NONCE + challenge(commitment, key, message) * SECRET) % L
    return commitment + scalar.to_bytes(32, "little")


def find(key: Point, commitment: Point, fits: Callable[[int], bool]) -> bytes:
    """The first message, counted up, whose challenge fits."""
    count = 0
    while not fits(challenge(encode(commitment), encode(key), message := b"message %d" % count)):
        count += 1
    return message


def holds(key: Point, commitment: Point, message: bytes, cofactor: int) -> bool:
    """Whether the signature's equation holds, times the cofactor 1 or 8."""
    signature = sign(encode(key), encode(commitment), message)
    left = times(int.from_bytes(signature[32:], "little"), BASE)
    right = add(commitment, times(challenge(signature[:32], encode(key), message), key))
    return times(cofactor, left) == times(cofactor, right)


def main() -> None:
    cases = Cases("signature")

    def case(name: str, what: str, expect: str, key: bytes, signature: bytes, message: bytes) -> None:
        fields = {"key": key.hex(), "signature": signature.hex(), "message": message.hex()}
        cases.add(name, "signature", what, expect, **fields)

    message = b"message"
    key, commitment = encode(KEY), encode(COMMITMENT)
    good = sign(key, commitment, message)
    scalar = int.from_bytes(good[32:], "little")
    case("ok", "an ordinary signature", "ok", key, good, message)
    case("message", "over another message", "Forged", key, good, b"massage")
    case("empty-message", "an ordinary signature of nothing", "ok", key, sign(key, commitment, b""), b"")
    case("short", "a byte is missing", "Forged", key, good[:-1], message)
    case("long", "a byte too many", "Forged", key, good + b"\0", message)
    case("key-short", "the key has 31 bytes", "Forged", key[:-1], good, message)
    for name, what, changed in (
        ("scalar-plus-order", "S + L, the same modulo L", scalar + L),
        ("scalar-order", "S is L", L),
        ("scalar-high-bit", "S with its highest bit set", scalar | 1 << 255),
        ("scalar-other", "S + 1", (scalar + 1) % L),
    ):
        case(name, what, "Forged", key, commitment + changed.to_bytes(32, "little"), message)

    for order, low in zip((1, 8, 4, 8, 2, 8, 4, 8), SMALL, strict=True):
        place = SMALL.index(low)
        # S = r, and R = rB - kA: holds for whoever likes, since nobody needs a secret.
        counted = find(low, COMMITMENT, lambda k, low=low: times(k, low) == NEUTRAL)  # type: ignore[misc] # a default binds
        forged = commitment + NONCE.to_bytes(32, "little")
        case(
            f"key-small-{place}",
            f"a key of order {order}: anybody can sign with it",
            "Forged",
            encode(low),
            forged,
            counted,
        )
        zero = encode(low)
        counted = find(KEY, low, lambda k: k % 8 == 0)
        made = zero + (challenge(zero, key, counted) * SECRET % L).to_bytes(32, "little")
        case(f"commitment-small-{place}", f"R of order {order}", "Forged", key, made, counted)

    for name, y, odd in (
        ("p", P, 0),
        ("p-odd", P, 1),
        ("p-plus-1", P + 1, 0),
        ("one-odd", 1, 1),
        ("minus-one-odd", P - 1, 1),
    ):
        strange = (y | odd << 255).to_bytes(32, "little")
        case(
            f"key-not-canonical-{name}",
            "a point in a form that it is not encoded in",
            "Forged",
            strange,
            commitment + NONCE.to_bytes(32, "little"),
            message,
        )
        made = strange + (challenge(strange, key, message) * SECRET % L).to_bytes(32, "little")
        case(f"commitment-not-canonical-{name}", "the same for R", "Forged", key, made, message)
    point, y = None, P + 2
    while point is None:  # a point of large order that has a second form
        y += 1
        point = edwards.with_y(y % P, 0)
    case(
        "key-not-canonical-large", "y + p of a point of large order", "Forged", y.to_bytes(32, "little"), good, message
    )
    off = next(y for y in range(2, 99) if edwards.with_y(y, 0) is None)
    case("key-no-point", "no point has this y", "Forged", off.to_bytes(32, "little"), good, message)

    # A key of mixed order: the equation holds times 8 for every message, exactly for one in eight.
    exact = find(MIXED_KEY, COMMITMENT, lambda k: k % 8 == 0)
    loose = find(MIXED_KEY, COMMITMENT, lambda k: k % 8 != 0)
    assert holds(MIXED_KEY, COMMITMENT, exact, 1)
    assert holds(MIXED_KEY, COMMITMENT, loose, 8)
    assert not holds(MIXED_KEY, COMMITMENT, loose, 1)
    mixed = encode(MIXED_KEY)
    case(
        "mixed-key-exact",
        "a key of mixed order; the equation holds",
        "ok",
        mixed,
        sign(mixed, commitment, exact),
        exact,
    )
    case(
        "mixed-key-times-8",
        "a key of mixed order; the equation holds times 8 alone",
        "Forged",
        mixed,
        sign(mixed, commitment, loose),
        loose,
    )
    low = add(COMMITMENT, EIGHTH)
    assert holds(KEY, low, message, 8)
    assert not holds(KEY, low, message, 1)
    case(
        "mixed-commitment",
        "R of mixed order; holds times 8 alone",
        "Forged",
        key,
        sign(key, encode(low), message),
        message,
    )
    both = find(MIXED_KEY, low, lambda k: k % 8 == 7)
    assert holds(MIXED_KEY, low, both, 1)
    case(
        "mixed-both-exact",
        "key and R of mixed order; the equation holds",
        "ok",
        mixed,
        sign(mixed, encode(low), both),
        both,
    )
    cancelled = find(MIXED_KEY, EIGHTH, lambda k: k % 8 == 7)
    made = encode(EIGHTH) + (challenge(encode(EIGHTH), mixed, cancelled) * SECRET % L).to_bytes(32, "little")
    case(
        "commitment-small-mixed-key",
        "R of order 8 and a key of mixed order; it holds",
        "Forged",
        mixed,
        made,
        cancelled,
    )
    cases.write()


if __name__ == "__main__":
    main()
