"""A mail's text part: the whole digest in 72 columns, as good to read as the other part."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from paperlark.domain import Fate
from paperlark.render import addresses, dates, escape, fates, figures, links, names, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paperlark.domain import Card, Digest, Unshown
    from paperlark.post import Setting
    from paperlark.render.headline import Headline

WIDTH = 72
_INDENT = "    "
_RULE = "-" * WIDTH
_MOST_UNDECIDED = 10


def text_part(
    digest: Digest, setting: Setting, head: Headline, more: int, place: Callable[[str], str]
) -> str:
    """The text of a mail.

    Args:
        digest: with the cards that fit.
        setting: the pages' address, among others.
        head: the sentences every post begins with.
        more: cards that did not fit.
        place: from a name to the place of a personal link.
    """
    parts = (
        *_head(digest, head),
        *_cards(digest, setting, place),
        *_rest(digest, setting, more),
        *_foot(setting, head, place),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(digest: Digest, head: Headline) -> Iterator[str]:
    yield f"paperlark · {escape.plain(words.called(digest.profile))}\n{dates.full(digest.date)}"
    yield _wrapped(f"{head.verdict.bold} {head.verdict.clause}")
    if head.fates:
        yield _wrapped(f"{head.way}. {head.fates}.")
    if head.line:
        yield _wrapped(f"{head.line.bold}{head.line.clause}")
    for note in head.notes:
        yield _wrapped(note)
    if digest.cards:
        yield _RULE


def _cards(digest: Digest, setting: Setting, place: Callable[[str], str]) -> Iterator[str]:
    drawn = False
    for position, card in enumerate(digest.cards, 1):
        if not drawn and card.score.value < digest.line.value:
            drawn = True
            yield f"- - the line: {figures.line(digest.line.value)} ".ljust(WIDTH - 1, "-")
        votes = (place(f"up{position}"), place(f"down{position}")) if setting.web else ()
        yield "\n".join(_card(card, digest.line.value, votes))


def _card(card: Card, at: float, votes: tuple[str, ...]) -> Iterator[str]:
    yield _wrapped(card.paper.title, f"{card.rank:>2}. ", _INDENT)
    authors = names.line(names.of(card.paper.authors), always=card.followed)
    who = " · ".join(each for each in (authors, card.paper.primary) if each)
    if who:
        yield _wrapped(who, _INDENT)
    for tag in words.tags(card, at):
        yield _wrapped(f"[{words.capital(escape.plain(tag))}]", _INDENT)
    if card.score.comment:
        yield "\n" + _wrapped(card.score.comment, _INDENT)
    yield f"\n{_INDENT}Score {figures.score(card.score.value, at)}{_grades(card)}"
    yield f"{_INDENT}{links.abstract(card)}"
    if votes:
        yield f"{_INDENT}good pick   {votes[0]}"
        yield f"{_INDENT}not for us  {votes[1]}"


def _grades(card: Card) -> str:
    if card.score.relevance is None:
        return ""
    grades = (card.score.relevance, card.score.novelty)
    return " · relevance {} · novelty {}".format(*map(words.grade, grades))


def _rest(digest: Digest, setting: Setting, more: int) -> Iterator[str]:
    page = addresses.day_page(setting.web, digest.profile, digest.date)
    if more:
        fit = "does not fit" if more == 1 else "do not fit"
        said = f"{more} more {fit} into a mail"
        yield f"{said}; all {digest.counts.shown} papers:\n{page}" if page else f"{said}."
    if digest.cards:
        yield _RULE
    undecided = fates.of(digest, Fate.UNDECIDED)
    if undecided:
        yield "\n".join(_undecided(undecided))
    if near := fates.near(digest):
        yield "\n".join(("Just below the line:", "", *(_near(each, digest) for each in near)))
    if page and digest.counts.scanned:
        yield f"On the web, with abstracts and formulas:\n{page}"


def _undecided(papers: tuple[Unshown, ...]) -> Iterator[str]:
    yield "Could not be scored, and may belong above the line:\n"
    for paper in papers[:_MOST_UNDECIDED]:
        yield _wrapped(paper.title, "  - ", _INDENT)
        yield f"{_INDENT}{links.paper(paper.id)}"
    if len(papers) > _MOST_UNDECIDED:
        yield f"  - and {len(papers) - _MOST_UNDECIDED} more"


def _near(paper: Unshown, digest: Digest) -> str:
    value = figures.score(paper.score or 0.0, digest.line.value)
    title = _wrapped(paper.title, f"{value:>6}  ", " " * 8)
    return f"{title}\n{' ' * 8}{links.paper(paper.id)}"


def _foot(setting: Setting, head: Headline, place: Callable[[str], str]) -> Iterator[str]:
    yield "\n".join(_foot_lines(setting, head, place))


def _foot_lines(setting: Setting, head: Headline, place: Callable[[str], str]) -> Iterator[str]:
    yield "-- "
    if head.footer:
        yield _wrapped(head.footer)
    yield place("why")
    if setting.web:
        yield "A vote link opens a page that asks once before it counts."
        yield f"Change or pause  {place('manage')}"
        yield f"Unsubscribe      {place('unsubscribe')}"
    else:
        yield "To leave, answer with the subject “unsubscribe”."
    yield place("sender") + words.THANKS


def _wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """The text, tamed, in `WIDTH` columns; a word that is longer keeps its line to itself."""
    return textwrap.fill(
        escape.plain(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
