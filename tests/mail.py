"""Mail's bench: the real channel, and what it makes of a day."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from bot.channels.mail.client import Mail
from bot.channels.mail.settings import read
from paperlark.post import Setting
from paperlark.subscription import Form
from paperlark.target import Target
from tests.builders import example

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from paperlark.domain import Digest
    from paperlark.post import Message

Result = TypeVar("Result")
ADA = Target("mail", "ada@example.org")
LOGIN = ("digest", "not a real password")
WEB = "https://digest.example.org"
WHY = "You get this because {} confirmed it on 2 Nov 2026. Mon–Fri 08:00, Europe/Berlin."
SETTING = Setting(web=WEB, why=WHY)
TABLE: Mapping[str, Any] = {
    "from": "Digest <digest@example.org>",
    "link_secret": "sixteen bytes or more",
    "sender": "Run by the reading group.",
}


def channel(table: Mapping[str, Any]) -> Mail:
    """The channel with these settings."""
    return Mail(read(table, lambda _path: ""))


def on(table: Mapping[str, Any], do: Callable[[Mail], Awaitable[Result]]) -> Result:
    """Do something with a channel, on a loop of its own."""

    async def done() -> Result:
        way = channel(table)
        try:
            return await do(way)
        finally:
            await way.aclose()

    return asyncio.run(done())


def composed(digest: Digest | None = None, setting: Setting = SETTING) -> Message:
    """The one message of a digest."""
    return channel(TABLE).compose(digest or example(), Form.THREAD, setting)[0]


def raw(message: Message, target: Target = ADA, **table: Any) -> bytes:
    """The whole mail."""
    return channel({**TABLE, **table}).raw(target, message, key=f"{target}/x/2026-11-19/mail")
