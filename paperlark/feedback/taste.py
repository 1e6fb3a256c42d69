"""Taste: what votes say about relevance, novelty, similarity and followed words beside the score.

log-odds of a 👍 = logit(score / 100) + level + a (relevance - 8) + b (novelty - 7) + c similarity
+ d words; the five are the most likely ones under votes and a normal prior that wants the plain
score. The level is the line's business; the others bend the order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from paperlark.domain import Score
from paperlark.feedback.facts import heard
from paperlark.feedback.solve import solve
from paperlark.feedback.tuning import DEFAULT
from paperlark.feedback.voices import gathered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import PaperId
    from paperlark.feedback.facts import Heard, Seen, Showing
    from paperlark.feedback.tuning import Tuning
    from paperlark.vote import Vote

_RELEVANCE, _NOVELTY = 8, 7  # where the two are worth nothing: the middle of what is shown
_GRADES, _DEVIATIONS, _WORDS, _ODDS = 3.0, 2.5, 2.0, 4.0  # what each is cut at
_ROUNDS, _ENOUGH = 12, 1e-6
_STEEP = 1.0  # most a coefficient moves in one round


@dataclass(frozen=True, slots=True)
class Taste:
    """What votes add to the plain score, in log-odds a unit; and how many votes said so."""

    level: float = 0.0
    relevance: float = 0.0
    novelty: float = 0.0
    similarity: float = 0.0
    words: float = 0.0
    votes: int = 0


PLAIN = Taste()
"""The taste of nobody: every score stays as it is."""


class Features(NamedTuple):
    """A paper as taste sees it: log-odds of its plain score, and the four things beside it."""

    odds: float
    relevance: float
    novelty: float
    similarity: float
    words: float


def features(card: Seen) -> Features:
    """A card's features, each cut where more would say no more."""
    return _about(Score(card.score, card.relevance, card.novelty), card.similarity, card.words)


def logit(score: float) -> float:
    """A score of 0 to 100 as log-odds, between -4 and 4."""
    share = min(0.999, max(0.001, score / 100))
    return _cut(math.log(share / (1 - share)), _ODDS)


def standardised(similarity: Mapping[PaperId, float]) -> dict[PaperId, float]:
    """The ranker's raw scores of a day in deviations from their mean; 0 where all are equal."""
    count = len(similarity) or 1
    mean = math.fsum(similarity.values()) / count
    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in similarity.values()) / count)
    return {key: (v - mean) / spread if spread > _ENOUGH else 0.0 for key, v in similarity.items()}


def taste(
    votes: Iterable[Vote], shown: Iterable[Showing], day: date, tuning: Tuning = DEFAULT
) -> Taste:
    """The taste of the votes cast before a mailing date.

    One voice a person, as for the line; a 👎 counts more than a 👍 (`Tuning.down`), old votes less.
    Until there are `Tuning.votes` votes from `Tuning.days` days it is `PLAIN`. It has no path: it
    is the same however it came about, and a coefficient is rounded to 4 digits so that it is the
    same on every host.
    """
    kept = tuple(shown)
    known = heard(votes, kept, day)
    awake = len(known) >= tuning.votes and len({vote.day for vote in known}) >= tuning.days
    if not awake:
        return replace(PLAIN, words=tuning.word, votes=len(known))
    room = gathered(known, (each.date for each in kept if each.date < day), tuning)
    rows = _rows(known, room.voices(), day, tuning)
    prior = (0.0, 0.0, 0.0, tuning.similar, tuning.word)
    found = fit(rows, prior, tuning.spread)
    level, relevance, novelty, similarity, words = (round(v, 4) for v in found)
    return Taste(level, relevance, novelty, similarity, words, len(known))


class Row(NamedTuple):
    """A vote to learn from: features with a leading 1 instead of the odds, which are apart."""

    odds: float
    features: tuple[float, float, float, float, float]
    up: bool
    weight: float


def _rows(
    known: Sequence[Heard], voices: Mapping[str, float], day: date, tuning: Tuning
) -> list[Row]:
    said: dict[tuple[date, str], int] = {}
    for vote in known:
        said[vote.day, vote.voter] = said.get((vote.day, vote.voter), 0) + 1
    rows = []
    for vote in known:
        age = (day - vote.day).days
        weight = voices[vote.voter] * min(1.0, tuning.a_day / said[vote.day, vote.voter])
        weight *= tuning.decay**age * (1.0 if vote.up else tuning.down)
        if age <= tuning.window and weight > 0:
            odds, relevance, novelty, near, words = features(vote.card)
            rows.append(Row(odds, (1.0, relevance, novelty, near, words), vote.up, weight))
    return rows


