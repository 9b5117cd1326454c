"""An edition laid out as files: `<language>/<path>`, a delegated section under `sections/<section>/`.

What was applied is kept in one hidden folder: which edition each pack is at, and the signatures that say so. The text
itself is read back from the files and checked against them, so a file that somebody changed is noticed.

A change of many files is made as one: the new files are staged first, then a plan is written, then they are moved. A
crash before the plan changes nothing; after it, the next opening finishes the moves.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from holub.errors import Refused, Unavailable
from holub.formats.header import Moment
from holub.formats.held import HeldPack
from holub.formats.leaf import PackLeaf, Services
from holub.formats.names import MAIN, check_path
from holub.formats.pack import Pack
from holub.formats.parcel import parse_parcel
from holub.formats.root import RootDocument
from holub.formats.sheet import read_sheet
from holub.formats.shelf import Name, Shelf

HIDDEN = ".holub"
_STATE, _PLAN, _STAGED = "state.json", "plan.json", "staged"
VERSION = 1
_AGAIN = "apply the full parcels into an empty folder"


def place(name: Name, path: str) -> str:
    """Where a guide of a pack lies, relative to the folder."""
    section, language = name
    return f"{language}/{path}" if section == MAIN else f"sections/{section}/{language}/{path}"


class EditionFolder:
    """A folder that holds editions of one publisher."""

    def __init__(self, folder: Path, publisher: RootDocument) -> None:
        """Finishes what a crash cut short. Raises Refused (another publisher, damaged), Unavailable."""
        self._folder = folder
        self._publisher = publisher
        self._hidden = folder / HIDDEN
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if (self._hidden / _PLAN).exists():
                self._finish()
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise Refused(f"the plan in {HIDDEN} is damaged", _AGAIN) from wrong
        except OSError as error:
            raise _trouble(error, folder) from error

    def shelf(self) -> Shelf:
        """What the folder holds; empty when it is new. Raises Refused when its files are not what was applied."""
        shelf = Shelf(self._publisher)
        file = self._hidden / _STATE
        if not file.exists():
            return shelf
        try:
            state: dict[str, Any] = json.loads(file.read_bytes())
            if state["version"] > VERSION:
                raise Refused("this folder was written by a newer holub", "install the newer holub")
            if state["identity"] != self._publisher.identity.hex():
                raise Refused("this folder holds editions of another publisher", "choose another folder")
            packs = {held.pack.name: held for held in map(self._read_pack, state["packs"])}
            sheet = read_sheet(parse_parcel(base64.b64decode(state["sheet"])).body) if state["sheet"] else None
        except (ValueError, KeyError, TypeError) as wrong:
            raise Refused(f"the record in {HIDDEN} is damaged", _AGAIN) from wrong
        except OSError as error:
            raise _trouble(error, self._folder) from error
        if sheet is not None:
            sheet.check(self._publisher)
        for held in packs.values():
            if held.stamp:
                held.check(self._publisher)
            elif sheet is None:
                raise Refused(f"the record in {HIDDEN} is damaged", _AGAIN)
            else:
                sheet.check_pack(held)
        return Shelf(self._publisher, packs, sheet)

    def _read_pack(self, row: Mapping[str, Any]) -> HeldPack:
        leaf = PackLeaf.parse(base64.b64decode(row["leaf"]))
        name = (leaf.section, leaf.language)
        guides: dict[str, bytes] = {}
        for path in row["paths"]:
            file = self._folder / place(name, check_path(path, ending=".md"))
            try:
                guides[path] = file.read_bytes()
            except FileNotFoundError:
                raise Refused(f"{place(name, path)} is missing from the folder", _AGAIN) from None
        held = HeldPack(
            Moment(*row["moment"]),
            Services.of([base64.b64decode(part) for part in row["services"]]),
            Pack(*name, guides),
            leaf.pictures,
            leaf.pictures_root,
            leaf.editors,
            base64.b64decode(row["stamp"]),
        )
        if held.leaf != leaf:
            raise Refused(f"a guide of {name[0]}/{name[1]} in the folder was changed by hand", _AGAIN)
        return held

    def write(self, before: Shelf, after: Shelf) -> tuple[int, int]:
        """Makes the folder hold `after`, at once or not at all: how many files were written and taken away.

        Raises Unavailable when the disk does not allow it; then the folder still holds `before`.
        """
        old, new = _files(before), _files(after)
        _check_places(new)
        fresh = {path: text for path, text in new.items() if old.get(path) != text}
        gone = sorted(set(old) - set(new))
        staged = self._hidden / _STAGED
        try:
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
            for number, text in enumerate(fresh.values()):
                (staged / str(number)).write_bytes(text)
            _write(staged / _STATE, json.dumps(_state(after)).encode())
            _write(self._hidden / _PLAN, json.dumps({"fresh": list(fresh), "gone": gone}).encode())
        except OSError as error:
            shutil.rmtree(staged, ignore_errors=True)
            raise _trouble(error, self._folder) from error
        try:
            self._finish()
        except OSError as error:
            raise _trouble(error, self._folder) from error
        return len(fresh), len(gone)

    def _finish(self) -> None:
        staged = self._hidden / _STAGED
        plan = json.loads((self._hidden / _PLAN).read_bytes())
        fresh = {path: staged / str(number) for number, path in enumerate(plan["fresh"])}
        # What goes goes first: a new guide may stand where an old folder was, or the other way round. After a crash
        # this runs again, so a place that is something else by now has had its turn.
        for path in plan["gone"]:
            target = self._folder / _inside(path)
            if not target.is_file() and not target.is_symlink():
                continue
            target.unlink()
            for parent in target.parents:
                if parent == self._folder or any(parent.iterdir()):
                    break
                parent.rmdir()
        for path, source in fresh.items():
            target = self._folder / _inside(path)
            if source.exists():
                if target.is_symlink() or any(parent.is_symlink() for parent in self._between(target)):
                    raise Refused(f"{path} is, or lies behind, a symbolic link", "choose an empty folder")
                target.parent.mkdir(parents=True, exist_ok=True)
                source.replace(target)
        if (staged / _STATE).exists():
            (staged / _STATE).replace(self._hidden / _STATE)
        (self._hidden / _PLAN).unlink()
        shutil.rmtree(staged, ignore_errors=True)

    def _between(self, target: Path) -> Iterator[Path]:
        """The folders between this one and a file below it."""
        return itertools.takewhile(lambda parent: parent != self._folder, target.parents)


def _check_places(paths: Collection[str]) -> None:
    """Raises Refused where a guide would have to be a folder too: no file system can hold both."""
    for path in paths:
        for parent in PurePosixPath(path).parents:
            if str(parent) in paths:
                raise Refused(f"{parent} is a guide and a folder of guides", "ask the centre to rename one of them")


def _files(shelf: Shelf) -> dict[str, bytes]:
    return {place(name, path): text for name, held in shelf.packs.items() for path, text in held.pack.guides.items()}


def _inside(path: str) -> PurePosixPath:
    return PurePosixPath(check_path(path))


def _state(shelf: Shelf) -> dict[str, object]:
    rows = []
    for held in shelf.packs.values():
        moment = held.moment
        rows.append(
            {
                "leaf": _text(held.leaf.encode()),
                "moment": [moment.edition, moment.time, moment.expiry],
                "services": [_text(leaf) for leaf in held.services.leaves],
                "stamp": _text(held.stamp),
                "paths": list(held.pack.guides),
            }
        )
    sheet = _text(shelf.sheet.parcel().encode()) if shelf.sheet else ""
    return {"version": VERSION, "identity": shelf.publisher.identity.hex(), "packs": rows, "sheet": sheet}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)


def _trouble(error: OSError, folder: Path) -> Unavailable:
    what = "the disk is full" if error.errno == 28 else f"{folder} cannot be written ({error.strerror})"
    return Unavailable(what, "make room or choose another folder; what it held is unchanged")
