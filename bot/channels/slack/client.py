"""The way out to Slack: each message once, each outcome told for what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import checkup, hush, post
from bot.channels.slack.refusals import FAILURES, translate
from bot.ports import Limits
from paperlark.errors import DeliveryError
from paperlark.settings import local

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from datetime import datetime

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.channels.slack.settings import SlackSettings
    from bot.ports import Finding
    from paperlark.domain import Digest
    from paperlark.post import Message, Setting
    from paperlark.subscription import Form
    from paperlark.target import Target

TIMEOUT_S: Final = 12.0
"""For one call; a delivery's own bound is shorter where its lease is."""
PAGE: Final = 100
"""Messages of one answer when looking for ours."""
_PERSON: Final = ("U", "W")
"""What the ids of people begin with."""


class Slack:
    """Slack's Web API behind the house's `Channel`.

    A message's name is ``CHANNEL:TS``, since a reaction names both.

    Args:
        settings: checked; without a bot token it composes, and refuses to send.
    """

    # A workspace takes several hundred messages a minute in all; the number is not published.
    limits = Limits(per_target=1.0, overall=5.0, burst=1)
    can_find = True

    def __init__(self, settings: SlackSettings) -> None:
        self.settings = settings
        self._client: AsyncWebClient | None = None
        self._bot = ""

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        """See `bot.ports.Channel`."""
        return post.compose(digest, form, setting)

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        """See `bot.ports.Channel`."""
        channel, _, thread = root.partition(":")
        body: dict[str, Any] = {
            **message.payload,
            "metadata": _keyed(message.payload["metadata"], key),
            "channel": channel or target.address,
        }
        if message.reply and thread:
            body["thread_ts"] = thread
        sent = await self._call(target, lambda api: api.api_call("chat.postMessage", json=body))
        where, ts = sent.get("channel"), sent.get("ts")
        if not (isinstance(where, str) and isinstance(ts, str)):
            raise DeliveryError(
                "Slack took the message without naming it. It is asked for first.", uncertain=True
            )
        return f"{where}:{ts}"

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        """See `bot.ports.Channel`: looks for the key among our own messages."""
        mine = await self._me(target)
        channel, _, thread = root.partition(":")
        channel = channel or await self._channel(target)
        in_thread = thread if message.reply else ""
        async for found in self._messages(target, channel, in_thread, since):
            if _key(found) == key and found.get("bot_id") == mine:
                return f"{channel}:{found['ts']}"
        return None

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        """See `bot.ports.Channel`."""
        return await checkup.check(self.settings, self.client, targets)

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client and client.session:
            await client.session.close()

    def client(self) -> AsyncWebClient:
        """Slack's client on this channel's one session; made on the running loop.

        It retries nothing: a message sent twice is worse than one that is asked for.
        """
        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
            self._client = AsyncWebClient(
                token=self.settings.bot_token.get_secret_value(),
                base_url=self.settings.api_url,
                session=aiohttp.ClientSession(timeout=timeout),
                logger=hush.logger(),
                retry_handlers=[],
            )
            if local(self.settings.api_url):
                self._client.proxy = None  # it takes one from the environment, for any address
        return self._client

    async def _call(
        self, target: Target, call: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
    ) -> AsyncSlackResponse:
        if not self.settings.bot_token.get_secret_value():
            raise DeliveryError(
                "Slack has no bot token here. Set channels.slack.bot_token (docs/slack.md)."
            )
        try:
            return await call(self.client())
        except FAILURES as error:
            raise translate(error, target.address) from error

    async def _me(self, target: Target) -> str:
        """The bot id that our messages carry; asked once."""
        if not self._bot:
            said = await self._call(target, lambda api: api.auth_test())
            self._bot = str(said.get("bot_id") or "")
        return self._bot

    async def _channel(self, target: Target) -> str:
        """The channel of a target: itself, or the direct talk with a person."""
        if not target.address.startswith(_PERSON):
            return target.address
        said = await self._call(target, lambda api: api.conversations_open(users=target.address))
        return str((said.get("channel") or {}).get("id") or target.address)

    async def _messages(
        self, target: Target, channel: str, thread: str, since: datetime
    ) -> AsyncIterator[dict[str, Any]]:
        """What was posted there since then: a thread whole, or a channel's messages."""
        asked = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
        # A thread is short and read whole; its messages may be of any age.
        more = {"ts": thread} if thread else {"oldest": f"{since.timestamp():.6f}"}
        method = "conversations.replies" if thread else "conversations.history"
        cursor = ""
        while True:
            params = {**asked, **more} | ({"cursor": cursor} if cursor else {})
            said = await self._call(target, _reading(method, params))
            for found in said.get("messages") or ():
                yield found
            cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return


def _reading(
    method: str, params: dict[str, Any]
) -> Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]:
    return lambda api: api.api_call(method, http_verb="GET", params=params)


def _keyed(metadata: dict[str, Any], key: str) -> dict[str, Any]:
    return {**metadata, "event_payload": {**metadata["event_payload"], "key": key}}


def _key(found: dict[str, Any]) -> str:
    told = found.get("metadata")
    payload = told.get("event_payload") if isinstance(told, dict) else None
    return str(payload.get("key") or "") if isinstance(payload, dict) else ""
