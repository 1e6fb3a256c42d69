"""What can be done about a line, as buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.desk import offers
from bot.desk.line import undoable
from bot.replies import Action
from paperlark.feedback import FEWER, MORE, Act, Wish
from paperlark.feedback.tuning import DEFAULT
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.desk.case import Case
    from paperlark.feedback import Course, Proposal

STILL: Final = 0.05
"""Two lines nearer than this are one as they are shown."""
_WANTED: Final[Mapping[Wish, str]] = {
    Wish.WANT: "Follow “{}”",
    Wish.EXCLUDE: "Show less of “{}”",
    Wish.DROP: "Drop “{}”",
}


def actions(
    case: Case, coming: Course, point: float | None, found: Sequence[Proposal]
) -> Iterator[Action]:
    """The buttons below a line.

    Args:
        case: whose line.
        coming: how it comes to the next digest.
        point: the line the votes point to; None where that is not known.
        found: edits of words that are offered.
    """
    there = coming.line.value if point is None else point
    if abs(there - case.value) >= STILL:
        said = figures.line(there)
        yield act(case, f"Go to {said} now", f"accept {said}", style="primary")
        yield act(case, f"What would {said} show?", f"try {said}")
    yield from _undo(case)
    if coming.frozen:
        yield act(case, "Let it move again", "thaw")
    else:
        stays = case.decided(Act.FREEZE).course(case.day).line.value
        yield act(case, f"Freeze at {figures.line(stays)}", "freeze")
    surer = coming.knobs.target > (FEWER + MORE) / 2
    yield act(case, *(("More cards", "more") if surer else ("Fewer, surer cards", "fewer")))
    for each in found:
        yield act(case, _WANTED[each.wish].format(each.phrase), offers.command(each))
        yield act(case, f"No to “{each.phrase}”", f"no {each.phrase}")


def _undo(case: Case) -> Iterator[Action]:
    if case.pending is Act.UNDO or not undoable(case):
        return
    after = figures.line(case.decided(Act.UNDO).course(case.day).line.value)
    yield act(
        case,
        f"Undo: back to {after}",
        f"undo {after}",
        confirm=(
            f"Back to {after}? The votes stay, but no longer move the line: it moves again after "
            f"{DEFAULT.votes} new ones."
        ),
    )


def act(case: Case, label: str, command: str, *, style: str = "", confirm: str = "") -> Action:
    """A button of a place; where a profile was asked for by name, it asks so again."""
    named = f" profile:{case.asker.profile}" if case.asker.profile else ""
    return Action(label, f"tune {command}{named}", style, confirm)
