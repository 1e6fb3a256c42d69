"""The one gate in front of arXiv, for every process and host that shares the store.

arXiv asks for one request every three seconds and one connection at a time, over all machines
together. The store's own clock decides, so that no two hosts need to agree on the time.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from paperlark.errors import SourceError, StoreError
from paperlark.store.connection import guarded
from paperlark.store.keys import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis

KEY = f"{PREFIX}gate:arxiv"
DAY_S = 86_400.0
SLICE_S = 1.0
"""Longest sleep between two looks: how soon a wait notices that the gate was opened."""
POLL_S = 0.1
"""Sleep while another process holds the connection; nobody can know when it lets go."""
_RENEWALS = 4
"""Renewals in the length of a lease: three may fail before it ends."""
_JOIN_S = 1.0
_US = 1_000_000
Waiting: TypeAlias = "Callable[[float, str], None]"
"""Told the seconds left, and what is waited for."""


class Throttled(SourceError):
    """No turn within the caller's patience, or arXiv asked to be left alone for longer."""


class Blocked(SourceError):
    """ArXiv has refused this address; nothing is asked until the block is over."""


@dataclass(frozen=True, slots=True)
class GateStatus:
    """What the gate is doing, by the store's clock.

    Attributes:
        state: ``open``, ``throttled`` or ``blocked``.
        now: the store's time.
        not_before: when the next request may be made; None where nothing forbids one.
        reason: what shut it, one clause.
        strikes: times in a row that arXiv said no.
        busy: whether a request is under way.
    """

    state: Literal["open", "throttled", "blocked"]
    now: datetime
    not_before: datetime | None = None
    reason: str = ""
    strikes: int = 0
    busy: bool = False

    @property
    def sentence(self) -> str:
        """One sentence for people; for a block it says what the operator can do."""
        if self.state == "open":
            return "arXiv may be asked." if not self.busy else "arXiv is being asked right now."
        return _shut_sentence(self.state, self.reason, self.not_before)


def _shut_sentence(kind: str, reason: str, until: datetime | None) -> str:
    when = f"{until:%Y-%m-%d %H:%M} UTC" if until else "later"
    if kind == "blocked":
        return (
            f"arXiv has refused this address ({reason}): nothing is asked until {when}. "
            "Set sources.arxiv.contact, look for other programs behind the same address, and "
            "write to arXiv if it lasts."
        )
    return f"arXiv asked to be left alone ({reason}): the next request is due at {when}."


class Turn:
    """A permit for one request, and the only connection while it lasts.

    Attributes:
        granted_us: the store's time when it was granted, microseconds since 1970.
        left_us: the store's time when it ended; None while it lasts.
    """

    def __init__(self, gate: Gate, token: str, granted_us: int) -> None:
        self._gate, self._token = gate, token
        self.granted_us = granted_us
        self.left_us: int | None = None

    def renew(self) -> None:
        """Keep the connection longer: call it at least once per lease while reading.

        Raises:
            SourceError: the lease had run out and another process has the turn; stop reading.
        """
        if not self._gate.renew(self._token):
            raise SourceError("This request took too long and lost its turn; it is made again.")

    def leave(self) -> None:
        """Let the next one in."""
        self.left_us = self._gate.leave(self._token)


