"""Authors: arXiv's one string cut into names, and whether two names may be one person's.

arXiv joins names by ", " and puts affiliations, which hold commas themselves, in parentheses. Some
feeds leave a parenthesis open; it then ends at the next comma, so that no later name is swallowed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from paperlark import tex
from paperlark.domain import Author

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\\.|\$[^$,]{0,80}\$|[(){},]|\s(?:and|&|\\&)(?=\s)", re.DOTALL)
_COLLECTIVE = re.compile(
    r"\b(?:collaborations?|consorti(?:um|a)|teams?|projects?)\b", re.IGNORECASE
)
_HEADED = re.compile(
    r"(?P<head>[^:]{3,120}(?:collaborations?|consortium|team))\s*:(?P<rest>.*)", re.IGNORECASE
)
_BEHALF = re.compile(r"(?:on behalf of|for)\s+(?:the\s+)?", re.IGNORECASE)
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)
_SUFFIX = re.compile(
    r"[JS]n?r\.?|II|III|IV|VI{1,3}|2nd|3rd|4th"
    r"|Ph\.? ?D\.?|M\.?D\.?|[MBD]\.?Sc\.?|M\.[AS]\.|Dr\.?|Esq\.?|MBBS|MPH|DVM|FRS"
)
_OTHERS = re.compile(r"(?:and\s+)?(?:et\.? al\.?|others)", re.IGNORECASE)
_LEADING_AND = re.compile(r"^\s*(?:and|&|\\&)\s+")
_FOOTMARK = re.compile(
    r"\$\s*\^[^$]*\$|(?<!\\)\^(?:\{[^{}]*\}|[\d*†‡]+)|\\textsuperscript\{[^{}]*\}"
)
_LEFT_OVER = str.maketrans("–", "-", "\\{}$^")
_LITTER = re.compile(r"^(?:\d+\s+|[\s.,;:*†‡§&]+)+|[\s,;:*†‡§&]+$")
_REACH = 300
"""Characters looked at on either side of an "and": no name is longer."""
_KEY = r"(?:\d{1,3}|[a-z])"
_KEY_WORD = re.compile(rf"\b{_KEY}\b")
_KEYS = re.compile(rf"{_KEY}(?:(?:\s*[,;&]\s*|\s+and\s+){_KEY})*")
_LEGEND = re.compile(rf"\(({_KEY})\)\s*(.*?)[\s,;]*(?=\({_KEY}\)|$)", re.DOTALL)


def split_authors(creator: str) -> tuple[Author, ...]:
    """The authors in one ``dc:creator``, in order, as Unicode without TeX.

    Affiliations come as each parenthesis gave them; numbered ones, ``A (1), B (2) ((1) X, (2) Y)``,
    are looked up. A collaboration is an author where it stands alone and an affiliation where it
    stands in a name's parentheses. ``Jr.``, ``III`` and ``Ph.D.`` stay with the name before them.
    """
    authors: list[Author] = []
    for part in _parts(creator):
        name, groups = _apart(part)
        _add(authors, _readable(name), tuple(groups))
    return _numbered(authors)


def _add(authors: list[Author], name: str, groups: tuple[str, ...]) -> None:
    """Put one part of the list where it belongs: a new author, or more about the last one."""
    if not name and not authors and groups and _COLLECTIVE.search(groups[0]):
        name, groups = _readable(groups[0]), groups[1:]
    if authors and (not name or _SUFFIX.fullmatch(name)):
        last = authors[-1]
        joined = f"{last.name} {name}".strip()
        authors[-1] = replace(last, name=joined, affiliations=(*last.affiliations, *groups))
    elif name and not _OTHERS.fullmatch(name):
        authors.append(Author(name, groups))


def _matched(creator: str, opening: str, closing: str) -> frozenset[int]:
    """Where brackets of one kind stand that have their other half."""
    found: set[int] = set()
    waiting: list[int] = []
    for token in _TOKEN.finditer(creator):
        if token.group() == opening:
            waiting.append(token.start())
        elif token.group() == closing and waiting:
            found |= {waiting.pop(), token.start()}
    return frozenset(found)


def _cuts(creator: str) -> Iterator[tuple[int, int, bool]]:
    """Where names may end, outside of brackets: (from, to, whether it is a comma)."""
    matched = _matched(creator, "(", ")") | _matched(creator, "{", "}")
    depth = 0
    for token in _TOKEN.finditer(creator):
        sign = token.group()
        if token.start() in matched:
            depth += 1 if sign in "({" else -1
        elif depth == 0 and (sign == "," or sign[0].isspace()):
            yield token.start(), token.end(), sign == ","


def _parts(creator: str) -> Iterator[str]:
    """One string a name, with its parentheses."""
    cuts = [*_cuts(creator), (len(creator), len(creator), True)]
    start = 0
    ands: list[tuple[int, int]] = []
    for begin, end, comma in cuts:
        if not comma:
            ands.append((begin, end))
            continue
        for part in _anded(creator, start, begin, ands):
            headed = _HEADED.fullmatch(part.strip())
            yield from (headed["head"], headed["rest"]) if headed else (part,)
        start, ands = end, []


def _anded(creator: str, start: int, end: int, ands: list[tuple[int, int]]) -> Iterator[str]:
    """What stands between two commas, cut at "and"; within a collaboration's name it is no cut."""
    for begin, after in ands:
        right = creator[after : min(end, after + _REACH)]
        if _divides(creator[start : min(begin, start + _REACH)], right):
            yield creator[start:begin]
            start = after
    yield _LEADING_AND.sub("", creator[start:end], count=1) if start < end else ""


