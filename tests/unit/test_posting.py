"""From a subscription to a post that is out, on a real store; each step may be the last."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.context import Channels, Context
from bot.posting import Posting, Report
from paperlark import profile as profiles
from paperlark.domain import VerdictState
from paperlark.errors import DeliveryError, Refused
from paperlark.owed import begins
from paperlark.post import Post, PostKind
from paperlark.settings import DeliverySettings, Settings
from paperlark.store import RedisStore
from paperlark.store.ledger import Deliveries
from paperlark.store.subscriptions import Subscriptions
from paperlark.subscription import Quiet, State, Subscription
from paperlark.target import Target
from tests.builders import DAY, PROFILE, card, digest, paper
from tests.loopback.pigeon import Pigeon, Service, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis

    from bot.delivery import Outcome
    from paperlark.domain import Digest
    from paperlark.post import Message

NEXT = DAY + timedelta(days=1)
SUB = Subscription(
    Target("pigeon", "roof"), "foundations", since=DAY, owner="pigeon:cellar", zone="UTC"
)
LEASE_S = 1.0


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def made(day: date, *titles: str, **more: Any) -> Digest:
    cards = tuple(
        card(paper(f"26{day:%d}.9000{n}", title), rank=n, score=90.0 - n)
        for n, title in enumerate(titles, 1)
    )
    return replace(digest(cards, **more), date=day)


MORNING = at(DAY)


@dataclass
class Desk:
    """A store, a service, and one run after another."""

    store: RedisStore
    service: Service
    url: str
    now: datetime = MORNING
    can_find: bool = True

    def __post_init__(self) -> None:
        self.store.save_profile(profiles.parse("foundations", PROFILE))
        self.store.subscriptions.save_subscription(SUB)

    def due(
        self, day: date = DAY, identifier: str = SUB.id, channel: Pigeon | None = None
    ) -> Outcome | None:
        async def run() -> Outcome | None:
            posting = self._posting(channel)
            try:
                return await posting.due(identifier, day)
            finally:
                await posting.channels.aclose()

        return asyncio.run(run())

    def until_done(self, day: date = DAY, settled: date | None = None) -> None:
        """Run as the queue would, until the post is out, or the date that is named settled."""
        for _ in range(100):
            with suppress(DeliveryError):
                self.due(day)
            if self.word(settled or day) == "posted":
                return
            time.sleep(0.05)
        pytest.fail("it never got done")

    def order(
        self, digest: Digest, subscription: Subscription = SUB, channel: Pigeon | None = None
    ) -> Report:
        async def run() -> Report:
            posting = self._posting(channel)
            try:
                return await posting.now(subscription, digest)
            finally:
                await posting.channels.aclose()

        return asyncio.run(run())

    def _posting(self, channel: Pigeon | None = None) -> Posting:
        delivery = DeliverySettings.model_construct(lease_s=LEASE_S)  # shorter than people may set
        settings = Settings(delivery=delivery)
        run = Context(
            settings, self.store, Deliveries(self.store._client, LEASE_S), lambda: self.now
        )
        pigeon = channel or Pigeon(self.url, can_find=self.can_find, timeout_s=30)
        return Posting(run, Channels(settings, {"pigeon": pigeon}))

    def sent(self) -> list[str]:
        return [key.removeprefix(f"{SUB.id}/") for key in self.service.sent()]

    def word(self, day: date = DAY) -> str:
        return self.store.subscriptions.settled(SUB.id).get(day, "")

    @property
    def subscription(self) -> Subscription:
        found = self.store.subscriptions.subscription(SUB.id)
        assert found
        return found


@pytest.fixture
def desk(store: redis.Redis) -> Iterator[Desk]:
    service = Service()
    with served(service) as url:
        yield Desk(RedisStore(store), service, url)


@pytest.fixture
def kept(desk: Desk) -> Desk:
    desk.store.save_digest(made(DAY, "One", "Two"))
    return desk


WHOLE = ["2026-11-19/summary", "2026-11-19/card:2619.90001", "2026-11-19/card:2619.90002"]


def test_a_digest_is_posted_and_its_date_settled(kept: Desk):
    outcome = kept.due()
    assert outcome is not None
    assert outcome.done
    assert kept.sent() == WHOLE
    assert kept.word() == "posted"
    post = kept.store.ledger.post(SUB.id, DAY)
    assert post is not None
    assert (post.kind, post.covers, post.composed_at) == (PostKind.DIGEST, (DAY,), at(DAY))
    shown = kept.store.ledger.shown("pigeon", outcome.refs["card:2619.90002"])
    assert shown is not None
    assert (shown.paper, shown.rank, shown.score) == ("2619.90002", 2, 88.0)


def test_papers_that_came_after_their_post_come_once_with_the_next(desk: Desk):
    """Three mornings over a real server, with a death at the worst moment of the second."""
    desk.store.save_digest(made(DAY, "One", state=VerdictState.PARTIAL))
    desk.now = at(DAY, 16)  # the patience has ended
    desk.due()
    assert desk.word() == "partial 2619.90001"
    desk.store.save_digest(made(DAY, "One", "Two"))
    desk.store.save_digest(made(NEXT, "Three"))
    desk.now = at(NEXT)
    desk.due(NEXT)
    assert desk.sent()[2:] == [
        f"2026-11-20/{part}" for part in ("summary", "card:2620.90001", "card:2619.90002")
    ]
    post = desk.store.ledger.post(SUB.id, NEXT)
    assert post is not None
    assert (post.covers, post.words) == ((NEXT,), {DAY: "posted"})
    assert (desk.word(), desk.word(NEXT)) == ("posted", "posted")
    last = NEXT + timedelta(days=3)
    desk.store.save_digest(made(last, "Four"))
    desk.now = at(last)
    desk.due(last)
    assert desk.sent()[5:] == ["2026-11-23/summary", "2026-11-23/card:2623.90001"]


def test_late_papers_are_noted_before_they_are_sent(desk: Desk):
    desk.store.save_digest(made(DAY, "One", "Two"))
    desk.store.save_digest(made(NEXT, "Three"))
    desk.store.subscriptions.settle(SUB.id, [DAY], "partial 2619.90001")
    desk.now = at(NEXT)
    for _ in range(2):
        with suppress(Death):  # or it finds the first one's claim
            desk.due(NEXT, channel=Dying(desk.url, left=1, after=False))
        assert (desk.word(), desk.word(NEXT)) == ("posted", begins(NEXT))
        # As if it had died between the post's freezing and this note of it:
        desk.store.subscriptions.settle(SUB.id, [DAY], "partial 2619.90001")
    desk.until_done(NEXT)
    assert Counter(desk.sent())["2026-11-20/card:2619.90002"] == 1
    assert desk.word() == "posted"


def test_a_person_posts_a_day_in_part_and_the_rest_comes_by_itself(desk: Desk):
    part = made(DAY, "One", state=VerdictState.PARTIAL)
    desk.store.save_digest(part)
    assert desk.order(part).ok
    assert desk.word() == "partial 2619.90001"
    assert "posted already" in desk.order(part).said
    desk.store.save_digest(made(DAY, "One", "Two"))
    desk.store.save_digest(made(NEXT, "Three"))
    desk.now = at(NEXT)
    desk.due(NEXT)
    assert desk.sent().count("2026-11-20/card:2619.90002") == 1
    assert "posted already" in desk.order(made(DAY, "One", "Two")).said
    assert desk.word() == "posted"


def test_a_second_run_does_nothing(kept: Desk):
    kept.due()
    assert kept.due() is None
    assert kept.sent() == WHOLE


def test_what_is_not_due_or_not_served_is_not_posted(desk: Desk):
    assert desk.due() is None  # no digest yet
    desk.store.save_digest(made(DAY, "One"))
    assert desk.due(identifier="pigeon:roof/none") is None
    for state in (State.PAUSED, State.DISABLED, State.PENDING):
        desk.store.subscriptions.save_subscription(replace(SUB, state=state))
        assert desk.due() is None
    desk.store.subscriptions.save_subscription(SUB)
    desk.now = at(DAY, 7)  # its hour has not come
    assert desk.due() is None
    assert desk.sent() == []


class Death(BaseException):
    """The process ends here, as far as its own code can tell."""


class Dying(Pigeon):
    """Ends its process before or after the n-th message it sends."""

    def __init__(self, url: str, left: int, *, after: bool) -> None:
        super().__init__(url)
        self.left, self.after = left, after

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        self.left -= 1
        if not self.left and not self.after:
            raise Death
        ref = await super().send(target, message, key=key, root=root)
        if not self.left:
            raise Death
        return ref


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_post_that_was_cut_off_is_finished_as_it_was_frozen(
    kept: Desk, left: int, *, after: bool
):
    with pytest.raises(Death):
        kept.due(channel=Dying(kept.url, left, after=after))
    assert kept.word() == "begun 2026-11-19"
    kept.store.save_digest(made(DAY, "Another", "Other", "Third"))
    kept.now = at(DAY, 23)  # beyond any patience
    kept.until_done()
    assert kept.sent() == WHOLE


STEPS = [(Subscriptions, "begin"), (Deliveries, "freeze"), (Subscriptions, "settle")]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("holder", "step"), STEPS)
def test_a_run_that_ends_between_two_steps_is_gone_on_with(
    kept: Desk, monkeypatch: pytest.MonkeyPatch, holder: type, step: str, *, after: bool
):
    real = getattr(holder, step)

    def last_act(*args: object) -> object:
        if step == "settle" and args[-1] != "posted":
            return real(*args)
        if after:
            real(*args)
        raise Death

    monkeypatch.setattr(holder, step, last_act)
    with pytest.raises(Death):
        kept.due()
    monkeypatch.undo()
    kept.until_done()
    assert kept.sent() == WHOLE


def test_a_missed_day_and_the_new_one_come_as_one(kept: Desk):
    kept.store.save_digest(made(NEXT, "Three"))
    kept.now = at(NEXT)
    assert kept.due(NEXT) is not None
    assert (kept.word(DAY), kept.word(NEXT)) == ("posted", "posted")
    assert all(key.startswith("2026-11-20/") for key in kept.sent())
    assert len(kept.sent()) == 4
    assert kept.due(DAY) is None


def test_a_post_that_has_begun_keeps_its_date_out_of_a_catch_up(kept: Desk):
    kept.service.gone = {"nowhere"}
    with pytest.raises(Death):
        kept.due(channel=Dying(kept.url, 2, after=False))
    kept.store.save_digest(made(NEXT, "Three"))
    kept.now = at(NEXT)
    kept.until_done(NEXT)
    kept.until_done(DAY)
    assert Counter(kept.sent()) == Counter(
        [*WHOLE, "2026-11-20/summary", "2026-11-20/card:2620.90001"]
    )


def test_a_quiet_day_is_told_or_only_settled(desk: Desk):
    desk.store.save_digest(made(DAY, state=VerdictState.QUIET, detail="Thanksgiving"))
    silent = replace(SUB, quiet=Quiet.SILENT)
    desk.store.subscriptions.save_subscription(silent)
    assert desk.due() is None
    assert (desk.word(), desk.sent()) == ("quiet", [])
    desk.store.subscriptions.settle(SUB.id, [DAY], "begun 2026-11-19")
    desk.store.subscriptions.save_subscription(SUB)
    assert desk.due() is not None
    assert (desk.word(), desk.sent()) == ("noticed", ["2026-11-19/notice"])


def test_a_target_that_is_gone_is_disabled_and_its_owner_told_once(kept: Desk):
    kept.service.gone = {"roof"}
    with capture_logs() as logs:
        assert kept.due() is None
    off = kept.subscription
    assert off.state is State.DISABLED
    assert off.reason == "That roof is gone: name another."
    told = [each for each in kept.service.taken if each.target == "cellar"]
    assert len(told) == 1
    assert told[0].text == (
        "The digest of foundations no longer reaches pigeon:roof: That roof is gone: name another. "
        "Then: `paperlark subs resume pigeon:roof/foundations`."
    )
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["target disabled"]
    assert kept.due() is None  # nobody is told again until it has been resumed
    assert len(kept.service.taken) == 1
    kept.store.subscriptions.save_subscription(SUB)
    kept.due()
    assert len(kept.service.taken) == 2
    kept.service.gone.clear()
    kept.store.subscriptions.save_subscription(SUB)
    assert kept.due() is not None
    assert kept.sent()[2:] == WHOLE


@pytest.mark.parametrize("owner", ["", "pigeon:roof", "carrier:x", "nonsense"])
def test_without_another_way_the_log_says_it(kept: Desk, owner: str):
    kept.store.subscriptions.save_subscription(replace(SUB, owner=owner))
    kept.service.gone = {"roof"}
    with capture_logs() as logs:
        kept.due()
    assert kept.subscription.state is State.DISABLED
    assert any("no longer reaches pigeon:roof" in str(each.get("said")) for each in logs)


class Meddling(Pigeon):
    """Refuses for good, after a person did something in that moment."""

    def __init__(self, url: str, meddle: Callable[[], object]) -> None:
        super().__init__(url)
        self.meddle = meddle

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        if target == SUB.target:
            self.meddle()
        return await super().send(target, message, key=key, root=root)


def test_what_people_change_meanwhile_stands_when_a_target_is_disabled(kept: Desk):
    shelf = kept.store.subscriptions
    kept.service.gone = {"roof"}
    paused = replace(SUB, state=State.PAUSED)
    assert kept.due(channel=Meddling(kept.url, lambda: shelf.save_subscription(paused))) is None
    assert kept.subscription == paused
    shelf.save_subscription(SUB)
    edited = replace(SUB, owner="pigeon:attic", zone="Asia/Tokyo")
    assert kept.due(channel=Meddling(kept.url, lambda: shelf.save_subscription(edited))) is None
    assert kept.subscription.state is State.DISABLED
    assert (kept.subscription.owner, kept.subscription.zone) == ("pigeon:attic", "Asia/Tokyo")
    assert [each.target for each in kept.service.taken] == ["attic"]
    shelf.save_subscription(SUB)
    assert kept.due(channel=Meddling(kept.url, lambda: shelf.remove_subscription(SUB.id))) is None
    assert shelf.subscription(SUB.id) is None


def test_the_owners_of_one_target_are_each_told(kept: Desk):
    other = replace(SUB, profile="second", owner="pigeon:attic")
    kept.store.save_profile(replace(profiles.parse("second", PROFILE)))
    kept.store.save_digest(replace(made(DAY, "One"), profile="second"))
    kept.store.subscriptions.save_subscription(other)
    kept.service.gone = {"roof"}
    kept.due()
    kept.due(identifier=other.id)
    assert [each.target for each in kept.service.taken] == ["cellar", "attic"]


class Choosy(Pigeon):
    """Finds fault with one card."""

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        if message.part == "card:2619.90001":
            raise Refused("Bad blocks: please report it.", final=True)
        return await super().send(target, message, key=key, root=root)


def test_a_card_refused_for_its_own_sake_is_left_out_and_its_owner_told(kept: Desk):
    outcome = kept.due(channel=Choosy(kept.url))
    assert outcome is not None
    assert outcome.skipped == ("card:2619.90001",)
    assert kept.sent()[:2] == [WHOLE[0], WHOLE[2]]
    assert (kept.word(), kept.subscription.state) == ("posted", State.ACTIVE)
    (told,) = [each.text for each in kept.service.taken if each.target == "cellar"]
    assert told == (
        "A part of the digest of foundations of 2026-11-19 did not get to pigeon:roof: "
        "Bad blocks: please report it."
    )


@pytest.mark.parametrize("by", ["worker", "person"])
def test_a_cut_off_post_that_speaks_of_its_newest_date_is_finished(kept: Desk, by: str):
    late = made(NEXT, state=VerdictState.FAILED)
    kept.store.save_digest(late)
    kept.now = at(NEXT, 15)  # the patience with the newest date has ended
    with pytest.raises(Death):
        kept.due(NEXT, channel=Dying(kept.url, 2, after=False))
    assert (kept.word(DAY), kept.word(NEXT)) == ("begun 2026-11-20", "noticed")
    if by == "person":
        assert kept.order(late).ok
    else:
        kept.until_done(NEXT, DAY)
    assert kept.sent() == [key.replace("2026-11-19", "2026-11-20") for key in WHOLE]
    assert (kept.word(DAY), kept.word(NEXT)) == ("posted", "noticed")
    assert kept.due(NEXT) is None


class Down(Pigeon):
    """Takes nothing."""

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        del target, message, key, root
        raise DeliveryError("The loft is closed: try later.")


def test_what_an_order_let_out_and_could_not_send_is_sent_by_the_next(kept: Desk):
    kept.can_find, digest = False, made(DAY, "One", "Two")
    kept.service.faults = ["", "drop-before"]
    kept.until_done()
    assert kept.sent() == [WHOLE[0], WHOLE[2]]
    down = kept.order(digest, channel=Down(kept.url, can_find=False))
    assert (down.ok, down.said) == (False, "The loft is closed: try later.")
    assert kept.order(digest).said == "posted, 3 messages"
    assert Counter(kept.sent()) == Counter(WHOLE)


def test_what_an_order_let_out_is_finished_by_the_clock_where_that_is_sure(kept: Desk):
    digest = made(DAY, "One", "Two")
    kept.due(channel=Choosy(kept.url))
    assert not kept.order(digest, channel=Down(kept.url)).ok
    assert kept.word() == "begun 2026-11-19"
    kept.until_done()
    assert Counter(kept.sent()) >= Counter(WHOLE)


def test_a_first_posting_by_a_person_keeps_to_the_policy(kept: Desk):
    kept.can_find = False
    kept.service.faults = ["", "drop-after"]
    report = kept.order(made(DAY, "One", "Two"))
    assert not report.ok
    assert report.said.startswith("2 messages posted, 1 given up: Pigeon took too long;")
    assert kept.sent() == WHOLE
    assert kept.order(made(DAY, "One", "Two")).ok
    assert Counter(kept.sent()) == Counter([*WHOLE, WHOLE[1]])


def test_a_persons_order_posts_once(kept: Desk):
    digest = made(DAY, "One", "Two")
    assert kept.order(digest) == Report(SUB.id, ok=True, said="posted, 3 messages")
    again = kept.order(digest)
    assert (again.ok, again.said) == (
        True,
        "2026-11-19 is posted already, and was not posted again",
    )
    assert kept.sent() == WHOLE
    assert kept.due() is None


def test_an_order_sends_what_was_given_up(kept: Desk):
    kept.can_find = False
    kept.service.faults = ["", "drop-after"]
    kept.until_done()
    assert len(kept.sent()) == 3
    said = kept.order(made(DAY, "One", "Two")).said
    assert said == "posted, 3 messages"
    assert Counter(kept.sent()) == Counter([*WHOLE, WHOLE[1]])


def test_an_order_is_posted_where_a_pause_is_over(kept: Desk):
    over = replace(SUB, state=State.PAUSED, until=DAY - timedelta(days=3))
    done = kept.order(made(DAY, "One"), over)
    assert (done.ok, done.said.partition(",")[0]) == (True, "posted")


def test_an_order_says_why_nothing_is_posted(kept: Desk):
    digest = made(DAY, "One")
    paused = kept.order(digest, replace(SUB, state=State.PAUSED))
    assert (paused.ok, paused.said) == (False, "is paused, so nothing was posted")
    for word, said in [
        ("noticed", "the next digest has them"),
        ("skipped", "too old"),
        ("begun 2026-11-20", "another post"),
    ]:
        kept.store.subscriptions.settle(SUB.id, [DAY], word)
        if word == "noticed":
            kept.store.ledger.freeze(Post(SUB.id, DAY, PostKind.NOTICE, ()))
        assert said in kept.order(digest).said
    assert kept.sent() == []


def test_an_order_to_a_target_that_is_gone_disables_it(kept: Desk):
    kept.service.gone = {"roof"}
    report = kept.order(made(DAY, "One"))
    assert (report.ok, report.said) == (False, "That roof is gone: name another.")
    assert kept.subscription.state is State.DISABLED


def test_an_order_waits_for_a_worker_that_is_at_it(kept: Desk):
    with pytest.raises(Death):
        kept.due(channel=Dying(kept.url, 1, after=True))
    assert kept.order(made(DAY, "One", "Two")).said == "posted, 3 messages"
    assert kept.sent() == WHOLE
