"""About how many bytes a pack's update will have, before anything is bound or signed.

Written as the update itself is, with zeros for the stamp. What only binding knows is taken from the edition before: its
pictures, and that a mailbag that was there will be another one. So it is off by some tens of bytes; where pictures
change, by some more.
"""

from __future__ import annotations

from holub.formats.bagleaf import NO_MAILBAG
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.pack import Pack
from holub.formats.signature import SIGNATURE_BYTES
from holub.formats.update import write_update

# Above that many changed guides it would take as long as binding.
MOST_CHANGED = 500


def update_bytes(old: HeldPack, pack: Pack, moment: Moment, letter_key: bytes) -> int:
    """Bytes of the update from the edition before. letter_key: the key leaf that will be published."""
    mailbag = old.services.leaves[2]
    other = mailbag if mailbag == NO_MAILBAG else mailbag[:-1] + bytes([mailbag[-1] ^ 1])
    services = old.services.replaced({0: letter_key, 2: other})
    new = HeldPack(moment, services, pack, old.pictures, old.pictures_root, old.editors, bytes(SIGNATURE_BYTES))
    return len(write_update(old, new).encode())
