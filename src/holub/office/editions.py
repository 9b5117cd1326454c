"""Publishing: guides, replies and keys become the next edition, and its parcels go out to carriers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from holub.errors import Misused, Refused, Unavailable
from holub.formats import bagleaf, mailbag
from holub.formats.bundle import code_hash
from holub.formats.leaf import MAX_CODES, Services, code_leaf
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.names import MAIN
from holub.formats.pack import Pack
from holub.inbound.mailroom.letters import State
from holub.office.office import Office
from holub.office.sections import Carried, Sections
from holub.office.views import NextEdition, PackChange
from holub.outbound.press.archive import Archive, Bound, Entry, Record, make_entry
from holub.outbound.press.binding import Binding, Manuscript, bind, count_changes, next_moment
from holub.outbound.press.check import Checked, check_tree, errors
from holub.outbound.press.facts import FactsCache
from holub.outbound.press.finding import Finding
from holub.outbound.press.forecast import MOST_CHANGED, update_bytes
from holub.outbound.press.gallery import pictures_of
from holub.outbound.press.ladder import Ladder
from holub.outbound.press.packreport import ReportCache
from holub.outbound.press.tree import GuideTree, read_tree
from holub.store import files

Progress = Callable[[str, int, int], object]
CODES = "codes.json"
_WORKERS = 2


def quiet(_stage: str, _done: int, _total: int) -> None:
    """The progress of somebody who does not watch."""


@dataclass(frozen=True)
class Published:
    """A bound edition: its record, how many guides changed, what the check found, where the parcels are; which kept
    sections and which pictures it does not carry, and why."""

    record: Record
    changed: int
    findings: tuple[Finding, ...]
    paths: tuple[Path, ...]
    left_out: tuple[Refused, ...] = ()


class Editions:
    """The office's editions."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def _press(self) -> Path:
        return self.archive.folder

    @property
    def archive(self) -> Archive:
        return self._office.archive

    def newest(self) -> Bound | None:
        """The newest edition, read back from its parcels."""
        return self.archive.read_newest()

    def check(self, tree: GuideTree, now: int, progress: Progress = quiet) -> Checked:
        """What is wrong with the guides; what was checked before is not read again."""
        cache, reports = FactsCache.load(self._press / "facts"), ReportCache.load(self._press / "reports")
        checked = check_tree(
            tree, now=now, cache=cache, reports=reports, progress=lambda done, total: progress("checking", done, total)
        )
        cache.save(self._press / "facts")
        reports.save(self._press / "reports")
        return checked

    def preview(self, guides: Path, now: int, *, sections: Sequence[Path] = ()) -> NextEdition:
        """What binding these guides, and these sections' files, now would change."""
        tree = read_tree(guides)
        packs = {pack.carried.name: pack.carried.check() for pack in tree.packs}
        carried = self._carried(sections)
        packs.update({pack.name: pack for pack in carried.packs})
        old = self.archive.read_newest(packs.values())
        leaf = self._office.mailroom.letter_key(now).encode()
        record = self.archive.newest()
        entries = record.parcels if record else ()
        fulls = {(one.section, one.language): one.size for one in entries if one.kind == "full"}
        rows = []
        for name in sorted({*packs, *(old.packs if old else {})}):
            before = old.packs[name].held.pack if old and name in old.packs else None
            added, changed, removed = count_changes(before, packs.get(name, Pack(*name, {})))
            count = len(packs[name].guides) if name in packs else 0
            row = PackChange(*name, count, added, changed, removed)
            if old and before is not None and name in packs and added + changed <= MOST_CHANGED:
                update = update_bytes(old.packs[name].held, packs[name], next_moment(old, now), leaf)
                row = replace(row, update=update, full=fulls[name] + update if name in fulls else None)
            rows.append(row)
        number = old.sheet.moment.edition + 1 if old else 1
        replies = self._office.mailroom.counts()[State.ANSWERED]
        problems = tuple(errors(self.check(tree, now).findings))
        new_key = old is None or old.sheet.services.leaves[0] != leaf
        return NextEdition(number, tuple(rows), replies, new_key, problems)

    def bind(
        self,
        guides: Path,
        out: Path | None,
        now: int,
        *,
        code: bytes | None = None,
        life: int | None = None,
        sections: Sequence[Path] = (),
        progress: Progress = quiet,
    ) -> Published:
        """Binds a folder of guides as the next edition, keeps it, and writes its parcels into `out`.

        code: the reading page's code, if it is built. now: Unix seconds; life: seconds until the expiry.
        sections: files that editors signed, new ones; those accepted before are carried on.
        Raises Refused when the guides or a section cannot be carried, Misused when there are none, Unavailable.
        """
        publisher = self._office.root
        if now >= publisher.expiry:
            raise Misused("the root document has expired: no reader would take this edition", "run `holub keys rotate`")
        progress("reading guides", 0, 1)
        tree = read_tree(guides)
        checked = self.check(tree, now, progress)
        wrong = errors(checked.findings)
        if wrong:
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            place = f"{wrong[0].file}:{wrong[0].line}" if wrong[0].line else wrong[0].file
            raise Refused(f"{place}: {wrong[0].what}{more}", f"{wrong[0].todo}; `holub press check` lists everything")
        packs = [pack.carried.check() for pack in tree.packs]
        if not packs:
            raise Misused("there are no guides to bind", "put guides into folders named by language, such as uk/")
        carried = self._carried(sections, keep=True)
        shown = pictures_of(tree, checked.reports)
        pictures = {(MAIN, language): self._pictures(language, files, progress) for language, files in shown.items()}
        lost = tuple(
            Refused(
                f"the picture {language}/{path} is left out: it is damaged or too large",
                "put it there again, smaller or whole, and publish once more",
            )
            for language, files in shown.items()
            for path in files
            if path not in pictures[MAIN, language]
        )
        old = self.archive.read_newest([*packs, *carried.packs])
        moment = next_moment(old, now) if life is None else next_moment(old, now, life)
        bag, leaf = self._mailbag(moment.edition)
        key = self._office.mailroom.letter_key(now).encode()
        services = Services.of([key, b"\x02", leaf, code_leaf(self._codes(code))])
        binding = bind(
            Manuscript([*packs, *carried.packs], pictures, carried.editors),
            old,
            moment=moment,
            services=services,
            pen=self._office.pen(),
            ladder=Ladder.of(self.archive, old) if old else None,
            progress=lambda done, total: progress("binding", done, total),
        )
        binding.sheet.check(publisher)  # what readers would refuse never goes out
        return replace(self._keep(binding, bag, checked.findings, out, now), left_out=(*carried.left_out, *lost))

    def left_out(self, sections: Sequence[Path] = ()) -> tuple[Refused, ...]:
        """Which kept sections the next edition would not carry, and why: they keep nothing else from being bound."""
        return self._carried(sections).left_out

    def _carried(self, sections: Sequence[Path], *, keep: bool = False) -> Carried:
        """The sections of the next edition; with `keep`, the files given are the accepted ones from now on."""
        shelf, publisher = Sections(self._press), self._office.root
        fresh = [shelf.check(path, publisher) for path in sections]
        if len({one.section for one in fresh}) != len(fresh):
            raise Misused("two files of one section were given", "give the newest of them")
        if keep:
            shelf.keep(fresh)
        return shelf.carried(publisher, fresh)

    def _keep(
        self, binding: Binding, bag: MailbagParcel | None, findings: Sequence[Finding], out: Path | None, now: int
    ) -> Published:
        parcels, record = dict(binding.parcels), binding.record
        if bag is not None:
            data = bag.parcel().encode()
            entry = make_entry(data, record.edition, bag.section, None)
            parcels[entry.name] = data
            record = Record(record.edition, record.time, record.expiry, record.guides, (*record.parcels, entry))
        self.archive.add(record, parcels, binding.back)
        self._office.mailroom.published(record.edition, now)
        paths: tuple[Path, ...] = ()
        if out is not None:
            paths = tuple(self.copy_out(record.parcels, out, parcels))
        return Published(record, binding.changed, tuple(findings), paths)

    def copy_out(self, entries: Sequence[Entry], out: Path, fresh: Mapping[str, bytes] | None = None) -> list[Path]:
        """Writes parcels, and the root document that they are checked with, into a folder; gives the parcels' paths.

        fresh: parcels whose bytes the caller has, by name. Updates of earlier editions that the folder lacks come too:
        a copy that once broke off would else leave a gap that no old page gets over.
        """
        updates = [entry for record in self.archive.records() for entry in record.parcels if entry.kind == "update"]
        paths = self.archive.copy_out(entries, out, fresh, lacking=updates)
        try:
            # Written over in place, it would be nobody's root document for whoever reads it in between, or for good.
            beside = out / (self._office.root_file.name + ".new")
            beside.write_bytes(self._office.root_file.read_bytes())
            beside.replace(out / self._office.root_file.name)
        except OSError as error:
            raise files.disk_trouble(error, out) from error
        return paths

    def _mailbag(self, edition: int) -> tuple[MailbagParcel | None, bytes]:
        """The main section's mailbag and its leaf; none before the first letter was ever opened."""
        room = self._office.mailroom
        if not any(room.counts().values()) and not self._had_mailbag():
            return None, bagleaf.NO_MAILBAG
        replies = room.mailbag_inputs(edition, (MAIN,))[MAIN]
        bag = mailbag.build(replies, edition, os.urandom)
        leaf = bagleaf.encode_leaf([mailbag.entry_of(MAIN, bag)])
        return MailbagParcel(edition, MAIN, bag.directory, b"".join(bag.shards)), leaf

    def _had_mailbag(self) -> bool:
        newest = self.archive.newest()
        return newest is not None and any(entry.kind == "mailbag" for entry in newest.parcels)

    def _codes(self, code: bytes | None) -> list[bytes]:
        """The hashes of the page codes that are genuine: this one, then those of editions before."""
        path = self._press / CODES
        try:
            known = [bytes.fromhex(row) for row in json.loads(path.read_bytes())] if path.exists() else []
        except (ValueError, TypeError) as wrong:
            raise Refused(f"the list of page codes in {path} is damaged", "restore the office from a backup") from wrong
        if code is None:
            return known
        fresh = code_hash(code)
        codes = [fresh, *(row for row in known if row != fresh)][:MAX_CODES]
        if codes != known:
            files.replace(path, json.dumps([row.hex() for row in codes]).encode())
        return codes

    def _pictures(self, language: str, sources: Mapping[str, Path], progress: Progress) -> dict[str, bytes]:
        """The pictures of a language, made small; each source picture is worked on once, ever."""
        folder = self._press / "pictures"
        files.make_private_folder(folder)
        found = sorted(sources.items())
        small: dict[str, bytes] = {}
        with ThreadPoolExecutor(_WORKERS) as pool:
            for done, ((path, _), data) in enumerate(
                zip(found, pool.map(lambda row: _small(folder, row[1]), found), strict=True), 1
            ):
                if data is not None:
                    small[path] = data
                progress(f"pictures {language}", done, len(found))
        return small

    def entry_rows(self, number: int) -> Record:
        """The record of an edition. Raises Misused when there is none of this number."""
        for record in self.archive.records():
            if record.edition == number:
                return record
        raise Misused(f"there is no edition {number}", "look at the list of editions")


def _small(folder: Path, source: Path) -> bytes | None:
    """A picture made small, kept by the hash of its source; None where it cannot be read as one."""
    # Many folders have no pictures: the library that reads them is loaded for the first one.
    from holub.outbound.press.pictures import LARGEST_FILE, resize

    try:
        if source.stat().st_size > LARGEST_FILE:
            return None  # as below
        raw = source.read_bytes()
    except OSError as error:
        raise Unavailable(f"{source.name} cannot be read ({error.strerror})", "see who may read it") from error
    kept = folder / sha256(raw).hexdigest()
    if kept.exists():
        return kept.read_bytes()
    try:
        data = resize(raw)
    except Refused:
        return None  # whoever binds is told; a guide without its picture is better than no edition
    files.replace(kept, data)
    return data
