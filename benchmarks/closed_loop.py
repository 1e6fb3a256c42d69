"""Closes the prefilter's loop on the labelled dev days and writes docs/benchmarks-closed-loop.md.

Run from the root: ``python -m benchmarks.closed_loop [FOLDER]``; FOLDER, or PAPERLARK_REAL_DATA,
holds the real days, which are third-party data and no part of this repository.

The recorded labels stand for the model: it answers about the papers that `worker.llm.prefilter`
sends, and the ranker learns from these answers alone. Nothing was tuned here: the ranker's
constants were chosen on the first days of each set (benchmarks/ranking.py), and what else was tried
on those days is named in docs/scores.md.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import score_scale
from benchmarks.ranking import SETS, Loaded, load
from paperlark.domain import Label
from worker.llm import prefilter
from worker.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from paperlark.domain import LabelledPaper
    from worker.labelled import Day
    from worker.llm.prefilter import Plan

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks-closed-loop.md"
DATA = ROOT.parent / "shared" / "data"
SEEDS = range(5)
EXPLORE = 0.05
LEAST = {"74a0d9db": 0.994, "0176aa1d": 0.955, "91981920": 0.985}
"""The recall that 50 + 5 % must reach, by profile."""
_LEAST_SELECTED = 3  # one miss on a day with fewer says nothing about the day
_LOW = 0.9
_HIGH_RELEVANCE = 9
_PAGE = """\
# The closed loop, measured

Written by `python -m benchmarks.closed_loop`; see [scores](scores.md).

{made}

The days of each set in order. The first are sent whole (two, or until 30 papers were chosen); from
then on the ranker's best share and a random 5 %. The ranker learns from what was sent only. Labels
are a language model's grades from published digests, not readers' votes.

- *Recall*: the recorded picks that reach the model, of all picks after the warm-up; *sent* is of
  the papers after it. ± is the standard deviation over 5 seeds of the sample, then least and most.
- *Worst day*, *days under 90 %*: of days with three picks or more, over all seeds.
- *Widening*: the share widens and comes back by the sample's estimate, as in the product. The five
  seeds are the same for every row, so rows differ only by the rule.
- *Estimated*: what the mean digest's run facts say is missed, beside what was missed. *Bounds
  held*: how often the 95 % bounds held the truth of the days they were made from.

{loops}

## The line

Papers at or over each line on a median day, by the recorded grades with a ranker value of 50; and
on how many graded papers “50 or more” and “relevance 8 or more and novelty 7 or more” agree. Of
cs.LG + cs.AI only the picks have a recorded grade.

| labels | papers | relevance ≥ 8 and novelty ≥ 7 | {heads} | agree |
{rule}
{lines}

## The order

Two independent runs of gpt-5 under slightly different profiles, papers both chose on one day. Of
the pairs in which the second run puts one paper first on both axes (or on one, the other being
equal): how often an order by the first run's grades agrees, a tie counting half.

| order | agrees | ties |
|---|---|---|
{orders}

## The second look, simulated

No model was asked twice for this. The truth of a day is drawn from the recorded astro-ph grades, a
look adds a normal error and rounds; the errors are set so that two looks agree in relevance as
often as recorded ones do (gpt-5: 63 %; gpt-4.1: 39 %). Means of 2,000 days, line 50, 12 cards at
most. It assumes that the errors of two looks are independent, which a real model need not grant.

| model | papers a day | second looks | wrong side of the line | right cards |
|---|---|---|---|---|
{looks}
"""


@dataclass
class Loop:
    """One way to prefilter, and what became of it day by day."""

    name: str
    base: float
    seed: int
    widening: bool = False
    keep: float = 0.0
    labels: dict[str, Label] = field(default_factory=dict)
    days: list[Told] = field(default_factory=list)
    estimates: list[prefilter.Estimate] = field(default_factory=list)
    ranked: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keep = self.base

    def step(self, fitted: Fitted, day: Day) -> None:
        """Plan a day with what is known, ask the labels, learn from what was sent."""
        values = fitted.values(self.labels)
        self.ranked |= values
        ranked = list(values)
        full = prefilter.warming(len(self.days), sum(len(told.got) for told in self.days))
        plan = prefilter.plan(
            ranked,
            keep=self.keep,
            explore=EXPLORE,
            full=full,
            seed=prefilter.seed(day.date, "closed loop", str(self.seed)),
        )
        self.days.append(Told.of(day, plan, self.keep))
        wanted = {paper.id: paper.selected for paper in day.papers}
        for key in plan.sent:
            self.labels[key] = Label(float(wanted[key]), plan.weight(key))
        self._estimate(full=full)

    def _estimate(self, *, full: bool) -> None:
        history = [told.outcome for told in self.days]
        self.estimates.append(prefilter.missed(history, self.keep))
        if self.widening and not full:
            self.keep = prefilter.widen(self.keep, self.estimates[-1], base=self.base)

    @property
    def after(self) -> list[Told]:
        """The days after the warm-up."""
        return [told for told in self.days if not told.full]


@dataclass
class Fitted:
    """The ranker on one day; loops that have seen the same answers share a fit."""

    ranker: Ranker
    day: Day
    known: list[tuple[dict[str, Label], dict[str, float]]] = field(default_factory=list)

    def values(self, labels: dict[str, Label]) -> dict[str, float]:
        """The day's papers by what the ranker gives them, 0 to 100, best first."""
        for before, values in self.known:
            if before == labels:
                return values
        self.ranker.fit(labels)
        raw = self.ranker.score([paper.id for paper in self.day.papers])
        order = sorted(raw, key=lambda key: (-raw[key], key))
        self.known.append((dict(labels), {key: self.ranker.percent(raw[key]) for key in order}))
        return self.known[-1][1]


