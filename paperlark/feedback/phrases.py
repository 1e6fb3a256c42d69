"""The phrases of a text that somebody wrote about their interests."""

from __future__ import annotations

import re

from paperlark.domain import Term
from paperlark.feedback.terms import fold, phrase, telling, written

MOST = 40
"""Phrases that are read from one text."""
_LONGEST = 4  # words of a phrase; of a longer run, its neighbours two by two
_ALONE = 0.4  # what a single word says beside a phrase
_PARTS = re.compile(r"[^\w\s'’-]+|\n")


def phrases(text: str, sign: float = 1.0) -> tuple[Term, ...]:
    """The runs of words that tell papers apart, as followed words; at most `MOST`, each once.

    ``I like mirror descent and pruning`` gives “mirror descent” with a weight of 1 and “pruning”
    with less: one word alone stands in too many papers.

    Args:
        text: plain text.
        sign: 1 for what is wanted, -1 for what is not.
    """
    found: dict[str, Term] = {}
    for part in _PARTS.split(text):
        for run in _runs(written(part)):
            for words in _cut(run):
                spoken = " ".join(words)
                weight = sign * (1.0 if len(words) > 1 else _ALONE)
                found.setdefault(phrase(spoken), Term(spoken, weight))
    return tuple(found.values())[:MOST]


def _runs(words: list[str]) -> list[list[str]]:
    """The words between those that say nothing."""
    found: list[list[str]] = [[]]
    for word in words:
        if telling(fold(word)):
            found[-1].append(word)
        else:
            found.append([])
    return [run for run in found if run]


def _cut(run: list[str]) -> list[list[str]]:
    if len(run) <= _LONGEST:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]
