"""The papers of some digests that stand out: by score, and by votes. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from paperlark.domain import Card, Digest, PaperId
    from paperlark.vote import Vote

KEEP = 5


class Favourite(NamedTuple):
    """A card that stands out, the line it met, and the votes on its paper."""

    card: Card
    day: date
    line: float
    ups: int = 0
    downs: int = 0


class Turnout(NamedTuple):
    """How many voted: votes that stand, the people they are from, those up."""

    votes: int
    people: int
    ups: int


def best(digests: Iterable[Digest], keep: int = KEEP) -> tuple[Favourite, ...]:
    """The cards with the highest scores, each paper once; of equal ones the newest day's."""
    found = _cards(digests)
    ranked = sorted(found.values(), key=lambda each: (-each.card.score.value, each.card.paper.id))
    return tuple(ranked[:keep])


def liked(
    digests: Iterable[Digest], votes: Iterable[Vote], keep: int = KEEP
) -> tuple[Favourite, ...]:
    """The papers with the most votes up, of those the ones with fewest down; none without any."""
    found, thumbs = _cards(digests), counted(votes)
    rows = (
        each._replace(ups=thumbs[paper, Thumb.UP], downs=thumbs[paper, Thumb.DOWN])
        for paper, each in found.items()
    )
    ranked = sorted(
        (row for row in rows if row.ups),
        key=lambda row: (-row.ups, row.downs, -row.card.score.value, row.card.paper.id),
    )
    return tuple(ranked[:keep])


def turnout(digests: Iterable[Digest], votes: Iterable[Vote]) -> Turnout:
    """How many voted on the cards of these digests."""
    papers = {card.paper.id for digest in digests for card in digest.cards}
    words = {who: thumb for who, thumb in _words(votes).items() if who[0] in papers}
    return Turnout(
        len(words), len({voter for _, voter in words}), list(words.values()).count(Thumb.UP)
    )


def counted(votes: Iterable[Vote]) -> Counter[tuple[PaperId, Thumb]]:
    """How many people said what about each paper."""
    return Counter((paper, thumb) for (paper, _), thumb in _words(votes).items())


def _words(votes: Iterable[Vote]) -> Mapping[tuple[PaperId, str], Thumb]:
    """Each person's last word on each paper, in whichever place; withdrawn ones left out."""
    standing = sorted((vote for vote in votes if vote.verdict), key=lambda vote: vote.at)
    return {(vote.paper, vote.voter): vote.verdict for vote in standing}


def _cards(digests: Iterable[Digest]) -> Mapping[PaperId, Favourite]:
    """Every paper once, as its best score showed it."""
    found: dict[PaperId, Favourite] = {}
    for digest in sorted(digests, key=lambda digest: digest.date):
        for card in digest.cards:
            held = found.get(card.paper.id)
            if held is None or card.score.value >= held.card.score.value:
                found[card.paper.id] = Favourite(card, digest.date, digest.line.value)
    return found
