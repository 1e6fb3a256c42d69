"""A refused post rests, is given up by name, or costs its target the subscription; nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot import words
from bot.context import Channels, Context
from bot.ports import Limits
from bot.posting import Posting
from paperlark.errors import DeliveryError, Refused
from paperlark.settings import DeliverySettings, Settings
from paperlark.store import RedisStore, keys
from paperlark.store.ledger import Deliveries
from paperlark.store.readers import Readers
from paperlark.store.refusals import Refusals
from paperlark.subscription import State
from tests import couriers
from tests.builders import DAY
from tests.loopback.pigeon import Pigeon

if TYPE_CHECKING:
    from collections.abc import Sequence

    import redis

    from bot.delivery import Outcome
    from paperlark.post import Message
    from paperlark.subscription import Subscription
    from paperlark.target import Target

WAITS = (60.0, 300.0)
NAME = "pigeon:a/foundations"


class Moody(Pigeon):
    """A pigeon that answers as it is told to, message by message; then it takes everything."""

    def __init__(self, errors: Sequence[DeliveryError | None], limits: Limits) -> None:
        super().__init__("http://127.0.0.1:9", limits=limits)
        self.errors, self.took = list(errors), [""]

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        error = self.errors.pop(0) if self.errors else None
        if error:
            raise error
        self.took.append(f"{target}/{message.part}")
        del root
        return key


def limits(strikes: int = 2, at_once: int = 0) -> Limits:
    return Limits(per_target=0.0, burst=2, waits=WAITS, strikes=strikes, at_once=at_once)


class Bench:
    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        couriers.subscribe(self.store, "pigeon", ("a", "b", "c"))
        delivery = DeliverySettings.model_construct(lease_s=30.0)
        self.settings = Settings(delivery=delivery)
        self.run = Context(
            self.settings, self.store, Deliveries(client, 30.0), lambda: couriers.NOW
        )

    def due(self, way: Moody, name: str = NAME) -> Outcome | None:
        posting = Posting(self.run, Channels(self.settings, {"pigeon": way}))
        return asyncio.run(posting.due(name, DAY))

    def rested(self) -> None:
        """Let every wait have ended."""
        for key in self.client.keys("ad:later:*"):
            self.client.hset(key, "until", 0)

    def subscription(self) -> Subscription:
        found = self.store.subscriptions.subscription(NAME)
        assert found
        return found

    def settled(self) -> str:
        return self.store.subscriptions.settled(NAME).get(DAY, "")


@pytest.fixture
def bench(store: redis.Redis) -> Bench:
    return Bench(store)


def test_a_post_refused_for_now_rests_as_long_as_the_channel_says(bench: Bench):
    way = Moody([Refused("Greylisted: wait.")], limits())
    with pytest.raises(DeliveryError, match="Greylisted") as raised:
        bench.due(way)
    assert raised.value.retry_after == WAITS[0]
    with pytest.raises(DeliveryError, match="tried again in") as raised:
        bench.due(way)
    assert 0 < (raised.value.retry_after or 0) <= WAITS[0]
    assert way.took == [""]
    bench.rested()
    outcome = bench.due(way)
    assert outcome
    assert outcome.done
    assert bench.settled() == "posted"


def test_after_the_last_wait_it_is_given_up_by_name(bench: Bench):
    way = Moody([Refused("450 later.")] * 3, limits())
    for wait in WAITS:
        with pytest.raises(DeliveryError) as raised:
            bench.due(way)
        assert raised.value.retry_after == wait
        bench.rested()
    with capture_logs() as logs:
        outcome = bench.due(way)
    assert outcome
    assert outcome.refs == {}
    assert outcome.skipped
    assert bench.settled() == "posted"
    assert [(each["event"], each["why"]) for each in logs] == [("post given up", "450 later.")]
    assert bench.subscription().state is State.ACTIVE


def test_what_is_refused_for_good_is_given_up_at_once_and_costs_nobody_anything(bench: Bench):
    outcome = bench.due(Moody([Refused("554 not this text.", final=True)], limits()))
    assert outcome
    assert outcome.skipped
    assert bench.subscription().state is State.ACTIVE
    assert bench.store.refusals.strike("pigeon:a", DAY) == 1


def test_a_final_refusal_needs_no_waits_to_be_given_up(bench: Bench):
    """A chat without waits of its own: people deleted the post, and do not want its rest."""
    way = Moody(
        [None, Refused("The post is deleted.", final=True, rest=True)], Limits(per_target=0.0)
    )
    outcome = bench.due(way)
    assert outcome
    assert len(outcome.refs) == 1
    assert (bench.settled(), bench.subscription().state) == ("posted", State.ACTIVE)
    assert bench.due(way) is None
    with pytest.raises(DeliveryError, match="later"):
        bench.due(Moody([Refused("later")], Limits(per_target=0.0)), "pigeon:b/foundations")


def test_a_target_is_disabled_when_it_has_refused_often_enough(bench: Bench):
    gone = DeliveryError("No such mailbox: check the address.", permanent=True)
    first = bench.due(Moody([gone], limits()))
    assert first
    assert first.skipped
    assert bench.subscription().state is State.ACTIVE
    bench.store.refusals.strike("pigeon:b", DAY - timedelta(days=1))
    assert bench.due(Moody([gone], limits()), "pigeon:b/foundations") is None
    other = bench.store.subscriptions.subscription("pigeon:b/foundations")
    assert other
    assert (other.state, other.reason) == (State.DISABLED, str(gone))
    assert bench.store.refusals.strike("pigeon:b", DAY) == 1, "once resumed it counts anew"


def test_few_are_under_way_at_once_where_a_channel_has_few_places(bench: Bench):
    way, most = Moody([], limits(at_once=1)), 0
    posting = Posting(bench.run, Channels(bench.settings, {"pigeon": way}))

    async def all_three() -> None:
        names = [f"pigeon:{name}/foundations" for name in "abc"]
        await asyncio.gather(*(posting.due(name, DAY) for name in names))

    asyncio.run(all_three())
    order = [each.split("/")[0] for each in way.took[1:]]
    assert sorted(order) == order or len({*order}) == 3, most
    assert all(order.count(each) == 6 for each in order)
    blocks = [name for at, name in enumerate(order) if at == 0 or order[at - 1] != name]
    assert len(blocks) == 3, "one post after the other"


def test_waits_and_strikes_are_kept_and_end(store: redis.Redis):
    shelf = Refusals(store)
    assert shelf.held(NAME, DAY) == 0
    assert [shelf.put_off(NAME, DAY, WAITS) for _ in range(3)] == [60.0, 300.0, None]
    assert shelf.held(NAME, DAY + timedelta(days=1)) == 0
    assert [shelf.strike("mail:a", DAY) for _ in range(2)] == [1, 1]
    assert shelf.strike("mail:a", DAY + timedelta(days=1)) == 2
    shelf.forgive("mail:a")
    assert shelf.strike("mail:a", DAY) == 1
    assert 0 < store.ttl(keys.strikes("mail:a")) <= keys.STRIKES_S
    assert 0 < store.ttl(keys.later(NAME, DAY)) <= keys.LATER_S


def test_readers_are_known_by_their_keys_and_the_secret_stays(store: redis.Redis):
    shelf = Readers(store)
    assert shelf.subscription_of("x") is None
    shelf.save("x", NAME)
    assert shelf.subscription_of("x") == NAME
    assert shelf.secret() == Readers(store).secret()
    assert len(shelf.secret()) >= 32


def test_a_reader_is_told_why(bench: Bench):
    said = words.why(bench.subscription())
    assert said.startswith("You get this because {} ")
    assert bench.subscription().zone in said
