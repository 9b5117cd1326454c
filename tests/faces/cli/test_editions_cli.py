"""The commands that carry an edition: keys, press, edition, parcel, page, mirror, as outside scripts call them."""

from __future__ import annotations

import os
import shutil
from functools import reduce
from hashlib import sha256
from pathlib import Path

import pytest

from holub import sample
from holub.faces import cli
from holub.formats.bundle import CLOSE, OPEN, cut_page, fill_page, read_bundle, write_bundle
from holub.office.office import read_root
from holub.outbound.press.page import open_page
from holub.reader import BUILT
from holub.transit.carriers.folder import FolderCarrier
from holub.transit.editionfolder import EditionFolder
from tests.faces.cli.command import Run, rows

CODE = b"<!doctype html><title>notes</title>" + OPEN + CLOSE + b"<p>code"


@pytest.fixture
def passphrase(tmp_path: Path) -> str:
    file = tmp_path / "passphrase"
    file.write_text("a passphrase of several words\n")
    return str(file)


@pytest.fixture
def office(tmp_path: Path, passphrase: str, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "office"
    assert cli.run(["keys", "new", "--office", str(folder), "--passphrase-file", passphrase]) == 0
    capsys.readouterr()
    return folder


@pytest.fixture
def guides(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample.guides(), tmp_path / "guides"))


