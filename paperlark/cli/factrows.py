"""What moves a line besides votes, as JSON values: decisions, words, and what digests showed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeAlias

from paperlark import profile as profiles
from paperlark.codec.coders import Coder, coder
from paperlark.errors import ConfigError
from paperlark.feedback import Decision, Showing, Wording
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from paperlark.store import RedisStore

Said: TypeAlias = "Decision | Wording"
Fact: TypeAlias = "Said | Showing"
Row: TypeAlias = "tuple[str, Fact]"
"""A profile's name, and a fact about it."""
_LONGEST = 200
"""Most characters of a name or phrase; ours are shorter."""
_KINDS: Mapping[str, Coder] = {
    "decision": coder(Decision),
    "wording": coder(Wording),
    "showing": coder(Showing),
}


def rows(store: RedisStore, profile: str) -> Iterator[dict[str, Any]]:
    """Every fact of a profile but its votes: ``{"profile": …, "decision": {…}}``, or another kind.

    Who decided is told by name, not by identity.
    """
    said = (replace(each, by="") for each in store.choices.wordings(profile))
    for fact in (*store.choices.decisions(profile), *said, *store.showings(profile)):
        kind = type(fact).__name__.lower()
        yield {"profile": profile, kind: _KINDS[kind].dump(fact)}


def fact_of(values: Mapping[str, Any]) -> Row | None:
    """The fact that JSON values mean; None where they are no such fact's.

    Raises:
        ValueError: they begin as one, and are none; in one clause.
    """
    kind = next((name for name in _KINDS if name in values), None)
    if kind is None:
        return None
    try:
        profiles.check_name(values["profile"])
        fact: Fact = _KINDS[kind].load(values[kind])
    except KeyError as error:
        raise ValueError(f"`{error.args[0]}` is missing") from error
    except (TypeError, AttributeError, ConfigError) as error:
        raise ValueError(f"`{kind}` is none: {str(error).rstrip('.')}") from error
    return values["profile"], fact if isinstance(fact, Showing) else _said(fact)


def _said(fact: Said) -> Said:
    """The fact with its moment in UTC, whose date says when it counts.

    Raises:
        ValueError: it is none that anybody could have said here.
    """
    if fact.at.tzinfo is None:
        raise ValueError("`at` has no offset")
    texts = (fact.who, *(fact.phrases if isinstance(fact, Wording) else ()))
    if any(plain(text) != text or len(text) > _LONGEST for text in texts):
        raise ValueError(f"a name or phrase in it is no line of at most {_LONGEST} characters")
    value = fact.value if isinstance(fact, Decision) else None
    if value is not None and not math.isfinite(value):
        raise ValueError("`value` is no number")
    try:
        return replace(fact, at=fact.at.astimezone(UTC))
    except OverflowError as error:
        raise ValueError("`at` is no moment") from error


def keep(store: RedisStore, profile: str, fact: Fact) -> None:
    """Keep a fact; one that is kept already is not kept twice.

    Whose it was is not asked: exports do not tell identities, and an erased name stays erased.
    """
    if isinstance(fact, Decision):
        if not any(_named(each, fact) == fact for each in store.choices.decisions(profile)):
            store.choices.decide(profile, fact)
    elif isinstance(fact, Wording):
        if not any(_named(each, fact) == fact for each in store.choices.wordings(profile)):
            store.choices.word(profile, fact)
    else:
        store.save_showing(profile, fact)


def _named(kept: Said, as_in: Said) -> Said:
    """What is kept, with the names of the other."""
    if isinstance(kept, Wording) and isinstance(as_in, Wording):
        return replace(kept, who=as_in.who, by=as_in.by)
    return replace(kept, who=as_in.who)
