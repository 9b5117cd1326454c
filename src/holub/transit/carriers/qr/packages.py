"""The packages that paper needs, asked for when they are: a relay that has no use for paper has none of them."""

from __future__ import annotations

import importlib
from typing import Any

from holub.errors import Unavailable, from_its_file

NAMES = {
    "typst": "typst",
    "segno": "segno",
    "zxingcpp": "zxing-cpp",
    "pypdfium2": "pypdfium2",
    "PIL.Image": "pillow",
    "PIL.ImageOps": "pillow",
    "PIL.ImageFilter": "pillow",
}


def package(module: str) -> Any:
    """A module of one of NAMES. Raises Unavailable with the one thing to install."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Unavailable(
            f"sheets of paper need the package {NAMES[module]}, which is not installed here",
            from_its_file("paper"),
        ) from None
