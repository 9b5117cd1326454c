"""The vault: one passphrase opens it, a wrong one never does, and what was replaced is overwritten."""

from __future__ import annotations

import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.store import files
from holub.store import vault as vaults
from holub.store.vault import FILE, LARGEST_SECRET, Cost, Vault

LIGHT = Cost(memory=64, iterations=1)
WORDS = "correct horse battery staple"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    Vault.create(folder, WORDS, LIGHT).close()
    return folder


def test_secrets_come_back_after_a_restart(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("root/1", b"a signing key")
        vault.put("postbox", b"")
        vault.put("root/1", b"another signing key")
        purpose = vault.key("slots")
    with Vault.open(folder, WORDS) as vault:
        assert vault.names() == ["postbox", "root/1"]
        assert vault.get("root/1") == b"another signing key"
        assert vault.get("postbox") == b""
        assert vault.key("slots") == purpose != vault.key("letters")


def test_the_default_cost_is_64_mib_and_three_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the class says; the other tests of this run have a lighter default.
    monkeypatch.setattr(Cost.__init__, "__defaults__", tuple(field.default for field in fields(Cost)))
    Vault.create(tmp_path / "office", WORDS).close()
    raw = (tmp_path / "office" / FILE).read_bytes()
    assert raw[14:26] == (64 * 1024).to_bytes(4, "big") + (3).to_bytes(4, "big") + (1).to_bytes(4, "big")
    Vault.open(tmp_path / "office", WORDS).close()


def test_a_wrong_passphrase_is_the_callers_error(folder: Path) -> None:
    with pytest.raises(Misused, match="passphrase does not open"):
        Vault.open(folder, WORDS + " ")
    Vault.open(folder, WORDS).close()  # the failed attempt gave the folder back


def test_the_same_words_typed_in_another_unicode_form_open_it(tmp_path: Path) -> None:
    Vault.create(tmp_path / "office", "\u0439", LIGHT).close()
    Vault.open(tmp_path / "office", "\u0438\u0306").close()


def test_a_new_passphrase_replaces_the_old_one(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("root", b"secret")
        with pytest.raises(Misused, match="does not open"):
            vault.change_passphrase("wrong", "new words", LIGHT)
        vault.change_passphrase(WORDS, "new words", LIGHT)
        assert vault.get("root") == b"secret"
    with pytest.raises(Misused):
        Vault.open(folder, WORDS)
    with Vault.open(folder, "new words") as vault:
        assert vault.get("root") == b"secret"


def test_a_removed_secret_is_gone(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("root", b"secret")
        vault.remove("root")
        vault.remove("root")
        with pytest.raises(Misused, match="has no root"):
            vault.get("root")


def test_a_locked_vault_gives_nothing_and_opens_again(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("root", b"secret")
        vault.lock()
        assert vault.locked
        for act in (lambda: vault.get("root"), lambda: vault.key("slots"), vault.names, lambda: vault.put("a", b"")):
            with pytest.raises(Misused, match="locked"):
                act()
        with pytest.raises(Misused, match="does not open"):
            vault.unlock("wrong")
        vault.unlock(WORDS)
        assert vault.get("root") == b"secret"
    with pytest.raises(Misused, match="closed"):
        vault.unlock(WORDS)


def test_threads_that_write_at_once_lose_nothing(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:

        def write(name: str) -> None:
            for number in range(8):
                vault.put(f"{name}/{number}", name.encode())
            vault.remove(f"{name}/0")

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Vault.open(folder, WORDS) as vault:
        assert vault.names() == [f"{name}/{number}" for name in "abcd" for number in range(1, 8)]
        assert vault.get("c/7") == b"c"


def test_locking_in_the_middle_of_a_write_loses_nothing_and_stays_locked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("root", b"secret")

        class Interrupted:
            def __init__(self, key: bytes) -> None:
                self._cipher = ChaCha20Poly1305(key)

            def encrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
                vault.lock()
                return self._cipher.encrypt(nonce, data, bound)

        monkeypatch.setattr(vaults, "ChaCha20Poly1305", Interrupted)
        vault.put("later", b"another")
        monkeypatch.undo()
        assert vault.locked
        with pytest.raises(Misused, match="locked"):
            vault.names()
        vault.unlock(WORDS)
        assert (vault.get("root"), vault.get("later")) == (b"secret", b"another")


def test_a_new_passphrase_in_the_middle_of_locking_unlocks_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("root", b"secret")
        write = files.replace

        def interrupted(path: Path, data: bytes) -> None:
            vault.lock()
            write(path, data)

        monkeypatch.setattr(files, "replace", interrupted)
        vault.change_passphrase(WORDS, "new words", LIGHT)
        monkeypatch.undo()
        assert vault.locked
        vault.unlock("new words")
        assert vault.get("root") == b"secret"


@pytest.mark.parametrize("first", ["put", "passphrase"])
@pytest.mark.parametrize("second", ["put", "remove", "unlock", "close"])
def test_who_comes_while_something_is_written_waits_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    """first, second: what is being written, and what somebody else does meanwhile."""
    vault = Vault.open(folder, WORDS)
    vault.put("root", b"secret")
    vault.put("old", b"goes")
    acts: dict[str, Callable[[], None]] = {
        "put": lambda: vault.put(f"by {threading.current_thread().name}".replace(" ", "-"), b"kept"),
        "remove": lambda: vault.remove("old"),
        "passphrase": lambda: vault.change_passphrase(WORDS, WORDS, LIGHT),
        "unlock": lambda: vault.unlock(WORDS),
        "close": vault.close,
    }
    done = threading.Event()
    write = files.replace

    def other() -> None:
        acts[second]()
        done.set()

    thread = threading.Thread(target=other, name="other")

    def slow(path: Path, data: bytes) -> None:
        if thread.ident is None:
            thread.start()
            assert not done.wait(0.3)  # it waits, however long it is given
        write(path, data)

    monkeypatch.setattr(files, "replace", slow)
    monkeypatch.setattr(threading.current_thread(), "name", "one")
    acts[first]()
    thread.join()
    vault.close()
    with Vault.open(folder, WORDS) as again:
        wanted = {"root"} | ({"old"} if second != "remove" else set())
        wanted |= {f"by-{who}" for who, act in (("one", first), ("other", second)) if act == "put"}
        assert again.names() == sorted(wanted)


def test_two_at_once_on_one_folder_are_told_so(folder: Path) -> None:
    with Vault.open(folder, WORDS), pytest.raises(Unavailable, match="in use by another holub"):
        Vault.open(folder, WORDS)
    Vault.open(folder, WORDS).close()


def test_set_up_twice_and_open_without_set_up_are_told_so(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Misused, match="has a vault already"):
        Vault.create(folder, WORDS, LIGHT)
    with pytest.raises(Misused, match="has no vault"):
        Vault.open(tmp_path / "nowhere", WORDS)
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="not a folder"):
        Vault.create(tmp_path / "file", WORDS, LIGHT)


@pytest.mark.parametrize("name", ["", "Root", "a b", "../up", "x" * 65, "ключ", "a\n"])
def test_names_of_other_letters_are_refused(folder: Path, name: str) -> None:
    with Vault.open(folder, WORDS) as vault, pytest.raises(Misused, match="cannot name"):
        vault.put(name, b"")


def test_sizes_are_bounded_and_the_empty_passphrase_is_none(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:
        with pytest.raises(Misused, match="larger than"):
            vault.put("root", bytes(LARGEST_SECRET + 1))
        with pytest.raises(Misused, match="empty"):
            vault.change_passphrase(WORDS, "", LIGHT)


def test_only_the_owner_may_read(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_secrets_do_not_lie_in_the_clear_and_cannot_be_swapped(folder: Path) -> None:
    with Vault.open(folder, WORDS) as vault:
        vault.put("a", b"planted secret 1")
        vault.put("b", b"planted secret 2")
    path = folder / FILE
    raw = path.read_bytes()
    assert b"planted" not in raw
    entry = len(raw) - (2 + 16 + 32)
    swapped = raw[: entry - 50] + b"\1a" + raw[entry + 2 :] + b"\1b" + raw[entry - 48 : entry]
    assert len(swapped) == len(raw)
    path.write_bytes(swapped)
    with Vault.open(folder, WORDS) as vault, pytest.raises(Refused, match="secret a in the vault is damaged"):
        vault.get("a")


def test_a_newer_vault_is_refused(folder: Path) -> None:
    path = folder / FILE
    raw = path.read_bytes()
    path.write_bytes(raw[:12] + b"\0\2" + raw[14:])
    with pytest.raises(Refused, match="version 2, this holub reads version 1"):
        Vault.open(folder, WORDS)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_crashes_or_opens_it_wrongly(folder: Path, data: st.DataObject) -> None:
    path = folder / FILE
    keep = path.read_bytes()
    with Vault.open(folder, WORDS) as vault:
        vault.put("root", b"secret")
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    if int.from_bytes(raw[14:18], "big") > 1 << 16 or raw[18:26] != keep[18:26]:
        raw[14:26] = keep[14:26]  # not a test of how long a costly derivation takes
        raw[-1] ^= 1
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
    with pytest.raises(HolubError), Vault.open(folder, WORDS) as vault:
        vault.get("root")
    path.write_bytes(keep)


KILLED = """
    import sys
    from pathlib import Path
    from holub.store.vault import Vault
    with Vault.open(Path(sys.argv[1]), sys.argv[2]) as vault:
        count = int(vault.get("count")) if "count" in vault.names() else 0
        while True:
            count += 1
            vault.put("count", str(count).encode())
            print(count, flush=True)
"""


def test_a_kill_in_the_middle_of_a_write_loses_nothing(folder: Path) -> None:
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), WORDS], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(20):
            child.stdout.readline()
        child.kill()
        acknowledged = [int(line) for line in child.stdout.read().splitlines()]
        child.stdout.close()
        child.wait()
        with Vault.open(folder, WORDS) as vault:
            count = int(vault.get("count"))
        assert not acknowledged or count >= acknowledged[-1] - 1
        assert acknowledged == sorted(acknowledged)


FULL = """
    import resource, sys
    from pathlib import Path
    from holub.errors import Unavailable
    from holub.store.vault import Vault
    with Vault.open(Path(sys.argv[1]), sys.argv[2]) as vault:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            vault.put("large", bytes(5000))
        except Unavailable as error:
            print(error)
        print(vault.names())
"""


def test_a_full_disk_is_said_and_the_old_vault_stays(folder: Path) -> None:
    before = (folder / FILE).read_bytes()
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(folder), WORDS], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == [
        "the disk is full, vault could not be written; free some space and try again",
        "[]",
    ]
    assert (folder / FILE).read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "vault"]
