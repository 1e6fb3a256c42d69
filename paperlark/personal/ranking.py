"""One person's order of a day's papers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from paperlark.feedback import PLAIN, Seen
from paperlark.feedback import taste as learnt
from paperlark.feedback.taste import features, shift
from paperlark.layer import among
from paperlark.personal.muting import followed, muted
from paperlark.personal.own import NEEDED, TUNING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from paperlark.domain import PaperId, Score
    from paperlark.feedback import Taste
    from paperlark.layer import Layer
    from paperlark.personal.known import Day
    from paperlark.personal.own import Own
    from paperlark.vote import Vote

AUTHOR: Final = 2.0
"""What a followed author lifts a paper by, in log-odds."""
CATEGORY: Final = 0.7
"""The same for a followed category, primary or not."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A day under one person's taste and layer.

    Attributes:
        scores: best first; the day's numbers, dealt out in this order. None is muted.
        plain: what the taste was held against: the scorer's own numbers, or those of the digest.
        muted: papers taken off, each with its rule.
        facts: what the person said before, once a paper.
        taste: whose order it is: `PLAIN` but for words where there are too few facts.
        words: what followed words add up to in each paper that names any.
    """

    scores: Mapping[PaperId, Score] = field(default_factory=dict)
    plain: Mapping[PaperId, Score] = field(default_factory=dict)
    muted: Mapping[PaperId, str] = field(default_factory=dict)
    facts: tuple[Vote, ...] = ()
    taste: Taste = PLAIN
    words: Mapping[PaperId, float] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether there are facts enough for a taste of one's own."""
        return len(self.facts) >= NEEDED


def ranking(day: Day, own: Own, now: date) -> Ranking:
    """The day's scored papers in the person's own order.

    With too few facts the order of the place's digest is bent by words and follows alone; without
    any of these it is that order. With enough, the person's own taste takes the place of the
    place's, over the scorer's plain numbers.

    Args:
        day: what is known.
        own: the person's facts.
        now: facts count from the day after they were given, so that no page changes while it is
            read.
    """
    facts = own.facts(now)
    awake = len(facts) >= NEEDED
    base = day.plain() if awake else day.steered()
    off = muted({paper: day.papers[paper] for paper in base if paper in day.papers}, own.layer)
    plain = {paper: score for paper, score in base.items() if paper not in off}
    terms = (*own.terms, *day.words) if awake else own.terms
    taste = replace(PLAIN, words=TUNING.word, votes=len(facts))
    if awake:
        shown = day.cards((vote.paper for vote in facts), own.shown, terms)
        taste = learnt(facts, [shown], now, TUNING)
    words = day.naming(plain, terms)
    near = day.similarity() if awake else {}
    odds = {
        paper: _odds(taste, paper, score, near.get(paper, 0.0), words.get(paper, 0.0))
        for paper, score in plain.items()
    }
    lifted = lifts(day, own.layer, plain)
    bent = {paper: value + lifted.get(paper, 0.0) for paper, value in odds.items()}
    return Ranking(dealt(plain, bent), plain, off, facts, taste, words)


def _odds(taste: Taste, paper: PaperId, score: Score, near: float, words: float) -> float:
    card = Seen(paper, 0, score.value, score.relevance, score.novelty, near, words)
    found = features(card)
    return found.odds + shift(taste, found, TUNING)


def lifts(day: Day, layer: Layer, papers: Mapping[PaperId, Score]) -> dict[PaperId, float]:
    """What followed authors and categories add to each paper's log-odds, where they do."""
    found: dict[PaperId, float] = {}
    for paper in papers if layer.authors or layer.categories else ():
        each = day.papers.get(paper)
        if each and followed(each, layer.authors):
            found[paper] = AUTHOR
        if each and any(among(name, layer.categories) for name in each.categories):
            found[paper] = found.get(paper, 0.0) + CATEGORY
    return found


def dealt(plain: Mapping[PaperId, Score], odds: Mapping[PaperId, float]) -> dict[PaperId, Score]:
    """The same numbers in the order of these odds; equal ones stay as they were.

    As `feedback.rerank`: as many papers are over the line as before.
    """
    places = sorted(plain, key=lambda paper: (-plain[paper].value, paper))
    bent = sorted(places, key=lambda paper: -odds[paper])
    return {
        paper: replace(plain[paper], value=plain[place].value)
        for paper, place in zip(bent, places, strict=True)
    }
