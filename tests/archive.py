"""A made-up autumn of one profile, for tests of the pages over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from paperlark import profile as profiles
from paperlark.domain import Usage, Verdict, VerdictState
from paperlark.site import Site
from paperlark.vote import Door, Thumb, Vote
from tests import builders
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    from paperlark.domain import Digest

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
"""Friday after Thanksgiving: its mailing is left out, Monday's is to come."""
BEST = "2611.90412"
OLD = date(2026, 10, 29)
NEXT_YEAR = date(2027, 1, 4)
PLACE = "slack:C1/foundations"


def vote(voter: str, paper: str, thumb: Thumb, *, place: str = PLACE, hour: int = 0) -> Vote:
    """A thumb on a paper of `builders.DAY`."""
    at = datetime(2026, 11, 19, 9, tzinfo=UTC) + timedelta(hours=hour)
    return Vote(at, voter, place, paper, thumb, Door.SLACK_BUTTON, builders.DAY)


def on(day: date, digest: Digest) -> Digest:
    """The digest as if it were of that day; its papers are other ones, but of their own day."""
    if day == builders.DAY:
        return digest
    cards = tuple(
        replace(card, paper=replace(card.paper, id=f"2611.8{day:%d}{card.rank:02}"))
        for card in digest.cards
    )
    return replace(digest, date=day, cards=cards)


def digests() -> dict[date, Digest]:
    """Days of every kind around `builders.DAY`."""
    whole = builders.example(further=5)
    short = replace(whole, cards=whole.cards[3:6], counts=replace(whole.counts, shown=3))
    local = replace(whole, usage=Usage("local"), notes=("The model could not be reached.",))
    late = Verdict(VerdictState.PARTIAL, "stat.ML never came")
    empty = builders.digest(state=VerdictState.STALE, detail="arXiv’s feed still holds Thursday")
    broken = builders.digest(state=VerdictState.FAILED, detail="arXiv answered 503")
    found = {
        OLD: whole,
        date(2026, 11, 17): short,
        date(2026, 11, 18): replace(short, verdict=late),
        builders.DAY: whole,
        date(2026, 11, 20): empty,
        date(2026, 11, 23): local,
        date(2026, 11, 25): broken,
        NEXT_YEAR: short,
    }
    return {day: on(day, digest) for day, digest in found.items()}


def store() -> MemoryStore:
    """What is kept: the days, and five votes of three people of whom one changed her mind."""
    kept = MemoryStore()
    kept.save_profile(profiles.parse("foundations", builders.PROFILE))
    kept.digests = {("foundations", day): digest for day, digest in digests().items()}
    for each in (
        vote("slack:U1", BEST, Thumb.UP),
        vote("slack:U1", BEST, Thumb.UP, place="mail:a@b.example/foundations", hour=1),
        vote("slack:U2", BEST, Thumb.DOWN),
        vote("slack:U2", BEST, Thumb.UP, hour=2),
        vote("slack:U3", BEST, Thumb.DOWN),
        vote("slack:U3", "2611.90377", Thumb.UP),
        vote("slack:U4", "2611.90377", Thumb.NONE),
        vote("slack:U4", BEST, Thumb.DOWN, place="slack:C1/others"),
    ):
        kept.votes.cast(each)
    return kept


def site(kept: MemoryStore | None = None, *, base: str = "", subscribe: bool = False) -> Site:
    """The pages over it, on `NOW`."""
    return Site(kept or store(), lambda: NOW, base=base, subscribe=subscribe)
