"""The IMAP server, in a thread of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.imap.session import Session
from bot.doubles.imap.world import World
from bot.doubles.threaded import Threaded

if TYPE_CHECKING:
    from bot.doubles.imap.world import Fault

_LARGEST: Final = 64 * 1024


class Service:
    """The server on a loopback port.

    Args:
        world: what it knows and holds.
        implicit: TLS from the first byte instead of STARTTLS.
    """

    def __init__(self, world: World, *, implicit: bool = False) -> None:
        self.world, self.port = world, 0
        self._implicit = implicit
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        tls = self.world.tls if self._implicit else None
        self._server = await asyncio.start_server(
            self._session, "127.0.0.1", 0, limit=_LARGEST, ssl=tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every visit, and stop listening."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(
            Session(self.world, reader, writer, secure=self._implicit).run()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class ImapDouble(Threaded):
    """The server in a thread of its own; use it as a context manager.

    Args:
        world: what it knows; a fresh one without TLS by default.
        implicit: TLS from the first byte.
    """

    def __init__(self, world: World | None = None, *, implicit: bool = False) -> None:
        self.world = world or World()
        self._service = Service(self.world, implicit=implicit)
        super().__init__(self._service)

    @property
    def settings(self) -> dict[str, Any]:
        """The table ``[channels.mail.imap]`` that leads here, without TLS."""
        return {
            "host": "127.0.0.1",
            "port": self._service.port,
            "tls": "none",
            "username": self.world.login[0],
            "password": self.world.login[1],
        }

    def fail(self, *faults: Fault) -> None:
        """Have these happen next, in order."""
        self.world.faults.extend(faults)
