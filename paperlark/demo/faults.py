"""What can go wrong between arXiv and a reader, as things to queue on the loopback double."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HTML = b"<!DOCTYPE html>\n<html><head><title>arXiv.org</title></head><body>Back soon.</body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One spoilt answer.

    Attributes:
        status: the status code.
        headers: further headers.
        body: sent in place of the real answer; None keeps the real one.
        content_type: of `body`.
        cut_at: bytes sent of the answer; None for all of it.
        honest: whether a cut answer claims to be whole, so that only its content shows the cut.
        delay_s: seconds before the answer.
        drop: the connection is closed without an answer.
        stale: yesterday's papers under today's date (a feed), or yesterday's page.
        empty: no papers, though there are some.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "text/html; charset=utf-8"
    cut_at: int | None = None
    honest: bool = True
    delay_s: float = 0.0
    drop: bool = False
    stale: bool = False
    empty: bool = False


def throttled(retry_after: str | int | None = None, status: int = 429) -> Fault:
    """Too many requests; `retry_after` is seconds, or an HTTP date as text."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(status, headers, b"Rate exceeded.", "text/plain")


def rate_text() -> Fault:
    """The same with status 200, as it happens."""
    return Fault(body=b"Rate exceeded.", content_type="text/plain")


def blocked() -> Fault:
    """403: this address is refused."""
    return Fault(403, {}, b"Access denied.", "text/plain")


def page(status: int = 200) -> Fault:
    """A web page where something else was asked for."""
    return Fault(status, {}, HTML)


def broken(at: int) -> Fault:
    """The connection ends after `at` bytes of a longer answer."""
    return Fault(cut_at=at)


def short(at: int) -> Fault:
    """`at` bytes that claim to be the whole answer."""
    return Fault(cut_at=at, honest=False)


def dropped() -> Fault:
    """No answer at all."""
    return Fault(drop=True)


def slow(seconds: float) -> Fault:
    """The real answer, late."""
    return Fault(delay_s=seconds)


def stale() -> Fault:
    """Yesterday's papers under today's date."""
    return Fault(stale=True)


def empty() -> Fault:
    """An answer without papers on a day that has some."""
    return Fault(empty=True)


class Faults:
    """Faults waiting for requests whose path begins with a prefix; each is used once."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault]] = {}
        self._lock = Lock()

    def add(self, prefix: str, *faults: Fault, times: int = 1) -> None:
        """Queue `faults` for the next requests under `prefix`; the whole row `times` times."""
        with self._lock:
            self._queues.setdefault(prefix, deque()).extend(faults * times)

    def take(self, path: str) -> Fault | None:
        """The fault for a request of `path`, if one waits; the longest prefix goes first."""
        with self._lock:
            for prefix in sorted(self._queues, key=len, reverse=True):
                if path.startswith(prefix) and self._queues[prefix]:
                    return self._queues[prefix].popleft()
        return None
