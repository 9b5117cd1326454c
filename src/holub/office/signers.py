"""Who can sign for a centre: how many root keys there are, how many are needed, and how many lie in this office."""

from __future__ import annotations

from dataclasses import dataclass

from holub.office.office import Office
from holub.office.rotation import PROPOSAL


@dataclass(frozen=True)
class Signers:
    """keys: root keys that the root document names; needed: how many of them make the next one valid; here: how many
    of them are in this office's vault; waiting: whether a next root document waits for holders' signatures."""

    keys: int
    needed: int
    here: int
    waiting: bool

    @property
    def alone(self) -> bool:
        """Whether this office can sign the next root document without anybody else: so can whoever takes it open."""
        return self.here >= self.needed


def signers(office: Office) -> Signers:
    """Reads the root document and the names in the vault. Raises Misused (the office is locked), Refused."""
    root = office.root
    here = sum(pen.public in root.root_keys for _, pen in office.pens("root"))
    return Signers(len(root.root_keys), root.threshold, here, (office.folder / PROPOSAL).is_file())
