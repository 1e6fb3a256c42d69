"""A year of mornings, in seconds: each post once, at its hour, with every paper once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from paperlark import calendar, owed, slots
from paperlark.domain import VerdictState
from paperlark.dues import MISSED_MOST
from paperlark.post import PostKind
from paperlark.subscription import Quiet, Subscription, Wait
from paperlark.target import Target
from tests.replay import DAY, GRID, HOUR, Arxiv, Replay, Sent, lives, slots_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONES = (
    ("UTC", time(8)),
    ("America/New_York", time(0)),  # the moment the feeds turn over
    ("America/Los_Angeles", time(8)),
    ("America/St_Johns", time(8)),
    ("Europe/London", time(4, 45)),  # before or after midnight in New York, by the season
    ("Europe/Berlin", time(7)),
    ("Asia/Kolkata", time(10, 45)),
    ("Asia/Kathmandu", time(8)),
    ("Asia/Tokyo", time(8)),
    ("Australia/Sydney", time(16, 30)),
    ("Australia/Lord_Howe", time(8)),
    ("Pacific/Kiritimati", time(8)),
    ("Pacific/Apia", time(0)),
)
SUNDAYS = (
    ("America/New_York", time(2, 30)),  # left out in March
    ("America/New_York", time(1, 30)),  # twice in November
    ("Europe/Berlin", time(2, 30)),  # both
    ("Australia/Sydney", time(2, 30)),
    ("Australia/Lord_Howe", time(2, 15)),  # half an hour is left out
    ("Australia/Lord_Howe", time(1, 45)),  # half an hour comes twice
    ("America/Nuuk", time(23, 30)),  # Saturday: its last hour is left out in March
)


class Year(NamedTuple):
    """From the first mailing date owed to the last moment replayed."""

    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        start = datetime.combine(self.first - 2 * DAY, time(), UTC)
        return start, datetime.combine(self.last + 6 * DAY, time(), UTC)

    @property
    def weekdays(self) -> list[date]:
        """Those that matter, and some more, so that nothing is cut off at the end."""
        days = (self.first + n * DAY for n in range((self.last - self.first).days + 11))
        return [day for day in days if day.weekday() < 5]


SHORT = (
    Year(date(2025, 10, 22), date(2025, 11, 6)),  # autumn: Europe, a week later America
    Year(date(2025, 11, 24), date(2025, 12, 3)),  # Thanksgiving
    Year(date(2026, 3, 26), date(2026, 4, 8)),  # spring; Sydney and Lord Howe the other way round
    Year(date(2011, 12, 26), date(2012, 1, 5)),  # Samoa left out 30 December
)
ROUGH = (
    Year(date(2025, 10, 27), date(2025, 11, 28)),
    Year(date(2026, 3, 5), date(2026, 4, 3)),
)
FULL = (
    Year(date(2025, 1, 1), date(2025, 12, 31)),
    Year(date(2026, 1, 1), date(2026, 12, 31)),
    Year(date(2011, 6, 1), date(2012, 5, 31)),
)


def subscriptions(since: date) -> tuple[Subscription, ...]:
    """One a zone; clock changes, which are on weekends; and other ways to wait and to be silent."""
    place = Target("console")
    plain = [
        Subscription(place, f"p{n}", at=at, zone=zone, since=since)
        for n, (zone, at) in enumerate(ZONES)
    ]
    changes = [
        Subscription(place, f"s{n}", at=at, zone=zone, since=since, days=_weekend(zone))
        for n, (zone, at) in enumerate(SUNDAYS)
    ]
    berlin = Subscription(Target("mail", "a@example.org"), "x", zone="Europe/Berlin", since=since)
    others = (
        replace(berlin, profile="weekly", days=(0,)),
        replace(berlin, profile="twice", days=(1, 4), quiet=Quiet.SILENT),
        replace(berlin, profile="weekend", days=(5, 6), zone="Pacific/Apia"),
        replace(berlin, profile="daily", days=tuple(range(7)), quiet=Quiet.SILENT),
        replace(berlin, profile="asap", wait=Wait.ASAP, at=time(6)),
    )
    return (*plain, *changes, *others)


def _weekend(zone: str) -> tuple[int, ...]:
    return (5,) if zone.endswith("Nuuk") else (6,)


def by_hand(
    each: Subscription, year: Year, arxiv: Arxiv
) -> Iterator[tuple[datetime, PostKind, tuple[date, ...]]]:
    """The posts of an undisturbed year: moment, kind, dates; from the wall clock alone."""
    start, end = year.moments
    slots = sorted(slots_by_hand(each, start, end).values())
    groups: dict[datetime, list[date]] = {}
    for day in year.weekdays:
        slot = next((at for at in slots if at >= calendar.feed_at(day)), None)
        if slot is not None:
            groups.setdefault(slot, []).append(day)
    for slot, days in groups.items():
        papers = [day for day in days if calendar.is_mailing_date(day)]
        out = [arxiv.lives[day][-1].at for day in papers]
        waited = out[-1:] if each.wait is Wait.ASAP else out
        moment = max(slot, *(on_grid(at) for at in waited)) if waited else slot
        if papers:
            yield moment, PostKind.DIGEST, tuple(days)
        elif each.quiet is Quiet.NOTICE:
            yield moment, PostKind.NOTICE, tuple(days)


def on_grid(at: datetime) -> datetime:
    """The first tick at or after a moment."""
    spare = (at - datetime(2000, 1, 1, tzinfo=UTC)) % GRID
    return at + (GRID - spare if spare else timedelta())


def undisturbed(year: Year, seed: int) -> tuple[int, Replay]:
    """Replay it; every expected post once and at its moment, none else. How many there were."""
    rng = Random(seed)  # noqa: S311  (a seed to go by, not a secret)
    arxiv = Arxiv(lives(year.weekdays, rng, troubled=False))
    subs = subscriptions(year.first)
    run = Replay(subs, arxiv, rng)
    run.run(*year.moments)
    count = 0
    for each in subs:
        expected = [post for post in sorted(by_hand(each, year, arxiv)) if post[2][-1] <= year.last]
        sent = [
            (post.at, post.decision.due.kind, post.decision.due.covers)
            for post in run.sent.get(each.id, [])
            if post.decision.due.day <= year.last
        ]
        assert sent == expected, each.id
        count += len(expected)
    papers_once(run)
    return count, run


def papers_once(run: Replay) -> None:
    """No paper is posted twice to a subscription."""
    for posts in run.sent.values():
        counted = Counter(paper for post in posts for paper in post.papers)
        assert [paper for paper, times in counted.items() if times > 1] == []


def troubled(year: Year, seed: int) -> Replay:
    """Replay it with days that come late or never; whatever came within the week was posted."""
    rng = Random(seed)  # noqa: S311  (a seed to go by, not a secret)
    run = Replay(subscriptions(year.first), Arxiv(lives(year.weekdays, rng, troubled=True)), rng)
    run.run(*year.moments)
    for each in run.subscriptions:
        accounted(run, each, year)
        settled = run.store.settled(each.id)
        for day in (day for day in year.weekdays if day < year.last - 14 * DAY):
            came = run.arxiv.lives[day][-1].state is VerdictState.COMPLETE
            assert owed.is_out(settled[day]) or not came, (each.id, day)
        final = {
            card.paper.id
            for day, digest in run.arxiv.kept.items()
            if day < year.last - 14 * DAY and owed.is_out(settled[day])
            for card in digest.cards
        }
        assert final <= {paper for post in run.sent[each.id] for paper in post.papers}
    papers_once(run)
    assert any(post.decision.due.late for posts in run.sent.values() for post in posts)
    return run


def disturbed(year: Year, seed: int, *, steps: bool) -> Replay:
    """Replay it with days that fail, downtime, deaths and a wrong clock; nothing is lost unsaid."""
    rng = Random(seed)  # noqa: S311  (a seed to go by, not a secret)
    arxiv = Arxiv(lives(year.weekdays, rng, troubled=True))
    start, end = year.moments
    run = Replay(
        subscriptions(year.first),
        arxiv,
        rng,
        off=tuple(outages(rng, start, end - 5 * DAY)),
        steps=tuple(wrong(rng, start, end - 5 * DAY)) if steps else (),
        deaths=0.3,
    )
    run.run(start, end)
    for each in run.subscriptions:
        accounted(run, each, year)
    papers_once(run)
    return run


def outages(rng: Random, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A minute to nine days off, about every ten days."""
    while (start := start + rng.randrange(1, 20 * 24) * HOUR) < end:
        length = rng.choice([1, 4, 11, 30, 80, 220]) * HOUR
        yield start, start + length
        start += length


