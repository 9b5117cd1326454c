"""`holub mesh`: alerts, small updates and narrow letters over mesh radios.

Rules:
- whoever sends can be found by direction finding: nothing is sent that nobody asked this command to send.
- a listener is silent unless --ask is given.
- a letter stays where it lies: nothing tells that it arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from holub.errors import Misused, Refused
from holub.faces.cli import frame, listening
from holub.faces.cli.broadcast import parcels_of
from holub.faces.cli.carry import PLACE, opened
from holub.formats.letterbag import read_letters, write_letters
from holub.formats.parcel import Kind, parse_parcel
from holub.office.alerts import alert_parcels
from holub.transit.carrier import LETTER_SIZES, Carrier
from holub.transit.carriers import FolderCarrier
from holub.transit.carriers.mesh.airtime import PROFILE_FORMS, Modem, read_profile, read_share
from holub.transit.carriers.mesh.carrier import SHARE, Mesh
from holub.transit.carriers.mesh.message import LIMITS, MOST_PARCEL, NARROW_BAG
from holub.transit.carriers.mesh.radio import FORMS, HOPS, open_radio
from holub.transit.carriers.mesh.sending import Sending
from holub.transit.names import PARCEL_SUFFIX, PARCELS
from holub.transit.parcelfolder import read_parcel_files
from holub.transit.reception import Reception

NARROW = LETTER_SIZES[0]

app = frame.group("Alerts, small updates and narrow letters over mesh radios.")

Radio = Annotated[str, typer.Option("--radio", metavar="RADIO", help=FORMS[0].upper() + FORMS[1:] + ".")]
Profile = Annotated[str, typer.Option("--profile", metavar="NAME", help=f"How the radios are set: {PROFILE_FORMS}.")]
Share = Annotated[
    float, typer.Option("--share", metavar="PERCENT", help="Of each hour, how much this radio may send: often 1 or 10.")
]


def collected(places: Sequence[str], letters: Sequence[str]) -> list[bytes]:
    """What goes out: alerts of places, files as they are, then letters in bags. Raises Misused, Unavailable."""
    files = [Path(place) for place in places if place.lower().endswith(PARCEL_SUFFIX)]
    found, wrong = read_parcel_files(files)
    if wrong:
        raise wrong[0][1]
    parcels = [one.data for one in found]
    for place in places:
        if not place.lower().endswith(PARCEL_SUFFIX):
            parcels = [*alert_parcels(parcels_of(place, None)), *parcels]
    for place in letters:
        with opened(place, None, None) as carrier:
            parcels += bags(carrier)
    too_long = [len(one) for one in parcels if len(one) > MOST_PARCEL]
    if too_long:
        raise Misused(
            f"a parcel of {too_long[0]:,} bytes is too long for a mesh, which carries up to {MOST_PARCEL:,}",
            "carry it another way; send updates of few editions, or single guides",
        )
    if not parcels:
        raise Misused("there is nothing to send", "name parcels, or a place whose edition has alerts, or --letters")
    return parcels


def bags(carrier: Carrier) -> list[bytes]:
    """The narrow letters that lie at a place, in bags; larger ones cannot go."""
    narrow = sorted(letter for letter in carrier.collect_letters().letters if len(letter) == NARROW)
    return [write_letters(narrow[at : at + NARROW_BAG]).encode() for at in range(0, len(narrow), NARROW_BAG)]


def seconds_on_air(parcels: Sequence[bytes], modem: Modem) -> float:
    """The airtime of sending these once, before anybody asks for more."""
    sending, seconds = Sending(parcels), 0.0
    while (one := sending.ready(0.0)) is not None:
        seconds += modem.airtime(len(one.next()))
    return seconds


@app.command("send")
def send(
    radio: Radio,
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="PLACE", help=f"Parcel files, and places whose alerts go out. {PLACE}"),
    ] = None,
    letters: Annotated[
        list[str] | None,
        typer.Option("--letters", metavar="PLACE", help="Also the narrow letters that lie there; they stay there."),
    ] = None,
    profile: Profile = "long-fast",
    share: Share = SHARE * 100,
    hops: Annotated[
        int, typer.Option("--hops", metavar="N", help="How often others pass a message on, 0 to 7; Meshtastic alone.")
    ] = HOPS,
    stay: Annotated[
        float, typer.Option("--stay", metavar="MINUTES", help="How long to answer those who lack something.")
    ] = 120.0,
    dry_run: frame.DryRun = False,
    as_json: frame.Json = False,
) -> None:
    """Send alerts, parcels and narrow letters to whoever listens, slowly enough for the rules of the band."""
    modem, portion = read_profile(profile), read_share(share)
    parcels = collected(places or [], letters or [])
    seconds = seconds_on_air(parcels, modem)
    sent = 0

    def count(_parcel: bytes, _done: int, _needed: int) -> None:
        nonlocal sent
        sent += 1

    used = 0.0
    if not dry_run:
        with open_radio(radio, hops) as opened_radio:
            mesh = Mesh(opened_radio, modem, portion, patience=stay * 60)
            mesh.send(parcels, count)
            used = mesh.airtime.used
    answer = {"parcels": len(parcels), "airtime": round(seconds, 1), "messages": sent, "used": round(used, 1)}
    number = frame.counted(len(parcels), "parcel")
    text = f"{number} in {frame.counted(sent, 'message')}, {used:.0f} s on the air"
    if dry_run:
        within = frame.counted(round(seconds / portion / 60), "minute")
        text = f"{number} would be {seconds:.0f} s on the air, within {within} at {share:g} %"
    frame.show(answer, text, as_json=as_json)


@app.command("listen")
def listen(
    place: Annotated[str, typer.Argument(metavar="PLACE", help=f"Where what comes is kept. {PLACE}")],
    radio: Radio,
    root: Annotated[
        Path | None, typer.Option("--root", metavar="ROOT", help="Keep only parcels that the publisher of ROOT signed.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for what is missing. Whoever sends can be found: see docs/mesh.md.")
    ] = False,
    profile: Profile = "long-fast",
    share: Share = SHARE * 100,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", help="How long to listen; else until Ctrl+C.")
    ] = None,
    as_json: frame.Json = False,
) -> None:
    """Keep the parcels and narrow letters that come over a mesh. It sends nothing unless --ask is given."""
    modem, portion = read_profile(profile), read_share(share)
    letters = 0
    with opened(place, None, None) as target, open_radio(radio, sends=ask) as opened_radio:
        reception = Reception(target.put, listening.read_publisher(root))
        if isinstance(target, FolderCarrier):
            listening.know(reception, Path(place.removeprefix("folder:")) / PARCELS)
        mesh = Mesh(opened_radio, modem, portion, asks=ask, seconds=seconds, limits=LIMITS)
        with frame.progress("Messages") as advance:
            for parcel in mesh.receive(lambda _parcel, done, needed: advance(done, needed)):
                narrow = _narrow_letters(parcel)
                for letter in narrow:
                    target.leave_letter(letter)
                letters += len(narrow)
                if not narrow:
                    reception.take(parcel)
    heard = reception.received
    answer = {"parcels": heard.parcels, "bytes": heard.bytes, "refused": heard.refused, "letters": letters}
    kept = f"{frame.counted(heard.parcels, 'parcel')} and {frame.counted(letters, 'letter')} kept at {place}"
    frame.show(answer, kept + (f"; {heard.refused:,} refused" if heard.refused else ""), as_json=as_json)


def _narrow_letters(parcel: bytes) -> list[bytes]:
    """The letters of a bag that may come over a mesh; none where the parcel is anything else."""
    try:
        read = parse_parcel(parcel)
        found = read_letters(read.body) if read.kind is Kind.LETTERS else []
    except Refused:
        return []
    return [letter for letter in found if len(letter) == NARROW]
