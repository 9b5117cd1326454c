"""Letters come in: decoys, replays and hostile ones are dropped and counted, the others are kept for certain."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hpke
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holub.errors import Unavailable
from holub.formats import letter as wire
from holub.formats import narrow
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.formats.letterkey import LABEL, hpke_public
from holub.inbound.mailroom.intake import Intake, Opened
from holub.inbound.mailroom.letters import State
from holub.inbound.mailroom.opening import Item, Outcome, open_chunk, open_many
from tests.inbound.mailroom.conftest import NOW, Office


def test_a_letter_is_kept_with_what_the_writer_said(office: Office) -> None:
    body = Body(Topic.HELP, "uk", "kherson", "Перший рядок\n\nі другий", "Херсон")
    sealed = wire.seal(Letter(Kind.LETTER, os.urandom(32), body), office.key, NOW)
    assert office.room.open_batch([sealed], NOW) == Opened(opened=1)
    office.restart()
    (line,) = office.room.rows(State.WAITING)
    assert (line.topic, line.language, line.town, line.first_words) == ("help", "uk", "Херсон", "Перший рядок і другий")
    assert (line.day, line.pictures, line.wants_reply) == ("2026-12-21", 0, True)
    whole = office.room.view(line.number)
    assert (whole.text, whole.section, whole.reply) == (body.text, "kherson", "")


def test_a_letter_without_reply_and_a_decoy(office: Office) -> None:
    quiet = Letter(Kind.NO_REPLY, wire.NO_SECRET, Body(Topic.FEEDBACK, "en", "main", "Thank you"))
    sealed = [wire.seal(one, office.key, NOW) for one in (quiet, wire.decoy(), wire.decoy())]
    assert office.room.open_batch(sealed, NOW) == Opened(opened=1, decoys=2)
    assert [line.wants_reply for line in office.room.rows()] == [False]


def test_replays_are_dropped_within_a_batch_and_after_a_restart(office: Office) -> None:
    sealed, decoy = office.write(), wire.seal(wire.decoy(), office.key, NOW)
    assert office.room.open_batch([sealed, sealed, decoy], NOW) == Opened(opened=1, decoys=1, replays=1)
    office.restart()
    assert office.room.open_batch([sealed, decoy], NOW) == Opened(replays=2)


def hostile(office: Office) -> list[bytes]:
    """Letters that are wrong in one way each."""
    good = office.write()
    broken = [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in (0, 5, 600, 1100, 1124, 1125, 4000, 4095)]
    other = [b"", b"\1", bytes(4096), os.urandom(4096), good[:-1], good + b"\0", good.ljust(65_536, b"\0")]
    return broken + other


def test_a_hostile_letter_is_counted_and_stops_nobody(office: Office) -> None:
    bad = hostile(office)
    letters = [*bad, *(office.write(f"letter {n}") for n in range(20))]
    random.shuffle(letters)
    assert office.room.open_batch(letters, NOW) == Opened(opened=20, refused=len(bad))
    assert office.room.open_batch(bad, NOW) == Opened(refused=len(bad))


SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plain=st.binary(max_size=2955), header=st.booleans())
def test_whatever_was_sealed_never_crashes_the_opener(office: Office, plain: bytes, header: bool) -> None:
    if header:
        plain = bytes(32) + plain
    head = wire.Header(wire.VERSION, office.key.number).encode()
    sealed = head + SUITE.encrypt(
        plain.ljust(4096 - wire.OVERHEAD, b"\0"), hpke_public(office.key.public), LABEL + head
    )
    told = office.room.open_batch([sealed], NOW)
    assert told.opened + told.decoys + told.refused + told.replays == 1


def test_the_pool_says_the_same_as_one_process(office: Office) -> None:
    letters = [office.write(f"letter {n}") for n in range(300)]
    letters += [wire.seal(wire.decoy(), office.key, NOW) for _ in range(20)]
    letters += [*hostile(office), *letters[:30]]
    random.shuffle(letters)
    told = office.room.open_batch(letters, NOW, workers=2)
    assert told == Opened(opened=300, decoys=20, replays=30, refused=15)
    assert {line.first_words for line in office.room.rows(limit=1000)} == {f"letter {n}" for n in range(300)}


def kill_worker_at_poison(chunk: list[bytes]) -> list[Outcome]:
    """A worker that dies where the letter says so, as a fault in native code would."""
    if any(sealed == b"poison" for sealed in chunk):
        os.kill(os.getpid(), signal.SIGKILL)
    return open_chunk(chunk)


def test_a_letter_that_kills_its_worker_is_refused_alone(office: Office) -> None:
    sealed = [office.write(f"letter {n}") for n in range(300)]
    sealed[150] = b"poison"
    items = [Item(one, office.key.number, b"") for one in sealed]
    seeds = office.room.keys.seeds(NOW)
    found = [pair for chunk in open_many(items, seeds, workers=2, few=10, work=kill_worker_at_poison) for pair in chunk]
    assert sorted(item.sealed for item, _ in found) == sorted(sealed)
    assert [item.sealed for item, outcome in found if outcome is None] == [b"poison"]


def always_die(_: list[bytes]) -> list[Outcome]:
    """A machine on which no worker lives."""
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_workers_that_cannot_live_are_not_the_letters_fault(office: Office) -> None:
    items = [Item(office.write(str(n)), office.key.number, b"") for n in range(5)]
    with pytest.raises(Unavailable, match="no process"):
        list(open_many(items, office.room.keys.seeds(NOW), workers=1, few=1, work=always_die))


LEFT_ALONE = """
    import os, sys, time
    from pathlib import Path
    from holub.inbound.mailroom.opening import Item, open_many
    from tests.inbound.mailroom import test_intake
    if __name__ == "__main__":
        items = [Item(b"", 0, b"") for _ in range(20)]
        list(open_many(items, {}, workers=2, few=1, work=test_intake.say_where_and_wait))
