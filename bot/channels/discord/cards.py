"""A paper in Discord: its lines, its score, its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.channels.discord import limits, parts, text
from paperlark.render import figures, links, names, words
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.discord.parts import Part
    from bot.replies import Hit
    from paperlark.domain import Card, PaperId, Score

GAP: Final = " · "
"""Between two facts in small print."""
_UP, _DOWN = "👍", "👎"


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of each text is shown, so that a message as a whole fits."""

    title: int = limits.TITLE
    reason: int = limits.REASON
    names: int = limits.NAMES
    tags: int = limits.TAGS
    notes: int = limits.NOTES

    @property
    def about(self) -> int:
        """Authors, category and what is unusual, together."""
        return self.names + self.tags


FULL: Final = Measure()
MEASURES: Final = (
    FULL,
    Measure(title=200, reason=250, names=120, tags=80),
    Measure(title=140, reason=140, names=80, tags=60, notes=3),
    Measure(title=90, reason=90, names=60, tags=40, notes=2),
)
"""From the widest to one that always fits."""


def full(card: Card, at: float, measure: Measure = FULL) -> str:
    """Rank, title, authors, category and what is unusual, and the reason, a line each."""
    lines = (
        f"{card.rank}  **{_title(card, measure)}**",
        parts.small(about(card, at, measure)),
        text.marked(card.score.comment, measure.reason),
    )
    return parts.NEW.join(filter(None, lines))


def brief(card: Card, at: float, measure: Measure = FULL) -> str:
    """The same in a summary: the title leads, then the reason, the score and the first author."""
    rank = f"{card.rank}  "
    title = text.link(links.abstract(card), card.paper.title, measure.title, rank)
    marked = [text.marked(fact, measure.tags) for fact in (first_author(card), *_tags(card, at))]
    told = (f"**{figures.score(card.score.value, at)}**", *marked)
    lines = (
        f"**{title}**",
        text.marked(card.score.comment, measure.reason),
        parts.small(GAP.join(filter(None, told))),
    )
    return parts.NEW.join(filter(None, lines))


def listed(cards: Sequence[Card], at: float, most: int) -> str:
    """Titles and scores alone, a line each, of `most` characters together; the rest is counted."""
    lines: list[str] = []
    for place, card in enumerate(cards):
        title = text.link(links.abstract(card), card.paper.title, 120)
        made = f"{card.rank}  {title}  **{figures.score(card.score.value, at)}**"
        most -= text.size(made) + 1
        if most < 0:
            left = figures.count(len(cards) - place)
            return parts.NEW.join([*lines, f"… and {left} more in the thread"])
        lines.append(made)
    return parts.NEW.join(lines)


def about(card: Card, at: float, measure: Measure = FULL) -> str:
    """``A, B, C and 84 more · math.OC · You follow A``, for Markdown."""
    return text.marked(facts(card, at, measure.about, measure.names), measure.about)


def facts(card: Card, at: float, most: int, room: int = limits.NAMES) -> str:
    """The same as plain text of `most` characters; the names have `room`."""
    authors = names.line(names.of(card.paper.authors), always=card.followed)
    told = (text.line(authors, room), text.line(card.paper.primary, limits.PROFILE))
    return text.line(GAP.join(fact for fact in (*told, *_tags(card, at)) if fact), most)


def found(hit: Hit, *more: str) -> str:
    """A paper of a list: its title, its authors, and where or when it was found."""
    facts = (text.marked(names.line(hit.authors), 100), text.marked(hit.note, 80), *more)
    told = parts.small(GAP.join(fact for fact in facts if fact))
    title = f"**{text.link(links.paper(hit.id), hit.title, 120)}**"
    return parts.NEW.join(filter(None, (title, told)))


def first_author(card: Card) -> str:
    """``Ada Example and 3 more``, or both of two; empty where none is known."""
    return names.line(names.of(card.paper.authors), keep=1)


def grades(score: Score) -> str:
    """``relevance 8 · novelty 8``; what was not given is a dash."""
    return f"relevance {words.grade(score.relevance)} · novelty {words.grade(score.novelty)}"


def graded(score: Score, at: float, *more: str) -> str:
    """The score and the grades in small print, and what else is told there."""
    named = f"Score **{figures.score(score.value, at)}**"
    facts = (named, grades(score), *(text.marked(said, 200) for said in more))
    return parts.small(GAP.join(fact for fact in facts if fact))


def buttons(
    paper: PaperId,
    *,
    vote: Thumb | None = None,
    saved: bool = False,
    abstract: bool = True,
    more: Sequence[Part | None] = (),
) -> Part | None:
    """👍 👎 Abstract Save: a thumb that was given stands out, and takes itself back."""
    return parts.row(
        thumb(f"vote:up:{paper}", _UP, given=vote is Thumb.UP),
        thumb(f"vote:down:{paper}", _DOWN, given=vote is Thumb.DOWN),
        parts.button(f"abstract:{paper}", "Abstract") if abstract else None,
        save(paper, saved=saved),
        *more,
    )


def thumb(name: str, emoji: str, *, given: bool) -> Part:
    """One button of a vote."""
    return parts.sign(name, emoji, style=parts.PRIMARY if given else parts.SECONDARY)


def save(paper: PaperId, *, saved: bool = False) -> Part:
    """The button that puts a paper aside, or takes it away again."""
    if saved:
        return parts.button(f"unsave:{paper}", "Remove")
    return parts.button(f"save:{paper}", "Save")


def _title(card: Card, measure: Measure) -> str:
    return text.link(links.abstract(card), card.paper.title, measure.title)


def _tags(card: Card, at: float) -> tuple[str, ...]:
    return tuple(words.capital(tag) for tag in words.tags(card, at))
