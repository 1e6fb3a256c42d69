"""What similarity is worth before any vote, where the local ranker scores: the table of the choice.

It is a part of the section of `benchmarks.feedback_graded`. Only days used while building: in each
draw five of them, at random, have votes on the ten best in the scorer's order; all others are
tested. Every order is held against the scorer's own, at the same number of cards.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.feedback_days import (
    BUILDING,
    CAP,
    KNOBS,
    POSTED,
    THUMBS,
    VOTING,
    cast,
    cold,
    part,
    posted,
    ranker,
    see,
    similarity,
    usable,
)
from paperlark.facts import Facts
from paperlark.feedback import Tuning, pick, rerank, standardised, taste

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.feedback_days import Cold
    from benchmarks.ranking import Loaded
    from paperlark.domain import PaperId
    from worker.ranker import Ranker

SIMILAR, BENDS = (0.0, 0.3, 0.6, 1.0), (1.5, 2.5)
BASE = 50.0
_START = date(2025, 1, 1)  # days come in the order drawn, on dates of their own
_AGE = timedelta(VOTING + 5)
_TIMES, _TAIL = 1000, 25  # bootstrap over days, 95 %
_WHOLLY = "similarity alone"
_ABOUT = """\
### What similarity is worth before any vote

Chosen on the days used while building alone ({days} days): in each of {draws} draws five
of them, at random, have votes, the others are tested. Cards chosen more of a hundred than in the
scorer's own order at the same number of cards: mean of the three profiles, in brackets 95 % by
bootstrap over days. "Similarity alone" lets the votes' labels decide the whole order. Nine ways
were tried: of what the best of nine gains, a part is luck; what is left of it on later days stands
above. The product has 0.6 and 1.5, one constant changed: 1.0 with 2.5 is not clearly better, and
similarity alone is unsure, and would leave nothing in the order that no voter can move."""
_HEAD = """\
| prior of similarity, bend | 20 thumbs, at the line | 20, ten | 50, at the line | 50, ten |
|---|---|---|---|---|"""


class Key(NamedTuple):
    """What is counted: thumbs, how many cards, and by which order."""

    thumbs: int
    cards: str
    way: str


class Gain(NamedTuple):
    """Chosen papers more than in the scorer's order, and the cards there were."""

    more: int
    cards: int


Gains = dict[Key, dict[date, list[Gain]]]


def ways() -> dict[str, Tuning | None]:
    """The orders compared, by name; None for similarity alone."""
    tried = {
        f"{similar:.1f}, {bend:.1f}": Tuning(similar=similar, bend=bend)
        for similar in SIMILAR
        for bend in BENDS
    }
    return {**tried, _WHOLLY: None}


def _ranked(loaded: Loaded) -> tuple[Ranker, list[Cold]]:
    days = [day for day in usable(loaded) if part(day.date, loaded) == BUILDING]
    known = ranker(loaded.profile)
    see(known, days)
    return known, cold(known, days)


def gains(loaded: Loaded, draws: int) -> Gains:
    """Every way on every tested day of every draw."""
    known, days = _ranked(loaded)
    found: Gains = defaultdict(lambda: defaultdict(list))
    for draw in map(str, range(draws)):
        order = random.Random(draw).sample(days, len(days))  # noqa: S311  (a draw to repeat)
        for thumbs in THUMBS:
            facts = _voted(known, order[:VOTING], thumbs, draw)
            for key, day, gain in _tested(known, order[VOTING:], facts, thumbs):
                found[key][day].append(gain)
    return found


def _voted(known: Ranker, days: Sequence[Cold], thumbs: int, draw: str) -> Facts:
    facts = Facts(knobs=KNOBS)
    for number, day in enumerate(days):
        at = _START + timedelta(number)
        near = similarity(known, day, facts.labels(at))
        shown = posted(day, list(day.scores), near, at, draw)
        votes = cast(day, shown, thumbs // VOTING, draw)
        facts = Facts((*facts.votes, *votes), (*facts.shown, shown), knobs=KNOBS)
    return facts


def _tested(
    known: Ranker, days: Sequence[Cold], facts: Facts, thumbs: int
) -> Iterator[tuple[Key, date, Gain]]:
    at = _START + _AGE
    known.fit(facts.labels(at))
    line = facts.course(BASE, at).line.value
    tuned = {name: tuning or Tuning() for name, tuning in ways().items()}
    tastes = {name: taste(facts.votes, facts.shown, at, each) for name, each in tuned.items()}
    for day in days:
        raw = known.score(day.raw)
        near, chosen = standardised(raw), pick(day.scores, line, CAP, least=KNOBS.least)
        count = len(chosen.over) + len(chosen.despite)
        for name, each in tuned.items():
            order = list(rerank(day.scores, tastes[name], near, tuning=each))
            if name == _WHOLLY:
                order = sorted(raw, key=lambda paper: (-raw[paper], paper))
            for cards, most in (("line", count), ("ten", POSTED)):
                yield Key(thumbs, cards, name), day.date, _gain(day, order[:most])


def _gain(day: Cold, cards: Sequence[PaperId]) -> Gain:
    plain = list(day.scores)[: len(cards)]
    more = len(day.chosen.intersection(cards)) - len(day.chosen.intersection(plain))
    return Gain(more, len(cards))


def section(sets: Sequence[Loaded], draws: int) -> str:
    """The table with what it is of."""
    found = [gains(loaded, draws) for loaded in sets]
    cells = [(thumbs, cards) for thumbs in THUMBS for cards in ("line", "ten")]
    rows = [
        f"| {way} | " + " | ".join(_cell(found, Key(*cell, way)) for cell in cells) + " |"
        for way in ways()
    ]
    counts = [sum(part(day.date, each) == BUILDING for day in usable(each)) for each in sets]
    days = ", ".join(map(str, counts))
    return "\n\n".join([_ABOUT.format(draws=draws, days=days), "\n".join([_HEAD, *rows])])


def _cell(found: Sequence[Gains], key: Key) -> str:
    means, spreads = zip(*(_spread(each[key]) for each in found), strict=True)
    both = sorted(fmean(each) for each in zip(*spreads, strict=True))
    low, high = both[_TAIL], both[-_TAIL - 1]
    return f"{_points(fmean(means))} [{_points(low)}, {_points(high)}]"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


def _spread(days: Mapping[date, Sequence[Gain]]) -> tuple[float, list[float]]:
    """The gain in precision of one profile, and of its days drawn again."""
    sums = [Gain(*map(sum, zip(*given, strict=True))) for given in days.values()]
    chance = random.Random(len(sums))  # noqa: S311  (a draw to repeat)
    again = [_share(chance.choices(sums, k=len(sums))) for _ in range(_TIMES)]
    return _share(sums), again


def _share(sums: Sequence[Gain]) -> float:
    return sum(each.more for each in sums) / sum(each.cards for each in sums)
