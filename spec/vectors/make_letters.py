"""Writes the vectors of letters and their keys: one case a file, the same bytes at every run.

    python spec/vectors/make_letters.py

Rules: every random byte comes from the name of its use. One encapsulation cannot be repeated by the Python library,
so it is kept in letter/encapsulation.txt; the reading page's tests make it again from its name and compare. A case
says in `what` why it exists, in `case` what to do with it, and in `expect` "ok" or the class of the error.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from typing import Any

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from vectorcase import HERE, Cases, named, u32

from holub.formats import letter, letterbody, letterkey, narrow, narrowbody
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic

NUMBER = 46  # the week that begins on 2026-11-23
SUITE = b"HPKE" + bytes.fromhex("647a00010003")
NARROW_SUITE = b"HPKE" + bytes.fromhex("002000010003")
NARROW_KEM = b"KEM" + bytes.fromhex("0020")


def extract(salt: bytes, label: bytes, material: bytes, suite: bytes = SUITE) -> bytes:
    """LabeledExtract of RFC 9180, section 4."""
    return hmac.digest(salt, b"HPKE-v1" + suite + label + material, "sha256")


def expand(secret: bytes, label: bytes, info: bytes, length: int, suite: bytes = SUITE) -> bytes:
    """LabeledExpand of RFC 9180, section 4, for one block."""
    block = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\x01"
    return hmac.digest(secret, block, "sha256")[:length]


def schedule(shared: bytes, info: bytes, suite: bytes = SUITE) -> tuple[bytes, bytes]:
    """(key, base nonce) of HPKE's mode 0 (RFC 9180, section 5.1)."""
    context = b"\0" + extract(b"", b"psk_id_hash", b"", suite) + extract(b"", b"info_hash", info, suite)
    secret = extract(shared, b"secret", b"", suite)
    return expand(secret, b"key", context, 32, suite), expand(secret, b"base_nonce", context, 12, suite)


def narrow_shared_secret(own: bytes, theirs: bytes) -> tuple[bytes, bytes]:
    """(share, shared secret) of DHKEM(X25519, HKDF-SHA256) with this ephemeral key (RFC 9180, section 4.1)."""
    private = x25519.X25519PrivateKey.from_private_bytes(own)
    share = private.public_key().public_bytes_raw()
    exchanged = private.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
    secret = extract(b"", b"eae_prk", exchanged, NARROW_KEM)
    return share, expand(secret, b"shared_secret", share + theirs, 32, NARROW_KEM)


def shared_secret(key: letterkey.SecretKey, encapsulated: bytes) -> bytes:
    """Decapsulation of MLKEM768-X25519 (draft-ietf-hpke-pq): SHA3-256 of both secrets and the X25519 side."""
    expanded = hashlib.shake_256(key.seed).digest(96)
    curve = encapsulated[1088:]
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]).decapsulate(encapsulated[:1088])
    exchanged = x25519.X25519PrivateKey.from_private_bytes(expanded[64:]).exchange(
        x25519.X25519PublicKey.from_public_bytes(curve)
    )
    return hashlib.sha3_256(lattice + exchanged + curve + key.public[1184:] + b"\\.//^\\").digest()


SECRET_KEY = letterkey.generate(NUMBER, named("letter key", 32))
SEAL_UNTIL, OPENS_UNTIL = letterkey.spans(NUMBER)
SECRET = named("letter secret", 32)
JPEG = b"\xff\xd8\xff\xe0" + named("picture", 60) + b"\xff\xd9"


def seal_plain(plain: bytes, *, info: bytes | None = None) -> bytes:
    """A sealed letter around any plaintext, with the kept encapsulation."""
    header = letter.Header(1, NUMBER).encode()
    encapsulated = bytes.fromhex((HERE / "letter" / "encapsulation.txt").read_text())
    key, nonce = schedule(
        shared_secret(SECRET_KEY, encapsulated), b"holub/letter/v1" + header if info is None else info
    )
    return header + encapsulated + ChaCha20Poly1305(key).encrypt(nonce, plain, None)


