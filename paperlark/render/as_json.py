"""A digest as JSON: the stable fields of schema 1 in their order, then what else is known."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paperlark.domain import Card, Digest, Line, Unshown, Usage

SCHEMA = 1
_PLACES = 4
_MOST_PLACES = 15
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def as_json(digest: Digest) -> str:
    """The digest as one JSON object, readable Unicode, two spaces of indent, one final newline.

    What could steer a terminal is written as an escape, so that nothing of the text is lost.
    """
    text = json.dumps(document(digest), ensure_ascii=False, indent=2, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def document(digest: Digest) -> dict[str, Any]:
    """The same as plain dictionaries and lists."""
    places = _places(digest)
    counts = digest.counts
    fates = ("announced", "listings", "scanned", "shown", "below", "filtered", "undecided")
    return {
        "schema": SCHEMA,
        "date": digest.date.isoformat(),
        "profile": digest.profile,
        "verdict": {"state": digest.verdict.state.value, "detail": digest.verdict.detail},
        "counts": {name: getattr(counts, name) for name in (*fates, "repeats")},
        "usage": _usage(digest.usage),
        "line": _line(digest.line),
        "cards": [_card(card, places) for card in digest.cards],
        "not_shown": [_unshown(paper, places) for paper in digest.not_shown],
        "categories": list(digest.categories),
        "notes": list(digest.notes),
        "profile_revision": digest.provenance.revision,
        "paperlark": digest.provenance.version,
        "inputs": digest.inputs,
        "made_at": digest.made_at.isoformat() if digest.made_at else None,
    }


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "scorer": usage.scorer,
        "model": usage.model,
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost_usd": None if usage.cost_usd is None else round(usage.cost_usd, 6),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "value": round(line.value, _PLACES),
        "base": round(line.base, _PLACES),
        "votes": line.votes,
        "said": line.said,
    }


def _card(card: Card, places: int) -> dict[str, Any]:
    paper, score = card.paper, card.score
    return {
        "rank": card.rank,
        "id": paper.id,
        "version": paper.version,
        "title": paper.title,
        "authors": [author.name for author in paper.authors],
        "categories": list(paper.categories),
        "primary": paper.primary,
        "announce_type": card.announce_type.value,
        "relevance": score.relevance,
        "novelty": score.novelty,
        "score": round(score.value, places),
        "comment": score.comment,
        "abstract": paper.abstract,
        "url": paper.url,
        "followed": list(card.followed),
        **({"wild": True} if card.wild else {}),
    }


def _unshown(paper: Unshown, places: int) -> dict[str, Any]:
    return {
        "id": paper.id,
        "title": paper.title,
        "fate": paper.fate.value,
        "score": None if paper.score is None else round(paper.score, places),
        "rule": paper.rule,
        "reason": paper.reason,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
    }


def _places(digest: Digest) -> int:
    """Decimals that keep every score of the day apart: four, and more only where needed."""
    scores = [card.score.value for card in digest.cards]
    scores += [paper.score for paper in digest.not_shown if paper.score is not None]
    return next(
        (places for places in range(_PLACES, _MOST_PLACES) if _apart(scores, places)), _MOST_PLACES
    )


def _apart(scores: Sequence[float], places: int) -> bool:
    return len({round(score, places) for score in scores}) == len(set(scores))