class Told(NamedTuple):
    """A day of a loop: ``got`` are the picks sent, ``lost`` those that were not."""

    date: date
    papers: int
    sent: int
    got: tuple[LabelledPaper, ...]
    lost: tuple[LabelledPaper, ...]
    outcome: prefilter.Outcome
    full: bool

    @classmethod
    def of(cls, day: Day, plan: Plan, keep: float) -> Told:
        """What a plan did to a day."""
        sent = frozenset(plan.sent)
        picks = [paper for paper in day.papers if paper.selected]
        got = tuple(paper for paper in picks if paper.id in sent)
        lost = tuple(paper for paper in picks if paper.id not in sent)
        found = sum(paper.id in plan.sampled for paper in got)
        outcome = prefilter.Outcome(
            keep, len(got) - found, len(plan.sampled), found, len(plan.dropped)
        )
        return cls(day.date, len(day.papers), len(sent), got, lost, outcome, not plan.dropped)

    @property
    def recall(self) -> float | None:
        """The share of picks sent; None on a day with few."""
        picks = len(self.got) + len(self.lost)
        return len(self.got) / picks if picks >= _LEAST_SELECTED else None


def loops(seeds: Iterable[int] = SEEDS) -> list[Loop]:
    """The ways that are compared, by seed."""
    return [
        Loop(name, keep, seed, widening)
        for name, keep, widening in (
            ("50 + 5 %", 0.5, False),
            ("50 + 5 %, widening", 0.5, True),
            ("40 + 5 %", 0.4, False),
            ("40 + 5 %, widening", 0.4, True),
        )
        for seed in seeds
    ]


def run(loaded: Loaded, days: Sequence[Day], ways: Sequence[Loop]) -> None:
    """Walk all loops side by side: the store, and all that no label changes, is one for all."""
    of = loaded.profile
    ranker = Ranker(of.wanted, of.unwanted, of.keywords, of.exclusions)
    for day in days:
        for paper in day.papers:
            ranker.see(paper.id, paper.title, paper.abstract)
        fitted = Fitted(ranker, day)
        for way in ways:
            way.step(fitted, day)


def recall(days: Iterable[Told], least: int = 0) -> float:
    """The share of picks of that relevance or more that were sent."""
    got, lost = 0, 0
    for told in days:
        got += sum((paper.relevance or 0) >= least for paper in told.got)
        lost += sum((paper.relevance or 0) >= least for paper in told.lost)
    return got / (got + lost) if got + lost else 1.0


def section(loaded: Loaded, ways: Sequence[Loop]) -> list[str]:
    """A set's tables."""
    least = LEAST[loaded.of.sha]
    lines = [f"## {loaded.of.name}", "", _about(ways[0]), ""]
    lines.append(
        "| kept | sent | recall | first 5 days | worst day | relevance 9 and 10 | estimated missed "
        "/ missed | bounds held |"
    )
    lines.append("|---|---|---|---|---|---|---|---|")
    names = list(dict.fromkeys(way.name for way in ways))
    chosen = {name: [way for way in ways if way.name == name] for name in names}
    lines += [_row(name, same) for name, same in chosen.items()]
    lines += ["", f"To beat at 50 + 5 %: {least:.3f} ({_verdict(chosen['50 + 5 %'], least)}).", ""]
    lines += [_lowest(name, same) for name, same in chosen.items()]
    return [*lines, ""]


