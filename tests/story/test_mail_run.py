"""Many readers and a server that fails one time in five: nobody twice, nobody lost, all named."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final

import pytest
import structlog
from rq import Retry
from structlog.testing import capture_logs

from bot import jobs
from bot.context import Channels, Context, signing
from bot.doubles.smtp.double import SmtpDouble
from bot.doubles.smtp.faults import NAMED, Fault, Step
from bot.posting import Posting
from paperlark.errors import DeliveryError
from paperlark.post import ClaimState
from paperlark.settings import DeliverySettings, Settings
from paperlark.store import RedisStore
from paperlark.store.ledger import Deliveries
from paperlark.subscription import State
from paperlark.tokens import reader_key
from tests import couriers
from tests.builders import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import redis

    from paperlark.subscription import Subscription

FAULTS: Final = (
    "mail-451", "mail-421", "rcpt-450", "rcpt-450", "rcpt-550", "rcpt-554", "data-452", "dot-451",
    "dot-554", "dot-nonsense", "drop-mail", "drop-rcpt", "drop-data", "drop-dot", "drop-dot-kept",
)  # fmt: skip
RATE: Final = 0.2
ROUNDS: Final = 30
LEASE_S: Final = 2.0


@dataclass
class Weather:
    """Faults by chance, each at its own step; how many there were."""

    draw: random.Random
    drawn: dict[Step, list[Fault]] = field(default_factory=dict)
    happened: int = 0

    def __post_init__(self) -> None:
        for name in FAULTS:
            self.drawn.setdefault(NAMED[name].step, []).append(NAMED[name])

    def __call__(self, step: Step, _recipient: str) -> Fault | None:
        here = self.drawn.get(step, [])
        if self.draw.random() >= RATE * len(here) / len(FAULTS):
            return None
        self.happened += 1
        return self.draw.choice(here)


@dataclass
class Run:
    """Everything a morning needs, over one store and one double."""

    client: redis.Redis
    double: SmtpDouble
    names: Sequence[str]

    def __post_init__(self) -> None:
        self.store = RedisStore(self.client)
        couriers.subscribe(self.store, "mail", [f"{name}@example.org" for name in self.names])
        delivery = DeliverySettings.model_construct(lease_s=LEASE_S, on_ambiguous="skip")
        table = {**self.double.settings, "connections": 4}
        found = Settings(delivery=delivery, channels={"mail": table})
        self.settings = signing(found, self.store)
        ledger = Deliveries(self.client, LEASE_S)
        self.context = Context(self.settings, self.store, ledger, lambda: couriers.NOW)

    def morning(self) -> None:
        """Let jobs come until nothing is left; every wait is over at once."""
        left = [sub.id for sub in self.store.subscriptions.subscriptions()]
        for _ in range(ROUNDS):
            left = asyncio.run(self._round(left))
            self.end_waits()
            if not left:
                return
        raise AssertionError(f"not done: {left}")

    def end_waits(self) -> None:
        """Let every wait have ended."""
        for key in self.client.keys("ad:later:*"):
            self.client.hset(key, "until", 0)

    async def _round(self, names: Sequence[str]) -> list[str]:
        channels = Channels(self.settings)
        posting = Posting(self.context, channels)
        done = await jobs._bounded([self._tried(posting, name) for name in names])
        await channels.aclose()
        return [name for name, out in zip(names, done, strict=True) if not out]

    async def _tried(self, posting: Posting, name: str) -> bool:
        try:
            outcome = await posting.due(name, DAY)
        except DeliveryError:
            return False
        return outcome is None or outcome.done

    def fate(self, sub: Subscription) -> str:
        """What is known of one recipient: ``sent``, or the reason it is not."""
        if sub.state is State.DISABLED:
            return sub.reason
        post = self.context.ledger.post(sub.id, DAY)
        assert post, sub.id
        claim = self.context.ledger.claim(post, post.messages[0])
        if claim.state is ClaimState.SENT:
            return "sent"
        assert claim.state is ClaimState.GIVEN_UP, (sub.id, claim)
        return self.context.ledger.given_up(post)[post.messages[0].part]


def proved(client: redis.Redis, count: int, seed: int) -> Weather:
    """Deliver to `count` recipients, and see what became of each."""
    weather = Weather(random.Random(seed))  # noqa: S311  (a seed is the point)
    names = [f"r{number:05}" for number in range(count)]
    with SmtpDouble() as double, capture_logs():
        double.world.faults.chance = weather
        run = Run(client, double, names)
        run.morning()
        counted, subs = double.world.counted, run.store.subscriptions.subscriptions()
        assert max(counted.values()) == 1, "nobody gets two"
        assert len(subs) == count
        for sub in subs:
            fate = run.fate(sub)
            if fate == "sent":
                assert counted[sub.target.address] == 1, sub.id
            else:
                assert fate.endswith("."), "every one is named with a reason"
        missing = [sub for sub in subs if not counted[sub.target.address]]
        assert len(missing) < count * RATE
        _the_same_mail_but_for_its_reader(run, subs, double)
    return weather


def _the_same_mail_but_for_its_reader(
    run: Run, subs: Sequence[Subscription], double: SmtpDouble
) -> None:
    secret = run.settings.web.secret.get_secret_value().encode()
    for sub in subs[:5]:
        assert run.store.readers.subscription_of(reader_key(secret, sub.id)) == sub.id
    ids = [each.raw.partition(b"Message-ID: ")[2][:60] for each in double.world.taken]
    assert len(set(ids)) == len(ids)
    assert len(run.client.keys("ad:letter:*")) == 1


@pytest.fixture(autouse=True)
def _quiet() -> None:
    structlog.reset_defaults()


def test_two_hundred_readers_and_a_server_that_fails_one_time_in_five(store: redis.Redis):
    assert proved(store, 200, seed=1).happened > 20


@pytest.mark.proof
def test_five_thousand_readers_and_a_server_that_fails_one_time_in_five(store: redis.Redis):
    assert proved(store, 5_000, seed=2).happened > 700


def one_reader(client: redis.Redis, double: SmtpDouble, policy: str) -> Run:
    run = Run(client, double, ["ada"])
    delivery = DeliverySettings.model_construct(lease_s=LEASE_S, on_ambiguous=policy)
    run.settings = run.settings.model_copy(update={"delivery": delivery})
    ledger = Deliveries(client, LEASE_S)
    run.context = Context(run.settings, run.store, ledger, lambda: couriers.NOW)
    return run


@pytest.mark.parametrize(("policy", "times"), [("skip", 1), ("repeat", 2)])
def test_what_may_have_arrived_is_left_or_comes_again_under_its_own_name(
    store: redis.Redis, policy: str, times: int
):
    with SmtpDouble() as double, capture_logs():
        double.fail("drop-dot-kept")
        run = one_reader(store, double, policy)
        run.morning()
        names = [each.raw.partition(b"Message-ID: ")[2][:50] for each in double.world.taken]
        assert len(names) == times
        assert len(set(names)) == 1
        (sub,) = run.store.subscriptions.subscriptions()
        assert (run.fate(sub) == "sent") == (policy == "repeat")


def test_a_greylisted_reader_is_come_back_to_by_the_queue_and_nobody_waits(
    store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    with SmtpDouble() as double, capture_logs():
        run = Run(store, double, ["ada", "bob"])
        monkeypatch.setattr(jobs, "context", lambda: run.context)
        monkeypatch.setattr(jobs, "connection", lambda: SimpleNamespace(queue=store))
        double.fail("rcpt-450")
        ada, bob = ("mail:ada@example.org/foundations", "mail:bob@example.org/foundations")
        again = jobs.deliver(ada, DAY.isoformat())
        assert isinstance(again, Retry)
        assert again.intervals == [60]
        assert jobs.deliver(bob, DAY.isoformat()) is None
        again = jobs.deliver(ada, DAY.isoformat())
        assert isinstance(again, Retry), "whoever comes too early is sent away"
        assert 0 < again.intervals[0] <= 60
        run.end_waits()
        assert jobs.deliver(ada, DAY.isoformat()) is None
        assert double.recipients() == ["bob@example.org", "ada@example.org"]
