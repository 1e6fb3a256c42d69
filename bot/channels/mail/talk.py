"""What is said on an open connection: commands and replies, several in one go where allowed.

The library makes connections, TLS and logins; from then on its part would cost more than the wire.
With PIPELINING (RFC 2920) a mail takes two round trips instead of four.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.channels.mail.refusals import BUSY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiosmtplib

_LONGEST_REPLY: Final = 32_768
_REFUSED: Final = 400
_NONSENSE: Final = -1
_UNFIT: Final = re.compile(rb"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said to one command; the code is -1 where it is no reply at all."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        """Whether it is a yes, or a go on."""
        return 0 < self.code < _REFUSED


class Talk:
    """A conversation on a connection that is ready for mail.

    Args:
        smtp: connected and logged in; nothing else may use it from now on.
    """

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        assert isinstance(smtp.transport, asyncio.Transport)  # noqa: S101  (it is connected)
        loop, self._transport = asyncio.get_running_loop(), smtp.transport
        self._reader = asyncio.StreamReader(limit=_LONGEST_REPLY, loop=loop)
        protocol = asyncio.StreamReaderProtocol(self._reader, loop=loop)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        self._writer = asyncio.StreamWriter(self._transport, protocol, self._reader, loop)
        self._pipelining = smtp.supports_extension("pipelining")
        self.utf8 = smtp.supports_extension("smtputf8")

    @property
    def open(self) -> bool:
        """Whether, as far as is known here, the server still listens."""
        return not (self._transport.is_closing() or self._reader.at_eof())

    async def ask(self, *commands: bytes) -> Sequence[Reply]:
        """The replies to these commands, in order.

        Where the server takes only one command at a time, none is said after one that was refused;
        nothing is read after 421, which ends the connection.

        Raises:
            OSError, EOFError: the connection broke.
        """
        if any(_UNFIT.search(command) for command in commands):
            raise ValueError("a command holds a control character")
        said: list[Reply] = []
        if self._pipelining:
            self._writer.writelines(command + b"\r\n" for command in commands)
        for command in commands:
            if not self._pipelining:
                self._writer.write(command + b"\r\n")
            await self._writer.drain()
            said.append(await self._reply())
            if said[-1].code == BUSY or not (self._pipelining or said[-1].good):
                break
        return said

    async def pour(self, text: bytes) -> None:
        """Write the text; done when the system has all of it, so that a break is noticed.

        Raises:
            OSError, EOFError: the connection broke.
        """
        self._transport.set_write_buffer_limits(0)
        self._writer.write(text)
        await self._writer.drain()
        await asyncio.sleep(0)
        if not self.open:
            raise EOFError("closed in the middle of a message")

    async def bye(self) -> None:
        """Say goodbye, where somebody listens, and let go."""
        with suppress(OSError, EOFError):
            await self.ask(b"QUIT")
        self.drop()

    def drop(self) -> None:
        """Let go at once: to close TLS politely would be to wait for the other side."""
        self._transport.abort()

    async def _reply(self) -> Reply:
        lines: list[bytes] = []
        while not lines or lines[-1][3:4] == b"-":
            try:
                line = await self._reader.readline()
            except ValueError:  # longer than any reply
                return Reply(_NONSENSE, "a reply without an end")
            if not line.endswith(b"\n"):
                raise EOFError("the server closed the connection")
            lines.append(line)
        text = b" ".join(line[4:].strip() for line in lines).decode("utf-8", "replace")
        number = lines[-1][:3]
        return Reply(int(number), text) if number.isdigit() else Reply(_NONSENSE, text)