def _divides(left: str, right: str) -> bool:
    """Whether the "and" between them joins two authors."""
    if not _COLLECTIVE.search(left + right) or _COLLECTIVE.search(left):
        return True
    named = right.lstrip().lower().startswith(("the ", "for ", "on behalf "))
    return named and not left.lstrip().lower().startswith(("the ", "for ", "on behalf "))


def _apart(part: str) -> tuple[str, list[str]]:
    """The name, and what its outermost parentheses hold; an open one reaches to the end."""
    name, depth, start = "", 0, 0
    groups: list[str] = []
    for token in re.finditer(r"[()]", part):
        at = token.start()
        if token.group() == "(":
            name += part[start:at] if depth == 0 else ""
            start = at + 1 if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            groups += [part[start:at]] if depth == 0 else []
            start = at + 1 if depth == 0 else start
        else:
            name, start = name + part[start:at], at + 1
    rest = part[start:]
    return (name, [*groups, rest]) if depth else (name + rest, groups)


def _readable(name: str) -> str:
    """A name as people write it: no TeX, no footnote marks, no "for the"."""
    text = tex.to_text(_FOOTMARK.sub("", name)).translate(_LEFT_OVER)
    text = _LITTER.sub("", " ".join(text.split()))
    return _BEHALF.sub("", text, count=1) if _COLLECTIVE.search(text) else text


def _numbered(authors: list[Author]) -> tuple[Author, ...]:
    """The authors with readable affiliations, numbers replaced by what the legend says."""
    legend: dict[str, str] = {}
    for author in authors:
        for group in author.affiliations:
            if _LEGEND.match(group.strip()):
                legend.update(_LEGEND.findall(group.strip()))
    return tuple(
        replace(
            author,
            affiliations=tuple(
                text
                for group in author.affiliations
                for each in _looked_up(group.strip(), legend)
                if (text := tex.to_text(each).translate(_LEFT_OVER).strip(" ,;"))
            ),
        )
        for author in authors
    )


def _looked_up(group: str, legend: dict[str, str]) -> list[str]:
    """The affiliations one parenthesis names; keys without a legend name none."""
    if _LEGEND.match(group):
        return []
    if _KEYS.fullmatch(group):
        return [legend[key] for key in _KEY_WORD.findall(group) if key in legend]
    return group.split(";")


