"""Lines with a chart and buttons: what is so, how it came about, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.slack import blocks, limits, text
from paperlark.render import figures

if TYPE_CHECKING:
    from bot.channels.slack.blocks import Block, Element
    from bot.replies import Action, Lines

DO: Final = "do"
"""What the names of these buttons begin with; their value is what the desk is asked."""
_CHART: Final = 2_500
_ASKED: Final = 100
_MORE: Final = 300
_SURE: Final = 30


def board(reply: Lines) -> list[Block]:
    """The title, the first line, the chart, the other lines, the buttons, and the foot."""
    first, rest = reply.lines[:1], reply.lines[1:]
    chart = [blocks.words(text.block(reply.chart, _CHART))]
    frame = [
        blocks.header(reply.title, "head"),
        *([_line(first[0], "what")] if first else []),
        *([blocks.rich("chart", chart, pre=True)] if reply.chart else []),
    ]
    end = [
        *([_buttons(reply.actions)] if reply.actions else []),
        *([blocks.context("foot", blocks.mrkdwn(_coded(reply.foot)))] if reply.foot else []),
    ]
    room = limits.TOTAL - blocks.total([*frame, *end])
    return [*frame, *_rest(rest, room), *end]


def _line(line: str, name: str) -> Block:
    return blocks.rich(name, blocks.coded(text.block(line, limits.ABOUT)))


def _coded(foot: str) -> str:
    """Small print with its commands set as code."""
    pieces = text.line(foot, limits.ABOUT).split("`")
    if len(pieces) % 2 == 0:  # a backtick alone is only a sign
        return text.marked(foot, limits.ABOUT)
    marked = (text.marked(each, limits.ABOUT) for each in pieces)
    return (
        "".join(f"`{each}`" if at % 2 and each else each for at, each in enumerate(marked)) or "–"
    )


def _rest(lines: tuple[str, ...], room: int) -> list[Block]:
    """One block a line; what does not fit is counted."""
    made: list[Block] = []
    most = limits.MESSAGE_BLOCKS // 2
    for place, line in enumerate(lines):
        block = _line(line, f"line:{place}")
        room -= blocks.total([block])
        if room < limits.ABOUT or place == most:
            left = figures.count(len(lines) - place)
            return [*made, blocks.context("left", blocks.plain(f"… and {left} more"))]
        made.append(block)
    return made


def _buttons(actions: tuple[Action, ...]) -> Block:
    return blocks.actions("do", *(_button(each, at) for at, each in enumerate(actions)))


def _button(action: Action, at: int) -> Element:
    style = {"style": action.style} if action.style in {"primary", "danger"} else {}
    confirm = {"confirm": _confirm(action)} if action.confirm else {}
    return blocks.button(f"{DO}:{at}", action.label, action.command, **style, **confirm)


def _confirm(action: Action) -> Element:
    """What is asked back: the question as the title, what follows it below."""
    asked, mark, more = action.confirm.partition("? ")
    return {
        "title": blocks.plain(f"{asked}{mark.strip()}", _ASKED),
        "text": blocks.plain(more or action.confirm, _MORE),
        "confirm": blocks.plain(action.label, _SURE),
        "deny": blocks.plain("Leave it as it is", _SURE),
    }
