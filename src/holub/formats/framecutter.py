"""Cuts a parcel into frames (spec/frame.md): source symbols first, then as much repair as losses ask for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from holub.errors import Misused
from holub.formats.fountain import PACKET_HEAD, Block
from holub.formats.frame import Split, frame_head, payload_id
from holub.formats.parcel import parcel_id


class Cutter:
    """One parcel, ready to be sent in frames of one size.

    parcel: the whole parcel; symbol: bytes a symbol, see `symbol_size`. Raises Misused outside the limits.
    """

    def __init__(self, parcel: bytes, symbol: int) -> None:
        self.split = Split(len(parcel), symbol)
        self.id = parcel_id(parcel)
        self._head = frame_head(self.id, len(parcel))
        self._parcel = parcel
        self._made: dict[int, Block] = {}

    @property
    def count(self) -> int:
        """Source symbols: a receiver needs this many frames, rarely one or two more."""
        return self.split.count

    def frame(self, block: int, number: int) -> bytes:
        """The frame of one symbol; numbers from `split.symbols(block)` on are repair.

        The block's earlier repair symbols are made and held too: go through numbers in order and begin anew after some
        rounds rather than ask for a very high one.
        """
        if not 0 <= block < self.split.blocks:
            raise Misused(f"there is no block {block} in {self.split.blocks}")
        told = payload_id(block, number)
        return self._head + told + self._block(block).packets(number + 1)[number][PACKET_HEAD:]

    def frames(self, repair: int = 0, first: int = 0) -> Iterator[bytes]:
        """The symbols `first` to K + repair - 1 of every block, block after block for each number.

        Neighbouring frames belong to different blocks, so a gap in what arrives costs each block a little.
        """
        ends = [self.split.symbols(block) + repair for block in range(self.split.blocks)]
        made = [self._block(block).packets(end) for block, end in enumerate(ends)]
        if len(made) == 1:
            # The library numbers an object's first block 0, as a frame does.
            for packet in made[0][first : ends[0]]:
                yield self._head + packet
            return
        for number in range(first, ends[0]):
            for block, packets in enumerate(made):
                if number < ends[block]:
                    yield self._head + payload_id(block, number) + packets[number][PACKET_HEAD:]

    def _block(self, block: int) -> Block:
        made = self._made.get(block)
        if made is None:
            start, end = self.split.span(block)
            made = self._made[block] = Block(self._parcel[start:end], self.split.symbol)
        return made

    def carousel(self, repair: int, first: int = 0) -> Iterator[bytes]:
        """Without end: from `first` on, then every round from the beginning, with the same repair symbols.

        repair: a block's repair symbols; K of them and more, where much is lost. first: where the first round begins,
        a number drawn at random where several senders may be heard at once.
        """
        first %= self.split.symbols(0) + repair
        for turn in count():
            yield from self.frames(repair, 0 if turn else first)
