"""Thumbs as emoji on our messages: put there, and taken off again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from slack_bolt import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.channels.slack.origin import Origin, moment
from bot.channels.slack.refusals import answer
from bot.work import RETRIES_S, insisted
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.ports import Desk
    from bot.work import Work

THUMBS: Final[Mapping[str, Thumb]] = {
    "+1": Thumb.UP,
    "thumbsup": Thumb.UP,
    "-1": Thumb.DOWN,
    "thumbsdown": Thumb.DOWN,
}
ACK_S: Final = 2.0
"""Slack waits 3 seconds for its acknowledgement."""
LOOK_S: Final = 1.0
"""How long a person may be looked up, of the time there is for the acknowledgement."""
_KNOWN: Final = 10_000
_STRANGERS: Final = frozenset({"user_not_found", "user_not_visible"})
"""Refusals that say that Slack has no more to tell: people of other workspaces, not programs."""


def thumb(name: str) -> Thumb | None:
    """What a reaction means, in any skin tone: ``+1::skin-tone-3``; None for any other emoji."""
    return THUMBS.get(name.split("::", 1)[0])


class Reactions:
    """Votes by emoji. Nobody waits for an answer, so none is given.

    A vote is written before its event is acknowledged. Where that fails, or Slack does not say
    whether that is a person or a program, the event stays unacknowledged, and Slack sends it again;
    it is also tried again from here, and counts once.
    """

    def __init__(
        self,
        desk: Desk,
        client: AsyncWebClient,
        work: Work,
        *,
        ack_s: float = ACK_S,
        retries_s: tuple[float, ...] = RETRIES_S,
    ) -> None:
        self._desk, self._client, self._work = desk, client, work
        self._ack_s, self._retries_s = ack_s, retries_s
        self._bots: dict[str, bool] = {}

    def register(self, app: AsyncApp) -> None:
        """Listen for reactions put on and taken off."""
        app.event("reaction_added")(self.added)
        app.event("reaction_removed")(self.removed)

    async def added(self, event: dict[str, Any], body: dict[str, Any]) -> BoltResponse | None:
        """An emoji was put on a message."""
        return await self._take(event, body, on=True)

    async def removed(self, event: dict[str, Any], body: dict[str, Any]) -> BoltResponse | None:
        """An emoji was taken off a message."""
        return await self._take(event, body, on=False)

    async def _take(
        self, event: Mapping[str, Any], body: Mapping[str, Any], *, on: bool
    ) -> BoltResponse | None:
        """Write the vote; a refusal where it could not be written in time."""
        meant, item = thumb(str(event.get("reaction", ""))), event.get("item")
        if meant is None or not isinstance(item, dict) or item.get("type") != "message":
            return None
        written = asyncio.Event()
        writing = self._write(meant, event, item, body, written, on=on)
        self._work.start(writing, "reaction", urgent=True)
        try:
            await asyncio.wait_for(written.wait(), self._ack_s)
        except TimeoutError:
            return BoltResponse(status=503)
        return None

    async def _write(
        self,
        meant: Thumb,
        event: Mapping[str, Any],
        item: Mapping[str, Any],
        body: Mapping[str, Any],
        written: asyncio.Event,
        *,
        on: bool,
    ) -> None:
        origin = Origin(user=str(event.get("user") or ""), channel=str(item.get("channel") or ""))

        async def vote() -> None:
            if origin.user and not await self._is_bot(origin.user):
                await self._desk.vote(
                    origin.asker,
                    meant if on else Thumb.NONE,
                    Door.SLACK_REACTION,
                    ref=f"{origin.channel}:{item.get('ts')}",
                    at=moment(event.get("event_ts")),
                    event=str(body.get("event_id") or ""),
                    taken=None if on else meant,
                    mark=str(event.get("reaction", "")),
                )

        await insisted(vote, "reaction", self._retries_s)
        written.set()

    async def _is_bot(self, user: str) -> bool:
        """Whether that is another program; asked once.

        Raises:
            Exception: one of `refusals.FAILURES`: Slack did not say, and has to be asked again.
        """
        if user not in self._bots:
            found = await self._looked_up(user)
            if len(self._bots) >= _KNOWN:
                self._bots.clear()
            self._bots[user] = found
        return self._bots[user]

    async def _looked_up(self, user: str) -> bool:
        try:
            said = await asyncio.wait_for(self._client.users_info(user=user), LOOK_S)
        except SlackApiError as error:
            if answer(error).code in _STRANGERS:
                return False
            raise
        told = said.get("user")
        if not isinstance(told, dict):
            raise TypeError("Slack did not say who that is; it is asked again.")
        return told.get("is_bot") is True