def body_json(body: Body | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {**dataclasses.asdict(body), "topic": int(body.topic), "pictures": [one.hex() for one in body.pictures]}


QUESTION = Body(Topic.QUESTION, "uk", "main", "Чи можна навчатися в українській школі дистанційно?")
FROM_A_TOWN = Body(Topic.HELP, "en", "kherson", "A question about medicine at home.\n", "Херсон")
PICTURED = Body(Topic.HAPPENED, "ru", "main", "", "", (JPEG, JPEG[:40]))
LONG = Body(Topic.FEEDBACK, "zh-Hant", "a", "\ufeff" + "x" * 4_000)


def keys(cases: Cases) -> None:
    leaf = letterkey.LetterKey(NUMBER, SEAL_UNTIL, OPENS_UNTIL, SECRET_KEY.public, SECRET_KEY.narrow).encode()
    fields = {"number": NUMBER, "seal_until": SEAL_UNTIL, "opens_until": OPENS_UNTIL}
    seed = SECRET_KEY.seed.hex()
    cases.add("key-ok", "key", "a week's key with its default spans", "ok", leaf=leaf.hex(), seed=seed, **fields)

    def wrong(name: str, what: str, changed: bytes) -> None:
        cases.add(f"key-{name}", "key", what, "Refused", leaf=changed.hex())

    wrong("short", "the leaf lacks its last byte", leaf[:-1])
    wrong("without-narrow", "the leaf has no key for narrow letters", leaf[:-32])
    wrong("long", "the leaf has a byte too many", leaf + b"\0")
    wrong("tag", "another leaf's tag", b"\x03" + leaf[1:])
    wrong("number", "a week that ends after the last second of a u32", leaf[:1] + b"\xff" * 4 + leaf[5:])
    wrong(
        "seals-before-its-week",
        "seal_until is the first second of the key's week",
        leaf[:5] + u32(letterkey.EPOCH + NUMBER * letterkey.WEEK) + leaf[9:],
    )
    wrong("opens-before-it-seals", "opens_until is before seal_until", leaf[:9] + u32(SEAL_UNTIL - 1) + leaf[13:])
    wrong(
        "modulus",
        "a coefficient of the ML-KEM key is 3,329, the modulus (FIPS 203, 7.2)",
        leaf[:13] + bytes([0x01, 0x0D | leaf[14] & 0xF0]) + leaf[15:],
    )
    for name, now, expect in (("last-second", SEAL_UNTIL, "ok"), ("too-late", SEAL_UNTIL + 1, "TooLate")):
        cases.add(
            f"seal-{name}",
            "seal",
            "sealing is allowed up to seal_until and not after",
            expect,
            leaf=leaf.hex(),
            now=now,
        )


def letters(cases: Cases) -> None:
    base = {"number": NUMBER, "seed": SECRET_KEY.seed.hex()}

    def good(name: str, what: str, one: Letter) -> None:
        plain, _ = letter.encode_plain(one)
        sealed = seal_plain(plain)
        assert letter.open_sealed(sealed, SECRET_KEY) == one
        told = {"kind": int(one.kind), "secret": one.secret.hex(), "body": body_json(one.body)}
        cases.add(f"open-{name}", "open", what, "ok", **base, sealed=sealed.hex(), **told)

    good("question", "a question in Ukrainian, 4,096 bytes", Letter(Kind.LETTER, SECRET, QUESTION))
    good(
        "from-a-town",
        "the writer chose to be counted, and an answer by the town's own mailbag",
        Letter(Kind.LETTER, SECRET, FROM_A_TOWN),
    )
    good("pictures", "two pictures and no text", Letter(Kind.WITH_PICTURES, SECRET, PICTURED))
    good("no-reply", "no reply wanted, so no secret", Letter(Kind.NO_REPLY, letter.NO_SECRET, QUESTION))
    good("decoy", "what an idle page sends", letter.decoy())
    good("second-size", "a text for 65,536 bytes that begins with a byte order mark", Letter(Kind.LETTER, SECRET, LONG))

    plain, _ = letter.encode_plain(Letter(Kind.LETTER, SECRET, QUESTION))
    sealed = seal_plain(plain)

    def wrong(name: str, what: str, changed: bytes, **fields: Any) -> None:
        cases.add(f"open-{name}", "open", what, "Refused", **{**base, "sealed": changed.hex(), **fields})

    def flip(at: int) -> bytes:
        return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]

    wrong("empty", "no bytes at all", b"")
    wrong("short", "a byte is missing", sealed[:-1])
    wrong("long", "a byte too many", sealed + b"\0")
    wrong("version", "a version that does not exist", b"\x03" + sealed[1:])
    wrong("version-narrow", "a narrow letter's version, in 4,096 bytes", b"\x02" + sealed[1:])
    wrong("other-week", "the header names another week's key", _renumbered(sealed, NUMBER + 1))
    wrong(
        "renumbered",
        "the header was changed to a week whose number is asked for",
        _renumbered(sealed, NUMBER + 1),
        number=NUMBER + 1,
    )
    wrong("other-key", "sealed to another seed's key", sealed, seed=named("another letter key", 32).hex())
    wrong("flipped-lattice", "a bit of the ML-KEM ciphertext is flipped", flip(5))
    wrong("flipped-curve", "a bit of the X25519 share is flipped", flip(5 + 1088))
    wrong("small-order", "the X25519 share is the point 0", sealed[: 5 + 1088] + bytes(32) + sealed[5 + 1120 :])
    wrong("flipped-text", "a bit of the ciphertext is flipped", flip(1200))
    wrong("flipped-tag", "a bit of the authentication tag is flipped", flip(4095))
    wrong("info", "sealed without the header in HPKE's info", seal_plain(plain, info=b"holub/letter/v1"))

    def inside(name: str, what: str, changed: bytes) -> None:
        wrong(f"inside-{name}", what, seal_plain(changed))

    length = int.from_bytes(plain[33:36], "big")
    inside("padding", "the last byte of the padding is not zero", plain[:-1] + b"\x01")
    inside("length", "the body's length points past the end", plain[:33] + b"\x00\x0b\x68" + plain[36:])
    inside(
        "length-short",
        "the body's length leaves out its last byte",
        plain[:33] + (length - 1).to_bytes(3, "big") + plain[36:],
    )
    inside("kind", "a kind that does not exist", plain[:32] + b"\x04" + plain[33:])
    inside("no-secret", "waits for a reply, but has no secret", bytes(32) + plain[32:])
    inside("unwanted-secret", "wants no reply, but has a secret", plain[:32] + b"\x03" + plain[33:])
    inside("pictures", "says that it has pictures, and has none", plain[:32] + b"\x02" + plain[33:])
    inside("decoy-with-body", "a decoy with a body", bytes(32) + b"\0" + plain[33:])
    inside("decoy-with-secret", "a decoy with a secret", SECRET.ljust(len(plain), b"\0"))
    inside("too-large", "sealed in 65,536 bytes though 4,096 are enough", plain.ljust(65_536 - letter.OVERHEAD, b"\0"))


