"""Tables about the model's score, from recorded grades: the line, the order, the second look.

`benchmarks.closed_loop` puts them on its page.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections import Counter
from statistics import fmean, median
from typing import TYPE_CHECKING

from benchmarks.ranking import SETS, Loaded
from worker.llm import blend, second
from worker.llm.words import Grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

CAP = 12
LINES = (40, 45, 50, 55, 60, 70, 80)
NOISES = {"as steady as gpt-5": (0.4, 0.35), "as steady as gpt-4.1": (0.9, 0.5)}
"""Standard deviations of a look's error in relevance and novelty."""
SIZES = (80, 300)
_SIMULATED = 2000


def at_lines(loaded: Loaded) -> list[str]:
    """Papers at or over each line on a median day, by the recorded grades and a middling ranker."""
    counts: dict[int, list[int]] = {line: [] for line in LINES}
    rule, right = [], Counter[bool]()
    for day in loaded.days:
        graded = [(p.relevance, p.novelty) for p in day.papers if p.relevance and p.novelty]
        values = [blend.score(r, n, 50.0) for r, n in graded]
        for line in LINES:
            counts[line].append(sum(value >= line for value in values))
        picked = [r >= 8 and n >= 7 for r, n in graded]
        rule.append(sum(picked))
        right.update((v >= blend.LINE) == p for v, p in zip(values, picked, strict=True))
    cells = " | ".join(f"{median(counts[line]):g}" for line in LINES)
    papers = median(len(day.papers) for day in loaded.days)
    agree = f"{right[True]:,} of {right.total():,}"
    return [
        f"| {loaded.of.name} | {papers:g} | {median(rule):g} | {cells} | {agree} |",
    ]


def orders(folder: Path, ranked: Mapping[str, float]) -> list[str]:
    """How often an order by one run's grades agrees with another run's, over pairs of a day."""
    days: dict[str, list[tuple[Grade, Grade, float]]] = {}
    path = folder / "dev" / f"{SETS[0].file}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            both = [row["labels"].get(name) or {} for name in ("DaizeDong", "JHL328")]
            if all(one.get("relevance") and one.get("novelty") for one in both):
                one, other = (Grade(each["relevance"], each["novelty"]) for each in both)
                days.setdefault(row["date"], []).append((one, other, ranked[row["arxiv_id"]]))
    ways: dict[str, Callable[[Grade, float], float]] = {
        "relevance + novelty": lambda grade, _: grade.relevance + grade.novelty,
        "this score, every ranker value 50": lambda grade, _: blend.score(*_pair(grade), 50.0),
        "this score": lambda grade, value: blend.score(*_pair(grade), value),
    }
    return [f"| {name} | {_agreed(days.values(), way)} |" for name, way in ways.items()]


def _pair(grade: Grade) -> tuple[int, int]:
    return grade.relevance, grade.novelty


def _agreed(
    days: Iterable[Sequence[tuple[Grade, Grade, float]]], way: Callable[[Grade, float], float]
) -> str:
    """Of pairs in which the other run puts one first on both axes; and how many we tie."""
    right = ties = pairs = 0
    for day in days:
        for (one, first, u), (two, then, v) in itertools.permutations(day, 2):
            if (
                first != then
                and first.relevance >= then.relevance
                and first.novelty >= then.novelty
            ):
                gap = way(one, u) - way(two, v)
                right, ties, pairs = right + (gap > 0), ties + (gap == 0), pairs + 1
    return f"{(right + ties / 2) / pairs:.1%} | {ties / pairs:.0%}"


def simulated(
    grades: Sequence[tuple[int, int]], size: int, noise: tuple[float, float]
) -> tuple[float, ...]:
    """What second looks change on simulated days; see the page.

    Args:
        grades: recorded relevance and novelty, drawn from with replacement as the truth.
        size: papers a day.
        noise: standard deviations of a look's error in relevance and novelty.

    Returns:
        Means: papers on the wrong side of the line after one look and after two, the right ones
        among the cards likewise, second looks a day.
    """
    chance = random.Random(f"{size} {noise}")  # noqa: S311  (a simulation to repeat)
    rows = [_twice(chance, chance.choices(grades, k=size), noise) for _ in range(_SIMULATED)]
    return tuple(map(fmean, zip(*rows, strict=True)))


def _twice(
    chance: random.Random, drawn: Sequence[tuple[int, int]], noise: tuple[float, float]
) -> tuple[float, ...]:
    truth = {str(n): (_near(chance, r), _near(chance, v)) for n, (r, v) in enumerate(drawn)}
    ranker = {key: chance.uniform(0, 100) for key in truth}
    looks = [{key: _look(chance, pair, noise) for key, pair in truth.items()} for _ in range(2)]
    true = {key: blend.score(*pair, ranker[key]) for key, pair in truth.items()}
    one = {key: blend.score(*_pair(grade), ranker[key]) for key, grade in looks[0].items()}
    again = second.chosen(one, line=blend.LINE, cap=CAP)
    mean = second.averaged(looks[0], {key: looks[1][key] for key in again})
    two = {key: blend.score(g.relevance, g.novelty, ranker[key]) for key, g in mean.items()}
    wrong = [sum((s[k] >= blend.LINE) != (true[k] >= blend.LINE) for k in true) for s in (one, two)]
    right = [len(_cards(s) & _cards(true)) / (len(_cards(s)) or 1) for s in (one, two)]
    return (*wrong, *right, len(again))


def _near(chance: random.Random, grade: int) -> float:
    return min(10.0, max(1.0, grade + chance.uniform(-0.5, 0.5)))


def _look(chance: random.Random, truth: Iterable[float], noise: Iterable[float]) -> Grade:
    seen = (round(chance.gauss(*both)) for both in zip(truth, noise, strict=True))
    return Grade(*(min(10, max(1, grade)) for grade in seen))


def _cards(scores: Mapping[str, float]) -> frozenset[str]:
    over = [key for key in scores if scores[key] >= blend.LINE]
    return frozenset(sorted(over, key=lambda key: -scores[key])[:CAP])


def looks(loaded: Loaded) -> list[str]:
    """The simulation's table."""
    grades = [
        (p.relevance, p.novelty)
        for day in loaded.days
        for p in day.papers
        if p.relevance and p.novelty
    ]
    lines = []
    for name, noise in NOISES.items():
        for size in SIZES:
            a, b, c, d, n = simulated(grades, size, noise)
            lines.append(f"| {name} | {size} | {n:.0f} | {a:.2f} → {b:.2f} | {c:.1%} → {d:.1%} |")
    return lines
