"""The line between shown and not shown: a pure function of its base, the votes and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.domain import Line
from paperlark.feedback.facts import Knobs, heard
from paperlark.feedback.tuning import DEFAULT
from paperlark.feedback.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from paperlark.feedback.facts import Decision, Showing
    from paperlark.feedback.moves import Course
    from paperlark.feedback.tuning import Tuning
    from paperlark.vote import Vote


def base_line(base: float) -> Line:
    """The line before any vote has moved it.

    Args:
        base: the profile's own, a score from 0 to 100.
    """
    return Line(value=base, base=base)


def line(
    base: float,
    votes: Iterable[Vote],
    shown: Iterable[Showing],
    day: date,
    *,
    decisions: Iterable[Decision] = (),
    knobs: Knobs | None = None,
    tuning: Tuning = DEFAULT,
) -> Line:
    """The line of a mailing date; see `course`."""
    return course(base, votes, shown, day, decisions=decisions, knobs=knobs, tuning=tuning).line


def course(
    base: float,
    votes: Iterable[Vote],
    shown: Iterable[Showing],
    day: date,
    *,
    decisions: Iterable[Decision] = (),
    knobs: Knobs | None = None,
    tuning: Tuning = DEFAULT,
) -> Course:
    """Replay a line from its first digest to a mailing date.

    On each date of a digest the line moves by ``gain x (target - liked share)``, at most
    `Tuning.step`, where votes came since the digest before. Only what happened before a date, in
    UTC, counts on it. Votes are taken as they stand before `day`: one that was withdrawn since
    leaves no trace in the whole replay.

    Args:
        base: the profile's own, a score from 0 to 100.
        votes: of all subscriptions to the profile, in any order.
        shown: the profile's digests; later ones are not looked at.
        day: the mailing date asked for.
        decisions: what people decided about this line.
        knobs: as they were before any decision.
        tuning: the constants.
    """
    kept = tuple(shown)
    dates = sorted({showing.date for showing in kept if showing.date < day} | {day})
    known = sorted(
        (each for each in decisions if each.at.date() < day),
        key=lambda each: (each.at, each.kind, each.who, each.value or 0.0),
    )
    walk = Walk(base, tuning, knobs or Knobs())
    walk.along(dates, heard(votes, kept, day), known)
    return walk.course()
