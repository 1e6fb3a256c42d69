"""The table ``[channels.matrix]``, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from paperlark.settings import Section, check, local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.settings import Where

_EXAMPLE: Final = "https://matrix.example.org"


class MatrixSettings(Section):
    """How to reach a homeserver. The token may be empty: composing needs none.

    Attributes:
        homeserver: where its client-server API answers, without a stroke at the end.
        access_token: the account's own; posts, and listens.
        per_second: messages a second that the homeserver takes of this account; 0 for no limit.
    """

    homeserver: str = ""
    access_token: SecretStr = SecretStr("")
    per_second: float = Field(default=0.2, ge=0)

    @field_validator("access_token")
    @classmethod
    def _bare(cls, value: SecretStr) -> SecretStr:
        return SecretStr(value.get_secret_value().strip().removeprefix("Bearer ").strip())

    @field_validator("homeserver")
    @classmethod
    def _address(cls, value: str) -> str:
        said = value.strip().rstrip("/")
        parts = urlsplit(said)
        if not said:
            return ""
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"should be an address like {_EXAMPLE}")
        if parts.scheme == "http" and not local(said):
            raise ValueError("should begin with https://, since a token is sent there")
        return said

    @model_validator(mode="after")
    def _consistent(self) -> MatrixSettings:
        if self.token and not self.homeserver:
            raise ValueError(f"there is an access_token and no homeserver: set it, as {_EXAMPLE}")
        return self

    @property
    def token(self) -> str:
        """The access token as text; empty where there is none."""
        return self.access_token.get_secret_value()


def read(raw: Mapping[str, Any], where: Where) -> MatrixSettings:
    """The checked table.

    Raises:
        ConfigError: one sentence naming the key, and what was expected.
    """
    return check(MatrixSettings, raw, prefix="channels.matrix.", where=where)
