"""Pictures are made anew from pixels: what was hidden in a file stays behind, and hostile files do no harm."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from holub.formats import letter as wire
from holub.formats.letter import Kind, Letter
from holub.formats.letterbody import Body, Topic
from holub.inbound.mailroom import pictures, tables
from holub.inbound.mailroom.pictures import make_anew
from tests.inbound.mailroom.conftest import NOW, Office

SECRET = b"planted secret"


def jpeg(width: int = 60, height: int = 40, **save: object) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((30, 30, 200), (0, 0, width // 2, height))
    picture.save(out, "JPEG", **save)
    return out.getvalue()


def with_metadata() -> bytes:
    """A picture that tells in each place where a JPEG can hide text."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (46.0, 38.0, 1.0), 29: SECRET.decode()}
    plain = jpeg(exif=exif, comment=SECRET, icc_profile=SECRET * 20)
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + SECRET
    segment = b"\xff\xe1" + (len(xmp) + 2).to_bytes(2, "big") + xmp
    return plain[:2] + segment + plain[2:] + SECRET


def test_nothing_but_pixels_comes_through() -> None:
    hidden = with_metadata()
    assert hidden.count(SECRET) >= 5
    fresh = make_anew(hidden)
    assert fresh is not None
    assert SECRET not in fresh
    with Image.open(io.BytesIO(fresh)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (60, 40))
        assert not picture.getexif()
        assert not {"comment", "icc_profile", "xmp", "exif"} & set(picture.info)
        left, right = picture.convert("RGB").getpixel((5, 20)), picture.convert("RGB").getpixel((55, 20))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > left[0]
    assert right[0] > right[2]


def test_a_picture_lying_on_its_side_is_turned_and_a_large_one_shrunk() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = make_anew(jpeg(exif=exif))
    large = make_anew(jpeg(4000, 1000))
    assert turned is not None
    assert large is not None
    assert Image.open(io.BytesIO(turned)).size == (40, 60)
    assert Image.open(io.BytesIO(large)).size == (1600, 400)


def bomb() -> bytes:
    """A file that says it has 65,000 x 65,000 pixels."""
    small = bytearray(jpeg())
    at = small.index(b"\xff\xc0")
    small[at + 5 : at + 9] = (65_000).to_bytes(2, "big") * 2
    return bytes(small)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "hostile",
    [b"", b"\xff\xd8\xff", os.urandom(5000), jpeg()[:300], bomb(), png(), bytes(1_000_001)],
    ids=["empty", "start only", "noise", "cut", "bomb", "png", "too long"],
)
def test_a_hostile_picture_is_left_out(hostile: bytes) -> None:
    assert make_anew(hostile) is None


def test_the_desk_sees_fresh_pictures_and_hears_of_the_others(office: Office, tmp_path: Path) -> None:
    body = Body(Topic.HAPPENED, "uk", "main", "look", pictures=(with_metadata(), b"\xff\xd8\xff" + b"junk"))
    office.room.open_batch([wire.seal(Letter(Kind.WITH_PICTURES, os.urandom(32), body), office.key, NOW)], NOW)
    (line,) = office.room.rows()
    whole = office.room.view(line.number)
    assert (line.pictures, len(whole.pictures), whole.pictures_refused) == (2, 1, 1)
    assert SECRET not in whole.pictures[0]


def test_pictures_as_they_came_are_shredded_at_the_first_look(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    body = Body(Topic.HAPPENED, "uk", "main", "look", pictures=(with_metadata(), b"\xff\xd8\xff" + b"junk"))
    office.room.open_batch([wire.seal(Letter(Kind.WITH_PICTURES, os.urandom(32), body), office.key, NOW)], NOW)
    (line,) = office.room.rows()
    with office.database.read() as connection:
        before = connection.execute(tables.letter.select()).one()
    first = office.room.view(line.number)
    assert not office.slots.holds(before.pictures_slot)
    office.restart()
    monkeypatch.setattr(pictures, "make_anew", lambda _: pytest.fail("they are made anew once"))
    assert office.room.view(line.number) == first
    office.room.shred(line.number)
    assert len(office.slots.used(tables.OWNER)) == 1, "the week's key"


def test_a_busy_machine_loses_no_picture(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    body = Body(Topic.HAPPENED, "uk", "main", "look", pictures=(jpeg(), jpeg(20, 20)))
    office.room.open_batch([wire.seal(Letter(Kind.WITH_PICTURES, os.urandom(32), body), office.key, NOW)], NOW)
    (line,) = office.room.rows()
    with monkeypatch.context() as busy:
        busy.setattr(pictures, "_SECONDS", 0.0001)
        assert office.room.view(line.number).pictures_refused == 2
    assert len(office.room.view(line.number).pictures) == 2


PROBE = """
import os, socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
    print("network")
except OSError:
    print("no network")
print("folder" if os.path.exists(sys.argv[2]) else "no folder")
print("others" if len([name for name in os.listdir("/proc") if name.isdigit()]) > 3 else "alone")
"""


@pytest.mark.program("bwrap")
def test_behind_the_fence_there_is_no_network_no_folder_and_nobody_else(tmp_path: Path) -> None:
    if not pictures.fenced():
        pytest.skip("bwrap is here, but this machine does not let it make namespaces")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        program = [sys.executable, "-I", "-c", PROBE, port, str(tmp_path)]
        without = subprocess.run(program, capture_output=True, text=True, check=True)
        within = subprocess.run([*pictures.fence(), *program], capture_output=True, text=True, check=True)
    assert without.stdout.split("\n")[:2] == ["network", "folder"], "the probe can see"
    assert within.stdout.split("\n")[:3] == ["no network", "no folder", "alone"]
    assert make_anew(jpeg()) is not None


def test_a_fence_that_does_not_stand_is_not_counted_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    pictures.fenced.cache_clear()
    try:
        assert not pictures.fenced()
        assert make_anew(jpeg()) is not None
    finally:
        pictures.fenced.cache_clear()


def test_the_decoder_gives_up_what_it_does_not_need() -> None:
    code = (
        "import sys; sys.argv = ['redraw']\n"
        "from holub.inbound.mailroom import redraw\n"
        "import io, os\n"
        "class Stolen(io.BytesIO):\n"
        "    def read(self, n=-1):\n"
        "        for act in (lambda: open('/etc/hostname'), lambda: socket.socket(), lambda: os.fork()):\n"
        "            try: act(); print('did', file=sys.stderr)\n"
        "            except (OSError, PermissionError): print('refused', file=sys.stderr)\n"
        "        return b''\n"
        "sys.stdin = type('In', (), {'buffer': Stolen()})()\n"
        "import socket\n"
        "try: redraw.main()\n"
        "except Exception: pass\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stderr.split() == ["refused"] * 3
