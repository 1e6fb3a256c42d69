"""Whether Slack lets us in: tokens and permissions, asked at the start, in one sentence."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels.slack import scopes
from bot.channels.slack.refusals import FAILURES, Answer, answer
from bot.hush import hushed
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slack_sdk.web.async_client import AsyncWebClient

_log: Final = structlog.get_logger(__name__)
WAITS_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Between tries while Slack cannot be reached."""
NEEDED: Final = ("commands", "chat:write", "reactions:read", "users:read")
"""Scopes without which nobody could be listened to, or a program's thumb would pass for a person's;
other missing ones are told in the log."""
_PASSING: Final = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", ""}
"""Refusals that another try may not meet; an empty one is an answer that is not Slack's."""
_COPY: Final = "copy it again from the app's page"
_AGAIN: Final = "install the app to the workspace again, and set its new token"
_REMEDY: Final[Mapping[str, str]] = {
    "invalid_auth": _COPY,
    "not_authed": _COPY,
    "account_inactive": _AGAIN,
    "token_revoked": _AGAIN,
    "token_expired": _AGAIN,
    "not_allowed_token_type": "bot tokens begin with xoxb-, app tokens with xapp-",
}


@dataclass(frozen=True, slots=True)
class Admission:
    """Who we are in Slack.

    Attributes:
        team, user, bot: ids of the workspace, of our user there, and of the bot behind it.
        address: a socket's, good for one connection within seconds; empty for HTTP. A secret.
    """

    team: str
    user: str
    bot: str
    address: str = field(default="", repr=False)


async def admit(
    client: AsyncWebClient, app_token: str, waits_s: Sequence[float] = WAITS_S
) -> Admission:
    """Wait until Slack lets us in, for as long as it cannot be reached.

    Args:
        client: with the bot's token.
        app_token: for Socket Mode; empty where events come in over HTTP.
        waits_s: seconds between tries; the last one over and over.

    Raises:
        ConfigError: it refuses a token, or a permission is missing: which, and the remedy.
    """
    tries = 0
    while True:
        try:
            return await _asked(client, app_token)
        except FAILURES as error:
            told = answer(error).retry_after if isinstance(error, SlackApiError) else None
            wait_s = max(waits_s[min(tries, len(waits_s) - 1)], told or 0.0)
            _log.warning("slack cannot be reached", error=hushed(repr(error)), again_s=wait_s)
        tries += 1
        await asyncio.sleep(wait_s)


async def _asked(client: AsyncWebClient, app_token: str) -> Admission:
    key, address = "bot_token", ""
    try:
        said = await client.auth_test()
        _permitted(str(said.headers.get("x-oauth-scopes", "")))
        if app_token:
            key = "app_token"
            address = str((await client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        found = answer(error)
        if found.busy or found.code in _PASSING:
            raise
        raise ConfigError(_sentence(key, found)) from error
    return Admission(_id(said, "team_id"), _id(said, "user_id"), _id(said, "bot_id"), address)


def _permitted(granted: str) -> None:
    lacking = scopes.missing(granted)
    if not lacking:
        return
    told = ", ".join(lacking)
    if any(scope in NEEDED for scope in lacking):
        raise ConfigError(
            f"The Slack app lacks {told}: add it under “OAuth & Permissions”, install the app to "
            "the workspace again, and set its new token in `channels.slack.bot_token`."
        )
    _log.warning("slack app lacks scopes", scopes=told, fix="run paperlark doctor")


def _sentence(key: str, found: Answer) -> str:
    if found.code == "missing_scope":
        needed = found.needed or "a scope"
        return (
            f"Slack: `channels.slack.{key}` lacks {needed}: add it on the app's page, and make "
            "the token anew."
        )
    remedy = _REMEDY.get(found.code, "see the app's page at https://api.slack.com/apps")
    return f"Slack refuses `channels.slack.{key}` ({found.code}): {remedy}."


def _id(said: Any, name: str) -> str:
    return str(said.get(name) or "")
