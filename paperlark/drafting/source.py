"""A draft as a profile file: a TOML head, and topics in plain words."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from paperlark import profile as profiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.domain import PaperId, Profile, Term
    from paperlark.drafting.draft import Draft
    from paperlark.drafting.groups import Group

_SPACE: Final = re.compile(r"\s+")
_MARKS: Final = re.compile(r"[*`<>|\\\[\]#]+")
_TITLE: Final = 140
_NAME: Final = 40
_TITLES: Final = 3
"""Titles that a theme quotes."""


def filed(
    name: str, made: Draft, liked: Iterable[PaperId] = (), not_liked: Iterable[PaperId] = ()
) -> Profile:
    """The profile that the draft's file describes.

    Raises:
        ConfigError: the name cannot be a profile's.
    """
    return profiles.parse(name, source(made, liked, not_liked))


def source(made: Draft, liked: Iterable[PaperId] = (), not_liked: Iterable[PaperId] = ()) -> str:
    """A profile file's text; it always parses."""
    return (
        "+++\n"
        "# Drafted from papers you liked. Every line is yours to change.\n"
        f"categories = {_texts(made.categories)}\n\n"
        "# Phrases that speak for a paper, strongest first.\n"
        f"keywords = {_terms(made.keywords)}\n\n"
        "# Phrases that count against one. A plain text without a weight would take papers out.\n"
        f"exclusions = {_terms(made.exclusions, weighed=True)}\n\n"
        "authors = []\n"
        f"liked = {_texts(sorted(set(liked)))}\n"
        f"not_liked = {_texts(sorted(set(not_liked)))}\n"
        f"base_line = {made.base_line:g}   # the score, 0 to 100, a card needs; votes move it\n"
        "+++\n\n"
        f"{topics(made)}\n"
    )


def topics(made: Draft) -> str:
    """The topics as Markdown: one numbered line for each theme, then what is not wanted."""
    if made.topics:
        return made.topics
    lines = [f"{number}. {_theme(group)}" for number, group in enumerate(made.groups, 1)]
    unwanted = [f"- Not: {each}" for each in _unwanted(made.against)]
    return "\n".join(["## What we want", "", *lines, "", "## What we don't", "", *unwanted]).strip()


def themes_of(made: Draft) -> tuple[str, ...]:
    """The themes in plain text, one line each, for a chat or a terminal."""
    lines = (f"{number}. {_theme(group)}" for number, group in enumerate(made.groups, 1))
    return tuple(line.replace("**", "") for line in lines)


def slug(made: Draft) -> str:
    """A profile's name from the first theme: ``sparse-attention``; ``reading`` where none does."""
    phrase = next((group.phrases[0] for group in made.groups if group.phrases), "")
    ascii_only = unicodedata.normalize("NFKD", phrase).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only)[:_NAME].strip("-") or "reading"


def _theme(group: Group) -> str:
    """One theme's line, as ``**Sparse attention**, token pruning. As in “Keys at Rest”.``."""
    first, *rest = [plain(phrase) for phrase in group.phrases] or [""]
    head = ", ".join([f"**{first[:1].upper()}{first[1:]}**", *rest]) + ". " if first else ""
    quoted = ", ".join(f"“{each}”" for each in _quoted(group.titles))
    return f"{head}As in {quoted}." if quoted else head.strip()


def _unwanted(group: Group | None) -> list[str]:
    if group is None:
        return []
    phrases = ", ".join(plain(phrase) for phrase in group.phrases)
    titles = _quoted(group.titles) if not phrases else []
    return [f"{each}." for each in (phrases, *titles) if each]


def _quoted(titles: Sequence[str]) -> list[str]:
    return [short for title in titles[:_TITLES] if (short := plain(title, _TITLE))]


def plain(text: str, longest: int = 0) -> str:
    """One line without marks of Markdown and without what no letter needs."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    line = _SPACE.sub(" ", _MARKS.sub(" ", kept)).strip()
    if longest and len(line) > longest:
        line = line[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    return line


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(_quote(value) for value in values)}]"


def _terms(terms: Sequence[Term], *, weighed: bool = False) -> str:
    if not terms:
        return "[]"
    return "[\n" + "".join(f"  {_term(term, weighed=weighed)},\n" for term in terms) + "]"


def _term(term: Term, *, weighed: bool) -> str:
    weight = 1.0 if term.weight is None else term.weight
    if weight == 1.0 and not weighed:
        return _quote(term.text)
    return f"{{ term = {_quote(term.text)}, weight = {weight} }}"


def _quote(text: str) -> str:
    """A TOML basic string; a JSON string without control characters is one."""
    return json.dumps(plain(text), ensure_ascii=False)
