"""Profiles being drafted: what was asked for, and what came of it, for two days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paperlark.codec import encode, read
from paperlark.drafting import Request, Trial, named
from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

_ASKED, _MADE = "asked", "made"


class Drafts(Shelf):
    """Requests by `paperlark.drafting.named`. Every method may raise `StoreError`.

    People write what was asked for, and only workers what came of it: neither undoes the other.
    """

    def ask(self, name: str, request: Request) -> None:
        """Keep a new request, in place of any of that name and of what came of it."""
        with self._open() as client, client.pipeline(transaction=True) as pipe:
            pipe.delete(keys.setup(name))
            pipe.hset(keys.setup(name), _ASKED, encode(request))
            pipe.expire(keys.setup(name), keys.SETUP_S)
            pipe.execute()

    def request(self, name: str) -> Request | None:
        """What was asked for; None where there is none, or it was two days ago."""
        with self._open() as client:
            return read(Request, client.hget(keys.setup(name), _ASKED))

    def trial(self, name: str) -> Trial | None:
        """What came of it so far, maybe of an earlier turn."""
        with self._open() as client:
            return read(Trial, client.hget(keys.setup(name), _MADE))

    def change(self, name: str, change: Callable[[Request], Request]) -> Request | None:
        """Change what was asked for, as it is kept at that moment; None where there is none.

        Two changes at once both count: `change` may be called again.
        """
        key = keys.setup(name)
        with self._open() as client:

            def write(pipe: Any) -> Request | None:
                held = read(Request, pipe.hget(key, _ASKED))
                pipe.multi()
                if held is None:
                    return None
                made = change(held)
                pipe.hset(key, _ASKED, encode(made))
                pipe.expire(key, keys.SETUP_S)
                return made

            found: Request | None = client.transaction(write, key, value_from_callable=True)
            return found

    def answer(self, name: str, trial: Trial) -> bool:
        """Keep what came of a request; False where another turn was asked for meanwhile."""
        key = keys.setup(name)
        with self._open() as client:

            def write(pipe: Any) -> bool:
                held = read(Request, pipe.hget(key, _ASKED))
                pipe.multi()
                if held is None or held.turn != trial.turn:
                    return False
                pipe.hset(key, _MADE, encode(trial))
                return True

            return bool(client.transaction(write, key, value_from_callable=True))

    def forget(self, name: str) -> bool:
        """Forget the request; whether there was one."""
        with self._open() as client:
            return bool(client.delete(keys.setup(name)))

    def forget_of(self, voter: str) -> None:
        """Forget every request of one person."""
        with self._open() as client:
            found = list(client.scan_iter(match=keys.setup(f"{named(voter)}*"), count=500))
            if found:
                client.delete(*found)
