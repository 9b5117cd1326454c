"""The pictures that a language's guides show: what goes into its picture parcel, and nothing else.

A picture that no guide shows stays at the office: it may be there by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from holub.outbound.press.packreport import PackReport
from holub.outbound.press.tree import GuideTree


def pictures_of(tree: GuideTree, reports: Mapping[str, PackReport]) -> dict[str, dict[str, Path]]:
    """Language → (path inside the language → file), sorted by the UTF-8 bytes of the path; missing ones left out.

    reports: of `check_tree`. Where the language has no picture at a path, the file is that of another language
    (`GuideTree.picture`).
    """
    gallery: dict[str, dict[str, Path]] = {}
    for pack in tree.packs:
        found: dict[str, Path] = {}
        for wanted in reports[pack.language].wanted:
            file = tree.picture(pack.language, wanted.path) if wanted.path and wanted.path not in found else None
            if file is not None:
                found[wanted.path] = file
        gallery[pack.language] = {path: found[path] for path in sorted(found, key=str.encode)}
    return gallery
