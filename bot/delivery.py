"""Sends a frozen post message by message, so that each arrives once.

The ledger decides what may be sent, the rates when. A message is in doubt from the moment the
ledger hears that sending begins until it hears how that ended: a process that dies in between, or
a service that does not answer, leaves the doubt to whoever comes next, who asks the service first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, TypeVar

import structlog

from bot import notices
from paperlark.errors import DeliveryError, Refused
from paperlark.post import ClaimState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.ports import Channel
    from paperlark.ports import Ledger
    from paperlark.post import Claim, Message, Post
    from paperlark.target import Target

Policy: TypeAlias = Literal["skip", "repeat"]
"""Where a service cannot be asked whether a message arrived: leave it, or send it again."""

TRIES: Final = 3
"""Attempts at one message in one run; then the queue's own, longer pauses."""
LONGEST_WAIT_S: Final = 60.0
"""A run waits this long for a turn; where it would take longer, another run comes back."""
SHORTEST_PAUSE_S: Final = 0.5
"""Where a service asks for a pause of no length."""
SENDING_SHARE: Final = 0.6
"""Of a lease; the rest is for a message that is still under way when its sender gave it up."""
CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""How far a service's clock may be behind the store's: messages are looked for from then on."""
_RENEWALS: Final = 3
"""In the length of a lease."""
_log = structlog.get_logger()

T = TypeVar("T")


class Rates(Protocol):
    """How fast services may be used (see `paperlark.store.rates`)."""

    def wait(self, name: str, per_second: float, burst: int, longest_s: float) -> float:
        """Take the next free slot; the seconds until it comes. None is taken beyond the longest."""

    def held(self, name: str) -> float:
        """The seconds for which nobody may go."""

    def push_back(self, name: str, seconds: float) -> None:
        """Let nobody go for that long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a delivery came.

    Attributes:
        done: every message arrived or was given up; False: somebody else is at one of them.
        refs: part to the service's name, of those that arrived.
        skipped: parts that were given up, now or before.
        refused: why the service turned one of them down for good in this run; empty for none.
    """

    done: bool
    refs: dict[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    refused: str = ""


class _Taken(Exception):
    """Somebody else is at this message: it is left alone."""


@dataclass
class Delivery:
    """One post on its way to one target.

    Args:
        channel: the way out.
        ledger: every claim's lease must be `lease_s`.
        rates: shared by all that use the service.
        target: where to.
        post: as frozen in the ledger.
        policy: for a service that cannot be asked.
        lease_s: seconds a claim holds; sending takes at most `SENDING_SHARE` of it.
        sleep: how to wait.
        again: parts that a person has let out once more, in doubt: each is repeated once, whatever
            the policy; shared by the runs of one order.
    """

    channel: Channel
    ledger: Ledger
    rates: Rates
    target: Target
    post: Post
    policy: Policy = "skip"
    lease_s: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    again: set[str] = field(default_factory=set)
    _free: float = field(default=0.0, init=False)
    _refused: str = field(default="", init=False)
    _orphaned: str = field(default="", init=False)

    async def run(self) -> Outcome:
        """Send what has not arrived yet, in order.

        A message that the service refuses for its own sake is given up, and the others go on. The
        replies to a first message that was given up are given up too: they belong to no thread.

        Raises:
            DeliveryError: a message could not be sent. `permanent`: none ever will be;
                `retry_after`: come back then; else come back in a while.
            StoreError: the store does not answer; nothing is sent without it.
        """
        refs: dict[str, str] = {}
        skipped: list[str] = []
        for message in self.post.messages:
            root = refs.get(self.post.messages[0].part, "") if message.reply else ""
            if message.reply and self.post.messages[0].part in skipped:
                self._orphan(notices.rootless(self.target, self.post))
            try:
                ref = await self._deliver(message, root)
            except _Taken:
                return Outcome(False, refs, tuple(skipped), self._refused)
            if ref:
                refs[message.part] = ref
            else:
                skipped.append(message.part)
        return Outcome(True, refs, tuple(skipped), self._refused)

    def _orphan(self, why: str) -> None:
        """Send no reply any more; the log hears of it once."""
        if not self._orphaned:
            where, day = notices.place(self.target), self.post.date.isoformat()
            _log.warning("replies given up", target=where, day=day, why=why)
        self._orphaned = self._orphaned or why

    async def _deliver(self, message: Message, root: str) -> str:
        """The service's name of the message; empty where it was given up."""
        for left in reversed(range(TRIES)):
            claim = await self._ask(self.ledger.claim, message)
            match claim.state:
                case ClaimState.SENT:
                    return claim.ref
                case ClaimState.GIVEN_UP:
                    return ""
                case ClaimState.BUSY:
                    raise _Taken
            if message.reply and self._orphaned:
                return await self._left(message, claim.token, self._orphaned)
            try:
                return await self._attempt(message, root, claim)
            except DeliveryError as error:
                if isinstance(error, Refused) and error.final:
                    return await self._turned_down(error, message, claim.token)
                await self._after(error, message, claim.token, left)
        raise AssertionError("unreachable")

    async def _attempt(self, message: Message, root: str, claim: Claim) -> str:
        if claim.state is ClaimState.MAYBE:
            known = await self._resolved(message, root, claim)
            if known is not None:
                return known
        await self._turn(message, claim.token)
        self._hold(held=await self._ask(self.ledger.begin, message, claim.token))
        sending = self.channel.send(self.target, message, key=self._key(message), root=root)
        try:
            ref = await self._heeded(sending)
        finally:
            rate = self.channel.limits.per_target
            self._free = _now() + (1 / rate if rate else 0.0)
        return await self._arrived(message, claim.token, ref)

    async def _resolved(self, message: Message, root: str, claim: Claim) -> str | None:
        """What became of an earlier attempt: its name, empty to leave it; None to send again."""
        if self.channel.can_find and claim.since:
            key, since = self._key(message), claim.since - CLOCKS_DIFFER
            finding = self.channel.find(self.target, message, key=key, root=root, since=since)
            try:
                ref = await self._heeded(finding)
            except DeliveryError as error:
                if not error.permanent:
                    raise
                why = notices.masked(str(error), self.target)
                _log.warning("service cannot be asked", **self._named(message), why=why)
            else:
                return await self._arrived(message, claim.token, ref) if ref else None
        if self.policy == "repeat" or message.part in self.again:
            return None
        said = notices.given_up(self.target, self.post)
        _log.warning("message given up", **self._named(message), said=said)
        return await self._left(message, claim.token, said)

    async def _left(self, message: Message, token: str, why: str) -> str:
        """Give the message up, with the reason."""
        self._hold(held=await self._ask(self.ledger.give_up, message, token, why))
        return ""

    async def _turned_down(self, error: Refused, message: Message, token: str) -> str:
        """The service never takes this message: the others need not wait for it."""
        why = str(error)
        _log.warning("message refused", **self._named(message),
                     why=notices.masked(why, self.target))  # fmt: skip
        self._refused = self._refused or why
        if error.rest:
            self._orphan(why)
        return await self._left(message, token, why)

    async def _arrived(self, message: Message, token: str, ref: str) -> str:
        self._hold(held=await self._ask(self.ledger.confirm, message, token, ref))
        return ref

    async def _after(self, error: DeliveryError, message: Message, token: str, left: int) -> None:
        """Put the claim right, and wait where another attempt in this run makes sense."""
        if error.uncertain:
            self.again.discard(message.part)
            if not left:
                raise error
            why = notices.masked(str(error), self.target)
            _log.info("asking again after the lease", **self._named(message), why=why)
            await self.sleep(self.lease_s)  # lets the claim go, and a late message come in
            return
        await self._ask(self.ledger.release, message, token, str(error))
        pause = error.retry_after
        if error.permanent or not left or pause is None or pause > LONGEST_WAIT_S:
            raise error

    async def _turn(self, message: Message, token: str) -> None:
        """Wait until the service may be used, first by anybody, then for this target."""
        limits = self.channel.limits
        opens = next((each for each in self.post.messages if each.reply), None) is message
        for _ in range(1 + (limits.opening if opens else 0)):
            await self._slot(self.target.kind, limits.overall, message, token)
        await self._slot(str(self.target), limits.per_target, message, token)
        if limits.burst == 1:  # services count from one arrival to the next, and slots are earlier
            await self._wait(self._free - _now(), message, token)

    async def _slot(self, name: str, per_second: float, message: Message, token: str) -> None:
        burst, longest = self.channel.limits.burst, LONGEST_WAIT_S
        while wait := await asyncio.to_thread(self.rates.wait, name, per_second, burst, longest):
            if wait > longest:  # not taken: too many are before us, or the service wants rest
                await self._rested(name)
            await self._wait(min(wait, longest), message, token)
            if wait <= longest and not await asyncio.to_thread(self.rates.held, name):
                return

    async def _rested(self, name: str) -> None:
        held = await asyncio.to_thread(self.rates.held, name)
        if held > LONGEST_WAIT_S:
            raise DeliveryError(
                f"{notices.place(self.target)} asks for {held:.0f} more seconds of rest: "
                "it is tried again then.",
                retry_after=held,
            )

    async def _wait(self, seconds: float, message: Message, token: str) -> None:
        """Sleep, and hold the claim meanwhile."""
        longest = self.lease_s / _RENEWALS
        while seconds > 0:
            await self.sleep(min(seconds, longest))
            seconds -= longest
            if seconds > 0:
                self._hold(held=await self._ask(self.ledger.renew, message, token))

    async def _heeded(self, answer: Awaitable[T]) -> T:
        """What the service says, within its share of the lease; what it asks for is passed on."""
        try:
            async with asyncio.timeout(self.lease_s * SENDING_SHARE):
                return await answer
        except TimeoutError as error:
            raise DeliveryError(
                f"{notices.place(self.target)} took too long: it is asked again.", uncertain=True
            ) from error
        except DeliveryError as error:
            if error.retry_after is not None:
                wait = max(error.retry_after, SHORTEST_PAUSE_S)
                await asyncio.to_thread(self.rates.push_back, self.target.kind, wait)
            raise

    async def _ask(self, method: Callable[..., T], message: Message, *args: str) -> T:
        """A call of the ledger, off the loop."""
        return await asyncio.to_thread(method, self.post, message, *args)

    def _key(self, message: Message) -> str:
        return f"{self.post.subscription}/{self.post.date.isoformat()}/{message.part}"

    def _named(self, message: Message) -> dict[str, str]:
        where = notices.place(self.target)
        return {"target": where, "day": self.post.date.isoformat(), "part": message.part}

    @staticmethod
    def _hold(*, held: bool) -> None:
        if not held:
            raise _Taken


def _now() -> float:
    return asyncio.get_running_loop().time()
