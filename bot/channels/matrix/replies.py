"""What the desk answers, as Matrix shows it: the contents of one message or a few.

There is no message that one person alone sees: nothing here tells of the asker's own votes but
where they were asked for, in a room of two. There are no buttons: what they do is told to be typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix import cards, forms, home_view, limits, pages, text
from bot.replies import AbstractOf, DigestPage, File, Home, Lines, Papers, Said, SettingsForm
from paperlark.render import escape, figures, names

if TYPE_CHECKING:
    from bot.replies import Action, Reply

HITS: Final = 15
"""Papers of a list that are shown."""
LINES: Final = 60
"""Lines of a list that are shown."""
CHART: Final = 4_000
"""Letters of a chart that are shown."""
_GOES_ON: Final = (
    "This is the beginning; the rest is too long for a room. Whoever runs paperlark gets all of it "
    "with `paperlark archive export`."
)


def render(reply: Reply, *, year: int | None = None) -> tuple[dict[str, Any], ...]:
    """The contents of the messages that answer; empty where nothing is to be said.

    Args:
        reply: what was answered.
        year: the reader's year, which dates leave out; None says it always.
    """
    if isinstance(reply, File):
        return _file(reply)
    if reply == Said(""):
        return ()
    return (text.whole(_drawn(reply, year)),)


def _drawn(reply: Reply, year: int | None) -> str:
    html = ""
    match reply:
        case DigestPage():
            html = pages.digest_page(reply, year=year)
        case AbstractOf():
            html = pages.abstract(reply, year=year)
        case Home():
            html = home_view.home(reply, year=year)
        case SettingsForm():
            html = forms.shown(reply)
        case Papers():
            html = _papers(reply)
        case Lines():
            html = _lines(reply)
        case Said():
            html = text.drawn("said", said=text.coded(reply.text))
    return html


def _lines(reply: Lines) -> str:
    left = len(reply.lines) - LINES
    lines = [text.coded(text.line(line, limits.REASON)) for line in reply.lines[:LINES]]
    first = lines.pop(0) if reply.chart and lines else ""
    return text.drawn(
        "lines",
        title=text.coded(text.line(reply.title, limits.REASON)),
        first=first,
        chart=text.verbatim(reply.chart[:CHART]) if reply.chart else "",
        lines=lines,
        typed=[text.coded(text.line(_typed(each), limits.REASON)) for each in reply.actions],
        more=figures.count(left) if left > 0 else "",
        foot=text.coded(text.line(reply.foot, limits.REASON)),
    )


def _typed(action: Action) -> str:
    """A button as something to type: ``Freeze at 61.5: `/digest tune freeze`.``."""
    return f"{action.label}: `/digest {action.command}`. {action.confirm}".rstrip()


def _papers(reply: Papers) -> str:
    if not reply.hits:
        return text.drawn("said", said=text.coded(reply.empty))
    left = len(reply.hits) - HITS
    return text.drawn(
        "papers",
        title=text.line(reply.title, limits.HEADER),
        hits=[cards.hit(hit) for hit in reply.hits[:HITS]],
        more=names.more(left) if left > 0 else "",
    )


def _file(file: File) -> tuple[dict[str, Any], ...]:
    """A file as text that can be copied, cut between lines."""
    sheets = _cut(escape.block(file.text), limits.FILE)
    shown, whole = sheets[: limits.SHEETS], len(sheets) <= limits.SHEETS
    made = []
    for at, sheet in enumerate(shown):
        last = at == len(shown) - 1 and not whole
        html = text.drawn(
            "file",
            said=text.coded(file.said or file.name) if not at else "",
            text=text.verbatim(sheet),
            end=text.coded(_GOES_ON) if last else "",
        )
        made.append(text.content(html))
    return tuple(made)


def _cut(whole: str, most: int) -> list[str]:
    """The text in parts of at most `most` characters, cut between lines; a longer line is cut."""
    parts, held = [], ""
    for line in whole.split("\n"):
        shown = line[:most]
        if held and len(held) + len(shown) + 1 > most:
            parts.append(held)
            held = shown
        else:
            held = f"{held}\n{shown}" if held else shown
    return [*parts, held]
