"""A paper as a page: what it is, the digests that met it, and what people said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from paperlark import taxonomy
from paperlark.domain import Fate
from paperlark.errors import ConfigError
from paperlark.render import dates, favourites, figures, links, names, words
from paperlark.render import templates as sheets
from paperlark.render.sheet import sheet
from paperlark.render.typeset import typeset
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import AnnounceType, Digest, Paper, Score
    from paperlark.render.addresses import Addresses
    from paperlark.vote import Vote


class Place(NamedTuple):
    """What a digest made of the paper.

    Attributes:
        rank, of: its place among that day's cards; None where it is no card.
        why: the rule that filtered it, or the reason it is undecided or past the cap.
    """

    day: date
    fate: Fate
    line: float
    score: Score | None = None
    value: float | None = None
    rank: int | None = None
    of: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about one paper for a profile; nothing of it is looked up.

    Attributes:
        places: on digests, newest first.
        announced: category and announce type by mailing date, as far as still kept.
        votes: the last words on it in every place of the profile.
    """

    paper: Paper
    profile: str
    places: tuple[Place, ...] = ()
    announced: tuple[tuple[date, str, AnnounceType], ...] = ()
    votes: tuple[Vote, ...] = ()


def page(record: Record, addresses: Addresses) -> str:
    """The record as a page of the site."""
    paper = record.paper
    return (
        sheets.html()
        .get_template("paper.html.j2")
        .render(
            record=record,
            paper=paper,
            sheet=sheet("paper.css"),
            addresses=addresses,
            here="",
            month_of=record.places[0].day if record.places else None,
            title=typeset(paper.source_title, paper.title),
            abstract=typeset(paper.source_abstract, paper.abstract),
            named=_named,
            said=said,
            scored=next((place for place in record.places if place.score), None),
            voted=voted(record),
            dates=dates,
            figures=figures,
            links=links,
            names=names,
            words=words,
        )
    )


def place(digest: Digest, paper: str) -> Place | None:
    """What the digest made of the paper; None where it did not scan it."""
    day, line = digest.date, digest.line.value
    for card in digest.cards:
        if card.paper.id == paper:
            value, of = card.score.value, len(digest.cards)
            return Place(day, Fate.SHOWN, line, card.score, value, card.rank, of)
    for each in digest.not_shown:
        if each.id == paper:
            why = each.rule or each.reason
            return Place(day, each.fate, line, value=each.score, why=why)
    return None


def said(at: Place) -> str:
    """``Shown, number 3 of 10``; ``Below the line``; ``Filtered: excluded by “x”``."""
    if at.fate is Fate.SHOWN:
        return f"Shown, number {at.rank} of {at.of}"
    word = {
        Fate.BELOW: "Below the line",
        Fate.FILTERED: "Filtered",
        Fate.UNDECIDED: "Could not be scored",
    }[at.fate]
    if at.fate is Fate.BELOW and at.value is not None and at.value >= at.line:
        word = "Not shown"
    return f"{word}: {at.why}" if at.why else word


def voted(record: Record) -> str:
    """``3 up, 1 down.``, of people whose word stands; names are nobody's business."""
    thumbs = favourites.counted(record.votes)
    ups, downs = (thumbs[record.paper.id, thumb] for thumb in (Thumb.UP, Thumb.DOWN))
    if not ups and not downs:
        return "No votes yet."
    return f"{figures.count(ups)} up, {figures.count(downs)} down."


def _named(category: str) -> str:
    """A category's name for people; empty where arXiv knows none of that name."""
    try:
        return taxonomy.display_name(category)
    except ConfigError:
        return ""
