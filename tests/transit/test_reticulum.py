"""Reticulum: real nodes on this machine, each in a process of its own, joined by cables that listen along."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from holub.errors import Misused, Unavailable
from holub.transit.carriers.mesh import reticulum
from holub.transit.carriers.mesh.radio import open_radio
from holub.transit.carriers.mesh.reticulumnode import settings
from tests.fakes.lossycable import LossyCable

needs = pytest.mark.package("RNS")
HEAD = 19  # bytes: what Reticulum puts before a message


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nodes have their folders while they run."""
    (tmp_path / "memory").mkdir()
    monkeypatch.setattr(reticulum, "_MEMORY", tmp_path / "memory")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "memory"


def folder(home: Path, name: str, config: str) -> str:
    (home / name).mkdir()
    (home / name / "config").write_text(config)
    return f"reticulum:{home / name}"


@pytest.fixture
def cable() -> Iterator[LossyCable]:
    with LossyCable() as between:
        yield between


@needs
def test_two_nodes_hear_each_other_and_leave_nothing_behind(tmp_path: Path, memory: Path, cable: LossyCable) -> None:
    places = [folder(tmp_path, f"node{at}", cable.config(at)) for at in range(2)]
    with open_radio(places[0]) as one, open_radio(places[1]) as other:
        messages = [bytes([at]) * 200 for at in range(5)]
        for message in messages:
            one.put(message)
        assert [other.get(20) for _ in messages] == messages
        other.put(b"ask")
        other.put(b"ask")  # the same ask again is a message like any other
        assert (one.get(20), one.get(20)) == (b"ask", b"ask")
        assert len(list(memory.iterdir())) == 2
        assert not one.ended
    cable.wait_until_passed(1, 2)
    assert [len(data) for data in cable.passed[0]] == [HEAD + 200] * 5
    # Broadcast to an address that is the same everywhere: nothing in it tells one sender from another (spec/mesh.md).
    head = bytes.fromhex("0800 43a38799ee17a924ae2d746e6a097bc9 00")
    assert {data[:HEAD] for data in cable.passed[0] + cable.passed[1]} == {head}
    assert list(memory.iterdir()) == []
    assert not (tmp_path / "home").exists()
    assert [file.name for at in range(2) for file in (tmp_path / f"node{at}").iterdir()] == ["config"] * 2


KILLED = """
    import os, sys
    from pathlib import Path
    from holub.transit.carriers.mesh import radio, reticulum
    reticulum._MEMORY = Path(sys.argv[1])
    with radio.open_radio(sys.argv[2]):
        print(len(os.listdir(sys.argv[1])), flush=True)
        os._exit(9)
"""


