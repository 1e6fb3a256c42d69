"""Which of a person's interests each paper of a day is of, and who gets the places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from paperlark.feedback import interests as kinds
from paperlark.feedback.interests import Measure
from paperlark.personal.known import words_of
from paperlark.personal.own import TUNING
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from paperlark.domain import PaperId
    from paperlark.personal.known import Day
    from paperlark.personal.own import Own
    from paperlark.personal.ranking import Ranking

_LOOKED_AT: Final = 300
"""Papers of a day that may be of an interest."""
_SPELLING: Final = 10
"""Papers that tell how an interest's words are written."""
_HALF: Final = 0.5
_ALONE: Final = 1


class Sharing(NamedTuple):
    """The papers that get the places, best first, and what of several interests each is of.

    Attributes:
        chosen: the papers.
        because: the terms that name the interest of each paper that has one, where there are
            several interests.
        interests: all of them, heaviest first, by their terms.
    """

    chosen: tuple[PaperId, ...]
    because: Mapping[PaperId, tuple[str, ...]]
    interests: tuple[tuple[str, ...], ...] = ()


def sharing(day: Day, own: Own, found: Ranking, now: date, places: int) -> Sharing:
    """Share a day's places among a person's interests (see `feedback.interests.shared`).

    Liked are papers voted up, saved, and those the profile was made from; the older, the less.
    Before a person has a taste of their own, and with one interest, it is the plain order.
    """
    ranked = tuple(found.scores)
    plain = Sharing(ranked[:places], {})
    if not found.own or not ranked:
        return plain
    weights = _liked(day, own, found, now)
    liked = {paper: words_of(day.papers[paper]) for paper in weights}
    measure = Measure.of(liked.values(), day.around)
    interests = kinds.interests(liked, weights, measure)
    named = tuple(kinds.spoken(each, _texts(day, each.papers)) for each in interests)
    if len(interests) <= _ALONE:
        return plain._replace(interests=named)
    best = _HALF * found.scores[ranked[0]].value
    near = [p for p in ranked if found.scores[p].value >= best and p in day.papers][:_LOOKED_AT]
    vectors = [measure.vector(words_of(day.papers[paper])) for paper in near]
    of = zip(near, kinds.nearest(vectors, interests), strict=True)
    belongs = {paper: place for paper, place in of if place is not None}
    rest = sum(weights.values()) - sum(each.mass for each in interests)
    masses = (*(each.mass for each in interests), max(0.0, rest))
    values = {paper: score.value for paper, score in found.scores.items()}
    chosen = kinds.shared(ranked, values, belongs, masses, places)
    because = {paper: named[belongs[paper]] for paper in chosen if paper in belongs}
    return Sharing(chosen, because, named)


def _liked(day: Day, own: Own, found: Ranking, now: date) -> dict[PaperId, float]:
    """Liked papers whose text is known, the heaviest of them, and what each weighs."""
    fallen = {vote.paper for vote in found.facts if vote.verdict is not Thumb.UP}
    weights = {paper: 1.0 for paper in own.examples if paper not in fallen}
    for vote in found.facts:
        if vote.verdict is Thumb.UP:
            weights[vote.paper] = TUNING.decay ** max(0, (now - vote.at.date()).days)
    known = sorted((-weight, paper) for paper, weight in weights.items() if paper in day.papers)
    return {paper: -weight for weight, paper in known[: kinds.NEWEST]}


def _texts(day: Day, papers: Sequence[PaperId]) -> tuple[str, ...]:
    texts = (day.papers[paper] for paper in papers[:_SPELLING])
    return tuple(f"{each.title} {each.abstract}" for each in texts)
