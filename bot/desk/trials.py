"""What another line would have shown over the last weeks; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot import words
from bot.desk import line
from bot.desk.actions import act
from bot.desk.lookback import DAYS, lookback
from bot.replies import Lines
from paperlark.errors import NotFound
from paperlark.feedback import total
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.desk.case import Case
    from bot.desk.lookback import Lookback
    from paperlark.domain import PaperId
    from paperlark.feedback import Replayed

STEP: Final = 5.0
"""Points up and down that a settings form tries."""
WAIT_S: Final = 0.6
"""How long a form waits for what it tries: it must open within three seconds."""
_NAMED: Final = 3
"""Papers won and lost that are named, of the newest days."""
_OFTEN, _NOW_AND_THEN = 0.75, 0.4
"""Cards a day from which on a difference is one a day, and one every other day."""
_WEEK: Final = 5
_BEST: Final = 100.0


def tried(found: Case, text: str) -> Lines:
    """What another line would have shown on each of the last days; nothing is changed."""
    value = line.read(text)
    past = lookback(found)
    if not past.days:
        raise NotFound(f"No digest of the last {DAYS} days is kept: there is nothing to try it on.")
    days = past.at(value)
    shown = figures.line(value)
    go = act(found, f"Go to {shown} now", f"accept {shown}", style="primary")
    return Lines(
        title=f"With the line at {shown}",
        lines=(weeks(past, value).strip(), total(days).said, *_papers(days, past)),
        foot="Wild cards are left out. Nothing was scored again, and nothing is changed.",
        chart=_table(found, days),
        actions=(go,) if not found.barred else (),
    )


def _table(found: Case, days: Sequence[Replayed]) -> str:
    """A row a day: cards as they were, as they would be, and how many come and go."""
    rows = [
        f"{found.dated(day.date):<11} {len(day.kept) + len(day.lost):>5} "
        f"{len(day.kept) + len(day.won):>6} {len(day.won):>5} {len(day.lost):>5}"
        for day in days
    ]
    return "\n".join([f"{'Day':<11} {'cards':>5} {'would':>6} {'more':>5} {'fewer':>5}", *rows])


def _papers(days: Sequence[Replayed], past: Lookback) -> list[str]:
    """The newest papers that come and that go, by their titles."""
    won = [paper for day in reversed(days) for paper in day.won]
    lost = [paper for day in reversed(days) for paper in day.lost]
    named = ((_titles(won, past), "Shown then"), (_titles(lost, past), "Not shown then"))
    return [f"{said}, for example: {titles}" for titles, said in named if titles]


def _titles(papers: Sequence[PaperId], past: Lookback) -> str:
    return " · ".join(words.short(past.titles.get(each, each)) for each in papers[:_NAMED])


def nearby(found: Case) -> tuple[str, ...]:
    """A line five points up and one five down, one short sentence each; none where it takes long.

    ``66.5: 12 cards fewer in 30 days, 1 of them liked``.
    """
    key = ("nearby", found.name, found.today, found.digest and found.digest.made_at, found.value)

    def work() -> tuple[str, ...]:
        past = lookback(found)
        lines = (found.value - STEP, found.value + STEP)
        return tuple(_brief(past, each) for each in lines if past.days and 0 <= each <= _BEST)

    made: Any = found.house.memory.aside(key, work, WAIT_S)
    return tuple(made or ())


def _brief(past: Lookback, value: float) -> str:
    sums = total(past.at(value))
    more = sums.won - sums.lost
    told = (
        f"{figures.many(abs(more), 'card')} {'more' if more > 0 else 'fewer'}"
        if more
        else ("the same cards")
    )
    liked = f", {sums.liked_lost} of them liked" if sums.liked_lost else ""
    return f"{figures.line(value)}: {told} in {DAYS} days{liked}"


def weeks(past: Lookback, line: float) -> str:
    """What a line would have shown over the last weeks; empty without a past."""
    if not past.days:
        return ""
    sums = total(past.at(line))
    more = sums.won - sums.lost
    if not sums.won and not sums.lost:
        return " Over the last 30 days that would have shown the same cards."
    word = "more" if more > 0 else "fewer"
    told = f"{figures.many(abs(more), 'card')} {word}{_rate(abs(more) / sums.days)}"
    liked = sums.liked_kept + sums.liked_lost
    lost = f", and left out {sums.liked_lost} of {liked} liked ones" if sums.liked_lost else ""
    return f" Over the last 30 days that would have shown {told}{lost}."


def _rate(a_day: float) -> str:
    if a_day >= _OFTEN:
        return f", about {round(a_day)} a day" if round(a_day) > 1 else ", about one a day"
    if a_day >= _NOW_AND_THEN:
        return ", about one every other day"
    return ", about one a week" if a_day * _WEEK >= _OFTEN else ""
