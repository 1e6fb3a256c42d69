"""A paper in Slack: its lines, its score, its buttons. Paper text is in rich text alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.slack import blocks, limits, text
from paperlark.render import figures, links, names, words
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.slack.blocks import Block, Element
    from bot.replies import Hit
    from paperlark.domain import Card, PaperId, Score

GAP: Final = "  ·  "
"""Between two facts in small text."""
_UP, _DOWN = "👍", "👎"


def full(card: Card, at: float, block_id: str = "paper", *, score: bool = False) -> Block:
    """Rank, title, authors, category and what is unusual, the reason; maybe the score too."""
    parts = [
        blocks.words(f"{card.rank}  "),
        blocks.link(links.abstract(card), card.paper.title, bold=True),
        blocks.words("\n" + about(card, at)),
    ]
    if reason := text.line(card.score.comment, limits.REASON):
        parts.append(blocks.words(f"\n{reason}"))
    if score:
        parts += [
            blocks.words("\n" + figures.score(card.score.value, at), bold=True),
            blocks.words(f" · {grades(card.score)}"),
        ]
    return blocks.rich(block_id, parts)


def brief(card: Card, at: float) -> Block:
    """The same in a summary: the title leads, then the reason, the score and the first author."""
    parts = [
        blocks.words(f"{card.rank}  ", bold=True),
        blocks.link(links.abstract(card), card.paper.title, bold=True),
    ]
    if reason := text.line(card.score.comment, limits.REASON):
        parts.append(blocks.words(f"\n{reason}"))
    parts += [
        blocks.words("\n" + figures.score(card.score.value, at), bold=True),
        blocks.words(text.inline(_after(first_author(card), *_tags(card, at)), limits.ABOUT)),
    ]
    return blocks.rich(f"c:{card.rank}", parts)


def listed(cards: Sequence[Card], at: float, most: int) -> list[Element]:
    """Titles and scores alone, a line each, of `most` characters together; the rest is counted."""
    parts: list[Element] = []
    for place, card in enumerate(cards):
        line = [
            blocks.words(f"{card.rank}  "),
            blocks.link(links.abstract(card), card.paper.title, 120),
            blocks.words(f"  {figures.score(card.score.value, at)}\n", bold=True),
        ]
        most -= blocks.weight(line)
        if most < 0:
            left = figures.count(len(cards) - place)
            return [*parts, blocks.words(f"… and {left} more in the thread")]
        parts += line
    return parts


def about(card: Card, at: float) -> str:
    """``A, B, C and 84 more · math.OC · You follow A``."""
    authors = names.line(names.of(card.paper.authors), always=card.followed)
    facts = [
        text.line(authors, limits.NAMES),
        text.line(card.paper.primary, limits.DESCRIPTION),
        *_tags(card, at),
    ]
    return text.line(" · ".join(fact for fact in facts if fact), limits.ABOUT)


def found(hit: Hit, block_id: str, *more: str) -> Block:
    """A paper of a list: its title, its authors, and where or when it was found."""
    facts = (text.line(names.line(hit.authors), 200), text.line(hit.note, 120), *more)
    told = " · ".join(fact for fact in facts if fact)
    title = blocks.link(links.paper(hit.id), hit.title, 200, bold=True)
    return blocks.rich(block_id, [title, *([blocks.words(f"\n{told}")] if told else [])])


def first_author(card: Card) -> str:
    """``Ada Example and 3 more``, or both of two; empty where none is known."""
    authors = names.line(names.of(card.paper.authors), keep=1)
    return text.line(authors, limits.NAMES)


def grades(score: Score) -> str:
    """``relevance 8 · novelty 8``; what was not given is a dash."""
    return f"relevance {words.grade(score.relevance)} · novelty {words.grade(score.novelty)}"


def graded(score: Score, at: float, *more: str) -> Block:
    """The score and the grades in small text, and what else is told there."""
    named = f"Score *{figures.score(score.value, at)}*"
    facts = (named, *grades(score).split(" · "), *(text.marked(said, 200) for said in more))
    return blocks.context("score", blocks.mrkdwn(GAP.join(fact for fact in facts if fact)))


def buttons(
    paper: PaperId,
    block_id: str,
    *,
    vote: Thumb | None = None,
    saved: bool = False,
    abstract: bool = True,
    more: Sequence[Element | None] = (),
) -> Block:
    """👍 👎 Abstract Save: a thumb that was given stands out, and takes itself back."""
    return blocks.actions(
        block_id,
        *thumbs(paper, vote),
        blocks.button(f"abstract:{paper}", "Abstract", paper) if abstract else None,
        save(paper, saved=saved),
        *more,
    )


def thumbs(paper: PaperId, vote: Thumb | None = None) -> tuple[Element, Element]:
    """The two buttons of a vote."""
    return (
        _thumb(f"vote:up:{paper}", _UP, "Good pick", paper, given=vote is Thumb.UP),
        _thumb(f"vote:down:{paper}", _DOWN, "Not for us", paper, given=vote is Thumb.DOWN),
    )


def save(paper: PaperId, *, saved: bool = False) -> Element:
    """The button that puts a paper aside, or takes it away again."""
    if saved:
        return blocks.button(f"unsave:{paper}", "Remove", paper)
    return blocks.button(f"save:{paper}", "Save", paper)


def more(paper: PaperId, *, saved: bool = False) -> Element:
    """The button ``…`` with what is asked for now and then."""
    put = ("Remove from saved", "unsave") if saved else ("Save", "save")
    offered = (put, ("Why this score", "why"), ("BibTeX", "bib"))
    # The words go before the paper: an id that is too long loses its end, never its verb.
    options = [blocks.option(said, f"{verb}:{paper}") for said, verb in offered]
    return blocks.overflow(f"more:{paper}", options)


def _thumb(action_id: str, sign: str, meaning: str, paper: PaperId, *, given: bool) -> Element:
    if given:
        label = f"{meaning}: your vote; press to take it back"
        return blocks.button(action_id, sign, paper, accessibility_label=label, style="primary")
    return blocks.button(action_id, sign, paper, accessibility_label=meaning)


def _tags(card: Card, at: float) -> tuple[str, ...]:
    return tuple(text.line(words.capital(tag), limits.TAGS) for tag in words.tags(card, at))


def _after(*facts: str) -> str:
    return "".join(f" · {fact}" for fact in facts if fact)
