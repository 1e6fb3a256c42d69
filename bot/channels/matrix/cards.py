"""A paper as its template needs it: texts cut to a measure, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.channels.matrix import limits, text
from paperlark.render import figures, links, names, words

if TYPE_CHECKING:
    from bot.channels.matrix.limits import Measure
    from bot.replies import Hit
    from paperlark.domain import Card, Score, Unshown

GAP: Final = " · "
"""Between two facts."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One paper.

    Attributes:
        id: as it is typed in a command.
        rank: its place; empty where it has none.
        href, pdf: its addresses.
        about: who and what, in one line; `brief`: the same in a summary.
        score: as shown beside the line; `grades`: the two grades.
    """

    id: str
    title: str
    href: str
    about: str = ""
    rank: str = ""
    pdf: str = ""
    brief: str = ""
    reason: str = ""
    score: str = ""
    grades: str = ""


def card(of: Card, at: float, measure: Measure = limits.FULL) -> Shown:
    """A card of a digest whose line is at `at`."""
    first = names.line(names.of(of.paper.authors), keep=1)
    authors = names.line(names.of(of.paper.authors), always=of.followed)
    tags = [text.line(words.capital(tag), measure.tags) for tag in words.tags(of, at)]
    category = text.line(of.paper.primary, limits.PROFILE)
    return Shown(
        id=text.line(of.paper.id, limits.PROFILE),
        title=text.line(of.paper.title, measure.title) or "untitled",
        href=links.abstract(of),
        about=_joined(text.line(authors, measure.names), category, *tags),
        rank=str(of.rank),
        pdf=links.pdf(of),
        brief=_joined(text.line(first, measure.names), *tags),
        reason=text.line(of.score.comment, measure.reason),
        score=figures.score(of.score.value, at),
        grades=grades(of.score),
    )


def miss(of: Unshown, at: float) -> Shown:
    """A paper that just missed the line, and how far it is from it."""
    score = of.score or 0.0
    authors = text.line(names.line(of.authors), limits.NAMES)
    return Shown(
        id=text.line(of.id, limits.PROFILE),
        title=text.line(of.title, limits.TITLE) or "untitled",
        href=links.paper(of.id),
        about=_joined(authors, f"{figures.gap(score, at)} the line"),
        score=figures.score(score, at),
    )


def undecided(of: Unshown) -> Shown:
    """A paper that could not be scored."""
    title = text.line(of.title, limits.HEADER) or "untitled"
    return Shown(id=of.id, title=title, href=links.paper(of.id))


def hit(of: Hit, *more: str) -> Shown:
    """A paper that was found or put aside."""
    authors = text.line(names.line(of.authors), limits.HEADER)
    return Shown(
        id=text.line(of.id, limits.PROFILE),
        title=text.line(of.title, limits.HEADER) or "untitled",
        href=links.paper(of.id),
        about=_joined(authors, text.line(of.note, limits.HEADER), *more),
    )


def grades(score: Score) -> str:
    """``relevance 8 · novelty 8``; what was not given is a dash."""
    return f"relevance {words.grade(score.relevance)} · novelty {words.grade(score.novelty)}"


def _joined(*facts: str) -> str:
    return GAP.join(fact for fact in facts if fact)