def wrong(
    rng: Random, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A clock put forward or back for some hours."""
    while (start := start + rng.randrange(1, 15 * 24) * HOUR) < end:
        length = rng.randrange(1, 30) * HOUR
        yield start, start + length, rng.choice([-26, -3, -1, 1, 2, 5]) * HOUR / 2
        start += length


def accounted(run: Replay, each: Subscription, year: Year) -> None:
    """Every date is settled; what was skipped had three newer ones; what came was posted once."""
    settled, posts = run.store.settled(each.id), run.sent.get(each.id, [])
    shown = Counter(day for post in posts for day in post.decision.due.parts)
    assert [day for day, times in shown.items() if times > 1] == []
    noticed = Counter(
        day for post in posts if post.decision.due.kind is PostKind.NOTICE
        for day in post.decision.due.covers
    )  # fmt: skip
    assert [day for day, times in noticed.items() if times > 1] == []
    assert set(shown) <= set(year.weekdays)
    for day in (day for day in year.weekdays if day < year.last - 10 * DAY):
        assert day in settled, (each.id, day)
        assert not settled[day].startswith("begun"), (each.id, day)
        if owed.is_out(settled[day]) and calendar.is_mailing_date(day):
            assert shown[day] == 1, (each.id, day)
    for post in posts:
        assert in_window(post, each, run), (each.id, post.at)
        skipped = [d for d in post.decision.due.skipped if calendar.is_mailing_date(d)]
        newer = [d for d in post.decision.due.covers if d > max(skipped, default=date.max)]
        assert not skipped or len(newer) + len(post.decision.due.told) >= MISSED_MOST


def in_window(post: Sent, each: Subscription, run: Replay) -> bool:
    """Whether it went out in the window of a slot, give or take a wrong clock.

    What had begun before its process died is finished up to three days later.
    """
    slot = slots.latest(each, post.at + 13 * HOUR)
    assert slot is not None
    return post.at <= slot + run.patience.longest + 3 * DAY and post.decision.due.slot <= slot


@pytest.mark.parametrize("year", SHORT, ids=lambda year: f"{year.first}")
def test_every_post_of_a_season_comes_once_at_its_hour(year: Year):
    count, _ = undisturbed(year, seed=4)
    assert count > 5 * len(ZONES)


def test_days_that_come_late_are_shown_by_the_next_post():
    troubled(ROUGH[0], seed=3)


@pytest.mark.parametrize("steps", [False, True], ids=["clock right", "clock steps"])
def test_nothing_is_lost_or_repeated_through_outages(*, steps: bool):
    disturbed(ROUGH[steps], seed=7, steps=steps)


@pytest.mark.proof
@pytest.mark.parametrize("year", FULL, ids=lambda year: f"{year.first}")
def test_every_post_of_a_year_comes_once_at_its_hour(year: Year):
    count, _ = undisturbed(year, seed=1)
    assert count > 200 * len(ZONES)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_or_repeated_in_a_disturbed_year(seed: int):
    for year in FULL[:2]:
        troubled(year, seed)
        disturbed(year, seed, steps=bool(seed % 2))
