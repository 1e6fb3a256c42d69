"""Votes, digests and decisions for tests of the feedback maths, and strategies of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from paperlark.feedback import Act, Decision, Seen, Showing
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

FIRST = date(2026, 9, 7)
BASE = 62.0
CARDS = 6
DAYS = 25


def day(number: int) -> date:
    """The date of the digest of that number, from 0; every day is a mailing date here."""
    return FIRST + timedelta(days=number)


def name(number: int, rank: int) -> str:
    """The paper at that rank of that digest."""
    return f"2609.{10000 + 100 * number + rank}"


def seen(number: int, rank: int, *, wild: bool = False) -> Seen:
    """A card; the better its rank, the better its score, relevance and similarity."""
    return Seen(
        paper=name(number, rank),
        rank=rank,
        score=92.0 - 5 * rank,
        relevance=max(1, 11 - rank),
        novelty=5 + (number + rank) % 4,
        similarity=(number * 7 + rank * 3) % 5 - 2.0,
        wild=wild,
    )


def showing(number: int, cards: int = CARDS) -> Showing:
    """The digest of that number."""
    return Showing(day(number), tuple(seen(number, rank) for rank in range(1, cards + 1)))


SHOWN = tuple(showing(number) for number in range(DAYS))


def vote(
    number: int,
    rank: int = 1,
    verdict: Thumb = Thumb.UP,
    *,
    who: str = "slack:U1",
    hour: int = 12,
    after: int = 0,
    where: str = "slack:C1/foundations",
    door: Door = Door.SLACK_BUTTON,
) -> Vote:
    """A vote on a card, `after` days after its digest."""
    at = datetime.combine(day(number + after), datetime.min.time(), UTC) + timedelta(hours=hour)
    return Vote(at, who, where, name(number, rank), verdict, door, day(number), rank)


def many(ups: int, downs: int, *, from_day: int = 0, who: str = "slack:U1") -> list[Vote]:
    """So many votes of one person, two a day, the 👎 last and on other cards."""
    given = [Thumb.UP] * ups + [Thumb.DOWN] * downs
    return [
        vote(from_day + at // 2, 1 + at % 2 + (2 if thumb is Thumb.DOWN else 0), thumb, who=who)
        for at, thumb in enumerate(given)
    ]


def decision(number: int, kind: Act, value: float | None = None, who: str = "Mira") -> Decision:
    """A decision on the evening of that digest's day."""
    at = datetime.combine(day(number), datetime.min.time(), UTC) + timedelta(hours=20)
    return Decision(at, who, kind, value)


def votes(people: int = 3, thumbs: Sequence[Thumb] = tuple(Thumb)) -> SearchStrategy[list[Vote]]:
    """Votes of a few people on the cards of `SHOWN`, withdrawals and second thoughts included."""
    each = st.builds(
        vote,
        number=st.integers(0, DAYS - 2),
        rank=st.integers(1, CARDS),
        verdict=st.sampled_from(thumbs),
        who=st.integers(1, people).map("slack:U{}".format),
        hour=st.integers(0, 23),
        after=st.integers(0, 2),
        where=st.sampled_from(["slack:C1/foundations", "mail:a@example.org/foundations"]),
        door=st.sampled_from(Door),
    )
    return st.lists(each, max_size=60)


def decisions() -> SearchStrategy[list[Decision]]:
    """Decisions of any kind, with any value."""
    each = st.builds(
        decision,
        number=st.integers(0, DAYS),
        kind=st.sampled_from(Act),
        value=st.none() | st.floats(-5, 120),
    )
    return st.lists(each, max_size=4)
