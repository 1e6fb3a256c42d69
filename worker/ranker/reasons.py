"""Why a paper has its score, in words that stand in the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from worker.ranker.stems import stem, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from worker.ranker.phrases import Hit, Phrase


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score.

    Attributes:
        text: a phrase as the profile wrote it, or a full word as the paper wrote it.
        share: what it adds to the score; negative where it speaks against the paper.
        phrase: the phrase of the profile; None for a word.
        near: the phrase's words stand close together, but not as the phrase.
    """

    text: str
    share: float
    phrase: Phrase | None = None
    near: bool = False


class Shares(NamedTuple):
    """What each word of a paper adds to its score: numbers, values, and the stem of a number."""

    ids: Sequence[int]
    values: Sequence[float]
    name: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Reasons:
    """A score taken apart: the shares of ``favour`` and ``against``, ``rest`` and ``base`` add up.

    Attributes:
        favour, against: strongest first: every phrase, and the strongest words.
        rest: what all other words add.
        base: what a paper without words would score.
    """

    favour: tuple[Reason, ...]
    against: tuple[Reason, ...]
    rest: float
    base: float

    @property
    def total(self) -> float:
        """The score."""
        shares = [reason.share for reason in (*self.favour, *self.against)]
        return sum(shares) + self.rest + self.base


def reasons(
    text: tuple[str, str],
    by_stem: Shares,
    by_phrase: Iterable[tuple[Phrase, Hit, float]],
    n: int,
    base: float,
) -> Reasons:
    """The `n` strongest words each way and every phrase of one paper.

    Args:
        text: title and abstract.
        by_stem: what each stem adds.
        by_phrase: the phrases named, with their shares.
        n: how many words each way.
        base: what a paper without words would score.
    """
    chosen = [*_strongest(by_stem, n, 1.0), *_strongest(by_stem, n, -1.0)]
    full = display({name for name, _ in chosen}, *text)
    spoken = [Reason(full[name], share) for name, share in chosen]
    named = [Reason(phrase.text, share, phrase, hit.near) for phrase, hit, share in by_phrase]
    every = sorted([*named, *spoken], key=lambda reason: (-abs(reason.share), reason.text))
    return Reasons(
        tuple(reason for reason in every if reason.share >= 0),
        tuple(reason for reason in every if reason.share < 0),
        sum(by_stem.values) - sum(reason.share for reason in spoken),
        base,
    )


def _strongest(by_stem: Shares, n: int, sign: float) -> list[tuple[str, float]]:
    """The `n` stems that add most, or take most away; equal ones in order of stem."""
    values = [sign * value for value in by_stem.values]
    least = max(sorted(values)[-n], 0.0) if 0 < n <= len(values) else 0.0
    over = [
        (-value, by_stem.name(j))
        for j, value in zip(by_stem.ids, values, strict=True)
        if value >= least and value > 0
    ]
    return [(name, -sign * value) for value, name in sorted(over)[:n]]


def display(sought: set[str], title: str, abstract: str) -> dict[str, str]:
    """A full word of the paper for each stem sought.

    In lower case if it stands so anywhere, else as the abstract has it, else as the title has it.
    """
    found: dict[str, str] = {}
    every = words(abstract) + words(title)
    for name, written in zip(map(stem, map(str.lower, every)), every, strict=True):
        if name in sought and (name not in found or _better(written, found[name])):
            found[name] = written
    return {name: found.get(name, name) for name in sorted(sought)}


def _better(written: str, kept: str) -> bool:
    return written.islower() and not kept.islower()
