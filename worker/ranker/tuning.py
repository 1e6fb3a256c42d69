"""The ranker's constants, with what each one means. Chosen on tune days only (docs/ranking.md)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """Every constant of the model; the defaults are the product's.

    Attributes:
        title: how often a word of the title counts.
        avoid: what an exclusion of weight 1 takes away, in keywords of weight 1.
        profile: share of the profile's text in the prior, beside 1 for the phrases.
        against: share of the unwanted text, beside 1 for the wanted text.
        choose, sharp: an unlabelled paper counts as chosen by sigmoid(sharp x (z - choose)) of its
            prior's z: about the best 6 % of the store.
        pseudo: likes that all pseudo-chosen papers together are worth.
        dislikes: dislikes that the whole background is worth.
        keep: the prior's share of the score before the regression runs.
        trained, fade: that share once it runs, and the likes that halve it.
        centre: the regression's prior mean, in lengths of the centroid difference.
        cost: the regression's trust in labels (C of a linear classifier).
        passes: of the regression over its labels.
        enough: labels of each kind before the regression runs.
    """

    title: int = 2
    avoid: float = 1.5
    profile: float = 0.85
    against: float = 0.5
    choose: float = 1.65
    sharp: float = 3.0
    pseudo: float = 25.0
    dislikes: float = 60.0
    keep: float = 0.25
    trained: float = 0.35
    fade: float = 200.0
    centre: float = 20.0
    cost: float = 1.0
    passes: int = 5
    enough: float = 30.0