def _renumbered(sealed: bytes, number: int) -> bytes:
    return sealed[:1] + u32(number) + sealed[5:]


def bodies(cases: Cases) -> None:
    for name, body in (("question", QUESTION), ("from-a-town", FROM_A_TOWN), ("pictures", PICTURED)):
        raw = letterbody.encode(body).hex()
        cases.add(
            f"body-{name}",
            "body",
            "the layout of a body",
            "ok",
            raw=raw,
            pictures=bool(body.pictures),
            body=body_json(body),
        )

    def wrong(name: str, what: str, raw: bytes, *, pictures: bool = False) -> None:
        cases.add(f"body-{name}", "body", what, "Refused", raw=raw.hex(), pictures=pictures)

    def laid(topic: int, language: bytes, section: bytes, town: bytes, text: bytes, tail: bytes = b"") -> bytes:
        names = b"".join(bytes([len(name)]) + name for name in (language, section, town))
        return bytes([topic]) + names + u32(len(text)) + text + tail

    one = b"\x01" + u32(len(JPEG)) + JPEG
    wrong("empty", "nothing at all", b"")
    wrong("topic", "a topic that does not exist", laid(5, b"uk", b"main", b"", b"x"))
    wrong("language", "a language tag with an underscore", laid(1, b"uk_UA", b"main", b"", b"x"))
    wrong("language-newline", "a language tag that ends in a newline", laid(1, b"uk\n", b"main", b"", b"x"))
    wrong("section", "no section", laid(1, b"uk", b"", b"", b"x"))
    wrong("section-capital", "a section with a capital letter", laid(1, b"uk", b"Main", b"", b"x"))
    wrong("town-long", "a town of 81 bytes", laid(1, b"uk", b"main", b"x" * 81, b"x"))
    wrong("town-control", "a control character in the town", laid(1, b"uk", b"main", b"a\nb", b"x"))
    wrong("no-text", "no text and no picture", laid(1, b"uk", b"main", b"", b""))
    wrong(
        "text-long",
        "a text of 60,001 bytes, of which one is there",
        laid(1, b"uk", b"main", b"", b"x")[:-5] + u32(60_001) + b"x",
    )
    wrong("text-zero", "a zero in the text", laid(1, b"uk", b"main", b"", b"a\0b"))
    wrong("text-not-utf8", "half a character", laid(1, b"uk", b"main", b"", b"\xd0"))
    wrong("text-surrogate", "a surrogate in UTF-8", laid(1, b"uk", b"main", b"", b"\xed\xa0\x80"))
    wrong("text-overlong", "a character in a longer form than needed", laid(1, b"uk", b"main", b"", b"\xc1\x81"))
    wrong("cut", "the text ends before its length", laid(1, b"uk", b"main", b"", b"xyz")[:-1])
    wrong("rest", "a byte follows the end", laid(1, b"uk", b"main", b"", b"x", b"\0"))
    wrong("pictures-unexpected", "a picture in a letter without pictures", laid(1, b"uk", b"main", b"", b"x", one))
    wrong("pictures-none", "a picture count of 0", laid(1, b"uk", b"main", b"", b"x", b"\0"), pictures=True)
    wrong("pictures-nine", "nine pictures", laid(1, b"uk", b"main", b"", b"x", b"\x09" + one[1:] * 9), pictures=True)
    wrong(
        "picture-png",
        "a picture that is no JPEG",
        laid(1, b"uk", b"main", b"", b"x", b"\x01\0\0\0\x04\x89PNG"),
        pictures=True,
    )
    wrong(
        "picture-cut", "a picture shorter than its length", laid(1, b"uk", b"main", b"", b"x", one[:-1]), pictures=True
    )


