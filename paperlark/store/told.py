"""Who was told of a failing subscription: its owner hears of it once."""

from __future__ import annotations

from paperlark.store import keys
from paperlark.store.shelf import Shelf


class Told(Shelf):
    """By subscription, for 30 days. Every method may raise `StoreError`."""

    def first(self, subscription: str) -> bool:
        """Note that the owner is told now; False where that is noted already."""
        with self._open() as client:
            return bool(client.set(keys.told(subscription), "1", nx=True, ex=keys.TOLD_S))

    def forget(self, subscription: str) -> None:
        """It works again, or a person has acted: its next failure is news."""
        with self._open() as client:
            client.delete(keys.told(subscription))
