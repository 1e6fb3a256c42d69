"""How an answer gets back to the person: by its address, else beside the message, else a letter."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.channels.slack import blocks, hush, limits, replies
from bot.channels.slack.origin import Surface
from bot.channels.slack.refusals import FAILURES
from bot.replies import File, Home, Said

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.channels.slack.blocks import Block
    from bot.channels.slack.origin import Origin
    from bot.replies import Reply

TIMEOUT_S: Final = 10
_SAID: Final = ("text", "blocks")
MOST: Final = 5
"""Messages of one answer: as many as its address takes."""
_GOES_ON: Final = (
    "This is the beginning; the rest is too long for Slack. Whoever runs paperlark gets all of it "
    "with `paperlark archive export`."
)
_UNINVITED: Final = "paperlark isn't in that channel. Type `/invite @paperlark` there, then share."


class Answers:
    """Gives answers that only the asker sees, and shares them where asked to."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def give(self, origin: Origin, reply: Reply, *, replace: bool = False) -> None:
        """Show the answer to the asker alone; an empty sentence is not shown.

        Args:
            origin: where the question came from.
            reply: what the desk said; a form is for `Forms`.
            replace: in place of the message or window that was pressed, which is our own answer.
        """
        if reply == Said(""):
            return
        for payload in messages(reply):
            if origin.surface is not Surface.MESSAGE:
                await self._window(origin, payload, replace=replace)
            elif not await self._by_url(origin, payload, replace=replace):
                await self._beside(origin, payload)

    async def say(self, origin: Origin, sentence: str) -> None:
        """Say one sentence to the asker alone."""
        await self.give(origin, Said(sentence))

    async def share(self, origin: Origin, reply: Reply) -> None:
        """Post the answer where it was asked for, with the asker's name, for all to see."""
        if isinstance(reply, Said):
            await self.give(origin, reply)
            return
        payload = replies.render(reply, year=_year(), shared_by=origin.name or "a reader")
        if not await self._by_url(origin, payload):
            await self._post(origin, payload)

    async def _by_url(
        self, origin: Origin, payload: dict[str, Any], *, replace: bool = False
    ) -> bool:
        """Answer by the address that came with the question; whether Slack took it."""
        if not origin.response_url:
            return False
        client = AsyncWebhookClient(
            origin.response_url,
            timeout=TIMEOUT_S,
            session=self._client.session,
            logger=hush.logger(),
            retry_handlers=[],
        )
        client.proxy = self._client.proxy  # it takes one from the environment, for any address
        thread = {"thread_ts": origin.thread} if origin.thread else {}
        try:
            answer = await client.send_dict({**payload, **thread, "replace_original": replace})
        except FAILURES:
            return False
        return answer.status_code == HTTPStatus.OK

    async def _beside(self, origin: Origin, payload: dict[str, Any]) -> None:
        """The address is used up: an ephemeral message, or a letter where we may not write."""
        try:
            await self._client.chat_postEphemeral(
                channel=origin.channel or origin.user,
                user=origin.user,
                thread_ts=origin.thread or None,
                **_said(payload),
            )
        except SlackApiError:
            await self._send(origin.user, payload)

    async def _post(self, origin: Origin, payload: dict[str, Any]) -> None:
        try:
            await self._send(origin.channel, payload, origin.thread)
        except SlackApiError:
            await self._send(origin.user, replies.render(Said(_UNINVITED)))

    async def _send(self, channel: str, payload: dict[str, Any], thread: str = "") -> None:
        """A message for good; to a person's id it is a letter."""
        await self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread or None,
            unfurl_links=False,
            unfurl_media=False,
            **_said(payload),
        )

    async def _window(self, origin: Origin, payload: dict[str, Any], *, replace: bool) -> None:
        view = window(payload["blocks"], channel=origin.channel)
        try:
            if replace and origin.surface is Surface.MODAL:
                await self._client.views_update(view_id=origin.view, view=view)
            elif origin.surface is Surface.MODAL:
                await self._client.views_push(trigger_id=origin.trigger, view=view)
            else:
                await self._client.views_open(trigger_id=origin.trigger, view=view)
        except SlackApiError:  # the trigger has run out, or three windows lie upon one another
            await self._send(origin.user, payload)


def messages(reply: Reply) -> tuple[dict[str, Any], ...]:
    """The reply as `MOST` messages or fewer, with ``text`` and ``blocks``; a file needs several."""
    if isinstance(reply, File):
        sheets = replies.sheets(reply)
        if len(sheets) <= MOST:
            return sheets
        return (*sheets[: MOST - 1], replies.render(Said(_GOES_ON)))
    made = replies.render(reply, year=_year())
    if isinstance(reply, Home):  # a view: as a message it is shorter, and needs a line of text
        return (replies.payload("Your page", made["blocks"]),)
    return (made,)


def window(shown: list[Block], title: str = "paperlark", *, channel: str = "") -> dict[str, Any]:
    """A window without a form; it remembers the channel that its buttons are about."""
    return {
        "type": "modal",
        "callback_id": "answer",
        "title": blocks.plain(title, limits.VIEW_TITLE),
        "close": blocks.plain("Close", limits.VIEW_TITLE),
        "private_metadata": json.dumps({"channel": channel}),
        "blocks": shown,
    }


def _said(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: payload[name] for name in _SAID}


def _year() -> int:
    """The reader's year, which dates leave out."""
    return datetime.now(UTC).year