def seal_narrow_plain(
    plain: bytes,
    *,
    info: bytes | None = None,
    to: bytes = SECRET_KEY.narrow,
) -> bytes:
    """A sealed narrow letter around any plaintext, with an ephemeral key that follows from a name."""
    header = letter.Header(2, NUMBER).encode()
    share, shared = narrow_shared_secret(named("narrow share", 32), to)
    key, nonce = schedule(shared, b"holub/letter/v2" + header if info is None else info, NARROW_SUITE)
    return header + share + ChaCha20Poly1305(key).encrypt(nonce, plain, None)


SHORT = Body(Topic.QUESTION, "uk", "main", "Чи є ліки?")
LATIN = Body(Topic.HELP, "en", "kherson", "Where is a doctor for children?")
ARABIC = Body(Topic.FEEDBACK, "ar", "main", "شكرا، وصلت النصائح.")
EMOJI = Body(Topic.HAPPENED, "zh-Hant", "main", "謝謝 \U0001f54a")
FULL = Body(Topic.HAPPENED, "uk", "main", "ї" * 160)


def narrow_letters(cases: Cases) -> None:
    base = {"number": NUMBER, "seed": SECRET_KEY.seed.hex()}

    def good(name: str, what: str, one: Letter) -> None:
        sealed = seal_narrow_plain(narrow.encode_plain(one))
        assert narrow.open_sealed(sealed, NUMBER, SECRET_KEY.narrow_private()) == one
        told = {"kind": int(one.kind), "secret": one.secret.hex(), "body": body_json(one.body)}
        cases.add(f"narrow-{name}", "narrow", what, "ok", **base, sealed=sealed.hex(), **told)

    good("question", "a question in Ukrainian", Letter(Kind.LETTER, SECRET, SHORT))
    good("full", "160 Ukrainian letters, the most that fit", Letter(Kind.LETTER, SECRET, FULL))
    good("no-reply", "no reply wanted, so no secret", Letter(Kind.NO_REPLY, letter.NO_SECRET, ARABIC))
    good("decoy", "what an idle page sends over such a carrier", letter.decoy())

    plain = narrow.encode_plain(Letter(Kind.LETTER, SECRET, SHORT))
    sealed = seal_narrow_plain(plain)

    def wrong(name: str, what: str, changed: bytes, **fields: Any) -> None:
        cases.add(f"narrow-{name}", "narrow", what, "Refused", **{**base, "sealed": changed.hex(), **fields})

    def flip(at: int) -> bytes:
        return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]

    wrong("short", "a byte is missing", sealed[:-1])
    wrong("long", "a byte too many", sealed + b"\0")
    wrong("version", "the version of a letter of 4,096 bytes", b"\x01" + sealed[1:])
    wrong("other-week", "the header names another week's key", _renumbered(sealed, NUMBER + 1))
    wrong("renumbered", "the header was changed", _renumbered(sealed, NUMBER + 1), number=NUMBER + 1)
    wrong("other-key", "sealed to another seed's key", sealed, seed=named("another letter key", 32).hex())
    wrong("flipped-share", "a bit of the X25519 share is flipped", flip(5))
    wrong("flipped-text", "a bit of the ciphertext is flipped", flip(40))
    wrong("flipped-tag", "a bit of the authentication tag is flipped", flip(255))
    wrong("small-order", "the X25519 share is the point 0", sealed[:5] + bytes(32) + sealed[37:])
    wrong(
        "label",
        "sealed with the label of another version",
        seal_narrow_plain(plain, info=b"holub/letter/v1" + sealed[:5]),
    )
    wrong(
        "curve-half",
        "sealed to the X25519 half of the key for other letters, which opens no narrow ones",
        seal_narrow_plain(plain, to=SECRET_KEY.public[1184:]),
    )

    def inside(name: str, what: str, changed: bytes) -> None:
        wrong(f"inside-{name}", what, seal_narrow_plain(changed))

    inside("padding", "the last byte of the padding is not zero", plain[:-1] + b"\x01")
    inside("length", "the body's length points past the end", plain[:33] + b"\xaa" + plain[34:])
    inside(
        "length-short", "the body's length leaves out its last byte", plain[:33] + bytes([plain[33] - 1]) + plain[34:]
    )
    inside("pictures", "says that it has pictures", plain[:32] + b"\x02" + plain[33:])
    inside("kind", "a kind that does not exist", plain[:32] + b"\x04" + plain[33:])
    inside("no-secret", "waits for a reply, but has no secret", bytes(32) + plain[32:])
    inside("unwanted-secret", "wants no reply, but has a secret", plain[:32] + b"\x03" + plain[33:])
    inside("decoy-with-body", "a decoy with a body", bytes(33) + plain[33:])
    inside("decoy-with-secret", "a decoy with a secret", SECRET.ljust(len(plain), b"\0"))


