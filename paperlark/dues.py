"""The post a subscription is owed now: what it holds, and whether it may go yet. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from paperlark import calendar, slots
from paperlark.owed import (
    NOTICED,
    PAPERS,
    POSTED,
    QUIET,
    SURE,
    Standing,
    begins,
    begun,
    late,
    owed,
    served,
    standing,
    told,
    unfinished,
)
from paperlark.post import PostKind
from paperlark.subscription import Quiet, State, Wait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import Digest, PaperId
    from paperlark.settings import DeliverySettings
    from paperlark.subscription import Subscription

MISSED_MOST: Final = 3
"""Most dates of earlier slots that a catch-up holds; older ones are skipped, and named."""
LATE: Final = timedelta(minutes=15)
_GRACE: Final = timedelta(hours=1)
"""The window is longer than the patience by this at least: else its end could be missed."""

Look: TypeAlias = Callable[[date], "Digest | None"]
"""The profile's digest of a mailing date, as kept now: ``partial(store.digest, profile)``."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a post is waited for, from its slot.

    Attributes:
        give_up: then it goes out with what there is, or a notice does.
        window: until then it may still go out; later it waits for the next slot.
    """

    give_up: timedelta = timedelta(hours=6)
    window: timedelta = timedelta(hours=12)

    @classmethod
    def of(cls, table: DeliverySettings) -> Patience:
        """As the settings say."""
        return cls(timedelta(hours=table.give_up_h), timedelta(hours=table.window_h))

    @property
    def longest(self) -> timedelta:
        """How long after its slot a post may go out."""
        return max(self.window, self.give_up + _GRACE)


@dataclass(frozen=True, slots=True)
class Due:
    """What is owed now.

    Attributes:
        day: the newest mailing date in it: the post's key, and the job's argument.
        slot: when its newest date was due, in UTC.
        kind: what must be posted; None where nothing is, and `covers` are only settled.
        covers: every mailing date the post settles, oldest first.
        parts: those of them whose digests are shown, oldest first; empty for a notice.
        told: dates whose papers have not come, which the post speaks of; the next one shows them.
        skipped: older dates that are given up.
        late_s: seconds after the slot; 0 within a quarter of an hour, and for notices.
        forced: something was waited for, and the patience ended.
        missed: some of `parts` belong to an earlier slot than the newest: a catch-up.
        late: papers that came to dates of earlier posts, which went out in part; oldest first. They
            wait for a digest to go with.
    """

    day: date
    slot: datetime
    kind: PostKind | None
    covers: tuple[date, ...]
    parts: tuple[date, ...] = ()
    told: tuple[date, ...] = ()
    skipped: tuple[date, ...] = ()
    late_s: float = 0.0
    forced: bool = False
    missed: bool = False
    late: Mapping[date, frozenset[PaperId]] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """What `covers` are settled as once the post is out."""
        return outcome(self.kind)


def outcome(kind: PostKind | None) -> str:
    """What a post of that kind settles its dates as; None is no post at all."""
    return {PostKind.DIGEST: POSTED, PostKind.NOTICE: NOTICED, None: QUIET}[kind]


def coming(
    subscription: Subscription, settled: Mapping[date, str], look: Look, now: datetime
) -> tuple[date, ...]:
    """Mailing dates the next post can show, as far as their feeds can be out: what to fetch.

    All of the newest slot, of those that earlier slots should have brought the three newest, and
    recent dates that were told of without papers, or are out in part.

    Raises:
        ConfigError: the subscription's zone is unknown.
    """
    dates = owed(subscription, settled, now, ahead=True)
    if not dates:
        return ()
    newest = slots.of(subscription, dates[-1])
    own = tuple(each for each in dates if slots.of(subscription, each) == newest)
    recent = told(settled, own[0])[-MISSED_MOST:]
    bare = (each for each in recent if standing(each, look(each)) not in PAPERS)
    some = (each for each in unfinished(settled, own[0])[-MISSED_MOST:]
            if standing(each, look(each)) is not Standing.WHOLE)  # fmt: skip
    return tuple(sorted({*_missed(dates[: -len(own)], ())[0], *own, *bare, *some}))


def due(
    subscription: Subscription,
    settled: Mapping[date, str],
    look: Look,
    now: datetime,
    patience: Patience,
    *,
    day: date | None = None,
) -> Due | None:
    """What the subscription is owed at this moment; None where that is nothing, or not yet.

    A post holds every date of the newest slot that is owed any, and of those that earlier slots
    should have brought the three newest. It goes out in the window of any slot: it waits as `Wait`
    says until the patience ends, or nearly to the window's end while nobody has looked yet; after
    that it waits for the next slot.

    Args:
        subscription: to whom; one that is paused, disabled or pending is owed nothing.
        settled: `SubscriptionStore.settled`.
        look: finds digests; asked only for dates that matter.
        now: an aware moment.
        patience: how long is waited.
        day: the job's own date. What was begun for it is owed, whatever the hour, and a post for
            any other date is None.

    Raises:
        ConfigError: the subscription's zone is unknown.
    """
    if not served(subscription, now):
        return None
    view = _View(subscription, look, now)
    if day is not None and day in begun(settled):
        mine = sorted(each for each, word in settled.items() if word == begins(day))
        return view.of(day, tuple(mine))
    found = _fresh(view, settled, patience)
    return found if found and day in {None, found.day} else None


def _fresh(view: _View, settled: Mapping[date, str], patience: Patience) -> Due | None:
    dates = owed(view.subscription, settled, view.now)
    slot = slots.latest(view.subscription, view.now) if dates else None
    if slot is None or view.now > slot + patience.longest or view.in_pause(slot):
        return None
    newest = slots.of(view.subscription, dates[-1])
    own = tuple(each for each in dates if slots.of(view.subscription, each) == newest)
    recalled = tuple(each for each in told(settled, own[0]) if view.stands(each) in PAPERS)
    missed, skipped = _missed(dates[: -len(own)], recalled)
    forced = not view.ready(own, missed)
    if forced and view.now < slot + view.wait((*own, *missed), patience):
        return None
    found = view.of(own[-1], own, missed, skipped)
    return replace(found, forced=forced, late=late(settled, view.look, found.parts))


def _missed(
    dates: tuple[date, ...], recalled: tuple[date, ...]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Dates of earlier slots: those a catch-up holds, holidays among them, and those skipped."""
    found = sorted({*dates, *recalled})
    papers = [each for each in found if calendar.is_mailing_date(each)]
    oldest = papers[-MISSED_MOST] if len(papers) > MISSED_MOST else date.min
    return (
        tuple(each for each in found if each >= oldest),
        tuple(each for each in dates if each < oldest),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """One subscription at one moment."""

    subscription: Subscription
    look: Look
    now: datetime

    def stands(self, day: date) -> Standing:
        return standing(day, self.look(day))

    def in_pause(self, slot: datetime) -> bool:
        """Whether a pause, over by now, held the slot: then the next one makes up for it."""
        until, where = self.subscription.until, slots.zone(self.subscription.zone)
        if until is None or self.subscription.state is not State.PAUSED:
            return False
        return slot.astimezone(where).date() <= until

    def wait(self, days: tuple[date, ...], patience: Patience) -> timedelta:
        """How long after the slot: where a process was down, somebody must look first."""
        unseen = any(self.stands(day) is Standing.MISSING for day in days)
        return patience.longest - _GRACE if unseen else patience.give_up

    def ready(self, own: tuple[date, ...], missed: tuple[date, ...]) -> bool:
        """Whether nothing must be waited for."""
        if self.subscription.wait is Wait.ASAP:
            newest = self.look(own[-1])
            return self.stands(own[-1]) in SURE or bool(newest and newest.cards)
        looked = all(self.stands(day) is not Standing.MISSING for day in missed)
        return looked and all(self.stands(day) in SURE for day in own)

    def of(
        self,
        day: date,
        own: tuple[date, ...],
        missed: tuple[date, ...] = (),
        skipped: tuple[date, ...] = (),
    ) -> Due:
        """The post of that date."""
        stands = {each: self.stands(each) for each in (*missed, *own)}
        parts = tuple(each for each, how in stands.items() if how in PAPERS)
        quiet = tuple(each for each, how in stands.items() if how is Standing.QUIET)
        failing = tuple(each for each in stands if each not in {*parts, *quiet})
        slot = slots.of(self.subscription, day) or self.now  # its weekdays may have been changed
        late = (self.now - slot).total_seconds()
        earlier = any(slots.of(self.subscription, part) != slot for part in parts if part != day)
        return Due(
            day=day,
            slot=slot,
            kind=self._kind(parts, failing),
            covers=tuple(sorted((*quiet, *(parts or failing)))),
            parts=parts,
            told=failing if parts else (),
            skipped=skipped,
            late_s=late if parts and late > LATE.total_seconds() else 0.0,
            missed=earlier,
        )

    def _kind(self, parts: tuple[date, ...], failing: tuple[date, ...]) -> PostKind | None:
        if parts:
            return PostKind.DIGEST
        notice = failing or self.subscription.quiet is Quiet.NOTICE
        return PostKind.NOTICE if notice else None
