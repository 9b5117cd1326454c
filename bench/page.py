"""The reading page in headless Chromium, six times slowed down: its size, first guide, search, sealing and replies.

The page holds one language of the newest revision and is opened from a file; the mailbag of 100,000 records comes from
a server on loopback. Each part opens a new browser with an empty profile. `slower` is how much a loop in the page was
slowed down in truth: six times by the brake alone, more where others work on the same machine. What they do not touch
is the column `processor`: six times the processor time that the page's main thread takes at full speed (for sealing, a
task of a millisecond or two, six times its median at full speed).
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.corpus import Corpus
from bench.page_browser import SLOWER, Opened, opened
from bench.page_edition import ANSWER, Edition, make_edition, serve
from holub.errors import Unavailable
from holub.reader import BUILT, page_code

RECORDS = 100_000
OPENINGS, TYPINGS, SEALS, COLD_SEALS, LOOKS = 3, 3, 32, 12, 5
INDEX_PAUSE = 6_000  # ms after the first word, in which the index of the text is finished
CODE_BAR, GUIDE_BAR, KEY_BAR, SEAL_BAR, REPLIES_BAR = 120_000, 2_000, 50, 20, 2_000  # bytes, then ms
LETTER = "A letter of the usual length, about a matter that the guides do not answer. " * 6
BARE = "<!doctype html><meta charset=utf-8><title>bare</title><h1>-</h1><p role=search><input type=search></p>"
_BROTLI = (
    "const zlib = require('zlib'), page = require('fs').readFileSync(process.argv[1]);"
    "const params = { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: page.length };"
    "process.stdout.write(String(zlib.brotliCompressSync(page, { params }).length))"
)


def code_size() -> int:
    """Bytes of the page's code in brotli at its highest level. Raises Unavailable without node."""
    if shutil.which("node") is None:
        raise Unavailable("node not found", "install it: make page does")
    said = subprocess.run(["node", "-e", _BROTLI, str(BUILT)], capture_output=True, check=True).stdout
    return int(said)


