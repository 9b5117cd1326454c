"""The pictures that a language's guides show: what goes into its picture parcel, and nothing else.

A picture that no guide shows stays at the office: it may be there by mistake.
"""

from __future__ import annotations

from pathlib import Path

from holub.outbound.press.facts import FactsCache
from holub.outbound.press.tree import GuideTree


def pictures_of(tree: GuideTree, cache: FactsCache | None = None) -> dict[str, dict[str, Path]]:
    """Language → (path inside the language → file), sorted by the UTF-8 bytes of the path; missing ones left out.

    Where the language has no picture at a path, the file is that of another language (`GuideTree.picture`).
    """
    cache = cache if cache is not None else FactsCache()
    gallery: dict[str, dict[str, Path]] = {}
    for pack in tree.packs:
        found: dict[str, Path] = {}
        for path, data in pack.guides:
            for _, shown in cache.guide(path, data).pictures():
                file = tree.picture(pack.language, shown) if shown and shown not in found else None
                if file is not None:
                    found[shown] = file
        gallery[pack.language] = {path: found[path] for path in sorted(found, key=str.encode)}
    return gallery
