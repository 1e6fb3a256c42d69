"""Words of papers, folded so that their forms are one, and what followed words add up to."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from paperlark.domain import PaperId, Term

_WORD = re.compile(r"[^\W\d_][^\W_]*")
_ENDINGS = (
    *("izations", "isations", "ization", "isation", "izing", "ising", "ized", "ised"),
    *("abilities", "ability", "ations", "ation", "ically", "ences", "ence", "ance", "able", "ally"),
    *("ities", "ical", "ity", "ings", "ing", "ions", "ion", "ies", "ic", "al", "ly", "ed", "es"),
    *("e", "y", "s"),
)
_STAYS = 4  # letters that must stay before an ending
_TITLE = 2  # how often a mention in the title counts
_SAYING_NOTHING = (
    "a about across all also among an and any are as at based be been being between both but by can"
    " could do does due each even first for four from further has have here how however if in into"
    " is it its many may more most new no not novel of on one only or other our over such than that"
    " the their them then there these they this those three through to two under up use used using"
    " via was we well were what when where which while who will with within without work would yet"
    " achieve address analysis approach challenge code compare data dataset demonstrate develop"
    " different effective enable evaluate existing experiment framework github high http https"
    " improve include introduce investigate key large learning low make method model often paper"
    " perform performance present problem propose provide recent remain require result set several"
    " show significant standard state study system task train understand various"
)


class Words(NamedTuple):
    """A paper's folded words in reading order: title and abstract, each word between spaces."""

    title: str
    abstract: str


def folded(title: str, abstract: str = "") -> Words:
    """The folded words of a text; hyphens are spaces."""
    return Words(_spaced(title), _spaced(abstract))


def phrase(text: str) -> str:
    """A phrase as it stands in `Words`: ``low-rank adapters`` is `` low rank adapter ``."""
    return _spaced(text)


def _spaced(text: str) -> str:
    return f" {' '.join(fold(word) for word in written(text))} "


def written(text: str) -> list[str]:
    """The words of a text in lower case, without accents, figures and signs."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WORD.findall(text.lower())


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """A lower-case word without its ending: prune, pruned and pruning are one."""
    if len(word) <= _STAYS:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STAYS:
            return word if word.endswith(("ss", "us", "is")) else word[: -len(ending)]
    return word


def mentions(words: Words, sought: str) -> int:
    """How often a folded phrase is there; in the title it counts twice."""
    if not sought.strip():
        return 0
    return _TITLE * words.title.count(sought) + words.abstract.count(sought)


def amounts(papers: Mapping[PaperId, Words], terms: Iterable[Term]) -> dict[PaperId, float]:
    """What followed words add up to in each paper: -1 to 1, 0 where none is named.

    n / (n + 1) for n mentions of wanted words, by their weights, less the same for unwanted ones;
    a weight of None counts as 1.
    """
    sought = [(phrase(term.text), 1.0 if term.weight is None else term.weight) for term in terms]
    return {paper: _amount(words, sought) for paper, words in papers.items()}


def _amount(words: Words, sought: list[tuple[str, float]]) -> float:
    wanted = unwanted = 0.0
    for text, weight in sought:
        count = mentions(words, text)
        if count and weight > 0:
            wanted += weight * count
        elif count:
            unwanted -= weight * count
    return wanted / (wanted + 1) - unwanted / (unwanted + 1)


def terms(words: Words) -> frozenset[str]:
    """The words of a paper and its pairs of neighbours, without those that say nothing."""
    found: set[str] = set()
    for text in words:
        every = text.split()
        found.update(word for word in every if telling(word))
        found.update(f"{a} {b}" for a, b in pairwise(every) if telling(a) and telling(b))
    return frozenset(found)


def telling(word: str) -> bool:
    """Whether a folded word may tell papers apart."""
    return len(word) > 2 and word not in _EMPTY  # noqa: PLR2004  (shorter ones are signs)


_EMPTY = frozenset(map(fold, _SAYING_NOTHING.split(" ")))