@needs
def test_nothing_stays_where_whoever_started_a_node_is_killed(tmp_path: Path, memory: Path, cable: LossyCable) -> None:
    place = folder(tmp_path, "node", cable.config(0))
    killed = [sys.executable, "-c", textwrap.dedent(KILLED), str(memory), place]
    done = subprocess.run(killed, check=False, timeout=60, stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (9, b"1\n")
    for _ in range(2_000):
        if not list(memory.iterdir()):
            return
        time.sleep(0.01)
    raise AssertionError("the node's folder is still there")


ANNOUNCE = """
    import os, sys, RNS
    RNS.Reticulum(sys.argv[1], loglevel=0)
    RNS.Destination(RNS.Identity(), RNS.Destination.IN, RNS.Destination.SINGLE, "somebody").announce()
    RNS.Packet(RNS.Destination(None, RNS.Destination.OUT, RNS.Destination.PLAIN, "holub", "mesh"), bytes(201)).send()
    RNS.Transport.request_path(bytes(16))
    os._exit(0)
"""


@needs
def test_a_node_keeps_and_answers_nothing_that_others_announce_or_ask(
    tmp_path: Path, memory: Path, cable: LossyCable
) -> None:
    place = folder(tmp_path, "ours", "[reticulum]\nenable_transport = yes\nrespond_to_probes = yes\n" + cable.config(1))
    folder(tmp_path, "stranger", "[reticulum]\nshare_instance = no\n" + cable.config(0))
    with open_radio(place) as radio:
        stranger = [sys.executable, "-c", textwrap.dedent(ANNOUNCE), str(tmp_path / "stranger")]
        subprocess.run(stranger, check=True, timeout=60)
        cable.wait_until_passed(0, 3)
        assert len(cable.passed[0]) == 3
        # What comes after all that is heard, so all that was looked at.
        cable.say(0, cable.passed[0][1][:HEAD] + b"pigeon")
        assert radio.get(20) == b"pigeon"
        kept = [file for file in memory.rglob("*") if file.is_file()]
        assert sorted(file.name for file in kept) == ["config", "transport_identity"]
    assert cable.passed[1] == []


@needs
def test_a_node_that_only_listens_says_nothing_even_where_the_library_would(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hub:
        hub.settimeout(60)
        lines = ["[interfaces]", "[[hub]]", "type = TCPClientInterface", "enabled = yes", "target_host = 127.0.0.1"]
        lines += [f"target_port = {hub.getsockname()[1]}", "id_callsign = N0CALL"]
        place = folder(tmp_path, "node", "\n".join(lines) + "\n")
        said = []
        for sends in (True, False):
            with open_radio(place, sends=sends) as radio:
                link, _ = hub.accept()
                if sends:
                    radio.put(b"pigeon")
            with link:
                said.append(b"".join(iter(lambda link=link: link.recv(4_096), b"")))  # type: ignore[misc] # bound now
    assert b"pigeon" in said[0]
    assert b"N0CALL" not in said[0]
    assert said[1] == b""


@needs
def test_of_a_configuration_what_would_speak_unasked_is_left_out(tmp_path: Path) -> None:
    lines = ["[reticulum]", "enable_transport = yes", "share_instance = yes", "instance_name = theirs"]
    lines += ["[interfaces]", "[[one]]", "type = KISSInterface", "id_callsign = N0CALL", "passphrase = a, b"]
    lines += ["[[two]]", "type = RNodeMultiInterface", "id_interval = 60", "[[[high]]]", "txpower = 7"]
    (tmp_path / "config").write_text("\n".join(lines) + "\n")
    loud, silent = (settings(tmp_path / "config", silent) for silent in (False, True))
    assert set(loud["reticulum"].values()) == {"No"}
    assert loud["interfaces"]["one"] == {"type": "KISSInterface", "passphrase": ["a", "b"]}
    assert loud["interfaces"]["two"] == {"type": "RNodeMultiInterface", "high": {"txpower": "7"}}
    assert silent["interfaces"]["one"]["outgoing"] == "No"
    assert silent["interfaces"]["two"]["high"] == {"txpower": "7", "outgoing": "No"}


@needs
def test_the_node_that_runs_already_is_joined(tmp_path: Path, cable: LossyCable) -> None:
    name = f"holub-{secrets.token_hex(8)}"
    folder(tmp_path, "shared", f"[reticulum]\nshare_instance = yes\ninstance_name = {name}\n" + cable.config(0))
    place = folder(tmp_path, "far", cable.config(1))
    run = "import RNS.Utilities.rnsd as rnsd; rnsd.main()"
    daemon = subprocess.Popen(
        [sys.executable, "-c", run, "--config", str(tmp_path / "shared"), "-q"], stdout=subprocess.DEVNULL
    )
    try:
        cable.wait_for(0)
        with open_radio(f"rnsd:{name}") as one, open_radio(place) as other:
            one.put(bytes(200))
            assert other.get(20) == bytes(200)
            other.put(b"back")
            assert one.get(20) == b"back"
    finally:
        daemon.kill()
        daemon.wait()


@needs
def test_a_reticulum_that_does_not_run_is_said() -> None:
    with pytest.raises(Unavailable, match="No shared instance"), open_radio(f"rnsd:holub-{secrets.token_hex(8)}"):
        pass


@needs
def test_an_interface_that_cannot_be_had_is_said(tmp_path: Path, memory: Path) -> None:
    config = "[interfaces]\n[[radio]]\ntype = RNodeInterface\nenabled = yes\nport = /dev/no-such\n"
    wrong = folder(tmp_path, "wrong", config + "frequency = many\n")
    with pytest.raises(Unavailable, match="Reticulum did not start: "), open_radio(wrong):
        pass
    assert list(memory.iterdir()) == []


def test_without_the_package_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reticulum, "find_spec", lambda _: None)
    with pytest.raises(Unavailable) as refused, open_radio(folder(tmp_path, "node", "")):
        pass
    assert refused.value.todo == "install it from the file that holub came in: pip install './holub-….whl[mesh]'"


def test_a_folder_without_a_configuration_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="no Reticulum configuration"), open_radio(f"reticulum:{tmp_path}"):
        pass
