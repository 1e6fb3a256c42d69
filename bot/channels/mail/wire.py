"""One message over one SMTP connection, and what became of it: taken, refused, or unknown.

The moment of a failure decides: before the final dot a message surely did not arrive, after it
nobody can say. So the dot is said apart, when the system has all the rest.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from bot.channels.mail import refusals
from bot.channels.mail.login import login
from bot.channels.mail.talk import Talk
from paperlark.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.mail.settings import MailSettings
    from bot.channels.mail.talk import Reply

_DOTTED: Final = re.compile(rb"(?m)^\.")
_GO_ON: Final = 354
_TAKEN: Final = 250
_LOST: Final = (OSError, EOFError)
_STEPS: Final = (refusals.sender, refusals.recipient, refusals.content)
"""What a refusal of MAIL, of RCPT and of DATA means."""


class Wire:
    """A connection that is made when it is needed, and made again after it broke.

    Args:
        settings: the server, and how it is reached.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._talk: Talk | None = None

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand one message over.

        Args:
            sender: of the envelope.
            recipient: of the envelope.
            message: whole, with CRLF.

        Raises:
            DeliveryError: refused (for now, or for this recipient), or unknown.
        """
        try:
            talk = await self._handed(sender, recipient, message)
            await self._dot(talk)
        except DeliveryError:
            raise
        except BaseException:  # cancelled, or a bug: a reply may still be under way on it
            self.drop()
            raise

    async def probe(self) -> None:
        """Make a connection with TLS and a login, for a check-up.

        Raises:
            DeliveryError: it cannot be made.
        """
        await self._ready()

    async def aclose(self) -> None:
        """Say goodbye, where somebody listens."""
        talk, self._talk = self._talk, None
        if talk is not None:
            await talk.bye()

    def drop(self) -> None:
        """Let the connection go without a word: nothing more can be said on it."""
        talk, self._talk = self._talk, None
        if talk is not None:
            talk.drop()

    async def _handed(self, sender: str, recipient: str, message: bytes) -> Talk:
        """Everything but the final dot, within the settings' time."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                talk = await self._opened(sender, recipient)
                await talk.pour(_stuffed(message))
        except TimeoutError as error:
            self.drop()
            raise refusals.broken("it was too slow") from error
        except _LOST as error:
            self.drop()
            raise refusals.broken(refusals.clause(error)) from error
        return talk

    async def _ready(self) -> Talk:
        if self._talk is None or not self._talk.open:
            self.drop()
            self._talk = Talk(await login(self._settings, self._settings.timeout_s))
        return self._talk

    async def _opened(self, sender: str, recipient: str) -> Talk:
        """A connection that waits for the text; one that the server has left is made again, once.

        Servers leave connections that rested too long or carried enough, often without a word.
        """
        used = self._talk is not None
        try:
            talk, said = await self._enveloped(sender, recipient)
        except _LOST:
            if not used:
                raise
            said = ()
        if used and (not said or said[0].code == refusals.BUSY):
            self.drop()
            talk, said = await self._enveloped(sender, recipient)
        for meaning, reply in zip(_STEPS, said, strict=False):
            if not reply.good or (meaning is refusals.content and reply.code != _GO_ON):
                await self._left(talk, said)
                raise meaning(reply.code, reply.text)
        return talk

    async def _enveloped(self, sender: str, recipient: str) -> tuple[Talk, Sequence[Reply]]:
        talk = await self._ready()
        foreign = not (sender + recipient).isascii()
        if foreign and not talk.utf8:
            raise DeliveryError(
                "The mail server cannot write to an address with letters beyond ASCII: "
                "subscribe with another address.",
                permanent=True,
            )
        options = " SMTPUTF8 BODY=8BITMIME" if foreign else ""
        commands = (f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{recipient}>", "DATA")
        return talk, await talk.ask(*(command.encode() for command in commands))

    async def _left(self, talk: Talk, said: Sequence[Reply]) -> None:
        """Leave a refused message behind; the connection stays good, or is let go."""
        if any(reply.code == refusals.BUSY for reply in said):
            self.drop()
            return
        try:
            # A server may wait for a text it has nobody for: an empty one ends that.
            await talk.ask(b"." if said[-1].code == _GO_ON else b"RSET")
        except _LOST:
            self.drop()

    async def _dot(self, talk: Talk) -> None:
        try:
            (reply,) = await talk.ask(b".")
        except _LOST as error:
            self.drop()
            raise refusals.unknown(refusals.clause(error)) from error
        if reply.code != _TAKEN:
            if reply.code == refusals.BUSY or reply.code < 0:
                self.drop()
            raise refusals.content(reply.code, reply.text)


def _stuffed(message: bytes) -> bytes:
    stuffed = _DOTTED.sub(b"..", message)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
