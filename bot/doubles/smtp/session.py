"""One conversation with the submission server."""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.doubles.smtp.faults import Step

if TYPE_CHECKING:
    from bot.doubles.smtp.faults import Fault
    from bot.doubles.smtp.world import World

_PATH: Final = re.compile(r"(?:FROM|TO):\s*<([^>]*)>", re.IGNORECASE)
_END: Final = b"\r\n.\r\n"
_CHUNK: Final = 1024
_GOODBYE_S: Final = 0.5
_STUFFED: Final = re.compile(rb"(?m)^\.\.")


class Over(Exception):
    """The conversation has ended."""


@dataclass
class Session:
    """Reads commands and answers them until one side ends it; a line that is none is answered 500.

    Args:
        world: the server it belongs to.
        reader, writer: the connection's two ends.
        secure: TLS from the first byte.
    """

    world: World
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    secure: bool = False
    known: bool = False
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Talk; every connection that is lost is an end like any other."""
        self.world.connections += 1
        try:
            await self._answer(Step.CONNECT, "220 double.example.org ESMTP")
            while line := await self.reader.readline():
                await self._command(line.decode("utf-8", "replace").rstrip("\r\n"))
        except (Over, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            await asyncio.sleep(self.world.latency_s)
            self.writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self.writer.wait_closed()
            self.writer.transport.abort()

    async def _command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                await self._answer(Step.EHLO, self._greeting())
            case "STARTTLS" if self.world.tls and not self.secure:
                await self._starttls()
            case "AUTH":
                await self._auth(rest)
            case "MAIL" if self.known or not self.world.login:
                await self._mail(rest)
            case "MAIL":
                await self._say("530 5.7.0 authentication required")
            case "RCPT" if self.sender is not None:
                await self._rcpt(rest)
            case "DATA" if self.recipients or self.world.careless:
                await (self._data() if self.recipients else self._data_for_nobody())
            case "RSET" | "NOOP":
                self._forget()
                await self._say("250 2.0.0 as you like")
            case "QUIT":
                await self._say("221 2.0.0 goodbye")
                raise Over
            case _:
                await self._say("503 5.5.1 not now")

    def _greeting(self) -> str:
        offers = ["double.example.org", "8BITMIME"]
        offers += ["PIPELINING"] if self.world.pipelining else []
        offers += ["SMTPUTF8"] if self.world.utf8 else []
        offers += ["STARTTLS"] if self.world.tls and not self.secure else []
        offers += ["AUTH PLAIN LOGIN"] if self.world.login and self._private else []
        return "\r\n".join(f"250{' ' if each == offers[-1] else '-'}{each}" for each in offers)

    @property
    def _private(self) -> bool:
        return self.secure or not self.world.tls

    async def _starttls(self) -> None:
        await self._answer(Step.STARTTLS, "220 2.0.0 go ahead")
        assert self.world.tls is not None  # noqa: S101  (the case above asked)
        await self.writer.start_tls(self.world.tls)
        self.secure = True

    async def _auth(self, rest: str) -> None:
        method, _, first = rest.partition(" ")
        if method.upper() == "PLAIN":
            told = b64decode(first).decode().split("\0")[1:]
        else:
            name = b64decode(first).decode() if first else await self._asked("VXNlcm5hbWU6")
            told = [name, await self._asked("UGFzc3dvcmQ6")]
        self.known = tuple(told) == self.world.login
        usual = "235 2.7.0 welcome" if self.known else "535 5.7.8 wrong name or password"
        self.known = await self._answer(Step.AUTH, usual)

    async def _asked(self, prompt: str) -> str:
        await self._say(f"334 {prompt}")
        return b64decode(await self.reader.readline()).decode()

    async def _mail(self, rest: str) -> None:
        found = _PATH.match(rest)
        if not found or (not rest.isascii() and not self.world.utf8):
            await self._say("501 5.1.7 no such path")
            return
        if await self._answer(Step.MAIL, "250 2.1.0 well"):
            self.sender, self.recipients = found[1], []

    async def _rcpt(self, rest: str) -> None:
        found = _PATH.match(rest)
        recipient = found[1] if found else ""
        if await self._answer(Step.RCPT, "250 2.1.5 well", recipient):
            self.recipients.append(recipient)

    async def _data(self) -> None:
        if not await self._answer(Step.DATA, "354 go on", self.recipients[-1]):
            return
        if fault := self.world.faults.take(Step.BODY, self.recipients[-1]):
            await self.reader.read(_CHUNK)
            await self._play(fault, "")
        raw = (await self.reader.readuntil(_END)).removesuffix(_END) + b"\r\n"
        fault = self.world.faults.take(Step.DOT, self.recipients[-1])
        if fault is None or fault.keep:
            self.world.take(self.sender or "", self.recipients, _STUFFED.sub(b".", raw))
        self._forget()
        await self._play(fault, "250 2.0.0 taken")

    async def _data_for_nobody(self) -> None:
        await self._say("354 go on")
        await self.reader.readline()
        await self._say("554 5.5.1 nobody to give it to")

    def _forget(self) -> None:
        self.sender, self.recipients = None, []

    async def _answer(self, step: Step, usual: str, recipient: str = "") -> bool:
        """Answer as usual, or as the fault of this step says; whether that is a yes."""
        return await self._play(self.world.faults.take(step, recipient), usual)

    async def _play(self, fault: Fault | None, usual: str) -> bool:
        if fault is None:
            return await self._say(usual)
        self.world.spoilt += 1
        await asyncio.sleep(fault.delay_s)
        if fault.drop:
            self.writer.transport.abort()
            raise Over
        yes = await self._say(fault.answer or usual)
        if fault.then_close:
            raise Over
        return yes

    async def _say(self, line: str) -> bool:
        said, late_s = line.encode() + b"\r\n", self.world.latency_s
        if late_s:  # as on a long way: answers to commands that came together arrive together
            asyncio.get_running_loop().call_later(late_s, self.writer.write, said)
        else:
            self.writer.write(said)
            await self.writer.drain()
        return line[:1] in "23"
