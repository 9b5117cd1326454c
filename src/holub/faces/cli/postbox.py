"""`holub postbox`: run the public server, and let an office in.

The office's token is made at the office (`token`); only its hash goes to the postbox (`admit`), so
a seized postbox cannot pretend to be the office.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused
from holub.faces.cli import frame
from holub.transit.postbox import admit_office, new_token, run_postbox

app = frame.group("The public server that hands out editions and takes sealed letters. It can read nothing.")

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="The postbox's own folder; made where absent.")]


@app.command("serve")
def serve(
    data: Data,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Where to listen; 0 takes any free port.")] = 8080,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Whom to listen for; by default this machine alone.")
    ] = "127.0.0.1",
    as_json: frame.Json = False,
) -> None:
    """Run the postbox until Ctrl+C. Prints one line, `postbox: URL`, once it takes letters."""
    if not 0 <= port <= 65_535:
        raise Misused(f"{port} is not a port", "choose one from 0 to 65535 with --port")
    run_postbox(data, host, port, ready=lambda url: frame.show({"postbox": url}, f"postbox: {url}", as_json=as_json))


@app.command("token")
def token(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the token is written; must not exist yet.")],
    as_json: frame.Json = False,
) -> None:
    """Make the office's token for a postbox, and print its hash for `holub postbox admit`."""
    digest = new_token(file)
    frame.show({"file": str(file), "hash": digest}, f"The token is in {file}. Its hash: {digest}", as_json=as_json)


@app.command("admit")
def admit(
    digest: Annotated[str, typer.Argument(metavar="HASH", help="What `holub postbox token` printed: 64 digits.")],
    data: Data,
    as_json: frame.Json = False,
) -> None:
    """Let the office whose token has this hash publish to, and fetch from, the postbox in a folder."""
    if not data.is_dir():
        raise Misused(f"there is no postbox in {data}", "start it once: holub postbox serve --data DIR")
    admit_office(data, digest)
    frame.show(
        {"admitted": digest}, "The office is admitted; a running postbox notices within a second.", as_json=as_json
    )
