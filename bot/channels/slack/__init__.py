"""Slack: digests as a summary with a thread, answers to commands, and a Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.slack.settings import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Channel, Listener
    from paperlark.settings import Where

_SECRETS = ("bot_token", "app_token", "signing_secret")


def channel(raw: Mapping[str, Any], where: Where) -> Channel:
    """The way out. Without a token it composes, and refuses to send.

    Raises:
        ConfigError: a key or a value of ``[channels.slack]`` is wrong.
    """
    from bot.channels.slack.client import Slack  # noqa: PLC0415  (slack_sdk is slow to import)

    return Slack(read(raw, where))


def listener(raw: Mapping[str, Any], where: Where) -> Listener | None:
    """The way in; None where neither an app token nor a signing secret is set.

    Raises:
        ConfigError: a key or a value of ``[channels.slack]`` is wrong.
    """
    settings = read(raw, where)
    if not settings.way:
        return None
    from bot.channels.slack.client import Slack  # noqa: PLC0415  (slack_sdk is slow to import)
    from bot.channels.slack.listening import SlackListener  # noqa: PLC0415  (so is slack_bolt)

    return SlackListener(settings, Slack(settings))


def enabled(raw: Mapping[str, Any]) -> bool:
    """Whether any secret of Slack is set: one of several is a slip worth a sentence."""
    return any(_given(raw.get(key)) for key in _SECRETS)


def _given(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
