"""The model scorer: the local ranker chooses what is read, a model grades it, both make the score.

Every candidate comes back scored or undecided. What the model said is kept as it comes, so that a
run that was cut off, or is made again, pays for nothing twice.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from paperlark.domain import Score, Scored, Usage
from paperlark.errors import ScorerError
from paperlark.feedback import pick
from worker.llm import batches, blend, history, prefilter, prompt, second, untrusted
from worker.llm.ahead import Batching
from worker.llm.grading import STEP, Grading, Outcome
from worker.llm.words import ModelError, ModelRefused, Spent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from paperlark.domain import Candidate, Paper, PaperId, Profile
    from paperlark.ports import Progress, Scorer
    from worker.llm.grading import Keep
    from worker.llm.history import Earlier, Kept, Share
    from worker.llm.prefilter import Plan
    from worker.llm.second import Mean
    from worker.llm.settings import LlmSettings
    from worker.llm.steps import Step
    from worker.llm.words import Grade, Model

UNREACHED = "Scored by the local ranker: the model could not be reached."
_NAMED = 3  # papers that are named in one note


class Purse(Protocol):
    """Decides what a run can afford, and opens the models whose calls it pays for."""

    def step(self, papers: Sequence[Paper], profile: Profile, keep: float) -> Step:
        """How to run the day with what is left."""

    def model(self, *, cheaper: bool = False, tries: int = 2) -> AbstractContextManager[Model]:
        """A model whose every call, billed so often at most, is held against the budget."""


class Local(Protocol):
    """Builds the local ranker, with the store's papers and what is known of them."""

    def __call__(self, without: Collection[PaperId]) -> Scorer:
        """The ranker that learns from all labels but those of these papers."""


@dataclass(frozen=True)
class LlmScorer:
    """Scores one profile's day; see `paperlark.ports.Scorer`.

    Attributes:
        local: the local ranker. It learns from earlier days only: so a day that is scored again
            is ranked as it was, and the same papers are read.
        kept: what is known of this and earlier days, and where grades and usage are kept.
        purse: models and money.
        settings: which model, and how it is asked.
        day: the mailing date.
        progress: told how many papers are read.
    """

    local: Local
    kept: Kept
    purse: Purse
    settings: LlmSettings
    day: date
    progress: Progress | None = None

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        """Every candidate's score, from the model where it read the paper.

        Where no model can be asked the local ranker's scores come back, with a note that says why.
        """
        graded = self.kept.grades(profile.name)
        late = {paper for paper, each in graded.items() if each.day >= self.day}
        ranked = self.local(late).score(candidates, profile)
        if not candidates:
            return ranked
        papers = {candidate.paper.id: candidate.paper for candidate in candidates}
        share = history.share(self.kept, profile, self.day, self.settings.keep, graded)
        before = history.earlier(self.kept, profile, self.day, candidates, graded)
        full = history.warming(graded, profile, self.day, self.settings.full_days)
        keep = 1.0 if full else share.keep
        step = self.purse.step(tuple(papers.values()), profile, keep)
        if step.reader == "local":
            return _unread(ranked, before, step.said)
        plan = before.planned(self._plan(ranked, profile, min(keep, step.keep), step))
        reading = _Reading(self, profile, papers, ranked, plan, step, before)
        try:
            with self.purse.model(cheaper=step.reader == "cheaper", **step.holding) as model:
                return reading.scored(model, share)
        except _NothingRead as nothing:
            return _stepped_down(ranked, nothing.said, nothing.spent, reading.called)

    def _plan(self, ranked: Scored, profile: Profile, keep: float, step: Step) -> Plan:
        order = sorted(ranked.scores, key=lambda paper: (-ranked.scores[paper].value, paper))
        drawn = prefilter.seed(self.day, profile.name, profile.revision)
        explore = self.settings.explore if step.explore is None else step.explore
        return prefilter.plan(order, keep=keep, explore=explore, full=keep >= 1, seed=drawn)


class _NothingRead(ScorerError):
    """The model answered nothing at all."""

    def __init__(self, said: tuple[str, ...], spent: Spent) -> None:
        super().__init__(*said)
        self.said, self.spent = said, spent


