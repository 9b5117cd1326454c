"""`holub desk`: run the web application that the centre's staff work in, and make its first account.

Both need the office's passphrase. The desk listens on this machine alone unless it is told otherwise.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.faces.desk import DeskServer, DeskSettings, run_desk
from holub.office.keepers import Keepers, check_name, check_password, new_secret, otpauth
from holub.office.office import Office
from holub.reader import page_code_if_built
from holub.transit.carrier import Carrier
from holub.transit.carriers import FolderCarrier, HttpCarrier
from holub.transit.postbox import read_token

app = frame.group("The web application that the centre's staff work in.")
keeper = frame.group("Who may work at the desk.")
app.add_typer(keeper, name="keeper", help="Who may work at the desk.")


@app.command("serve")
def serve(
    office: frame.OfficeFolder,
    guides: Annotated[Path, typer.Option("--guides", metavar="GUIDES", help="The folder of guides to publish from.")],
    parcels: Annotated[
        Path | None,
        typer.Option("--parcels", metavar="DIR", help="Where editions are written; OFFICE/parcels if not given."),
    ] = None,
    postbox: Annotated[
        str | None, typer.Option("--postbox", metavar="URL", help="The postbox to publish to and to fetch from.")
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", metavar="F", help="The file with the office's token for it.")
    ] = None,
    proxy: Annotated[
        str | None, typer.Option("--proxy", metavar="URL", help="The way to the postbox: socks5h://127.0.0.1:9050.")
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option("--folder", metavar="DIR", help="A folder that editions go to, too; may be given several times."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65_535, help="Where to listen; 0 takes any free port.")
    ] = 8090,
    name: Annotated[
        str, typer.Option("--name", metavar="HOST", help="The desk's name in the address bar.")
    ] = "localhost",
    lock_after: Annotated[
        int,
        typer.Option("--lock-after", metavar="MINUTES", min=0, help="Lock when nobody works for so long; 0: never."),
    ] = 30,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Run the desk until Ctrl+C. Prints `desk: URL`, and a one-time code where nobody has an account yet."""
    if (postbox is None) != (token_file is None):
        raise Misused("a postbox and its token go together", "give both --postbox and --token-file, or neither")
    if not guides.is_dir():
        raise Misused(f"there is no folder {guides}", "name the folder that holds the guides")
    secret = frame.passphrase(passphrase_file)
    with contextlib.ExitStack() as opened:
        carriers: list[tuple[str, Carrier]] = []
        if postbox is not None and token_file is not None:
            carrier = opened.enter_context(HttpCarrier([postbox], token=read_token(token_file), proxy=proxy))
            carriers.append((postbox, carrier))
        carriers += [(one.name or str(one), FolderCarrier(one)) for one in folder or ()]
        held = opened.enter_context(Office.open(office, secret))
        settings = DeskSettings(
            guides,
            parcels or office / "parcels",
            carriers,
            (postbox.rstrip("/"),) if postbox else (),
            page_code_if_built(),
            hosts=(name,),
            lock_after=60 * lock_after,
        )
        run_desk(held, settings, port=port, ready=lambda server: _tell(server, as_json=as_json))


def _tell(server: DeskServer, *, as_json: bool) -> None:
    code = server.first_run_code
    text = f"desk: {server.url}"
    if code is not None:
        text += f"\none-time code for the first account: {code}"
    frame.show({"desk": server.url, "code": code}, text, as_json=as_json)


@keeper.command("new")
def new(
    office: frame.OfficeFolder,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The name to sign in with.")],
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", metavar="F", help="Read the password from the first line of F; else asked for."
        ),
    ] = None,
    passphrase_file: frame.PassphraseFile = None,
    as_json: frame.Json = False,
) -> None:
    """Make the desk's account: a password, and an authenticator app that shows its first code."""
    name = check_name(name)
    phrase = frame.passphrase(passphrase_file)
    with Office.open(office, phrase) as opened:
        keepers = Keepers(opened.vault)
        if keepers.any():
            raise Misused("this office has a keeper already", "sign in with that account")
        if password_file is None:
            password = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
        else:
            password = frame.passphrase(password_file)
        check_password(password)
        secret = new_secret()
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        # On standard error, so that the answer of --json holds no secret.
        typer.echo(f"Add this key to the authenticator app: {groups}", err=True)
        typer.echo(f"or, as one line: {otpauth(name, opened.root.name, secret)}", err=True)
        code = str(typer.prompt("The six digits that it shows now", err=True))
        keepers.create(name, password, secret, code, int(time.time()))
    frame.show({"keeper": name}, f"{name} can sign in at the desk.", as_json=as_json)
