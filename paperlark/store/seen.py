"""Events of services that were handled already, on Redis: services send some of them twice."""

from __future__ import annotations

from paperlark.store import keys
from paperlark.store.shelf import Shelf


class Seen(Shelf):
    """The store's memory of events, a day long. Every method may raise `StoreError`.

    An event is marked after it was handled: what handling does may be done twice, never not at all.
    """

    def handled(self, kind: str, event: str) -> bool:
        """Whether that event of that kind of channel was handled within the last day."""
        with self._open() as client:
            return bool(client.exists(keys.seen(kind, event)))

    def mark(self, kind: str, event: str) -> bool:
        """Note that it was handled; False where it was noted before."""
        with self._open() as client:
            return bool(client.set(keys.seen(kind, event), b"1", ex=keys.SEEN_S, nx=True))
