"""What `holub edition verify` finds out about a file or a folder: what is genuine, in words and as fields.

Rules:
- what is damaged, forged, expired or another publisher's raises Refused: exit code 3 says that and nothing else.
- what cannot be judged alone raises Misused: an update is signed by what it leads to, which it does not carry, so it
  is neither genuine nor forged before the parcels that it builds on lie beside it.
- parcels that an edition does not need are not looked into, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holub.errors import Forged, Gap, HolubError, Misused, Older, Refused
from holub.faces.cli.frame import read_file
from holub.formats.bundle import OPEN
from holub.formats.mailbagparcel import MailbagParcel
from holub.formats.parcel import MAGIC as PARCEL
from holub.formats.parcel import Kind
from holub.formats.proof import MAGIC as PROOF
from holub.formats.proof import Proof, read_selection
from holub.formats.root import RootDocument
from holub.formats.sheet import read_sheet
from holub.formats.shelf import Shelf
from holub.outbound.press.page import check_page
from holub.transit.names import PARCEL_SUFFIX
from holub.transit.parcelfolder import Found, read_parcel_file, read_parcel_files, shelve

PROOF_ENDING = ".proof"
_BESIDE = "put it in one folder with the parcels that it builds on, and verify the folder"


@dataclass(frozen=True)
class Verdict:
    """What was found genuine. answer: the fields of --json · lines: for people, without the word genuine."""

    answer: dict[str, object]
    lines: list[str] = field(default_factory=list)


def judge(what: Path, publisher: RootDocument, now: int, proof: Path | None = None) -> Verdict:
    """A parcel, a page, a guide with its proof, or a folder of parcels. now: Unix seconds.

    proof: the guide's; `what` with PROOF_ENDING after it if not given. Raises Refused (not genuine), Misused (it
    cannot be judged alone), Unavailable.
    """
    if what.is_dir():
        return _parcels(*read_parcel_files([what]), publisher, now)
    beside = what.with_name(what.name + PROOF_ENDING)
    data = read_file(what)
    if proof or beside.is_file():
        return _guide(data, read_file(proof or beside), publisher, now)
    if data.startswith(PROOF):
        raise _no_guide(what)
    if data.startswith(PARCEL):
        return _parcel(read_parcel_file(what), publisher, now)
    if OPEN in data:
        return _page(data, publisher, now)
    raise Refused(
        f"{what.name} is neither a parcel nor a reading page, and there is no proof beside it",
        f"for a guide, give its proof too: {beside.name}; for a parcel, choose a file that ends in {PARCEL_SUFFIX}",
    )


def _no_guide(what: Path) -> Misused:
    guide = what.with_name(what.name.removesuffix(PROOF_ENDING))
    here = guide != what and guide.is_file()
    todo = f"give the guide beside it: {guide}" if here else f"give its guide, with --proof {what}"
    return Misused(f"{what.name} is a guide's proof, not the guide itself", todo)


def _guide(data: bytes, proof: bytes, publisher: RootDocument, now: int) -> Verdict:
    checked = Proof.parse(proof).check(data, publisher)
    checked.moment.check_fresh(now)
    edition = checked.moment.edition
    answer = {"kind": "guide", "path": checked.path, "language": checked.language, "edition": edition}
    return Verdict(answer, [f"the guide {checked.path} ({checked.language}) of edition {edition}"])


def _page(data: bytes, publisher: RootDocument, now: int) -> Verdict:
    contents = check_page(data, publisher)
    for held in contents.shelf.packs.values():
        held.moment.check_fresh(now)
    edition, language = contents.shelf.edition, contents.settings.language
    sections, lines = _sections(contents.shelf)
    answer = {"kind": "page", "edition": edition, "language": language, **sections}
    return Verdict(answer, [f"a reading page in {language} with edition {edition}", *lines])


def _parcel(one: Found, publisher: RootDocument, now: int) -> Verdict:
    match one.parcel.kind:
        case Kind.FULL | Kind.WHOLE:
            return _parcels([one], [], publisher, now)
        case Kind.SELECTION:
            proofs = [proof for proof, _ in read_selection(one.parcel.body, publisher)]
            for proof in proofs:
                proof.moment.check_fresh(now)
            paths = [proof.path for proof in proofs]
            return Verdict({"kind": "selection", "guides": paths}, [f"guides with their proofs: {', '.join(paths)}"])
        case Kind.SHEET:
            sheet = read_sheet(one.parcel.body).check(publisher)
            sheet.moment.check_fresh(now)
            names = [f"{leaf.section}/{leaf.language}" for leaf in sheet.packs]
            answer = {"kind": "sheet", "edition": sheet.moment.edition, "packs": names}
            return Verdict(answer, [f"the sheet of edition {sheet.moment.edition}", f"packs: {', '.join(names)}"])
        case Kind.LETTERS:
            raise Misused(
                "this is a bag of sealed letters, which nobody signs", "only the office can open and check it"
            )
        case _:
            raise Misused(f"this is {_name(one)}, which nobody can tell genuine from forged alone", _BESIDE)


def _name(one: Found) -> str:
    """What a parcel that builds on others says that it is."""
    label, kind = one.label, one.parcel.kind
    if label.start is not None:
        of = f"of {label.section}/{label.language}" if label.language else "of all packs"
        until = "" if label.until == label.start else f" to {label.until}"
        return f"an update {of} that leads on from edition {label.start}{until}, to edition {label.edition}"
    if kind is Kind.PICTURES:
        return f"a parcel of pictures of {label.section}/{label.language}"
    what = "a mailbag" if kind is Kind.MAILBAG else "a parcel of stamps"
    return f"{what} of edition {label.edition}"


def _parcels(
    found: Sequence[Found], damaged: Sequence[tuple[Path, HolubError]], publisher: RootDocument, now: int
) -> Verdict:
    shelf, applied, refused = shelve(Shelf(publisher), found)
    bags, loose = _beside(found, shelf)
    outdated = {one.path for one, why in refused if _is_outdated(one, why, shelf)}
    wrong = [*damaged, *((one.path, why) for one, why in [*refused, *loose] if one.path not in outdated)]
    if wrong:
        # What is damaged or forged is told before a file that cannot be read, or a parcel that only lacks another.
        path, why = min(wrong, key=lambda row: (isinstance(row[1], Gap), not isinstance(row[1], Refused)))
        if isinstance(why, Gap):
            raise Misused(f"{path.name} cannot be judged alone: {why.what}", _BESIDE)
        raise type(why)(f"{path.name}: {why.what}", why.todo)
    if not shelf.packs:
        raise Refused(
            "there are no parcels with guides here", f"give the folder with the files that end in {PARCEL_SUFFIX}"
        )
    for held in shelf.packs.values():
        held.moment.check_fresh(now)
    checked = {one.path for one in [*applied, *bags]} | outdated
    unchecked = [one.path.name for one in found if one.path not in checked]
    return _edition(shelf, sorted(path.name for path in outdated), unchecked)


def _beside(found: Sequence[Found], shelf: Shelf) -> tuple[list[Found], list[tuple[Found, HolubError]]]:
    """Mailbags and selections, which no shelf holds: those that are genuine, and those that are not with the reason."""
    good: list[Found] = []
    bad: list[tuple[Found, HolubError]] = []
    for one in found:
        try:
            if one.parcel.kind is Kind.MAILBAG:
                shelf.check_mailbag(MailbagParcel.read(one.parcel.body))
            elif one.parcel.kind is Kind.SELECTION:
                read_selection(one.parcel.body, shelf.publisher)
            else:
                continue
        except (Older, Gap):
            continue
        except Refused as why:
            bad.append((one, why))
        else:
            good.append(one)
    return good, bad


def _edition(shelf: Shelf, outdated: list[str], unchecked: list[str]) -> Verdict:
    try:
        complete = bool(shelf.check_complete())
    except HolubError:
        complete = False
    guides = sum(len(held.pack.guides) for held in shelf.packs.values())
    names = ["/".join(name) for name in shelf.packs]
    answer = {"kind": "parcels", "edition": shelf.edition, "guides": guides, "packs": names, "complete": complete}
    lines = [f"edition {shelf.edition}", f"packs: {', '.join(names)}", f"guides: {guides}"]
    lines.append(
        "complete: every pack that the edition names is here"
        if complete
        else "not complete: the edition's sheet, or a pack that it names, is not here"
    )
    sections, signed = _sections(shelf)
    if outdated:
        answer["passed_over"] = outdated
    if unchecked:
        answer["unchecked"] = unchecked
        lines.append(f"not needed for edition {shelf.edition}, and not checked: {', '.join(unchecked)}")
    lines += [f"passed over, of older keys: {name}" for name in outdated]
    return Verdict(answer | sections, lines + signed)


def _is_outdated(one: Found, why: HolubError, shelf: Shelf) -> bool:
    """Whether a parcel is of an older edition and only a key that was rotated away can have signed it."""
    if not isinstance(why, Forged) or shelf.publisher.serial == 1:
        return False
    return one.label.edition is not None and one.label.edition < shelf.edition


def _sections(shelf: Shelf) -> tuple[dict[str, object], list[str]]:
    """Of every delegated pack that is held: the section's serial, and the public keys of those who signed it."""
    rows: dict[str, object] = {}
    lines = []
    for (section, language), held in shelf.packs.items():
        if held.editors is not None:
            keys = shelf.publisher.sections[section].keys
            by = [keys[index].hex() for index, _ in held.editors.signatures]
            rows[f"{section}/{language}"] = {"serial": held.editors.serial, "signed_by": by}
            lines.append(f"{section}/{language}: serial {held.editors.serial}, signed by {', '.join(by)}")
    return ({"sections": rows} if rows else {}), lines
