"""The centre's stamps: none printed twice, lists that say nothing about leaflets, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from holub.errors import Misused
from holub.faces import cli
from holub.formats.stamp import read_code, read_stamps, stamp_hash
from holub.office import stamps
from holub.office.office import Office, Publisher
from holub.office.stamps import POOL, print_stamps, stamp_list
from tests.office.conftest import NOW, PASSPHRASE


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(stamps, "POOL", 16)
    return 16


def test_no_stamp_is_printed_twice_and_every_one_is_listed(office: Office, small: int) -> None:
    printed = [stamp for count in (5, 11, 3, 16) for stamp in print_stamps(office, count)]
    assert len(set(printed)) == 35
    assert {stamp_hash(stamp) for stamp in printed} <= set(stamp_list(office).hashes)


def test_printing_changes_no_list_until_a_pool_is_used_up(office: Office, small: int) -> None:
    print_stamps(office, 1)
    before = stamp_list(office)
    print_stamps(office, 7)
    assert stamp_list(office) == before
    print_stamps(office, 8)
    after = stamp_list(office)
    assert after.serial == before.serial + 1
    assert len(after.hashes) == 32
    assert after.hashes == tuple(sorted(after.hashes))


def test_stamps_of_old_pools_end(office: Office, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "POOLS", 2)
    first = print_stamps(office, 1)[0]
    for _ in range(3):
        print_stamps(office, 16)
    listed = stamp_list(office)
    assert len(listed.hashes) == 32
    assert stamp_hash(first) not in listed.hashes


def test_the_list_is_signed_by_the_centre(office: Office, small: int) -> None:
    print_stamps(office, 1)
    listed = stamp_list(office)
    assert read_stamps(listed.encode()).check(office.root) == listed


@pytest.mark.parametrize("count", [0, -1, POOL + 1])
def test_as_many_as_can_not_be_are_refused(office: Office, count: int) -> None:
    with pytest.raises(Misused, match="can be printed at once"):
        print_stamps(office, count)


def test_the_command_prints_codes_and_puts_the_list_beside_the_parcels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Office.create(tmp_path / "office", PASSPHRASE, Publisher("Центр"), NOW) as made:
        root = made.root
    secret, parcels = tmp_path / "secret", tmp_path / "out"
    secret.write_text(PASSPHRASE + "\n")
    parcels.mkdir()
    command = ["stamps", "print", "--office", str(tmp_path / "office"), "--passphrase-file", str(secret)]
    command += ["--parcels", str(parcels), "--out", str(tmp_path / "codes.txt"), "--count", "12"]
    assert cli.run([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stamps"] == 12
    codes = (tmp_path / "codes.txt").read_text().split()
    listed = read_stamps((parcels / "stamps").read_bytes()).check(root)
    assert len(set(codes)) == 12
    assert all(stamp_hash(read_code(code)) in listed.hashes for code in codes)
    assert cli.run(command) == 2, "codes are not written over"
    assert cli.run([word.replace("codes.txt", "codes.doc") for word in command]) == 2
    assert cli.run([word.replace("codes.txt", "codes.pdf") for word in command]) == 0
    names = {str(parcels): str(tmp_path / "nowhere"), str(tmp_path / "codes.txt"): str(tmp_path / "more.txt")}
    assert cli.run([names.get(word, word) for word in command]) == 4
    assert (tmp_path / "codes.txt").stat().st_mode & 0o077 == 0
