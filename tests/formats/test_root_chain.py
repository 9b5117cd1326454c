"""A file that holds a chain of root documents falls into them."""

from __future__ import annotations

import pytest

from holub.errors import Refused
from holub.formats.root import split_chain
from holub.outbound.press.signing import Pen, new_root
from tests.formats.signed import PEN, ROOT, TIME


def test_a_chain_falls_into_its_documents_also_where_a_name_looks_like_a_beginning() -> None:
    names = ("holub root v1", "x holub root v1")
    documents = [new_root(name, TIME, [Pen(b"\x01" * 32)], [PEN]).encode() for name in names]
    assert split_chain(b"".join(documents)) == documents
    assert split_chain(ROOT.encode()) == [ROOT.encode()]


@pytest.mark.parametrize("data", [b"", b"\n" + ROOT.encode(), b"something else\n"])
def test_what_does_not_begin_as_a_root_document_is_none(data: bytes) -> None:
    with pytest.raises(Refused):
        split_chain(data)