_PARTICLES = frozenset(
    {
        "af", "al", "av", "da", "dal", "dalla", "das", "de", "degli", "dei", "del", "della", "den",
        "der", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "lo", "los", "ten", "ter",
        "van", "vom", "von", "y", "zu", "zum", "zur", "'t", "’t",
    }
)  # fmt: skip
_SPECIAL = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "ng"}
)
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa",
     "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Å": "Aa"}
)  # fmt: skip
_MOST_INITIALS = 3


def surname(name: str) -> str:
    """The family name with its particles, as written: ``van der Berg``, ``Karaçay``.

    ``Smith, J.`` and ``J. Smith Jr.`` both give ``Smith``; a collaboration's name is given whole.
    """
    return " ".join(_halves(tex.to_text(name))[1])


def same_author(a: str, b: str) -> bool:
    """Whether the two names may be one person's, for authors a profile follows.

    Letter case, accents, hyphens and suffixes do not matter, ``ü`` may be ``ue``, and an initial
    stands for every name it begins. Family names must agree with their particles; first names
    must agree as far as both are given. A bare family name is only itself.
    """
    return any(
        one_name == other_name and _agree(one_given, other_given)
        for one_name, one_given in _readings(a)
        for other_name, other_given in _readings(b)
    )


def _halves(text: str) -> tuple[list[str], list[str]]:
    """Given names and family name, as words; ``text`` is readable Unicode."""
    if _COLLECTIVE.search(text):
        return [], text.split()
    family, comma, given = text.partition(",")
    if comma and given.strip() and not _SUFFIX.fullmatch(given.strip()):
        return given.split(), family.split()
    words = family.split()
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        words.pop()
    first = len(words) - 1
    while first > 1 and words[first - 1].casefold() in _PARTICLES:
        first -= 1
    return words[: max(first, 0)], words[max(first, 0) :]


def _folded(text: str) -> str:
    """The letters and digits alone, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return "".join(c for c in plain if c.isalnum())


def _given(words: list[str], *, mixed: bool) -> tuple[str, ...]:
    """First names, folded, one an entry; a shortened one, ``Zs.``, keeps its dot.

    Where the name has small letters (`mixed`), ``JP`` is two initials.
    """
    out: list[str] = []
    for word in words:
        for piece in re.findall(r"[^\s.\-‐–]+\.?", word):
            name = _folded(piece)
            initials = mixed and len(name) in range(2, _MOST_INITIALS + 1) and piece.isupper()
            short = f"{name}." if piece.endswith(".") and len(name) > 1 else name
            out += list(name) if initials else [short]
    return tuple(name for name in out if name)


def _spelled(given: list[str], family: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """One way to read a name, with umlauts folded to their letter and written out with an e."""
    mixed = not "".join([*given, *family]).isupper()
    yield _folded(" ".join(family)), _given(given, mixed=mixed)
    written = [word.translate(_UMLAUTS) for word in given]
    yield _folded(" ".join(family).translate(_UMLAUTS)), _given(written, mixed=mixed)


@lru_cache(32768)
def _readings(name: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Every way the name may be meant: (family name, first names), both folded.

    Of three names the last two may be one family name, and an umlaut may be written with an e.
    """
    text = tex.to_text(name)
    if _COLLECTIVE.search(text):
        text = _ARTICLE.sub("", _BEHALF.sub("", text, count=1), count=1)
    given, family = _halves(text)
    readings = set(_spelled(given, family))
    if len(given) > 1 and len(family) == 1 and len(_folded(given[-1])) > 1:
        readings.update(_spelled(given[:-1], [given[-1], *family]))
    return frozenset(reading for reading in readings if reading[0])


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists of first names can be one person's."""
    if not one or not other or "".join(one) == "".join(other):
        return "".join(one) == "".join(other)
    return all(_begins(a, b) or _begins(b, a) for a, b in zip(one, other, strict=False))


def _begins(short: str, long: str) -> bool:
    """Whether the first is the second, its initial, or shortened from it."""
    if len(short) > 1 and not short.endswith("."):
        return short == long
    return long.startswith(short.rstrip("."))
