"""The Home tab: one person's digest, saved papers and votes, and where digests go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot import words
from bot.channels.slack import blocks, cards, limits, text
from paperlark.post import Setting
from paperlark.render import addresses, dates, figures, headline, links, names
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from bot.channels.slack.blocks import Block, Element
    from bot.replies import Home
    from paperlark.subscription import Subscription

SAVED: Final = 20
PLACES: Final = 10
_CHANNEL: Final = re.compile(r"[CGD][A-Z0-9]{2,}")


def home(found: Home, *, year: int | None = None) -> dict[str, Any]:
    """The Home view; dates leave out the given year."""
    made = [
        *_today(found, year),
        blocks.divider("d1"),
        *_saved(found, year),
        blocks.divider("d2"),
        *_votes(found, year),
        blocks.divider("d3"),
        *_places(found),
        _foot(found),
    ]
    return {"type": "home", "callback_id": "home", "blocks": made[: limits.VIEW_BLOCKS]}


def _today(found: Home, year: int | None) -> list[Block]:
    head = blocks.header("Newest digest", "h1")
    if found.digest is None:
        return [head, blocks.rich("today", [blocks.words("No digest yet.")])]
    day = found.digest.date.isoformat()
    row = blocks.actions(
        "a1",
        blocks.button("today", "Read it", day, style="primary"),
        blocks.button("mine:open", "Just for me", day),
    )
    return [head, blocks.rich("today", _digest(found, year)), row]


def _digest(found: Home, year: int | None) -> list[Element]:
    digest = found.digest
    if digest is None:
        return []
    named = headline.name(digest, year=year)
    page = addresses.day_page(found.web, digest.profile, digest.date)
    lead = blocks.link(page, named, bold=True) if page else _bold(named)
    said = headline.headline(digest, Setting()).verdict.bold.rstrip(".")
    parts = [lead, blocks.words(f": {headline.amount(digest)}. {said}.")]
    if digest.cards:
        best = digest.cards[0]
        parts += [blocks.words(" Best: "), blocks.link(links.abstract(best), best.paper.title)]
        parts += [blocks.words(".")]
    return parts


def _bold(said: str) -> Element:
    return blocks.words(text.line(said, limits.HEADER), bold=True)


def _saved(found: Home, year: int | None) -> list[Block]:
    made = [blocks.header(f"Saved papers ({figures.count(len(found.saved))})", "h2")]
    if not found.saved:
        return [*made, _said("s0", "Nothing saved yet. Press Save on a card.")]
    for place, (hit, at) in enumerate(found.saved[:SAVED]):
        when = f"saved {dates.short(at.date(), year=year)}"
        row = blocks.actions(
            f"as:{place}",
            blocks.button(f"abstract:{hit.id}", "Abstract", hit.id),
            cards.save(hit.id, saved=True),
        )
        made += [cards.found(hit, f"s:{place}", when), row]
    if (left := len(found.saved) - SAVED) > 0:
        told = f"{names.more(left)}: `/digest saved`"
        made.append(blocks.context("s:left", blocks.mrkdwn(f"… {told}")))
    every = blocks.button("export:bib", "All as BibTeX", "saved")
    return [*made, blocks.actions("a2", every)]


def _votes(found: Home, year: int | None) -> list[Block]:
    head = blocks.header("Your votes", "h3")
    given = [vote for vote in found.votes if vote.verdict is not Thumb.NONE]
    if not given:
        return [head, _said("votes", "No votes yet. Vote with 👍 👎 on a card.")]
    told = f"{words.voted(given, year)}\nThey are for `/digest mine` and the line."
    button = blocks.button("votes:list", "See all", "mine")
    return [head, blocks.section("votes", blocks.mrkdwn(told), button)]


def _places(found: Home) -> list[Block]:
    made = [blocks.header("Where digests go", "h4")]
    for place, each in enumerate(found.subscriptions[:PLACES]):
        made.append(blocks.section(f"sub:{place}", blocks.mrkdwn(_place(each)), _open(each, place)))
    if not found.subscriptions:
        made.append(_said("sub", "Nowhere yet. In a channel, type `/digest settings`."))
    return made


def _place(each: Subscription) -> str:
    """``#papers: foundations, Mon–Fri 08:00 (Europe/Berlin)``, and what keeps it from coming."""
    target = each.target
    here = target.kind == "slack" and _CHANNEL.fullmatch(target.address)
    # Nobody is called by the name of a channel; a person's would be a mention.
    shown = f"<#{target.address}>" if here else text.marked(str(target), limits.HEADER)
    at = f"{words.weekdays(each.days)} {each.at:%H:%M} ({text.marked(each.zone, 64)})"
    state = "" if each.state == "active" else f" · {each.state}"
    why = f": {text.marked(each.reason, limits.REASON)}" if each.reason else ""
    return f"{shown}: {text.marked(each.profile, 64)}, {at}{state}{why}"


def _open(each: Subscription, place: int) -> Element | None:
    """The button to a place's settings; its name is numbered, for a view holds it once."""
    if each.target.kind != "slack":
        return None
    return blocks.button(f"settings:open:{place}", "Settings", each.target.address)


def _said(block_id: str, said: str) -> Block:
    return blocks.rich(block_id, blocks.coded(said))


def _foot(found: Home) -> Block:
    about = [blocks.mrkdwn("Commands: `/digest help`")]
    if blocks.address(found.web) and text.size(found.web) < limits.TITLE:
        page = text.entities(f"{found.web}/about").replace("|", "%7C")
        about = [blocks.mrkdwn(f"Commands: `/digest help`  ·  <{page}|About and privacy>")]
    return blocks.context("foot", *about)
