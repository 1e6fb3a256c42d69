"""How well a scorer agrees with labelled days: walked forward, cold, or with the loop closed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperlark.domain import AnnounceType, Candidate, Label, LabelledPaper, Paper, Score
from paperlark.errors import ConfigError
from worker import agreement, labelled
from worker.figures import Ranked, figures, overall
from worker.local import relevance
from worker.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import PaperId, Profile, Usage
    from paperlark.ports import Progress, Scorer
    from worker.labelled import Day

EXPLORE = 0.05
"""Share of a day sent at random beside the kept ones, so that what the ranker misses is seen."""
HEAVIEST = 5.0
"""The most an explored paper's label weighs; it is 1 / sampling rate up to here."""
WARM_UP = 2
"""First days that are sent whole."""
DISLIKED = 3
"""Papers not selected that `examples:N` adds to its N selected ones."""


@dataclass(frozen=True, slots=True)
class Train:
    """What the ranker may learn from: nothing, some examples, or all earlier days.

    ``kind`` is ``cold``, ``examples`` or ``past``; ``n`` how many liked examples.
    """

    kind: str
    n: int = 0

    @classmethod
    def parse(cls, text: str) -> Train:
        """From ``cold``, ``past`` or ``examples:N``; raises `ConfigError`."""
        kind, _, number = text.partition(":")
        if text in {"cold", "past"}:
            return cls(text)
        if kind == "examples" and number.isascii() and number.isdigit() and int(number):
            return cls(kind, int(number))
        raise ConfigError(
            f"“{text}” is no way to train; give cold, past or examples:N (as examples:20)."
        )


@dataclass(slots=True)
class _Walk:
    """What is known so far, and what it was all spent on."""

    ranker: Ranker
    train: Train
    keep: float
    scorer: Scorer | None
    profile: Profile
    seed: int
    labels: dict[PaperId, Label]
    usages: list[Usage] = field(default_factory=list)
    days: int = 0

    def see(self, day: Day) -> None:
        for paper in day.papers:
            self.ranker.see(paper.id, paper.title, paper.abstract)

    def rank(self, day: Day) -> Ranked:
        """Rank a day with what is known, then learn what may be learnt from it."""
        self.see(day)
        self.ranker.fit(self.labels)
        chance = random.Random(f"{self.seed} {day.date}")  # noqa: S311  (ties, no secret)
        raw = self.ranker.score([paper.id for paper in day.papers])
        order = ordered(day.papers, raw, chance)
        sent = self._sent(order, chance)
        self.days += 1
        if self.train.kind == "past":
            self.labels |= sent
        if self.scorer is None:
            return Ranked(day.date, order, _graded(self.ranker, raw), frozenset(sent))
        return self._asked(day, order, frozenset(sent), self.scorer)

    def _sent(self, order: Sequence[LabelledPaper], chance: random.Random) -> dict[PaperId, Label]:
        keep = 1.0 if self.days < WARM_UP else self.keep
        first = agreement.top(keep, len(order))
        rest = order[first:]
        drawn = chance.sample(rest, min(len(rest), agreement.top(EXPLORE, len(order))))
        sent = {paper.id: Label(float(paper.selected)) for paper in order[:first]}
        weight = min(HEAVIEST, len(rest) / len(drawn)) if drawn else 1.0
        return sent | {paper.id: Label(float(paper.selected), weight) for paper in drawn}

    def _asked(
        self, day: Day, order: Sequence[LabelledPaper], sent: frozenset[PaperId], scorer: Scorer
    ) -> Ranked:
        """The day by another scorer: what it was not sent follows in the ranker's order."""
        candidates = [Candidate(_bare(p), AnnounceType.NEW) for p in order if p.id in sent]
        scored = scorer.score(candidates, self.profile)
        self.usages.append(scored.usage)
        known = scored.scores
        best = sorted(order, key=lambda p: -known[p.id].value if p.id in known else 1.0)
        return Ranked(day.date, tuple(best), known, sent)


