"""The plain fall-back: embeds, which every client draws, with the same words and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.discord import cards, limits, parts, text
from paperlark.render import figures, links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.discord.parts import Part
    from paperlark.domain import Card


def said(ready: str, row: Part | None) -> dict[str, Any]:
    """A few sentences, and buttons."""
    return _message({"description": ready}, row)


def summary(title: str, page: str, drawn: Sequence[Part], foot: str) -> dict[str, Any]:
    """A drawn message of components as one embed: its texts, then its buttons.

    Args:
        title: of the digest, not escaped; may be empty.
        page: what the title leads to; may be empty.
        drawn: components; their texts are a description.
        foot: small words at the end, not escaped; may be empty.
    """
    held = list(parts.walk(drawn))
    texts = [part["content"].replace("-# ", "") for part in held if part["type"] == parts.TEXT]
    row = next((part for part in held if part["type"] == parts.ROW), None)
    embed: dict[str, Any] = {"description": "\n\n".join(texts)}
    if title:
        embed["title"] = text.marked(title, limits.EMBED_TITLE)
    if title and text.address(page):
        embed["url"] = page
    if said_foot := text.line(foot, limits.HEADER):
        embed["footer"] = {"text": said_foot}
    return _message(embed, row or parts.row(parts.button("mine:open", "Just for me")))


def card(found: Card, at: float) -> dict[str, Any]:
    """A card: its authors above the title, its score at the foot."""
    score, reason = found.score, text.marked(found.score.comment, limits.REASON)
    told = (f"Rank {found.rank}", f"score {figures.score(score.value, at)}", cards.grades(score))
    embed: dict[str, Any] = {
        "title": text.marked(found.paper.title, limits.EMBED_TITLE) or "untitled",
        "url": links.abstract(found),
        "footer": {"text": " · ".join(told)},
    }
    if about := cards.facts(found, at, limits.EMBED_AUTHOR):
        embed["author"] = {"name": about}
    if reason:
        embed["description"] = reason
    return _message(embed, cards.buttons(found.paper.id))


def _message(embed: dict[str, Any], row: Part | None) -> dict[str, Any]:
    return {
        "allowed_mentions": limits.NOBODY,
        "embeds": [{"color": limits.COLOUR, **embed}],
        "components": [row] if row else [],
    }
