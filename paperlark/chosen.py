"""Which profile is meant: by name, by place, or because there is only one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from paperlark import profile as profiles
from paperlark import resources
from paperlark.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from paperlark.domain import Profile
    from paperlark.subscription import Subscription
    from paperlark.target import Target


class Kept(Protocol):
    """The slice of the store that profiles are read from."""

    def profile(self, name: str) -> Profile | None:
        """The profile of that name."""

    def profiles(self) -> tuple[Profile, ...]:
        """Every profile, by name."""


def chosen(store: Kept, name: str = "", default: str = "") -> Profile:
    """The profile of that name: the store's, else a built-in one.

    Args:
        store: where profiles are kept.
        name: whose profile; empty for `default`, else the only one in the store.
        default: the name in the settings, ``digest.profile``; may be empty.

    Raises:
        NotFound: there is none of that name, or none at all; the sentence says what there is.
        ConfigError: there are several, and none was named.
    """
    wanted = name or default or _only(store)
    return store.profile(wanted) or built_in(wanted)


def at(subscriptions: Iterable[Subscription], place: Target) -> Subscription | None:
    """The subscription whose profile is a place's own: the first of those delivered there."""
    return next((each for each in subscriptions if each.target == place), None)


def lost(store: Kept, subscriptions: Iterable[Subscription]) -> tuple[Subscription, ...]:
    """Those whose profile there is not: nothing is ever posted for them."""
    known = {*built_in_names(), *(profile.name for profile in store.profiles())}
    strange = (each for each in subscriptions if each.profile not in known)
    return tuple(each for each in strange if store.profile(each.profile) is None)  # a reader's own


def without(subscription: Subscription) -> str:
    """What people are told of a subscription whose profile there is not, and what to do."""
    return (
        f"{subscription.id} has no profile “{subscription.profile}” any more, so nothing is "
        f"posted: `paperlark profiles add {subscription.profile} --file FILE`, or "
        f"`paperlark subs remove {subscription.id}`."
    )


def _only(store: Kept) -> str:
    names = [profile.name for profile in store.profiles()]
    if len(names) == 1:
        return names[0]
    if names:
        raise ConfigError(f"Which profile? Name one with --profile: {', '.join(names)}.")
    raise NotFound(
        "There is no profile yet. Make one with `paperlark init`, or try a built-in one: "
        f"--profile {built_in_names()[0]}."
    )


def built_in_names() -> tuple[str, ...]:
    """The example profiles that come with the program."""
    files = resources.folder("prompts").joinpath("topics").iterdir()
    return tuple(sorted(f.name.removesuffix(".md") for f in files if f.name.endswith(".md")))


def built_in(name: str) -> Profile:
    """The example profile of that name.

    Raises:
        NotFound: there is none; the sentence names those there are.
    """
    if name not in built_in_names():
        raise NotFound(
            f"There is no profile “{name}”. `paperlark profiles list` shows yours; "
            f"built in: {', '.join(built_in_names())}."
        )
    return profiles.parse(name, resources.text("prompts", "topics", f"{name}.md"))
