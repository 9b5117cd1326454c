"""`holub up` says that all of it is only for trying where it made the passphrase, and not where one was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from holub.errors import Unavailable
from holub.faces import cli
from holub.faces.cli import up
from holub.faces.desk import DeskSettings
from holub.office.dispatch import Dispatch
from holub.office.office import Office
from holub.store.database import Database


@pytest.mark.parametrize("given", [False, True], ids=["made", "given"])
def test_what_it_tells_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: bool) -> None:
    told: list[DeskSettings] = []

    def desk(_office: Office, settings: DeskSettings, **_: object) -> None:
        told.append(settings)
        raise Unavailable("this desk does not start", "nothing to do")

    monkeypatch.setattr(up, "DeskServer", desk)
    data, secret = tmp_path / "data", tmp_path / "secret"
    secret.write_text("four words for it\n")
    words = ["--passphrase-file", str(secret)] if given else []
    for _ in range(2):  # the first run, and one after it
        assert cli.run(["up", "--data", str(data), "--port", "0", *words]) == 4
    assert [settings.trial for settings in told] == [None if given else data] * 2
    # What the desk says of the first edition: it is on the postbox.
    database = Database.at(data / "office" / "office.db")
    assert [(went.carrier, went.trouble) for went in Dispatch(database).of(1)] == [("postbox", "")]
    database.close()
