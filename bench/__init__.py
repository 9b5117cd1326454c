"""Benchmarks: each prints ratios against peers and limits, measured in one run on one machine.

A benchmark is a module here with

    run(corpus: Path | None) -> dict      plain JSON values; raises holub.errors where it cannot run
    table(result: dict) -> str            the same result as a table for people

and a docstring whose first line says what it measures.
"""
