"""What each model server was found to understand: the rung of the ladder of answer forms."""

from __future__ import annotations

from paperlark.store import keys
from paperlark.store.shelf import Shelf


class Rungs(Shelf):
    """One number a server, for 30 days: servers learn. Every method may raise `StoreError`."""

    def get(self, server: str) -> int | None:
        """The rung last found to work for that server; None where none was, or it is long ago."""
        with self._open() as client:
            found = client.get(keys.rung(server))
        return None if found is None else int(found)

    def set(self, server: str, rung: int) -> None:
        """Remember the rung that works for that server."""
        with self._open() as client:
            client.set(keys.rung(server), rung, ex=keys.RUNG_S)