def ten_words(guides: dict[str, bytes]) -> list[str]:
    """Ten words that people may look for: of 5 to 9 letters, from frequent to rare, each in three guides or more."""
    counts: Counter[str] = Counter()
    for content in guides.values():
        counts.update(set(re.findall(r"[^\W\d_]{5,9}", content.decode("utf-8", "replace").lower())))
    common = sorted((word for word, count in counts.items() if count >= 3), key=lambda word: (-counts[word], word))
    found = common or sorted(counts)
    return [found[len(found) * at // 10] for at in range(10)] if found else []


def _openings(file: Path) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    slower = []
    for _ in range(OPENINGS):
        with opened(file) as page:
            home, steps = page.home(), page.to_guide()
            rows.append({"home": _ms(home), "steps": list(map(_ms, steps)), "guide": _ms(home + sum(steps))})
            slower.append(page.slower())
    return {"median": statistics.median(row["guide"] for row in rows), "runs": rows, "slower": _slower(slower)}


def _search(file: Path, words: list[str]) -> dict[str, Any]:
    """Each key is the median of several openings: what else the machine does falls on other keys each time.

    In turns with it the same keys go to a page that has such a field and nothing else: what no page can do without.
    """
    slower: list[float] = []
    typings: list[list[dict[str, Any]]] = []
    nothing: list[list[dict[str, Any]]] = []
    bare = file.with_name("bare.html")
    bare.write_text(BARE, encoding="utf-8")
    for _ in range(TYPINGS):
        with opened(file) as page:
            slower.append(page.slower())
            typings.append(page.type_words(words, INDEX_PAUSE))
            slower.append(page.slower())
        with opened(bare) as page:
            nothing.append(page.type_words(words, 0))
    keys, bare_keys = _medians(typings, "shown"), _medians(nothing, "shown")
    work = _medians(typings, "work")
    return {
        "words": len(words),
        "keys": len(keys),
        "median": _ms(statistics.median(keys)),
        "worst": _ms(max(keys)),
        "worst_letters": len(typings[0][keys.index(max(keys))]["typed"]),
        "worst_warm": _ms(max(keys[len(words[0]) :] or keys)),
        "over": sum(key > KEY_BAR for key in keys),
        "bare_median": _ms(statistics.median(bare_keys)),
        "bare_worst": _ms(max(bare_keys)),
        "worst_once": [_ms(max(key["shown"] for key in typing)) for typing in typings],
        "over_once": [sum(key["shown"] > KEY_BAR for key in typing) for typing in typings],
        "median_work": _ms(statistics.median(work)),
        "worst_work": _ms(max(work)),
        "without_result": sum(not key["rows"] for key in typings[0]),
        "slower": _slower(slower),
    }


def _medians(typings: list[list[dict[str, Any]]], what: str) -> list[float]:
    """Of each key, over all openings."""
    return [statistics.median(float(one[what]) for one in same) for same in zip(*typings, strict=True)]


def _sealing(page: Opened) -> dict[str, Any]:
    slower = [page.slower()]
    runs = [page.seal(LETTER) for _ in range(SEALS)]
    prepared = [page.seal(LETTER, prepared=True) for _ in range(SEALS - COLD_SEALS)]
    slower.append(page.slower())
    warm = runs[COLD_SEALS:]
    return {
        "first": _ms(runs[0]["own"]),
        "warm": _ms(statistics.median(run["own"] for run in warm)),
        "warm_worst": _ms(max(run["own"] for run in warm)),
        "warm_sealed": _ms(statistics.median(run["sealed"] for run in warm)),
        "warm_shown": _ms(statistics.median(run["shown"] for run in warm)),
        "prepared_sealed": _ms(statistics.median(run["sealed"] for run in prepared)),
        "prepared_worst": _ms(max(run["sealed"] for run in prepared)),
        "prepared_shown": _ms(statistics.median(run["shown"] for run in prepared)),
        "slower": _slower(slower),
    }


def _replies(page: Opened, edition: Edition) -> dict[str, Any]:
    slower = [page.slower()]
    looks = [page.replies(edition.words, ANSWER) for _ in range(LOOKS)]
    slower.append(page.slower())
    parts = {key: _ms(statistics.median(look[key] for look in looks)) for key in looks[0]}
    return {"records": edition.bag.records, "first": _ms(looks[0]["shown"]), **parts, "slower": _slower(slower)}


def _ms(value: float) -> float:
    return round(value, 1)


def _slower(values: list[float]) -> float:
    return round(statistics.mean(values), 2)


def _bar(value: float, bar: float, processor: float | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"value": value, "bar": bar, "within": value <= bar}
    return row if processor is None else {**row, "processor": processor}


def _at_full_speed(file: Path, words: list[str], edition: Edition) -> dict[str, float]:
    """Six times the processor time of each part, in ms."""
    with opened(file, slower=1) as page:
        start = page.processor()
        page.to_guide()
        guide = page.opening + page.processor() - start
    with opened(file, slower=1) as page:
        page.type_words(words[:1], INDEX_PAUSE)
        start = page.processor()
        page.type_words(words, 0)
        key = (page.processor() - start) / len("".join(words))
    with opened(file, slower=1) as page:
        runs = [page.seal(LETTER)["own"] for _ in range(SEALS)]
        seal = statistics.median(runs[COLD_SEALS:])
        taps = [page.seal(LETTER, prepared=True)["sealed"] for _ in range(SEALS - COLD_SEALS)]
        seal_prepared = statistics.median(taps)
    with opened(file, slower=1) as page:
        start = page.processor()
        for _ in range(LOOKS):
            page.replies(edition.words, ANSWER)
        replies = (page.processor() - start) / LOOKS
    parts = {"guide": guide, "key": key, "seal": seal, "seal_prepared": seal_prepared, "replies": replies}
    return {name: _ms(SLOWER * value) for name, value in parts.items()}


def run(corpus: Path | None, records: int = RECORDS) -> dict[str, Any]:
    """Milliseconds and bytes, medians where several were taken, beside their bars."""
    packs = Corpus(corpus).packs("HEAD")
    edition = make_edition(packs, page_code(), records)
    words = ten_words(packs[edition.language])
    with tempfile.TemporaryDirectory(prefix="holub-page-") as place, serve(edition.files()) as address:
        file = Path(place, "page.html")
        data = edition.page((address,))
        file.write_bytes(data)
        opening = _openings(file)
        search = _search(file, words)
        with opened(file) as page:
            sealing = _sealing(page)
        with opened(file) as page:
            replies = _replies(page, edition)
        processor = _at_full_speed(file, words, edition)
    bars = {
        "code_brotli": _bar(code_size(), CODE_BAR),
        "first_guide": _bar(opening["median"], GUIDE_BAR, processor["guide"]),
        "search_median": _bar(search["median"], KEY_BAR, processor["key"]),
        "search_worst": _bar(search["worst"], KEY_BAR),
        "seal_warm": _bar(sealing["warm"], SEAL_BAR, processor["seal"]),
        "seal_prepared": _bar(sealing["prepared_sealed"], SEAL_BAR, processor["seal_prepared"]),
        "replies": _bar(replies["shown"], REPLIES_BAR, processor["replies"]),
    }
    return {
        "language": edition.language,
        "guides": edition.guides,
        "page_bytes": len(data),
        "bars": bars,
        "opening": opening,
        "search": search,
        "sealing": sealing,
        "replies": replies,
    }


def table(result: dict[str, Any]) -> str:
    """One line a bar, then where the time goes."""
    names = {
        "code_brotli": "code alone, brotli, B",
        "first_guide": "open to first guide, ms",
        "search_median": "search, a key, median, ms",
        "search_worst": "search, a key, worst, ms",
        "seal_warm": "seal, whole, warm, ms",
        "seal_prepared": "seal, prepared, tap on, ms",
        "replies": "codename to replies, ms",
    }
    lines = [
        f"{result['language']}: {result['guides']:,} guides, page of {result['page_bytes']:,} B",
        f"{'':30}{'here':>12}{'processor':>12}{'bar':>12}",
    ]
    for name, row in result["bars"].items():
        over = "" if row["within"] else "  OVER"
        lines.append(f"{names[name]:30}{row['value']:>12,}{row.get('processor', '-'):>12}{row['bar']:>12,}{over}")
    search, sealing, replies = result["search"], result["sealing"], result["replies"]
    steps = "; ".join(f"{one['home']} to the first screen, then {one['steps']}" for one in result["opening"]["runs"])
    lines.append(f"openings, ms: {steps}")
    lines.append(
        f"search: {search['keys']} keys of {search['words']} words, each the median of {TYPINGS} openings, "
        f"{search['over']} over the bar; worst once the text is read {search['worst_warm']}; own work "
        f"{search['median_work']}, worst {search['worst_work']}; in each opening alone {search['over_once']} over, "
        f"worst {search['worst_once']}; a key in a bare page with such a field {search['bare_median']}, "
        f"worst {search['bare_worst']}"
    )
    lines.append(
        f"seal, whole: the first {sealing['first']}, worst warm {sealing['warm_worst']}; from the tap to the letter "
        f"{sealing['warm_sealed']}, to the screen {sealing['warm_shown']}; prepared while writing: "
        f"{sealing['prepared_sealed']} (worst {sealing['prepared_worst']}) and {sealing['prepared_shown']}"
    )
    lines.append(
        f"replies among {replies['records']:,}: codename {replies['codename']}, directory {replies['directory']}, "
        f"lookup {replies['lookup']}, shard {replies['shard']}, opened and shown {replies['opening']}"
    )
    slower = ", ".join(f"{part} {result[part]['slower']}" for part in ("opening", "search", "sealing", "replies"))
    lines.append(f"slower than the processor's best: {slower} (wanted {SLOWER})")
    return "\n".join(lines)
