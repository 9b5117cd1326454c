"""A centre whose stick goes on the air, by whichever radio."""

from __future__ import annotations

import shutil
from pathlib import Path

from holub import sample
from holub.office.editions import Editions
from holub.office.office import Office, Publisher
from holub.office.post import Parcels
from holub.transit.carriers import FolderCarrier

NOW = 1_795_000_000


class Station:
    """A centre whose stick goes on the air."""

    def __init__(self, home: Path) -> None:
        self.guides = Path(shutil.copytree(sample.guides(), home / "guides"))
        self.office = Office.create(home / "office", "six words that nobody guessed", Publisher("Центр"), NOW)
        self.parcels, self.stick = home / "parcels", home / "stick"
        self.stick.mkdir()
        self.editions = 0
        self.publish()

    @property
    def root(self) -> Path:
        return self.office.root_file

    def publish(self) -> None:
        self.editions += 1
        (self.guides / "uk" / "news.md").write_text(f"---\ntitle: Новини {self.editions}\n---\n\nТекст.\n", "utf-8")
        Editions(self.office).bind(self.guides, self.parcels, NOW + self.editions * 86_400)
        Parcels(self.parcels, self.root.read_bytes()).send(FolderCarrier(self.stick), code=None)

    def listed(self) -> set[str]:
        """What is to arrive: the newest edition's packs one by one, and the updates that lead to it."""
        rows = FolderCarrier(self.stick).catalogue().listings
        whole = {row.name for row in rows if row.kind == "full" and row.language is None}
        older = {row.name for row in rows if row.kind == "update" and row.to_edition != self.editions}
        assert len(whole) == 1
        return {row.name for row in rows} - whole - older