def _verdict(ways: Sequence[Loop], least: float) -> str:
    gap = least - fmean(recall(way.after) for way in ways)
    picks = sum(len(told.got) + len(told.lost) for told in ways[0].after)
    if gap < 0.0005:
        return "met"
    return f"missed by {gap:.4f}, which is {gap * picks:.1f} of {picks} picks"


def _about(way: Loop) -> str:
    after, papers = way.after, sum(told.papers for told in way.days)
    picks = sum(len(told.got) + len(told.lost) for told in after)
    return (
        f"{len(way.days)} days, {papers:,} papers; {len(way.days) - len(after)} of the days are "
        f"warm-up. After it {sum(told.papers for told in after):,} papers, {picks:,} picks."
    )


def _row(name: str, ways: Sequence[Loop]) -> str:
    sent = fmean(_share(way.after) for way in ways)
    days = [told for way in ways for told in way.after]
    worst = min(told.recall for told in days if told.recall is not None)
    cells = [
        name,
        f"{sent:.1%}",
        _spread([recall(way.after) for way in ways]),
        f"{fmean(recall(way.after[:5]) for way in ways):.3f}",
        f"{worst:.2f}",
        f"{fmean(recall(way.after, _HIGH_RELEVANCE) for way in ways):.3f}",
        f"{_said(ways):.1%} / {1 - recall(days):.1%}",
        f"{_held(ways):.0%}",
    ]
    return f"| {' | '.join(cells)} |"


def _share(days: Sequence[Told]) -> float:
    return sum(told.sent for told in days) / sum(told.papers for told in days)


def _spread(values: Sequence[float]) -> str:
    around = f" ± {stdev(values):.4f}" if len(values) > 1 else ""
    return f"{fmean(values):.4f}{around} ({min(values):.4f}–{max(values):.4f})"


def _said(ways: Iterable[Loop]) -> float:
    """The estimate on the mean day after the warm-up."""
    said = [one.share for way in ways for one in way.estimates]
    return fmean([share for share in said if share is not None] or [0.0])


def _held(ways: Iterable[Loop]) -> float:
    """How often the bounds held the true share of the days they were estimated from."""
    held = []
    for way in ways:
        for number, estimate in enumerate(way.estimates, 1):
            days = [told for told in way.days[:number] if not told.full]
            if estimate.days and estimate.days == min(len(days), prefilter.WINDOW):
                truth = 1 - recall(days[-prefilter.WINDOW :])
                held.append(estimate.low <= truth <= estimate.high)
    return fmean(held or [1.0])


def _lowest(name: str, ways: Sequence[Loop]) -> str:
    """Days under 90 %, with the mean of their recall and how many seeds saw them so low."""
    low: dict[date, list[float]] = {}
    for way in ways:
        for told in way.after:
            if told.recall is not None and told.recall < _LOW:
                low.setdefault(told.date, []).append(told.recall)
    named = [f"{day} ({fmean(low[day]):.2f}, {len(low[day])})" for day in sorted(low)]
    return (
        f"- {name}: days under 90 % (recall, seeds of {len(ways)}): {', '.join(named) or 'none'}."
    )


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else "not committed yet"


def page(folder: Path) -> str:
    """The whole page."""
    began, body, lines, ranked = time.process_time(), [], [], dict[str, float]()
    for chosen in SETS:
        loaded, ways = load(folder, chosen), loops()
        run(loaded, loaded.days, ways)
        body += section(loaded, ways)
        lines += score_scale.at_lines(loaded)
        ranked |= ways[0].ranked if chosen is SETS[0] else {}
    spent = time.process_time() - began
    machine = f"{os.cpu_count()} shared cores ({platform.machine()})"
    return _PAGE.format(
        made=f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {machine}, Python "
        f"{platform.python_version()}, {spent:.0f} s of CPU on one core.",
        loops="\n".join(body).strip(),
        heads=" | ".join(map(str, score_scale.LINES)),
        rule="|---" * (len(score_scale.LINES) + 4) + "|",
        lines="\n".join(lines),
        orders="\n".join(score_scale.orders(folder, ranked)),
        looks="\n".join(score_scale.looks(load(folder, SETS[2]))),
    )


def main(arguments: Sequence[str]) -> None:
    """Measures and writes the page."""
    folder = Path(arguments[0] if arguments else os.environ.get("PAPERLARK_REAL_DATA", DATA))
    if not (folder / "dev").is_dir():
        sys.exit("No real days found: name their folder, or set PAPERLARK_REAL_DATA.")
    written = page(folder)
    PAGE.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main(sys.argv[1:])
