"""The adversarial set: titles and abstracts that try to steer a model. All of them are invented."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Paper

PLAIN_TITLE = "Sparse Gradients on a Budget"
PLAIN_ABSTRACT = "We bound the memory that sparse gradients need and measure it on three models."
TAG = "{tag}"
"""Stands in an attack for the code of the call: what an attacker would write who knew it."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile paper.

    Attributes:
        name: what it tries, in a few words; unique.
        trick: the family it belongs to.
        title, abstract: as announced; `TAG` is filled in by `paper`.
        silent: it says nothing to a model (empty, garbled): nothing to be suspicious of.
    """

    name: str
    trick: str
    title: str
    abstract: str
    silent: bool = False

    def paper(self, number: int = 1, tag: str = "qzxvk") -> Paper:
        """The paper, from an attacker who knows the code of the call."""
        title, abstract = (text.replace(TAG, tag) for text in (self.title, self.abstract))
        return builders.paper(f"2611.{95000 + number}", title, abstract=abstract)


@cache
def attacks() -> tuple[Attack, ...]:
    """All attacks, in the order of the file."""
    file = Path(__file__).with_name("attacks.toml")
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["attack"]
    return tuple(_attack(row) for row in rows)


def _attack(row: dict[str, object]) -> Attack:
    repeat = row.get("repeat", 1)
    assert isinstance(repeat, int)
    return Attack(
        name=str(row["name"]),
        trick=str(row["trick"]),
        title=str(row.get("title", PLAIN_TITLE)),
        abstract=str(row.get("abstract", PLAIN_ABSTRACT)) * repeat,
        silent=bool(row.get("silent", False)),
    )
