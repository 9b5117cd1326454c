"""`holub page`: build the reading page, compare fingerprints, tell a genuine page from a swapped one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.faces.cli.edition import Root
from holub.formats.bundle import Settings
from holub.formats.root import split_chain
from holub.office.office import ROOT_FILE, read_root
from holub.outbound.press.page import Fingerprint, build_page, check_page, choose_parcels, fingerprint
from holub.reader import page_code, plain_words
from holub.transit.parcelfolder import open_shelf, read_parcel_files

app = frame.group("The reading page: build it, compare fingerprints, tell a genuine one from a swapped one.")

PageFile = Annotated[Path, typer.Argument(metavar="FILE", help="A reading page.")]
RootBeside = Annotated[
    Path | None, typer.Option("--root", metavar="ROOT", help=f"The root document; PARCELS/{ROOT_FILE} if not given.")
]
Postboxes = Annotated[
    list[str] | None, typer.Option("--postbox", metavar="URL", help="Where letters go; may be given several times.")
]


def addresses(postbox: Iterable[str] | None) -> tuple[str, ...]:
    """The postboxes that go into a page. Raises Misused: a page that holds a wrong one can never send a letter."""
    found = tuple(address.rstrip("/") for address in postbox or ())
    for address in found:
        if not _is_postbox(address):
            todo = "write it like https://post.example.org, without a name, a password, ? or # in it"
            raise Misused(f"this is no address of a postbox: {frame.plain(address)}", todo)
    return found


def _is_postbox(address: str) -> bool:
    try:
        parts = urlsplit(address)
        is_place = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_place and not re.search(r"[\x00-\x20\x7f@?#]", address)


def _words(mark: Fingerprint) -> str | None:
    """The six words that the page shows in its language; None where the word lists are not built."""
    words = plain_words(mark.language) or plain_words("en")
    return mark.in_words(words) if words else None


@app.command()
def build(
    parcels: Annotated[Path, typer.Argument(metavar="PARCELS", help="The folder of parcels.")],
    language: Annotated[str, typer.Option(help="The language of the guides, such as uk.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")],
    root: RootBeside = None,
    postbox: Postboxes = None,
    as_json: frame.Json = False,
) -> None:
    """Build the one file that people read: code and one language of the newest edition."""
    settings = Settings(language, addresses(postbox))
    root_file = root or parcels / ROOT_FILE
    if not root_file.is_file():
        raise Misused(f"there is no root document {root_file}", "give one with --root")
    publisher = read_root(root_file)
    shelf, _ = open_shelf(publisher, [parcels])
    found, _ = read_parcel_files([parcels])
    chosen = choose_parcels(shelf, [one.data for one in found], language)
    page = build_page(page_code(), settings, split_chain(frame.read_file(root_file)), chosen)
    frame.write_file(out, page)
    mark = fingerprint(page)
    answer = {"page": str(out), "bytes": len(page), "edition": mark.edition, "fingerprint": mark.page.hex()}
    text = f"{out}: edition {mark.edition}, {len(page):,} bytes\nfingerprint {mark.short}"
    frame.show(answer, text, as_json=as_json)


@app.command(name="fingerprint")
def fingerprint_(page: PageFile, as_json: frame.Json = False) -> None:
    """Show a page's fingerprint, in digits and in the six words that the page shows itself."""
    mark = fingerprint(frame.read_file(page))
    answer = {
        "fingerprint": mark.page.hex(),
        "words": _words(mark),
        "short": mark.short,
        "code": mark.code.hex(),
        "publisher": mark.root.hex(),
        "edition": mark.edition,
        "language": mark.language,
    }
    lines = [f"{key}: {value}" for key, value in answer.items() if value is not None]
    frame.show(answer, "\n".join(lines), as_json=as_json)


@app.command()
def check(page: PageFile, root: Root, as_json: frame.Json = False) -> None:
    """Tell whether a page is the publisher's own, code and edition. Ends with 3 where it is not."""
    publisher = read_root(root)
    contents = check_page(frame.read_file(page), publisher)
    answer = {"genuine": True, "publisher": publisher.name, "edition": contents.shelf.edition}
    text = f"This page is genuine: {publisher.name}, edition {contents.shelf.edition}."
    frame.show(answer, text, as_json=as_json)
