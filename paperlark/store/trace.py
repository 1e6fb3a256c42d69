"""All that is kept about one paper, put together for ``paperlark why``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from paperlark.domain import Fate, PaperTrace, Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from paperlark.domain import Card, Digest, Listing, Paper, PaperId, Scored, Unshown


class Kept(Protocol):
    """The slice of the store that a trace is read from."""

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids."""

    def listed(
        self, paper: PaperId, day: date | None = None
    ) -> tuple[tuple[date, str, Listing], ...]:
        """Kept listings of the paper, newest date first."""

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date."""

    def shown_on(self, profile: str, paper: PaperId) -> tuple[date, ...]:
        """Dates whose digest shows the paper."""

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        """What that scorer said about that day."""


def trace(store: Kept, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
    """Where a paper was listed, what it scored, and what became of it on that day's digest.

    Args:
        store: where to look.
        profile: the profile's name.
        paper: the canonical id.
        day: a mailing date; None for the newest that lists or shows the paper.

    Returns:
        A trace whose ``listings`` are that day's. ``notes`` name the other days that listed the
        paper and the digests that show it, one sentence each.
    """
    listed, shown = store.listed(paper), store.shown_on(profile, paper)
    at = day or max([each[0] for each in listed] + list(shown), default=None)
    digest = store.digest(profile, at) if at else None
    card, unshown = _entry(digest, paper)
    return PaperTrace(
        id=paper,
        paper=store.papers([paper]).get(paper) or (card.paper if card else None),
        listings=tuple((category, row) for date_, category, row in listed if date_ == at),
        fate=Fate.SHOWN if card else unshown.fate if unshown else None,
        score=card.score if card else _score(store, digest, unshown),
        rule=unshown.rule if unshown else None,
        reason=unshown.reason if unshown else "",
        notes=_notes(at, listed, shown),
    )


def _entry(digest: Digest | None, paper: PaperId) -> tuple[Card | None, Unshown | None]:
    """The paper's place on a digest: at most one of the two is there."""
    if digest is None:
        return None, None
    card = next((card for card in digest.cards if card.paper.id == paper), None)
    return card, next((each for each in digest.not_shown if each.id == paper), None)


def _score(store: Kept, digest: Digest | None, unshown: Unshown | None) -> Score | None:
    """The scorer's whole answer where it is still kept, else the number the digest holds."""
    if digest is None or unshown is None or unshown.score is None:
        return None
    revision, scorer = digest.provenance.revision, digest.usage.scorer
    scored = store.scores(digest.profile, revision, digest.date, scorer)
    whole = scored.scores.get(unshown.id) if scored else None
    return whole or Score(unshown.score)


def _notes(
    at: date | None, listed: Iterable[tuple[date, str, Listing]], shown: Iterable[date]
) -> tuple[str, ...]:
    elsewhere = [
        f"Listed in {category} as {row.announce_type} for {day}."
        for day, category, row in listed
        if day != at
    ]
    return (*elsewhere, *(f"Shown on the digest of {day}." for day in shown if day != at))
