"""A group's mornings over a store in memory: announced, scored, published, voted on, decided on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.desk import FrontDesk
from bot.desk.house import House
from bot.ports import Asker
from bot.replies import Action, Lines, Said
from paperlark import calendar
from paperlark import profile as profiles
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Digest,
    Listing,
    Paper,
    Profile,
    Score,
    Scored,
    Usage,
)
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote
from tests.fakes import MemoryLedger, MemoryStore
from worker import pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.replies import Reply

HERE = Target("slack", "C1")
MIRA = Asker("slack:U1", HERE, name="Mira")
TOMAS = Asker("slack:U2", HERE, name="Tomás")
GUEST = Asker("slack:U3", HERE, manager=False, name="Ada")
SOURCE = """+++
categories = ["cs.LG"]
keywords = ["kernels"]
cap = 12
base_line = 62
+++
## What we want
Training dynamics and symmetry.
"""
FIRST = date(2026, 10, 26)
PAPERS = 14
_THEMES = (
    "Network pruning", "Bird song", "Lattice gauge", "Protein docking", "Voice cloning",
    "Robot grasping", "Traffic flow", "Tensor trains",
)  # fmt: skip


class Scorer:
    """Scores from 96 down, five points a paper, whatever the papers are about."""

    def score(self, candidates: Iterable[object], profile: Profile) -> Scored:
        del profile
        ids = sorted(each.paper.id for each in candidates)  # type: ignore[attr-defined]
        values = [96.0 - 5 * place - 0.1 * (int(key[-1]) % 7) for place, key in enumerate(ids)]
        scores = {
            key: Score(value, max(1, 10 - place), 5 + place % 4)
            for place, (key, value) in enumerate(zip(ids, values, strict=True))
        }
        similarity = {key: float((place * 7) % 5) for place, key in enumerate(ids)}
        return Scored(scores, {}, Usage("local"), similarity=similarity)


@dataclass
class Shelves(MemoryStore):
    """The whole store in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)


