"""What batch size, effort and order do to a model's grades, measured on labelled papers.

The same papers are graded once for each value, all else equal. Batches are made of all papers
together, whatever their days, so that a small sample fills large ones too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from paperlark.errors import ConfigError
from paperlark.settings import check
from worker import agreement, trial
from worker.llm import blend
from worker.llm.settings import LlmSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import LabelledPaper, PaperId, Profile
    from paperlark.ports import Progress
    from worker.labelled import Day
    from worker.llm.grading import Outcome
    from worker.llm.purse import Account
    from worker.llm.words import Grade
    from worker.trial import Estimate

KINDS = ("batch_size", "effort", "order")
MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class Vary:
    """What is varied, and its values in the order they are tried; the first is compared with.

    A value may come twice: how far a model agrees with itself is what other values are judged by.
    """

    kind: Literal["batch_size", "effort", "order"]
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Vary:
        """From ``batch_size=1,8,16``, ``effort=minimal,medium`` or ``order=1,2,3``.

        Raises:
            ConfigError: it is none of these, has fewer than two values, or one that cannot be.
        """
        kind, _, listed = text.partition("=")
        values = tuple(value.strip() for value in listed.split(","))
        if kind not in KINDS or not all(values) or not 1 < len(values) <= MOST_VALUES:
            raise ConfigError(
                f"“{text}” is nothing to vary; give batch_size=, effort= or order= with 2 to "
                f"{MOST_VALUES} values, as batch_size=1,8,16,32."
            )
        vary = cls(kind, values)  # type: ignore[arg-type]  # one of KINDS, as was looked at
        for value in values:
            vary.settings(LlmSettings.model_validate({}), value)
        return vary

    def settings(self, base: LlmSettings, value: str) -> LlmSettings:
        """The settings with that value; raises `ConfigError` for one that cannot be."""
        if self.kind == "order":
            return base
        return check(LlmSettings, {**base.model_dump(), self.kind: value}, prefix="--vary ")

    def order(self, value: str) -> str:
        """What fixes the order of papers for that value."""
        return value if self.kind == "order" else ""


def sample(days: Iterable[Day], number: int | None = None) -> tuple[LabelledPaper, ...]:
    """Papers to grade, each once: all, or a simple random sample. The same days, the same draw."""
    papers = {paper.id: paper for day in days for paper in day.papers}
    drawn = sorted(papers, key=lambda paper: sha256(f"sample {paper}".encode()).digest())
    return tuple(papers[paper] for paper in drawn[:number])


def estimate(
    papers: Sequence[LabelledPaper], profile: Profile, vary: Vary, account: Account
) -> Estimate:
    """What `measure` will take, roughly."""
    asked = [trial.bare(paper) for paper in papers]
    first, *others = (
        trial.estimate(_under(account, vary, value), profile, asked, len(asked))
        for value in vary.values
    )
    for other in others:
        first += other
    return first


def measure(
    papers: Sequence[LabelledPaper],
    profile: Profile,
    vary: Vary,
    account: Account,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The figures of each value, ready for JSON; those that cannot be are None.

    ``auc`` is of the model's grades alone, by the labels. What stands under ``agreement`` compares
    relevance with that of the first value, over the papers graded under both; ``shift`` is how
    much higher it is on average. ``per_paper`` are tokens and US dollars.

    Raises:
        ScorerError: under the first value the model could not be asked at all.
        ConfigError: there is no key, or no paper.
    """
    if not papers:
        raise ConfigError("There is no paper in these files; give labelled days.")
    rows: list[dict[str, Any]] = []
    first: Mapping[PaperId, Grade] | None = None
    answered = False
    for value in vary.values:
        under = _under(account, vary, value)
        named = _Named(progress, f"{vary.kind} {value}")
        with under.model() as model:
            asked = trial.Trial(model, under.settings, vary.order(value), named, answered)
            outcome = asked.read([trial.bare(paper) for paper in papers], profile)
        answered = asked.answered
        rows.append(_row(value, papers, outcome, first))
        first = outcome.grades if first is None else first
    return {
        "varied": vary.kind,
        "model": account.settings.model,
        "papers": len(papers),
        "selected": sum(paper.selected for paper in papers),
        "values": rows,
    }


def _under(account: Account, vary: Vary, value: str) -> Account:
    return replace(account, settings=vary.settings(account.settings, value))


@dataclass(frozen=True)
class _Named:
    """Progress under the name of a value."""

    progress: Progress | None
    name: str

    def __call__(self, step: str, done: int, total: int) -> None:
        if self.progress:
            self.progress(f"{self.name}: {step}", done, total)


def _row(
    value: str,
    papers: Sequence[LabelledPaper],
    outcome: Outcome,
    first: Mapping[PaperId, Grade] | None,
) -> dict[str, Any]:
    grades, spent = outcome.grades, outcome.spent
    scored = [paper for paper in papers if paper.id in grades]
    values = [blend.score(*_pair(grades[one.id]), trial.NEUTRAL) for one in scored]
    return {
        "value": value,
        "coverage": len(grades) / len(papers),
        "auc": agreement.auc(values, [paper.selected for paper in scored]),
        "mean_relevance": fmean(each.relevance for each in grades.values()) if grades else None,
        "mean_novelty": fmean(each.novelty for each in grades.values()) if grades else None,
        "agreement": None if first is None else compared(first, grades),
        "calls": spent.calls,
        "prompt_tokens": spent.prompt_tokens,
        "cached_tokens": spent.cached_tokens,
        "completion_tokens": spent.completion_tokens,
        "reasoning_tokens": spent.reasoning_tokens,
        "cost_usd": spent.cost_usd,
        "per_paper": {
            "prompt_tokens": spent.prompt_tokens / len(papers),
            "completion_tokens": spent.completion_tokens / len(papers),
            "cost_usd": None if spent.cost_usd is None else spent.cost_usd / len(papers),
        },
        "undecided": dict(Counter(outcome.undecided.values()).most_common()),
        "notes": [str(outcome.stopped)] if outcome.stopped else [],
    }


def _pair(grade: Grade) -> tuple[int, int]:
    return grade.relevance, grade.novelty


def compared(first: Mapping[PaperId, Grade], second: Mapping[PaperId, Grade]) -> dict[str, Any]:
    """How far two gradings put the same relevance on the papers they share; None for no paper."""
    both = sorted(first.keys() & second.keys())
    one, two = ([grades[paper].relevance for paper in both] for grades in (first, second))
    return {
        "papers": len(both),
        "same": agreement.within(one, two),
        "within_1": agreement.within(one, two, 1),
        "qwk": agreement.qwk(two, one),
        "shift": fmean(two) - fmean(one) if both else None,
    }
