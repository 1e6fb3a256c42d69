"""Profile files: a TOML head between two ``+++`` lines, then the topics as Markdown."""

from __future__ import annotations

import hashlib
import re
import secrets
import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from paperlark import ids, taxonomy
from paperlark.domain import AnnounceType, Profile, Term
from paperlark.errors import ConfigError, PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


T = TypeVar("T")

KEYS = (
    "categories",
    "keywords",
    "exclusions",
    "authors",
    "liked",
    "not_liked",
    "announce_types",
    "cap",
    "base_line",
    "language",
)
MOST_CARDS = 100
HEAVIEST = 10
"""A term's weight past this drowns every other word of the profile."""
_FENCE = re.compile(
    r"\A\ufeff?\s*\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)(.*)\Z", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$", re.MULTILINE)
_UNWANTED = re.compile(
    r"\b(?:don.?t|do not|not interested|not wanted|unwanted|irrelevant|avoid|exclude\w*|ignore)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*_`>#]+|^\s*(?:[-+]|\d+[.)])\s+", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_OWN = re.compile(r"~[A-Za-z0-9_-]{16}")


def parse(name: str, source: str) -> Profile:
    """The profile that a file's text describes.

    Args:
        name: the profile's name: letters, digits, ``.``, ``_`` and ``-``, at most 64; or one that
            `own_name` gave.
        source: the file's whole text.

    Raises:
        ConfigError: one sentence naming the key and what was expected.
    """
    if not is_own(name):
        check_name(name)
    table, topics = _split(name, source)
    head = _Head(name, table)
    wanted, unwanted = halves(topics)
    plain = Profile(name=name, categories=head.categories())
    return Profile(
        name=name,
        categories=plain.categories,
        topics=topics.strip(),
        wanted=wanted,
        unwanted=unwanted,
        keywords=head.terms("keywords", 1.0),
        exclusions=head.terms("exclusions", None),
        authors=head.strings("authors"),
        liked=head.papers("liked"),
        not_liked=head.papers("not_liked"),
        announce_types=head.announce_types(plain.announce_types),
        cap=int(head.number("cap", plain.cap, (1, MOST_CARDS))),
        base_line=head.number("base_line", plain.base_line, (0, 100)),
        language=head.string("language", plain.language),
        source=source,
        revision=revision(source),
    )


def parts(source: str) -> tuple[slice, slice] | None:
    """Where a file's TOML head and its topics stand in its text; None where it has no head."""
    match = _FENCE.match(source)
    return (slice(*match.span(1)), slice(*match.span(2))) if match else None


def check_name(name: str) -> None:
    """Refuse a name that could not be an address, a file or a key."""
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"“{name}” cannot name a profile: use letters, digits, “.”, “_” and “-”, 64 at most."
        )


def own_name() -> str:
    """A fresh name for one reader's own profile: no group's can be so, and nobody can guess it."""
    return f"~{secrets.token_urlsafe(12)}"


def is_own(name: str) -> bool:
    """Whether a profile of that name is one reader's own: it is listed nowhere."""
    return _OWN.fullmatch(name) is not None


def revision(source: str) -> str:
    """Twelve hex digits that change with any change of the file's text."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:12]


def halves(topics: str) -> tuple[str, str]:
    """The topics as plain text: what is wanted, and what stands under a "don't want" heading.

    A heading counts as unwanted where it says so ("What we don't", "Not interested in"); its
    deeper headings belong to it.
    """
    parts: tuple[list[str], list[str]] = ([], [])
    at, unwanted_depth = 0, 0
    for match in [*_HEADING.finditer(topics), None]:
        parts[bool(unwanted_depth)].append(topics[at : match.start() if match else len(topics)])
        if match is None:
            break
        depth, at = len(match[1]), match.start()
        if not unwanted_depth or depth <= unwanted_depth:
            unwanted_depth = depth if _UNWANTED.search(match[2]) else 0
            at = match.end() if unwanted_depth else at
    wanted, unwanted = ("\n".join(p) for p in parts)
    return _plain(wanted), _plain(unwanted)


def _plain(markdown: str) -> str:
    return re.sub(r"\s+", " ", _MARKS.sub(" ", markdown)).strip()


def _split(name: str, source: str) -> tuple[Mapping[str, Any], str]:
    match = _FENCE.match(source)
    if not match:
        raise ConfigError(
            f"profile {name}: the file must begin with a TOML head between two lines “+++”; "
            "`paperlark profiles show foundations` prints one to copy."
        )
    try:
        head = tomllib.loads("\n" * source.count("\n", 0, match.start(1)) + match[1])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"profile {name}: the head is not TOML: {error}.") from error
    for key in head:
        if key not in KEYS:
            raise ConfigError(f"profile {name}: unknown key `{key}`. {_nearest(key, KEYS)}")
    return head, match[2]


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = get_close_matches(word, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"Known: {', '.join(known)}."


class _Head:
    """The TOML head of one profile, read key by key; the first thing wrong is one sentence."""

    def __init__(self, name: str, table: Mapping[str, Any]) -> None:
        self.name, self.table = name, table

    def wrong(self, key: str, expected: str) -> ConfigError:
        return ConfigError(f"profile {self.name}: `{key}` must be {expected}.")

    def values(self, key: str) -> list[Any]:
        value = self.table.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.values(key)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong(key, "a list of texts")
        return tuple(dict.fromkeys(value.strip() for value in values))

    def string(self, key: str, default: str) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f'a text such as "{default}"')
        return value.strip()

    def number(self, key: str, default: float, limits: tuple[float, float]) -> float:
        value, (low, high) = self.table.get(key, default), limits
        if not _is_number(value) or not low <= value <= high:
            raise self.wrong(key, f"a number from {low:g} to {high:g}")
        return float(value)

    def categories(self) -> tuple[str, ...]:
        given = self.strings("categories")
        if not given:
            raise self.wrong("categories", 'a list with at least one, as ["cs.LG"]')
        return tuple(dict.fromkeys(self._try("categories", taxonomy.canonical, v) for v in given))

    def papers(self, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._try(key, ids.canonical, v)[0] for v in self.strings(key)))

    def announce_types(self, default: tuple[AnnounceType, ...]) -> tuple[AnnounceType, ...]:
        given = self.strings("announce_types")
        known = [str(kind) for kind in AnnounceType]
        for value in given:
            if value not in known:
                raise self.wrong("announce_types", f"a list of {', '.join(known)}; not “{value}”")
        if "announce_types" in self.table and not given:
            raise self.wrong("announce_types", "a list with at least one type")
        return tuple(kind for kind in AnnounceType if str(kind) in given) or default

    def terms(self, key: str, default: float | None) -> tuple[Term, ...]:
        terms = [self._term(key, value, default) for value in self.values(key)]
        return tuple({term.text.casefold(): term for term in terms}.values())

    def _term(self, key: str, value: Any, default: float | None) -> Term:
        table = {"term": value, "weight": default} if isinstance(value, str) else value
        if isinstance(table, dict) and set(table) <= {"term", "weight"}:
            text, weight = table.get("term"), table.get("weight", 1.0)
            fits = weight is default or (_is_number(weight) and 0 < weight <= HEAVIEST)
            if isinstance(text, str) and text.strip() and fits:
                return Term(text.strip(), weight if weight is None else float(weight))
        raise self.wrong(
            key,
            'a list of texts, or of tables {term = "…", weight = 1.5} '
            f"with a weight up to {HEAVIEST}",
        )

    def _try(self, key: str, convert: Callable[[str], T], value: str) -> T:
        try:
            return convert(value)
        except PaperlarkError as error:
            raise ConfigError(f"profile {self.name}: `{key}`: {error}") from error


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
