"""What `/digest tune` shows: the line, the votes behind it, where they point, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk import offers
from bot.desk.actions import STILL, actions
from bot.desk.house import named
from bot.desk.line import percent
from bot.desk.lookback import lookback
from bot.desk.trials import STEP, weeks
from bot.replies import Lines
from paperlark.feedback import FEWER, MORE, heard
from paperlark.feedback.tuning import DEFAULT
from paperlark.feedback.walk import HIGHEST, LOWEST
from paperlark.render import figures, tally
from paperlark.render.words import capital

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from bot.desk.case import Case
    from bot.desk.lookback import Lookback
    from paperlark.feedback import Course, Move, Proposal

_TARGETS: Final[Mapping[float, str]] = {FEWER: "fewer, surer", MORE: "more"}
_COUNTING: Final = (
    "The words of the last weeks are being counted: ask again in a minute to see which your votes "
    "speak for."
)


def overview(case: Case) -> Lines:
    """The whole answer; who may not change the place gets no buttons."""
    found = offers.offers(case)
    past = lookback(case, texts=bool(found))
    now, coming = _now(case), case.course(case.upcoming)
    point = past.aim(coming.knobs.target)
    lines = [
        _moved(case, now, past),
        _next(case, coming, past),
        *_pointed(case, point, past),
        _knobs(coming),
        *_people(case, coming),
        *_followed(case),
        *([_COUNTING] if found is None else _offered(found, past)),
    ]
    votes = heard(case.known.votes, case.known.shown, case.day)
    return Lines(
        title=f"The line is {figures.line(case.value)}",
        lines=tuple(figures.tight(line) for line in lines),
        foot=_foot(case),
        chart=tally.chart(now.moves, votes, case.today),
        actions=tuple(actions(case, coming, point, found or ())) if not case.barred else (),
    )


def pointed(case: Case) -> float:
    """The line that accepting without a value goes to: where the votes point, else the next one."""
    coming = case.course(case.upcoming)
    point = lookback(case).aim(coming.knobs.target)
    return coming.line.value if point is None else point


def _now(case: Case) -> Course:
    """How the line came to where the newest digest has it."""
    return case.course(case.digest.date if case.digest else case.today)


def _moved(case: Case, now: Course, past: Lookback) -> str:
    """What moved since the digest before, and why, in one sentence."""
    made = case.digest
    if made is None:
        return f"No digest was made yet. The line begins at its base, {figures.line(case.value)}."
    last = now.moves[-1] if now.moves and now.moves[-1].date == made.date else None
    before = [each.date for each in case.known.shown if each.date < made.date]
    if last is None or abs(last.after - last.before) < STILL or not before:
        return f"{_unmoved(case, now)}{_replayed(case, now)}"
    way = "Down" if last.after < last.before else "Up"
    step = figures.line(abs(last.after - last.before))
    said = f"{way} {step} since {case.dated(max(before))}: {_why(last)}"
    return f"{said}{_shown_more(last, past, made.date)}.{_replayed(case, now)}"


def _why(move: Move) -> str:
    """The move's own clause; of one that votes made, with the people they are from."""
    if not tally.voted(move):
        return move.why
    amount = "more" if move.after < move.before else "less"
    people = "1 person" if move.people == 1 else f"{figures.count(move.people)} people"
    return f"{move.why}, from {people}, so a little {amount} is shown"


def _shown_more(move: Move, past: Lookback, day: date) -> str:
    """``: 1 card more than at 62.0``; empty where the cards are the same."""
    then = past.on(day, move.before)
    if then is None:
        return ""
    more, fewer = len(then.lost), len(then.won)
    said = [f"{figures.many(n, 'card')} {word}" for n, word in ((more, "more"), (fewer, "fewer"))]
    told = " and ".join(each for each, n in zip(said, (more, fewer), strict=True) if n)
    return f": {told} than at {figures.line(move.before)}" if told else ""


