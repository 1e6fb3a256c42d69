"""How well a scorer agrees with labelled days: walked forward, cold, or with the loop closed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperlark.domain import AnnounceType, Candidate, Label, Score
from paperlark.errors import ConfigError
from paperlark.store.grades import target
from worker import agreement, labelled, trial
from worker.figures import Ranked, figures, intervals, overall
from worker.llm import blend, prefilter
from worker.local import relevance
from worker.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import LabelledPaper, PaperId, Profile, Usage
    from paperlark.ports import Progress, Scorer
    from worker.labelled import Day
    from worker.llm.prefilter import Plan

EXPLORE = 0.05
"""Share of a day sent at random beside the kept ones, so that what the ranker misses is seen."""
WARM_UP = 2
"""First days that are sent whole where the ranker learns from earlier days."""
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
    days: int = 0
    usages: list[Usage] = field(default_factory=list)
    undecided: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

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
        plan = self._plan(day.date, order)
        self.days += 1
        ranked = {key: self.ranker.percent(value) for key, value in raw.items()}
        if self.scorer is None:
            targets = {paper.id: float(paper.selected) for paper in order}
            self._learn(plan, targets)
            scores = {key: Score(value, relevance(value)) for key, value in ranked.items()}
            return Ranked(day.date, order, scores, frozenset(plan.sent))
        return self._asked(day.date, order, plan, ranked, self.scorer)

    def _plan(self, day: date, order: Sequence[LabelledPaper]) -> Plan:
        return prefilter.plan(
            [paper.id for paper in order],
            keep=self.keep,
            explore=EXPLORE,
            full=self.keep == 1 or (self.train.kind == "past" and self.days < WARM_UP),
            seed=f"{self.seed} {prefilter.seed(day, self.profile.name, self.profile.revision)}",
        )

    def _learn(self, plan: Plan, targets: Mapping[PaperId, float]) -> None:
        """Take over what became known of the papers sent."""
        if self.train.kind == "past":
            self.labels |= {
                paper: Label(targets[paper], plan.weight(paper))
                for paper in plan.sent
                if paper in targets
            }

    def _asked(
        self,
        day: date,
        order: Sequence[LabelledPaper],
        plan: Plan,
        ranked: Mapping[PaperId, float],
        scorer: Scorer,
    ) -> Ranked:
        """The day by another scorer, which alone is learnt from."""
        papers = {paper.id: trial.bare(paper) for paper in order}
        candidates = [Candidate(papers[key], AnnounceType.NEW) for key in plan.sent]
        scored = scorer.score(candidates, self.profile)
        self.usages.append(scored.usage)
        self.undecided.update(scored.undecided.values())
        self.notes += [note for note in scored.notes if note not in self.notes]
        self._learn(plan, {key: _target(score) for key, score in scored.scores.items()})
        scores = _blended(scored.scores, ranked, plan.dropped)
        best = sorted(order, key=lambda p: -scores[p.id].value if p.id in scores else 1.0)
        return Ranked(day, tuple(best), scores, frozenset(plan.sent))


def _target(score: Score) -> float:
    """What the ranker learns of a paper: from two grades as in the product, else from the score."""
    if score.relevance is None or score.novelty is None:
        return score.value / 100
    return target(score.relevance, score.novelty)


def _blended(
    scores: Mapping[PaperId, Score], ranked: Mapping[PaperId, float], dropped: Iterable[PaperId]
) -> dict[PaperId, Score]:
    """The scores of a day as a digest has them: with the ranker's part, and of what was not sent.

    Those of a scorer that does not give two grades stay as they are.
    """
    grades = {
        key: (score.relevance, score.novelty)
        for key, score in scores.items()
        if score.relevance is not None and score.novelty is not None
    }
    if len(grades) < len(scores):
        return dict(scores)
    values = blend.blend(grades, {key: ranked[key] for key in (*grades, *dropped)})
    return {
        key: replace(scores[key], value=value) if key in scores else Score(value)
        for key, value in values.items()
    }


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
            is sent on and gives labels; with ``past`` after two whole days. 1 sends everything.
        scorer: ``local``, or a scorer to ask about the papers sent: the ranker then learns from
            what that one says.
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
            f"There is no scorer “{scorer}” by name here; use local, or hand a scorer in."
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
        "intervals": intervals(ranked, seed=seed),
        **_asking(walk),
    }


def expected(days: Sequence[Day], train: str, keep: float) -> int:
    """How many papers `assess` will send to a scorer."""
    plan = Train.parse(train)
    ahead = days[len(days) // 2 :] if plan.kind == "examples" else days
    whole = len(ahead) if keep == 1 else WARM_UP if plan.kind == "past" else 0
    sent = min(1.0, keep + EXPLORE)
    return sum(
        agreement.top(1.0 if number < whole else sent, len(day.papers))
        for number, day in enumerate(ahead)
    )


def _asking(walk: _Walk) -> dict[str, Any]:
    """What another scorer's run facts are; nothing for the local ranker."""
    if not walk.usages:
        return {}
    return {
        "model": walk.usages[0].model,
        "calls": sum(usage.calls for usage in walk.usages),
        "undecided": dict(walk.undecided.most_common()),
        "notes": walk.notes,
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


def _spent(usages: Sequence[Usage]) -> dict[str, Any]:
    """What the model took; the cost is None as soon as one price is unknown."""
    costs = [usage.cost_usd for usage in usages]
    return {
        "prompt_tokens": sum(usage.prompt_tokens for usage in usages),
        "cached_tokens": sum(usage.cached_tokens for usage in usages),
        "completion_tokens": sum(usage.completion_tokens for usage in usages),
        "cost_usd": None if None in costs else sum(cost for cost in costs if cost is not None),
    }
