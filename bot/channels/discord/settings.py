"""The table ``[channels.discord]``, checked."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationInfo, field_validator

from paperlark.settings import Section, check, local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.settings import Where

API: Final = "https://discord.com/api/v10/"
GATEWAY: Final = "wss://gateway.discord.gg/"
_OPEN: Final = {"http": "https", "ws": "wss"}
"""Schemes without encryption, and what stands for them elsewhere than on this machine."""


class DiscordSettings(Section):
    """How to reach Discord. The token may be empty: composing needs none.

    Attributes:
        token: the bot's: posts, and listens.
        application_id: the application's; empty for what the token says, see `application`.
        guild: the server that commands are registered in; empty for everywhere.
        embeds: plain embeds in place of components, for clients that do not draw those.
        api_url: where the REST interface answers, version included; ends with a stroke.
        gateway_url: where the gateway answers; ends with a stroke.
    """

    token: SecretStr = SecretStr("")
    application_id: str = ""
    guild: str = ""
    embeds: bool = False
    api_url: str = API
    gateway_url: str = GATEWAY

    @field_validator("token")
    @classmethod
    def _bare(cls, value: SecretStr) -> SecretStr:
        return SecretStr(value.get_secret_value().strip().removeprefix("Bot ").strip())

    @field_validator("application_id", "guild", mode="before")
    @classmethod
    def _number(cls, value: object, info: ValidationInfo) -> str:
        said = str(value).strip()
        whose = "server" if info.field_name == "guild" else "application"
        if said and not (said.isascii() and said.isdigit()):
            raise ValueError(f"should be the {whose}'s number, as 100000000000000001")
        return said

    @field_validator("api_url", "gateway_url")
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        usual = API if info.field_name == "api_url" else GATEWAY
        safe, said = urlsplit(usual).scheme, urlsplit(value.strip())
        if _OPEN.get(said.scheme, said.scheme) != safe or not said.hostname:
            raise ValueError(f"should be an address like {usual}")
        if said.scheme != safe and not local(value):
            raise ValueError(f"should begin with {safe}://, since a token is sent there")
        return value.strip().rstrip("/") + "/"

    @property
    def application(self) -> str:
        """The application's number; the token begins with it. Empty where neither tells."""
        return self.application_id or _first(self.token.get_secret_value())


def read(raw: Mapping[str, Any], where: Where) -> DiscordSettings:
    """The checked table.

    Raises:
        ConfigError: one sentence naming the key, and what was expected.
    """
    return check(DiscordSettings, raw, prefix="channels.discord.", where=where)


def _first(token: str) -> str:
    """The number that the part of a token before its first stop is the base64 of."""
    part = token.partition(".")[0]
    try:
        said = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return said if said.isdigit() else ""
