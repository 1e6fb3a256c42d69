"""From a subscription to a post that is out: decided, composed, frozen, sent, settled.

Every step may be the last one of its process; another run goes on from there. What was begun is
in the store before it is done: dates with `begin`, the post with `freeze`, a message with its
claim.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from bot import notices, words
from bot.delivery import Delivery, Outcome
from bot.refusals import Refusals
from bot.returns.suppression import BARRED, REASON, barred, off, reachable
from paperlark import schedule
from paperlark.errors import DeliveryError
from paperlark.owed import begins, in_parts, is_out, served
from paperlark.post import Post, PostKind, Setting
from paperlark.schedule import NOTICED, POSTED, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager
    from datetime import date

    from bot.context import Channels, Context
    from bot.ports import Channel
    from paperlark.domain import Digest
    from paperlark.schedule import Due
    from paperlark.subscription import Subscription

_AGAIN_S: Final = 1.0
_LEASES: Final = 4
"""How many leases a person's own order waits for a worker that is at the same post."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a person's order to post, for one subscription.

    Attributes:
        subscription: its id.
        ok: it is out, now or from before.
        said: a clause for people.
    """

    subscription: str
    ok: bool
    said: str


@dataclass(frozen=True)
class Posting:
    """The posts of one process, over one event loop.

    Args:
        run: settings, store, ledger and clock.
        channels: the ways out.
        rooms: by kind, places for posts under way where a channel has few.
    """

    run: Context
    channels: Channels
    rooms: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    async def due(self, identifier: str, day: date) -> Outcome | None:
        """Post what the subscription is owed for that date; None where that is nothing.

        A target that refuses for good is disabled, and its owner is told.

        Raises:
            DeliveryError: it did not all arrive; come back, after `retry_after` where that is set.
            StoreError, ConfigError, NotFound: the store, the channel's settings, the profile.
        """
        shelf = self.run.store.subscriptions
        subscription = await asyncio.to_thread(shelf.subscription, identifier)
        if subscription is None or not served(subscription, self.run.clock()):
            return None
        channel = self.channels.get(subscription.target.kind)
        async with self._room(channel, subscription.target.kind):
            # Its reader may have left, or changed it, while it waited for its turn.
            subscription = await asyncio.to_thread(shelf.subscription, identifier)
            if subscription is None or await self._kept_back(subscription):
                return None
            post = await asyncio.to_thread(self._owed, channel, subscription, day)
            if post is None:
                return None
            return await self._sent(channel, subscription, post)

    async def _sent(
        self, channel: Channel, subscription: Subscription, post: Post
    ) -> Outcome | None:
        """How far a post came that is owed; None: its target is disabled from now on.

        Raises:
            DeliveryError: it did not all arrive; come back.
        """
        refusals = Refusals(self.run, channel.limits)
        await asyncio.to_thread(refusals.resting, post)
        try:
            return await self._send(channel, subscription, post)
        except DeliveryError as error:
            outcome = await refusals.after(subscription, post, error)
            if outcome is None:
                await self._disable(subscription, str(error))
                return None
            await asyncio.to_thread(self._settle, subscription, post, whole=not outcome.skipped)
            return outcome

    def _room(self, channel: Channel, kind: str) -> AbstractAsyncContextManager[object]:
        """A place among the posts that may be under way at once on that channel."""
        most = channel.limits.at_once
        if not most:
            return nullcontext()
        return self.rooms.setdefault(kind, asyncio.Semaphore(most))

    async def _kept_back(self, subscription: Subscription) -> str:
        """Why nothing may be posted to it at all; empty where something may.

        Where its address is never to be written to, it is disabled.
        """
        if not served(subscription, self.run.clock()):
            return f"is {subscription.state}, so nothing was posted"
        if await asyncio.to_thread(barred, self.run.store, subscription.target):
            await self._disable(subscription, REASON)
            return BARRED
        return ""

    async def now(self, subscription: Subscription, digest: Digest) -> Report:
        """Post one digest because a person says so; a date that is out is not posted again.

        A message that was given up is sent again: the person has looked. One that may arrive
        meanwhile for another reason is left or repeated as the settings say.
        """
        report = partial(Report, subscription.id)
        if why := await self._kept_back(subscription):
            return report(ok=False, said=why)
        channel = self.channels.get(subscription.target.kind)
        try:
            found = await asyncio.to_thread(self._ordered, channel, subscription, digest)
            if isinstance(found, str):
                return report(ok=True, said=found)
            post, again = found
            outcome = await self._until_done(channel, subscription, post, again)
        except DeliveryError as error:
            refusals = Refusals(self.run, channel.limits)
            if error.permanent and await asyncio.to_thread(
                refusals.struck_out, subscription, digest.date
            ):
                await self._disable(subscription, str(error))
            return report(ok=False, said=str(error))
        if not outcome.done:
            return report(ok=False, said="a worker is at it; look again in a minute")
        many = f"{len(outcome.refs)} message" + ("s" if len(outcome.refs) != 1 else "")
        if outcome.skipped:
            reasons = await asyncio.to_thread(self.run.ledger.given_up, post)
            why = next((reasons[part] for part in outcome.skipped if part in reasons), "")
            missing = f"{many} posted, {len(outcome.skipped)} given up: {why}"
            return report(ok=False, said=missing)
        return report(ok=True, said=f"posted, {many}")

    def _owed(self, channel: Channel, subscription: Subscription, day: date) -> Post | None:
        """The post for that date, frozen; None where it is out, or nothing is owed."""
        settled = self.run.store.subscriptions.settled(subscription.id)
        kept = self.run.ledger.post(subscription.id, day)
        if kept is not None:
            return self._added(kept) if _under_way(kept, settled) else None
        decided = schedule.decide(
            subscription,
            settled,
            partial(self.run.store.digest, subscription.profile),
            self.run.clock(),
            self.run.patience,
            cap=self.run.profile(subscription.profile).cap,
            day=day,
        )
        kind = self._begun(subscription, decided.due) if decided else None
        if decided is None or kind is None:
            return None
        setting = decided.setting(subscription, self.run.web)
        setting = replace(setting, why=words.why(subscription))
        self.run.introduce(subscription)
        messages = channel.compose(decided.digest, subscription.form, setting)
        covers, late_s, now = decided.due.covers, decided.due.late_s, self.run.clock()
        post = Post(subscription.id, day, kind, messages, covers, late_s, now, decided.words)
        return self._added(self.run.ledger.freeze(post))

    def _added(self, post: Post) -> Post:
        """The frozen post; its late papers count as out of their own dates before any is sent.

        Like its other papers they come with this post, whoever finishes it, or never.
        """
        for day, word in post.words.items():
            if day not in post.covers:
                self.run.store.subscriptions.settle(post.subscription, [day], word)
        return post

    def _begun(self, subscription: Subscription, due: Due) -> PostKind | None:
        """Note what becomes of each date; the kind of post that has them, where one does."""
        shelf = self.run.store.subscriptions
        if due.kind is None:
            shelf.settle(subscription.id, due.covers, due.outcome)
        elif shelf.begin(subscription.id, due.covers, due.day):
            shelf.settle(subscription.id, due.told, NOTICED)
            shelf.settle(subscription.id, due.skipped, SKIPPED)
            return due.kind
        return None

    def _ordered(
        self, channel: Channel, subscription: Subscription, digest: Digest
    ) -> tuple[Post, set[str]] | str:
        """The post a person asked for, frozen, and the parts they let out once more.

        Or why there is none, as a clause.
        """
        shelf, day = self.run.store.subscriptions, digest.date
        settled = shelf.settled(subscription.id)
        kept = self.run.ledger.post(subscription.id, day)
        if kept is not None:
            again = self._reopened(channel, kept, settled)
            if _under_way(kept, settled):
                return self._added(kept), again
            return (kept, again) if again else _already(day, settled.get(day, ""))
        if not shelf.begin(subscription.id, (day,), day):
            return _already(day, shelf.settled(subscription.id).get(day, ""))
        return self._composed(channel, subscription, digest), set()

    def _reopened(self, channel: Channel, post: Post, settled: Mapping[date, str]) -> set[str]:
        """Parts that a person's order lets out once more.

        Those that were given up, and of a post that was over, whatever has not arrived: an earlier
        order let it out, and did not send it. Where whoever comes next can finish what this order
        begins, the post is under way again first, so that the clock sees to it.
        """
        word, run = schedule.outcome(post.kind), self.run
        said = [settled.get(each, "") for each in post.covers]
        over = any(each in {word, SKIPPED} or is_out(each) for each in said)
        out = [each for each in post.covers if settled.get(each) == word]
        given_up, refs = run.ledger.given_up(post), run.ledger.refs(post)
        missing = {each.part for each in post.messages if each.part not in refs}
        again = missing if over else missing & given_up.keys()
        sure = channel.can_find or run.settings.delivery.on_ambiguous == "repeat"
        if again and sure and word == POSTED:
            run.store.subscriptions.settle(post.subscription, out, begins(post.date))
        for each in post.messages:
            run.ledger.reopen(post, each)
        return again

    def _composed(self, channel: Channel, subscription: Subscription, digest: Digest) -> Post:
        """The post of one digest, frozen."""
        setting = Setting(zone=subscription.zone, web=self.run.web, why=words.why(subscription))
        self.run.introduce(subscription)
        messages = channel.compose(digest, subscription.form, setting)
        kind, now = PostKind.DIGEST, self.run.clock()
        return self.run.ledger.freeze(
            Post(
                subscription.id,
                digest.date,
                kind,
                messages,
                (digest.date,),
                composed_at=now,
                words=in_parts([digest]),
            )
        )

    async def _send(
        self,
        channel: Channel,
        subscription: Subscription,
        post: Post,
        again: set[str] | None = None,
    ) -> Outcome:
        """Send what is missing; once all is out, its dates are settled.

        `again` names parts that are repeated once, whatever the policy.
        """
        run, target = self.run, subscription.target
        table = run.settings.delivery
        sent = await Delivery(
            channel, run.ledger, run.store.rates, target, post, table.on_ambiguous, table.lease_s,
            again=set() if again is None else again,
        ).run()  # fmt: skip
        if sent.done:
            await asyncio.to_thread(self._settle, subscription, post, whole=not sent.skipped)
            _log.info("post out", target=notices.place(target), day=post.date.isoformat(),
                      messages=len(sent.refs), given_up=len(sent.skipped))  # fmt: skip
        if sent.refused:
            told = self.run.store.told
            heard = await asyncio.to_thread(reachable, self.run.store, subscription)
            await notices.tell_refused(told, self.channels, heard, post, sent.refused)
        return sent

    def _settle(self, subscription: Subscription, post: Post, *, whole: bool = True) -> None:
        outcome, shelf = schedule.outcome(post.kind), self.run.store.subscriptions
        settled = shelf.settled(subscription.id) if post.words else {}
        for day in post.covers:
            if day in post.words and not is_out(settled.get(day, "")):  # else it may say more
                shelf.settle(subscription.id, [day], post.words[day])
        whole_days = [day for day in post.covers if day not in post.words]
        shelf.settle(subscription.id, whole_days, outcome)
        if whole:
            self.run.store.told.forget(subscription.id)

    async def _until_done(
        self, channel: Channel, subscription: Subscription, post: Post, again: set[str]
    ) -> Outcome:
        """Send, and wait for a worker that is at the same post."""
        sent = await self._send(channel, subscription, post, again)
        for _ in range(int(_LEASES * self.run.settings.delivery.lease_s / _AGAIN_S)):
            if sent.done:
                break
            await asyncio.sleep(_AGAIN_S)
            sent = await self._send(channel, subscription, post, again)
        return sent

    async def _disable(self, subscription: Subscription, why: str) -> None:
        """Serve the subscription no more, with the reason, and tell its owner once.

        Somebody may have removed, paused or changed it since it was read: that stands.
        """
        store = self.run.store
        ended = await asyncio.to_thread(off, store, subscription, why)
        if ended is None:
            return
        heard = await asyncio.to_thread(reachable, store, ended)
        await notices.tell_owner(store.told, self.channels, heard, self.run.clock().date())


def _under_way(post: Post, settled: Mapping[date, str]) -> bool:
    """Whether the post has a date that nothing became of yet.

    Its own date alone does not say so: it may be one that the post only speaks of.
    """
    begun = begins(post.date)
    return any(settled.get(day, begun) == begun for day in post.covers or (post.date,))


def _already(day: date, word: str) -> str:
    """Why a date is not posted because a person says so."""
    on = day.isoformat()
    if word == NOTICED:
        return f"was told about {on} before its papers came; the next digest has them"
    if is_out(word):
        return f"{on} is posted already, and was not posted again"
    if word == SKIPPED:
        return f"{on} was given up as too old, and is not posted any more"
    return f"{on} is part of another post that is on its way"
