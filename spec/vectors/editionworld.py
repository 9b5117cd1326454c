"""The publisher whose editions the vectors are: its keys, its guides, three editions of three packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from holub.formats.base import write_base as write_rows
from holub.formats.full import write_full
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import Services, code_leaf
from holub.formats.pack import Pack, pictures_root
from holub.formats.root import Delegation
from holub.outbound.press.signing import Pen, new_root, next_root, sign_edition, sign_section

TIME = 1_795_000_000  # 18 November 2026
YEAR = 31_536_000


def pen(name: str) -> Pen:
    return Pen(sha256(f"holub vector key {name}".encode()).digest())


ROOT_A, ROOT_B, ROOT_C, EDITION, OTHER, TOWN = (pen(name) for name in ("a", "b", "c", "edition", "other", "town"))
KEY_LEAF = (
    b"\x01" + bytes.fromhex("00000005") + (TIME + 4_838_400).to_bytes(4, "big") + (TIME + 9_676_800).to_bytes(4, "big")
)
KEY_LEAF += b"".join(sha256(b"not a real letter key %d" % i).digest() for i in range(39))
CODE = sha256(b"a page's code").digest()
SERVICES = Services.of([KEY_LEAF, b"\x02", b"\x03\x00", code_leaf([CODE])])


def guides(language: str, edition: int) -> dict[str, bytes]:
    """Twelve short guides; each edition changes two of them, adds one and, from the third on, removes one."""
    texts = {
        f"{folder}/{name}.md": f"# {folder} {name} ({language})\n\n{'Short steps, calmly. ' * 12}\n".encode()
        for folder in ("health", "phone", "school")
        for name in ("one", "three", "two", "zero")
    }
    for n in range(2, edition + 1):
        texts["phone/two.md"] += f"\nRevised for edition {n}.\n".encode()
        texts["health/one.md"] = texts["health/one.md"].replace(b"calmly", b"slowly", n)
        texts[f"news/{n}.md"] = f"# What is new in {n}\n\nСпокійно, крок за кроком.\n".encode()
    if edition > 2:
        del texts["school/zero.md"]
    return dict(sorted(texts.items()))


def moment(edition: int) -> Moment:
    return Moment(edition, TIME + 86_400 * edition, TIME + 86_400 * edition + 7_776_000)


PICTURES = {"health/a.png": b"\x89PNG one", "phone/b.png": b"\x89PNG two"}
ROOT = new_root("Зразковий центр", TIME + YEAR, [ROOT_A], [EDITION], sections={"town": Delegation(1, (TOWN.public,))})
SECOND = next_root(
    ROOT,
    [ROOT_A],
    replace(ROOT, threshold=2, root_keys=tuple(sorted(p.public for p in (ROOT_A, ROOT_B, ROOT_C)))),
    [ROOT_B],
)
FOREIGN = new_root("Зразковий центр", TIME + YEAR, [OTHER], [OTHER])


def town(edition: int, serial: int) -> HeldPack:
    """The delegated section's pack."""
    pack = Pack.of("town", "uk", {"water.md": f"# Вода\n\nВерсія {serial}.\n".encode()})
    leaf = pack.leaf(0, bytes(32), None)
    given = Delegation(1, (TOWN.public,))
    editors = sign_section(leaf, serial, ROOT.identity, given, [TOWN])
    return HeldPack(moment(edition), SERVICES, pack, editors=editors)


def edition(number: int, signer: Pen = EDITION, services: Services = SERVICES) -> tuple[bytes, list[HeldPack]]:
    """The header's signature and the stamped packs of an edition."""
    index = {path: sha256(data).digest() for path, data in PICTURES.items()}
    packs = [
        HeldPack(moment(number), services, Pack.of("main", language, guides(language, number)))
        for language in ("en", "uk")
    ]
    packs[1] = replace(packs[1], pictures=len(index), pictures_root=pictures_root(index))
    packs.append(replace(town(number, number), services=services))
    sheet, stamped = sign_edition(signer, moment(number), services, packs)
    return sheet.signature, stamped


def write_base(guides: Mapping[str, bytes]) -> bytes:
    return write_rows(list(guides.items()))


def full(held: HeldPack) -> bytes:
    return write_full(held, [write_base(held.pack.guides)]).encode()
