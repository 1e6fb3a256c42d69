"""What a service refused: posts that are tried again later, and targets that refuse for good."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_US: Final = 1_000_000


class Refusals(Shelf):
    """By post and by target, on the server's own clock. Every method may raise `StoreError`."""

    def put_off(self, subscription: str, day: date, waits: Sequence[float]) -> float | None:
        """Note that a post was refused for now; the seconds until it is tried again.

        Args:
            subscription: whose post.
            day: of which date.
            waits: seconds after the first refusal, the second, and so on.

        Returns:
            None after the last of `waits`: nothing is waited for any more.
        """
        key = keys.later(subscription, day)
        with self._open() as client:
            tries = int(client.hincrby(key, "tries", 1))
            wait = waits[tries - 1] if tries <= len(waits) else None
            with client.pipeline(transaction=True) as pipe:
                pipe.hset(key, "until", math.ceil((self._now() + (wait or 0.0)) * _US))
                pipe.expire(key, keys.LATER_S)
                pipe.execute()
        return wait

    def held(self, subscription: str, day: date) -> float:
        """The seconds for which a post that was put off must rest; 0 for none."""
        with self._open() as client:
            until = client.hget(keys.later(subscription, day), "until")
        return 0.0 if until is None else max(0.0, int(until) / _US - self._now())

    def strike(self, target: str, day: date) -> int:
        """Note that the target refused the post of that date for good; how many it did by now."""
        key = keys.strikes(target)
        with self._open() as client, client.pipeline(transaction=True) as pipe:
            pipe.sadd(key, day.isoformat())
            pipe.expire(key, keys.STRIKES_S)
            pipe.scard(key)
            return int(pipe.execute()[-1])

    def forgive(self, target: str) -> None:
        """Forget what the target refused: once somebody has looked it counts anew."""
        with self._open() as client:
            client.delete(keys.strikes(target))

    def _now(self) -> float:
        with self._open() as client:
            seconds, micros = client.time()
        return float(seconds) + float(micros) / _US
