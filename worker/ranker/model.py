"""The ranker itself: see papers, fit to labels, score, and say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.ranker.calibration import Scale, calibrated
from worker.ranker.centroid import Sides, difference, sides
from worker.ranker.phrases import Hit, Matcher, compiled
from worker.ranker.prior import Linear, Prior, Spread, named, prior, spread
from worker.ranker.reasons import Reasons, Shares, reasons
from worker.ranker.regression import Masses, regress
from worker.ranker.stems import Tokens, stems
from worker.ranker.tuning import Tuning
from worker.ranker.vectors import Corpus, dot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import Label, Term


class _Cold(NamedTuple):
    """All that no label changes."""

    prior: Prior
    sides: Sides
    scale: Spread


class Ranker:
    """One linear model: a weight per word stem and one per phrase of the profile.

    1. The prior: the profile's phrases and its text grade every paper seen.
    2. Softly, the best few of all papers seen become a centroid against the rest: so words count
       that the profile never wrote. Unlabelled papers are free: show it all of the last weeks.
    3. Liked papers join that centroid, others the rest.
    4. With enough labels of both kinds, a logistic regression around it.

    The prior keeps a share of the score. Nothing depends on the order papers are seen in, on
    hashing, or on a clock.

    Args:
        wanted, unwanted: the profile's text, plain.
        keywords, exclusions: its phrases; weights multiply, None counts as 1.
    """

    def __init__(
        self,
        wanted: str,
        unwanted: str,
        keywords: Sequence[Term],
        exclusions: Sequence[Term],
        tuning: Tuning | None = None,
    ) -> None:
        self.tuning = tuning or Tuning()
        self.phrases = compiled(keywords, exclusions, self.tuning.avoid)
        self.trained = False
        self.labelled = Masses(0.0, 0.0)
        self.scale = Scale()
        self._profile = (stems(wanted), stems(unwanted))
        self._matcher = Matcher(self.phrases, self.tuning.title)
        self._corpus = Corpus(self.tuning.title)
        self._hits: dict[str, tuple[Hit, ...]] = {}
        self._texts: dict[str, tuple[str, str]] = {}
        self._cold: _Cold | None = None
        self._model = Linear([], [0.0] * len(self.phrases), 0.0)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    @property
    def informed(self) -> bool:
        """Whether any phrase or word of the profile stands in the papers seen."""
        return self._base().prior.informed

    def see(self, key: str, title: str, abstract: str, tokens: Tokens | None = None) -> None:
        """Takes a paper in, or in again; `tokens` are its kept ones, to save the time."""
        tokens = tokens or Tokens.of(title, abstract)
        self._corpus.add(key, tokens)
        self._hits[key] = self._matcher.hits(tokens)
        self._texts[key] = (title, abstract)
        self._cold = None

    def drop(self, key: str) -> None:
        """Forgets a paper; an unknown key is no error."""
        self._corpus.drop(key)
        self._hits.pop(key, None)
        self._texts.pop(key, None)
        self._cold = None

    def fit(self, labels: Mapping[str, Label]) -> None:
        """Learns from all papers seen and the labels of those among them; others are ignored."""
        known = {key: labels[key] for key in sorted(labels) if key in self._corpus}
        cold, vectors = self._base(), self._corpus.vectors()
        self.labelled = Masses.of(known)
        self.trained = min(self.labelled) >= self.tuning.enough
        if self.trained:
            self._regress(cold, known)
            return
        # Labelled papers stay on the unlabelled sides: a like only ever adds to its paper's score.
        weights = difference(cold.sides, vectors, known, self.tuning.dislikes)
        if cold.prior.informed:
            self._fold(cold, weights, cold.scale, self.tuning.keep)
        else:
            self._fold(cold, weights, self._spread(weights), 0.0)

    def score(self, keys: Iterable[str]) -> dict[str, float]:
        """The scores of papers seen, in the order asked: real numbers, 0 for a middling paper.

        Raises:
            KeyError: a paper was never seen.
        """
        vectors = self._corpus.vectors()
        words = self._words()
        return {
            key: self._model.bias
            + dot(words, vectors[key])
            + named(self._model.phrases, self._hits[key])
            for key in keys
        }

    def percent(self, score: float) -> float:
        """A score as 0 to 100, rising with it."""
        return self.scale.percent(score)

    def explain(self, key: str, n: int) -> Reasons:
        """Why a paper scores as it does: every phrase, and the `n` strongest words each way."""
        words, vector = self._words(), self._corpus.vectors()[key]
        values = [words[j] * v for j, v in zip(*vector, strict=True)]
        by_stem = Shares(vector.ids, values, self._corpus.stem)
        by_phrase = [
            (self.phrases[hit.phrase], hit, self._model.phrases[hit.phrase] * hit.amount)
            for hit in self._hits[key]
        ]
        return reasons(self._texts[key], by_stem, by_phrase, n, self._model.bias)

    def _base(self) -> _Cold:
        if self._cold is None:
            said = prior(self._corpus, self._hits, self.phrases, self._profile, self.tuning)
            base = sides(self._corpus, said, self.tuning)
            plain = difference(base, {}, {}, self.tuning.dislikes)
            self._cold = _Cold(said, base, self._spread(plain))
        return self._cold

    def _spread(self, weights: list[float]) -> Spread:
        return spread([dot(weights, vector) for vector in self._corpus.vectors().values()])

    def _words(self) -> list[float]:
        """The words' weights; 0 for words first seen after the last fit."""
        missing = self._corpus.width - len(self._model.words)
        if missing:
            self._model.words.extend([0.0] * missing)
        return self._model.words

    def _regress(self, cold: _Cold, labels: Mapping[str, Label]) -> None:
        """The trained form; calibrated on what each labelled paper scores without itself."""
        vectors = self._corpus.vectors()
        base = sides(self._corpus, cold.prior, self.tuning, without=labels)
        start = difference(base, vectors, labels, self.tuning.dislikes)
        weights = [self.tuning.centre * v for v in start]
        own = regress(weights, vectors, labels, self.tuning)
        left_out = {
            key: dot(weights, vector) - own.get(key, 0.0) for key, vector in vectors.items()
        }
        scale = spread(left_out.values())
        tuning = self.tuning
        share = tuning.trained * tuning.fade / (tuning.fade + self.labelled.liked)
        self._fold(cold, weights, scale, share)
        self.scale = calibrated(
            [
                (
                    (left_out[key] - scale.mean) / scale.deviation + share * cold.prior.grades[key],
                    label,
                )
                for key, label in labels.items()
            ]
        )

    def _fold(self, cold: _Cold, weights: list[float], scale: Spread, share: float) -> None:
        """Folds z(text) + share x prior into one weight per word and per phrase."""
        said = cold.prior.model
        self._model = Linear(
            [a / scale.deviation + share * b for a, b in zip(weights, said.words, strict=True)],
            [share * v for v in said.phrases],
            share * said.bias - scale.mean / scale.deviation,
        )
        self.scale = Scale()
