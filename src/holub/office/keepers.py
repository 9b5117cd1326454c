"""Who may work at the desk: for now one keeper, with a password and codes of an authenticator app.

Rules
- Everything about a keeper is one secret of the vault: a locked office does not even tell who works there.
- A wrong name, a wrong password and a wrong code are one refusal, after the same work.
- A code is good once: the moment of the last one is kept, durable, before anybody is let in.
- The password is kept as Argon2id (RFC 9106) makes it; codes are TOTP (RFC 6238), six digits, thirty seconds.
"""

from __future__ import annotations

import hmac
import json
import re
import threading
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from holub.errors import Misused, Refused
from holub.store.vault import Vault

PLACE: Final = "keeper/1"
SHORTEST_PASSWORD: Final = 12  # characters
LONGEST_PASSWORD: Final = 1024  # bytes
LONGEST_NAME: Final = 60  # characters
STEP: Final = 30  # seconds
_LATE: Final = (-1, 0, 1)  # steps that a phone's clock may be off
_CODE: Final = re.compile(r"[0-9]{6}")
_HASHER: Final = PasswordHasher()


@dataclass(frozen=True)
class Keeper:
    """One account. since: the day it was made (ISO 8601)."""

    name: str
    since: str
    password: str = field(repr=False)
    secret: str = field(repr=False)
    step: int = 0


def new_secret() -> str:
    """A fresh secret for an authenticator app: 32 letters of base32, 160 bits."""
    return pyotp.random_base32()


def otpauth(name: str, issuer: str, secret: str) -> str:
    """The secret as authenticator apps take it."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


class Keepers:
    """The accounts of an office; its vault must be unlocked."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._turn = threading.Lock()

    def any(self) -> bool:
        """Whether somebody has an account."""
        return PLACE in self._vault.names()

    def read(self) -> Keeper:
        """The keeper. Raises Misused where there is none."""
        return Keeper(**json.loads(self._vault.get(PLACE)))

    def create(self, name: str, password: str, secret: str, code: str, now: int) -> Keeper:
        """Makes the account once its authenticator has shown a code. Raises Misused (there is one already; the name or
        the password is unfit), Refused (the code)."""
        name = check_name(name)
        check_password(password)
        hashed = _HASHER.hash(_plain(password))
        with self._turn:
            if self.any():
                raise Misused("this office has a keeper already", "sign in with that account")
            step = _step_of(secret, code, 0, now)
            if step is None:
                raise _refusal()
            keeper = Keeper(name, datetime.fromtimestamp(now, UTC).date().isoformat(), hashed, secret, step)
            self._keep(keeper)
        return keeper

    def admit(self, name: str, password: str, code: str, now: int) -> Keeper:
        """The keeper whose name, password and code these are; the code is used up. Raises Refused."""
        keeper = self.read() if self.any() else Keeper("", "", "", "A" * 32)
        known = hmac.compare_digest(_plain(name.strip()).encode(), keeper.name.encode()) and keeper.name != ""
        nobody = _nobody()  # asked for in any case: an unknown name takes as long as a known one
        right = _matches(keeper.password if known else nobody, password)
        with self._turn:
            last = self.read().step if known else 0
            step = _step_of(keeper.secret, code, last, now)
            if not (known and right) or step is None:
                raise _refusal()
            keeper = replace(keeper, step=step)
            self._keep(keeper)
        return keeper

    def change_password(self, old: str, new: str, code: str, now: int) -> None:
        """A new password, for who knows the old one and shows a code. Raises Misused (unfit), Refused."""
        check_password(new)
        keeper = self.admit(self.read().name, old, code, now)
        hashed = _HASHER.hash(_plain(new))
        with self._turn:
            self._keep(replace(keeper, password=hashed))

    def _keep(self, keeper: Keeper) -> None:
        self._vault.put(PLACE, json.dumps(asdict(keeper), ensure_ascii=False).encode())


def check_name(name: str) -> str:
    """The name in its one form. Raises Misused."""
    name = _plain(" ".join(name.split()))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Misused(f"a name has 1 to {LONGEST_NAME} letters", "choose one that your colleagues know")
    return name


def check_password(password: str) -> None:
    """Raises Misused for a password that is too short or too long."""
    if len(password) < SHORTEST_PASSWORD or len(password.encode()) > LONGEST_PASSWORD:
        raise Misused(f"a password has at least {SHORTEST_PASSWORD} characters", "four words are easy to keep in mind")


@cache
def _nobody() -> str:
    """What a password is compared with where the name is unknown."""
    return _HASHER.hash(new_secret())


def _matches(hashed: str, password: str) -> bool:
    if len(password.encode(errors="replace")) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(hashed, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def _step_of(secret: str, code: str, last: int, now: int) -> int | None:
    """The step that a code belongs to, if it is right and later than the last one that was used."""
    digits = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(digits):
        return None
    totp, found = pyotp.TOTP(secret), None
    for late in _LATE:
        step = now // STEP + late
        # All are compared, whichever fits: the time says nothing.
        if hmac.compare_digest(totp.at(step * STEP), digits) and step > last:
            found = step
    return found


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _refusal() -> Refused:
    return Refused("the name, the password or the code is not right", "try again with the next code")
