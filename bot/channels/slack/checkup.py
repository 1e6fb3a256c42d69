"""A look at Slack's side of the set-up: tokens, scopes and channels, each with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError

from bot.channels.slack import scopes
from bot.channels.slack.refusals import FAILURES, answer, translate
from bot.ports import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.channels.slack.settings import SlackSettings
    from paperlark.target import Target

SIGN_IN: Final = "Slack: bot token"
LISTENING: Final = "Slack: commands and buttons"
_MANIFEST: Final = "config/slack-manifest.yaml lists what it needs"
_PEOPLE: Final = ("U", "W")


async def check(
    settings: SlackSettings, client: Callable[[], AsyncWebClient], targets: Sequence[Target]
) -> tuple[Finding, ...]:
    """Findings about the tokens, then one a target; never raises.

    Args:
        settings: checked.
        client: makes the client; not called without a bot token.
        targets: Slack's own.
    """
    if not settings.bot_token.get_secret_value():
        fix = "Create the app (docs/slack.md) and set channels.slack.bot_token."
        return (Finding(SIGN_IN, "fail", "There is none.", fix),)
    api = client()
    found = [await _signed_in(api)]
    if found[0].state == "fail":
        return tuple(found)
    found.append(await _listening(settings, api))
    found += [await _target(api, target) for target in targets]
    return tuple(found)


async def _signed_in(api: AsyncWebClient) -> Finding:
    try:
        said = await api.auth_test()
    except FAILURES as error:
        return Finding(SIGN_IN, "fail", *_split(str(translate(error, "Slack"))))
    lacking = scopes.missing(_header(said.headers, "x-oauth-scopes"))
    if lacking:
        fix = "Add them under “OAuth & Permissions” and reinstall the app"
        told = f"It lacks {', '.join(lacking)}."
        return Finding(SIGN_IN, "fail", told, f"{fix}; {_MANIFEST}.")
    return Finding(SIGN_IN, "ok", f"{said.get('user')} in {said.get('team')}")


async def _listening(settings: SlackSettings, api: AsyncWebClient) -> Finding:
    if settings.way == "http":
        return Finding(LISTENING, "ok", "signed HTTP at /slack/events")
    if not settings.way:
        fix = "Set channels.slack.app_token for Socket Mode, or signing_secret for HTTP."
        return Finding(LISTENING, "warn", "Nothing listens to them.", fix)
    token = settings.app_token.get_secret_value()
    try:
        await api.apps_connections_open(app_token=token)
    except FAILURES as error:
        if isinstance(error, SlackApiError) and answer(error).code in {
            "invalid_auth",
            "not_authed",
        }:
            fix = "Make an app-level token with the scope connections:write, and set it there."
            told = "Slack refuses channels.slack.app_token."
            return Finding(LISTENING, "fail", told, fix)
        return Finding(LISTENING, "fail", *_split(str(translate(error, "Slack"))))
    return Finding(LISTENING, "ok", "Socket Mode")


async def _target(api: AsyncWebClient, target: Target) -> Finding:
    what = f"Slack: {target.address}"
    try:
        if target.address.startswith(_PEOPLE):
            await api.conversations_open(users=target.address)
            return Finding(what, "ok", "a direct talk")
        said = await api.conversations_info(channel=target.address)
    except FAILURES as error:
        return Finding(what, "fail", *_split(str(translate(error, target.address))))
    return _membership(what, said.get("channel") or {}, target.address)


def _membership(what: str, channel: dict[str, Any], address: str) -> Finding:
    named = f"#{channel['name']}" if channel.get("name") else address
    if channel.get("is_archived"):
        fix = "Unarchive it, or remove the subscription."
        return Finding(what, "fail", f"{named} is archived.", fix)
    if not channel.get("is_member") and not channel.get("is_im"):
        fix = "Type `/invite @paperlark` there."
        return Finding(what, "fail", f"paperlark isn't in {named}.", fix)
    return Finding(what, "ok", named)


def _split(sentence: str) -> tuple[str, str]:
    """What happened, and what to do: the first sentence, and the others."""
    first, stop, rest = sentence.partition(". ")
    return (f"{first}.", rest) if stop else (sentence, "")


def _header(headers: Any, name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")
