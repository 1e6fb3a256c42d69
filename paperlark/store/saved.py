"""Papers that people put aside, on Redis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import PaperId

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Saved(Shelf):
    """The store's put-aside papers (`ShelfStore`). Every method may raise `StoreError`."""

    def keep_for(self, voter: str, paper: PaperId, at: datetime) -> bool:
        """Put the paper aside for that person; False where it was there already."""
        with self._open() as client:
            moment = (at - _EPOCH) // _MICROSECOND
            return bool(client.zadd(keys.saved(voter), {paper: moment}, nx=True))

    def drop_for(self, voter: str, paper: PaperId) -> bool:
        """Take it away again; False where it was not there."""
        with self._open() as client:
            return bool(client.zrem(keys.saved(voter), paper))

    def kept_for(self, voter: str) -> Mapping[PaperId, datetime]:
        """What that person put aside, newest first; of one moment, the greater id first."""
        with self._open() as client:
            found = client.zrevrange(keys.saved(voter), 0, -1, withscores=True)
        return {paper.decode(): _EPOCH + int(moment) * _MICROSECOND for paper, moment in found}

    def forget_of(self, voter: str) -> None:
        """Erase everything that person put aside."""
        with self._open() as client:
            client.delete(keys.saved(voter))
