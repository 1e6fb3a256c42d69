"""What a place follows and mutes: small changes of its profile's own text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk.house import TURN, barred, place
from bot.replies import Lines, Said
from paperlark import editing, taxonomy
from paperlark.errors import ConfigError, NotFound
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import Profile

KINDS: Final = {
    "author": "author", "authors": "author",
    "word": "word", "words": "word", "phrase": "word", "keyword": "word",
    "category": "category", "categories": "category", "cat": "category",
}  # fmt: skip
_LONGEST: Final = 100
"""Most characters of a name or phrase."""


def follow(house: House, asker: Asker, text: str) -> Reply:
    """Follow an author, a phrase or a category; what was muted is only no longer muted."""
    with TURN:
        return _change(house, asker, text, "follow")


def mute(house: House, asker: Asker, text: str) -> Reply:
    """Mute a phrase or a category; who or what was followed is only no longer followed."""
    with TURN:
        return _change(house, asker, text, "mute")


def _change(house: House, asker: Asker, text: str, verb: str) -> Reply:
    at = place(house, asker)
    profile = at.profile
    if not text.strip():
        return _listed(profile)
    if bar := barred(house, asker, at):
        raise NotFound(bar)
    kind, what = parsed(text, verb)
    steps = {
        ("follow", "author"): _follow_author,
        ("mute", "author"): _mute_author,
        ("follow", "word"): _follow_word,
        ("mute", "word"): _mute_word,
        ("follow", "category"): _follow_category,
        ("mute", "category"): _mute_category,
    }
    changed, said = steps[verb, kind](profile, what)
    if changed.source == profile.source:
        return Said(said)
    house.store.save_profile(changed)
    undo = "mute" if verb == "follow" else "follow"
    return Said(f"{said} From the next digest on. To undo: `/digest {undo} here {kind} {what}`.")


def parsed(text: str, verb: str) -> tuple[str, str]:
    """What is meant, and its name: ``("author", "Ada Example")``.

    Raises:
        NotFound: the text does not say.
    """
    kind, _, rest = text.strip().partition(" ")
    what = plain(rest).strip("\"“”'` ")
    if kind.lower() not in KINDS or not what:
        raise NotFound(f"Say what: `/digest {verb} author NAME`, `word WORDS` or `category cs.LG`.")
    if len(what) > _LONGEST:
        raise NotFound(
            f"That is too long for a name or phrase: give at most {_LONGEST} characters."
        )
    return KINDS[kind.lower()], what


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.casefold()


def _among(what: str, known: Iterable[str]) -> bool:
    return any(_same(each, what) for each in known)


def _follow_author(profile: Profile, name: str) -> tuple[Profile, str]:
    if _among(name, profile.authors):
        return profile, f"{name} is followed already."
    return editing.with_added(profile, "authors", name), f"Papers by {name} are marked."


def _mute_author(profile: Profile, name: str) -> tuple[Profile, str]:
    if not _among(name, profile.authors):
        return profile, f"{name} is not followed. Only words and categories can be muted."
    changed = editing.without(profile, "authors", lambda each: _same(each, name))
    return changed, f"{name} is no longer followed."


def _follow_word(profile: Profile, phrase: str) -> tuple[Profile, str]:
    if _among(phrase, (term.text for term in profile.exclusions)):
        changed = editing.without(profile, "exclusions", lambda each: _same(each, phrase))
        return changed, f"“{phrase}” is no longer muted."
    if _among(phrase, (term.text for term in profile.keywords)):
        return profile, f"“{phrase}” is followed already."
    return editing.with_added(profile, "keywords", phrase), f"“{phrase}” speaks for a paper now."


def _mute_word(profile: Profile, phrase: str) -> tuple[Profile, str]:
    if _among(phrase, (term.text for term in profile.keywords)):
        changed = editing.without(profile, "keywords", lambda each: _same(each, phrase))
        return changed, f"“{phrase}” is no longer followed."
    if _among(phrase, (term.text for term in profile.exclusions)):
        return profile, f"“{phrase}” is muted already."
    said = f"Papers that name “{phrase}” are filtered, and counted as such."
    return editing.with_added(profile, "exclusions", phrase), said


def _follow_category(profile: Profile, name: str) -> tuple[Profile, str]:
    code = taxonomy.canonical(name)
    if code in profile.categories:
        return profile, f"{code} is among the categories already."
    said = f"{code}, {taxonomy.display_name(code)}, is read too."
    return editing.with_added(profile, "categories", code), said


def _mute_category(profile: Profile, name: str) -> tuple[Profile, str]:
    code = taxonomy.canonical(name)
    if code not in profile.categories:
        return profile, f"{code} is not among the categories: {', '.join(profile.categories)}."
    if len(profile.categories) == 1:
        raise NotFound(f"{code} is the only category: follow another one first.")
    changed = editing.without(profile, "categories", lambda each: _canonical(each) == code)
    return changed, f"{code} is no longer read."


def _canonical(name: str) -> str:
    try:
        return taxonomy.canonical(name)
    except ConfigError:
        return name


def rows(profile: Profile) -> tuple[str, ...]:
    """What a profile follows and mutes, one line each."""
    rules = [term.text for term in profile.exclusions if term.weight is None]
    against = [term.text for term in profile.exclusions if term.weight is not None]
    found = (
        ("Categories", profile.categories),
        ("Authors followed", profile.authors),
        ("Words followed", [term.text for term in profile.keywords]),
        ("Words muted", rules),
        ("Words that count against", against),
    )
    return tuple(f"{label}: {', '.join(values) or 'none'}" for label, values in found)


def _listed(profile: Profile) -> Lines:
    return Lines(f"What {profile.name} follows and mutes", rows(profile), words.FOLLOW_HOW)
