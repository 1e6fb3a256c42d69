"""``/digest setup``: a profile from a few papers, tried on the newest day, and taken into use.

A draft belongs to who asks and to the place; it is kept for two days, and made by a worker.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk import drafted
from bot.desk.forms import fresh
from bot.desk.house import TURN, Place
from bot.desk.papers import meant
from bot.replies import Said
from paperlark import chosen, ids, slots
from paperlark import profile as profiles
from paperlark.drafting import MOST_EXAMPLES, Draft, Request, Trial, filed, named, slug
from paperlark.errors import ConfigError, NotFound, PaperlarkError
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import PaperId, Profile
    from paperlark.subscription import Subscription

LONGEST: Final = 2_000
"""Most characters of twenty links."""
USAGE: Final = (
    "Give links or ids of papers you liked, then `not` and of some you did not: "
    "`/digest setup 2611.90412 2611.90377 … not 2611.90266 …`. Five and three are best."
)
_NOT: Final = re.compile(r"(?:^|\s)(?:but\s+)?not:?(?:\s|$)", re.IGNORECASE)
_JOINED: Final = re.compile(r"\b(arxiv|doi):\s+", re.IGNORECASE)
_CLASS: Final = re.compile(r"\[[a-z-]+(?:\.[a-z-]+)?\]", re.IGNORECASE)
_APART: Final = re.compile(r"[\s,;]+")
_FILLERS: Final = frozenset({"and", "&", "liked", "like", "liked:"})
_UP: Final = ("up", "👍", "+1", "like")
_DOWN: Final = ("down", "👎", "-1")
_BACK: Final = ("none", "back")


def setup(house: House, asker: Asker, text: str) -> Reply:
    """Begin, look at, change, use or cancel a draft; without words the draft as it stands."""
    if not asker.manager and _here(house, asker):
        raise NotFound(words.MANAGERS)
    word, _, rest = text.strip().partition(" ")
    if not word:
        return _shown(house, asker)
    step = _STEPS.get(word.lower())
    return step(house, asker, rest.strip()) if step else _begin(house, asker, text)


def _name(asker: Asker) -> str:
    return named(asker.voter, str(asker.where))


def _here(house: House, asker: Asker) -> list[Subscription]:
    return [s for s in house.store.subscriptions.subscriptions() if s.target == asker.where]


def _begin(house: House, asker: Asker, text: str) -> Reply:
    """Keep the papers, and have them drafted from."""
    liked, other = read(text)
    old = house.store.drafts.request(_name(asker)) or Request(())
    request = Request(liked, other, old.turn).later(house.clock())
    house.store.drafts.ask(_name(asker), request)
    _put(house, asker, request)
    counted = figures.many(len(liked), "paper")
    return Said(
        f"Drafting from {counted} liked and {figures.count(len(other))} not. It takes a minute or "
        "two: arXiv is asked politely. Then type `/digest setup` to see the draft."
    )


def read(text: str) -> tuple[tuple[PaperId, ...], tuple[PaperId, ...]]:
    """The liked papers and the not liked ones that a text names, each once.

    Raises:
        NotFound: a word is no id, there are too many, none is liked, or one is both.
    """
    parts = _NOT.split(text, maxsplit=1)
    liked, other = (_papers(part) for part in (parts[0], " ".join(parts[1:])))
    both = [each for each in liked if each in other]
    if both:
        raise NotFound(f"{both[0]} is named as liked and as not liked: name it once.")
    if not liked:
        raise NotFound(USAGE)
    if max(len(liked), len(other)) > MOST_EXAMPLES:
        raise NotFound(f"Give at most {MOST_EXAMPLES} liked papers, and as many not liked.")
    return liked, other


def _papers(text: str) -> tuple[PaperId, ...]:
    plain = _CLASS.sub(" ", _JOINED.sub(r"\1:", text))
    every = [each for each in _APART.split(plain) if each and each.lower() not in _FILLERS]
    try:
        return tuple(dict.fromkeys(ids.canonical(each)[0] for each in every))
    except ConfigError as error:
        raise NotFound(f"{error} {USAGE}") from error


def _put(house: House, asker: Asker, request: Request) -> str:
    """Have the request drafted; what this turn's last try ended with."""
    if house.draft is None:
        raise NotFound("Nobody drafts profiles here: use `paperlark init` on the command line.")
    return house.draft(_name(asker), request.turn)


def _asked(house: House, asker: Asker) -> Request:
    request = house.store.drafts.request(_name(asker))
    if request is None:
        raise NotFound(f"Nothing is being drafted for you here. {USAGE}")
    return request


def _shown(house: House, asker: Asker) -> Reply:
    """The draft with all that can be done about it; or how far it is."""
    request = _asked(house, asker)
    trial = house.store.drafts.trial(_name(asker))
    if trial is None or trial.turn != request.turn or trial.problem:
        return Said(_waiting(house, asker, request, trial))
    return drafted.page(request, trial, house.clock().date())


