"""What the app may do in a workspace: as little as it needs.

config/slack-manifest.yaml asks for exactly this.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chat:write": "post digests and answers",
        "commands": "answer /digest and /abstract",
        "reactions:read": "count 👍 and 👎 under its messages",
        "channels:read": "see whether it is in a public channel",
        "groups:read": "the same for private channels",
        "channels:history": "ask, after a broken connection, whether a message arrived",
        "groups:history": "the same in private channels",
        "im:history": "the same in a direct talk",
        "im:write": "find the direct talk with a person who gets a digest there",
        "users:read": "tell people's reactions from other apps'",
    }
)
"""Every scope of the bot token, and what it is for."""
EVENTS: Final = ("app_home_opened", "reaction_added", "reaction_removed")
"""Every event the app listens to."""
COMMANDS: Final = ("/digest", "/abstract")


def missing(granted: str) -> tuple[str, ...]:
    """Scopes that a token with the header ``x-oauth-scopes: a,b`` lacks; none where it is empty."""
    held = {scope.strip() for scope in granted.split(",") if scope.strip()}
    return tuple(scope for scope in SCOPES if scope not in held) if held else ()
