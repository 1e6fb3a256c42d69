"""What can go wrong between a service and a caller: singly, in a row, or at random."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One spoilt answer.

    Attributes:
        effect: the call takes effect all the same; where not, it is as if it never arrived.
        status, headers, body, content_type: what is sent; no `body` means the real answer.
        cut_at: bytes of the real answer that are sent, as if they were all of it.
        drop: the connection is reset instead of an answer.
        delay_s: seconds before the answer, after the effect.
    """

    name: str
    effect: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = JSON
    cut_at: int | None = None
    drop: bool = False
    delay_s: float = 0.0


def reset(*, after: bool) -> Fault:
    """The connection breaks before or after the call takes effect."""
    return Fault("reset-after" if after else "reset-before", effect=after, drop=True)


def slow(seconds: float) -> Fault:
    """The call takes effect at once, and is answered late."""
    return Fault("slow", effect=True, delay_s=seconds)


class Faults:
    """Faults waiting for calls: queued ones are used once, those by share are drawn.

    A method is named as its service names it; an empty name stands for every call.
    """

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault]] = {}
        self._shares: list[tuple[str, float, Sequence[Fault], random.Random]] = []
        self._lock = Lock()

    def add(self, method: str, *faults: Fault, times: int = 1) -> None:
        """Queue `faults` for the next calls of `method`; the whole row `times` times."""
        with self._lock:
            self._queues.setdefault(method, deque()).extend(faults * times)

    def share(self, method: str, share: float, faults: Sequence[Fault], seed: int = 0) -> None:
        """Spoil that share of the calls of `method` from now on, each with one of `faults`."""
        with self._lock:
            draw = random.Random(seed)  # noqa: S311  (repeatable, not secret)
            self._shares.append((method, share, faults, draw))

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._queues.clear()
            self._shares.clear()

    def take(self, method: str) -> Fault | None:
        """The fault for a call of `method`, if one waits or is drawn."""
        with self._lock:
            for name in (method, ""):
                if self._queues.get(name):
                    return self._queues[name].popleft()
            for name, share, faults, draw in self._shares:
                if name in {method, ""} and draw.random() < share:
                    return draw.choice(faults)
        return None


async def sent(
    request: web.Request,
    body: bytes,
    fault: Fault | None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str = JSON,
) -> web.StreamResponse:
    """The answer, spoilt where it must be."""
    if fault is None:
        return web.Response(body=body, status=status, headers=headers, content_type=content_type)
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.drop and request.transport:
        request.transport.abort()
    if fault.body is not None:
        return web.Response(
            body=fault.body,
            status=fault.status,
            headers=fault.headers,
            content_type=fault.content_type,
        )
    return web.Response(body=body[: fault.cut_at], status=status, content_type=content_type)
