"""What a keeper copies from the page and the service file is understood by the program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from holub.faces import cli
from scripts import commands_page

ROOT = Path(__file__).resolve().parents[3]
UNIT = ROOT / "docs" / "relay" / "holub-relay.service"
PAGES = [ROOT / "docs" / "for-relay-keepers.md", ROOT / "docs" / "for-relay-keepers.uk.md"]
RELAY = {
    command.words: {word for form, _ in command.options for word in re.findall(r"--[\w-]+", form)}
    for command in commands_page.commands(cli.build())
    if command.words.startswith("holub relay")
}


def check(line: str) -> None:
    words = shlex.split(line)
    start = next(at for at, word in enumerate(words) if word.endswith("holub"))
    group, name = words[start + 1 : start + 3]
    options = {word for word in words[start:] if word.startswith("--")}
    assert group == "relay"
    assert options <= RELAY[f"holub relay {name}"], line


def test_the_service_file_starts_the_relay_and_gives_it_little() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE))
    check(unit["ExecStart"])
    assert "--hotspot --port 80" in unit["ExecStart"]
    assert unit["ExecStart"].split("--data ")[1].split()[0] == f"/var/lib/{unit['StateDirectory']}"
    assert (unit["DynamicUser"], unit["ProtectSystem"], unit["NoNewPrivileges"]) == ("yes", "strict", "yes")
    assert (unit["StandardOutput"], unit["StandardError"]) == ("null", "null")
    assert unit["CapabilityBoundingSet"] == unit["AmbientCapabilities"] == "CAP_NET_BIND_SERVICE"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_the_page_is_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^\s*((?:sudo )?\S*holub relay .*)$", text, re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        check(line)


def test_the_translation_says_the_same_commands() -> None:
    blocks = [re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL) for page in PAGES]
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) > 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_radio_is_allowed_under_either_name_that_linux_gives_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    allowed = dict(re.findall(r"^DeviceAllow=char-(\w+) (\w+)$", text, re.MULTILINE))
    assert allowed == {"ttyACM": "rw", "ttyUSB": "rw"}
    # A group of devices that no driver has brought yet when the relay starts would be left out.
    for word in ("Wants", "After"):
        assert f"{word}=modprobe@cdc_acm.service modprobe@usbserial.service\n" in text
    used = set(re.findall(r"serial:/dev/([a-zA-Z]+)\d", text))
    assert used
    assert used <= allowed.keys()
