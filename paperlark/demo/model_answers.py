"""What the loopback model answers: any schema with one row a paper, filled; and what it costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from paperlark.demo.model_reading import Asked

Grades: TypeAlias = Callable[[str, str], tuple[int, int]] | Mapping[str, tuple[int, int]]
"""Relevance and novelty by title and abstract, or by title alone; a title that is missing from a
mapping gets `LOW`."""
LOW = (2, 2)
CACHED_FROM, CACHED_STEP = 1024, 128
"""Tokens from which a repeated beginning is cached, and the steps its length is counted in."""
REASONING = {"none": 0, "minimal": 5, "low": 30, "medium": 75, "high": 200}
"""Hidden tokens a paper by effort; 75 at the default is what published runs suggest."""
_REASONS_HIDDEN = ("gpt-5", "gpt-6", "o1", "o3", "o4")


@dataclass(frozen=True, slots=True)
class Row:
    """What is said about one paper."""

    number: int
    relevance: int
    novelty: int
    reason: str


def rows(papers: Sequence[Asked], grades: Grades) -> list[Row]:
    """An honest model's rows, one a paper, in order."""
    return [Row(paper.number, *_grade(paper, grades), _reason(paper)) for paper in papers]


def _grade(paper: Asked, grades: Grades) -> tuple[int, int]:
    if isinstance(grades, Mapping):
        return grades.get(paper.title, LOW)
    return grades(paper.title, paper.abstract)


def _reason(paper: Asked) -> str:
    first = re.split(r"(?<=[.;])\s", paper.abstract or paper.title, maxsplit=1)[0]
    return first[:160]


def content(schema: Mapping[str, Any], said: Sequence[Row]) -> str:
    """The rows as JSON in the schema's form: of each list, one entry a row.

    In an entry the first whole number is the paper's, then come relevance and novelty; texts are
    the reason.
    """
    return json.dumps(_object(schema, said), ensure_ascii=False, separators=(",", ":"))


def _object(schema: Mapping[str, Any], said: Sequence[Row]) -> dict[str, Any]:
    parts = schema.get("properties", {})
    return {name: _part(part, said) for name, part in parts.items()}


def _part(part: Mapping[str, Any], said: Sequence[Row]) -> Any:
    if part.get("type") == "array":
        return [_entry(part.get("items", {}), row) for row in said]
    return len(said) if part.get("type") == "integer" else ""


def _entry(items: Mapping[str, Any], row: Row) -> Any:
    numbers = iter((row.number, row.relevance, row.novelty))
    if items.get("type") == "array":
        return list(numbers)
    parts = items.get("properties", {})
    return {name: _field(part, numbers, row) for name, part in parts.items()}


def _field(part: Mapping[str, Any], numbers: Any, row: Row) -> Any:
    return next(numbers, 0) if part.get("type") in {"integer", "number"} else row.reason


def reasoning(model: str, effort: str, papers: int) -> int:
    """Hidden tokens for so many papers; none for a model that does not reason."""
    reasons = model.rpartition("/")[2].startswith(_REASONS_HIDDEN)
    return REASONING.get(effort, REASONING["medium"]) * papers if reasons else 0


def cached(prompt: str, seen: Sequence[str], count: Callable[[str], int]) -> int:
    """Tokens, as `count` has them, of the beginning that a server kept from earlier prompts."""
    longest = max((_shared(prompt, earlier) for earlier in seen), default=0)
    found = count(prompt[:longest])
    return found // CACHED_STEP * CACHED_STEP if found >= CACHED_FROM else 0


def _shared(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:  # halving: comparing character by character would cost more than the rest
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low
