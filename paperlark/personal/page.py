"""One person's digest of a day: what their own page shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from paperlark.digest import OVER_CAP
from paperlark.domain import AnnounceType, Author, Card, Fate, Paper, Unshown
from paperlark.feedback import Seen, Showing
from paperlark.feedback.terms import mentions, phrase
from paperlark.personal.known import words_of
from paperlark.personal.muting import followed
from paperlark.personal.ranking import ranking
from paperlark.personal.sharing import sharing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from paperlark.domain import Digest, PaperId
    from paperlark.personal.known import Day
    from paperlark.personal.own import Own
    from paperlark.personal.ranking import Ranking
    from paperlark.personal.sharing import Sharing

_NAMED: Final = 2
"""Followed words that a card names."""


class Page(NamedTuple):
    """A person's day.

    Attributes:
        digest: the day as it is for them; its four fates add up, what they mute is filtered.
        ranking: whose order it is.
        interests: what several interests are about, heaviest first; by their terms.
        showing: what it shows, to be kept: votes on it teach the person's taste.
    """

    digest: Digest
    ranking: Ranking
    interests: tuple[tuple[str, ...], ...]
    showing: Showing


def page(
    day: Day, own: Own, now: date, cap: int, kinds: Mapping[PaperId, AnnounceType] | None = None
) -> Page:
    """The day's digest for one person.

    Args:
        day: what is known of it.
        own: the person's facts.
        now: facts count from the day after they were given.
        cap: most cards.
        kinds: how papers that the digest does not show were announced; new, where that is not said.
    """
    found = ranking(day, own, now)
    shared = sharing(day, own, found, now, cap)
    cards = tuple(_cards(day, own, found, shared, kinds or {}))
    rest = tuple(_rest(day, found, frozenset(shared.chosen)))
    counts = replace(
        day.digest.counts,
        shown=len(cards),
        below=sum(each.fate is Fate.BELOW for each in rest),
        filtered=sum(each.fate is Fate.FILTERED for each in rest),
    )
    made = replace(day.digest, cards=cards, not_shown=rest, counts=counts)
    return Page(made, found, shared.interests, _showing(day, found, cards))


def _cards(
    day: Day,
    own: Own,
    found: Ranking,
    shared: Sharing,
    kinds: Mapping[PaperId, AnnounceType],
) -> Iterator[Card]:
    known = {card.paper.id: card for card in day.digest.cards}
    bare = {each.id: each for each in day.digest.not_shown}
    for rank, paper in enumerate(shared.chosen, start=1):
        card = known.get(paper)
        text = day.papers.get(paper) or (card.paper if card else _bare(bare[paper]))
        authors = (*followed(text, own.layer.authors), *(card.followed if card else ()))
        comment = " ".join(filter(None, _because(text, own, found, shared)))
        yield Card(
            rank=rank,
            paper=text,
            announce_type=card.announce_type if card else kinds.get(paper, AnnounceType.NEW),
            score=replace(found.scores[paper], comment=comment),
            followed=tuple(dict.fromkeys(authors)),
        )


def _because(text: Paper, own: Own, found: Ranking, shared: Sharing) -> Iterator[str]:
    """The sentences of a card: whose interest it is, what it names, and the scorer's reason."""
    if named := shared.because.get(text.id):
        yield f"Because of your interest in {', '.join(named)}."
    if found.words.get(text.id, 0.0) > 0:
        words = words_of(text)
        names = [word for word in own.layer.words if mentions(words, phrase(word))]
        if names:
            yield f"Names {' and '.join(f'“{word}”' for word in names[:_NAMED])}."
    yield found.scores[text.id].comment


def _bare(each: Unshown) -> Paper:
    """What is left of a paper after weeks: no abstract."""
    authors = tuple(Author(name) for name in each.authors)
    return Paper(each.id, 0, each.title, "", authors, each.categories)


def _rest(day: Day, found: Ranking, chosen: frozenset[PaperId]) -> Iterator[Unshown]:
    """Highest score first, then filtered, the person's own rules first, then undecided."""
    known = {each.id: each for each in day.digest.not_shown}
    known |= {card.paper.id: _unshown(card) for card in day.digest.cards}
    for paper, score in found.scores.items():
        if paper not in chosen:
            over = OVER_CAP if score.value >= day.digest.line.value else ""
            yield replace(known[paper], fate=Fate.BELOW, score=score.value, reason=over)
    for paper, rule in found.muted.items():
        yield replace(known[paper], fate=Fate.FILTERED, score=None, rule=rule, reason="")
    for each in day.digest.not_shown:
        if each.score is None:
            yield each


def _unshown(card: Card) -> Unshown:
    names = tuple(author.name for author in card.paper.authors)
    return Unshown(
        card.paper.id, card.paper.title, names, Fate.BELOW, categories=card.paper.categories
    )


def _showing(day: Day, found: Ranking, cards: tuple[Card, ...]) -> Showing:
    """The cards with what was known of each before any vote touched it."""
    near, said = day.similarity(), day.scored.scores if day.scored else {}
    return Showing(
        day.digest.date,
        tuple(
            Seen(
                card.paper.id,
                card.rank,
                said.get(card.paper.id, found.plain[card.paper.id]).value,
                card.score.relevance,
                card.score.novelty,
                near.get(card.paper.id, 0.0),
                found.words.get(card.paper.id, 0.0),
            )
            for card in cards
        ),
    )
