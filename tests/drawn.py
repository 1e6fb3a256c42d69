"""What chats draw, held against what was reviewed by eye; and what every chat has to draw."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.replies import DigestPage, SettingsForm
from paperlark.render import fates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import Digest

GOLDEN: Final = Path(__file__).resolve().parent / "golden"
AT: Final = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
FORM: Final = SettingsForm(
    profile="foundations",
    topics="1. Training dynamics.\n2. Symmetry.\n\nNot: benchmarks without an explanation.",
    categories=("cs.LG", "math.OC", "stat.ML"),
    authors=("Şirin Aktaş",),
    at="08:00",
    zone="Europe/Berlin",
    cap=12,
    quiet="notice",
    line_now=61.5,
)


def compared(name: str, payload: Mapping[str, Any]) -> None:
    """Compare with the golden file; PAPERLARK_GOLDEN=write renews it, to be read by eye."""
    path, text = GOLDEN / name, json.dumps(payload, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("PAPERLARK_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def page(digest: Digest, number: int, *, size: int = 5, **more: Any) -> DigestPage:
    """A page of a digest as the desk gives it; 0 for the near misses."""
    pages = max(1, -(-len(digest.cards) // size))
    cards = digest.cards[(number - 1) * size : number * size] if number else ()
    below = () if number else fates.near(digest)
    return DigestPage(digest, number, pages, cards, below, **more)
