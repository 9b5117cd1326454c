"""A mailbag beside its edition (spec/parcel.md, kind 6): the number that it is given under is signed by nobody."""

from __future__ import annotations

from dataclasses import replace

from editioncase import case
from editionworld import SERVICES, edition, full
from vectorcase import named, stream

from holub.formats import bagleaf, mailbag
from holub.formats.held import HeldPack
from holub.formats.mailbagparcel import MailbagParcel


def with_bag(number: int) -> tuple[HeldPack, HeldPack, MailbagParcel]:
    """The first two packs of an edition that signs a mailbag of its main section, and that mailbag."""
    reply = mailbag.Reply(named("reply secret", 32), "Так, можна.")
    bag = mailbag.build([reply], number, stream(f"mailbag of edition {number}"), step=4)
    leaf = bagleaf.encode_leaf([mailbag.entry_of("main", bag)])
    _, (en, uk, _town) = edition(number, services=SERVICES.replaced({2: leaf}))
    return en, uk, MailbagParcel(number, "main", bag.directory, b"".join(bag.shards))


def mailbag_cases() -> None:
    """Whoever carries a mailbag can write another number on it; then no reply in it would be found."""
    (en, uk, bag), (_, uk2, bag2) = with_bag(1), with_bag(2)
    one, two = [full(uk)], [full(uk2)]
    both = [full(en), full(uk2)]

    def given(bag: MailbagParcel, number: int) -> bytes:
        return replace(bag, edition=number).parcel().encode()

    case("mailbag", "a pack and its edition's mailbag", "ok", [*one, given(bag, 1)])
    case(
        "mailbag-renumbered-later",
        "edition 1's mailbag under number 2, which is not held",
        "gap",
        [*one, given(bag, 2)],
    )
    case(
        "mailbag-renumbered-earlier",
        "edition 2's mailbag under number 1, which is not held",
        "older",
        [*two, given(bag2, 1)],
    )
    case(
        "mailbag-renumbered-onto-another",
        "edition 1's mailbag under number 2; packs of both editions are held",
        "forged",
        [*both, given(bag, 2)],
    )
    case(
        "mailbag-renumbered-back",
        "edition 2's mailbag under number 1; packs of both editions are held",
        "forged",
        [*both, given(bag2, 1)],
    )
