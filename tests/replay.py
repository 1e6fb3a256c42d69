"""A year of the clock in seconds: arXiv, a store and the delivering job as they behave, by a seed.

The moments are injected; nothing sleeps. What is modelled is what the job does with `decide`, in
the order `paperlark.schedule` gives, with a death possible between any two steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from paperlark import calendar, owed, schedule
from paperlark.domain import Usage, Verdict, VerdictState
from tests.builders import card, digest, paper
from tests.fakes import MemorySubscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from random import Random

    from paperlark.domain import Digest
    from paperlark.schedule import Decision
    from paperlark.subscription import Subscription

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
GRID = timedelta(minutes=15)
"""Every zone's offset, and every hour used here, is a multiple of this."""
PAPERS = 3
"""New papers a day; each is listed again, as a cross-list, on the two mailing dates after."""
IN_TIME = 2
"""Papers of a day that is there in part."""


class Turn(NamedTuple):
    """From that moment on a fetch of the day would give this."""

    at: datetime
    state: VerdictState


@dataclass
class Arxiv:
    """What arXiv announces, and the digests made of it while the workers run."""

    lives: Mapping[date, tuple[Turn, ...]]
    kept: dict[date, Digest] = field(default_factory=dict)
    done: int = 0

    @cached_property
    def turns(self) -> list[tuple[datetime, date, VerdictState]]:
        """Every change of what a fetch would give, oldest first."""
        return sorted(
            (turn.at, day, turn.state) for day, turns in self.lives.items() for turn in turns
        )

    def work(self, now: datetime) -> None:
        """Fetch every day whose answer has changed: what the clock has done every ten minutes."""
        while self.done < len(self.turns) and self.turns[self.done][0] <= now:
            _, day, state = self.turns[self.done]
            self.kept[day] = self._digest(day, state)
            self.done += 1

    def _digest(self, day: date, state: VerdictState) -> Digest:
        filled = state in {VerdictState.COMPLETE, VerdictState.PARTIAL}
        before = {
            each.paper.id for at, made in self.kept.items() if at < day for each in made.cards
        }
        ids = [name for name in listed(day) if name not in before] if filled else []
        if state is VerdictState.PARTIAL:
            ids = ids[:IN_TIME]
        cards = tuple(
            card(paper(name), rank=rank, score=99.0 - rank - int(day.day) / 100)
            for rank, name in enumerate(ids, start=1)
        )
        made = digest(cards, usage=Usage("local"))
        return replace(made, date=day, verdict=Verdict(state, f"as of {day}"))


def listed(day: date) -> list[str]:
    """The ids of the papers listed for a date: its own, and two days of older ones again."""
    first = calendar.previous_before(day)
    days = (day, first, calendar.previous_before(first))
    return [f"{each:%y%m}.{each:%d}{n:03}" for each in days for n in range(PAPERS)]


def lives(days: Iterable[date], rng: Random, *, troubled: bool) -> dict[date, tuple[Turn, ...]]:
    """How each weekday goes; without trouble every mailing is out within the hour."""
    return {day: tuple(_life(day, rng, troubled=troubled)) for day in days if day.weekday() < 5}


def _life(day: date, rng: Random, *, troubled: bool) -> Iterator[Turn]:
    out = calendar.feed_at(day)
    if not calendar.is_mailing_date(day):
        yield Turn(out + rng.randrange(10, 50) * timedelta(minutes=1), VerdictState.QUIET)
        return
    kind = rng.random() if troubled else 1.0
    bad = rng.choice([VerdictState.FAILED, VerdictState.STALE, VerdictState.PARTIAL])
    if kind < 0.12:  # late, sometimes by more than the patience, sometimes by more than a day
        yield Turn(out + timedelta(minutes=5), bad)
        yield Turn(out + rng.randrange(1, 40) * HOUR, VerdictState.COMPLETE)
    elif kind < 0.15:
        yield Turn(out + timedelta(minutes=5), VerdictState.FAILED)  # and nothing more, ever
    else:
        yield Turn(out + timedelta(minutes=rng.randrange(5, 55)), VerdictState.COMPLETE)


class Sent(NamedTuple):
    """A post that went out."""

    at: datetime
    decision: Decision

    @property
    def papers(self) -> list[str]:
        return [each.paper.id for each in self.decision.digest.cards]


