"""Edits of a profile that votes speak for: a line of text says more than weeks of thumbs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import TYPE_CHECKING

from paperlark.domain import Term
from paperlark.feedback import themes
from paperlark.feedback.facts import Knobs
from paperlark.feedback.terms import phrase
from paperlark.feedback.tuning import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Paper, PaperId
    from paperlark.feedback.facts import Showing
    from paperlark.feedback.field import Field
    from paperlark.feedback.themes import Said, Theme
    from paperlark.feedback.tuning import Tuning
    from paperlark.vote import Vote

WANTS, AVOIDS = 5, 2
"""Wishes of either kind that are proposed at once."""
_SURE, _STRUGGLING = 2.0, 0.8  # deviations a theme must be off, in peace and under the target
_SHORT = 0.15  # so far under the target the papers of a wanted word must be for a drop


class Wish(StrEnum):
    """What an edit does to the words a profile follows."""

    WANT = "want"
    EXCLUDE = "exclude"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One edit, to be accepted or not by a person.

    Attributes:
        wish, phrase: what to do with which phrase.
        also: phrases that mostly stand where it does.
        ups, downs: the votes on papers that name any of them.
        papers: those papers, in order of id.
        sure: how far the liked shares with and without it are apart, in deviations.
        said: the proposal as a sentence.
        topic: a line for the profile's topics; empty for a drop.
    """

    wish: Wish
    phrase: str
    also: tuple[str, ...]
    ups: int
    downs: int
    papers: tuple[PaperId, ...]
    sure: float
    said: str
    topic: str = ""

    def applied(
        self, followed: Sequence[Term], chosen: Sequence[str] | None = None
    ) -> tuple[Term, ...]:
        """The followed words with the edit: weight 1 for wanted, -1 for excluded words.

        Args:
            followed: the words so far.
            chosen: which of the phrases; None for all.
        """
        named = tuple(chosen) if chosen is not None else (self.phrase, *self.also)
        kept = tuple(term for term in followed if self._stays(term))
        if self.wish is Wish.DROP:
            return kept
        have = {phrase(term.text) for term in kept}
        weight = 1.0 if self.wish is Wish.WANT else -1.0
        return (*kept, *(Term(text, weight) for text in named if phrase(text) not in have))

    def _stays(self, term: Term) -> bool:
        return self.wish is not Wish.DROP or phrase(term.text) != phrase(self.phrase)


def proposals(
    votes: Iterable[Vote],
    shown: Iterable[Showing],
    day: date,
    *,
    texts: Mapping[PaperId, Paper],
    field: Field,
    followed: Sequence[Term] = (),
    declined: Iterable[str] = (),
    knobs: Knobs | None = None,
    tuning: Tuning = DEFAULT,
) -> tuple[Proposal, ...]:
    """The edits that the votes cast before a mailing date speak for: drops first, then surest.

    A theme must be liked, or not, 2 deviations more than others. Where the liked share is under
    the target 0.8 suffice to propose a wanted one, and what mostly stands beside the words followed
    is offered too, last. Nothing before `Tuning.votes` votes.

    Interests are kept apart: what the papers liked beside the words followed are about is looked
    for among the votes on papers that name none of these, and is offered in turn with what all
    votes speak for. So a second interest is proposed even while the first one is well served.

    Args:
        votes: in any order.
        shown: the profile's digests.
        day: the mailing date.
        texts: the papers voted on; unknown ones are left out.
        field: papers of the last weeks.
        followed: words accepted before: not proposed again, but up for dropping.
        declined: phrases refused in the last weeks, which are not proposed now; an interest may
            change, so a refusal should not be kept for ever.
        knobs: for the target.
        tuning: the constants.
    """
    said = themes.weighed(votes, tuple(shown), day, texts, tuning)
    if len(said) < tuning.votes:
        return ()
    known = [*(phrase(term.text) for term in followed), *map(phrase, declined)]
    return tuple(_edits(said, followed, known, field, (knobs or Knobs()).target))


