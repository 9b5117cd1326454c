"""Sound and radio: bytes a second, seconds for what is small, and what survives noise, echo and a small loudspeaker.

Everything is simulated (tests/fakes/room.py): samples in memory, no loudspeaker, no microphone, no air. It asks for no
corpus. The library ggwave and the page's own modem hear the same sounds; without node or minimodem that part is left
out, and the table says so.

    python -m bench sound --json docs/picture/sound.json
    python -m bench.sound                 draws docs/picture/sound.svg from those figures
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from array import array
from pathlib import Path
from random import Random
from typing import Any

from bench.curves import Panel, Point, draw
from holub.formats.parcel import Kind, Parcel
from holub.transit.carriers.radio import Radio, Speed
from holub.transit.carriers.radio.minimodem import read_tones
from holub.transit.carriers.radio.radio import needed
from holub.transit.carriers.sound import Pace, Recording, heard, tones, write_recording
from holub.transit.carriers.sound.recording import RATE
from holub.transit.carriers.sound.sound import PAUSE, frame_size, frames_of
from scripts import node as nodes
from tests.fakes.room import Room, floats, shorts

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "picture" / "sound.json"
PICTURE = ROOT / "docs" / "picture" / "sound.svg"
MESSAGE = 103  # bytes: a frame of a narrow letter
TRIALS = 8
THINGS = {"an alert or small update": 150, "a narrow letter": 267, "a guide's proof": 550, "a usual letter": 4_107}
SNRS = (0, -6, -9, -12, -15, -18, -21)
ECHOES = (0.3, 0.6, 0.9)
BANDS = ((300, 3_400), (500, 4_500), (800, 8_000))
RADIO_SNRS = (9, 6, 3, 0, -3)
RADIO_BYTES = 2_000
BAR_LETTER = 30.0  # seconds for a narrow letter at the usual pace, each frame once


def seconds(length: int, pace: Pace) -> float:
    """How long a parcel sounds, each frame once, with its pauses."""
    one = len(tones(bytes(frame_size(length)), pace)) // 2 + PAUSE
    return (frames_of(length) * one + PAUSE) / RATE


def speeds() -> list[dict[str, Any]]:
    """For each pace: bytes of symbols a second, and seconds for each thing."""
    return [
        {
            "pace": pace.name.lower(),
            "rate": 112 * RATE / (len(tones(bytes(127), pace)) // 2 + PAUSE),
            "seconds": {name: seconds(length, pace) for name, length in THINGS.items()},
        }
        for pace in Pace
    ]


def in_page(sounds: list[array[int]], folder: Path) -> list[list[bytes]] | None:
    """What the page's modem hears in each; None where there is no node or the page's packages are not there."""
    node = nodes.find()
    if node is None or not (ROOT / "reader" / "node_modules").is_dir():
        return None
    bundle = folder / "tool.mjs"
    if not bundle.exists():
        source = ROOT / "reader" / "tests" / "sound" / "tool.ts"
        runner = ROOT / "reader" / "tests" / "run.mjs"
        subprocess.run([node.program, runner, "--bundle", source, bundle], check=True)
    requests = []
    for at, sound in enumerate(sounds):
        (folder / f"{at}").write_bytes(sound.tobytes())
        requests.append({"file": str(folder / f"{at}")})
    done = subprocess.run(
        [node.program, bundle], input=json.dumps(requests), capture_output=True, text=True, check=True
    )
    return [[bytes.fromhex(one) for one in answer["messages"]] for answer in json.loads(done.stdout)]


def survival(name: str, value: object, room: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Of TRIALS messages in each pace through one kind of room: how many the library and the page hear."""
    rows = []
    for pace in Pace:
        chance = Random(f"{name} {value} {pace}")
        messages = [chance.randbytes(MESSAGE) for _ in range(TRIALS)]
        sounds = []
        for seed, message in enumerate(messages):
            silence = [0.0] * (9_000 + chance.randrange(1_024))
            sounds.append(
                shorts(Room(**room, seed=seed).through([*silence, *floats(tones(message, pace)), *silence]), 0.4)
            )
        library = sum(message in list(heard([sound])) for sound, message in zip(sounds, messages, strict=True))
        found = in_page(sounds, folder)
        page = None if found is None else sum(one in all_ for one, all_ in zip(messages, found, strict=True))
        rows.append(
            {"what": name, "value": value, "pace": pace.name.lower(), "of": TRIALS, "library": library, "page": page}
        )
    return rows


