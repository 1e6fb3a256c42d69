"""What is known of a day and of the papers a person spoke about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from paperlark.domain import Score
from paperlark.feedback import Seen, Showing, amounts, folded, phrase, standardised
from paperlark.personal import glance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from paperlark.domain import Digest, Paper, PaperId, Scored, Term
    from paperlark.feedback import Words

AROUND = 300
"""Papers of a day that tell which terms are telling."""
MIDDLING = 50.0
"""The score of a paper of which none is known."""


@dataclass(frozen=True, slots=True)
class Day:
    """A profile's day, and the papers of a person's facts.

    Attributes:
        digest: as the place has it.
        scored: what its scorer said; None where that is no longer kept.
        papers: the texts of the day's papers and of those in the person's facts.
        shown: what the profile's digests showed.
        words: what the place's people decided to follow.
    """

    digest: Digest
    scored: Scored | None = None
    papers: Mapping[PaperId, Paper] = field(default_factory=dict)
    shown: tuple[Showing, ...] = ()
    words: tuple[Term, ...] = ()

    def steered(self) -> dict[PaperId, Score]:
        """The scored papers as the place's digest ranks them."""
        found = {card.paper.id: card.score for card in self.digest.cards}
        for each in self.digest.not_shown:
            if each.score is not None:
                found[each.id] = Score(each.score)
        said = self.scored.scores if self.scored else {}
        return {paper: _graded(score, said.get(paper)) for paper, score in found.items()}

    def plain(self) -> dict[PaperId, Score]:
        """The same papers under the scorer's own numbers, where these are still kept."""
        said = self.scored.scores if self.scored else {}
        held = {card.paper.id: card.score for card in self.digest.cards}
        for each in self.digest.not_shown:
            if each.score is not None:
                held[each.id] = said.get(each.id) or Score(each.score)
        return {paper: said.get(paper, score) for paper, score in held.items()}

    @property
    def around(self) -> tuple[Words, ...]:
        """The words of the papers the place's digest ranks first: what telling is measured by."""
        ids = [card.paper.id for card in self.digest.cards]
        ids += [each.id for each in self.digest.not_shown if each.score is not None]
        return tuple(words_of(self.papers[paper]) for paper in ids[:AROUND] if paper in self.papers)

    def similarity(self) -> dict[PaperId, float]:
        """The ranker's, in deviations of the day; empty where it did not look."""
        return standardised(self.scored.similarity) if self.scored else {}

    def naming(self, papers: Iterable[PaperId], terms: Iterable[Term]) -> dict[PaperId, float]:
        """What terms add up to in each paper that names any (`feedback.amounts`)."""
        sought = list(terms)
        needles = [phrase(term.text).split() for term in sought]
        texts = {
            paper: words_of(self.papers[paper])
            for paper in papers
            if paper in self.papers and glance.names_any(self.papers[paper], needles)
        }
        return amounts(texts, sought) if sought else {}

    def cards(
        self, of: Iterable[PaperId], own: Iterable[Showing], terms: Iterable[Term]
    ) -> Showing:
        """Papers as some digest or page showed them, with what these terms add up to in each.

        One that none showed has a middling score, so that its words alone say something.
        """
        wanted = sorted(set(of))
        seen: dict[PaperId, Seen] = {}
        for showing in (*own, *self.shown):
            seen |= {card.paper: card for card in showing.cards}
        named = self.naming(wanted, terms)
        cards = (_named(paper, seen.get(paper), named.get(paper, 0.0)) for paper in wanted)
        return Showing(self.digest.date, tuple(cards))


def _graded(score: Score, said: Score | None) -> Score:
    """The digest's number with the grades and the reason that the scorer gave."""
    if said is None:
        return score
    return Score(score.value, said.relevance, said.novelty, score.comment or said.comment)


def _named(paper: PaperId, card: Seen | None, words: float) -> Seen:
    return replace(card, words=words) if card else Seen(paper, 0, MIDDLING, words=words)


def words_of(paper: Paper) -> Words:
    """A paper's folded words."""
    return _folded(paper.title, paper.abstract)


@lru_cache(maxsize=1024)
def _folded(title: str, abstract: str) -> Words:
    return folded(title, abstract)
