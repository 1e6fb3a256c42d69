"""What people decide about a line: each is kept as a fact, and said with the date it holds from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from bot import words
from bot.replies import Said
from paperlark.errors import NotFound
from paperlark.feedback import FEWER, MORE, Act
from paperlark.render import figures

if TYPE_CHECKING:
    from bot.desk.case import Case

_NEAR: Final = 0.05
"""Two lines nearer than this are one as they are shown."""
_MOST_LEAST: Final = 20
"""Most cards that can be asked for whatever the line: as many as the settings take."""
_FORGOTTEN: Final = "Votes cast so far no longer move it; they still teach taste."


def accept(case: Case, text: str) -> Said:
    """Go to a line at once: the one that is named, else the one the votes point to."""
    case.managed()
    value = read(text)
    before = case.course(case.day).line.value
    if case.pending is Act.ACCEPT and abs(before - value) < _NEAR:
        return Said(f"The line goes to {figures.line(value)} already, {_from(case)}.")
    after = case.decided(Act.ACCEPT, value)
    after.keep()
    frozen = after.course(case.day).frozen
    rest = "It stays there: it is frozen." if frozen else "Votes move it on from there."
    return Said(
        f"{case.since} the line is {figures.line(value)}. {rest} To take that back: "
        "`/digest tune undo`."
    )


def undo(case: Case, text: str) -> Said:
    """Take the last move back. A value says where to, so that an old button undoes nothing else."""
    case.managed()
    after = case.decided(Act.UNDO)
    value, now = after.course(case.day).line.value, case.course(case.day).line.value
    if case.pending is Act.UNDO:
        return Said(f"That is taken back already: {_from(case)} the line is {figures.line(now)}.")
    if not undoable(case):
        raise NotFound("The line has not moved yet, so there is nothing to take back.")
    if text and abs(read(text) - value) >= _NEAR:
        raise NotFound(
            "The line has moved since that was offered: `/digest tune` shows it as it is now."
        )
    after.keep()
    return Said(f"{case.since} the line is {figures.line(value)} again. {_FORGOTTEN}")


def undoable(case: Case) -> bool:
    """Whether anything has moved that can be taken back: not what votes would move only then."""
    moved = [move for move in case.course(case.day).moves if move.date < case.day]
    return bool(moved) or case.pending is not None


def freeze(case: Case, text: str) -> Said:
    """Leave the line where it is; votes are kept."""
    del text
    case.managed()
    if who := case.course(case.day).frozen:
        return Said(f"The line is frozen already, by {who}.")
    after = case.decided(Act.FREEZE)
    after.keep()
    value = figures.line(after.course(case.day).line.value)
    return Said(
        f"{case.since} the line stays at {value}. Votes are kept. To let it move again: "
        "`/digest tune thaw`."
    )


def thaw(case: Case, text: str) -> Said:
    """Let the line move again."""
    del text
    case.managed()
    if not case.course(case.day).frozen:
        return Said("The line is not frozen: votes move it.")
    case.decided(Act.THAW).keep()
    return Said(f"{case.since} votes move the line again.")


def reset(case: Case, text: str) -> Said:
    """Back to the base, as if nobody had voted."""
    del text
    case.managed()
    base = figures.line(case.at.profile.base_line)
    if case.pending is Act.RESET:
        return Said(f"The line goes back to its base, {base}, already, {_from(case)}.")
    case.decided(Act.RESET).keep()
    return Said(f"{case.since} the line is its base again, {base}. {_FORGOTTEN}")


def fewer(case: Case, text: str) -> Said:
    """Turn the first knob: fewer cards, surer ones."""
    del text
    return _target(case, FEWER, "fewer cards are shown, and surer ones")


def more(case: Case, text: str) -> Said:
    """Turn it back: more cards."""
    del text
    return _target(case, MORE, "more cards are shown")


def _target(case: Case, target: float, said: str) -> Said:
    case.managed()
    share = percent(target)
    if abs(case.course(case.day).knobs.target - target) < _NEAR / 100:
        return Said(f"The target is {share} already.")
    case.decided(Act.TARGET, target).keep()
    return Said(f"{case.since} {share} of the cards should be liked: over time, {said}.")


def least(case: Case, text: str) -> Said:
    """Turn the second knob: cards a day even where fewer are over the line."""
    case.managed()
    most = min(_MOST_LEAST, case.at.profile.cap)
    if not (text.isascii() and text.isdigit() and len(text) < len("100") and int(text) <= most):
        raise NotFound(f"Give the least cards a day, from 0 to {most}: `/digest tune least 1`.")
    number = int(text)
    if case.course(case.day).knobs.least == number:
        return Said(f"The least a day is {figures.many(number, 'card')} already.")
    case.decided(Act.LEAST, float(number)).keep()
    return Said(
        f"{case.since} at least {figures.many(number, 'card')} a day, even under the line."
        if number
        else f"{case.since} only cards over the line are shown, if there is none, none."
    )


def read(text: str) -> float:
    """A line as people write it, to a tenth.

    Raises:
        NotFound: it is none.
    """
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:  # noqa: PLR2004  (the bounds of a score)
        given = f"“{words.short(text.strip())}” is no line. " if text.strip() else ""
        raise NotFound(f"{given}Give a score from 0 to 100, as 61.5.")
    return round(value, 1)


def percent(share: float) -> str:
    """``70 %``, the two never parted."""
    return f"{100 * share:.0f}{figures.NBSP}%"


def _from(case: Case) -> str:
    return case.since[0].lower() + case.since[1:]
