"""The table ``[channels.slack]``, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator, model_validator

from paperlark.settings import Section, check, local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.settings import Where

API: Final = "https://slack.com/api/"
_KINDS: Final = {"xapp-": "app_token", "xoxb-": "bot_token"}
"""What Slack's tokens begin with, and the key each belongs to."""


class SlackSettings(Section):
    """How to reach Slack. Every token may be empty: composing needs none.

    Attributes:
        bot_token: ``xoxb-…``: posts, and asks after what was posted.
        app_token: ``xapp-…``: listens by Socket Mode.
        signing_secret: proves that a request over HTTP is Slack's.
        mode: ``socket``, ``http``, or empty for what the secrets allow: see `way`.
        managers: who may change a channel's settings: ``anyone`` in it, or the workspace's
            ``admins``, owners among them.
        api_url: where the Web API answers; ends with a stroke.
    """

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    signing_secret: SecretStr = SecretStr("")
    mode: Literal["", "socket", "http"] = ""
    managers: Literal["anyone", "admins"] = "anyone"
    api_url: str = API

    @field_validator("bot_token", "app_token", "signing_secret")
    @classmethod
    def _bare(cls, value: SecretStr) -> SecretStr:
        return SecretStr(value.get_secret_value().strip())

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"should be an address like {API}")
        if parts.scheme == "http" and not local(value):
            raise ValueError("should begin with https://, since a token is sent there")
        return value.strip().rstrip("/") + "/"

    @model_validator(mode="after")
    def _consistent(self) -> SlackSettings:
        for key in ("bot_token", "app_token"):
            begins = getattr(self, key).get_secret_value()[:5]
            if (meant := _KINDS.get(begins)) and meant != key:
                raise ValueError(f"{key} begins with {begins}, as {meant} does: swap the two")
        if self.mode == "socket" and not self.app_token.get_secret_value():
            raise ValueError("mode is socket, which needs an app_token (xapp-…)")
        if self.mode == "http" and not self.signing_secret.get_secret_value():
            raise ValueError("mode is http, which needs a signing_secret")
        return self

    @property
    def way(self) -> Literal["", "socket", "http"]:
        """How events come in; empty where neither an app token nor a signing secret is set."""
        if self.mode:
            return self.mode
        if self.app_token.get_secret_value():
            return "socket"
        return "http" if self.signing_secret.get_secret_value() else ""


def read(raw: Mapping[str, Any], where: Where) -> SlackSettings:
    """The checked table.

    Raises:
        ConfigError: one sentence naming the key, and what was expected.
    """
    return check(SlackSettings, raw, prefix="channels.slack.", where=where)
