"""What tests do with a page that plays tones, and with one that hears them."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Page

from holub.transit.carriers.sound import Pace, Sound, write_recording
from holub.transit.carriers.sound.recording import RATE
from tests.fakes.room import Room, floats, shorts

# What the page gives to its loudspeaker, kept instead of played: a minute of sound takes no minute.
LOUDSPEAKER = """() => {
  window.played = [];
  AudioBufferSourceNode.prototype.start = function () {
    window.played.push(this.buffer.getChannelData(0).slice());
    window.rate = this.buffer.sampleRate;
    setTimeout(() => this.dispatchEvent(new Event('ended')), 0);
  };
}"""
PLAYED = """() => {
  const all = new Uint8Array(window.played.reduce((sum, one) => sum + 2 * one.length, 0));
  const numbers = new Int16Array(all.buffer);
  let at = 0;
  for (const one of window.played) for (const value of one) numbers[at++] = Math.round(32767 * value);
  let text = '';
  for (const byte of all) text += String.fromCharCode(byte);
  return btoa(text);
}"""


def play(page: Page, file: Path) -> None:
    """Presses "play", waits for the end, and keeps what was to be heard as a recording."""
    page.get_by_role("button", name="Зіграти звуком").first.click()
    page.evaluate(LOUDSPEAKER)
    page.get_by_role("button", name="Грати").click()
    page.get_by_text("Зіграно").wait_for()
    assert page.evaluate("window.rate") == RATE
    write_recording(file, [base64.b64decode(page.evaluate(PLAYED)), bytes(RATE)])


def recorded(folder: Path, parcel: bytes, room: Room | None = None, *, rounds: float = 1) -> Path:
    file = folder / "recorded.wav"
    Sound(file, rounds=rounds, pace=Pace.FAST).send([parcel])
    if room:
        sound = shorts(room.through(floats(file.read_bytes()[44:])), 0.8)
        write_recording(file, [sound.tobytes()])
    return file