def narrow_bodies(cases: Cases) -> None:
    for name, what, body in (
        ("utf8", "UTF-8 where every writing is as long", LATIN),
        ("cyrillic", "windows-1251 for a Ukrainian text", SHORT),
        ("arabic", "windows-1256 for an Arabic text", ARABIC),
        ("emoji", "UTF-8 where no other writing has the signs", EMOJI),
        ("full", "the longest body", FULL),
    ):
        raw = narrowbody.encode(body).hex()
        cases.add(f"narrow-body-{name}", "narrow-body", what, "ok", raw=raw, body=body_json(body))

    def wrong(name: str, what: str, raw: bytes) -> None:
        cases.add(f"narrow-body-{name}", "narrow-body", what, "Refused", raw=raw.hex())

    def laid(first: int, text: bytes, language: bytes = b"uk", section: bytes = b"main") -> bytes:
        return bytes([first, len(language)]) + language + bytes([len(section)]) + section + text

    wrong("empty", "nothing at all", b"")
    wrong("topic", "a topic that does not exist", laid(0x05, b"x"))
    wrong("writing", "a writing that does not exist", laid(0x31, b"x"))
    wrong("longer-writing", "UTF-8 where windows-1251 is shorter", laid(0x01, "я".encode()))
    wrong("higher-writing", "windows-1251 where UTF-8 is as short", laid(0x11, b"x"))
    wrong("no-sign", "98 in windows-1251, which is no character", laid(0x11, b"\xff\x98"))
    wrong("not-utf8", "half a character", laid(0x01, b"\xd0"))
    wrong("zero", "a zero in the text", laid(0x01, b"a\0b"))
    wrong("no-text", "no text", laid(0x01, b""))
    wrong("language", "a language tag with an underscore", laid(0x01, b"x", language=b"uk_UA"))
    wrong("section", "a section with a capital letter", laid(0x01, b"x", section=b"Main"))
    wrong("cut", "the section's name ends after the end", laid(0x01, b"")[:-2])
    wrong("long", "170 bytes", laid(0x01, b"x" * 161))


def main() -> None:
    folder = Cases("letter")
    keys(folder)
    letters(folder)
    bodies(folder)
    narrow_letters(folder)
    narrow_bodies(folder)
    folder.write()


if __name__ == "__main__":
    main()
