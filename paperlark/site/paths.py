"""Paths as they are asked for, to what they mean. `paperlark.render.addresses` is the way back."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final, NamedTuple
from urllib.parse import unquote


class Kind(Enum):
    """What a path asks for."""

    NEWEST = auto()
    DAY = auto()
    DOCUMENT = auto()
    MONTH = auto()
    CITED = auto()
    PAPER = auto()
    ENTRY = auto()
    ABOUT = auto()
    BARE = auto()
    """A day or a month without the stroke at its end."""
    UNKNOWN = auto()


class Asked(NamedTuple):
    """A path, taken apart.

    Attributes:
        profile: as named in the path; None for the default one.
        text: the date, the month or the paper's id, as written.
    """

    kind: Kind
    profile: str | None = None
    text: str = ""


_OF_PROFILE: Final = re.compile(r"/p/([^/]+)(/.*)?", re.DOTALL)
_FORMS: Final = tuple(
    (kind, re.compile(form, re.DOTALL))
    for kind, form in (
        (Kind.NEWEST, r"/()"),
        (Kind.DAY, r"/([0-9]{4}-[0-9]{2}-[0-9]{2})/"),
        (Kind.MONTH, r"/([0-9]{4}-[0-9]{2})/"),
        (Kind.BARE, r"/([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)"),
        (Kind.CITED, r"/([0-9]{4}-[0-9]{2})\.bib"),
        (Kind.DOCUMENT, r"/api/digests/([0-9]{4}-[0-9]{2}-[0-9]{2})\.json"),
        (Kind.ENTRY, r"/papers/(.+)\.bib"),
        (Kind.PAPER, r"/papers/(.+)"),
        (Kind.ABOUT, r"/about/?()"),
    )
)
LONGEST: Final = 300
"""Longer paths are none of ours."""


def parse(path: str) -> Asked:
    """What a path means.

    Args:
        path: percent-encoded as it came, with its first stroke, without a query.
    """
    if len(path) > LONGEST:
        return Asked(Kind.UNKNOWN)
    named = _OF_PROFILE.fullmatch(path)
    profile = unquote(named[1]) if named else None
    rest = unquote((named[2] or "/") if named else path)
    for kind, form in _FORMS:
        found = form.fullmatch(rest)
        if found:
            return Asked(kind, profile, found[1])
    return Asked(Kind.UNKNOWN, profile)
