"""The submission server, for code with an event loop and for code without one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.smtp.session import Session
from bot.doubles.smtp.world import World
from bot.doubles.threaded import Threaded

if TYPE_CHECKING:
    from bot.doubles.smtp.faults import Fault

_LARGEST: Final = 32 * 1024 * 1024


class Service:
    """The server on a loopback port.

    Args:
        world: what it knows and takes.
        implicit: TLS from the first byte instead of STARTTLS.
        port: 0 for any free one.
    """

    def __init__(self, world: World, *, implicit: bool = False, port: int = 0) -> None:
        self.world, self.port = world, port
        self._implicit = implicit
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        tls = self.world.tls if self._implicit else None
        self._server = await asyncio.start_server(
            self._session, "127.0.0.1", self.port, limit=_LARGEST, ssl=tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every conversation, and stop listening."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Session(self.world, reader, writer, secure=self._implicit).run()
        task = asyncio.ensure_future(talk)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class SmtpDouble(Threaded):
    """The server in a thread of its own; use it as a context manager.

    Args:
        world: what it knows; a fresh one without TLS and login by default.
        implicit: TLS from the first byte.
    """

    def __init__(self, world: World | None = None, *, implicit: bool = False) -> None:
        self.world = world or World()
        self._service = Service(self.world, implicit=implicit)
        super().__init__(self._service)

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return self._service.port

    @property
    def settings(self) -> dict[str, Any]:
        """The table ``[channels.mail]`` that leads here, without TLS and login."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none",
            "from": "Digest <digest@example.org>",
            "link_secret": "a secret of the double",
        }

    def fail(self, *faults: Fault | str) -> None:
        """Have these happen next: see `bot.doubles.smtp.faults`."""
        self.world.faults.add(*faults)

    def recipients(self) -> list[str]:
        """Whom messages were taken for, in order."""
        return [each.recipient for each in self.world.taken]
