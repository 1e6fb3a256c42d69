"""What benchmarks/feedback.py keeps of each seed: one file for each of its parts."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "hostile"
"""The part with accounts against people; the others are named after target and floor."""
_DIGITS = 5


def name(cell: tuple[float, int]) -> str:
    """The part of a target and floor: ``target-85-least-1``."""
    return f"target-{100 * cell[0]:.0f}-least-{cell[1]}"


def _file(folder: Path, part: str, seed: int) -> Path:
    return folder / f"{part}.seed-{seed:03}.json.gz"


def there(folder: Path, part: str, seed: int) -> bool:
    """Whether a part of a seed was done."""
    return _file(folder, part, seed).exists()


def keep(folder: Path, part: str, seed: int, found: Any) -> None:
    """Keep a part of a seed whole, or not at all; figures are cut to 5 digits."""
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, part, seed)
    half = file.with_suffix(f".{os.getpid()}")
    with gzip.open(half, "wt", encoding="utf-8") as out:
        json.dump(_short(found), out)
    half.replace(file)


def kept(folder: Path, part: str) -> list[Any]:
    """A part of every seed that was done, in order of seed."""
    found = []
    for file in sorted(folder.glob(f"{part}.seed-*.json.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            found.append(json.load(lines))
    return found


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _short(each) for key, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, (list, tuple)) else value
