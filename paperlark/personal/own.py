"""What one person said: votes under any of their names, saved papers, and their layer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from paperlark.domain import Term
from paperlark.feedback import phrases as said
from paperlark.feedback.facts import standing
from paperlark.feedback.tuning import Tuning
from paperlark.layer import Layer
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from paperlark.domain import PaperId
    from paperlark.feedback import Showing

NEEDED: Final = 8
"""Votes and saved papers after which taste is a person's own."""
TUNING: Final = Tuning(votes=NEEDED, days=1, a_day=1_000)
"""Nobody has to be held back on a page that only they see: all of a day's votes count in full."""
_SAVED: Final = "saved"
_NOT: Final = re.compile(r"\bnot\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Own:
    """One person's facts.

    Attributes:
        person: the name their facts are counted under.
        votes: last words in every place, under any name.
        saved: papers put aside, and when.
        layer: what they follow and mute.
        shown: what their own pages of this profile's days showed.
        examples: papers they are known to like besides: those their profile was made from.
    """

    person: str
    votes: tuple[Vote, ...] = ()
    saved: Mapping[PaperId, datetime] = field(default_factory=dict)
    layer: Layer = field(default_factory=Layer)
    shown: tuple[Showing, ...] = ()
    examples: tuple[PaperId, ...] = ()

    def facts(self, day: date) -> tuple[Vote, ...]:
        """What was said before that date, in UTC, once a paper: votes, and saving as a 👍.

        A vote says more than saving: of a paper that has both, the vote counts.
        """
        named = (replace(vote, voter=self.person) for vote in self.votes)
        said = standing(named, day)
        voted = {vote.paper for vote in said}
        kept = (
            Vote(at, self.person, _SAVED, paper, Thumb.UP, Door.PAGE)
            for paper, at in sorted(self.saved.items())
            if at.date() < day and paper not in voted
        )
        return (*said, *kept)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The words followed, and the phrases of the topics; what follows ``not:`` speaks against.

        Each once, as it was named first.
        """
        named = [Term(word) for word in self.layer.words]
        found = (*named, *phrases(self.layer.topics))
        return tuple({term.text.casefold(): term for term in reversed(found)}.values())[::-1]


def phrases(topics: str) -> tuple[Term, ...]:
    """The phrases of somebody's topics, as followed words."""
    wanted, _, unwanted = _NOT.sub("\n", topics, count=1).partition("\n")
    return (*said.phrases(wanted), *said.phrases(unwanted, sign=-1.0))