def _edits(
    said: Sequence[Said],
    followed: Sequence[Term],
    known: Sequence[str],
    field: Field,
    target: float,
) -> Iterator[Proposal]:
    """Every edit, in order; `known` are the folded phrases not to propose."""
    wanted = [phrase(term.text) for term in followed if _wanted(term)]
    rest = themes.unnamed(said, wanted) if wanted else ()
    wants = _alternately(*(_wants(each, target, field, known) for each in (rest, said)))[:WANTS]
    avoids = [each for each in themes.unwanted(said, field, known) if each.sure <= -_SURE]
    yield from _drops(said, followed, field, target - _SHORT)
    yield from (_edit(each, Wish.WANT, field) for each in wants)
    yield from (_edit(each, Wish.EXCLUDE, field) for each in avoids[:AVOIDS])
    if _struggling(said, target):
        told = [*known, *(f" {term} " for each in wants for term in (each.term, *each.near))]
        beside = themes.beside([text.strip() for text in wanted], said, field, told)
        yield from (_edit(each, Wish.WANT, field) for each in (beside,) if each)


def _struggling(said: Sequence[Said], target: float) -> bool:
    return sum(each.up for each in said) < target * len(said)


def _wants(said: Sequence[Said], target: float, field: Field, known: Sequence[str]) -> list[Theme]:
    """Themes that are liked enough more than others to be asked about, surest first."""
    least = _STRUGGLING if _struggling(said, target) else _SURE
    return [each for each in themes.wanted(said, field, known) if each.sure >= least]


def _alternately(first: Sequence[Theme], second: Sequence[Theme]) -> list[Theme]:
    """One of each in turn, every theme once."""
    kept: dict[str, Theme] = {}
    for pair in zip_longest(first, second):
        for theme in pair:
            if theme is not None:
                kept.setdefault(theme.term, theme)
    return list(kept.values())


def _wanted(term: Term) -> bool:
    return term.weight is None or term.weight > 0


def _edit(theme: Theme, wish: Wish, field: Field) -> Proposal:
    also = tuple(field.spoken(term) for term in theme.near)
    return _proposal(theme, wish, field.spoken(theme.term), also)


def _drops(
    said: Sequence[Said], followed: Sequence[Term], field: Field, share: float
) -> list[Proposal]:
    """Wanted words whose papers keep being voted down."""
    found = []
    for term in followed:
        theme = themes.named(phrase(term.text), said, field)
        liked = sum(each.weight for each in theme.named if each.up)
        every = sum(each.weight for each in theme.named)
        if _wanted(term) and theme.downs >= themes.LEAST and liked <= share * every:
            found.append(_proposal(theme, Wish.DROP, term.text, ()))
    return found


def _proposal(theme: Theme, wish: Wish, spoken: str, also: tuple[str, ...]) -> Proposal:
    which = "it or a word near it" if also else "it"
    liked = f"{theme.ups} of {len(theme.named)} votes on papers that name {which} were up"
    papers = tuple(sorted({each.paper for each in theme.named}))
    listed = ", ".join((spoken, *also))
    return Proposal(
        wish, spoken, also, theme.ups, theme.downs, papers, theme.sure,
        _SENTENCES[wish](spoken, liked), _TOPICS[wish].format(listed),
    )  # fmt: skip


_SENTENCES: Mapping[Wish, Callable[[str, str], str]] = {
    Wish.WANT: "Want “{}”: {}.".format,
    Wish.EXCLUDE: "Exclude “{}”: {}.".format,
    Wish.DROP: "Drop “{}”: {}.".format,
}
_TOPICS: Mapping[Wish, str] = {
    Wish.WANT: "- Relevant: {}.",
    Wish.EXCLUDE: "- Irrelevant: {}.",
    Wish.DROP: "",
}
