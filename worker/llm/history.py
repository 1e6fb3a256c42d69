"""What earlier runs and days say about a day: what was read of it, and how much to read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from paperlark.feedback import pick
from paperlark.store.profiles import SECOND_LOOK
from worker.llm import blend, prefilter
from worker.llm.prefilter import Estimate, Outcome
from worker.llm.words import Grade

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Candidate, PaperId, Profile, Scored
    from paperlark.store.grades import Graded, Said
    from worker.llm.prefilter import Plan
    from worker.llm.words import Spent

LOOK_BACK = timedelta(days=35)
"""As far as scores are kept."""


class Kept(Protocol):
    """The slice of the store that the model scorer reads and writes."""

    def grades(self, profile: str, since: date | None = None) -> Mapping[PaperId, Graded]:
        """What models said from that date on."""

    def save_grades(
        self, profile: str, revision: str, day: date, model: str, said: Mapping[PaperId, Said]
    ) -> None:
        """Keep what a model said."""

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        """What was kept of an earlier run."""

    def record(self, profile: str, day: date, model: str, numbers: Spent, *, run: str) -> None:
        """Keep what a run took."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a day to read.

    Attributes:
        keep: the share of the ranker's best.
        past: what models chose on the profile's earlier days, oldest first.
        base: the configured share.
    """

    keep: float
    past: tuple[Outcome, ...]
    base: float

    def with_day(self, day: Outcome) -> tuple[Estimate, str]:
        """What the share has been missing with this day counted; and the sentence about a change.

        The sentence is empty where the next day's share stays as it is.
        """
        estimate = prefilter.missed((*self.past, day), self.keep)
        following = prefilter.widen(self.keep, estimate, base=self.base)
        return estimate, prefilter.moved(self.keep, following)


def share(
    kept: Kept, profile: Profile, day: date, base: float, graded: Mapping[PaperId, Graded]
) -> Share:
    """The share to keep, folded from the profile's earlier days, each widening or narrowing it.

    Args:
        kept: holds the scores of earlier days.
        profile: whose days; of other revisions nothing is read.
        day: the mailing date.
        base: the configured share.
        graded: all that models said for the profile.
    """
    past: list[Outcome] = []
    keep = base
    for earlier in _days(graded, day):
        scored = kept.scores(profile.name, profile.revision, earlier, "llm")
        if scored is not None and scored.usage.scorer == "llm":
            drawn = {paper for paper, each in graded.items() if each.weight > 1}
            past.append(outcome(scored, drawn, profile.base_line))
            keep = prefilter.widen(keep, prefilter.missed(past, keep), base=base)
    return Share(keep, tuple(past), base)


def _days(graded: Mapping[PaperId, Graded], day: date) -> Sequence[date]:
    days = {each.day for each in graded.values()}
    return sorted(each for each in days if day - LOOK_BACK <= each < day)


def outcome(scored: Scored, drawn: Collection[PaperId], line: float) -> Outcome:
    """What a model chose of a day.

    Args:
        scored: the day's scores; a paper that the model read has a relevance.
        drawn: papers that were read because they were drawn at random, of this day and others.
        line: the score of a paper that is chosen.
    """
    read = {paper for paper, score in scored.scores.items() if score.relevance is not None}
    over = {paper for paper in read if scored.scores[paper].value >= line}
    sampled = read.intersection(drawn)
    total = len(scored.scores) + len(scored.undecided)
    kept = len(read - sampled) + len(scored.undecided)
    return Outcome(
        keep=kept / total if total else 1.0,
        chosen=len(over - sampled),
        sampled=len(sampled),
        found=len(over & sampled),
        dropped=len(scored.scores) - len(read),
    )


def warming(graded: Mapping[PaperId, Graded], profile: Profile, day: date, full_days: int) -> bool:
    """Whether the day is sent whole, going by the days before it: see `prefilter.warming`."""
    before = [each for each in graded.values() if each.day < day]
    whole = {each.day for each in before} - {each.day for each in before if each.weight > 1}
    chosen = sum(
        blend.score(each.relevance, each.novelty, 50) >= profile.base_line for each in before
    )
    return prefilter.warming(len(whole), chosen, full_days=full_days)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What earlier runs of the same day, for the same revision of the profile, have left.

    Attributes:
        grades: first looks; of other days too, unless the paper was replaced since.
        again: second looks.
        scored: the last run's answer, where a model gave one.
    """

    grades: Mapping[PaperId, Grade]
    again: Mapping[PaperId, Grade]
    scored: Scored | None

    def planned(self, plan: Plan) -> Plan:
        """The plan with each paper in the part that an earlier run put it in."""
        scores = self.scored.scores if self.scored else {}
        asked = set(self.grades) | set(self.scored.undecided if scores and self.scored else ())
        held = {paper for paper, score in scores.items() if score.relevance is None} - asked
        sent = [paper for paper in plan.sent if paper not in held]
        sent += [paper for paper in plan.dropped if paper in asked]
        order = (*plan.sent, *plan.dropped)
        dropped = [paper for paper in order if paper not in set(sent)]
        return replace(
            plan,
            sent=tuple(sent),
            sampled=plan.sampled.intersection(sent),
            dropped=tuple(dropped),
        )

    def comments(self, profile: Profile) -> Mapping[PaperId, str]:
        """The sentences of the cards that the last run made."""
        if self.scored is None:
            return {}
        scores = self.scored.scores
        cards = pick(scores, profile.base_line, profile.cap).over
        return {paper: scores[paper].comment for paper in cards if scores[paper].relevance}


def earlier(
    kept: Kept,
    profile: Profile,
    day: date,
    candidates: Sequence[Candidate],
    graded: Mapping[PaperId, Graded],
) -> Earlier:
    """What is known of a day already; `graded` is all that models said for the profile."""
    replaced = {c.paper.id for c in candidates if c.announce_type.rank > 1}
    own = {c.paper.id for c in candidates}

    def valid(paper: PaperId, each: Graded) -> bool:
        now = each.day == day or paper not in replaced
        return paper in own and now and each.revision == profile.revision

    second = kept.grades(SECOND_LOOK.format(name=profile.name), day)
    scored = kept.scores(profile.name, profile.revision, day, "llm")
    return Earlier(
        {p: Grade(e.relevance, e.novelty) for p, e in graded.items() if valid(p, e)},
        {
            p: Grade(e.relevance, e.novelty)
            for p, e in second.items()
            if valid(p, e) and e.day == day
        },
        scored if scored and scored.usage.scorer == "llm" else None,
    )


def save_again(
    kept: Kept, profile: Profile, day: date, model: str, grades: Mapping[PaperId, Grade]
) -> None:
    """Keep second looks, so that a day that is scored again pays for none twice."""
    said = {paper: (grade.relevance, grade.novelty, 1.0) for paper, grade in grades.items()}
    name = SECOND_LOOK.format(name=profile.name)
    kept.save_grades(name, profile.revision, day, model, said)