@dataclass
class _Reading:
    """One profile's day being read by one model."""

    of: LlmScorer
    profile: Profile
    papers: Mapping[PaperId, Paper]
    ranked: Scored
    plan: Plan
    step: Step
    before: Earlier
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    spent: Spent = field(default_factory=Spent)

    @property
    def called(self) -> str:
        """The model that reads the day."""
        settings = self.of.settings
        return settings.cheaper_model if self.step.reader == "cheaper" else settings.model

    @property
    def size(self) -> int:
        """Papers a call."""
        return min(self.step.size or self.of.settings.batch_size, self.of.settings.batch_size)

    @cached_property
    def odd(self) -> frozenset[PaperId]:
        """Papers that seem to speak to the model: each is asked about alone."""
        return frozenset(p for p in self.plan.sent if untrusted.suspicious(self.papers[p]))

    def scored(self, model: Model, share: Share) -> Scored:
        """The whole answer; see `LlmScorer.score`."""
        first = self._first(model)
        grades = {**self.before.grades, **first.grades}
        if not grades and not first.answers:
            raise _NothingRead(_unreached(first), self.spent)
        looked = self._second(model, grades, first)
        twice = second.averaged(grades, {**self.before.again, **looked.grades})
        values = self._values(twice, first)
        comments = self._comments(model, values, twice, first, looked.reasons)
        scores = {p: self._score(p, value, twice, comments) for p, value in values.items()}
        undecided = self._undecided(grades, first)
        made = Scored(scores, undecided, self._usage(), similarity=self.ranked.similarity)
        return self._told(made, share, first, looked)

    def _first(self, model: Model) -> Outcome:
        """Read what is to be read and was not read before for this profile as it is."""
        left = [self.papers[p] for p in self.plan.sent if p not in self.before.grades]
        seed = batches.seed(self.of.day, self.profile)
        ahead = model.ahead if isinstance(model, Batching) else None
        first = self._grading(model, self._keep).grade(left, seed, self.odd, ahead)
        self.spent += first.spent
        return first

    def _keep(self, grades: Mapping[PaperId, Grade], spent: Spent) -> None:
        if grades:
            said = {p: (g.relevance, g.novelty, self.plan.weight(p)) for p, g in grades.items()}
            name, revision = self.profile.name, self.profile.revision
            self.of.kept.save_grades(name, revision, self.of.day, self.called, said)
        self._record(self.spent + spent)

    def _grading(self, model: Model, keep: Keep, size: int | None = None) -> Grading:
        return Grading(
            model,
            self.profile,
            size=size or self.size,
            concurrency=self.of.settings.concurrency,
            keep=keep,
            progress=self._report,
        )

    def _report(self, done: int, total: int) -> None:
        if self.of.progress:
            self.of.progress(STEP, done, total)

    def _second(self, model: Model, grades: Mapping[PaperId, Grade], first: Outcome) -> Outcome:
        """Look again where it can change what is shown, unless nobody would answer."""
        if not self.step.second_look or first.stopped:
            return Outcome()
        scores = blend.blend(second.averaged(grades, {}), self._ranker(grades))
        again = second.chosen(scores, line=self.profile.base_line, cap=self.profile.cap)
        left = [self.papers[p] for p in again if p not in self.before.again]
        seed = batches.seed(self.of.day, self.profile, look=2)
        size = min(second.BATCH, self.size)
        looked = self._grading(model, self._keep_again, size).look(left, seed, self.odd)
        self.spent += looked.spent
        return looked

    def _keep_again(self, grades: Mapping[PaperId, Grade], spent: Spent) -> None:
        if grades:
            history.save_again(self.of.kept, self.profile, self.of.day, self.called, grades)
        self._record(self.spent + spent)

    def _ranker(self, papers: Iterable[PaperId]) -> dict[PaperId, float]:
        return {paper: self.ranked.scores[paper].value for paper in papers}

    def _values(self, grades: Mapping[PaperId, Mean], first: Outcome) -> Mapping[PaperId, float]:
        """Scores of what was read and of what the ranker held back; the undecided have none."""
        if not grades:
            return {}
        known = self._ranker({*self.plan.dropped, *grades} - set(first.undecided))
        return blend.blend(grades, known)

    def _undecided(self, grades: Mapping[PaperId, Grade], first: Outcome) -> Mapping[PaperId, str]:
        """Papers without a grade. Where the model graded nothing, that is every paper."""
        if grades:
            return first.undecided
        why = next(iter(first.undecided.values()), batches.UNREACHED)
        return {paper: first.undecided.get(paper, why) for paper in self.papers}

    def _comments(
        self,
        model: Model,
        values: Mapping[PaperId, float],
        grades: Mapping[PaperId, Mean],
        first: Outcome,
        told: Mapping[PaperId, str],
    ) -> Mapping[PaperId, str]:
        """Sentences for cards; those that the second look `told` are not asked for again."""
        scores = {paper: Score(value) for paper, value in values.items()}
        cards = pick(scores, self.profile.base_line, self.profile.cap).over
        known = self.before.comments(self.profile)
        known = {p: said for p, said in known.items() if said != self.ranked.scores[p].comment}
        known |= told
        asked = [self.papers[p] for p in cards if p in grades and p not in known]
        if isinstance(first.stopped, ModelError):
            return known
        found, spent = self._grading(model, self._keep).reasons(asked, self.odd)
        self.spent += spent
        self._record(self.spent)
        return {**known, **found}

    def _score(
        self,
        paper: PaperId,
        value: float,
        grades: Mapping[PaperId, Mean],
        comments: Mapping[PaperId, str],
    ) -> Score:
        own = self.ranked.scores[paper].comment
        if paper not in grades:
            return Score(value, None, None, own)
        shown = grades[paper].shown()
        return Score(value, shown.relevance, shown.novelty, comments.get(paper) or own)

    def _usage(self) -> Usage:
        """What this day has taken, with the last run's where that one stands."""
        usage, last = _usage(self.spent, self.called), self.before.scored
        return _sum(last.usage, usage) if last else usage

    def _told(self, made: Scored, share: Share, first: Outcome, looked: Outcome) -> Scored:
        """The scores with what the digest says of the run.

        How much was read is a fact of the run; it is a note as well where papers were held back.
        """
        day = history.outcome(made, self.plan.sampled, self.profile.base_line)
        estimate, moved = share.with_day(day)
        read = "" if first.stopped else prefilter.said(self.plan, estimate)
        notes = (
            self.step.said,
            read if self.plan.dropped else "",
            "" if first.stopped else moved,
            self._warned(made),
            first.note,
            f"The reading ended early: {_clause(first.stopped)}" if first.stopped else "",
            f"The second look ended early: {_clause(looked.stopped)}" if looked.stopped else "",
        )
        facts = f"\n# What was read\n\n{read}\n" if read else ""
        return replace(
            made,
            provenance=prompt.provenance(self.profile) + facts,
            notes=tuple(note for note in notes if note),
        )

    def _warned(self, made: Scored) -> str:
        """About papers that seem to speak to the model; those on the digest by their ids."""
        if not self.odd:
            return ""
        one = len(self.odd) == 1
        said = "1 paper seems" if one else f"{len(self.odd)} papers seem"
        cards = pick(made.scores, self.profile.base_line, self.profile.cap).over
        shown = [paper for paper in cards if paper in self.odd]
        more = f", and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
        named = f" On the digest: {', '.join(shown[:_NAMED])}{more}." if shown else ""
        their = "its text; it was read" if one else "their text; each was read"
        return f"{said} to speak to the model in {their} alone, as data.{named}"

    def _record(self, spent: Spent) -> None:
        """Keep what this run took so far, over what was said of it before."""
        if spent.calls:
            name, day = self.profile.name, self.of.day
            self.of.kept.record(name, day, self.called, spent, run=self.run)