def texts(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.md")}


def bind(run: Run, guides: Path, office: Path, out: Path, passphrase: str) -> dict[str, object]:
    return run("press", "bind", guides, "--office", office, "--out", out, "--passphrase-file", passphrase)


def test_an_edition_goes_from_guides_to_guides(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, root, to = tmp_path / "parcels", office / "root.txt", tmp_path / "to"
    first = bind(run, guides, office, out, passphrase)
    assert first["edition"] == 1
    assert first["changed"] == first["guides"] == len(texts(guides))
    kinds = {(row["kind"], row["from"], row["section"], row["language"]) for row in rows(first, "parcels")}
    assert {("full", None, "main", "uk"), ("full", None, None, None), ("sheet", None, None, None)} <= kinds
    assert all(Path(str(row["path"])).stat().st_size == row["bytes"] for row in rows(first, "parcels"))
    applied = run("parcel", "apply", out, "--to", to, "--root", root)
    assert applied["edition"] == 1
    assert texts(to) == texts(guides)

    (guides / "uk" / "phone" / "checks.md").write_text("# Інше\n", encoding="utf-8")
    (guides / "uk" / "phone" / "ще одна.md").write_text("# Ще одна\n", encoding="utf-8")
    (guides / "ru" / "safety" / "polls.md").unlink()
    second = bind(run, guides, office, out, passphrase)
    updates = [row["path"] for row in rows(second, "parcels") if row["kind"] == "update" and row["language"]]
    assert len(updates) == 3
    applied = run("parcel", "apply", *updates, "--to", to, "--root", root)
    assert applied["packs"] == {"main/en": 2, "main/ru": 2, "main/uk": 2}
    assert texts(to) == texts(guides)
    verified = run("edition", "verify", out, "--root", root)
    assert (verified["edition"], verified["complete"]) == (2, True)


def test_a_sweep_brings_a_mirror_up_to_date_in_one_parcel(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, root, to = tmp_path / "parcels", office / "root.txt", tmp_path / "to"
    first = bind(run, guides, office, out, passphrase)
    whole = next(row["path"] for row in rows(first, "parcels") if row["kind"] == "full" and row["language"] is None)
    run("parcel", "apply", whole, "--to", to, "--root", root)
    (guides / "en" / "new.md").write_text("# New\n")
    second = bind(run, guides, office, out, passphrase)
    sweep = next(row["path"] for row in rows(second, "parcels") if row["kind"] == "update" and row["language"] is None)
    assert run("parcel", "apply", sweep, "--to", to, "--root", root)["edition"] == 2
    assert texts(to) == texts(guides)


def test_applying_what_is_held_already_changes_nothing(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, to = tmp_path / "parcels", tmp_path / "to"
    bind(run, guides, office, out, passphrase)
    run("parcel", "apply", out, "--to", to, "--root", office / "root.txt")
    again = run("parcel", "apply", out, "--to", to, "--root", office / "root.txt")
    assert (again["written"], again["removed"], again["refused"]) == (0, 0, [])


def test_a_damaged_parcel_is_refused_and_nothing_is_half_applied(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, root, to = tmp_path / "parcels", office / "root.txt", tmp_path / "to"
    first = bind(run, guides, office, out, passphrase)
    uk = next(Path(str(row["path"])) for row in rows(first, "parcels") if row["language"] == "uk")
    uk.write_bytes(uk.read_bytes()[:-1])
    assert run("parcel", "apply", uk, "--to", to, "--root", root, code=3)["kind"] == "refused"
    assert texts(to) == {}
    assert run("edition", "verify", out, "--root", root, code=3)["kind"] == "refused"


def test_a_guide_changed_by_hand_is_noticed(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, root, to = tmp_path / "parcels", office / "root.txt", tmp_path / "to"
    bind(run, guides, office, out, passphrase)
    run("parcel", "apply", out, "--to", to, "--root", root)
    (to / "uk" / "safety" / "polls.md").write_text("# Відповідайте на все\n", encoding="utf-8")
    assert "changed by hand" in str(run("parcel", "apply", out, "--to", to, "--root", root, code=3)["what"])


def test_a_plan_that_a_crash_cut_short_is_finished_by_the_next_command(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, root, to = tmp_path / "parcels", office / "root.txt", tmp_path / "to"
    bind(run, guides, office, out, passphrase)
    real = Path.replace
    moved = 0

    def die_half_way(self: Path, target: Path) -> Path:
        nonlocal moved
        if target.suffix == ".md":
            moved += 1
            if moved > 20:
                raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", die_half_way)
    assert cli.run(["parcel", "apply", str(out), "--to", str(to), "--root", str(root)]) == 130
    monkeypatch.undo()
    assert 0 < len(texts(to)) < len(texts(guides))
    assert EditionFolder(to, read_root(root)).shelf().edition == 1
    assert texts(to) == texts(guides)


def test_another_publishers_root_opens_nothing(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, other = tmp_path / "parcels", tmp_path / "other"
    bind(run, guides, office, out, passphrase)
    run("keys", "new", "--office", other, "--passphrase-file", passphrase, "--name", "Somebody else")
    assert run("edition", "verify", out, "--root", other / "root.txt", code=3)["kind"] == "refused"
    assert run("parcel", "apply", out, "--to", tmp_path / "to", "--root", other / "root.txt", code=3)["what"]


def test_one_guide_is_proved_and_checked_alone(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, root, proofs = tmp_path / "parcels", office / "root.txt", tmp_path / "proofs"
    bind(run, guides, office, out, passphrase)
    made = run("edition", "prove", "uk/safety/polls.md", "en/safety/polls.md", "--parcels", out, "--out", proofs)
    assert all(int(str(row["bytes"])) <= 700 for row in rows(made, "proofs"))
    guide = proofs / "uk" / "safety" / "polls.md"
    assert run("edition", "verify", guide, "--root", root)["path"] == "safety/polls.md"
    guide.write_bytes(guide.read_bytes() + b" ")
    assert run("edition", "verify", guide, "--root", root, code=3)["kind"] == "refused"
    assert run("edition", "prove", "uk/none.md", "--parcels", out, code=2)["kind"] == "misused"


def test_a_page_is_built_fingerprinted_and_told_from_a_swapped_one(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "page-code.html"
    code.write_bytes(CODE)
    monkeypatch.setattr("holub.reader.BUILT", code)
    out, root, page = tmp_path / "parcels", office / "root.txt", tmp_path / "page.html"
    bind(run, guides, office, out, passphrase)
    built = run("page", "build", out, "--language", "uk", "--out", page, "--postbox", "http://127.0.0.1:1/")
    again = run(
        "page", "build", out, "--language", "uk", "--out", tmp_path / "b.html", "--postbox", "http://127.0.0.1:1"
    )
    assert built["fingerprint"] == again["fingerprint"]
    assert cut_page(page.read_bytes())[0] == CODE
    marked = run("page", "fingerprint", page)
    assert (marked["edition"], marked["language"]) == (1, "uk")
    assert marked["words"] is None
    assert run("page", "check", page, "--root", root)["genuine"] is True
    assert run("edition", "verify", page, "--root", root)["kind"] == "page"
    page.write_bytes(page.read_bytes().replace(b"<p>code", b"<p>evil"))
    assert "code" in str(run("page", "check", page, "--root", root, code=3)["what"])
    assert run("page", "build", out, "--language", "fr", "--out", page, code=2)["kind"] == "misused"
    assert run("page", "fingerprint", root, code=3)["kind"] == "refused"


def test_a_page_carries_the_word_lists_and_its_fingerprint_is_told_in_words(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "built"
    built.mkdir()
    packed = {language: b"packed " + language.encode() for language in ("en", "ru", "uk")}
    # A page's code names the hashes of its lists.
    named = " ".join(sha256(one).hexdigest() for one in packed.values())
    (built / "page.html").write_bytes(CODE + named.encode())
    for language, one in packed.items():
        (built / f"words-{language}.bin").write_bytes(one)
    for language, first in (("en", "a"), ("uk", "б")):
        words = [f"{first}{at:04}" for at in range(7776)]
        (built / f"words-{language}.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    monkeypatch.setattr("holub.reader.BUILT", built / "page.html")
    out, page = tmp_path / "parcels", tmp_path / "page.html"
    bind(run, guides, office, out, passphrase)
    for language, order, first in (("ru", "ru en uk", "a"), ("uk", "uk en ru", "б")):
        run("page", "build", out, "--language", language, "--out", page)
        lists = open_page(page.read_bytes()).lists
        assert [one.language for one in lists] == order.split()
        assert lists[0].packed == b"packed " + language.encode()
        marked = run("page", "fingerprint", page)
        both = sha256(bytes.fromhex(str(marked["code"]) + str(marked["publisher"]))).digest()
        digits = [int(word.removeprefix(first)) for word in str(marked["words"]).split()]
        assert len(digits) == 6
        assert reduce(lambda high, low: high * 7776 + low, digits) == int.from_bytes(both[:10], "big") % 7776**6
        assert str(marked["short"]).replace(" ", "") == both.hex()[:16]
    assert run("page", "check", page, "--root", office / "root.txt")["genuine"] is True
    code, data = cut_page(page.read_bytes())
    settings, *items = read_bundle(data)
    page.write_bytes(fill_page(code, write_bundle([settings, items[0] + b"x", *items[1:]])))
    assert "list of words" in str(run("page", "check", page, "--root", office / "root.txt", code=3)["what"])
    for strange in ([items[0], *items], [*items, items[0]], [b"HLW1\x02UKx", *items]):
        page.write_bytes(fill_page(code, write_bundle([settings, *strange])))
        assert run("page", "fingerprint", page, code=3)["kind"] == "refused"


WRONG_POSTBOXES = (
    "post.example.org",
    "htp://post.example.org",
    "javascript:alert(1)",
    "https://",
    "http://user:word@post.example.org",
    "http://post.example.org:99999",
    "http://post.example.org/?a=b",
    "http://post example.org",
)


@pytest.mark.parametrize("address", WRONG_POSTBOXES)
def test_no_page_is_made_that_could_never_send_a_letter(address: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "root.txt").write_bytes(b"not looked at")
    right = ("--postbox", "https://post.example.org/box")
    for words in (
        ("page", "build", tmp_path, "--language", "uk", "--out", tmp_path / "x.html"),
        ("mirror", tmp_path / "mirror", "--parcels", tmp_path),
    ):
        error = run(*words, *right, "--postbox", address, code=2)
        assert error["what"] == f"this is no address of a postbox: {address.rstrip('/')}"
    assert [file.name for file in tmp_path.iterdir()] == ["root.txt"]


def test_without_built_code_the_page_says_what_to_do(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holub.reader.BUILT", BUILT.with_name("none.html"))
    out = tmp_path / "parcels"
    bind(run, guides, office, out, passphrase)
    error = run("page", "build", out, "--language", "uk", "--out", tmp_path / "page.html", code=2)
    assert "make page" in str(error["todo"])


def test_a_mirror_is_written_and_brought_up_to_date(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    out, mirror = tmp_path / "parcels", tmp_path / "mirror"
    bind(run, guides, office, out, passphrase)
    first = run("mirror", mirror, "--parcels", out)
    assert (mirror / "plain" / "uk" / "safety" / "polls.html").is_file()
    assert first["edition"] == 1
    assert run("mirror", mirror, "--parcels", out)["pages"] == 0
    (guides / "uk" / "safety" / "polls.md").unlink()
    (guides / "uk" / "safety" / "alert-poll.md").unlink()
    bind(run, guides, office, out, passphrase)
    second = run("mirror", mirror, "--parcels", out)
    assert second["edition"] == 2
    assert not (mirror / "plain" / "uk" / "safety" / "polls.html").exists()


def test_binding_says_clearly_what_is_wrong(
    run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("another passphrase\n")
    words = ("press", "bind", guides, "--office", office, "--out", tmp_path / "out", "--passphrase-file")
    assert run(*words, wrong, code=2)["kind"] == "misused"
    assert run(*words, tmp_path / "none", code=4)["kind"] == "unavailable"
    assert run("press", "bind", tmp_path / "none", *words[3:], passphrase, code=2)["kind"] == "misused"
    assert run("keys", "new", "--office", office, "--passphrase-file", passphrase, code=2)["kind"] == "misused"
    bad = guides / "uk" / "back\\slash.md"
    bad.write_text("# x\n")
    error = run(*words, passphrase, code=3)
    assert "back" in str(error["what"])


def test_a_dry_run_binds_nothing(run: Run, guides: Path, office: Path, tmp_path: Path, passphrase: str) -> None:
    out = tmp_path / "out"
    words = ("press", "bind", guides, "--office", office, "--out", out, "--passphrase-file", passphrase)
    assert run(*words, "--dry-run")["edition"] == 1
    assert not out.exists()
    assert run(*words)["edition"] == 1


def test_keys_are_shown_and_their_passphrase_changed(
    run: Run, office: Path, guides: Path, tmp_path: Path, passphrase: str
) -> None:
    shown = run("keys", "show", office / "root.txt")
    assert (shown["serial"], shown["threshold"]) == (1, 1)
    new = tmp_path / "new"
    new.write_text("a newer passphrase of several words\n")
    run("keys", "passphrase", "--office", office, "--passphrase-file", passphrase, "--new-passphrase-file", new)
    words = ("press", "bind", guides, "--office", office, "--out", tmp_path / "out", "--passphrase-file")
    assert run(*words, passphrase, code=2)["kind"] == "misused"
    assert run(*words, new)["edition"] == 1


def test_a_fetch_from_a_stick_leaves_what_may_be_another_centres(office: Path, passphrase: str, run: Run) -> None:
    stick = office.parent / "stick"
    stick.mkdir()
    FolderCarrier(stick).leave_letter(os.urandom(4_096))
    words = ("letters", "fetch", "--office", office, "--folder", stick, "--passphrase-file", passphrase)
    nothing = {"opened": 0, "decoys": 0, "replays": 0, "too_late": 0}
    assert run(*words) == {**nothing, "refused": 1, "left": 1}
    assert run(*words, "--all") == {**nothing, "refused": 1, "left": 0}
    assert list((stick / "letters").iterdir()) == []
