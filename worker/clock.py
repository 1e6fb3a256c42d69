"""The clock: looks at what is due, and puts it on its way. All is worked out from state and now.

Two clocks may tick at once, and one may be wrong: a job has one id, a date is settled once, and
the ledger decides what is sent. The lock only saves work.
"""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from paperlark import calendar, chosen, dues, owed, queues
from paperlark.domain import VerdictState
from paperlark.errors import ConfigError, NotFound, StoreError
from paperlark.queues import Outcome
from paperlark.store import keys
from paperlark.store.locks import alone
from paperlark.store.subscriptions import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from redis import Redis

    from paperlark.domain import Profile
    from paperlark.settings import Settings
    from paperlark.store import RedisStore
    from paperlark.subscription import Subscription

PROBLEM: Final = "problem"
LEASE_S: Final = 60
RESUMED: Final = timedelta(days=3)
"""How long after its day a post that has begun is still finished."""
_SLICE_S: Final = 1.0
_SETTLED: Final = frozenset({VerdictState.COMPLETE, VerdictState.QUIET})


class Event(NamedTuple):
    """One thing a tick did.

    Attributes:
        what: ``fetch`` or ``deliver``, put on its way; ``quiet`` or ``skipped``, settled; or
            ``problem``.
        about: a profile's name, or a subscription's id.
        said: a date, or a sentence.
    """

    what: str
    about: str
    said: str


def tick(
    store: RedisStore, queue: Redis, settings: Settings, now: datetime
) -> tuple[Event, ...] | None:
    """Put on its way whatever is due at this moment; what was done, in order.

    None where another clock is at it. A subscription that cannot be served is a ``problem``, and
    keeps no other from its post.

    Args:
        store: what is kept.
        queue: the client for RQ.
        settings: ``clock.look_again_s``, ``delivery`` and ``digest.profile`` are used.
        now: an aware moment.

    Raises:
        StoreError: the store does not answer.
    """
    with alone(queue, keys.TICK_LOCK, LEASE_S) as mine:
        return tuple(_Tick(store, queue, settings, now).events()) if mine else None


