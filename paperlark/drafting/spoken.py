"""A text's words and pairs of neighbours: folded, to be counted, and as they were written."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from paperlark.feedback.terms import fold, telling

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from paperlark.domain import Paper

_WORD: Final = re.compile(r"[^\W\d_][^\W_]*")
_GAP: Final = re.compile(r"[ \-\u2010\u2011]|[ -]of[ -]")
"""What may stand between two words of one phrase: a space, a hyphen, “of”."""
_SPACE: Final = re.compile(r"\s+")
_LONGEST: Final = 60
"""Characters of a phrase; longer ones are no words of a language."""
_ONCE, _OFTEN = 0.4, 0.7
_TITLE_WORDS: Final = (
    "you your all any need end hand break fast power post machine group overview unified cool edge"
    " beyond without toward towards against path step steps role view case way look hidden good"
    " better best part seven eight nine ten rethinking understanding learned inductive synergistic"
    " confronted homogeneous simple strong weak"
)
_EMPTY: Final = frozenset(map(fold, _TITLE_WORDS.split(" ")))
"""Words of titles that no profile would name, beside those that say nothing anywhere."""


@dataclass(slots=True)
class Spoken:
    """The terms of one paper, or of several together.

    Attributes:
        title: folded terms of the title.
        counts: how often each term stands in title and abstract.
        forms: how each is written in the abstract, and how often.
        headed: how each is written in the title.
    """

    title: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    forms: dict[str, Counter[str]] = field(default_factory=dict)
    headed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, paper: Paper) -> Spoken:
        """The terms of a paper's title and abstract."""
        made = cls()
        for term, written in terms(paper.title):
            made.title.add(term)
            made.counts[term] += 1
            made.headed.setdefault(term, written)
        for term, written in terms(paper.abstract):
            made.counts[term] += 1
            made.forms.setdefault(term, Counter())[written] += 1
        return made

    def mass(self, term: str) -> float:
        """How much the paper is about a term, 0 to 1: most where title and abstract say it."""
        count = self.counts.get(term, 0)
        if term in self.title:
            return 1.0 if count > 1 else _OFTEN
        return (_OFTEN if count > 1 else _ONCE) if count else 0.0


def terms(text: str) -> Iterator[tuple[str, str]]:
    """Every telling word and pair of neighbours, folded and as written."""
    plain = _SPACE.sub(" ", unicodedata.normalize("NFC", text))
    before: tuple[re.Match[str], str] | None = None
    for match in _WORD.finditer(plain):
        word = fold(_bare(match[0]))
        if word in _EMPTY or not telling(word) or len(match[0]) > _LONGEST:
            continue
        yield word, match[0]
        if before and _GAP.fullmatch(plain, before[0].end(), match.start()):
            written = plain[before[0].start() : match.end()]
            if len(written) <= _LONGEST:
                yield f"{before[1]} {word}", written
        before = match, word


def _bare(word: str) -> str:
    """The word in lower case, without accents."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word)
    return "".join(c for c in apart if not unicodedata.combining(c)).lower()


def forms(paper: Paper, wanted: Container[str]) -> Iterator[tuple[str, str]]:
    """How a paper writes the wanted terms in its abstract."""
    return ((term, written) for term, written in terms(paper.abstract) if term in wanted)


def best(written: Counter[str]) -> str:
    """Of several ways of writing a term the commonest; in lower case where anybody writes it so."""
    lower = {form: count for form, count in written.items() if form == form.lower()}
    pool = lower or written
    return min(pool, key=lambda form: (-pool[form], form))


def lowered(word: str) -> str:
    """A word of a title without the capital that titles give; acronyms keep theirs."""
    return word.lower() if word[1:] == word[1:].lower() else word
