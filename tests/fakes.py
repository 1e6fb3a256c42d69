"""The store in memory, for tests that need one and prove something else. Passes its contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paperlark.domain import BatchState
from paperlark.store.papers import fuller, stays
from paperlark.store.trace import trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import (
        Announcement,
        Batch,
        Digest,
        Label,
        Listing,
        Paper,
        PaperId,
        PaperTrace,
        Profile,
        Scored,
    )

FILLED = (BatchState.COMPLETE, BatchState.TRUNCATED)


@dataclass
class MemoryStore:
    """What `RedisStore` does, on dictionaries; nothing ever expires."""

    announced: dict[PaperId, Paper] = field(default_factory=dict)
    examples: dict[PaperId, Paper] = field(default_factory=dict)
    days: dict[tuple[date, str], Batch] = field(default_factory=dict)
    digests: dict[tuple[str, date], Digest] = field(default_factory=dict)
    known: dict[str, Profile] = field(default_factory=dict)
    answers: dict[tuple[str, str, date, str], Scored] = field(default_factory=dict)

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

    def labels(self, profile: str) -> Mapping[PaperId, Label]:  # noqa: ARG002  (LabelStore's form)
        return {}

    def save_digest(self, digest: Digest) -> None:
        self.digests[digest.profile, digest.date] = digest

    def digest(self, profile: str, day: date) -> Digest | None:
        return self.digests.get((profile, day))

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        return tuple(sorted(day for name, day in self.digests if name == profile))

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
