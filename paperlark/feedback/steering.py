"""What votes make of one day: its line, its order, and how it is cut."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paperlark.feedback.choice import pick
from paperlark.feedback.taste import PLAIN, rerank

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from paperlark.domain import Line, PaperId, Score
    from paperlark.feedback.choice import Pick
    from paperlark.feedback.taste import Taste


@dataclass(frozen=True, slots=True)
class Steering:
    """How a day's scored papers become cards; without votes, by the scorer alone.

    Attributes:
        line: the score a card needs.
        taste: whose order.
        similarity, words: of the day's papers, as `rerank` takes them.
        least: cards shown even where fewer are over the line.
        wild: whether one card is drawn from under the line.
    """

    line: Line
    taste: Taste = PLAIN
    similarity: Mapping[PaperId, float] = field(default_factory=dict)
    words: Mapping[PaperId, float] = field(default_factory=dict)
    least: int = 0
    wild: bool = False

    def order(self, scores: Mapping[PaperId, Score]) -> dict[PaperId, Score]:
        """The scores as the digest ranks by them (see `rerank`)."""
        return rerank(scores, self.taste, self.similarity, self.words)

    def cut(self, scores: Mapping[PaperId, Score], cap: int, seed: tuple[str, date]) -> Pick:
        """Ordered scores by what becomes of each (see `pick`).

        Args:
            scores: as `order` gave them.
            cap: most cards.
            seed: profile and mailing date, which a wild card is drawn by.
        """
        drawn = seed if self.wild else None
        return pick(scores, self.line.value, cap, least=self.least, seed=drawn)