def radio(folder: Path) -> list[dict[str, Any]] | None:
    """For each speed: bytes of symbols a second, and the share of frames that come through at each SNR."""
    if shutil.which("minimodem") is None:
        return None
    parcel = Parcel(Kind.UPDATE, Random(1).randbytes(RADIO_BYTES)).encode()
    rows = []
    for speed in Speed:
        file, noisy = folder / "radio.wav", folder / "noisy.wav"
        Radio(file, 1, speed).send([parcel])
        with Recording(file) as recording:
            sound = [value / 32_768 for block in recording.samples() for value in block]
        shares = {}
        for snr in RADIO_SNRS:
            write_recording(noisy, [shorts(Room(snr=snr).through(sound), 0.3).tobytes()])
            came = len({bytes(one) for one in Radio(noisy, speed=speed).frames()})
            shares[str(snr)] = came / needed(len(parcel))
        rows.append({"speed": int(speed), "rate": len(parcel) * RATE / len(sound), "heard": shares})
        assert b"".join(read_tones(file, speed))
    return rows


def run(corpus: Path | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="holub-sound-") as name:
        folder = Path(name)
        rows = [row for snr in SNRS for row in survival("snr", snr, {"snr": snr}, folder)]
        rows += [row for one in ECHOES for row in survival("echo", one, {"snr": 20, "echo": one}, folder)]
        for low, high in BANDS:
            rows += survival("band", f"{low}-{high}", {"snr": 20, "low": low, "high": high}, folder)
        return {"speeds": speeds(), "survival": rows, "radio": radio(folder)}


def table(result: dict[str, Any]) -> str:
    lines = [f"{'pace':8} {'B/s':>5}  seconds, each frame once: {', '.join(THINGS)}"]
    for row in result["speeds"]:
        each = "  ".join(f"{value:6.1f}" for value in row["seconds"].values())
        over = row["pace"] == "normal" and row["seconds"]["a narrow letter"] > BAR_LETTER
        lines.append(f"{row['pace']:8} {row['rate']:5.1f}  {each}{'  OVER' if over else ''}")
    lines.append(f"{'through':16} {'pace':8} heard by the library, by the page")
    for row in result["survival"]:
        page = "left out" if row["page"] is None else f"{row['page']}/{row['of']}"
        lines.append(f"{row['what']:6} {row['value']!s:9} {row['pace']:8} {row['library']}/{row['of']}  {page}")
    if result["radio"] is None:
        return "\n".join([*lines, "radio: left out, minimodem is not installed"])
    lines.append(f"{'radio':>6} {'B/s':>6}  frames that came at an SNR of {', '.join(map(str, RADIO_SNRS))} dB")
    for row in result["radio"]:
        shares = "  ".join(f"{share:5.0%}" for share in row["heard"].values())
        lines.append(f"{row['speed']:6} {row['rate']:6.1f}  {shares}")
    return "\n".join(lines)


def picture(result: dict[str, Any]) -> str:
    """The share of messages heard at each SNR: the library's panel, then the page's."""
    places = {snr: snr / SNRS[-1] for snr in SNRS}
    panels = []
    for who, unit in (("library", "heard by ggwave, %"), ("page", "heard by the page, %")):
        curves = []
        for pace in Pace:
            rows = [row for row in result["survival"] if (row["what"], row["pace"]) == ("snr", pace.name.lower())]
            shares = [(places[row["value"]], 100 * (row[who] or 0) / row["of"]) for row in rows]
            curves.append([Point(x, share, share, share) for x, share in shares])
        panels.append(Panel(unit, 100, 25, curves))
    return draw(
        "Messages of 103 bytes heard through noise",
        "The library hears all down to -6 dB and none at -15, the page's own modem all down to -15 and none at -21.",
        "sound over noise, dB",
        [(at, str(snr)) for snr, at in places.items()],
        panels,
        ["slow", "normal", "fast"],
        "abc",
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(json.loads(FIGURES.read_text("utf-8"))["results"]["sound"]), encoding="utf-8")
