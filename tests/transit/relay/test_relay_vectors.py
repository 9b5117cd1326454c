"""Every case of spec/vectors/relay/ ends as it says. Only Python runs them: a reading page is no relay."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from holub.errors import Refused
from holub.transit.relay.have import AnswerReader, compare, read_question, short_names, write_question

VECTORS = Path(__file__).parents[3] / "spec" / "vectors"
FILES = sorted((VECTORS / "relay").glob("*.json"))


def name(case: dict[str, Any]) -> None:
    digest = bytes.fromhex(case["letter_hash"])
    assert short_names(bytes.fromhex(case["salt"]), [digest]) == {case["short_name"]: digest}


def question(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["question"])
    salt, names = read_question(data)
    assert (salt.hex(), names) == (case["salt"], case["names"])
    assert write_question(salt, names) == data


def answer(case: dict[str, Any]) -> None:
    """Whole, and byte by byte, as a slow line brings it."""
    data = bytes.fromhex(case["answer"])
    for step in (len(data), 1):
        reader, letters = AnswerReader(case["asked"], case["room"]), []
        for at in range(0, len(data), step):
            letters += reader.feed(data[at : at + step])
        found = (reader.lacking, [letter.hex() for letter in letters], reader.ended)
        assert found == (case["lacking"], case["letters"], case["expect"] == "ok")


def comparison(case: dict[str, Any]) -> None:
    salt, names = read_question(bytes.fromhex(case["question"]))
    lacking, send = compare(names, short_names(salt, map(bytes.fromhex, case["held"])))
    assert (lacking, sorted(digest.hex() for digest in send)) == (case["lacking"], case["send"])


RUN: dict[str, Callable[[dict[str, Any]], None]] = {
    "name": name,
    "question": question,
    "answer": answer,
    "compare": comparison,
}


def test_there_are_vectors() -> None:
    kinds = [json.loads(file.read_text(encoding="utf-8"))["case"] for file in FILES]
    for kind, least in zip(RUN, (2, 10, 12, 4), strict=True):
        assert kinds.count(kind) >= least, kind


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_case_ends_as_it_says(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    if case["expect"] in ("ok", "cut"):
        RUN[case["case"]](case)
        return
    assert case["expect"] == "refused"
    with pytest.raises(Refused):
        RUN[case["case"]](case)
