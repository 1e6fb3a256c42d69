"""The edits of a profile that its votes speak for, as they are offered to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from paperlark.feedback import Field, phrase, total
from paperlark.feedback.tuning import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from bot.desk.case import Case
    from bot.desk.house import House
    from bot.desk.lookback import Lookback
    from paperlark.domain import Paper
    from paperlark.feedback import Proposal

MOST: Final = 3
"""Edits offered at once."""
WAIT_S: Final = 0.5
"""How long an answer waits for the words of the last weeks to be counted."""


def offers(case: Case) -> tuple[Proposal, ...] | None:
    """Up to three edits; None where the words of the last weeks are still being counted.

    Counting takes a second for a thousand papers. It is done once a day and kind of categories, on
    a thread of its own; until it is done, yesterday's count serves.
    """
    if len([vote for vote in case.known.votes if vote.verdict]) < DEFAULT.votes:
        return ()
    field = _field(case)
    if field is None:
        return None
    voted = {vote.paper for vote in case.known.votes}
    texts = case.house.store.papers(sorted(voted))
    refused = set(map(phrase, case.known.declined(case.day)))
    every = case.known.proposals(case.at.profile, case.day, texts, field)
    return tuple(each for each in every if phrase(each.phrase) not in refused)[:MOST]


def _field(case: Case) -> Field | None:
    """The words of the last weeks: one count is kept for each kind of categories."""
    house, kind = case.house, case.at.profile.categories
    held: tuple[date, Field] | None = house.memory.known(("field", kind))
    if held is None or held[0] != case.today:
        count(house, kind, case.today, 0.0 if held else WAIT_S)
        held = house.memory.known(("field", kind))
    return held[1] if held else None


def count(house: House, kind: Sequence[str], today: date, wait_s: float) -> None:
    """Have the words of the last weeks counted, unless they are or it is under way.

    Args:
        house: what is counted is in its memory then.
        kind: categories; papers that have one of them are counted.
        today: the day it is done for.
        wait_s: how long to wait for it.
    """

    def work() -> bool:
        house.memory.keep(("field", kind), (today, Field.of(_around(house, kind))))
        return True

    house.memory.aside(("counted", kind, today), work, wait_s)


def _around(house: House, kind: Iterable[str]) -> Iterator[Paper]:
    """The papers of the last weeks that have one of these categories."""
    wanted = frozenset(kind)
    return (p for _, p in house.store.dated() if not wanted.isdisjoint(p.categories))


def changed(offer: Proposal, past: Lookback) -> str:
    """What an edit would have changed on the last weeks, in a sentence; empty without a past."""
    if not past.days:
        return ""
    sums = total(past.wording(offer.applied(past.terms)))
    liked = sums.liked_kept + sums.liked_lost
    kept = f"; {sums.liked_kept} of {liked} liked ones stay" if liked else ""
    return (
        f"It would have changed {sums.won} of {sums.won + sums.kept} cards over {sums.days} "
        f"days{kept}."
    )


def command(offer: Proposal) -> str:
    """The words after ``/digest tune`` that accept it."""
    return f"{offer.wish} {', '.join((offer.phrase, *offer.also))}"