def _waiting(house: House, asker: Asker, request: Request, trial: Trial | None) -> str:
    """Why there is no draft yet. A job that got lost is put on its way again."""
    if trial and trial.turn == request.turn and trial.unknown:
        return f"No draft: {trial.problem}"
    failed = _put(house, asker, request)
    problem = trial.problem if trial and trial.turn == request.turn else failed
    if problem:
        return f"No draft yet: {problem.rstrip('.')}. It is tried again: `/digest setup`."
    return "Still drafting: type `/digest setup` again in a minute."


def _thumbed(house: House, asker: Asker, text: str, up: bool | None) -> Reply:  # noqa: FBT001  (a thumb)
    """Put a paper among the liked, the not liked, or neither."""
    paper = meant(text)
    changed = house.store.drafts.change(_name(asker), lambda old: old.with_thumb(paper, up))
    if changed is None:
        _asked(house, asker)
        raise NotFound(USAGE)
    trial = house.store.drafts.trial(_name(asker))
    return Said(drafted.noted(paper, up, changed, trial))


def _again(house: House, asker: Asker, _text: str) -> Reply:
    """Draft anew, with the thumbs given since."""
    now = house.clock()
    _asked(house, asker)
    changed = house.store.drafts.change(_name(asker), lambda old: old.later(now))
    if changed is None or not changed.liked:
        raise NotFound(USAGE)
    _put(house, asker, changed)
    return Said("Drafting anew with your thumbs: type `/digest setup` in a minute.")


def _cancel(house: House, asker: Asker, _text: str) -> Reply:
    gone = house.store.drafts.forget(_name(asker))
    return Said("The draft is forgotten." if gone else "Nothing was being drafted for you here.")


def _use(house: House, asker: Asker, text: str) -> Reply:
    """Make the profile and the place's subscription of the draft, once however often pressed."""
    with TURN:  # of two presses the second finds the draft used
        return _used(house, asker, text)


def _used(house: House, asker: Asker, text: str) -> Reply:
    request = _asked(house, asker)
    trial = house.store.drafts.trial(_name(asker))
    if trial is None or trial.draft is None or trial.turn != request.turn:
        return Said(_waiting(house, asker, request, trial))
    name = _free(house, text) if text else _proposed(house, trial.draft)
    liked, other = (
        [each for each in papers if each not in trial.unknown]
        for papers in (request.liked, request.not_liked)
    )
    profile = filed(name, trial.draft, liked, other)
    house.store.keep(house.store.papers([*profile.liked, *profile.not_liked]).values())
    house.store.save_profile(profile)
    made = _subscribed(house, asker, profile)
    house.store.drafts.forget(_name(asker))
    others = [each.profile for each in _here(house, asker) if each.id != made.id]
    beside = (
        f" {others[0]} keeps coming here too: `/digest unsubscribe here profile:{others[0]}` "
        "stops it."
        if others
        else ""
    )
    when = words.first(slots.first(made, house.clock()), made.zone)
    return Said(f"Kept as “{name}”, for this place. {when}{beside}")


def _subscribed(house: House, asker: Asker, profile: Profile) -> Subscription:
    """The place's subscription to the profile, at the hours of the one it has already."""
    bare = fresh(house, Place(asker.where, profile, None))
    here = chosen.at(_here(house, asker), asker.where)
    if here:
        bare = replace(bare, at=here.at, zone=here.zone, days=here.days)
        bare = replace(bare, since=slots.since(bare, house.clock()))
    house.store.subscriptions.save_subscription(bare)
    return bare


def _free(house: House, name: str) -> str:
    """The name, if no profile has it.

    Raises:
        NotFound: one has it, or no profile can have it.
    """
    try:
        profiles.check_name(name)
    except PaperlarkError as error:
        raise NotFound(str(error)) from error
    if _taken(house, name):
        raise NotFound(f"There is a profile “{name}” already: `/digest setup use OTHER-NAME`.")
    return name


def _taken(house: House, name: str) -> bool:
    known = {*chosen.built_in_names(), *(each.name for each in house.store.profiles())}
    return name.casefold() in {each.casefold() for each in known}


def _proposed(house: House, draft: Draft) -> str:
    """A free name from the draft's first theme: ``sparse-attention``, ``sparse-attention-2``."""
    base = slug(draft)
    names = [base, *(f"{base}-{number}" for number in range(2, 1_000))]
    return next(name for name in names if not _taken(house, name))


_STEPS: Final[Mapping[str, Callable[[House, Asker, str], Reply]]] = {
    "again": _again,
    "use": _use,
    "cancel": _cancel,
    **{word: lambda h, a, t: _thumbed(h, a, t, up=True) for word in _UP},
    **{word: lambda h, a, t: _thumbed(h, a, t, up=False) for word in _DOWN},
    **{word: lambda h, a, t: _thumbed(h, a, t, up=None) for word in _BACK},
}
