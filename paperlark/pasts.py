"""Past digests with the scores behind them: what a replay looks back on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from paperlark.domain import Score
from paperlark.feedback import Past, amounts, folded, standardised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Digest, Paper, PaperId, Scored, Term


class Kept(Protocol):
    """The slice of the store that past days are read from."""

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date."""

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        """Dates with a digest, oldest first."""

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        """What that scorer said about that day."""

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids."""


def pasts(
    store: Kept, profile: str, since: date, until: date, terms: Sequence[Term] = ()
) -> tuple[Past, ...]:
    """The profile's digests of these dates, both included, oldest first; none without scores.

    Scores are the scorer's own as long as they are kept (35 days), afterwards those the digest
    holds; then nothing is known of similarity.

    Args:
        store: where to look.
        profile: the profile's name.
        since: the first mailing date,
        until: and the last.
        terms: words that are followed, for `Past.words`.
    """
    days = [day for day in store.digest_dates(profile) if since <= day <= until]
    digests = [digest for day in days if (digest := store.digest(profile, day)) is not None]
    return tuple(past(store, digest, terms) for digest in digests if _held(digest))


def scorer(store: Kept, profile: str, until: date) -> str:
    """Who scored the newest of the profile's digests up to that date; empty where there is none."""
    days = [day for day in store.digest_dates(profile) if day <= until]
    digest = store.digest(profile, days[-1]) if days else None
    return digest.usage.scorer if digest else ""


def past(store: Kept, digest: Digest, terms: Sequence[Term] = ()) -> Past:
    """One digest as a past day; see `pasts`."""
    revision, scorer = digest.provenance.revision, digest.usage.scorer
    kept = store.scores(digest.profile, revision, digest.date, scorer)
    held = _held(digest)
    scores = {key: kept.scores.get(key, score) for key, score in held.items()} if kept else held
    return Past(
        date=digest.date,
        shown=tuple(card.paper.id for card in digest.cards if not card.wild),
        line=digest.line.value,
        scores=scores,
        similarity=standardised(kept.similarity) if kept else {},
        words=_words(store, digest, terms),
    )


def _held(digest: Digest) -> dict[PaperId, Score]:
    """What the digest itself holds of every scored paper."""
    cards = {card.paper.id: card.score for card in digest.cards}
    rest = {each.id: Score(each.score) for each in digest.not_shown if each.score is not None}
    return cards | rest


def _words(store: Kept, digest: Digest, terms: Sequence[Term]) -> dict[PaperId, float]:
    """What the words add up to; of a paper whose abstract is forgotten the title is looked at."""
    if not terms:
        return {}
    papers = store.papers(_held(digest))
    texts = {each.id: folded(each.title) for each in digest.not_shown if each.score is not None}
    texts |= {key: folded(each.title, each.abstract) for key, each in papers.items()}
    texts |= {c.paper.id: folded(c.paper.title, c.paper.abstract) for c in digest.cards}
    return amounts(texts, terms)
