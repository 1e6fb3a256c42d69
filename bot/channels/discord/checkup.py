"""A look at Discord's side of the set-up: token, permissions and channels, each with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import permissions
from bot.ports import Finding
from paperlark.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.channels.discord.rest import Rest
    from bot.channels.discord.settings import DiscordSettings
    from paperlark.target import Target

SIGN_IN: Final = "Discord: bot token"
INVITE: Final = "Discord: invite link"
_TALKS: Final = (1, 3)
_TEXT: Final = (0, 5)
_THREADS: Final = (10, 11, 12)
"""Numbers of kinds of channels: direct talks, channels for text, threads."""


async def check(
    settings: DiscordSettings, rest: Rest, targets: Sequence[Target]
) -> tuple[Finding, ...]:
    """Findings about the token and the invite, then one a target; never raises.

    Args:
        settings: checked.
        rest: not used without a token.
        targets: Discord's own.
    """
    if not settings.token.get_secret_value():
        fix = "Create the application (docs/discord.md) and set channels.discord.token."
        return (Finding(SIGN_IN, "fail", "There is none.", fix),)
    try:
        me = _table(await rest.get("users/@me", place="Discord"))
    except DeliveryError as error:
        return (Finding(SIGN_IN, "fail", *_split(str(error))),)
    application = settings.application or str(me.get("id", ""))
    return (
        Finding(SIGN_IN, "ok", str(me.get("username", ""))),
        Finding(INVITE, "ok", permissions.invite(application)),
        *[await _target(rest, str(me.get("id", "")), target) for target in targets],
    )


async def _target(rest: Rest, me: str, target: Target) -> Finding:
    what = f"Discord: {target.address}"
    try:
        channel = _table(await rest.get(f"channels/{target.address}", place=target.address))
        kind, named = channel.get("type"), f"#{channel.get('name', target.address)}"
        if kind in _TALKS:
            return Finding(what, "ok", "a direct talk")
        if kind not in _TEXT + _THREADS:
            return Finding(what, "fail", f"{named} is no text channel.", "Choose one that is.")
        lacking = await _lacking(rest, me, channel, target.address)
    except DeliveryError as error:
        return Finding(what, "fail", *_split(str(error)))
    if lacking:
        fix = f"Allow them to paperlark in the settings of {named}, under “Permissions”."
        return Finding(what, "fail", f"paperlark lacks {', '.join(lacking)} in {named}.", fix)
    return Finding(what, "ok", named)


async def _lacking(rest: Rest, me: str, channel: Mapping[str, Any], place: str) -> tuple[str, ...]:
    guild = str(channel.get("guild_id", ""))
    member = _table(await rest.get(f"guilds/{guild}/members/{me}", place=place))
    roles = await rest.get(f"guilds/{guild}/roles", place=place)
    if channel.get("type") in _THREADS:  # a thread has its channel's permissions
        parent = channel.get("parent_id")
        channel = _table(await rest.get(f"channels/{parent}", place=place))
    bits = permissions.held(
        guild,
        me,
        [str(role) for role in member.get("roles") or ()],
        roles if isinstance(roles, list) else [],
        channel.get("permission_overwrites") or (),
    )
    return permissions.missing(bits)


def _table(said: Any) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise DeliveryError(
            "The address in channels.discord.api_url answers, but not as Discord does. Correct it."
        )
    return said


def _split(sentence: str) -> tuple[str, str]:
    """What happened, and what to do: the first sentence, and the others."""
    first, stop, rest = sentence.partition(". ")
    return (f"{first}.", rest) if stop else (sentence, "Ask again in a while.")
