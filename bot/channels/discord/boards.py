"""Lines with a chart and buttons: what is so, how it came about, and what can be done about it.

Discord has no question before a press counts: a button that needs one asks it in an answer, whose
own button does it. All a button knows is its name, so that one from before a restart works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.discord import limits, parts, text
from bot.replies import Action, Lines
from paperlark.render import figures

if TYPE_CHECKING:
    from bot.channels.discord.parts import Part

DO, ASK = "do", "ask"
"""What the names of these buttons begin with; behind it stands what the desk is asked."""
_ROWS: Final = 4
_GAP: Final = parts.NEW * 2
_CHART: Final = 1_400
_FOOT: Final = 400
_MORE: Final = 40
_ASKS, _ASKED = 2, 200
_STYLES: Final = {"primary": parts.PRIMARY, "danger": 4}


def board(reply: Lines) -> list[Part]:
    """The title, the first line, the chart, the other lines, the buttons, and the foot."""
    known = {_name(each): _button(each) for each in reply.actions if fits(each)}
    buttons = list(known.values())[: _ROWS * limits.ROW]
    rows = [buttons[at : at + limits.ROW] for at in range(0, len(buttons), limits.ROW)]
    first, rest = reply.lines[:1], (*reply.lines[1:], *_told(reply.actions))
    head = parts.said(f"## {text.marked(reply.title, limits.HEADER)}", *map(_line, first))
    chart = parts.said(text.fenced(reply.chart, _CHART)) if reply.chart else None
    risky = [each.confirm for each in reply.actions if each.confirm][:_ASKS]
    asks = [parts.small(text.marked(each, _ASKED)) for each in risky]
    foot = parts.NEW.join(filter(None, [*asks, parts.small(text.coded(reply.foot, _FOOT))]))
    room = limits.TOTAL - parts.weight([head, *([chart] if chart else [])]) - text.size(foot)
    lines = _fitting(rest, room - _MORE)
    return [
        parts.container(
            head,
            chart,
            parts.said(_GAP.join(lines)) if lines else None,
            *(parts.row(*row) for row in rows),
            parts.said(foot) if foot else None,
        )
    ]


def asked(command: str) -> Lines:
    """What is said before a button's command is done: the same once more, for sure."""
    return Lines("Sure?", (f"`/digest {command}`",), actions=(Action("Yes, do it", command),))


def fits(action: Action) -> bool:
    """Whether the command can be a button's name: a longer one is told as text."""
    return text.size(_name(action)) <= limits.CUSTOM_ID


def _told(actions: tuple[Action, ...]) -> tuple[str, ...]:
    return tuple(f"{each.label}: `/digest {each.command}`" for each in actions if not fits(each))


def _line(line: str) -> str:
    return text.coded(line, limits.REASON + limits.HEADER)


def _fitting(lines: tuple[str, ...], room: int) -> list[str]:
    held: list[str] = []
    for place, line in enumerate(lines):
        made = _line(line)
        room -= text.size(made) + len(_GAP)
        if room < 0:
            return [*held, f"… and {figures.count(len(lines) - place)} more"]
        held.append(made)
    return held


def _button(action: Action) -> Part:
    style = _STYLES.get(action.style, parts.SECONDARY)
    return parts.button(_name(action), action.label, style=style)


def _name(action: Action) -> str:
    return f"{ASK if action.confirm else DO}:{action.command}"