def fit(rows: Sequence[Row], prior: Sequence[float], spread: Sequence[float]) -> list[float]:
    """The most likely level and coefficients (MAP logistic regression, Newton's method).

    A vote turned from down to up never lowers ``level + shift`` of a paper with its features: the
    sum of losses is convex, and that vote's part of it falls faster along them.

    Args:
        rows: the votes.
        prior: what the five are without votes.
        spread: how far votes may carry each from there, as a deviation.
    """
    stiff = [1 / deviation**2 for deviation in spread]
    at = list(prior)
    for _ in range(_ROUNDS):
        slope, bend = _loss(rows, at)
        for i, each in enumerate(stiff):
            slope[i] -= each * (at[i] - prior[i])
            bend[i][i] += each
        step = [_cut(v, _STEEP) for v in solve(bend, slope)]
        at = [a + b for a, b in zip(at, step, strict=True)]
        if max(map(abs, step)) < _ENOUGH:
            break
    return at


def _loss(rows: Sequence[Row], at: Sequence[float]) -> tuple[list[float], list[list[float]]]:
    """The slope of the log-likelihood at these coefficients, and its curvature (lower half)."""
    a0, a1, a2, a3, a4 = at
    slope, bend = [0.0] * len(at), [[0.0] * len(at) for _ in at]
    for odds, x, up, weight in rows:
        _, x1, x2, x3, x4 = x
        chance = 1 / (1 + math.exp(-(odds + a0 + a1 * x1 + a2 * x2 + a3 * x3 + a4 * x4)))
        pull, curve = weight * (up - chance), weight * chance * (1 - chance)
        for i, value in enumerate(x):
            if value:
                slope[i] += pull * value
                row, times = bend[i], curve * value
                for j in range(i + 1):
                    row[j] += times * x[j]
    return slope, bend


def shift(of: Taste, paper: Features, tuning: Tuning = DEFAULT) -> float:
    """What taste adds to a paper's log-odds: at most `Tuning.bend`, and `word_bend` for words."""
    learnt = (
        of.relevance * paper.relevance
        + of.novelty * paper.novelty
        + of.similarity * paper.similarity
    )
    return _cut(learnt, tuning.bend) + _cut(of.words * paper.words, tuning.word_bend)


def rerank(
    scores: Mapping[PaperId, Score],
    of: Taste,
    similarity: Mapping[PaperId, float] | None = None,
    words: Mapping[PaperId, float] | None = None,
    tuning: Tuning = DEFAULT,
) -> dict[PaperId, Score]:
    """A day's scores in the order of a taste, best first; without votes and words as they were.

    Taste moves papers, not the line: the day's values stay the same numbers, the best of them goes
    to the paper that taste puts first, and so on. So as many papers are over the line as before,
    and no two values are equal where no two were.

    Args:
        scores: the scorer's own.
        of: whose taste.
        similarity: `standardised` scores of the ranker.
        words: what the followed words of each paper add up to (`terms.amounts`).
        tuning: the constants.
    """
    near, named = similarity or {}, words or {}
    plain = sorted(scores, key=lambda paper: (-scores[paper].value, paper))
    odds = {
        paper: _odds(of, _about(each, near.get(paper, 0.0), named.get(paper, 0.0)), tuning)
        for paper, each in scores.items()
    }
    bent = sorted(plain, key=lambda paper: -odds[paper])  # equal ones stay in plain order
    return {
        paper: replace(scores[paper], value=scores[place].value)
        for paper, place in zip(bent, plain, strict=True)
    }


def _odds(of: Taste, about: Features, tuning: Tuning) -> float:
    return about.odds + shift(of, about, tuning)


def _about(score: Score, near: float, named: float) -> Features:
    relevance, novelty = score.relevance or _RELEVANCE, score.novelty or _NOVELTY
    return Features(
        logit(score.value),
        _cut(relevance - _RELEVANCE, _GRADES),
        _cut(novelty - _NOVELTY, _GRADES),
        _cut(near, _DEVIATIONS),
        _cut(named, _WORDS),
    )


def _cut(value: float, most: float) -> float:
    return max(-most, min(most, value))