def evaluate(
    files: Iterable[str | Path],
    profile: Profile,
    *,
    train: str = "cold",
    keep: float = 1.0,
    scorer: str | Scorer = "local",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The figures of product.md §3.1 for labelled days in files, ready for JSON.

    Args:
        files: JSONL, plain or ``.gz``.
        profile: whose interests the days were labelled by.
        train: ``cold``, ``examples:N`` (drawn from the first half of the days, reported on the
            second) or ``past`` (a day is ranked with the labels of earlier days only).
        keep: 0 to 1: only this share of each day, best first, and a further 5 % drawn at random
            is sent on and gives labels, after two whole days. 1 sends everything.
        scorer: ``local``, or a scorer to ask about the papers sent.
        progress: told after each day.

    Raises:
        ConfigError, NotFound: a file, or what was asked, is wrong.
    """
    return assess(
        labelled.read([Path(file) for file in files]),
        profile,
        train=train,
        keep=keep,
        scorer=scorer,
        progress=progress,
    )


def assess(
    days: Sequence[Day],
    profile: Profile,
    *,
    train: str = "cold",
    keep: float = 1.0,
    scorer: str | Scorer = "local",
    progress: Progress | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """`evaluate` for days already read; `seed` draws ties, examples and explored papers."""
    plan = Train.parse(train)
    if not 0 < keep <= 1:
        raise ConfigError(f"--keep {keep:g} is out of range; give a share above 0 and up to 1.")
    if isinstance(scorer, str) and scorer != "local":
        raise ConfigError(
            f"The scorer {scorer} cannot be evaluated in this release; use --scorer local."
        )
    walk = _begin(profile, plan, keep, None if isinstance(scorer, str) else scorer, seed)
    ahead = _examples(walk, days) if plan.kind == "examples" else days
    ranked = []
    for number, day in enumerate(ahead, 1):
        ranked.append(walk.rank(day))
        if progress is not None:
            progress("labelled days", number, len(ahead))
    return {
        "scorer": walk.usages[0].scorer if walk.usages else "local",
        "train": train,
        "days": [figures(day) for day in ranked],
        "overall": overall(ranked) | _spent(walk.usages),
    }


def _begin(profile: Profile, plan: Train, keep: float, scorer: Scorer | None, seed: int) -> _Walk:
    ranker = Ranker(profile.wanted, profile.unwanted, profile.keywords, profile.exclusions)
    labels = {key: Label(1.0) for key in profile.liked}
    labels |= {key: Label(0.0) for key in profile.not_liked}
    return _Walk(ranker, plan, keep, scorer, profile, seed, labels)


def _examples(walk: _Walk, days: Sequence[Day]) -> Sequence[Day]:
    """Draws the examples from the first half of the days, and returns the other half."""
    half = len(days) // 2
    for day in days[:half]:
        walk.see(day)
    pool = [paper for day in days[:half] for paper in day.papers]
    liked = [paper for paper in pool if paper.selected]
    other = [paper for paper in pool if not paper.selected]
    n = walk.train.n
    if len(liked) < n:
        raise ConfigError(
            f"Examples:{n} needs {n} selected papers in the first half of the days; "
            f"there are {len(liked)}. Add days or ask for fewer."
        )
    chance = random.Random(walk.seed)  # noqa: S311  (a draw to repeat, no secret)
    drawn = [*chance.sample(liked, n), *chance.sample(other, min(DISLIKED, len(other)))]
    walk.labels |= {paper.id: Label(float(paper.selected)) for paper in drawn}
    return days[half:]


def ordered(
    papers: Iterable[LabelledPaper], scores: Mapping[PaperId, float], chance: random.Random
) -> tuple[LabelledPaper, ...]:
    """Papers best first. Equal scores are drawn: a file may list its best papers first."""
    drawn = sorted(papers, key=lambda paper: paper.id)
    chance.shuffle(drawn)
    return tuple(sorted(drawn, key=lambda paper: -scores[paper.id]))


def _graded(ranker: Ranker, raw: Mapping[PaperId, float]) -> dict[PaperId, Score]:
    """Raw scores as the local scorer would give them, but for its rule against ties."""
    values = {key: ranker.percent(score) for key, score in raw.items()}
    return {key: Score(value, relevance(value)) for key, value in values.items()}


def _bare(paper: LabelledPaper) -> Paper:
    return Paper(paper.id, 0, paper.title, paper.abstract, (), paper.categories)


def _spent(usages: Sequence[Usage]) -> dict[str, Any]:
    """What the model took; the cost is None as soon as one price is unknown."""
    costs = [usage.cost_usd for usage in usages]
    return {
        "prompt_tokens": sum(usage.prompt_tokens for usage in usages),
        "cached_tokens": sum(usage.cached_tokens for usage in usages),
        "completion_tokens": sum(usage.completion_tokens for usage in usages),
        "cost_usd": None if None in costs else sum(cost for cost in costs if cost is not None),
    }