def _unreached(first: Outcome) -> tuple[str, ...]:
    """Why there is nothing from the model, for readers; then, for the operator, what to do."""
    if first.stopped is None:
        return (UNREACHED,)
    if isinstance(first.stopped, ModelError) and not isinstance(first.stopped, ModelRefused):
        return UNREACHED, str(first.stopped)
    return (f"Scored by the local ranker: {_clause(first.stopped)}",)


def _clause(error: ScorerError) -> str:
    """A sentence after a colon."""
    said = str(error)
    return said[:1].lower() + said[1:]


def _usage(spent: Spent, model: str) -> Usage:
    return Usage(
        "llm",
        model,
        spent.calls,
        spent.prompt_tokens,
        spent.cached_tokens,
        spent.completion_tokens,
        _billionths(spent.cost_usd),
    )


def _sum(one: Usage, other: Usage) -> Usage:
    """Both runs' together, under the later one's names."""
    known = one.cost_usd is not None and other.cost_usd is not None
    return replace(
        other,
        calls=one.calls + other.calls,
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        cost_usd=_billionths((one.cost_usd or 0.0) + (other.cost_usd or 0.0)) if known else None,
    )


def _unread(ranked: Scored, before: Earlier, said: str) -> Scored:
    """The answer where no model can be paid: the last run's, or else the local ranker's."""
    if before.scored and before.scored.scores:
        return before.scored
    return _stepped_down(ranked, (said,))


def _stepped_down(
    ranked: Scored, said: tuple[str, ...], spent: Spent | None = None, model: str = ""
) -> Scored:
    """The local ranker's answer in the place of the model's, with the reason as a note."""
    usage = ranked.usage
    if spent and spent.calls:
        usage = replace(_usage(spent, model), scorer="local")
    return replace(ranked, usage=usage, notes=(*ranked.notes, *said))


def _billionths(usd: float | None) -> float | None:
    """Money as the ledger counts it: calls end in any order, and sums of floats depend on it."""
    return None if usd is None else round(usd, 9)
