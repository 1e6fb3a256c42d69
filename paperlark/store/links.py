"""Which identities are one person, on Redis: linked only by that person, with a code."""

from __future__ import annotations

import secrets
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

LENGTH: Final = 10
"""Signs of a code: 50 bits."""
MOST: Final = 8
"""Identities of one person."""
TRIES: Final = 5
"""Wrong codes that one identity may try in the time a code is valid."""
_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for others."""
_NAME: Final = 12


class Joining(StrEnum):
    """What came of a code."""

    JOINED = "joined"
    ALREADY = "already"
    """They were one person before; the code is used up."""
    SELF = "self"
    """It is one's own: it must be typed where one has another name."""
    UNKNOWN = "unknown"
    """It was never given, has been used, or is over."""
    FULL = "full"
    """The person would have too many identities; the code stays."""
    BARRED = "barred"
    """Too many wrong codes."""


class Joined(NamedTuple):
    """What came of a code, and whose it was; empty where that is not known."""

    how: Joining
    other: str = ""


class Links(Shelf):
    """The store's links. Every method may raise `StoreError`.

    A link is kept as the same name under both identities. Codes are kept hashed, for a quarter of
    an hour, one for each identity; each is good once.
    """

    @cached_property
    def _join(self) -> Any:
        script = files("paperlark.store") / "lua" / "links_join.lua"
        return self._client.register_script(script.read_text("utf-8"))

    def offer(self, voter: str) -> str:
        """A fresh code for this identity; the one it had before is void."""
        code = "".join(secrets.choice(_SIGNS) for _ in range(LENGTH))
        own = keys.linking(voter)
        with self._open() as client:
            if before := client.get(own):
                client.delete(keys.link(before.decode()))
            with client.pipeline(transaction=True) as pipe:
                pipe.set(keys.link(_hashed(code)), voter, ex=keys.LINK_S)
                pipe.set(own, _hashed(code), ex=keys.LINK_S)
                pipe.execute()
        return code

    def join(self, voter: str, code: str) -> Joined:
        """Make this identity and the one that was given the code one person.

        So are all that either was linked with before.
        """
        tried = keys.link_tries(voter)
        with self._open() as client:
            with client.pipeline(transaction=True) as pipe:
                pipe.set(tried, 0, ex=keys.LINK_S, nx=True)
                pipe.incr(tried)
                count = pipe.execute()[1]
            if count > TRIES:
                return Joined(Joining.BARRED)
            args = [voter, secrets.token_hex(_NAME), MOST]
            how, other = self._join(keys=[keys.LINKS, keys.link(_hashed(code))], args=args)
            found = Joined(Joining(how.decode()), other.decode())
            if found.how is not Joining.UNKNOWN:  # no guess; the others still count
                with client.pipeline(transaction=True) as pipe:
                    pipe.set(tried, 1, ex=keys.LINK_S, nx=True)
                    pipe.decr(tried)
                    pipe.execute()
        return found

    def part(self, voter: str) -> bool:
        """Make this identity a person of its own again; whether it was linked."""
        with self._open() as client:
            return bool(client.hdel(keys.LINKS, voter))

    def persons(self) -> Mapping[str, str]:
        """Every linked identity to its person's one name: the smallest of theirs."""
        found: dict[str, str] = {}
        for together in self._groups().values():
            found |= dict.fromkeys(together, together[0])
        return dict(sorted(found.items()))

    def of(self, voter: str) -> tuple[str, ...]:
        """All identities of the person, in order; alone where it is not linked."""
        return next((each for each in self._groups().values() if voter in each), (voter,))

    def forget_of(self, voter: str) -> None:
        """Erase the identity's link and its code; wrong tries end by themselves, not by this."""
        with self._open() as client:
            before = client.get(keys.linking(voter))
            codes = [keys.link(before.decode())] if before else []
            client.hdel(keys.LINKS, voter)
            client.delete(keys.linking(voter), *codes)

    def _groups(self) -> dict[bytes, tuple[str, ...]]:
        with self._open() as client:
            held = client.hgetall(keys.LINKS)
        found: dict[bytes, tuple[str, ...]] = {}
        for voter, name in held.items():
            found[name] = (*found.get(name, ()), voter.decode())
        return {name: tuple(sorted(together)) for name, together in found.items()}


def _hashed(code: str) -> str:
    """The code's name in the store; case, spaces and hyphens do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
