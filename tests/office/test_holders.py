"""Holders of root keys: each signs apart, only what follows on what they trust, and nothing that was not proposed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from holub.errors import Forged, Misused, OtherPublisher, Refused
from holub.formats.root import trust
from holub.office.office import Office, Publisher
from holub.office.rotation import (
    HOLDER,
    PROPOSAL,
    Change,
    export_holder,
    rotate,
    sign_apart,
    take_signed,
)
from holub.outbound.press.signing import new_root
from holub.store.keyfile import read_key, write_key
from tests.office.conftest import NOW, PASSPHRASE
from tests.office.documents import CHAIN, EDITION, STRANGER, A, B, chain_of


def test_holders_sign_apart(tmp_path: Path) -> None:
    # Given an office with three root keys, two needed, each moved into a holder's own file,
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Центр", 3, 2), NOW) as office:
        holders = [tmp_path / f"holder{number}" for number in (1, 2, 3)]
        for number, file in enumerate(holders, 1):
            seeds = [office.vault.get(name) for name in office.vault.names() if name.startswith("root/")]
            public = export_holder(office, number, file, f"passphrase {number}")
            assert public == read_key(file).public == office.root.root_keys[number - 1]
            assert not any(seed in file.read_bytes() for seed in seeds)
        assert not office.pens("root")
        with pytest.raises(Misused, match="not in this office"):
            export_holder(office, 1, tmp_path / "again", "x")
        # when a new edition key is wanted, the office only proposes,
        before = office.root
        told = rotate(office, Change(edition=True), NOW)
        assert (told.taken, told.missing) == (False, (2, 2))
        assert office.root == before
        assert office.pen().public in before.edition_keys
        proposal = office.folder / PROPOSAL
        with pytest.raises(Misused, match="missing"):
            take_signed(office, [])
        # each holder signs a copy, and one of two is not enough;
        copies = []
        for number in (1, 3):
            copy = tmp_path / f"copy{number}"
            copy.write_bytes(proposal.read_bytes())
            signed = sign_apart(copy, holders[number - 1], f"passphrase {number}")
            assert signed.body() == told.document.body()
            copies.append(copy)
        with pytest.raises(Misused, match="1 signatures"):
            take_signed(office, copies[:1])
        assert office.root == before
        # with two the chain has it, and the office signs with the new key.
        taken = take_signed(office, copies[1:])
        assert taken.taken
        assert taken.removed == ("edition/1",)
        assert trust(chain_of(office)) == office.root == taken.document
        assert not proposal.exists()
        assert office.pen().public == office.root.edition_keys[0]


def test_a_document_that_the_office_did_not_propose_is_not_taken(tmp_path: Path) -> None:
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Центр", 2, 2), NOW) as office:
        export_holder(office, 1, tmp_path / "one", "passphrase 1")
        export_holder(office, 2, tmp_path / "two", "passphrase 2")
        with pytest.raises(Misused, match="proposed no rotation"):
            take_signed(office, [])
        told = rotate(office, Change(edition=True), NOW)
        other = replace(told.document, edition_keys=(STRANGER.public,))
        forged = tmp_path / "forged"
        forged.write_bytes(other.body())
        for file, word in (("one", "passphrase 1"), ("two", "passphrase 2")):
            sign_apart(forged, tmp_path / file, word)
        before = office.root_file.read_bytes()
        with pytest.raises(Refused, match="not the rotation"):
            take_signed(office, [forged])
        # A signature that is not by the key beside it spoils nothing but itself.
        stained = tmp_path / "stained"
        key = office.root.root_keys[0]
        stained.write_bytes(replace(told.document, signatures={key: STRANGER.sign(b"else")}).encode())
        with pytest.raises(Forged):
            take_signed(office, [stained])
        with pytest.raises(Forged):
            sign_apart(stained, tmp_path / "one", "passphrase 1")
        assert office.root_file.read_bytes() == before


def test_a_key_file_opens_with_its_passphrase_for_its_use_and_undamaged(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "holder"
    export_holder(office, 1, file, "a passphrase of its own")
    with pytest.raises(Misused, match="passphrase"):
        read_key(file).open(HOLDER, PASSPHRASE)
    with pytest.raises(Misused, match="not for a section key"):
        read_key(file).open("section key", "a passphrase of its own")
    with pytest.raises(Misused, match="is there already"):
        write_key(file, HOLDER, A.public, bytes(32), "another")
    data = bytearray(file.read_bytes())
    data[25] ^= 1  # the public half
    file.write_bytes(bytes(data))
    with pytest.raises(Misused):
        read_key(file).open(HOLDER, "a passphrase of its own")
    file.write_bytes(bytes(data[:-1]))
    with pytest.raises(Refused, match="damaged"):
        read_key(file)


def test_a_holder_signs_only_what_follows_on_what_they_trust(tmp_path: Path) -> None:
    holder = tmp_path / "holder"
    write_key(holder, HOLDER, B.public, bytes([2]) * 32, "words")
    proposal = tmp_path / "next.txt"
    for held, asked, error in (
        (CHAIN[1], CHAIN[3], Refused),  # a step is missing
        (CHAIN[3], CHAIN[3], Refused),  # it is there already
        (new_root("Інший", NOW, [B], [EDITION]), CHAIN[1], OtherPublisher),
        (CHAIN[0], CHAIN[1], Misused),  # B had no say then
    ):
        proposal.write_bytes(asked.encode())
        with pytest.raises(error):
            sign_apart(proposal, holder, "words", held)
        assert proposal.read_bytes() == asked.encode()
    proposal.write_bytes(CHAIN[3].body())
    assert set(sign_apart(proposal, holder, "words", CHAIN[2]).signatures) == {B.public}
