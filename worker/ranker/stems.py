"""Words and their stems: text in, compact tokens out."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

STEMMER = "1"
"""Changes whenever equal text would give other tokens; kept tokens of another number are stale."""

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_HYPHENS = str.maketrans("\u2010\u2011", "--")
_VOWEL = re.compile("[aeiouy]")
_FUNCTION = (
    "the of and to in a we for is that on this with are by as our an be from which can it these "
    "their have has such or not at using based show however while results propose method methods "
    "model models approach paper also both more than existing new through between into its across "
    "two"
)
_STOP = frozenset(_FUNCTION.split(" "))
_ENDINGS: tuple[tuple[str, str, int], ...] = (
    ("sis", "s", 3),
    ("encies", "ent", 4),
    ("ancies", "ant", 4),
    ("ency", "ent", 4),
    ("ancy", "ant", 4),
    ("izations", "iz", 3),
    ("isations", "iz", 3),
    ("ization", "iz", 3),
    ("isation", "iz", 3),
    ("ations", "at", 4),
    ("ation", "at", 4),
    ("ities", "", 4),
    ("ity", "", 4),
    ("ings", "", 3),
    ("ing", "", 3),
    ("ied", "y", 3),
    ("ies", "y", 3),
    ("ions", "", 4),
    ("ion", "", 4),
    ("ed", "", 3),
    ("es", "", 4),
    ("e", "", 4),
    ("s", "", 3),
)
"""Ending, what takes its place, and the fewest letters that must stay before it."""
_SHORTEST = 5  # words below this keep their ending, but for a plural s on four letters


@dataclass(frozen=True, slots=True)
class Tokens:
    """A paper's stems in reading order: title and abstract, each joined by spaces.

    Words joined by hyphens stay joined (``low-rank``, ``in-context``); function words that stand
    alone are left out.
    """

    title: str
    abstract: str

    @classmethod
    def of(cls, title: str, abstract: str) -> Tokens:
        """The tokens of a paper's text."""
        return cls(" ".join(stems(title)), " ".join(stems(abstract)))

    def pack(self) -> str:
        """One string to keep; `unpack` reads it again."""
        return f"{STEMMER}\n{self.title}\n{self.abstract}"

    @classmethod
    def unpack(cls, packed: str) -> Tokens | None:
        """The tokens in a packed string; None where it is stale or damaged: use `of` again."""
        lines = packed.split("\n")
        return cls(*lines[1:]) if len(lines) == 3 and lines[0] == STEMMER else None  # noqa: PLR2004  (number, title, abstract)


def words(text: str) -> list[str]:
    """The words of a text as written, hyphenated ones whole, without TeX commands and accents."""
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", text.translate(_HYPHENS))
        text = "".join(c for c in letters if not unicodedata.combining(c))
    return _WORD.findall(_COMMAND.sub(" ", text) if "\\" in text else text)


def stems(text: str) -> list[str]:
    """The stems of a text in reading order, without function words."""
    return list(filter(None, map(stem, words(text.lower()))))


@functools.lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """The stem of a lower-case word; empty for a function word.

    Light: prune, pruned, pruning are one; so are quantisation and quantized, galaxy and galaxies.
    """
    if "-" in word:
        return "-".join(map(_cut, word.split("-")))
    return "" if word in _STOP else _cut(word)


def parts(joined: str) -> list[str]:
    """Stems joined by spaces or hyphens, apart; function words inside compounds go as well."""
    return [part for part in joined.replace("-", " ").split() if part not in _STOP]


def _cut(word: str) -> str:
    if len(word) < _SHORTEST:
        plural = len(word) == _SHORTEST - 1 and word[-1] == "s" and word[-2] not in "aisu"
        return word[:-1] if plural else word
    for ending, instead, least in _ENDINGS:
        if _ends(word, ending, least):
            return _smooth(word, word[: -len(ending)] + instead, ending)
    return _undouble(word)


def _ends(word: str, ending: str, least: int) -> bool:
    if not word.endswith(ending) or len(word) - len(ending) < least or word.endswith("eed"):
        return False
    return ending != "s" or word[-2] not in "isu"  # basis, loss, status


def _smooth(word: str, out: str, ending: str) -> str:
    """Repairs a cut: string stays, planning is plan, optimised is optimized."""
    if ending in {"ing", "ings", "ed"}:
        if not _VOWEL.search(out):
            return word
        if len(out) > _SHORTEST - 2 and out[-1] == out[-2] and out[-1] not in "lsz":
            out = out[:-1]
    out = out[:-1] if out.endswith("e") and len(out) >= _SHORTEST else out
    if out.endswith("is") and len(out) > _SHORTEST and out[-3] in "dlmnrt":
        out = out[:-1] + "z"
    return _undouble(out)


def _undouble(out: str) -> str:
    return out[:-1] if out.endswith("ll") and len(out) > _SHORTEST else out
