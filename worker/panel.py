"""A few past papers that a profile's model grades again and again: does it still judge alike?

Drawn once and kept with their text, so that nothing but the model, the prompt or chance can move
their grades.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, zip_longest
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any

from paperlark.errors import NotFound, ScorerError
from paperlark.render.drift import Band, Point
from paperlark.store.panel import Panel, Scoring
from worker import agreement, trial
from worker.llm import prompt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from paperlark.domain import Paper, PaperId, Profile
    from paperlark.ports import Progress
    from paperlark.store import RedisStore
    from paperlark.store.grades import Graded
    from worker.llm.purse import Account

LEAST = 4
"""Fewer papers say nothing about drift."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A scoring beside the first one, over the papers that both graded.

    Attributes:
        relevance, novelty: how the panel's mean moved, in points of grade, with the 95 % bounds of
            a paired t interval over its papers.
        papers: how many those are; nothing is compared where there are none.
        same, within_1: shares of them with relevance equal, or at most 1 apart.
        changed: what is not as it was at the scoring before: ``model``, ``prompt``, both, nothing.
    """

    scoring: Scoring
    papers: int
    relevance: Band | None
    novelty: Band | None
    same: float | None
    within_1: float | None
    changed: tuple[str, ...] = ()


def kept(store: RedisStore, profile: Profile, number: int, day: date) -> Panel:
    """The profile's panel; drawn now from what its model graded where there is none yet.

    Raises:
        NotFound: there is none, and too few graded papers to draw one from.
    """
    found = store.panels.panel(profile.name)
    if found is not None:
        return found
    grades = store.grades(profile.name)
    papers = draw(grades, store.papers(grades), number)
    if len(papers) < LEAST:
        raise NotFound(
            f"A panel needs {LEAST} papers that a model graded for “{profile.name}” in the last "
            f"weeks; there are {len(papers)}. Make a digest with --scorer llm first."
        )
    return store.panels.save_panel(profile.name, Panel(day, papers))


def draw(
    grades: Mapping[PaperId, Graded], papers: Mapping[PaperId, Paper], number: int
) -> tuple[Paper, ...]:
    """So many papers, as evenly from all grades of relevance as they can be had, best first.

    Most papers of a day have a low grade; drawn plainly, a panel would hold no good one. Of each
    grade those with the lowest hashes are taken: the same papers and grades, the same panel.
    """
    strata: dict[int, list[PaperId]] = defaultdict(list)
    for paper in sorted(grades.keys() & papers.keys(), key=_hash):
        strata[grades[paper].relevance].append(paper)
    rounds = zip_longest(*(strata[grade] for grade in sorted(strata, reverse=True)))
    drawn = [paper for paper in chain.from_iterable(rounds) if paper is not None][:number]
    drawn.sort(key=lambda paper: (-grades[paper].relevance, paper))
    return tuple(papers[paper] for paper in drawn)


def _hash(paper: PaperId) -> bytes:
    return sha256(f"panel {paper}".encode()).digest()


def score(
    panel: Panel, profile: Profile, account: Account, day: date, progress: Progress | None = None
) -> Scoring:
    """Have the panel graded now, always in the same order and batches.

    Raises:
        ScorerError: the model graded nothing.
        ConfigError: there is no key.
    """
    with account.model() as model:
        asked = trial.Trial(model, account.settings, "panel", progress)
        outcome = asked.read(panel.papers, profile)
    if not outcome.grades:
        why = next(iter(outcome.undecided.values()), "there is no paper in it")
        raise ScorerError(f"The panel could not be graded: {why}. Try again later.")
    grades = {paper: (each.relevance, each.novelty) for paper, each in outcome.grades.items()}
    spent = outcome.spent
    return Scoring(
        day,
        account.settings.model,
        prompt.version(profile),
        grades,
        spent.prompt_tokens,
        spent.completion_tokens,
        spent.cost_usd,
    )


def compared(scorings: Sequence[Scoring]) -> tuple[Compared, ...]:
    """Every scoring beside the first, oldest first."""
    befores = (None, *scorings)
    return tuple(
        _beside(scorings[0], each, _changed(before, each))
        for before, each in zip(befores, scorings, strict=False)
    )


def _changed(before: Scoring | None, now: Scoring) -> tuple[str, ...]:
    if before is None:
        return ()
    pairs = (("model", before.model, now.model), ("prompt", before.prompt, now.prompt))
    return tuple(name for name, one, other in pairs if one != other)


def _beside(first: Scoring, now: Scoring, changed: tuple[str, ...]) -> Compared:
    both = sorted(first.grades.keys() & now.grades.keys())
    one, two = ([scoring.grades[paper][0] for paper in both] for scoring in (first, now))
    return Compared(
        now,
        len(both),
        _drift([b - a for a, b in zip(one, two, strict=True)]),
        _drift([now.grades[paper][1] - first.grades[paper][1] for paper in both]),
        agreement.within(one, two),
        agreement.within(one, two, 1),
        changed,
    )


def _drift(moved: Sequence[int]) -> Band | None:
    if not moved:
        return None
    mean, n = fmean(moved), len(moved)
    if n == 1:
        return Band(mean)
    half = agreement.student(n - 1) * stdev(moved) / sqrt(n)
    return Band(mean, mean - half, mean + half)


def points(found: Sequence[Compared]) -> tuple[Point, ...]:
    """What the chart of the drift shows."""
    return tuple(
        Point(each.scoring.day, each.relevance, each.novelty, each.within_1, _said(each))
        for each in found
    )


def _said(each: Compared) -> str:
    """``now gpt-5, another prompt``; empty where nothing changed."""
    parts = {"model": f"now {each.scoring.model}", "prompt": "another prompt"}
    return ", ".join(parts[name] for name in each.changed)


def table(panel: Panel, found: Sequence[Compared]) -> dict[str, Any]:
    """The panel and its scorings, ready for JSON; a figure that cannot be is None."""
    return {
        "panel": {"drawn": panel.drawn.isoformat(), "papers": [one.id for one in panel.papers]},
        "scorings": [_row(each) for each in found],
    }


def _row(each: Compared) -> dict[str, Any]:
    scoring = each.scoring
    return {
        "date": scoring.day.isoformat(),
        "model": scoring.model,
        "prompt": scoring.prompt,
        "changed": list(each.changed),
        "graded": len(scoring.grades),
        "mean_relevance": fmean(grades[0] for grades in scoring.grades.values()),
        "mean_novelty": fmean(grades[1] for grades in scoring.grades.values()),
        "compared": each.papers,
        "relevance_drift": _bounds(each.relevance),
        "novelty_drift": _bounds(each.novelty),
        "same": each.same,
        "within_1": each.within_1,
        "prompt_tokens": scoring.prompt_tokens,
        "completion_tokens": scoring.completion_tokens,
        "cost_usd": scoring.cost_usd,
    }


def _bounds(drift: Band | None) -> dict[str, float | None] | None:
    return None if drift is None else drift._asdict()
