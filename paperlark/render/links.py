"""Addresses at arXiv of a paper, made from its id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from paperlark.domain import AnnounceType

if TYPE_CHECKING:
    from paperlark.domain import Card

_SITE = "https://arxiv.org"


def paper(paper_id: str) -> str:
    """The abstract page of a paper's newest version."""
    return f"{_SITE}/abs/{_safe(paper_id)}"


def file(paper_id: str) -> str:
    """The PDF of a paper's newest version."""
    return f"{_SITE}/pdf/{_safe(paper_id)}"


def abstract(card: Card) -> str:
    """The abstract page of what the card is about: for a replacement, that version."""
    return f"{_SITE}/abs/{_announced(card)}"


def pdf(card: Card) -> str:
    """The PDF of the same version."""
    return f"{_SITE}/pdf/{_announced(card)}"


def announced_id(card: Card) -> str:
    """The card's id, with the version where that is the news: ``2603.90871v3``."""
    replaced = card.announce_type in {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}
    version = f"v{card.paper.version}" if replaced and card.paper.version else ""
    return f"{card.paper.id}{version}"


def _announced(card: Card) -> str:
    return _safe(announced_id(card))


def _safe(paper_id: str) -> str:
    return quote(paper_id, safe="/", errors="replace")