class Gate:
    """One permit an interval, one connection at a time, and a memory of being told to wait.

    Args:
        client: a redis-py client that answers bytes.
        interval_s: seconds between the starts of two requests.
        patience_s: longest wait for a turn before `Throttled` is raised.
        lease_s: seconds after which a turn whose process died is given away; a living process
            keeps its turn however long the request takes.
        key: where the gate stands in the store.
        wait: how to sleep; a signal's exception, or one of `progress`, ends the wait.
    """

    def __init__(
        self,
        client: redis.Redis,
        *,
        interval_s: float = 3.0,
        patience_s: float = 120.0,
        lease_s: float = 20.0,
        key: str = KEY,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval_s, self.patience_s, self.lease_s = interval_s, patience_s, lease_s
        self._wait, self._key, self._client = wait, key, client
        folder = files("paperlark.store") / "lua"
        self._scripts = {
            name: client.register_script((folder / f"gate_{name}.lua").read_text("utf-8"))
            for name in ("enter", "renew", "leave", "shut", "look")
        }

    @contextmanager
    def turn(
        self, *, patience_s: float | None = None, progress: Waiting | None = None
    ) -> Iterator[Turn]:
        """Wait for a turn, hold it for the body of the ``with``, and let go of it in any case.

        Args:
            patience_s: longest wait, besides the interval itself; the gate's own where None.
            progress: called before each sleep with the seconds left and the reason.

        Raises:
            Throttled, Blocked: no turn within the patience.
            StoreError: the store does not answer.
        """
        token = secrets.token_hex(8)
        patience = self.patience_s if patience_s is None else patience_s
        turn = Turn(self, token, 0)
        try:
            turn.granted_us = self._enter(token, patience, progress or _silent)
            with self._kept(token):
                yield turn
        finally:  # also where Ctrl-C came between the grant and its answer
            turn.leave()

    @contextmanager
    def _kept(self, token: str) -> Iterator[None]:
        """Renew the lease while the body runs, whatever it waits for; a dead process cannot."""
        over = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(token, over), daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join(_JOIN_S)

    def _keep(self, token: str, over: threading.Event) -> None:
        while not over.wait(self.lease_s / _RENEWALS):
            with suppress(StoreError):  # the store may come back before the lease ends
                if not self.renew(token):
                    return  # lost: the reader is told when it renews

    def _enter(self, token: str, patience_s: float, progress: Waiting) -> int:
        waited = 0.0
        while True:
            why, number, *said = self._run("enter", token, self._us(self.interval_s), self._lease)
            if why == b"go":
                return int(number)
            left = int(number) / _US
            kind, reason, now = said
            if why != b"early" and waited + (left if why == b"shut" else POLL_S) > patience_s:
                raise _refusal(why, kind.decode(), reason.decode(), left, _moment(int(now)))
            progress(left, _WAITS[why].format(reason.decode()))
            waited += self._nap(why, left)

    def _nap(self, why: bytes, left_s: float) -> float:
        nap = min(left_s, POLL_S if why == b"held" else SLICE_S)
        self._wait(nap)
        return nap

    def renew(self, token: str) -> bool:
        """Lengthen the lease of `token`; False where another process has the turn by now."""
        return bool(self._run("renew", token, self._lease))

    def leave(self, token: str) -> int:
        """End the turn of `token`, if it still is one; the store's time in microseconds."""
        return int(self._run("leave", token))

    def throttled(self, retry_after_s: float | None = None, reason: str = "429") -> float:
        """Shut the gate because arXiv asked for it; returns the seconds until it opens.

        Args:
            retry_after_s: what arXiv said, honoured up to a day; without it 60 s, doubled each
                time in a row, with jitter, at most an hour.
            reason: one clause for people.
        """
        given = "" if retry_after_s is None else self._us(min(max(retry_after_s, 0.0), DAY_S))
        jitter = secrets.randbelow(1000) / 1000
        return int(self._run("shut", "throttled", given, jitter, reason)) / _US

    def blocked(self, reason: str = "403") -> float:
        """Shut the gate for a day: asking on would be taken as an attack."""
        return int(self._run("shut", "blocked", self._us(DAY_S), 0, reason)) / _US

    def answered(self) -> None:
        """ArXiv gave a proper answer: the next pause starts small again."""
        self._drop("strikes")

    def reopen(self) -> None:
        """Open the gate by hand: the operator has settled the matter."""
        self._drop("until", "kind", "reason", "strikes")

    def status(self) -> GateStatus:
        """What the gate is doing; asks only the store."""
        now, until, kind, reason, strikes, lease, _ = self._run("look")
        shut = int(now) < float(until or 0) <= int(now) + 2 * DAY_S * _US
        return GateStatus(
            state=("blocked" if kind == b"blocked" else "throttled") if shut else "open",
            now=_moment(int(now)),
            not_before=_moment(float(until)) if shut else None,
            reason=reason.decode() if shut else "",
            strikes=int(strikes or 0),
            busy=float(lease or 0) > int(now),
        )

    @property
    def _lease(self) -> int:
        return self._us(self.lease_s)

    @staticmethod
    def _us(seconds: float) -> int:
        return math.ceil(seconds * _US)

    def _run(self, name: str, *args: str | float) -> Any:
        with guarded():
            return self._scripts[name](keys=[self._key], args=list(args))

    def _drop(self, *fields: str) -> None:
        with guarded():
            self._client.hdel(self._key, *fields)


def _silent(left_s: float, reason: str) -> None:
    """Nobody is told."""


_WAITS = {
    b"held": "another process is asking arXiv",
    b"early": "arXiv asks for a pause between requests",
    b"shut": "arXiv asked to be left alone ({})",
}


def _refusal(why: bytes, kind: str, reason: str, left_s: float, now: datetime) -> SourceError:
    if why != b"shut":
        return Throttled(
            f"No turn to ask arXiv: {_WAITS[why]}. Try again in a minute.", retry_after=left_s
        )
    until = now + timedelta(seconds=left_s)
    form = Blocked if kind == "blocked" else Throttled
    return form(_shut_sentence(kind, reason, until), retry_after=left_s)


def _moment(microseconds: float) -> datetime:
    return datetime.fromtimestamp(microseconds / _US, UTC)
