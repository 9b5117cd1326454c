"""Full parcels against `tar | zstd --ultra -22 --long=27` and against ZIM, on the same guides.

The archive gets its best case: sorted names, no folders, one owner and one time for all. The ZIM file holds the text of
the guides alone, without pictures and full-text index; where zimwriterfs is not installed it is left out, and said so.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.corpus import Corpus, Packs
from bench.publisher import ROOT, publish
from holub.errors import Unavailable
from holub.formats.base import write_base
from holub.formats.full import write_full
from holub.formats.shelf import Shelf
from holub.formats.whole import whole_base, write_whole

TAR_BAR, ZIM_BAR = 0.95, 0.5
ALL = "all"
_TAR = "--format=ustar --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=0644 --no-recursion --null -T - -cf -"
_ZSTD = "zstd -qq -c --ultra -22 --long=27"
_ZIM = "zimwriterfs --welcome=welcome.html --illustration=sign.png --language=eng --title=Guides --name=guides \
--description=Guides --creator=bench --publisher=bench --withoutFTIndex"
# A picture of 48 x 48 pixels, which every ZIM file must have.
_SIGN = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000300000003001000000007f79c42a0000000d4944415478da63601805d4040001500001"
    "34b83ad90000000049454e44ae426082"
)


def lay_out(packs: Packs, folder: Path) -> list[str]:
    """Writes the guides as language/path; gives the names, sorted by their bytes."""
    names = []
    for language, guides in packs.items():
        for path, content in guides.items():
            file = folder / language / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            names.append(f"{language}/{path}")
    return sorted(names, key=str.encode)


def archive(folder: Path, names: list[str]) -> int:
    """Bytes of the compressed archive of these files."""
    listed = "\0".join(names).encode()
    packed = subprocess.run(["tar", "-C", folder, *_TAR.split()], input=listed, stdout=subprocess.PIPE, check=True)
    return len(subprocess.run(_ZSTD.split(), input=packed.stdout, stdout=subprocess.PIPE, check=True).stdout)


def zim(packs: Packs) -> int | None:
    """Bytes of a ZIM file of these guides, each as a page of plain text; None where the tool is not installed."""
    if shutil.which("zimwriterfs") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="holub-zim-") as place:
        folder, out = Path(place, "guides"), Path(place, "guides.zim")
        for name in lay_out(packs, folder):
            (folder / name).rename(folder / f"{name}.html")
        (folder / "welcome.html").write_text("<title>Guides</title>", encoding="utf-8")
        (folder / "sign.png").write_bytes(_SIGN)
        subprocess.run([*_ZIM.split(), folder, out], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return out.stat().st_size


def _row(what: str, guides: int, text: int, ours: int, packed: int, zim_bytes: int | None) -> dict[str, Any]:
    return {
        "what": what,
        "guides": guides,
        "text": text,
        "bytes": ours,
        "tar_zstd": packed,
        "ratio": round(ours / packed, 4),
        "within": ours <= TAR_BAR * packed,
        "zim": zim_bytes,
        "zim_ratio": None if zim_bytes is None else round(ours / zim_bytes, 4),
        "within_zim": None if zim_bytes is None else ours <= ZIM_BAR * zim_bytes,
    }


def run(corpus: Path | None) -> dict[str, Any]:
    """The newest revision: the whole edition in one parcel, then each pack in one."""
    if missing := [tool for tool in ("tar", "zstd") if shutil.which(tool) is None]:
        raise Unavailable(f"{', '.join(missing)} not found", "install them: make test does, as root on Debian")
    packs = Corpus(corpus).packs("HEAD")
    sheet, held = publish(packs, 1)
    whole = write_whole(sheet, [whole_base(held)]).encode()
    received = Shelf(ROOT).receive(whole).packs
    if {name[1]: dict(one.pack.guides) for name, one in received.items()} != packs:
        raise AssertionError("the whole edition's parcel does not give back what went in")
    with tempfile.TemporaryDirectory(prefix="holub-tar-") as place:
        folder = Path(place)
        names = lay_out(packs, folder)
        count, size = len(names), sum(one.pack.size for one in held)
        rows = [_row(ALL, count, size, len(whole), archive(folder, names), zim(packs))]
        for one in held:
            language, guides = one.pack.language, one.pack.guides
            parcel = write_full(one, [write_base(list(guides.items()))]).encode()
            if dict(Shelf(ROOT).receive(parcel).packs[one.pack.name].pack.guides) != packs[language]:
                raise AssertionError(f"the full parcel of {language} does not give back what went in")
            own = [name.removeprefix(f"{language}/") for name in names if name.startswith(f"{language}/")]
            packed = archive(folder / language, own)
            rows.append(
                _row(language, len(guides), one.pack.size, len(parcel), packed, zim({language: packs[language]}))
            )
    return {"bar": TAR_BAR, "zim_bar": ZIM_BAR, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """One line a parcel."""
    lines = [f"{'what':10}{'guides':>8}{'text':>12}{'parcel':>12}{'tar | zstd':>12}{'ratio':>8}{'ZIM':>12}{'ratio':>8}"]
    for row in result["rows"]:
        sizes = f"{row['guides']:>8,}{row['text']:>12,}{row['bytes']:>12,}{row['tar_zstd']:>12,}{row['ratio']:>8.3f}"
        peer = f"{'-':>12}{'-':>8}" if row["zim"] is None else f"{row['zim']:>12,}{row['zim_ratio']:>8.3f}"
        over = "" if row["within"] and row["within_zim"] is not False else "  OVER"
        lines.append(f"{row['what']:10}{sizes}{peer}{over}")
    lines.append(f"bars: {result['bar']} x tar | zstd, {result['zim_bar']} x ZIM")
    if any(row["zim"] is None for row in result["rows"]):
        lines.append("ZIM was left out: zimwriterfs is not installed (Debian: zim-tools)")
    return "\n".join(lines)
