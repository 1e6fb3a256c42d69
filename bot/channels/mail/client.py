"""The mail channel: a digest as one message for each reader."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from bot.channels.mail import headers, mime
from bot.channels.mail.envelope import Envelope
from bot.channels.mail.headers import Headers, bare
from bot.channels.mail.links import Links
from bot.channels.mail.signature import signer
from bot.channels.mail.wire import Wire
from bot.ports import Limits
from paperlark.errors import DeliveryError
from paperlark.post import Message
from paperlark.render import mail
from paperlark.tokens import Signer, reader_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from bot.channels.mail.settings import MailSettings
    from bot.ports import Finding
    from paperlark.domain import Digest
    from paperlark.post import Setting
    from paperlark.subscription import Form
    from paperlark.target import Target

PART: Final = "mail"
STRIKES: Final = 2
"""Posts an address must refuse for good: one may be a slip of its server."""
_SHARED: Final = "shared"
_UNDER_WAY: Final = 4
"""Posts under way for each connection: the next is claimed while one is sent."""
_MINUTE: Final = 60
_UNSET: Final = (
    "Mail is not set up: set channels.mail.host and channels.mail.from, then run paperlark doctor."
)


class Mail:
    """A way out to mailboxes.

    Args:
        settings: the submission server, and how mails look from outside.
        clock: what time it is, for dates and the ends of links.
    """

    can_find: Final = False
    """Nobody can ask a mailbox whether it has a message: ``delivery.on_ambiguous`` decides."""

    def __init__(
        self, settings: MailSettings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._free: list[Wire] = []
        self._room = asyncio.Semaphore(settings.connections)
        self._secret = settings.link_secret.get_secret_value().encode()
        self._envelope = Envelope(settings, self._secret)

    @property
    def limits(self) -> Limits:
        """A mailbox takes what it is given; the provider's own rate is a setting."""
        rate = self._settings.per_second
        return Limits(
            per_target=0.0,
            overall=rate,
            burst=max(2, int(rate)),
            at_once=self._settings.connections * _UNDER_WAY,
            waits=self._settings.waits,
            strikes=STRIKES,
        )

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        """One message; its letter is the same for every reader with the same setting."""
        del form  # a mail has one
        late_s = _MINUTE * round(setting.late_s / _MINUTE)  # what it says is no finer
        letter = _letter(digest, replace(setting, late_s=late_s, why=""))
        return (Message(PART, {_SHARED: letter, "why": setting.why}),)

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        """Hand the mail to the submission server; its Message-ID is its name.

        Raises:
            DeliveryError: it was refused, or may or may not have arrived.
        """
        del root  # a mail is alone
        self._ready()
        raw, letter = self.raw(target, message, key=key), message.payload[_SHARED]
        day = date.fromisoformat(letter["date"])
        return await self._sent(
            self._envelope.sender(target, letter["profile"], day), target, raw, key
        )

    async def send_plain(
        self, target: Target, *, subject: str, text: str, html: str, key: str, profile: str = ""
    ) -> str:
        """Send a mail that is no digest: a confirmation, a notice about a subscription.

        Args:
            target: whose mailbox.
            subject: any text; one line is made of it.
            text: the one part, whole.
            html: the other.
            key: its own name, the same on every attempt.
            profile: whose digest it is about, where it is about one: its failure names it.

        Returns:
            Its Message-ID.

        Raises:
            DeliveryError: it was refused, or may or may not have arrived.
        """
        self._ready()
        headers_ = self._headers.plain(bare(target.address), subject, self.message_id(key))
        parts = mime.parts(text, html)
        raw = self._signed(mime.message(headers_, parts, _nothing))
        return await self._sent(self._envelope.sender(target, profile), target, raw, key)

    def raw(self, target: Target, message: Message, *, key: str) -> bytes:
        """The whole mail as it goes over the wire.

        Raises:
            DeliveryError: the target is no address.
        """
        letter, recipient = message.payload[_SHARED], bare(target.address)
        links = self._links(target, letter)
        name, profile = self.message_id(key), letter["profile"]
        over = self._headers.digest(
            recipient,
            letter["subject"],
            name,
            profile,
            links,
            leave_at=self._envelope.leave(target, profile),
        )
        parts = mime.parts(letter["text"], letter["html"])
        return self._signed(mime.message(over, parts, self._fill(recipient, message, links)))

    async def find(
        self, target: Target, message: Message, *, key: str, root: str, since: datetime
    ) -> str | None:
        """Nobody knows.

        Raises:
            DeliveryError: always.
        """
        del target, message, key, root, since
        raise DeliveryError("A mailbox cannot be asked what it holds.")

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        """Whether the server can be reached, with TLS and a login."""
        from bot.channels.mail.checkup import check  # noqa: PLC0415  (only the doctor needs it)

        return await check(self._settings, targets)

    async def aclose(self) -> None:
        """Close the connections."""
        free, self._free = self._free, []
        for wire in free:
            await wire.aclose()

    def message_id(self, key: str) -> str:
        """The Message-ID of a delivery: the same on every attempt, so that a repeat is seen."""
        return headers.message_id(key, self._secret, self._settings.domain)

    def _ready(self) -> None:
        if not self._settings.host:
            raise DeliveryError(_UNSET)

    async def _sent(self, sender: str, target: Target, raw: bytes, key: str) -> str:
        async with self._wire() as wire:
            await wire.send(sender, target.address, raw)
        return self.message_id(key)

    @cached_property
    def _signed(self) -> Callable[[bytes], bytes]:
        """Adds our signature, where we have a key."""
        ours = signer(self._settings)
        return ours.signed if ours else bytes

    @property
    def _headers(self) -> Headers:
        return Headers(self._settings, self._clock())

    def _links(self, target: Target, letter: Mapping[str, Any]) -> Links | None:
        if not letter["web"] or not self._secret:
            return None
        return Links(
            web=letter["web"],
            signer=Signer(self._secret),
            reader=reader_key(self._secret, f"{target}/{letter['profile']}"),
            day=date.fromisoformat(letter["date"]),
            cards=letter["cards"],
            now=self._clock(),
        )

    def _fill(self, recipient: str, message: Message, links: Links | None) -> Callable[[str], str]:
        """What stands at a place of the letter."""
        own = {
            "why": str(message.payload.get("why", "")).replace("{}", recipient),
            "sender": f"{self._settings.sender} " if self._settings.sender else "",
        }
        return lambda name: own[name] if name in own else links.fill(name) if links else ""

    @asynccontextmanager
    async def _wire(self) -> AsyncIterator[Wire]:
        """A connection that nobody else uses; kept for the next message."""
        async with self._room:
            wire = self._free.pop() if self._free else Wire(self._settings)
            try:
                yield wire
            finally:
                self._free.append(wire)


@lru_cache(maxsize=16)
def _letter(digest: Digest, setting: Setting) -> Mapping[str, Any]:
    """What all readers with this setting share, as JSON values; made once for them."""
    made = mail.letter(digest, setting)
    about = {"profile": digest.profile, "date": digest.date.isoformat(), "web": setting.web}
    return asdict(made) | {"cards": list(made.cards)} | about


def _nothing(name: str) -> str:
    """What stands at the places of a mail that has none."""
    raise KeyError(name)