class Died(Exception):
    """The process was killed."""


@dataclass
class Replay:
    """One run: subscriptions, an arXiv, and when the machine was off or its clock wrong.

    Attributes:
        off: from, to: nothing runs.
        steps: from, to, by how much the clock is wrong.
        deaths: the share of jobs that die at some step.
    """

    subscriptions: Sequence[Subscription]
    arxiv: Arxiv
    rng: Random
    off: Sequence[tuple[datetime, datetime]] = ()
    steps: Sequence[tuple[datetime, datetime, timedelta]] = ()
    deaths: float = 0.0
    patience: schedule.Patience = field(default_factory=schedule.Patience)
    store: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    frozen: dict[tuple[str, date], Decision] = field(default_factory=dict)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    ticks: int = 0

    def run(self, first: datetime, last: datetime, pace: timedelta = GRID) -> None:
        """Tick from the first moment to the last."""
        true = first
        while true <= last:
            if not any(start <= true < end for start, end in self.off):
                self.arxiv.work(true)
                self.tick(true + self._wrong(true), true)
            true += pace

    def _wrong(self, true: datetime) -> timedelta:
        return sum((by for start, end, by in self.steps if start <= true < end), timedelta())

    def tick(self, now: datetime, true: datetime) -> None:
        """Look at every subscription, as `worker.clock` does, and run the job at once."""
        self.ticks += 1
        for each in self.subscriptions:
            settled = self.store.settled(each.id)
            jobs = [*owed.begun(settled)]
            found = schedule.due(each, settled, self.arxiv.kept.get, now, self.patience)
            if found and found.kind is None:
                self.store.settle(each.id, found.covers, found.outcome)
                self.store.settle(each.id, found.skipped, owed.SKIPPED)
            elif found:
                jobs.append(found.day)
            for day in jobs:
                try:
                    self.job(each, day, now, true)
                except Died:
                    continue

    def job(self, each: Subscription, day: date, now: datetime, true: datetime) -> None:
        """Deliver: decide, begin, freeze, send, settle."""
        step = self._die if self.rng.random() < self.deaths else lambda: None
        decision = self.frozen.get((each.id, day))
        if decision is None:
            settled = self.store.settled(each.id)
            look = self.arxiv.kept.get
            decision = schedule.decide(each, settled, look, now, self.patience, cap=1000, day=day)
            if decision is None:
                return
            due = decision.due
            if due.kind is None or not self.store.begin(each.id, due.covers, day):
                return
            step()
            self.store.settle(each.id, due.told, owed.NOTICED)
            self.store.settle(each.id, due.skipped, owed.SKIPPED)
            step()
            decision = self.frozen.setdefault((each.id, day), decision)
        elif not {*owed.begun(self.store.settled(each.id))} & {day}:
            return
        words = decision.words
        for at in words.keys() - set(decision.due.covers):
            self.store.settle(each.id, [at], words[at])
        step()
        posts = self.sent.setdefault(each.id, [])
        if decision not in [post.decision for post in posts]:  # the ledger
            posts.append(Sent(true, decision))
        step()
        for at in decision.due.covers:
            self.store.settle(each.id, [at], words.get(at, decision.due.outcome))

    def _die(self) -> None:
        if self.rng.random() < 0.25:
            raise Died


def slots_by_hand(
    subscription: Subscription, first: datetime, last: datetime
) -> dict[date, datetime]:
    """Local date to slot, found by reading the wall clock every quarter of an hour.

    The first moment of a date at which the clock shows the hour; where it never does on a date
    that has a noon, as much after the day before as any day is.
    """
    where, found, noons = ZoneInfo(subscription.zone), dict[date, datetime](), set[date]()
    moment = first
    while moment <= last:
        local = moment.astimezone(where)
        if local.time() == subscription.at and local.weekday() in subscription.days:
            found.setdefault(local.date(), moment)
        if local.hour == 12:
            noons.add(local.date())
        moment += GRID
    for day in sorted(noons - set(found)):
        if day.weekday() in subscription.days and min(noons) < day:
            at = datetime.combine(day, time(), UTC).replace(tzinfo=None)
            before = datetime.combine(day - DAY, subscription.at, where).astimezone(UTC)
            found[at.date()] = before + DAY
    return found
