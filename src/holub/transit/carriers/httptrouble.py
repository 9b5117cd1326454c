"""What goes wrong over HTTP, in holub's kinds of error; never with the address of whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from holub.errors import Misused, Refused, Unavailable


@contextmanager
def network(url: str) -> Iterator[None]:
    """Raises Unavailable where the network fails on the way to `url`."""
    host = httpx.URL(url).host
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unavailable(f"{host} does not answer in time", "try again or another mirror") from error
    except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
        raise Unavailable(f"{host} broke off or sent nonsense", "try again or another mirror") from error
    except httpx.HTTPError as error:
        raise Unavailable(f"{host} cannot be reached", "check the network, or try another mirror") from error


def check_status(answer: httpx.Response, expect: tuple[int, ...]) -> None:
    """Raises Refused, Misused or Unavailable unless the answer has one of these codes."""
    status = answer.status_code
    if status in expect:
        return
    host = answer.url.host
    if 300 <= status < 400:
        raise Refused(f"{host} wants to send us elsewhere", "use the address that the centre gave")
    match status:
        case 401 | 403:
            raise Misused(f"{host} does not know this office's token", "admit the token's hash at the postbox")
        case 404:
            raise Unavailable(f"{host} does not have it", "try another mirror, or publish first")
        case 400 | 409 | 411 | 413 | 415 | 416 | 422:
            raise Refused(f"{host} refused it (HTTP {status})", "check that both sides are of the same version")
        case 507:
            raise Unavailable(f"{host} has no space left", "try another postbox, or again later")
        case _:
            raise Unavailable(f"{host} cannot answer now (HTTP {status})", "try again later, or another mirror")