class _Tick:
    """One look at everything; what is read twice is read once."""

    def __init__(self, store: RedisStore, queue: Redis, settings: Settings, now: datetime) -> None:
        self.store, self.queue, self.now = store, queue, now
        self.again = timedelta(seconds=settings.clock.look_again_s)
        self.pace = timedelta(seconds=settings.clock.tick_s)
        self.patience = dues.Patience.of(settings.delivery)
        self.digest, self.asked = cache(store.digest), cache(store.subscriptions.asked)
        self.wanted: dict[str, set[date]] = {}

    def events(self) -> Iterator[Event]:
        """What is due is delivered first: fetching is long, and may be for later posts."""
        subscriptions, damaged = self.store.subscriptions.kept()
        for name in damaged:
            yield Event(PROBLEM, name, unreadable(name))
        for subscription in subscriptions:
            try:
                yield from self._serve(subscription)
            except ConfigError as error:
                yield Event(PROBLEM, subscription.id, str(error))
        for name, days in self.wanted.items():
            try:
                yield from self._fetches(chosen.chosen(self.store, name), days)
            except NotFound as error:
                yield Event(PROBLEM, name, str(error))

    def _serve(self, subscription: Subscription) -> Iterator[Event]:
        if not owed.served(subscription, self.now):
            return
        name, look = subscription.id, partial(self.digest, subscription.profile)
        settled = self.store.subscriptions.settled(name)
        days = dues.coming(subscription, settled, look, self.now)
        self.wanted.setdefault(subscription.profile, set()).update(days)
        yield from self._resume(name, settled)
        due = dues.due(subscription, settled, look, self.now, self.patience)
        if due is None or (due.forced and not self._looked(subscription.profile, due)):
            return
        if due.kind is not None:
            yield from self._enqueue("deliver", name, due.day)
            return
        yield from self._settle(name, due.covers, due.outcome)
        yield from self._settle(name, due.skipped, owed.SKIPPED)

    def _looked(self, profile: str, due: dues.Due) -> bool:
        """Whether every doubtful day was looked at lately, and the look had time to end.

        After downtime it was not: what is kept is of before.
        """
        asked = self.asked(profile)
        days = (*due.covers, *due.told)
        unsure = [d for d in days if owed.standing(d, self.digest(profile, d)) not in owed.SURE]
        return all(
            day in asked and self.again / 2 <= self.now - asked[day] < self.again + 2 * self.pace
            for day in unsure
        )

    def _resume(self, name: str, settled: Mapping[date, str]) -> Iterator[Event]:
        """Look after posts that have begun, and give up those nobody waits for any more."""
        for post in owed.begun(settled):
            if self.now < calendar.feed_at(post) + RESUMED:
                yield from self._enqueue("deliver", name, post)
            else:
                mine = [day for day, word in settled.items() if word == owed.begins(post)]
                yield from self._settle(name, mine, owed.SKIPPED)

    def _settle(self, name: str, days: Sequence[date], outcome: str) -> Iterator[Event]:
        self.store.subscriptions.settle(name, days, outcome)
        for day in days:
            yield Event(outcome, name, day.isoformat())

    def _fetches(self, profile: Profile, days: set[date]) -> Iterator[Event]:
        """Newest first: its post is the next."""
        asked = self.asked(profile.name)
        for day in sorted(days, reverse=True):
            last = asked.get(day)
            if last is not None and abs(self.now - last) < self.again:
                continue  # abs: a clock put back does not wait until it has caught up
            self.store.subscriptions.ask(profile.name, day, self.now)
            if self._lacks(profile, day):
                yield from self._enqueue("fetch", profile.name, day)

    def _lacks(self, profile: Profile, day: date) -> bool:
        """Whether the day's digest is not whole, or was made for an older text of the profile."""
        digest = self.digest(profile.name, day)
        if digest is None or digest.verdict.state not in _SETTLED:
            return True
        return digest.provenance.revision != profile.revision

    def _enqueue(self, job: str, about: str, day: date) -> Iterator[Event]:
        if queues.enqueue(self.queue, job, about, day.isoformat()) is not Outcome.PENDING:
            yield Event(job, about, day.isoformat())


class Diary:
    """Ticks, and writes down what came of them: each thing done, each trouble once."""

    def __init__(self) -> None:
        self._log = structlog.get_logger()
        self._away = ""
        self._problems: frozenset[Event] = frozenset()

    def tick(
        self, store: RedisStore, queue: Redis, settings: Settings, now: datetime
    ) -> tuple[Event, ...]:
        """As `tick`, but a store that is away is only written down, and so is that it is back."""
        try:
            events = tick(store, queue, settings, now)
        except StoreError as error:
            if not self._away:
                self._log.warning("the clock waits for its store", why=str(error))
            self._away = str(error)
            return ()
        if self._away:
            self._log.info("the store is back")
        self._away = ""
        self._write(events or ())
        return events or ()

    def _write(self, events: tuple[Event, ...]) -> None:
        problems = frozenset(event for event in events if event.what == PROBLEM)
        for event in events:
            if event.what != PROBLEM:
                self._log.info(event.what, about=event.about, day=event.said)
            elif event not in self._problems:
                self._log.warning(event.what, about=event.about, why=event.said)
        self._problems = problems


def run(store: RedisStore, queue: Redis, settings: Settings, now: Callable[[], datetime]) -> None:
    """Tick every ``clock.tick_s`` seconds until SIGTERM or Ctrl-C, which end it at once.

    Args:
        store: what is kept.
        queue: the client for RQ.
        settings: as for `tick`.
        now: the clock to go by, read before each tick.
    """
    previous = signal.signal(signal.SIGTERM, _interrupt)
    diary = Diary()
    try:
        while True:
            diary.tick(store, queue, settings, now())
            _sleep(settings.clock.tick_s)
    except KeyboardInterrupt:
        structlog.get_logger().info("the clock stops")
    finally:
        signal.signal(signal.SIGTERM, previous)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _sleep(seconds: float) -> None:
    """Sleep in slices, so that a machine that was suspended looks at the time soon after."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE_S))
