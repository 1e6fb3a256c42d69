"""Which failed calls to a model are worth another try, how long to wait, and what to tell people.

Nothing here does I/O. What is retried, and the three headers that steer it, follow the openai
SDK; other than the SDK we stop at once when an account has no quota left, and bound all waits of
one question together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from worker.llm.words import ModelError, ModelRefused, ModelUnavailable, Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BUSY = 429
RETRIED = frozenset({408, 409, _BUSY})
"""Retried statuses below 500."""
PATIENCE_S = 120.0
"""All waits of one question together."""
FIRST_S, LONGEST_S = 0.5, 8.0
"""The first wait that nobody asked for, and the longest; each is twice the one before."""
_SERVER = 500
_NO_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_KEY = "`PAPERLARK_SCORING__LLM__API_KEY` (or `OPENAI_API_KEY`)"
_REMEDIES = {
    401: f"does not accept the key: set {_KEY} to one that is valid there",
    402: "says that the account is out of credit: add credit, or set `scoring.scorer` to `local`",
    403: "does not let this key use the model: allow it there, or set another `scoring.llm.model`",
    404: "does not know the model or the address: correct `scoring.llm.model` or "
    "`scoring.llm.base_url`",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One try that gave nothing to read.

    Attributes:
        said: what happened, a clause for people in our own words.
        status: the HTTP status; 0 where there was none.
        code: the server's error code.
        words: the start of what the server wrote. May quote prompts and keys: never shown.
        wait_s: seconds the server asked to be left alone.
        again: the server's own word on whether to try again.
        lost: an answer may have been made, and billed, that did not arrive.
        spent: what it cost as far as the server said.
    """

    said: str
    status: int = 0
    code: str = ""
    words: str = field(default="", repr=False)
    wait_s: float | None = None
    again: bool | None = None
    lost: bool = False
    spent: Spent = field(default_factory=Spent)

    @property
    def final(self) -> bool:
        """Whether no question to this server with this key can succeed."""
        return self.status in _REMEDIES or self.code in _NO_QUOTA

    @property
    def busy(self) -> bool:
        """Whether the server has too much to do just now."""
        return self.status == _BUSY and not self.final

    @property
    def transient(self) -> bool:
        """Whether the same question may succeed later."""
        if self.final or self.again is not None:
            return bool(self.again) and not self.final
        return self.status in RETRIED or self.status >= _SERVER or self.status == 0


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds a server asked to be left alone; None where it did not, or not readably.

    Args:
        headers: names in lower case. ``retry-after-ms`` goes before ``retry-after``, which is
            seconds or an HTTP date.
        now: aware; dates are measured from here.
    """
    found = _number(headers.get("retry-after-ms"))
    if found is not None:
        return found / 1000
    text = headers.get("retry-after")
    found = _number(text)
    return _until(text, now) if found is None and text else found


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def _until(text: str, now: datetime) -> float | None:
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - now).total_seconds(), 0.0)


def asked_again(headers: Mapping[str, str]) -> bool | None:
    """What ``x-should-retry`` says; None where it says nothing."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


@dataclass(slots=True)
class Course:
    """The tries of one question, counted.

    Attributes:
        tries: most tries.
        chance: gives numbers from 0 to 1, for the jitter.
        patience_s: all waits together.
        tried, waited_s: so far.
    """

    tries: int
    chance: Callable[[], float]
    patience_s: float = PATIENCE_S
    tried: int = 0
    waited_s: float = 0.0

    def pause(self, failure: Failure) -> float | None:
        """Seconds to wait before the next try; None where there should be none.

        A wait that was asked for is lengthened by at most a tenth, so that callers that were sent
        away together do not come back together; one of our own is between half and all of its
        step.
        """
        self.tried += 1
        if not failure.transient or self.tried >= self.tries:
            return None
        wait = self._own() if failure.wait_s is None else failure.wait_s
        wait *= 1 + self.chance() / 10 if failure.wait_s is not None else 1
        if self.waited_s + wait > self.patience_s:
            return None
        self.waited_s += wait
        return wait

    def _own(self) -> float:
        step = min(FIRST_S * 2.0 ** min(self.tried - 1, 10), LONGEST_S)
        return step * (0.5 + self.chance() / 2)


def error(failure: Failure, host: str, spent: Spent, tried: int = 1) -> ModelError:
    """What to raise for a failure that ends a question; `host` is the server's name."""
    if failure.code in _NO_QUOTA:
        return ModelRefused(f"The model server {host} {_REMEDIES[402]}.", spent)
    if failure.final:
        return ModelRefused(f"The model server {host} {_REMEDIES[failure.status]}.", spent)
    tries = "in 1 try" if tried == 1 else f"in {tried} tries"
    wait = failure.wait_s or 0.0
    later = f"in {wait:.0f} seconds" if wait > PATIENCE_S else "later"
    return ModelUnavailable(
        f"The model server {host} gave no usable answer {tries} ({failure.said}); try again {later}"
        ", or check `scoring.llm.base_url`.",
        spent,
    )
