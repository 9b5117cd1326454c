"""The carrier itself: `send` writes one PDF, `receive` reads photographs and scans (spec/paper.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from holub.errors import HolubError, Misused, Unavailable
from holub.formats.frame import symbol_size
from holub.formats.framecutter import Cutter
from holub.formats.parcel import ENVELOPE_BYTES, parcel_id
from holub.transit.carriers.qr.caption import Caption
from holub.transit.carriers.qr.mark import Mark, set_of
from holub.transit.carriers.qr.photos import pictures
from holub.transit.carriers.qr.plan import SPARE, USUAL, Layout, Plan, plan
from holub.transit.carriers.qr.printing import Page, write_pdf
from holub.transit.carriers.qr.reading import codes
from holub.transit.carriers.qr.seen import Seen
from holub.transit.oneway import Progress, collect, quiet
from holub.transit.placing import place_file


class QrCarrier:
    """See `holub.transit.oneway.OneWay`. place: the PDF to write; to read, a file or a folder of photographs.

    lose: how many sheets may be lost; without it `spare` codes are printed for each that is needed. worn: the share of
    codes on a sheet that may become unreadable.
    """

    def __init__(
        self,
        place: Path,
        caption: Caption | None = None,
        layout: Layout = USUAL,
        *,
        lose: int | None = None,
        spare: float = SPARE,
        worn: float | None = None,
    ) -> None:
        self._place, self._caption, self._layout = place, caption or Caption(), layout
        self._lose, self._spare, self._worn = lose, spare, worn
        self.seen = Seen()
        self.unusable: list[tuple[Path, HolubError]] = []
        self.written: Plan | None = None

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        """All parcels on one set of sheets; the file is there whole or not at all."""
        given = list(parcels)
        if any(len(parcel) < ENVELOPE_BYTES for parcel in given):
            raise Misused("this is no parcel", "give files whose names end in .hlp")
        if self._place.suffix.lower() != ".pdf":
            raise Misused("sheets are written as a PDF", "name it so: qr:sheets.pdf")
        planned = plan(
            [len(parcel) for parcel in given], self._layout, lose=self._lose, spare=self._spare, worn=self._worn
        )
        pages = self._pages(given, planned, progress)
        place_file(self._place, write_pdf(pages, self._layout))
        self.written = planned

    def _pages(self, parcels: list[bytes], planned: Plan, progress: Progress) -> Iterator[Page]:
        cutters = [Cutter(parcel, symbol_size(self._layout.frame, len(parcel))) for parcel in parcels]
        made = [
            list(one.frames(max(cells * planned.sheets - one.count, 0)))
            for one, cells in zip(cutters, planned.cells, strict=True)
        ]
        ids = [one.id for one in cutters]
        done = [0] * len(cutters)
        for sheet in range(planned.sheets):
            frames = []
            # One of each parcel in turn, so that a torn corner costs none of them all.
            for turn in range(max(planned.cells)):
                for place, cells in enumerate(planned.cells):
                    if turn < cells:
                        frames.append(made[place][sheet + turn * planned.sheets])
                        done[place] += 1
                        progress(ids[place], done[place], cutters[place].count)
            mark = Mark(set_of(ids), sheet + 1, planned.sheets, planned.enough, len(frames))
            lines = self._caption.lines(sheet + 1, planned.sheets, planned.enough)
            yield Page(lines, self._foot(ids), mark.encode(), frames)

    def _foot(self, ids: list[bytes]) -> str:
        said = " ".join(one.hex()[:8] for one in ids[:6]) + (" …" if len(ids) > 6 else "")
        return f"{said} · {self._caption.words}" if self._caption.words else said

    def frames(self) -> Iterable[bytes]:
        """What is on the photographs, in the order of their names."""
        for _, picture in pictures(self._place, lambda file, why: self.unusable.append((file, why))):
            self.seen.picture()
            for data in codes(picture, self.seen.lacking):
                if self.seen.code(data):
                    yield data

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        """Raises Unavailable with what to photograph again where no parcel came."""
        try:
            for parcel in collect(self.frames(), progress):
                self.seen.whole(parcel_id(parcel))
                yield parcel
        except Unavailable as why:
            raise self._told(why) from None

    def _told(self, why: Unavailable) -> Unavailable:
        if advice := self.seen.advice():
            mixed = self.seen.mixed()
            sets = f"; there are sheets of {mixed} different sets among them" if mixed > 1 else ""
            return Unavailable(why.what + sets, advice[0])
        if "pip install" in why.todo or "photographs" in why.what:
            return why
        strangers = self.seen.strangers
        codes = "one code on them is" if strangers == 1 else f"{strangers:,} codes on them are"
        strange = f"; {codes} somebody else's" if strangers else ""
        return Unavailable(why.what + strange, "photograph each sheet whole, flat, sharp and in even light; then again")