class Lab:
    """A place with a digest a mailing date, a desk, and a clock that the test moves."""

    def __init__(self, days: int = 0, first: date = FIRST, place: Target = HERE) -> None:
        self.store = Shelves()
        self.store.save_profile(profiles.parse("foundations", SOURCE))
        self.subscription = Subscription(place, "foundations", time(8), "UTC")
        self.store.subscriptions.save_subscription(self.subscription)
        self.day = calendar.previous_before(first)
        self.now = self._noon(self.day)
        self.house = House(self.store, self._clock, lambda _profile, _day: "")
        self.desk = FrontDesk(self.house)
        for _ in range(days):
            self.morning()

    def _clock(self) -> datetime:
        """Now, and a second later the next time: no two words fall on one moment."""
        self.now += timedelta(seconds=1)
        return self.now

    @staticmethod
    def _noon(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    @property
    def profile(self) -> Profile:
        """As it is kept now."""
        found = self.store.profile("foundations")
        assert found
        return found

    def morning(self) -> Digest:
        """The next mailing date: announced, scored and published; then it is noon of that day."""
        self.day = calendar.next_after(self.day)
        self.now = self._noon(self.day)
        announce(self.store, self.day)
        profile = self.profile
        pipeline.score(profile, self.day, self.store, "local", lambda *_: Scorer())
        return pipeline.publish(profile, self.day, self.store, "local", now=self.now)

    def digest(self) -> Digest:
        """The newest."""
        found = self.store.digest("foundations", self.day)
        assert found
        return found

    def vote(self, paper: str, thumb: Thumb = Thumb.UP, who: Asker = MIRA, door: Door = Door.PAGE,
             subscription: str = "") -> None:  # fmt: skip
        """A vote now, on a paper of the newest digest."""
        rank = next((c.rank for c in self.digest().cards if c.paper.id == paper), None)
        where = subscription or self.subscription.id
        self.store.votes.cast(
            Vote(self._clock(), who.voter, where, paper, thumb, door, self.day, rank)
        )

    def judged(self, days: int, *, likes: str, people: Iterable[Asker] = (MIRA, TOMAS)) -> None:
        """So many mornings on which people like what names a word, and nothing else they see."""
        for number in range(days):
            for card in self.morning().cards[number % 2 :: 2]:
                up = likes in card.paper.title
                for who in people:
                    self.vote(card.paper.id, Thumb.UP if up else Thumb.DOWN, who)

    def __call__(self, text: str, asker: Asker = MIRA) -> Reply:
        return asyncio.run(self.desk.command(asker, text))

    def said(self, text: str, asker: Asker = MIRA) -> str:
        """The answer, which must be a sentence."""
        reply = self(text, asker)
        assert isinstance(reply, Said), reply
        return reply.text

    def lines(self, text: str = "tune", asker: Asker = MIRA) -> Lines:
        """The answer, which must be a list of lines."""
        reply = self(text, asker)
        assert isinstance(reply, Lines), reply
        return reply


def announce(store: MemoryStore, day: date) -> None:
    """Papers of eight themes, in an order that changes from day to day."""
    stem = f"{day:%y%m}.{day:%d}"
    papers = {}
    for number in range(PAPERS):
        theme = _THEMES[(number + day.toordinal()) % len(_THEMES)]
        key = f"{stem}{number:03}"
        text = f"We study {theme.lower()} in setting {number}."
        papers[key] = Paper(key, 1, f"{theme}, part {number}", text, (), ("cs.LG",))
    rows = tuple(Listing(each, 1, AnnounceType.NEW) for each in papers)
    batch = Batch(day, "cs.LG", BatchState.COMPLETE, rows)
    store.save(Announcement(day, (batch,), papers))


def tuned() -> Lines:
    """An answer to ``/digest tune`` with everything in it, as the prototypes have it."""
    return Lines(_TITLE, _LINES, _FOOT, _CHART, _ACTIONS)


_TITLE = "The line is 61.5"
_MOVED = (
    "Down 0.5 since Wed 18 Nov: 11 of the last 14 votes were up (79\u00a0%, target 70\u00a0%), "
    "from 4 people, so a little more is shown: 1\u00a0card more than at 62.0."
)
_NEXT = (
    "Next: 61.0, from Mon 23 Nov, if nothing else is said. 12 of the last 15 votes were up (80"
    "\u00a0%; as counted 75\u00a0%, target 70\u00a0%). Over the last 30 days that would have shown "
    "9\u00a0cards more, about one every other day."
)
_OFFER = (
    "Want “sparse networks”: 6 of 7 votes on papers that name it or a word near it were up. Near it"
    ": pruning. It would have changed 11 of 99 cards over 22 days; 21 of 22 liked ones stay."
)
_AIM = "Aim: 70\u00a0% of the cards liked (“more”)."
_LINES = (_MOVED, _NEXT, _AIM, "4 people have voted; every voice counts in full.", _OFFER)
_FOOT = (
    "Votes move the line by 0.5 a digest at most, between 32 and 92, never silently. Base 62.0. "
    "Another line, tried out: `/digest tune try 57`."
)
_CHART = """\
Moves             to   votes before
Wed  4 Nov      62.5     7 up  3 down
Tue 10 Nov      62.0     5 up  2 down
Thu 19 Nov      61.5    11 up  3 down

Votes a day, at most 5
up   ··▂▂▄··▂▄▂▂▂··▄▂▂▅▂··▂█▂▂▂▄▂
down ···▂····▂··▂····▂·▂···▂··▂··
     Fri 23 Oct        Thu 19 Nov"""
_UNDO = (
    "Back to 62.0? The votes stay, but no longer move the line: it moves again after 8 new ones."
)
_ACTIONS = (
    Action("Go to 61.0 now", "tune accept 61.0", "primary"),
    Action("What would 61.0 show?", "tune try 61.0"),
    Action("Undo: back to 62.0", "tune undo 62.0", confirm=_UNDO),
    Action("Freeze at 61.5", "tune freeze"),
    Action("Fewer, surer cards", "tune fewer"),
    Action("Follow “sparse networks”", "tune want sparse networks, pruning"),
    Action("No to “sparse networks”", "tune no sparse networks"),
)
