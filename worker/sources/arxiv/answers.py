"""What an HTTP answer of arXiv's is, how it is read, and the ways in which it is none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx

from paperlark.errors import BadFeed, SourceError
from paperlark.store.gate import Throttled
from worker.sources.arxiv.settings import host, shown

if TYPE_CHECKING:
    from paperlark.store.gate import Turn

MOST_BYTES = 32 * 1024 * 1024
"""Longest answer, decompressed; the longest real one is under 10 MB."""
MOST_SECONDS = 300.0
"""Longest a whole answer may take, however steadily it trickles."""
RENEW_S = 10.0
"""How often a turn is renewed while its answer is read; a read may add 60 s to that."""


class Unanswered(SourceError):
    """No answer, or one that says the service is down; asking again may help."""


class Refused(SourceError):
    """A definite no to this one request; asking again will not help."""


class CutOff(BadFeed):
    """The answer ended before its end."""


class TooMany(Throttled):
    """ArXiv's own answer was that there were too many requests."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, unpacked."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds that ``Retry-After`` asks for, given as such or as a date; None without a usable one.

    A date counts from the answer's own ``Date``, so that a wrong clock here does not matter.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    until, now = _http_date(value), _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0) if until else None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def body(url: str, response: httpx.Response, turn: Turn) -> bytes:
    """The whole body of an answer that has begun, unpacked; `turn` is renewed meanwhile.

    Raises:
        CutOff: it broke off, or cannot be unpacked.
        BadFeed: it is larger than `MOST_BYTES`.
        Unanswered: it took longer than `MOST_SECONDS`.
    """
    chunks, size, began = [], 0, time.monotonic()
    renewed = began
    try:
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            size, now = size + len(chunk), time.monotonic()
            if size > MOST_BYTES:
                raise BadFeed(f"The answer of {shown(url)} is larger than 32 MB; it is not read.")
            if now - began > MOST_SECONDS:
                raise Unanswered(f"{host(url)} took longer than 5 minutes; try again later.")
            if now - renewed > RENEW_S:
                turn.renew()
                renewed = now
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
        raise CutOff(f"The answer of {shown(url)} was cut off; it is asked for again.") from error
    return b"".join(chunks)


def refused(answer: Answer) -> Refused:
    """The error for a status that is no answer to the question."""
    return Refused(f"{shown(answer.url)} answered {answer.status}; check the category and date.")


_ENDS = {b"<rss": b"</rss>", b"<feed": b"</feed>", b"<html": b"</html>"}


def unread(answer: Answer, error: BadFeed) -> BadFeed:
    """The error for a body that could not be read: `CutOff` where its end is missing."""
    head, tail = answer.body[:1000].lower(), answer.body[-200:].lower().rstrip()
    cut = any(start in head and not tail.endswith(end) for start, end in _ENDS.items())
    if cut or not answer.body.strip():
        return CutOff(f"The answer of {shown(answer.url)} was cut off; it is asked for again.")
    return error
