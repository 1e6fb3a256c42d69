"""Addresses that are never written to again, kept as salted hashes: nobody can read them back.

The salt is the list's own, not ``web.secret``: a new secret for links must not let out those who
complained.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_SALT_BYTES = 32
_UNDOTTED: Final = frozenset({"gmail.com", "googlemail.com"})
"""Dots in names mean nothing there (Gmail's help, "Dots don't matter in Gmail addresses")."""


def spelling(address: str) -> str:
    """The address as every spelling of it is compared.

    Case, composed letters, a dot at the end and the ASCII form of a foreign domain (RFC 3490) make
    no other address; nor do dots in a name, where its provider says so.
    """
    name, at, host = normalize("NFKC", address).strip().casefold().rpartition("@")
    try:
        host = host.rstrip(".").encode("idna").decode()
    except UnicodeError:
        host = host.rstrip(".")
    if host in _UNDOTTED:
        name, host = name.replace(".", ""), "gmail.com"
    return f"{name}{at}{host}"


def mailbox(address: str) -> str:
    """The same without what follows a ``+`` in the name: as a rule it is the same mailbox."""
    name, at, host = spelling(address).rpartition("@")
    return f"{name.partition('+')[0] or name}{at}{host}"


class Suppressed(Shelf):
    """HMAC-SHA256 of an address to why and when. Every method may raise `StoreError`.

    An address is the same in every `spelling`, and is covered where its `mailbox` is on the list.
    """

    def add(self, address: str, why: str, now: datetime) -> bool:
        """Never write to it again; False where that is so already, with the reason of then."""
        said = json.dumps({"why": why, "day": now.date().isoformat()})
        with self._open() as client:
            return bool(client.hsetnx(keys.SUPPRESSED, self._hash(spelling(address)), said))

    def remove(self, address: str) -> bool:
        """Let it be written to again; whether it was on the list, itself and not its mailbox."""
        with self._open() as client:
            return bool(client.hdel(keys.SUPPRESSED, self._hash(spelling(address))))

    def why(self, address: str) -> str:
        """Why it is on the list, and since when, as a clause; empty where it is not."""
        with self._open() as client:
            names = [self._hash(spelling(address)), self._hash(mailbox(address))]
            held = next(filter(None, client.hmget(keys.SUPPRESSED, names)), None)
        if held is None:
            return ""
        said = json.loads(held)
        return f"{said['why']}, {said['day']}"

    def counted(self) -> Mapping[str, int]:
        """How many addresses are on the list, by why."""
        with self._open() as client:
            held = client.hvals(keys.SUPPRESSED)
        return Counter(str(json.loads(each)["why"]) for each in held)

    def _hash(self, spelt: str) -> str:
        named = spelt.encode("utf-8", "surrogatepass")
        return hmac.digest(self._salt(), named, sha256).hex()

    def _salt(self) -> bytes:
        with self._open() as client:
            held = client.get(keys.SUPPRESSED_SALT)
            if held is None:
                client.set(keys.SUPPRESSED_SALT, secrets.token_bytes(_SALT_BYTES), nx=True)
                held = client.get(keys.SUPPRESSED_SALT)
        return bytes(held)
