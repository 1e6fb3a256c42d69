"""The lists a digest is read by: what became of every paper that is not a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.domain import Fate
from paperlark.feedback.tuning import DEFAULT

if TYPE_CHECKING:
    from paperlark.domain import Card, Digest, Unshown

NEAR = 4


def over(digest: Digest) -> tuple[Card, ...]:
    """The cards on or over the line, best first."""
    return tuple(card for card in digest.cards if card.score.value >= digest.line.value)


def low(digest: Digest) -> tuple[Card, ...]:
    """The cards from under the line: shown for the least a day, and the wild card."""
    return tuple(card for card in digest.cards if card.score.value < digest.line.value)


def pool(digest: Digest) -> int:
    """How many papers the wild card was drawn from."""
    return min(DEFAULT.pool, len(under(digest)) + sum(card.wild for card in digest.cards))


def of(digest: Digest, fate: Fate) -> tuple[Unshown, ...]:
    """Papers of that fate that are not cards, in the digest's order."""
    return tuple(paper for paper in digest.not_shown if paper.fate is fate)


def past_cap(digest: Digest) -> tuple[Unshown, ...]:
    """Papers with the score for a card that something else kept off, best first."""
    return tuple(
        paper
        for paper in of(digest, Fate.BELOW)
        if paper.score is not None and paper.score >= digest.line.value
    )


def under(digest: Digest) -> tuple[Unshown, ...]:
    """Papers with a score under the line, nearest first."""
    return tuple(
        paper
        for paper in of(digest, Fate.BELOW)
        if paper.score is not None and paper.score < digest.line.value
    )


def near(digest: Digest) -> tuple[Unshown, ...]:
    """The near misses: the papers nearest below the line, four at most."""
    return under(digest)[:NEAR]


def divided(digest: Digest) -> bool:
    """Whether any paper lies on either side of the line, so that it is worth drawing."""
    return bool(digest.cards or any(paper.score is not None for paper in digest.not_shown))


def by_rule(digest: Digest) -> tuple[tuple[str, tuple[Unshown, ...]], ...]:
    """Filtered papers by the rule that removed them, the busiest rule first."""
    groups: dict[str, list[Unshown]] = {}
    for paper in of(digest, Fate.FILTERED):
        groups.setdefault(paper.rule or "removed by a rule", []).append(paper)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return tuple((rule, tuple(papers)) for rule, papers in ordered)
