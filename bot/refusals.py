"""What is done about a refusal: rest and try again, give the post up, or serve the target no more.

A service that refuses one message for now (greylisting, a full mailbox) is asked again after the
channel's own waits, which the store counts, so that a worker's death loses nothing. A target that
refuses for good may have to do so more than once before it is disabled.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot import notices
from bot.delivery import Outcome
from paperlark.errors import DeliveryError, Refused
from paperlark.post import ClaimState
from paperlark.target import Target

if TYPE_CHECKING:
    from datetime import date

    from bot.context import Context
    from bot.ports import Limits
    from paperlark.post import Post
    from paperlark.subscription import Subscription

_log = structlog.get_logger()


@dataclass(frozen=True)
class Refusals:
    """What became of a post that was refused.

    Args:
        run: the store and the ledger.
        limits: of the channel that told of the refusal.
    """

    run: Context
    limits: Limits

    def resting(self, post: Post) -> None:
        """See that the post is not one that must rest.

        Raises:
            DeliveryError: it must, for `retry_after` seconds.
        """
        if not self.limits.waits:
            return
        left = self.run.store.refusals.held(post.subscription, post.date)
        if left:
            raise DeliveryError(
                f"The post of {post.date.isoformat()} was refused, and is tried again in "
                f"{left:.0f} seconds.",
                retry_after=left,
            )

    async def after(
        self, subscription: Subscription, post: Post, error: DeliveryError
    ) -> Outcome | None:
        """How far the post came; None: the target is to be disabled.

        Raises:
            DeliveryError: it is tried again, after `retry_after` where that is set.
        """
        return await asyncio.to_thread(self._after, subscription, post, error)

    def struck_out(self, subscription: Subscription, day: date) -> bool:
        """Note that the target refused the post of that date for good; whether that is enough."""
        struck = self.run.store.refusals.strike(str(subscription.target), day)
        return struck >= self.limits.strikes

    def _after(
        self, subscription: Subscription, post: Post, error: DeliveryError
    ) -> Outcome | None:
        if error.permanent:
            out = self.struck_out(subscription, post.date)
            return None if out else self._given_up(post, error)
        if not isinstance(error, Refused) or not self.limits.waits:
            raise error
        wait = self.run.store.refusals.put_off(subscription.id, post.date, self.limits.waits)
        if wait is not None:
            raise DeliveryError(str(error), retry_after=wait) from error
        return self._given_up(post, error)

    def _given_up(self, post: Post, error: DeliveryError) -> Outcome:
        """Name what is missing, and let nobody wait for it."""
        ledger, why = self.run.ledger, str(error)
        left = [each for each in post.messages if each.part not in ledger.refs(post)]
        for message in left:
            claim = ledger.claim(post, message)
            if claim.state is ClaimState.BUSY:
                raise error
            if claim.token:
                ledger.give_up(post, message, claim.token, why)
        target = Target.parse(post.subscription.rpartition("/")[0])
        _log.warning("post given up", target=notices.named(post.subscription),
                     day=post.date.isoformat(), why=notices.masked(why, target))  # fmt: skip
        return Outcome(done=True, refs=dict(ledger.refs(post)), skipped=tuple(e.part for e in left))
