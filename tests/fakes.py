"""The store in memory, for tests that need one and prove something else. Passes its contract."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paperlark.domain import BatchState, Label
from paperlark.store.grades import Graded, full_days, target
from paperlark.store.papers import fuller, stays
from paperlark.store.spending import Standing
from paperlark.store.trace import trace
from paperlark.store.usage import Took, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import (
        Announcement,
        Batch,
        Digest,
        Listing,
        Paper,
        PaperId,
        PaperTrace,
        Profile,
        Scored,
    )
    from paperlark.store.grades import Said
    from paperlark.store.spending import Caps
    from paperlark.store.usage import Numbers

FILLED = (BatchState.COMPLETE, BatchState.TRUNCATED)


@dataclass
class MemorySpending:
    """What `Spending` does, in one process; leases run out by `lapse` alone."""

    held: dict[str, tuple[date, float]] = field(default_factory=dict)
    settled: dict[tuple[date, str], float] = field(default_factory=dict)
    uses: dict[tuple[str, date, str, str], Use] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reserve(
        self,
        token: str,
        usd: float,
        day: date,
        caps: Caps = (None, None),
        *,
        lease_s: float = 600.0,  # noqa: ARG002  (the form of `Spending`)
    ) -> bool:
        with self.lock:
            if token in self.held or (day, token) in self.settled:
                return token in self.held
            left = self.standing(day).left(caps)
            if left is not None and usd > left:
                return False
            self.held[token] = day, usd
            return True

    def settle(self, token: str, usd: float, day: date) -> None:
        with self.lock:
            self.held.pop(token, None)
            self.settled[day, token] = usd

    def lapse(self) -> None:
        self.held.clear()

    def standing(self, day: date) -> Standing:
        with self.lock:
            spent = [(at, usd) for (at, _), usd in self.settled.items()]
            held = list(self.held.values())
        return Standing(*_sums(spent, day), *_sums(held, day))

    def spent(self, day: date) -> float:
        return self.standing(day).day

    def spent_month(self, month: date) -> float:
        return self.standing(month).month

    def record(self, profile: str, day: date, model: str, numbers: Numbers, *, run: str) -> None:
        counts = (numbers.calls, numbers.prompt_tokens, numbers.cached_tokens)
        answered = (numbers.completion_tokens, numbers.reasoning_tokens)
        unpriced = numbers.calls if numbers.cost_usd is None else 0
        took = Took(*counts, *answered, numbers.cost_usd or 0.0, unpriced)
        self.uses[profile, day, run, model] = Use(profile, day, model, run, took)

    def usage(self, month: date, profile: str | None = None) -> tuple[Use, ...]:
        return tuple(
            use
            for _, use in sorted(self.uses.items(), key=lambda each: (each[0][1], *each[0]))
            if (use.day.year, use.day.month) == (month.year, month.month)
            and profile in {None, use.profile}
        )


def _sums(facts: list[tuple[date, float]], day: date) -> tuple[float, float]:
    today = sum(usd for at, usd in facts if at == day)
    month = sum(usd for at, usd in facts if (at.year, at.month) == (day.year, day.month))
    return today, month


@dataclass
class MemoryRungs:
    """What `Rungs` does; nothing expires."""

    kept: dict[str, int] = field(default_factory=dict)

    def get(self, server: str) -> int | None:
        return self.kept.get(server)

    def set(self, server: str, rung: int) -> None:
        self.kept[server] = rung


@dataclass
class MemoryStore:
    """What `RedisStore` does, on dictionaries; nothing ever expires."""

    announced: dict[PaperId, Paper] = field(default_factory=dict)
    examples: dict[PaperId, Paper] = field(default_factory=dict)
    days: dict[tuple[date, str], Batch] = field(default_factory=dict)
    digests: dict[tuple[str, date], Digest] = field(default_factory=dict)
    known: dict[str, Profile] = field(default_factory=dict)
    answers: dict[tuple[str, str, date, str], Scored] = field(default_factory=dict)
    graded: dict[tuple[str, date, PaperId], Graded] = field(default_factory=dict)
    rungs: MemoryRungs = field(default_factory=MemoryRungs)
    spending: MemorySpending = field(default_factory=MemorySpending)

    def save(self, announcement: Announcement, *, given: bool = False) -> None:
        for paper in announcement.papers.values():
            self.announced[paper.id] = fuller(paper, self.announced.get(paper.id))
        for batch in announcement.batches:
            old = self.days.get((batch.date, batch.category))
            if stays(batch, old, given=given):
                self.days[batch.date, batch.category] = batch

    def batches(self, day: date, categories: Sequence[str]) -> tuple[Batch, ...]:
        names = [(day, category) for category in categories]
        return tuple(self.days[name] for name in names if name in self.days)

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        held = self.examples | self.announced
        return {each: held[each] for each in ids if each in held}

    def recent(self) -> Iterator[Paper]:
        filled = [batch for _, batch in sorted(self.days.items()) if batch.state in FILLED]
        rows = [row.paper for batch in filled for row in batch.listings]
        yield from self.papers(dict.fromkeys(rows)).values()

    def keep(self, papers: Iterable[Paper]) -> None:
        self.examples |= {paper.id: paper for paper in papers}

    def last_batch(self, category: str, before: date) -> Batch | None:
        found = [
            (day, batch)
            for (day, name), batch in self.days.items()
            if name == category and day < before and batch.state in FILLED and batch.listings
        ]
        return max(found, key=lambda each: each[0])[1] if found else None

    def listed(
        self, paper: PaperId, day: date | None = None
    ) -> tuple[tuple[date, str, Listing], ...]:
        found = [
            (at, category, row)
            for (at, category), batch in sorted(self.days.items())
            for row in batch.listings
            if row.paper == paper and day in {None, at}
        ]
        return tuple(sorted(found, key=lambda each: each[0], reverse=True))

    def save_profile(self, profile: Profile) -> None:
        self.known[profile.name] = profile

    def profile(self, name: str) -> Profile | None:
        return self.known.get(name)

    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self.known[name] for name in sorted(self.known))

    def remove_profile(self, name: str) -> bool:
        return self.known.pop(name, None) is not None

    def save_scores(
        self, profile: str, revision: str, day: date, scorer: str, scored: Scored
    ) -> None:
        self.answers[profile, revision, day, scorer] = scored

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        return self.answers.get((profile, revision, day, scorer))

    def save_grades(
        self, profile: str, revision: str, day: date, model: str, said: Mapping[PaperId, Said]
    ) -> None:
        for paper, grades in said.items():
            self.graded[profile, day, paper] = Graded(day, *grades, model, revision)

    def grades(self, profile: str, since: date | None = None) -> Mapping[PaperId, Graded]:
        return {
            paper: graded
            for (name, day, paper), graded in sorted(self.graded.items(), key=lambda each: each[0])
            if name == profile and (since is None or day >= since)
        }

    def labels(self, profile: str) -> Mapping[PaperId, Label]:
        return {
            paper: Label(target(graded.relevance, graded.novelty), graded.weight)
            for paper, graded in self.grades(profile).items()
        }

    def days_graded(self, profile: str) -> int:
        return full_days(self.grades(profile).values())

    def record(self, profile: str, day: date, model: str, numbers: Numbers, *, run: str) -> None:
        self.spending.record(profile, day, model, numbers, run=run)

    def usage(self, month: date, profile: str | None = None) -> tuple[Use, ...]:
        return self.spending.usage(month, profile)

    def save_digest(self, digest: Digest) -> None:
        self.digests[digest.profile, digest.date] = digest

    def digest(self, profile: str, day: date) -> Digest | None:
        return self.digests.get((profile, day))

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        return tuple(sorted(day for name, day in self.digests if name == profile))

    def digest_profiles(self) -> tuple[str, ...]:
        return tuple(sorted({name for name, _ in self.digests}))

    def shown_before(self, profile: str, day: date) -> frozenset[PaperId]:
        before = [at for at in self.digest_dates(profile) if at < day]
        return frozenset(card.paper.id for at in before for card in self.digests[profile, at].cards)

    def shown_on(self, profile: str, paper: PaperId) -> tuple[date, ...]:
        return tuple(
            at
            for at in self.digest_dates(profile)
            if any(card.paper.id == paper for card in self.digests[profile, at].cards)
        )

    def trace(self, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
        return trace(self, profile, paper, day)
