"""Writes the vectors of mailbags and codenames: one case a file, the same bytes at every run.

    python spec/vectors/make_mailbags.py

A case says in `what` why it exists, in `case` what to do with it, and in `expect` "ok" or the class of the error.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from vectorcase import Cases, named, stream, u32

from holub.formats import bagleaf, codename, mailbag

NUMBER = 46  # the week that begins on 2026-11-23
EDITION = 12


def codenames(cases: Cases) -> None:
    def normal(name: str, what: str, typed: str) -> None:
        cases.add(f"normalise-{name}", "normalise", what, "ok", typed=typed, codename=codename.normalise(typed))

    normal("plain", "already in its one form", "amber river seven lantern quiet maple")
    normal(
        "spaces", "capitals, tabs, newlines and wide spaces", "  Amber\tRIVER \n seven\u00a0lantern\u3000quiet  maple "
    )
    normal("wide", "full-width letters", "ａｍｂｅｒ ＲＩＶＥＲ seven lantern quiet maple")
    normal("ukrainian", "apostrophes as keyboards write them", "П’ять м`ята комп\u02bcютер сім'я їжак ҐАВА")
    normal("composed", "a letter and its mark become one", "и\u0306од вода небо поле ліс гай")
    normal("hyphens", "hyphens as keyboards write them", "yo\u2011yo drop\u2013down a\u2014b c-d e f")
    for name, what, typed in (
        ("five", "five words", "amber river seven lantern quiet"),
        ("seven", "seven words", "amber river seven lantern quiet maple tree"),
        ("empty", "nothing", ""),
        ("long", "513 characters", "a b c d e " + "f" * 503),
    ):
        cases.add(f"normalise-{name}", "normalise", what, "Misused", typed=typed)

    words = [f"w{i:04}" for i in range(codename.LIST_SIZE)]
    random = bytes.fromhex("ffff0000f300f2ff1e5f1e608000ffff0001") + bytes(46)
    told = {"list": "the words w0000 to w7775", "random": random.hex()}
    what = "numbers of 62,208 and above are passed over, the others taken modulo 7,776"
    cases.add("propose", "propose", what, "ok", **told, codename=codename.propose(words, random))
    cases.add(
        "propose-not-random",
        "propose",
        "random bytes that are all passed over",
        "Misused",
        list=told["list"],
        random="ff" * 64,
    )

    name, desk = "amber river seven lantern quiet maple", named("desk id", 32)
    key = codename.stretch(name, desk)
    cases.add("stretch", "stretch", "Argon2id of a codename", "ok", codename=name, desk_id=desk.hex(), key=key.hex())
    russian = "река тихий клен семь лампа берег"
    stretched = codename.stretch(russian, desk).hex()
    cases.add(
        "stretch-cyrillic",
        "stretch",
        "a codename is taken as UTF-8",
        "ok",
        codename=russian,
        desk_id=desk.hex(),
        key=stretched,
    )
    cases.add(
        "secret",
        "secret",
        "S of one letter",
        "ok",
        key=key.hex(),
        number=NUMBER,
        counter=31,
        secret=codename.secret(key, NUMBER, 31).hex(),
    )
    cases.add("secret-counter", "secret", "a counter of 32", "Misused", key=key.hex(), number=NUMBER, counter=32)
    for number in (NUMBER, 3):
        found = codename.candidates(key, number)
        joined = hashlib.sha256(b"".join(found)).hexdigest()
        what = "all secrets of 26 weeks, newest first; before week 25 there are fewer"
        cases.add(
            f"candidates-{number}",
            "candidates",
            what,
            "ok",
            key=key.hex(),
            number=number,
            count=len(found),
            sha256=joined,
        )


def mailbags(cases: Cases) -> None:
    key = codename.stretch("amber river seven lantern quiet maple", named("desk id", 32))
    secrets = [
        codename.secret(key, NUMBER, 7),
        codename.secret(key, NUMBER - 25, 31),
        codename.secret(key, NUMBER - 3, 0),
    ]
    texts = ["Так, можна. Дивіться посібник про школу.", "", "Довга відповідь. " * 40]
    others = [mailbag.Reply(named(f"stranger {i}", 32), f"Reply {i}") for i in range(9)]
    replies = [mailbag.Reply(*pair) for pair in zip(secrets, texts, strict=True)]
    bag = mailbag.build([*others, *replies], EDITION, stream("bag"), step=16)
    entry = mailbag.entry_of("main", bag)
    told = {"section": "main", "records": entry.records, "directory_hash": entry.directory_hash.hex()}
    seek = {"key": key.hex(), "number": NUMBER, "edition": EDITION}
    bag_hex = {"directory": bag.directory.hex(), "shards": [shard.hex() for shard in bag.shards]}
    cases.add(
        "bag-ok",
        "bag",
        "three replies for one codename: one record, an acknowledgement, three records",
        "ok",
        **told,
        **seek,
        **bag_hex,
        texts=texts,
    )
    cases.add(
        "bag-other-edition",
        "bag",
        "nothing is found under another edition's number",
        "ok",
        **told,
        **{**seek, "edition": EDITION + 1},
        **bag_hex,
        texts=[],
    )
    cases.add(
        "bag-too-old",
        "bag",
        "letters older than 26 weeks are not looked for",
        "ok",
        **told,
        **{**seek, "number": NUMBER + 26},
        **bag_hex,
        texts=[],
    )

    def wrong_bag(name: str, what: str, directory: bytes, shard: bytes = bag.shards[0], **fields: Any) -> None:
        content = {**told, **seek, "directory": directory.hex(), "shards": [shard.hex()], **fields}
        cases.add(f"bag-{name}", "bag", what, "Forged", **content)

    swapped = bag.directory[8:16] + bag.directory[:8] + bag.directory[16:]
    twice = bag.directory[:8] * 2 + bag.directory[16:]
    wrong_bag(
        "directory-flipped", "a bit of the directory is flipped", bytes([bag.directory[0] ^ 1]) + bag.directory[1:]
    )
    wrong_bag("directory-short", "the directory lacks a byte", bag.directory[:-1])
    wrong_bag("directory-count", "the entry counts a record more", bag.directory, records=entry.records + 1)
    wrong_bag(
        "tags-unsorted",
        "two tags are exchanged, and signed so",
        swapped,
        directory_hash=hashlib.sha256(swapped).hexdigest(),
    )
    wrong_bag(
        "tags-twice", "a tag stands twice, and is signed so", twice, directory_hash=hashlib.sha256(twice).hexdigest()
    )
    wrong_bag(
        "shard-flipped",
        "a bit of a body is flipped",
        bag.directory,
        bag.shards[0][:-1] + bytes([bag.shards[0][-1] ^ 1]),
    )
    wrong_bag("shard-short", "the shard lacks a body", bag.directory, bag.shards[0][: -bagleaf.BODY_SIZE])

    leaf = bagleaf.encode_leaf([entry, bagleaf.BagEntry("kherson", 64, named("directory", 32))])
    entries = [
        {"section": one.section, "records": one.records, "directory_hash": one.directory_hash.hex()}
        for one in bagleaf.parse_leaf(leaf)
    ]
    cases.add("leaf-ok", "leaf", "two mailbags, sorted by section", "ok", leaf=leaf.hex(), entries=entries)
    cases.add("leaf-none", "leaf", "no mailbag", "ok", leaf="0300", entries=[])
    first, second = leaf[2:46], leaf[46:]
    for name, what, changed in (
        ("empty", "no bytes", b""),
        ("tag", "another leaf's tag", b"\x01" + leaf[1:]),
        ("cut", "the last byte is missing", leaf[:-1]),
        ("rest", "a byte follows", leaf + b"\0"),
        ("unsorted", "sections out of order", leaf[:2] + second + first),
        ("twice", "a section twice", leaf[:2] + first + first),
        ("count", "one bag more than there are", b"\x03\x03" + leaf[2:]),
        ("no-section", "a section without a name", b"\x03\x01\x00" + leaf[46 + 5 :]),
        ("no-records", "a bag of 0 records", b"\x03\x01\x04main" + bytes(4) + leaf[-32:]),
        ("records", "a bag of 1,000,001 records", b"\x03\x01\x04main" + u32(1_000_001) + leaf[-32:]),
        ("not-ascii", "a section that is no UTF-8", b"\x03\x01\x04ma\xffn" + leaf[-36:]),
    ):
        cases.add(f"leaf-{name}", "leaf", what, "Refused", leaf=changed.hex())
    records(cases)


def records(cases: Cases) -> None:
    """Single records: a part of a reply each."""
    secret, salt = named("reply secret", 32), named("salt", 16)

    def record(plain: bytes, part: int = 0, nonce: bytes = bytes(12)) -> bytes:
        key = hmac.digest(mailbag.part_secret(secret, part), b"key" + u32(EDITION) + salt, "sha256")
        return salt + ChaCha20Poly1305(key).encrypt(nonce, plain, None)

    def add(
        name: str, what: str, expect: str, body: bytes, part: int = 0, edition: int = EDITION, **fields: Any
    ) -> None:
        cases.add(
            f"record-{name}",
            "record",
            what,
            expect,
            body=body.hex(),
            secret=secret.hex(),
            edition=edition,
            part=part,
            **fields,
        )

    short, long = mailbag.parts_of("Доброго дня!")[0], mailbag.parts_of("y" * 479)
    add(
        "short",
        "a short reply",
        "ok",
        record(short),
        whole=len("Доброго дня!".encode()),
        data="Доброго дня!".encode().hex(),
    )
    add("empty", "an acknowledgement", "ok", record(mailbag.parts_of("")[0]), whole=0, data="")
    add("second-part", "the last byte of a reply of 479 bytes", "ok", record(long[1], 1), part=1, whole=479, data="79")
    add("other-edition", "another edition's number", "Refused", record(short), edition=EDITION + 1)
    add("other-part", "part 1 read as part 0", "Refused", record(long[1], 1))
    add("other-nonce", "sealed with a nonce that is not zero", "Refused", record(short, nonce=b"\x01" * 12))
    flipped = record(short)
    add("flipped", "a bit of the salt is flipped", "Refused", bytes([flipped[0] ^ 1]) + flipped[1:])
    add("flipped-tag", "a bit of the authentication tag is flipped", "Refused", flipped[:-1] + bytes([flipped[-1] ^ 1]))
    add("cut", "a byte is missing", "Refused", flipped[:-1])
    add("padding", "the padding is not zero", "Refused", record(short[:-1] + b"\x01"))
    add("length", "a reply of 3,825 bytes", "Refused", record(u32(3_825)[2:] + b"y" * 478))
    add("no-such-part", "part 1 of a reply of 478 bytes", "Refused", record(u32(478)[2:] + bytes(478), 1), part=1)


def main() -> None:
    folder = Cases("mailbag")
    mailbags(folder)
    folder.write()
    folder = Cases("codename")
    codenames(folder)
    folder.write()


if __name__ == "__main__":
    main()
