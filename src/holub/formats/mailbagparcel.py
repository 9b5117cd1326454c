"""Kind 6, mailbag: one section's replies of one edition (spec/parcel.md); opaque here, see spec/mailbag.md."""

from __future__ import annotations

from dataclasses import dataclass

from holub.formats.names import read_name
from holub.formats.parcel import Kind, Parcel
from holub.formats.wire import Reader, sized, text8, u32

MAX_BODIES = 2**30
MAX_DIRECTORY = 2**25


@dataclass(frozen=True)
class MailbagParcel:
    """directory and bodies are checked against an edition's mailbag leaf by whoever opens them."""

    edition: int
    section: str
    directory: bytes
    bodies: bytes

    def parcel(self) -> Parcel:
        head = u32(self.edition) + text8(self.section.encode())
        return Parcel(Kind.MAILBAG, head + sized(self.directory) + sized(self.bodies))

    @classmethod
    def read(cls, body: bytes) -> MailbagParcel:
        """Raises Refused."""
        reader = Reader(body, "the mailbag")
        edition, section = reader.u32(), read_name(reader.text8(), "section")
        bag = cls(edition, section, reader.sized(MAX_DIRECTORY), reader.sized(MAX_BODIES))
        reader.end()
        return bag
