"""Full parcels beside archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import full


@pytest.mark.program("zstd")
def test_every_pack_and_the_whole_edition_have_a_row(repository: Path) -> None:
    result = full.run(repository)
    assert [(row["what"], row["guides"]) for row in result["rows"]] == [("all", 21), ("en", 12), ("uk", 9)]
    assert result["rows"][0]["text"] == sum(row["text"] for row in result["rows"][1:])
    for row in result["rows"]:
        assert 0 < row["tar_zstd"] < row["text"]
        assert row["within"] is (row["bytes"] <= 0.95 * row["tar_zstd"])
    shown = full.table(result)
    assert shown.count("OVER") == sum(not row["within"] or row["within_zim"] is False for row in result["rows"])


@pytest.mark.program("zstd")
def test_the_archive_holds_what_it_is_given_and_no_more(tmp_path: Path) -> None:
    packs = {"en": {"a/b.md": b"first " * 50, "c.md": b"second"}}
    names = full.lay_out(packs, tmp_path)
    assert names == ["en/a/b.md", "en/c.md"]
    one, both = full.archive(tmp_path, names[:1]), full.archive(tmp_path, names)
    assert 0 < one < both
    assert full.archive(tmp_path, names) == both


@pytest.mark.program("zimwriterfs")
def test_a_zim_file_grows_with_its_guides() -> None:
    small = full.zim({"en": {"a.md": b"first"}})
    large = full.zim({"en": {"a.md": b"first", "b.md": bytes(range(32, 127)) * 20}})
    assert small is not None
    assert large is not None
    assert small < large


def test_without_the_tool_zim_is_left_out_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert full.zim({"en": {"a.md": b"first"}}) is None
    row = {"what": "all", "guides": 1, "text": 5, "bytes": 4, "tar_zstd": 5, "ratio": 0.8, "within": True}
    rows = [{**row, "zim": None, "zim_ratio": None, "within_zim": None}]
    assert "ZIM was left out" in full.table({"bar": 0.95, "zim_bar": 0.5, "rows": rows})
