"""The centre changes its keys, and editors of a town sign their own guides: an old page follows."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from holub.formats.pack import Pack
from holub.formats.root import Delegation
from holub.office.editions import Editions
from holub.office.rotation import Change, rotate
from holub.outbound.press.page import open_page
from holub.outbound.press.signing import Pen, sign_section_file
from tests.journeys.centre import TOWN_GUIDE, Centre, days_ago, in_language, tree
from tests.journeys.conftest import NewPhone, Serve
from tests.journeys.phone import guides_in

pytestmark = pytest.mark.browser
EDITOR = Pen(b"\x2a" * 32)


def test_an_old_page_follows_new_keys_and_shows_what_the_town_signed(
    centre: Centre, phone: NewPhone, tmp_path: Path
) -> None:
    # Given somebody's page of edition 1, and a centre that then changed all its keys, twice, and named an editor,
    centre.publish(days=3)
    old = Path(shutil.copy(centre.stick / "uk.html", tmp_path / "old.html"))
    now = int(time.time())
    rotate(centre.office, Change(edition=True, root_keys=3, threshold=2), now)
    town = Delegation(1, (EDITOR.public,))
    rotate(centre.office, Change(edition=True, sections={"town": town}, life=400 * 86_400), now)
    guide = Pack.of("town", "uk", {"water.md": "# Криниця на площі\n\nВода є зранку.\n".encode()})
    file = tmp_path / "town.hls"
    file.write_bytes(sign_section_file([guide], 1, centre.office.root, EDITOR).encode())
    centre.add_to(TOWN_GUIDE, "Речення нового видання.")
    Editions(centre.office).bind(centre.guides, centre.parcels, days_ago(0), code=centre.code, sections=[file])
    centre.send_to_stick()
    reader = phone(old.as_uri())
    # when it is given the new page, it walks the chain,
    reader.update_from_files([centre.stick / "uk.html"])
    reader.is_updated()
    saved = reader.save_page(tmp_path / "saved.html")
    assert guides_in(saved, "uk") == in_language(tree(centre.guides), "uk")
    contents = open_page(saved.read_bytes())
    assert [root.count(b"holub root v1\n") for root in contents.roots] == [1, 1, 1]
    assert contents.shelf.publisher == centre.office.root
    assert dict(contents.shelf.packs["town", "uk"].pack.guides) == dict(guide.guides)
    # and people find the town's guide.
    reader.home()
    assert "Криниця на площі" in reader.search("криниця")


def test_an_old_page_learns_of_new_keys_from_its_site(
    centre: Centre, phone: NewPhone, serve: Serve, tmp_path: Path
) -> None:
    # Given somebody's page of edition 1 on a site, and a centre that then changed all its keys, twice,
    centre.publish(days=3)
    shutil.copy(centre.stick / "uk.html", centre.stick / "before.html")
    now = int(time.time())
    rotate(centre.office, Change(edition=True, root_keys=3, threshold=2), now)
    rotate(centre.office, Change(edition=True), now)
    centre.add_to(TOWN_GUIDE, "Речення під новими ключами.")
    centre.publish(days=0)
    centre.send_to_stick()
    reader = phone(serve(centre.stick) + "/before.html")
    # when it asks the site for a newer edition, then the old keys lead it to the new ones.
    reader.update_from_site()
    reader.is_updated()
    saved = reader.save_page(tmp_path / "saved.html")
    assert guides_in(saved, "uk") == in_language(tree(centre.guides), "uk")
    assert open_page(saved.read_bytes()).shelf.publisher == centre.office.root
