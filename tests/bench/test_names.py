"""Which benchmarks there are, and that they say what they measure."""

from __future__ import annotations

import pytest

import bench
from bench.__main__ import find

KNOWN = find(bench.__path__, "bench")


@pytest.mark.parametrize("name", ["binding", "fountain", "full", "page", "paper", "proof", "screen", "updates"])
def test_a_benchmark_is_found_by_name_and_says_what_it_measures(name: str) -> None:
    assert len(KNOWN[name].about) > 20


def test_modules_that_others_use_are_no_benchmarks() -> None:
    assert not {"corpus", "publisher", "page_browser", "page_edition", "film", "wear"} & set(KNOWN)
