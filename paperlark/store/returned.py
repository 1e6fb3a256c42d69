"""Mails that came back and were read, so that one that is read again counts once."""

from __future__ import annotations

from paperlark.store import keys
from paperlark.store.shelf import Shelf


class Returned(Shelf):
    """By name, for 40 days: longer than a refusal counts. Every method may raise `StoreError`.

    A mail is marked after what it says was kept: that may be done twice, never not at all.
    """

    def handled(self, name: str) -> bool:
        """Whether the mail of that name was read."""
        with self._open() as client:
            return bool(client.exists(keys.returned(name)))

    def mark(self, name: str) -> None:
        """Note that it was read."""
        with self._open() as client:
            client.set(keys.returned(name), b"1", ex=keys.RETURNED_S)
