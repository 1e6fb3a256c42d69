"""The way out to Discord: by REST alone, each message once, each outcome told for what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import checkup, marks, post
from bot.channels.discord.refusals import (
    HAS_THREAD,
    NO_THREADS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    Failed,
    unreadable,
)
from bot.channels.discord.rest import Rest
from bot.ports import Limits
from paperlark.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from bot.channels.discord.settings import DiscordSettings
    from bot.ports import Finding
    from paperlark.domain import Digest
    from paperlark.post import Message, Setting
    from paperlark.subscription import Form
    from paperlark.target import Target

PAGE: Final = 100
"""Messages of one answer when looking for ours: as many as Discord gives."""
_EPOCH_MS: Final = 1_420_070_400_000
"""Discord's numbers count milliseconds from the first of January 2015, in their upper bits."""
_WEEK: Final = 10_080
"""Minutes of silence after which Discord folds a thread away."""
_AGAIN_S: Final = 1.0
_OK: Final = 200


class Discord:
    """Discord's REST interface behind the house's `Channel`.

    A message's name is ``CHANNEL:MESSAGE``, where the channel of a card is its thread, since an
    event about it says so. A thread off a message has that message's number.

    Args:
        settings: checked; without a token it composes, and refuses to send.
    """

    limits = Limits(per_target=1.0, overall=45.0, opening=1, burst=1)
    can_find = True

    def __init__(self, settings: DiscordSettings) -> None:
        self.settings = settings
        self.rest = Rest(settings)
        self._me = ""
        self._threads: dict[str, str] = {}

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        """See `bot.ports.Channel`."""
        return post.compose(digest, form, setting, plain=self.settings.embeds)

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        """See `bot.ports.Channel`."""
        channel = target.address
        if message.reply and root:
            channel = await self._thread(target, root, str(message.payload.get("thread", "digest")))
        body = marks.marked({k: v for k, v in message.payload.items() if k != "thread"}, key)
        said = await self.rest.call(
            "POST", f"channels/{channel}/messages", place=target.address, json=body
        )
        if not (isinstance(said, dict) and said.get("id")):
            raise unreadable(_OK)
        return f"{said.get('channel_id', channel)}:{said['id']}"

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        """See `bot.ports.Channel`: looks for the key's numbers in our own messages."""
        me = await self._self(target)
        channel, thread = target.address, ""
        if message.reply and root:
            channel, _, thread = root.partition(":")
        for place in filter(None, (thread, channel)):
            try:
                async for found in self._messages(target, place, since):
                    if _author(found) == me and marks.bears(found, key):
                        return f"{place}:{found['id']}"
            except Failed as error:
                if not (place == thread and error.code == UNKNOWN_CHANNEL):
                    raise
            else:
                if place == thread:
                    return None
        return None

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        """See `bot.ports.Channel`."""
        return await checkup.check(self.settings, self.rest, targets)

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        await self.rest.aclose()

    async def _thread(self, target: Target, root: str, name: str) -> str:
        """Where the replies to a message go: its thread, opened where there is none.

        In a direct talk, or in a thread, there are none: replies go beside the message.
        """
        if root not in self._threads:
            self._threads[root] = await self._opened(target, root, name)
        return self._threads[root]

    async def _opened(self, target: Target, root: str, name: str) -> str:
        channel, _, message = root.partition(":")
        path = f"channels/{channel}/messages/{message}/threads"
        body = {"name": name, "auto_archive_duration": _WEEK}
        try:
            await self.rest.call("POST", path, place=target.address, json=body)
        except Failed as error:
            match error.code:
                case code if code == HAS_THREAD:
                    return message
                case code if code == NO_THREADS:
                    return channel
                case code if code == UNKNOWN_MESSAGE:
                    return message if await self._exists(target, message) else channel
            raise _certain(error) from error
        except DeliveryError as error:
            raise _certain(error) from error
        return message

    async def _exists(self, target: Target, thread: str) -> bool:
        """Whether the thread outlived the message it was opened from."""
        try:
            await self.rest.get(f"channels/{thread}", place=target.address)
        except Failed as error:
            if error.code == UNKNOWN_CHANNEL:
                return False
            raise _certain(error) from error
        return True

    async def _self(self, target: Target) -> str:
        """Our own number, which our messages carry; asked once."""
        if not self._me:
            said = await self.rest.get("users/@me", place=target.address)
            self._me = str(said.get("id", "")) if isinstance(said, dict) else ""
        return self._me

    async def _messages(
        self, target: Target, channel: str, since: datetime
    ) -> AsyncIterator[dict[str, Any]]:
        """What was written there since then, page by page."""
        after = snowflake(since)
        while True:
            found = await self.rest.get(
                f"channels/{channel}/messages", place=target.address, after=after, limit=PAGE
            )
            if not isinstance(found, list):
                raise unreadable(_OK)
            for message in found:
                yield message
            if len(found) < PAGE:
                return
            after = max(int(message["id"]) for message in found)


def snowflake(moment: datetime) -> int:
    """The number that a message of that moment would have at least."""
    return max(0, int(moment.timestamp() * 1000) - _EPOCH_MS) << 22


def _author(message: dict[str, Any]) -> str:
    author = message.get("author")
    return str(author.get("id", "")) if isinstance(author, dict) else ""


def _certain(error: DeliveryError) -> DeliveryError:
    """A failure before the message itself: it surely did not arrive, and may be tried again."""
    if not error.uncertain:
        return error
    return DeliveryError(
        "Discord did not say whether the thread is open; it is tried again.", retry_after=_AGAIN_S
    )
