"""The seams, as Protocols declared where they are consumed. Implementations inherit nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import (
        Announcement,
        Batch,
        Candidate,
        Digest,
        Label,
        Paper,
        PaperId,
        Profile,
        Scored,
    )


class Progress(Protocol):
    """Told how far long work has come; draws a bar, writes a line, or does nothing."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` parts of `step` are finished; `step` is a phrase for people."""


class Source(Protocol):
    """Where announcements come from."""

    def fetch(self, day: date, categories: Sequence[str]) -> Announcement:
        """The announcement of one mailing date in the given canonical categories.

        Every category comes back as one batch in a named state; only a wrong request raises
        (`ConfigError`), a date not announced yet (`NotFound`), or a source that cannot be used at
        all (`SourceError`).
        """


class Scorer(Protocol):
    """Judges papers against one profile."""

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        """Score every candidate: each comes back in ``scores`` or in ``undecided``."""


class PaperStore(Protocol):
    """Papers and batches by mailing date."""

    def save(self, announcement: Announcement, *, given: bool = False) -> None:
        """Keep papers and batches in one step: a half-written day is never read as a whole one.

        A worse batch never replaces a better one, unless a person gave it (`given`).
        """

    def batches(self, day: date, categories: Sequence[str]) -> tuple[Batch, ...]:
        """The batches kept for that day, in the order asked; those never fetched are absent."""

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids; unknown ones are absent."""

    def recent(self) -> Iterable[Paper]:
        """Every paper still kept, oldest mailing date first: the ranker's unlabelled text."""


class DigestStore(Protocol):
    """Digests by profile and mailing date."""

    def save_digest(self, digest: Digest) -> None:
        """Keep the digest, and remember which papers it shows; one step, or nothing."""

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date."""

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        """Dates with a digest, oldest first."""

    def shown_before(self, profile: str, day: date) -> frozenset[PaperId]:
        """Papers on the profile's digests of dates before `day`."""


class ScoreStore(Protocol):
    """Scores by profile revision, mailing date and scorer."""

    def save_scores(
        self, profile: str, revision: str, day: date, scorer: str, scored: Scored
    ) -> None:
        """Keep what a scorer gave back for a profile as it was."""

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        """What was kept for exactly this revision of the profile, date and scorer."""


class LabelStore(Protocol):
    """What is known about papers for a profile, for learning."""

    def labels(self, profile: str) -> Mapping[PaperId, Label]:
        """Known labels; empty until votes or a model's scores exist."""


class Store(PaperStore, DigestStore, ScoreStore, LabelStore, Protocol):
    """All that the pipeline needs of a store."""
