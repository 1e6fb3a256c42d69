"""Who may change a channel's settings: anyone in it, or only who runs the workspace."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.channels.slack.refusals import FAILURES
from bot.hush import hushed

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.channels.slack.origin import Origin

_log: Final = structlog.get_logger(__name__)
KEPT_S: Final = 300.0
"""How long Slack's word about a person counts: a new admin waits no longer than that."""
LOOK_S: Final = 1.0
"""How long a person may be looked up: a form has to open within three seconds."""
_KNOWN: Final = 10_000
_RANKS: Final = ("is_admin", "is_owner", "is_primary_owner")


class Managers:
    """Says of people whether they may change the place they are in; their own place they may.

    Args:
        client: with the bot's token, which needs the scope ``users:read``.
        admins: only admins and owners of the workspace may; otherwise anyone may.
        kept_s: for how long an answer counts.
    """

    def __init__(
        self, client: AsyncWebClient, *, admins: bool = False, kept_s: float = KEPT_S
    ) -> None:
        self._client, self._admins, self._kept_s = client, admins, kept_s
        self._found: dict[str, tuple[float, bool]] = {}

    async def known(self, origin: Origin) -> Origin:
        """The same, with what is true of the person. Who cannot be looked up may not, this time.

        Where anyone may, nobody is told who voted: everybody in the channel would be told.
        """
        if not self._admins or origin.alone:
            return origin
        found = await self._manages(origin.user)
        return replace(origin, manager=found, named=found)

    async def _manages(self, user: str) -> bool:
        now = asyncio.get_running_loop().time()
        until, found = self._found.get(user, (0.0, False))
        if now < until:
            return found
        try:
            said: Any = await asyncio.wait_for(self._client.users_info(user=user), LOOK_S)
            person = said["user"]
            found = any(person.get(rank) is True for rank in _RANKS)
        except (*FAILURES, LookupError) as error:
            _log.warning("slack did not say who is an admin", error=hushed(repr(error)))
            return False
        if len(self._found) >= _KNOWN:
            self._found.clear()
        self._found[user] = (now + self._kept_s, found)
        return found
