"""The reading page, measured from inside: that all parts run on a small corpus and measure what they say."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bench import page
from bench.corpus import Corpus
from bench.page_edition import ANSWER, choose_language, make_edition, serve
from holub.errors import Misused
from holub.formats import codename, mailbag
from holub.outbound.press.page import open_page
from holub.reader import BUILT, page_code

BUILD = pytest.mark.skipif(not BUILT.is_file(), reason="the reading page is not built (make page)")


def test_the_language_is_russian_or_the_largest() -> None:
    assert choose_language({"en": {"a.md": b"long text"}, "ru": {"a.md": b"x"}}) == "ru"
    assert choose_language({"en": {"a.md": b"x"}, "uk": {"a.md": b"long text"}}) == "uk"


def test_ten_words_go_from_frequent_to_rare() -> None:
    guides = {f"{at}.md": f"water {'bread ' * (at < 5)}{'winter' * (at < 3)} ox".encode() for at in range(9)}
    words = page.ten_words(guides)
    assert words == ["water"] * 4 + ["bread"] * 3 + ["winter"] * 3


@BUILD
def test_the_answer_lies_in_the_mailbag_that_is_handed_out(repository: Path) -> None:
    edition = make_edition(Corpus(repository).packs("HEAD"), page_code(), 1_500)
    contents = open_page(edition.page(("http://127.0.0.1:9",)))
    assert contents.settings.language == "en"
    assert contents.shelf.edition == 7
    secrets = codename.candidates(
        codename.stretch(" ".join(edition.words), contents.shelf.publisher.identity),
        int.from_bytes(next(iter(contents.shelf.packs.values())).services.leaves[0][1:5], "big"),
    )
    directory = mailbag.Directory(edition.bag.directory, mailbag.entry_of("main", edition.bag))
    [(secret, place)] = [(one, at) for one in secrets if (at := directory.find(mailbag.tag_of(one, 7))) is not None]
    with serve(edition.files()) as address:
        with urllib.request.urlopen(f"{address}/mailbag/7/main/shard/{place // 1000}") as answer:  # noqa: S310 # our own server
            shard = answer.read()
        with pytest.raises(urllib.error.HTTPError, match="404") as absent:
            urllib.request.urlopen(f"{address}/mailbag/7/main/shard/99")  # noqa: S310 # our own server
        absent.value.close()
    directory.check_shard(place // 1000, shard)
    body = shard[place % 1000 * 512 :][:512]
    assert mailbag.join([mailbag.open_part(body, secret, 7)]) == ANSWER


@BUILD
@pytest.mark.browser
@pytest.mark.program("node")
def test_all_parts_are_measured(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, less in (("OPENINGS", 1), ("SEALS", 2), ("COLD_SEALS", 1), ("LOOKS", 1), ("INDEX_PAUSE", 10)):
        monkeypatch.setattr(page, name, less)
    monkeypatch.setattr(page, "ten_words", lambda guides: ["bread", "zzz"])
    result = page.run(repository, records=2_000)
    assert result["language"] == "en"
    assert result["guides"] == 12
    search = result["search"]
    assert search["keys"] == len("breadzzz")
    assert search["without_result"] == len("zzz")
    assert 0 < search["median_work"] < search["median"] <= search["worst"]
    [opening] = result["opening"]["runs"]
    assert opening["guide"] > opening["home"] > 0
    assert opening["steps"]
    assert 0 < result["sealing"]["warm"] < result["sealing"]["warm_shown"]
    assert 0 < result["sealing"]["prepared_sealed"] < result["sealing"]["prepared_shown"]
    replies = result["replies"]
    assert replies["records"] == 2_048
    assert replies["codename"] + replies["lookup"] < replies["shown"]
    shown = page.table(result)
    assert shown.count("OVER") == sum(not row["within"] for row in result["bars"].values())


def test_a_page_needs_a_corpus() -> None:
    with pytest.raises(Misused):
        page.run(None)