"""


def say_where_and_wait(_: list[bytes]) -> list[Outcome]:
    """A worker that says its process number, and is slow."""
    print(os.getpid(), flush=True)
    time.sleep(60)
    return []


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see whether a process runs")
def test_workers_do_not_outlive_a_killed_office(tmp_path: Path) -> None:
    script = tmp_path / "office.py"
    script.write_text(textwrap.dedent(LEFT_ALONE))
    root = Path(__file__).parents[3]
    office = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert office.stdout is not None
    worker = int(office.stdout.readline())
    assert runs(worker)
    office.kill()
    office.wait()
    for _ in range(200):
        if not runs(worker):
            break
        time.sleep(0.1)
    office.stdout.close()
    assert not runs(worker)


def test_large_letters_come_through(office: Office) -> None:
    picture = b"\xff\xd8\xff" + os.urandom(200_000)
    body = Body(Topic.HAPPENED, "uk", "main", "", pictures=(picture, picture))
    long = Body(Topic.QUESTION, "uk", "main", "ї" * 20_000)
    sealed = [
        wire.seal(Letter(Kind.WITH_PICTURES, os.urandom(32), body), office.key, NOW),
        wire.seal(Letter(Kind.LETTER, os.urandom(32), long), office.key, NOW),
    ]
    assert [len(one) for one in sealed] == [1_048_576, 65_536]
    assert office.room.open_batch(sealed, NOW) == Opened(opened=2)
    assert sorted(line.pictures for line in office.room.rows()) == [0, 2]


def test_the_order_of_arrival_is_not_kept(office: Office) -> None:
    texts = [f"letter {n:03}" for n in range(100)]
    office.room.open_batch([office.write(text) for text in texts], NOW)
    stored = [line.first_words for line in office.room.rows()]
    assert stored != texts
    assert sorted(stored) == texts


def test_narrow_letters_come_in_among_the_others(office: Office) -> None:
    body = Body(Topic.HELP, "uk", "kherson", "Чи є лікар?")
    short = narrow.seal(Letter(Kind.LETTER, os.urandom(32), body), office.key, NOW)
    quiet, wide = narrow.seal(wire.decoy(), office.key, NOW), office.write("wide")
    broken = short[:-1] + bytes([short[-1] ^ 1])
    told = office.room.open_batch([short, wide, quiet, short, broken, b"\1" + short[1:]], NOW)
    assert told == Opened(opened=2, decoys=1, replays=1, refused=2)
    assert {line.first_words for line in office.room.rows()} == {"wide", "Чи є лікар?"}
    assert office.room.open_batch([short, quiet], NOW) == Opened(replays=2)


def test_a_narrow_letter_is_too_late_when_its_weeks_seed_is_overwritten(office: Office) -> None:
    short = narrow.seal(wire.decoy(), office.key, NOW)
    over = office.key.opens_until
    office.move_to(over)
    office.room.letter_key(over)
    assert office.room.open_batch([short], over) == Opened(too_late=1)


def test_narrow_letters_are_opened_in_workers_too(office: Office) -> None:
    letters = [narrow.seal(wire.decoy(), office.key, NOW) for _ in range(6)]
    told = Intake(office.database, office.slots, office.room.keys).open_batch(letters, NOW, workers=1, few=0)
    assert told == Opened(decoys=6)


KILLED = """
    import sys
    from pathlib import Path
    from tests.inbound.mailroom.conftest import NOW, Office
    office = Office(Path(sys.argv[1]))
    letters = Path(sys.argv[2]).read_bytes()
    letters = [letters[at : at + 4096] for at in range(0, len(letters), 4096)]
    print("ready", flush=True)
    for at in range(0, len(letters), 5):
        office.room.open_batch(letters[at : at + 5], NOW)
        print(at, flush=True)
"""


def test_letters_survive_kills_and_are_kept_once(office: Office, tmp_path: Path) -> None:
    letters = [office.write(f"letter {n:03}") for n in range(200)]
    (tmp_path / "letters").write_bytes(b"".join(letters))
    office.close()
    for stop in (1, 4, 9, 2):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(office.folder), str(tmp_path / "letters")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert child.stdout is not None
        for _ in range(stop):
            child.stdout.readline()
        child.kill()
        child.stdout.close()
        child.wait()
    office.open()
    told = office.room.open_batch(letters, NOW)
    assert told.opened + told.replays == 200
    lines = office.room.rows(limit=1000)
    assert sorted(line.first_words for line in lines) == [f"letter {n:03}" for n in range(200)]
    assert len(office.slots.used(1)) == 401, "two keys a letter and the week's own; nothing left over"


FULL = """
    import resource, sys
    from pathlib import Path
    from holub.errors import Unavailable
    from tests.inbound.mailroom.conftest import NOW, Office
    office = Office(Path(sys.argv[1]))
    letters = [office.write(f"letter {n}") for n in range(400)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
    try:
        office.room.open_batch(letters, NOW)
    except Unavailable as error:
        print(error)
    print(sum(office.room.counts().values()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
    office.restart()
    print(office.room.open_batch(letters, NOW).opened)
    print(len(office.slots.used(1)))
"""


def test_a_full_disk_keeps_nothing_half(tmp_path: Path) -> None:
    code = textwrap.dedent(FULL).replace("(500_000, 500_000)", "(500_000, -1)")
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "office")],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said, kept, again, used = run.stdout.splitlines()
    assert "disk" in said
    assert (kept, again, used) == ("0", "400", "801")
