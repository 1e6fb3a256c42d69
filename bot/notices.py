"""What operators and owners are told when a target fails, and the way it reaches them, once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import structlog

from paperlark.errors import PaperlarkError
from paperlark.post import Setting
from paperlark.render import absences
from paperlark.target import Target

if TYPE_CHECKING:
    from datetime import date

    from bot.ports import Channel
    from paperlark.post import Post
    from paperlark.subscription import Subscription

_log = structlog.get_logger()


class Told(Protocol):
    """Who was told already (see `paperlark.store.told`)."""

    def first(self, subscription: str) -> bool:
        """Note that the owner is told now; False where that is noted already."""


class Channels(Protocol):
    """The ways out by kind."""

    def get(self, kind: str) -> Channel:
        """The way out of that kind; raises `ConfigError` where there is none."""


def place(target: Target) -> str:
    """The target for logs and operators: of a mail address, as little as names it."""
    name, at, host = target.address.partition("@")
    return f"{target.kind}:{name[:1]}…@{host}" if at else str(target)


def masked(text: str, target: Target) -> str:
    """A sentence for the log, where it may name the target: as `place` does.

    Servers repeat an address in a case of their own.
    """
    shown = place(target)
    whole = text.replace(str(target), shown)
    if not target.address:
        return whole
    named = re.compile(re.escape(target.address), re.IGNORECASE)
    return named.sub(lambda _: shown.partition(":")[2], whole)


def named(subscription: str) -> str:
    """A subscription's id for logs and operators, its address likewise."""
    target, _, profile = subscription.rpartition("/")
    return f"{place(Target.parse(target))}/{profile}"


def given_up(target: Target, post: Post) -> str:
    """The sentence about a message that may or may not have arrived."""
    return (
        f"{target.kind.capitalize()} took too long; a part of the digest may or may not have "
        f"arrived. It was not sent again. To send it: {_order(post)}."
    )


def rootless(target: Target, post: Post) -> str:
    """The sentence about replies whose first message was given up."""
    return (
        f"The digest's first message in {target.kind.capitalize()} was given up, so nothing was "
        f"sent into its thread. To send it all: {_order(post)}."
    )


def _order(post: Post) -> str:
    """The command by which a person has a post sent."""
    profile = post.subscription.rpartition("/")[2]
    return f"`paperlark digest {post.date.isoformat()} --profile {profile} --post`"


def refused(subscription: Subscription, post: Post, why: str) -> str:
    """The sentence about messages that a service turned down, for the owner."""
    return (
        f"A part of the digest of {subscription.profile} of {post.date.isoformat()} did not get to "
        f"{place(subscription.target)}: {why.rstrip('.')}."
    )


def disabled(subscription: Subscription) -> str:
    """The sentence about a target that will never take a message again."""
    return (
        f"The digest of {subscription.profile} no longer reaches {place(subscription.target)}: "
        f"{subscription.reason.rstrip('.')}. Then: `paperlark subs resume {subscription.id}`."
    )


async def tell_owner(
    told: Told, channels: Channels, subscription: Subscription, today: date
) -> bool:
    """Tell the owner of a disabled subscription, once, and by another way than the failing one.

    Where there is no owner, or no other way, the log says it at warning; whether a message went.
    """
    said = disabled(subscription)
    return await _tell(told, channels, subscription, today, event="target disabled", said=said)


async def tell_refused(
    told: Told, channels: Channels, subscription: Subscription, post: Post, why: str
) -> bool:
    """Tell the owner that a part of a post was turned down, in the same way."""
    said = refused(subscription, post, why)
    return await _tell(told, channels, subscription, post.date, event="post not whole", said=said)


async def _tell(
    told: Told,
    channels: Channels,
    subscription: Subscription,
    today: date,
    *,
    event: str,
    said: str,
) -> bool:
    if not told.first(subscription.id):
        return False
    target = subscription.target
    _log.warning(event, target=place(target), said=masked(said, target))
    if subscription.owner in {"", str(subscription.target)}:
        return False
    try:
        owner = Target.parse(subscription.owner)
        channel = channels.get(owner.kind)
        about = absences.empty(today, subscription.profile)
        composed = channel.compose(about, subscription.form, Setting(notice=said))
        for message in composed:
            key = f"told/{subscription.id}/{today.isoformat()}/{message.part}"
            await channel.send(owner, message, key=key, root="")
    except (PaperlarkError, ValueError) as error:
        _log.warning("owner could not be told", target=place(target), why=type(error).__name__)
        return False
    return True
