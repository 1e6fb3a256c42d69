"""One person's page, as an answer only they see: there is no Home tab here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot import words
from bot.channels.discord import cards, limits, parts, text
from paperlark.post import Setting
from paperlark.render import addresses, dates, figures, headline, links, names
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from bot.channels.discord.parts import Part
    from bot.replies import Home
    from paperlark.subscription import Subscription

SAVED: Final = 5
PLACES: Final = 3
"""With this many of each, the page has 39 components."""


def home(found: Home, *, year: int | None = None) -> list[Part]:
    """The page; dates leave out the given year."""
    made = (
        *_today(found, year),
        parts.rule(),
        *_saved(found, year),
        parts.rule(),
        _votes(found, year),
        parts.rule(),
        *_places(found),
    )
    return [parts.container(*made)]


def _today(found: Home, year: int | None) -> list[Part | None]:
    if found.digest is None:
        return [parts.said("## Newest digest", "No digest yet.")]
    day = found.digest.date.isoformat()
    return [
        parts.said("## Newest digest", _digest(found, year)),
        parts.row(
            parts.button(f"today:{day}", "Read it", style=parts.PRIMARY),
            parts.button("mine:open", "Just for me"),
        ),
    ]


def _digest(found: Home, year: int | None) -> str:
    digest = found.digest
    if digest is None:
        return ""
    page = addresses.day_page(found.web, digest.profile, digest.date)
    lead = text.link(page, headline.name(digest, year=year), limits.HEADER)
    said = headline.headline(digest, Setting()).verdict.bold.rstrip(".")
    told = f"**{lead}**: {headline.amount(digest)}. {text.marked(said, limits.HEADER)}."
    if not digest.cards:
        return told
    best = digest.cards[0]
    return f"{told} Best: {text.link(links.abstract(best), best.paper.title, limits.TITLE)}."


def _saved(found: Home, year: int | None) -> list[Part | None]:
    head = f"## Saved papers ({figures.count(len(found.saved))})"
    if not found.saved:
        return [parts.said(head, "Nothing saved yet. Press Save on a card.")]
    left = len(found.saved) - SAVED
    rest = parts.small(f"The newest; {names.more(left)}: `/digest saved`") if left > 0 else ""
    made: list[Part | None] = [parts.said(head, rest)]
    for hit, at in found.saved[:SAVED]:
        when = f"saved {dates.short(at.date(), year=year)}"
        made.append(
            parts.beside(parts.said(cards.found(hit, when)), cards.save(hit.id, saved=True))
        )
    return [*made, parts.row(parts.button("export:bib:saved", "All as BibTeX"))]


def _votes(found: Home, year: int | None) -> Part:
    head = "## Your votes"
    given = [vote for vote in found.votes if vote.verdict is not Thumb.NONE]
    if not given:
        return parts.said(head, "No votes yet. Vote with 👍 👎 on a card.")
    said = parts.said(head, words.voted(given, year), "They are for `/digest mine` and the line.")
    return parts.beside(said, parts.button("votes:list", "See all"))


def _places(found: Home) -> list[Part]:
    head = "## Where digests go"
    foot = _foot(found)
    if not found.subscriptions:
        return [parts.said(head, "Nowhere yet. In a channel, type `/digest settings`.", foot)]
    shown = found.subscriptions[:PLACES]
    made = [_place(each, head if not at else "") for at, each in enumerate(shown)]
    left = len(found.subscriptions) - len(shown)
    more = parts.small(names.more(left).capitalize()) if left else ""
    return [*made, parts.said(more, foot)]


def _place(each: Subscription, head: str) -> Part:
    """``#papers: foundations, Mon–Fri 08:00 (Europe/Berlin)``, and what keeps it from coming."""
    target = each.target
    here = target.kind == "discord" and target.address.isdigit() and target.address.isascii()
    # Nobody is called by the name of a channel; a person's would be a mention.
    shown = f"<#{target.address}>" if here else text.marked(str(target), limits.HEADER)
    at = f"{words.weekdays(each.days)} {each.at:%H:%M} ({text.marked(each.zone, 64)})"
    state = "" if each.state == "active" else f" · {each.state}"
    why = f": {text.marked(each.reason, 200)}" if each.reason else ""
    said = parts.said(head, f"{shown}: {text.marked(each.profile, 64)}, {at}{state}{why}")
    if not here:
        return said
    name = text.custom_id(f"settings:open:{target.address}")
    return parts.beside(said, parts.button(name, "Settings"))


def _foot(found: Home) -> str:
    about = "Commands: `/digest help`"
    if found.web and text.address(f"{found.web}/about"):
        about += f" · [About and privacy]({found.web}/about)"
    return parts.small(about)
