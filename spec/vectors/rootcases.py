"""Root documents and their chain: spec/vectors/root/."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from editioncase import write
from editionworld import OTHER, ROOT, ROOT_A, ROOT_B, ROOT_C, SECOND

from holub.outbound.press.signing import sign_root


def root_cases() -> None:
    def root(name: str, what: str, expect: str, *documents: str) -> None:
        write("root", name, {"what": what, "expect": expect, "root": list(documents)})

    good, second = ROOT.encode().decode(), SECOND.encode().decode()
    root("valid", "a root document with one key and a delegation", "ok", good)
    root("rotated", "the old key and two of three new ones sign serial 2", "ok", good, second)
    root("crlf", "lines end in CR LF", "refused", good.replace("\n", "\r\n"))
    root("no-last-newline", "the last line has no end", "refused", good[:-1])
    root(
        "upper-case",
        "a key is in upper case",
        "refused",
        good.replace(ROOT_A.public.hex(), ROOT_A.public.hex().upper()),
    )
    root("leading-zero", "the serial has a leading zero", "refused", good.replace("serial 1", "serial 01"))
    root("unknown-line", "a line that nobody knows", "refused", good.replace("threshold", "comment x\nthreshold"))
    root(
        "lines-in-other-order",
        "the name comes after the serial",
        "refused",
        good.replace("name Зразковий центр\nserial 1\n", "serial 1\nname Зразковий центр\n"),
    )
    root("threshold-too-high", "two of one key are needed", "refused", good.replace("threshold 1", "threshold 2"))
    root("main-delegated", "the main section is delegated", "refused", good.replace("section town", "section main"))
    root("unsigned", "no signature", "refused", ROOT.body().decode())
    root("name-changed", "the name is not the one that was signed", "forged", good.replace("центр", "Центр"))
    root(
        "signed-by-another",
        "the signature is by a key that it does not name",
        "refused",
        sign_root(replace(ROOT, signatures={}), [OTHER]).encode().decode(),
    )
    one = replace(SECOND, signatures={ROOT_A.public: SECOND.signatures[ROOT_A.public]})
    root("rotated-below-new-threshold", "only one of two needed new keys signs", "refused", good, one.encode().decode())
    stranger = replace(SECOND, signatures={}, root_keys=tuple(sorted(p.public for p in (ROOT_B, ROOT_C))))
    root(
        "rotated-without-old",
        "no old key signs serial 2",
        "refused",
        good,
        sign_root(stranger, [ROOT_B, ROOT_C]).encode().decode(),
    )
    skipped = sign_root(replace(SECOND, serial=3, signatures={}), [ROOT_A, ROOT_B])
    root("serial-skipped", "serial 3 follows serial 1", "refused", good, skipped.encode().decode())
    other = sign_root(replace(SECOND, first=sha256(b"another").digest(), signatures={}), [ROOT_A, ROOT_B])
    root(
        "another-identity",
        "serial 2 names another publisher's identity",
        "other-publisher",
        good,
        other.encode().decode(),
    )
