"""Which terms separate some papers from others: log-odds with an informative prior."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from paperlark.drafting.spoken import Spoken, best, forms, lowered, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.domain import Paper

_PART: Final = re.compile(r"[^\W\d_][^\W_]*")
_PRIOR: Final = 6.0
"""Papers of the field that the few papers start with."""
_LARGE: Final = 300
"""Papers from which a field knows what is rare in it."""
_OF: Final = " of "
_RECURS, _SHARED = 3, 2
_TITLED: Final = 0.06
"""A theme stands in the title of at least so many of its papers: see `feedback.Field`."""
_MET: Final = 8.0
"""Papers of the field from which a term is sure to be met again."""
_COMMON: Final = 0.12
"""A term of more of the field than this is no interest of its own."""
_PAIR: Final = 1.5
"""What a pair of words is worth beside a word: it says more, and misleads less."""


@dataclass(slots=True)
class Background:
    """How many papers of a field have each of the terms that were looked for.

    Attributes:
        papers: how many there are.
        having: term to number of papers; `titled`: to those with it in the title.
        forms: how the field writes each of them.
    """

    papers: int = 0
    having: Counter[str] = field(default_factory=Counter)
    titled: Counter[str] = field(default_factory=Counter)
    forms: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, papers: Iterable[Paper], wanted: Iterable[str]) -> Background:
        """The field of these papers, for the wanted terms."""
        made, sought = cls(), frozenset(wanted)
        for paper in papers:
            made.papers += 1
            spoken = Spoken.of(paper)
            made.having.update(sought & spoken.counts.keys())
            made.titled.update(sought & spoken.title)
            for term, written in forms(paper, sought):
                made.forms.setdefault(term, Counter())[written] += 1
        return made

    @property
    def large(self) -> bool:
        """Whether it tells rare terms from common ones."""
        return self.papers >= _LARGE

    def share(self, term: str) -> float:
        """The share of papers with the term, never 0 or 1."""
        return (self.having[term] + 0.5) / (self.papers + 1)

    def met(self, term: str) -> float:
        """How far a term will be met again, 0 to 1; 1 where the field is too small to tell."""
        return min(1.0, (1 + self.having[term]) / _MET) if self.large else 1.0

    def worth(self, term: str) -> float:
        """How much sharing a term says about two papers: log of 1 / share."""
        return -math.log(self.share(term))


def telling(
    of: Sequence[Spoken], against: Sequence[Spoken], field: Background, *, loose: bool = False
) -> dict[str, float]:
    """Terms that `of` are about and the field is not, to how surely; pairs count more.

    The log-odds ratio of being about a term between those papers and the field, in deviations,
    with the field's own share as the prior (Monroe, Colaresi and Quinn, Political Analysis 16,
    2008, for papers instead of words). A term that `against` is about as much as half of what
    `of` is about it is left out; so is what a large field never or mostly says, unless `loose`.
    """
    found: dict[str, float] = {}
    for term in sorted({term for each in of for term in each.counts}):
        mass = sum(each.mass(term) for each in of)
        other = sum(each.mass(term) for each in against)
        if (
            _fits(term, of, field, loose or not field.large)
            and other * len(of) <= mass * len(against) / 2
        ):
            sure = _sure(mass, len(of), term, field)
            if sure > 0:
                found[term] = sure * (_PAIR if " " in term else 1.0)
    return found


def _fits(term: str, of: Sequence[Spoken], field: Background, loose: bool) -> bool:  # noqa: FBT001  (private, by place)
    """Whether a term can be anybody's interest: titles first, neither unique nor everywhere."""
    titled = any(term in each.title for each in of)
    if loose:
        return titled and not any(_OF in each.headed.get(term, "") for each in of)
    if titled and " " in term:
        return 0 < field.having[term] <= _COMMON * field.papers
    theme = field.titled[term] >= _TITLED * field.having[term]
    said = titled or sum(term in each.counts for each in of) >= _SHARED
    return said and theme and _RECURS <= field.having[term] <= _COMMON * field.papers


def _sure(mass: float, papers: int, term: str, field: Background) -> float:
    share = field.share(term)
    have, lack = mass + _PRIOR * share, papers - mass + _PRIOR * (1 - share)
    theirs = field.having[term] + 0.5
    rest = field.papers - field.having[term] + 0.5
    odds = math.log(have / lack) - math.log(theirs / rest)
    return odds / math.sqrt(1 / have + 1 / lack + 1 / theirs + 1 / rest)


def written(term: str, of: Sequence[Spoken], field: Background) -> str:
    """The term in full words, as abstracts write it; where none does, as a title, but for capitals.

    A word that some abstract has in lower case loses its capital.
    """
    own: Counter[str] = Counter()
    for each in of:
        own.update(each.forms.get(term, Counter()))
    if not own:
        own = Counter(each.headed[term] for each in of if term in each.headed)
    kept = best(own) if own else term
    return _PART.sub(lambda part: _plain(part[0], of, field), kept)


def _plain(word: str, of: Sequence[Spoken], field: Background) -> str:
    """The word with its capital only where every abstract gives it one."""
    name = next((term for term, _ in terms(word)), "")
    forms_of = [field.forms.get(name, Counter()), *(each.forms.get(name, Counter()) for each in of)]
    found = {form for each in forms_of for form in each}
    if not found:
        return lowered(word)
    return word.lower() if word.lower() in found else word
