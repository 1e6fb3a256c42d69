"""Real announcement days as a loopback arXiv serves them, built from the labelled full days."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from paperlark.demo.wire import Announced

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CATEGORIES = ("cs.LG", "cs.AI")


def days(data: Path, name: str = "fulldays_cslg_csai") -> Mapping[date, tuple[Announced, ...]]:
    """Every day of the file, oldest first, each paper as arXiv announced it."""
    found: dict[date, list[Announced]] = defaultdict(list)
    with gzip.open(data / "dev" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if not row.get("in_list", True):
                continue  # picked by the digest of that day, but announced on another
            found[date.fromisoformat(row["date"])].append(announced(row))
    return {day: tuple(found[day]) for day in sorted(found)}


def announced(row: Mapping[str, Any]) -> Announced:
    """One line of the file; the files give no announce type, so every paper is a new one."""
    return Announced(
        id=row["arxiv_id"],
        version=1,
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(row["authors"]),
        categories=tuple(row["categories"]),
        comment=row.get("arxiv_comment"),
    )