def _unmoved(case: Case, now: Course) -> str:
    if not now.line.votes:
        return words.nothing_voted(case.at.profile.base_line)
    since = f" since {case.dated(now.moves[-1].date)}" if now.moves else ""
    said = now.line.said.strip().rstrip(".")
    if not said or said == "unchanged":
        target = percent(now.knobs.target)
        said = f"{percent(now.share)} of the votes are up as they count, target {target}"
    return f"Unmoved{since}: {said}."


def _replayed(case: Case, now: Course) -> str:
    """What to say where votes were changed since the digest was made, so that it would differ."""
    if abs(now.line.value - case.value) < STILL:
        return ""
    return f" As votes and base line stand now, it would have been {figures.line(now.line.value)}."


def _next(case: Case, coming: Course, past: Lookback) -> str:
    """What the next digest has, if nothing else is said."""
    value = coming.line.value
    day = case.dated(case.upcoming)
    if abs(value - case.value) < STILL:
        return f"Next: {figures.line(value)}, unmoved, on {day}, if nothing else is said."
    fresh = [move for move in coming.moves if move.date == case.upcoming]
    why = f" {capital(fresh[-1].why)}." if fresh else ""
    return (
        f"Next: {figures.line(value)}, from {day}, if nothing else is said.{why}"
        f"{weeks(past, value)}"
    )


def _pointed(case: Case, point: float | None, past: Lookback) -> Iterator[str]:
    if point is None or abs(point - case.value) < STILL:
        return
    yield (
        f"The votes point to {figures.line(point)}: over it the target is met."
        f"{weeks(past, point)} `/digest tune accept` goes there at once."
    )


def _knobs(coming: Course) -> str:
    knobs = coming.knobs
    name = next((n for t, n in _TARGETS.items() if abs(t - knobs.target) < STILL / 100), "")
    called = f" (“{name}”)" if name else ""
    frozen = f" Frozen by {coming.frozen}: votes are kept." if coming.frozen else ""
    least = f"; at least {figures.many(knobs.least, 'card')} a day" if knobs.least else ""
    return f"Aim: {percent(knobs.target)} of the cards liked{called}{least}.{frozen}"


def _people(case: Case, coming: Course) -> Iterator[str]:
    """Who is heard: a number; who is not heard in full is told to those who may know it."""
    every = coming.trust
    if not every:
        return
    part = {name: trust for name, trust in every.items() if trust < 1}
    count = "1 person has" if len(every) == 1 else f"{figures.count(len(every))} people have"
    if not part:
        yield f"{count} voted; every voice counts in full."
        return
    told = f"{count} voted; {len(part)} not heard in full, for voting against the plain scores"
    if named(case.asker, case.at, case.known.votes):
        told += ": " + ", ".join(f"{name} {percent(part[name])}" for name in sorted(part))
    yield f"{told}."


def _followed(case: Case) -> Iterator[str]:
    terms = case.known.followed(case.at.profile, case.day)
    wanted = [f"“{term.text}”" for term in terms if (term.weight or 0) > 0]
    against = [f"“{term.text}”" for term in terms if (term.weight or 0) <= 0]
    if wanted:
        yield f"Words accepted here: {', '.join(wanted)}. `/digest tune drop WORDS` drops one."
    if against:
        yield f"Words shown less of: {', '.join(against)}."


def _offered(found: Sequence[Proposal], past: Lookback) -> Iterator[str]:
    for each in found:
        near = f" Near it: {', '.join(each.also)}." if each.also else ""
        yield f"{each.said}{near} {offers.changed(each, past)}".rstrip()


def _foot(case: Case) -> str:
    base = case.at.profile.base_line
    low, high = max(LOWEST, base - DEFAULT.reach), min(HIGHEST, base + DEFAULT.reach)
    low, high = min(base, low), max(base, high)
    said = (
        f"Votes move the line by {DEFAULT.step} a digest at most, between {low:.0f} and {high:.0f},"
        f" never silently. Base {figures.line(base)}. Another line, tried out: `/digest tune try "
        f"{max(0.0, base - STEP):.0f}`."
    )
    return f"{said} {case.barred}".rstrip()
