"""What becomes of a mail that came back: counted, suspended, suppressed, ended, or left alone.

Hard bounces count by the digest's date beside what servers refused at once: both say that an
address takes no mail. What is kept is kept before the mail is marked as read, and may be kept
twice: nothing here counts twice by it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from bot import notices
from bot.channels.mail.client import STRIKES
from bot.readers import leaving
from bot.returns.reading import Kind, read
from bot.returns.suppression import COMPLAINT, off, reachable, suppress
from paperlark.subscription import State
from paperlark.tags import Cause, Tag, Tagger
from paperlark.target import Target
from paperlark.tokens import BadToken, reader_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.context import Context
    from bot.readers.office import Office, Reader
    from bot.returns.reading import Returned
    from bot.returns.status import Status
    from paperlark.subscription import Subscription

_ALONE: Final = {
    Kind.AUTOMATIC: "An automatic reply: nothing is done.",
    Kind.OTHER: "Neither a bounce nor a complaint nor a request to leave: nothing is done.",
    Kind.UNREADABLE: "A mail that cannot be read: nothing is done.",
}
_NOBODY: Final = "It names no mail of this house, or somebody of whom nothing is kept"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it.

    Attributes:
        said: one line for whoever runs this; it may name an address.
        target: whose, where that is known.
        off: subscriptions that are served no more because of it; their owners are to be told.
    """

    said: str
    target: Target | None = None
    off: tuple[Subscription, ...] = ()

    @property
    def masked(self) -> str:
        """The line for the log."""
        return notices.masked(self.said, self.target) if self.target else self.said


@dataclass(frozen=True)
class Returns:
    """Takes mails that came back.

    Args:
        office: knows the readers whom tags name.
    """

    office: Office

    def take(self, raw: bytes) -> Outcome:
        """Do what the mail asks for; a forged one, and one that was read before, change nothing.

        Raises:
            StoreError: the store does not answer, and nothing may be marked as read.
        """
        found = read(raw)
        leave = self._tag(found.addressed, Cause.LEAVE)
        if leave is None and found.kind in _ALONE:
            return Outcome(_ALONE[found.kind])
        causes = Cause if found.kind is Kind.COMPLAINT else (Cause.BOUNCE,)
        tag = leave or self._tag((*found.addressed, *found.quoted), *causes)
        if tag is None:
            return Outcome(f"{_NOBODY}: nothing is done.")
        if self.office.store.returned.handled(found.name):
            return Outcome("It was read before, and counts once.")
        outcome = self._left(tag) if leave else self._reported(found, tag)
        self.office.store.returned.mark(found.name)
        return outcome

    @cached_property
    def _tagger(self) -> Tagger:
        return Tagger(self.office.secret)

    def _tag(self, written: Iterable[str], *causes: Cause) -> Tag | None:
        """The first tag of ours for one of these."""
        for each in written:
            try:
                tag = self._tagger.read(each)
            except BadToken:
                continue
            if tag.cause in causes:
                return tag
        return None

    def _left(self, tag: Tag) -> Outcome:
        """A second time changes nothing."""
        reader = self.office.reader(tag.reader)
        if not reader.id:
            return Outcome(f"A request to leave. {_NOBODY}: nothing is left to do.")
        said = "ended" if leaving.ended(self.office, reader) else "it had ended already"
        return Outcome(f"{reader.id}: its reader asks to leave: {said}.", reader.target)

    def _reported(self, found: Returned, tag: Tag) -> Outcome:
        reader = self.office.reader(tag.reader)
        pending = "" if reader.id else self._pending(tag.reader)
        if not reader.id and not pending:
            return Outcome(f"{_NOBODY}: nothing is done.")
        identifier = reader.id or pending
        if found.kind is Kind.COMPLAINT:
            return self._complained(identifier)
        return self._bounced(found.status, tag, reader, identifier)

    def _pending(self, key: str) -> str:
        """The id of the subscription that waits to be confirmed by that reader."""
        waiting = (each.id for each in self.office.store.readers.waiting())
        return next((each for each in waiting if reader_key(self.office.secret, each) == key), "")

    def _complained(self, identifier: str) -> Outcome:
        target = _target(identifier)
        ended = suppress(self.office.store, target.address, COMPLAINT, self.office.now())
        said = f"{identifier}: a mail was called spam: the address is never written to again."
        return Outcome(said, target, ended)

    def _bounced(self, status: Status, tag: Tag, reader: Reader, identifier: str) -> Outcome:
        target = _target(identifier)
        of = f"the mail of {tag.day.isoformat()}" if tag.day else "the mail that asks to confirm"
        if not status.failed:
            what = f"{of} is on its way, or has arrived: nothing is counted."
        elif status.code.startswith("4"):
            what = f"{of} came back for now ({status}): nothing is counted."
        elif not status.hard:
            what = (
                f"{of} was refused for its text or its sender ({status}): nothing is counted; "
                "see what its receiver asks of senders."
            )
        else:
            return self._hard(f"{of} came back for good ({status})", status, tag, reader, target)
        return Outcome(f"{identifier}: {what}", target)

    def _hard(self, what: str, status: Status, tag: Tag, reader: Reader, target: Target) -> Outcome:
        store, own = self.office.store, reader.subscription
        if tag.day is None:
            self._forget(tag.reader)
            return Outcome(f"{target}: {what}: the request is forgotten.", target)
        if own is None or own.state is State.DISABLED:
            return Outcome(f"{reader.id}: {what}: it has ended, or is off, already.", target)
        struck = store.refusals.strike(str(target), tag.day)
        if struck < STRIKES:
            said = f"{struck} of {STRIKES} digests that suspend it."
            return Outcome(f"{own.id}: {what}: {said}", target)
        reason = f"{STRIKES} digests came back for good ({status}): check the address"
        made = off(store, own, reason)
        said = "suspended" if made else "somebody has just changed it, and it stays so"
        return Outcome(f"{own.id}: {what}: {said}.", target, (made,) if made else ())

    def _forget(self, key: str) -> None:
        secret = self.office.secret
        self.office.store.readers.withdraw(lambda each: reader_key(secret, each.id) == key)


def tell(run: Context, ended: Sequence[Subscription]) -> None:
    """Tell the owners of subscriptions that are off, each once; the log hears of all."""
    if ended:
        asyncio.run(_tell(run, ended))


async def _tell(run: Context, ended: Sequence[Subscription]) -> None:
    async with run.channels() as channels:
        for each in ended:
            heard = await asyncio.to_thread(reachable, run.store, each)
            await notices.tell_owner(run.store.told, channels, heard, run.clock().date())


def _target(identifier: str) -> Target:
    return Target.parse(identifier.rpartition("/")[0])
