"""A chat's way out, led to its double: a post, its messages, and what becomes of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from paperlark.post import Setting
from paperlark.subscription import Form
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from paperlark.post import Message
    from paperlark.target import Target

T = TypeVar("T")
LONG_AGO: Final = datetime.now(UTC) - timedelta(days=1)


@dataclass(frozen=True)
class Way:
    """One kind of channel.

    Attributes:
        kind: makes a channel of its settings.
        read: makes settings of a table.
        here: a target that its double has.
    """

    kind: Callable[[Any], Any]
    read: Callable[..., Any]
    here: Target

    def channel(self, table: dict[str, Any]) -> Any:
        """A channel with that table for settings."""
        return self.kind(self.read(table, lambda _path: ""))

    def run(self, double: Any, doing: Callable[[Any], Coroutine[Any, Any, T]], **raw: Any) -> T:
        """Do something with a channel that leads to the double."""

        async def done() -> T:
            channel = self.channel({**double.settings, **raw})
            try:
                return await doing(channel)
            finally:
                await channel.aclose()

        return asyncio.run(done())

    def post(self, form: Form = Form.THREAD, **raw: Any) -> tuple[Message, ...]:
        """The example's messages."""
        made: tuple[Message, ...] = self.channel(raw).compose(builders.example(), form, Setting())
        return made

    def key(self, message: Message) -> str:
        """The message's own name."""
        return f"{self.here}/foundations/{builders.DAY}/{message.part}"

    def send(
        self,
        double: Any,
        message: Message | None = None,
        *,
        target: Target | None = None,
        root: str = "",
    ) -> str:
        """Send a message, the first one by default; the service's name of it."""
        what = message or self.post()[0]
        to, key = target or self.here, self.key(what)
        ref: str = self.run(double, lambda channel: channel.send(to, what, key=key, root=root))
        return ref

    def find(
        self,
        double: Any,
        message: Message | None = None,
        *,
        target: Target | None = None,
        root: str = "",
    ) -> str | None:
        """Look for a message; the service's name of it."""
        what = message or self.post()[0]
        to, key = target or self.here, self.key(what)
        ref: str | None = self.run(
            double, lambda channel: channel.find(to, what, key=key, root=root, since=LONG_AGO)
        )
        return ref
