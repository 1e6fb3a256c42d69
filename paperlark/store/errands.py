"""Mails that are owed to people who asked for a digest, until each is sent or given up."""

from __future__ import annotations

from paperlark.store import keys
from paperlark.store.shelf import Shelf


class Errands(Shelf):
    """Requests by name, on the server's own clock. Every method may raise `StoreError`."""

    def owe(self, name: str, in_s: float = 0.0) -> None:
        """Note that the request's mail is owed, from so many seconds on."""
        with self._open() as client:
            client.zadd(keys.ERRANDS, {name: self._now() + in_s})

    def due(self) -> tuple[str, ...]:
        """The requests whose mail is to be tried now, the longest waiting first."""
        with self._open() as client:
            found = client.zrangebyscore(keys.ERRANDS, "-inf", self._now())
        return tuple(name.decode() for name in found)

    def owed(self) -> tuple[str, ...]:
        """Every request whose mail is owed, now or later."""
        with self._open() as client:
            return tuple(name.decode() for name in client.zrange(keys.ERRANDS, 0, -1))

    def done(self, name: str) -> None:
        """Nothing is owed to it any more."""
        with self._open() as client:
            client.zrem(keys.ERRANDS, name)

    def _now(self) -> float:
        with self._open() as client:
            seconds, micros = client.time()
        return float(seconds) + float(micros) / 1e6
