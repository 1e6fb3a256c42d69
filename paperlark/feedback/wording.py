"""The words a profile follows by its people's decision, folded from what they accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from paperlark.domain import Term
from paperlark.feedback.proposals import Wish
from paperlark.feedback.terms import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ASKED_AGAIN = 20
"""Digests after which a phrase that was refused may be offered again: interests change."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person decided about words, as a fact.

    Attributes:
        at: when, in UTC.
        who: the name people know them by.
        wish: what was to be done with the phrases; taking a wish back is a wish of its own.
        taken: False where the offer was refused.
        by: whose decision, as a vote names people; empty where that was erased.
    """

    at: datetime
    who: str
    wish: Wish
    phrases: tuple[str, ...]
    taken: bool = True
    by: str = ""


def followed(wordings: Iterable[Wording], day: date) -> tuple[Term, ...]:
    """The words followed on a mailing date: weight 1 for wanted, -1 for excluded ones.

    Each phrase as it was last decided on before that date, in UTC; dropped ones are absent. In the
    order they were first decided on, whatever order the facts come in.
    """
    last: dict[str, Term | None] = {}
    for each in _in_order(wordings):
        if each.taken and each.at.date() < day:
            for text in each.phrases:
                last[phrase(text)] = _term(text, each.wish)
    return tuple(term for term in last.values() if term is not None)


def declined(wordings: Iterable[Wording], dates: Sequence[date], day: date) -> tuple[str, ...]:
    """Phrases whose last answer before a mailing date was no, within the last 20 digests."""
    before = sorted(each for each in dates if each < day)
    since = before[-ASKED_AGAIN] if len(before) >= ASKED_AGAIN else date.min
    last: dict[str, Wording] = {}
    for each in _in_order(wordings):
        if each.at.date() < day:
            last |= dict.fromkeys(each.phrases, each)
    return tuple(text for text, each in last.items() if not each.taken and each.at.date() >= since)


def _term(text: str, wish: Wish) -> Term | None:
    return None if wish is Wish.DROP else Term(text, 1.0 if wish is Wish.WANT else -1.0)


def _in_order(wordings: Iterable[Wording]) -> list[Wording]:
    return sorted(wordings, key=lambda each: (each.at, each.wish, each.who, each.phrases))
