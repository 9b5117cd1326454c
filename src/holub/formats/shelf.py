"""What somebody holds of a publisher's editions, and how a parcel changes it.

A shelf is a value: `receive` gives a new one or raises, and the old one is as it was. So nothing is ever half-applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from holub.errors import Forged, Gap, Misused, Older, Refused
from holub.formats.bagleaf import check_bag
from holub.formats.full import read_full
from holub.formats.held import HeldPack
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.packstamps import PackStamps
from holub.formats.parcel import Kind, Parcel, parse_parcel
from holub.formats.pictures import read_pictures
from holub.formats.root import RootDocument
from holub.formats.sheet import Sheet, read_sheet
from holub.formats.sweep import read_sweep
from holub.formats.update import read_update, update_target
from holub.formats.whole import read_whole

Name = tuple[str, str]


@dataclass(frozen=True)
class Shelf:
    """Packs by (section, language); the newest sheet, if one came; pictures' bytes by SHA-256."""

    publisher: RootDocument
    packs: Mapping[Name, HeldPack] = field(default_factory=dict)
    sheet: Sheet | None = None
    pictures: Mapping[Name, Mapping[str, bytes]] = field(default_factory=dict)

    @property
    def edition(self) -> int:
        """The newest edition that is held; 0 when there is none."""
        numbers = [held.moment.edition for held in self.packs.values()]
        return max(numbers + ([self.sheet.moment.edition] if self.sheet else []), default=0)

    def receive(self, data: bytes) -> Shelf:
        """The shelf with this parcel applied. Raises Refused."""
        parcel = parse_parcel(data)
        match parcel.kind:
            case Kind.FULL:
                return self._with(read_full(parcel.body))
            case Kind.UPDATE:
                section, language, span = update_target(parcel.body)
                old = self.packs.get((section, language))
                if old is None:
                    raise Gap(
                        f"this is an update of {section}/{language}, which is not held",
                        f"get the full parcel, or edition {span.until} first",
                    )
                return self._with(read_update(parcel.body, old))
            case Kind.SWEEP:
                if not self.packs:
                    raise Gap("a sweep needs all packs of the edition before", "get the full parcels first")
                sheet, packs = read_sweep(parcel.body, self.packs.values(), self.publisher)
                return replace(self, sheet=sheet, packs=packs)
            case Kind.WHOLE:
                return self._with_whole(*read_whole(parcel.body, self.publisher))
            case Kind.SHEET:
                return self._with_sheet(read_sheet(parcel.body).check(self.publisher))
            case Kind.PACKSTAMPS:
                return self._with_stamps(PackStamps.read(parcel.body))
            case Kind.PICTURES:
                return self._with_pictures(parcel)
            case _:
                raise Misused(
                    f"a parcel of kind {parcel.kind.name.lower()} holds no guides", "use the command made for it"
                )

    def taken(self, data: bytes) -> Shelf:
        """As `receive`; but a mailbag, which holds no guides, is checked and changes nothing. Raises Refused."""
        parcel = parse_parcel(data)
        if parcel.kind is not Kind.MAILBAG:
            return self.receive(data)
        self.check_mailbag(MailbagParcel.read(parcel.body))
        return self

    def _with(self, held: HeldPack) -> Shelf:
        before = self.packs.get(held.pack.name)
        held.check(self.publisher).check_follows(before)
        return replace(self, packs=dict(sorted({**self.packs, held.pack.name: held}.items())))

    def _with_whole(self, sheet: Sheet, packs: Mapping[Name, HeldPack]) -> Shelf:
        for name, held in packs.items():
            held.check_follows(self.packs.get(name))
        return replace(self._with_sheet(sheet), packs=packs)

    def _with_sheet(self, sheet: Sheet) -> Shelf:
        if self.sheet and sheet.moment.edition < self.sheet.moment.edition:
            raise Older(
                f"the sheet of edition {sheet.moment.edition} is older than what is held",
                f"nothing to do: edition {self.sheet.moment.edition} stays",
            )
        return replace(self, sheet=sheet)

    def _with_stamps(self, given: PackStamps) -> Shelf:
        """Each pack with its stamp; an edition that is not held whole, and checked, cannot be told which is whose."""
        edition, stamps = given.edition, given.stamps
        title = f"the stamps of edition {edition}"
        if edition < self.edition:
            raise Older(f"{title} are older than what is held", f"nothing to do: edition {self.edition} stays")
        if self.sheet is None or self.sheet.moment.edition != edition or not self._is_complete(self.sheet):
            raise Gap(f"these are {title}, which is not held whole", f"get edition {edition} first, by a sweep")
        names = [(leaf.section, leaf.language) for leaf in self.sheet.packs]
        if len(names) != len(stamps):
            raise Forged(f"{title} are not as many as its packs", "do not use them; ask for them again")
        packs = {
            name: self.packs[name].stamped(stamp).check(self.publisher)
            for name, stamp in zip(names, stamps, strict=True)
        }
        return replace(self, packs=dict(sorted({**self.packs, **packs}.items())))

    def _with_pictures(self, parcel: Parcel) -> Shelf:
        pictures = read_pictures(parcel.body)
        name = (pictures.section, pictures.language)
        held = self.packs.get(name)
        if held is None:
            raise Gap(f"these are pictures of {name[0]}/{name[1]}, which is not held", "get its full parcel first")
        pictures.check(held.pictures_root)
        known = {**_by_hash(self.pictures.get(name, {})), **pictures.blobs}
        here = {path: known[digest] for path, digest in pictures.index.items() if digest in known}
        return replace(self, pictures={**self.pictures, name: here})

    def check_mailbag(self, bag: MailbagParcel) -> None:
        """Raises Refused unless the bag is one that its edition signed, and Gap or Older where that is not held."""
        stamped = [held for held in (self.sheet, *self.packs.values()) if held and held.moment.edition == bag.edition]
        if not stamped:
            what = f"this is a mailbag of edition {bag.edition}, and edition {self.edition} is held"
            if bag.edition > self.edition:
                raise Gap(what, "get that edition first")
            raise Older(what, "nothing to do: later editions bring the replies again")
        check_bag(bag, stamped[0].services.leaves[2])

    def check_complete(self) -> Sheet:
        """The sheet, when every pack that it names is held as it names it. Raises Refused."""
        if self.sheet is None:
            raise Refused("the edition's sheet is missing", "add the parcel that lists the whole edition")
        for leaf in self.sheet.packs:
            held = self.packs.get((leaf.section, leaf.language))
            if held is None:
                raise Refused(f"the pack {leaf.section}/{leaf.language} is missing", "add its parcel")
            self.sheet.check_pack(held)
        return self.sheet

    def _is_complete(self, sheet: Sheet) -> bool:
        names = ((leaf, self.packs.get((leaf.section, leaf.language))) for leaf in sheet.packs)
        return all(held is not None and held.moment == sheet.moment and held.leaf == leaf for leaf, held in names)


def _by_hash(pictures: Mapping[str, bytes]) -> dict[bytes, bytes]:
    return {sha256(data).digest(): data for data in pictures.values()}
