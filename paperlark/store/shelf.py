"""What every noun of the store stands on: a client, its schema checked once, its errors ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paperlark.store.connection import guarded
from paperlark.store.schema import ensure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis


class Shelf:
    """A client for bytes, and the door to it.

    Args:
        client: with ``decode_responses=False``; it belongs to the caller, who closes it.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._checked = False

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """The client; what redis raises inside leaves as `StoreError`.

        Typed as Any: redis-py declares every answer as ``bytes | str``, ours are always bytes.
        """
        with guarded():
            if not self._checked:
                ensure(self._client)
                self._checked = True
            yield self._client
