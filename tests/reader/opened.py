"""A reading page to open in a browser, on a fake library: what the page does with an edition, however that verified."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

READER = Path(__file__).resolve().parents[2] / "reader"
OPENS = b'<script type="text/plain" id="edition">'
CLOSES = b"</script>"
DAY = 86_400
DESK_ID = "ab" * 32

GUIDES_UK = {
    "alert-water.md": "---\ntitle: Воду з крана кип’ятіть\nkind: alert\n"
    "summary: До ремонту насосної станції, усі райони.\n"
    "reviewed: 2026-11-20\n---\n\nКип’ятіть п’ять хвилин.\n",
    "index.md": "",
    "papers/index.md": "---\ntitle: Документи\norder: 1\nsummary: Паспорт, довідки, школа.\n---\n",
    "papers/poll.md": "---\ntitle: Фальшиве опитування: як відмовитися\norder: 1\nreviewed: 2026-10-02\n"
    "summary: Що сказати, коли дзвонять «соціологи».\n---\n\n"
    "Вас **не зобов’язані** опитувати. Як саме відмовитися:\n\n1. Не кажіть свого імені.\n2. Скажіть: «Мені ніколи».\n"
    "3. Покладіть слухавку.\n\n## Що записати\n\n- [ ] Номер, з якого дзвонили\n- [x] Час дзвінка\n\n"
    'Далі: [паспорт](passport.md#terms) або [сайт](https://example.org/help).\n\n<b onclick="x">не жирний</b>\n\n'
    "![Схема розмови](scheme.png)\n",
    "papers/passport.md": "---\ntitle: Якщо примушують узяти паспорт\norder: 2\n"
    "summary: Ваші права й що робити.\n---\n\n"
    "Вступ.\n\n"
    + "Рядок, щоб було що гортати.\n\n" * 40
    + "## Terms\n\nПояснення.\n\n| Строк | Що |\n|---|---|\n| день | лист |\n",
    "health/first-aid.md": "---\ntitle: Перша допомога вдома\nkind: checklist\nreviewed: 2026-09-12\n---\n\n"
    "- [ ] Бинт\n- [ ] Джґут\n- [ ] Ёлка\n",
    "health/heart.md": "# Серце болить\n\nСядьте. Подзвоніть лікареві.\n",
    "phone/traces.md": "---\ntitle: Що телефон знає про вас\norder: 3\n---\n\nЦифровий слід.\n",
}
GUIDES_AR = {
    "health/first.md": "---\ntitle: الإسعافات الأولية في المنزل\nreviewed: 2026-09-12\n"
    "summary: ما الذي تحتاج إليه.\n---\n\n"
    "أَهلاً. إقرأ هذه المدرسة.\n\n1. اجلس.\n2. تنفّس.\n",
    "papers/poll.md": "---\ntitle: استطلاع مزيّف\n---\n\nلا تجب.\n",
}
GUIDES_EN = {
    "papers/poll.md": "---\ntitle: A fake poll and how to refuse\nreviewed: 2026-10-02\n---\n\nHang up.\n",
    "health/heart.md": "# Chest pain\n\nSit down.\n",
}
DOT = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8ffff3f0005fe02fea7"
        "9a9d9b0000000049454e44ae426082"
    )
).decode()


@dataclass
class FakeEdition:
    """One edition for the fake library; times in Unix seconds, as the phone's clock would have them."""

    number: int = 5
    age_days: float = 2
    life_days: float = 90
    seal_days: float = 56
    packs: Sequence[Mapping[str, Any]] = ()
    codes: Sequence[str] = ()
    bags: Sequence[Mapping[str, Any]] = ()
    follows: int | None = None
    refuse: str | None = None
    name: str = "Центр «Міст»"
    key: bytes = field(default_factory=lambda: letter_key())
    narrow: bytes | None = None

    def parcel(self) -> bytes:
        now = int(time.time())
        made = now - int(self.age_days * DAY)
        value: dict[str, Any] = {
            "edition": self.number,
            "time": made,
            "expiry": made + int(self.life_days * DAY),
            "packs": list(self.packs) or [{"section": "main", "language": "uk", "guides": GUIDES_UK}],
            "key": {
                "number": 46,
                "sealUntil": made + int(self.seal_days * DAY),
                "opensUntil": made + 2 * int(self.seal_days * DAY),
                "bytes": base64.b64encode(self.key).decode(),
            },
            "codes": list(self.codes),
            "bags": list(self.bags),
        }
        if self.narrow is not None:
            value["key"]["narrow"] = base64.b64encode(self.narrow).decode()
        if self.follows is not None:
            value["from"] = self.follows
        if self.refuse is not None:
            value["refuse"] = self.refuse
        return json.dumps(value, ensure_ascii=False).encode()

    def root(self, desk_id: str = DESK_ID) -> bytes:
        return json.dumps({"name": self.name, "deskId": desk_id}, ensure_ascii=False).encode()


def letter_key() -> bytes:
    """A public key to seal to: ML-KEM-768 (1,184 B) and X25519 (32 B)."""
    lattice = mlkem.MLKEM768PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    curve = x25519.X25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return lattice + curve


def build_code(out: Path) -> bytes:
    """The page's code on the fake library, with an empty data block."""
    subprocess.run(["node", str(READER / "tests" / "fakes" / "build.mjs"), str(out)], check=True, capture_output=True)
    return out.read_bytes()


@cache
def packed_lists() -> Mapping[str, bytes]:
    """Language to packed word list, as the build packs them."""
    script = (
        f"import {{ packedLists }} from {json.dumps((READER / 'wordlists.mjs').as_uri())};"
        "const lists = [...(await packedLists())].map(([language, list]) => [language, list.toString('base64')]);"
        "process.stdout.write(JSON.stringify(Object.fromEntries(lists)));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script], check=True, capture_output=True, cwd=READER, text=True
    )
    return {language: base64.b64decode(packed) for language, packed in json.loads(done.stdout).items()}


def list_item(language: str, packed: bytes) -> bytes:
    return b"HLW1" + bytes([len(language)]) + language.encode() + packed


def bundle(
    items: Sequence[bytes],
    language: str = "uk",
    postboxes: Sequence[str] = (),
    page: str = "",
    lists: Mapping[str, bytes] | None = None,
) -> bytes:
    """A page's data; with every word list, unless told which."""
    settings = json.dumps({"language": language, "postboxes": list(postboxes), "page": page}).encode()
    words = [list_item(*one) for one in (packed_lists() if lists is None else lists).items()]
    return b"HLB1" + b"".join(struct.pack(">I", len(item)) + item for item in [settings, *words, *items])


def fill(code: bytes, data: bytes) -> bytes:
    head, marker, tail = code.partition(OPENS)
    assert marker
    assert tail.startswith(CLOSES)
    return head + marker + base64.b64encode(data) + tail


def cut(page: bytes) -> tuple[bytes, bytes]:
    """The code and the data of a page's file."""
    head, marker, tail = page.partition(OPENS)
    text, closes, rest = tail.partition(CLOSES)
    return head + marker + closes + rest, base64.b64decode(text, validate=True)


def code_hash(code: bytes) -> str:
    return hashlib.sha256(code).hexdigest()
