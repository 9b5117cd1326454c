"""Stamps as slips to cut out and lay into leaflets: one PDF, typst sets it (spec/stamp.md).

Nothing on a slip says which batch it is of, where it goes or what the page is called; the file names no author and no
date.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from holub.errors import Misused, Unavailable, from_its_file

LANGUAGES = ("uk", "en", "ru", "ar")
_HERE = Path(__file__).parent


def slips_pdf(codes: Sequence[str], language: str) -> bytes:
    """The PDF, 24 codes on an A4 page, with two short sentences each. Raises Misused, Unavailable."""
    if language not in LANGUAGES:
        raise Misused(f"slips are not written in {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    if not codes:
        raise Misused("there are no codes to print")
    try:
        import typst  # only who prints needs it
    except ImportError:
        raise Unavailable(
            "slips of paper need the package typst, which is not installed here",
            from_its_file("office"),
        ) from None
    words = json.loads((_HERE / "words.json").read_text(encoding="utf-8"))[language]
    told = {**words, "language": language, "leftward": language == "ar", "codes": list(codes)}
    with tempfile.TemporaryDirectory(prefix="holub-slips-") as name:
        folder = Path(name)
        (folder / "slips.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        main = folder / "slips.typ"
        main.write_bytes((_HERE / "slips.typ").read_bytes())
        try:
            made = typst.Compiler().compile(str(main), root=str(folder), format="pdf", pdf_tags=False)
        except typst.TypstError as error:
            raise Unavailable(f"the slips could not be set ({error.message})", "choose a .txt file instead") from error
    return cast(bytes, made)
