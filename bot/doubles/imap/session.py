"""One visit to the IMAP server: what a reader of one folder needs of RFC 3501, and no more."""

from __future__ import annotations

import asyncio
import re
import shlex
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.doubles.imap.world import DELETED, SEEN

if TYPE_CHECKING:
    from bot.doubles.imap.world import Fault, Mail, World

_PART: Final = re.compile(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>")
_ALWAYS: Final = frozenset({"CAPABILITY", "STARTTLS", "LOGOUT", "LOGIN"})
_INSIDE: Final = frozenset(
    {"SELECT", "CREATE", "SEARCH", "FETCH", "STORE", "MOVE", "COPY", "EXPUNGE"}
)
_FLAG: Final = re.compile(r"\\(?=[A-Z])")
"""In a flag's name a stroke is one; in a quoted string it says that the next sign is meant."""
_GOODBYE_S: Final = 0.5


Said: TypeAlias = tuple[list[str | bytes], str]
"""Untagged lines, and the end of the tagged one."""


class Over(Exception):
    """The visit has ended."""


@dataclass
class Session:
    """Reads commands and answers them until one side ends it.

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
    folder: str = ""

    async def run(self) -> None:
        """Talk; every connection that is lost is an end like any other."""
        try:
            await self._play("*", self.world.fault("GREETING"), ["* OK here"], "")
            while line := await self.reader.readline():
                tag, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
                await self._command(tag, shlex.split(_FLAG.sub(r"\\\\", rest)))
        except (Over, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self.writer.wait_closed()
            self.writer.transport.abort()

    async def _command(self, tag: str, words: list[str]) -> None:
        verb = words[0].upper()
        if verb == "UID":
            words = words[1:]
            verb = words[0].upper()
        self.world.spoken.append(verb)
        fault = self.world.fault(verb)
        if fault and not fault.late:
            await self._play(tag, fault, [], "")
            return
        lines, end = await self._done(verb, words[1:])
        await self._play(tag, fault, lines, end)
        if verb == "LOGOUT":
            raise Over
        if verb == "STARTTLS" and self.world.tls:
            await self.writer.start_tls(self.world.tls)
            self.secure = True

    async def _done(self, verb: str, words: list[str]) -> Said:
        """Do it: the untagged lines, and the tagged one."""
        if verb == "AUTHENTICATE":
            await self._say("+ ")
            said = b64decode(await self.reader.readline()).decode().split("\0")[1:]
            return [], self._let_in((said[0], said[1]))
        if verb in _ALWAYS or (verb in _INSIDE and self.known):
            done: Said = getattr(self, f"_{verb.lower()}")(words)
            return done
        return [], "BAD not now"

    def _capability(self, _words: list[str]) -> Said:
        return [f"* CAPABILITY {self._offers()}"], "OK done"

    def _starttls(self, _words: list[str]) -> Said:
        return [], "OK go ahead" if self.world.tls and not self.secure else "BAD there is none"

    def _logout(self, _words: list[str]) -> Said:
        return ["* BYE so long"], "OK done"

    def _login(self, words: list[str]) -> Said:
        return [], self._let_in((words[0], words[1]))

    def _select(self, words: list[str]) -> Said:
        if words[0] not in self.world.folders:
            return [], "NO there is no such folder"
        self.folder = words[0]
        return [f"* {len(self._mails)} EXISTS", "* OK [UIDVALIDITY 1] valid"], "OK selected"

    def _create(self, words: list[str]) -> Said:
        self.world.folders.setdefault(words[0], [])
        return [], "OK made"

    def _search(self, words: list[str]) -> Said:
        barred = SEEN if words[0] == "UNSEEN" else DELETED
        found = [str(each.uid) for each in self._mails if barred not in each.flags]
        return [f"* SEARCH {' '.join(found)}".rstrip()], "OK done"

    def _fetch(self, words: list[str]) -> Said:
        return self._fetched(int(words[0]), " ".join(words[1:])), "OK done"

    def _store(self, words: list[str]) -> Said:
        self._mail(words[0]).flags.add(words[2].strip("()"))
        return [], "OK done"

    def _move(self, words: list[str], *, keep: bool = False) -> Said:
        if words[1] not in self.world.folders:
            return [], "NO [TRYCREATE] there is no such folder"
        self.world.move(int(words[0]), self.folder, words[1], keep=keep)
        return [], "OK done"

    def _copy(self, words: list[str]) -> Said:
        return self._move(words, keep=True)

    def _expunge(self, words: list[str]) -> Said:
        self._mails.remove(self._mail(words[0]))
        return [], "OK done"

    def _offers(self) -> str:
        offers = ["IMAP4rev1", *self.world.extensions]
        offers += ["STARTTLS"] if self.world.tls and not self.secure else []
        return " ".join(offers + (["AUTH=PLAIN"] if self.world.plain else []))

    def _let_in(self, given: tuple[str, str]) -> str:
        self.known = given == self.world.login
        return "OK welcome" if self.known else "NO [AUTHENTICATIONFAILED] wrong name or password"

    @property
    def _mails(self) -> list[Mail]:
        return self.world.folders[self.folder]

    def _mail(self, uid: str) -> Mail:
        return next(each for each in self._mails if each.uid == int(uid))

    def _fetched(self, uid: int, asked: str) -> list[str | bytes]:
        part = _PART.search(asked)
        for number, each in enumerate(self._mails, 1):
            if each.uid == uid and part:
                begin, size = int(part[1]), int(part[2])
                raw = each.raw[begin : begin + size] if self.world.partial else each.raw
                head = f"* {number} FETCH (UID {uid} BODY[]<{begin}> {{{len(raw)}}}\r\n".encode()
                return [head + raw + b")"]
        return []

    async def _play(
        self, tag: str, fault: Fault | None, lines: list[str | bytes], end: str
    ) -> None:
        """Say the lines and the end, or what the fault says."""
        if fault is None:
            for line in [*lines, *([f"{tag} {end}"] if end else [])]:
                await self._say(line)
            return
        if fault.bye:
            await self._say("* BYE not any more")
        if fault.raw:
            await self._say(fault.raw)
        if fault.answer:
            await self._say(f"{tag} {fault.answer}")
        if fault.drop:
            self.writer.transport.abort()
            raise Over

    async def _say(self, line: str | bytes) -> None:
        self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self.writer.drain()
