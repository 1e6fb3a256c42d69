"""Which profile a form asks for: one there is, or categories and topics of a reader's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from bot import words
from paperlark import chosen, editing, taxonomy
from paperlark import profile as profiles
from paperlark.errors import ConfigError, NotFound
from paperlark.profile import is_own
from paperlark.render import figures
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.readers.forms import Reading
    from bot.readers.office import Office
    from paperlark.domain import Profile
    from paperlark.subscription import Subscription

OWN: Final = "own"
"""What a form says that asks for one's own topics."""
MOST_CATEGORIES: Final = 8
MOST_KEYWORDS: Final = 30
LONGEST_KEYWORD: Final = 80
LONGEST_TOPICS: Final = 3_000
LANGUAGES: Final = {
    "en": "English", "ar": "العربية", "zh": "中文", "nl": "Nederlands", "fr": "Français",
    "de": "Deutsch", "el": "Ελληνικά", "hi": "हिन्दी", "it": "Italiano", "ja": "日本語",
    "ko": "한국어", "pl": "Polski", "pt": "Português", "ru": "Русский", "es": "Español",
    "tr": "Türkçe", "uk": "Українська",
}  # fmt: skip
"""What reasons can be written in, by the codes that profiles have."""
_LISTED: Final = 12
_BARE: Final = '+++\ncategories = ["cs.LG"]\n+++\n'
_FULL: Final = (
    "Every place for topics of one’s own is taken: ask for a profile there is, or ask whoever runs "
    "paperlark to raise `readers.own_profiles`."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which profile a form asks for.

    Attributes:
        name: the profile's.
        own: as the form describes it, where it is the reader's own; kept once it is confirmed.
    """

    name: str
    own: Profile | None = None


def read(office: Office, reading: Reading, old: Profile | None = None) -> Wish:
    """What the form asks for; what is wrong with it is noted by field.

    Args:
        office: where profiles are.
        reading: the form.
        old: the reader's present profile, if it is their own.
    """
    if reading.asked.text("what") != OWN:
        name = reading.take("profile", lambda text: offered(office, text), "")
        return Wish(name)
    made = reading.take("what", lambda _text: _begun(office, old), None)
    if made is None:
        return Wish("")
    steps: tuple[tuple[str, Callable[[Profile, str], Profile]], ...] = (
        ("categories", partial(_categories, office, old)),
        ("keywords", _keywords),
        ("language", _language),
        ("topics", lambda step, _: _topics(step, reading.asked.block("topics", LONGEST_TOPICS))),
    )
    for field, change in steps:
        made = reading.take(field, partial(change, made), made)
    return Wish(made.name, made)


def offered(office: Office, name: str) -> str:
    """The name, where there is such a profile for all.

    Raises:
        ConfigError: there is none.
    """
    known = {profile.name for profile in office.store.profiles()} | {office.default}
    if not name or name not in known:
        raise ConfigError("There is no profile of that name: ask whoever runs paperlark for one.")
    return name


def admitted(office: Office, name: str) -> None:
    """See that there is room for one more profile of a reader's own.

    Raises:
        ConfigError: there is none.
    """
    served = office.store.subscriptions.profiles()
    others = [each for each in served if is_own(each) and each != name]
    if len(others) >= office.rules.own_profiles:
        raise ConfigError(_FULL)


def shown(
    office: Office, given: Mapping[str, str], old: Subscription | None = None
) -> dict[str, object]:
    """What the fields print.

    Args:
        office: where profiles are.
        given: the form as it was filled in; empty where it was not.
        old: the subscription it would change.
    """
    own = office.store.profile(old.profile) if old and is_own(old.profile) else None
    held = {
        "what": OWN if own else "offered",
        "profile": old.profile if old and not own else _default(office),
        "categories": ", ".join(own.categories if own else ()),
        "topics": own.topics if own else "",
        "keywords": ", ".join(term.text for term in own.keywords) if own else "",
        "language": own.language if own else "en",
    }
    language = given.get("language", held["language"])
    return held | {key: given[key] for key in held if key in given} | {
        "languages": [(code, name, code == language) for code, name in LANGUAGES.items()],
        "own": office.rules.own_profiles > 0,
        "fetched": "" if _any(office) else _listed(fetched(office)),
        "model": office.rules.own_scorer != "local",
        "longest": LONGEST_TOPICS,
    }  # fmt: skip


def fetched(office: Office) -> tuple[str, ...]:
    """The categories of every profile there is for all, in order."""
    names = {profile.name for profile in office.store.profiles()} | {office.default}
    names |= office.store.subscriptions.profiles()
    return tuple(sorted(_of(office, (name for name in names if name and not is_own(name)))))


def about(made: Profile) -> str:
    """``cs.LG, math.OC. Keywords: sharpness. Topics: …``: one's own profile in a line."""
    parts = {
        "Keywords": ", ".join(term.text for term in made.keywords),
        "Topics": words.short(made.wanted).rstrip("."),
        "Not wanted": words.short(made.unwanted).rstrip("."),
    }
    said = (f"{name}: {text}." for name, text in parts.items() if text)
    return " ".join([f"{', '.join(made.categories)}.", *said])


def _of(office: Office, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        try:
            found |= set(chosen.chosen(office.store, name).categories)
        except NotFound:
            continue  # a subscription whose profile was removed
    return found


def _any(office: Office) -> bool:
    return office.rules.own_categories == "any"


def _default(office: Office) -> str:
    """The default profile, or the only one; no page of ours lists the others."""
    names = [profile.name for profile in office.store.profiles()]
    return office.default or (names[0] if len(names) == 1 else "")


def _begun(office: Office, old: Profile | None) -> Profile:
    admitted(office, old.name if old else "")
    return old or profiles.parse(profiles.own_name(), _BARE)


def _categories(office: Office, old: Profile | None, made: Profile, text: str) -> Profile:
    given = [each for each in re.split(r"[\s,;]+", text) if each]
    wanted = tuple(dict.fromkeys(taxonomy.canonical(each) for each in given))
    if not wanted:
        raise ConfigError("Give at least one category, as cs.LG.")
    if len(wanted) > MOST_CATEGORIES:
        raise ConfigError(f"Give at most {MOST_CATEGORIES} categories.")
    there = {*fetched(office), *(old.categories if old else ())}
    missing = [each for each in wanted if each not in there]
    if missing and not _any(office):
        raise ConfigError(
            f"{missing[0]} is not fetched here. There is {_listed(sorted(there)) or 'none yet'}."
        )
    return editing.with_value(made, "categories", wanted)


def _keywords(made: Profile, text: str) -> Profile:
    given = (plain(each) for each in re.split(r"[\n,;]+", text))
    wanted = tuple(dict.fromkeys(each for each in given if each))
    if len(wanted) > MOST_KEYWORDS:
        raise ConfigError(f"Give at most {MOST_KEYWORDS} keywords.")
    if any(len(each) > LONGEST_KEYWORD for each in wanted):
        raise ConfigError(f"Give keywords of at most {LONGEST_KEYWORD} characters, with commas.")
    if wanted == tuple(term.text for term in made.keywords):
        return made
    return editing.with_value(made, "keywords", wanted)


def _language(made: Profile, text: str) -> Profile:
    wanted = text or made.language
    if wanted not in {*LANGUAGES, made.language}:
        raise ConfigError("Choose a language from the list.")
    return made if wanted == made.language else editing.with_value(made, "language", wanted)


def _topics(made: Profile, topics: str) -> Profile:
    if len(topics) > LONGEST_TOPICS:
        most = figures.count(LONGEST_TOPICS)
        raise ConfigError(f"That is too long: give at most {most} characters.")
    if not topics and not made.keywords:
        raise ConfigError("Say what you want to read, in a sentence or two, or give keywords.")
    return editing.with_topics(made, topics)


def _listed(names: Iterable[str]) -> str:
    """``cs.LG, math.OC and 3 more``."""
    found = list(names)
    if len(found) > _LISTED:
        more = len(found) - _LISTED + 1
        return f"{', '.join(found[: _LISTED - 1])} and {more} more"
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else ""
