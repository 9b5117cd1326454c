"""The cache of facts: it says what reading again would say, and a bad one is as good as none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holub.errors import Unavailable
from holub.outbound.press import facts as facts_module
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.guide import Facts, read_facts

PIECES = st.sampled_from(
    ["---\n", "title: я\n", "x: y\n", "# a\n", "[b](c.md#d)\n", "![e](f.png)", "<b>", "- [ ] g\n", "\x85"]
)


@given(st.lists(st.lists(PIECES, max_size=8).map(lambda pieces: "".join(pieces).encode()) | st.binary(max_size=20)))
def test_what_was_saved_is_what_would_be_read(tmp_path_factory: pytest.TempPathFactory, guides: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("cache") / "facts"
    cache = FactsCache()
    for data in guides:
        cache.add(data, read_facts(data))
    cache.save(path)
    again = FactsCache.load(path)
    for data in guides:
        assert again.get(data) == read_facts(data)
    assert not again.changed


def filled(path: Path, *guides: bytes) -> None:
    cache = FactsCache()
    for data in guides:
        cache.guide("a.md", data)
    cache.save(path)


def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "facts", b"# one", b"# two")
    read: list[bytes] = []

    def noted(data: bytes) -> Facts:
        read.append(data)
        return read_facts(data)

    monkeypatch.setattr(facts_module, "read_facts", noted)
    cache = FactsCache.load(tmp_path / "facts")
    assert [cache.guide("a.md", data).title for data in (b"# one", b"# two", b"# three")] == ["one", "two", "three"]
    assert read == [b"# three"]


def test_what_is_no_longer_used_goes_when_there_is_too_much(tmp_path: Path) -> None:
    filled(tmp_path / "facts", b"# one", b"# two")
    cache = FactsCache.load(tmp_path / "facts")
    cache.guide("a.md", b"# two")
    cache.save(tmp_path / "facts")
    assert FactsCache.load(tmp_path / "facts").get(b"# one") is not None
    cache.save(tmp_path / "facts", most=1)
    again = FactsCache.load(tmp_path / "facts")
    assert again.get(b"# one") is None
    assert again.get(b"# two") is not None


def test_new_facts_are_added_at_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    filled(path, b"# one")
    before = path.read_bytes()
    cache = FactsCache.load(path)
    for guide in (b"# two", b"# one"):
        cache.guide("a.md", guide)
    cache.save(path)
    assert path.read_bytes().startswith(before)
    cache.guide("a.md", b"# three")
    cache.save(path)
    again = FactsCache.load(path)
    assert all(again.get(guide) == read_facts(guide) for guide in (b"# one", b"# two", b"# three"))


def test_after_a_line_that_was_cut_short_the_file_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    filled(path, b"# one", b"# two")
    path.write_bytes(path.read_bytes()[:-9])
    cache = FactsCache.load(path)
    for guide in (b"# one", b"# two", b"# three"):
        cache.guide("a.md", guide)
    cache.save(path)
    again = FactsCache.load(path)
    assert all(again.get(guide) == read_facts(guide) for guide in (b"# one", b"# two", b"# three"))
    assert path.read_bytes().count(b"\n") == 4


def test_a_line_that_another_holub_added_to_our_file_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "facts"
    filled(path, b"# one")
    ours = path.read_bytes()
    with monkeypatch.context() as other:
        other.setattr(facts_module, "VERSION", "holub facts 0")
        filled(path, b"# two")
        theirs = path.read_bytes().split(b"\n", 1)[1]
    path.write_bytes(ours + theirs)
    again = FactsCache.load(path)
    assert again.get(b"# one") is not None
    assert again.get(b"# two") is None


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    filled(tmp_path / "facts", b"# one")
    cache = FactsCache.load(tmp_path / "facts")
    cache.guide("a.md", b"# one")
    (tmp_path / "facts").unlink()
    cache.save(tmp_path / "facts")
    assert not (tmp_path / "facts").exists()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "another version": lambda data: data.replace(b"holub facts 3", b"holub facts 0"),
    "cut off": lambda data: data[:-20],
    "nothing in it": lambda _data: b"",
    "one letter changed": lambda data: data.replace(b"one", b"two"),
    "no JSON": lambda data: data.replace(b"[[", b"[{"),
    "only keys": lambda data: data[:-1].rsplit(b" ", 2)[0],
    "bytes": lambda _data: b"\xff\x00" * 99,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_cache_is_as_good_as_none(name: str, tmp_path: Path) -> None:
    path = tmp_path / "facts"
    filled(path, b"# one")
    path.write_bytes(DAMAGE[name](path.read_bytes()))
    cache = FactsCache.load(path)
    assert cache.get(b"# one") is None
    assert cache.guide("a.md", b"# one").title == "one"
    cache.save(path)
    assert FactsCache.load(path).get(b"# one") == read_facts(b"# one")


def test_an_absent_cache_is_empty_and_a_full_disk_is_named(tmp_path: Path) -> None:
    cache = FactsCache.load(tmp_path / "facts")
    cache.guide("a.md", b"x")
    with pytest.raises(Unavailable):
        cache.save(tmp_path / "no folder" / "facts")
