"""Discord's own limits on calls, obeyed in advance, as its answers tell them.

Source: discord.com/developers/docs/topics/rate-limits: a bucket is a route with its channel; the
answers to its calls say how many are left, and after how many seconds they are full again.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMBER: Final = re.compile(r"\d{5,}")
_KEPT: Final = 1_000
"""Buckets that are remembered; the oldest go first."""


@dataclass(slots=True)
class _Bucket:
    left: int
    ends: float


class Pace:
    """What is left of every bucket.

    Args:
        now: seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def take(self, route: str) -> float:
        """Take one call of that route, or say how many seconds to wait, and take none."""
        bucket = self._buckets.get(route)
        if bucket is None:
            return 0.0
        if bucket.ends <= self._now():
            del self._buckets[route]
            return 0.0
        if bucket.left < 1:
            return bucket.ends - self._now()
        bucket.left -= 1
        return 0.0

    def heard(self, route: str, headers: Mapping[str, str]) -> None:
        """Note what an answer says about its bucket."""
        left, seconds = number(headers, "remaining"), number(headers, "reset-after")
        if left is None or seconds is None:
            return
        known = self._buckets.pop(route, None)
        ends = self._now() + seconds
        # Of two answers under way at once the one that leaves less is the newer.
        fewer = min(int(left), known.left) if known and known.ends > self._now() else int(left)
        self._buckets[route] = _Bucket(fewer, ends)
        while len(self._buckets) > _KEPT:
            self._buckets.pop(next(iter(self._buckets)))


def route(method: str, path: str) -> str:
    """The bucket of a call: its method and path, every number but the first left out.

    A channel's is kept, since each has a bucket of its own.
    """
    first = _NUMBER.search(path)
    if not first:
        return f"{method} {path}"
    return f"{method} {path[: first.end()]}{_NUMBER.sub('*', path[first.end() :])}"


def number(headers: Mapping[str, str], name: str) -> float | None:
    """A number of ``X-RateLimit-…``; None where there is none that makes sense."""
    try:
        value = float(headers.get(f"x-ratelimit-{name}", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
