"""A month as weeks of days: what became of each, in a word and in a sentence."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from paperlark import calendar
from paperlark.domain import VerdictState
from paperlark.render import dates, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from paperlark.domain import Digest
    from paperlark.vote import Vote

_SATURDAY: Final = 5
_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHORT: Final = {
    VerdictState.QUIET: "quiet",
    VerdictState.STALE: "stale",
    VerdictState.PARTIAL: "partial",
    VerdictState.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Month:
    """Everything about one month of a profile; nothing of it is looked up.

    Attributes:
        first: its first day.
        digests: by mailing date, all within the month.
        votes: the last words on the profile's papers, whenever they were cast.
        previous, following: the first days of the nearest months with a digest.
        today: the mailing date that is current; later days are still to come.
    """

    first: date
    profile: str
    digests: Mapping[date, Digest]
    today: date
    votes: tuple[Vote, ...] = ()
    previous: date | None = None
    following: date | None = None

    @property
    def ordered(self) -> tuple[Digest, ...]:
        """Its digests, oldest first."""
        return tuple(self.digests[day] for day in sorted(self.digests))

    @property
    def read(self) -> tuple[Digest, ...]:
        """Those on which any paper was scanned."""
        return tuple(digest for digest in self.ordered if digest.counts.scanned)

    @property
    def width(self) -> int:
        """Days that a week has here: five, unless a digest is of a weekend."""
        return 7 if any(day.weekday() >= _SATURDAY for day in self.digests) else _SATURDAY

    @property
    def days(self) -> tuple[date, ...]:
        """The days that are drawn, oldest first."""
        first = self.first
        whole = months.monthrange(first.year, first.month)[1]
        every = (date(first.year, first.month, number) for number in range(1, whole + 1))
        return tuple(day for day in every if day.weekday() < self.width)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the calendar.

    Attributes:
        state: a verdict's value; ``holiday``, ``none`` or ``ahead`` for a day without a digest.
        word: the state for people, empty for a whole day and for one to come.
    """

    day: date
    digest: Digest | None
    state: str
    word: str = field(default="")


def names(month: Month) -> tuple[str, ...]:
    """What the columns are called."""
    return _NAMES[: month.width]


def weeks(month: Month) -> Iterator[tuple[Cell | None, ...]]:
    """Rows of cells, Monday first; None where a day is of another month."""
    row: list[Cell | None] = [None] * month.width
    for day in month.days:
        row[day.weekday()] = cell(month, day)
        if day.weekday() == month.width - 1:
            yield tuple(row)
            row = [None] * month.width
    if any(row):
        yield tuple(row)


def cell(month: Month, day: date) -> Cell:
    """What became of that day."""
    digest = month.digests.get(day)
    if digest is None:
        reason = calendar.quiet_reason(day)
        if reason:
            return Cell(day, None, "holiday", "holiday" if calendar.holiday(day) else reason)
        return (
            Cell(day, None, "ahead") if day > month.today else Cell(day, None, "none", "no digest")
        )
    state = digest.verdict.state
    if state is VerdictState.COMPLETE:
        return Cell(day, digest, state.value, "local ranker" if _stood_in(month, digest) else "")
    word = "holiday" if state is VerdictState.QUIET and calendar.holiday(day) else _SHORT[state]
    return Cell(day, digest, state.value, word)


def _stood_in(month: Month, digest: Digest) -> bool:
    """Whether the local ranker read the day where a model reads others."""
    by_model = any(each.usage.model for each in month.read)
    return by_model and digest.counts.scanned > 0 and digest.usage.model is None


def told(month: Month) -> Iterator[tuple[date, str]]:
    """What was unusual about days, oldest first: the day, and a sentence or two."""
    for day in month.days:
        digest = month.digests.get(day)
        if digest is None:
            named = calendar.holiday(day)
            if named:
                yield day, f"No announcement ({named.name})."
            continue
        said = words.verdict(digest)
        if digest.verdict.state is not VerdictState.COMPLETE:
            yield day, " ".join((said.bold, said.clause, *digest.notes)).strip()
        elif digest.notes:
            yield day, " ".join(digest.notes)


def tally(month: Month) -> str:
    """``21 weekdays: 17 complete, 1 partial, 1 holiday, 2 to come.``: adds up to the days."""
    kinds = ("complete", "partial", "stale", "quiet", "holiday", "failed", "no digest", "to come")
    found = [_kind(cell(month, day)) for day in month.days]
    said = ", ".join(f"{found.count(kind)} {kind}" for kind in kinds if kind in found)
    noun = "weekdays" if month.width == _SATURDAY else "days"
    return f"{len(found)} {noun}: {said}.".replace("no digest", "without a digest")


def _kind(at: Cell) -> str:
    if at.state == "ahead":
        return "to come"
    if at.state == VerdictState.COMPLETE:
        return "complete"
    return "quiet" if at.word == calendar.WEEKEND else at.word


def numbered(day: date) -> str:
    """``Wed 11``: the day within its month."""
    return " ".join(dates.short(day).split()[:2])
