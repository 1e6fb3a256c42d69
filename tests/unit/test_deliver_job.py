"""The job that RQ calls: its own post, those it takes along, and what it says of failures."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rq import Retry
from structlog.testing import capture_logs

from bot import jobs, notices
from bot.context import Channels, Context, build, check_kinds, composer
from paperlark import queues
from paperlark import settings as settings_module
from paperlark.errors import ConfigError, DeliveryError, NotFound
from paperlark.settings import DeliverySettings, Settings
from paperlark.store import RedisStore
from paperlark.store.ledger import Deliveries
from paperlark.target import Target
from tests import couriers
from tests.builders import DAY
from tests.loopback.pigeon import Pigeon, Service, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import redis

    from bot.posting import Report
    from paperlark.post import Message

TODAY = DAY.isoformat()
NAMES = ("a", "b", "c")


@dataclass(frozen=True)
class Loft(Context):
    """A context whose only channel is the pigeon."""

    url: str = ""
    made: Callable[[str], Pigeon] = Pigeon

    @asynccontextmanager
    async def channels(self) -> AsyncIterator[Channels]:
        opened = Channels(self.settings, {"pigeon": self.made(self.url)})
        yield opened
        await opened.aclose()


@dataclass
class Bench:
    store: redis.Redis
    service: Service
    context: Loft

    def queue(self, *names: str) -> None:
        for name in names:
            queues.enqueue(self.store, "deliver", f"pigeon:{name}/foundations", TODAY)

    def sent(self, name: str) -> int:
        return len([each for each in self.service.taken if each.target == name])


@pytest.fixture
def bench(store: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    kept = RedisStore(store)
    couriers.subscribe(kept, "pigeon", NAMES)
    delivery = DeliverySettings.model_construct(lease_s=1.0)
    settings, ledger = Settings(delivery=delivery), Deliveries(store, 1.0)
    service = Service()
    with served(service) as url:
        context = Loft(settings, kept, ledger, lambda: couriers.NOW, url)
        monkeypatch.setattr(jobs, "context", lambda: context)
        monkeypatch.setattr(jobs, "connection", lambda: SimpleNamespace(queue=store))
        yield Bench(store, service, context)


def deliver(name: str = "a") -> Retry | None:
    return jobs.deliver(f"pigeon:{name}/foundations", TODAY)


def test_a_job_delivers_its_own_and_takes_along_what_waits(bench: Bench):
    bench.queue("a", "b", "c")
    assert deliver() is None
    assert [bench.sent(name) for name in NAMES] == [6, 6, 6]
    assert deliver("b") is None
    assert bench.sent("b") == 6


def test_after_its_time_a_job_takes_nothing_along(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "TAKE_S", -1.0)
    bench.queue("b")
    deliver()
    assert [bench.sent(name) for name in NAMES] == [6, 0, 0]


def test_failures_of_others_are_their_own(bench: Bench):
    bench.service.gone = {"b"}
    bench.queue("b", "c")
    bench.store.hset("ad:done:pigeon%3Ac%2Ffoundations", TODAY, "rubbish")
    with capture_logs() as logs:
        assert deliver() is None
    assert bench.sent("a") == 6
    assert "target disabled" in [each["event"] for each in logs]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), DeliveryError("not now")])
def test_a_post_taken_along_may_fail_and_its_job_comes_to_it(bench: Bench, error: Exception):
    class Failing(Pigeon):
        async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
            if target.address == "b":
                raise error
            return await super().send(target, message, key=key, root=root)

    object.__setattr__(bench.context, "made", Failing)
    bench.queue("b")
    with capture_logs() as logs:
        assert deliver() is None
    assert bench.sent("a") == 6
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == [
        "post not out yet"
    ]
    assert bench.sent("b") == 0


def test_a_service_that_wants_rest_is_come_back_to(bench: Bench):
    bench.service.faults, bench.service.retry_after = ["429"], "90.5"
    again = deliver()
    assert isinstance(again, Retry)
    assert (again.max, again.intervals) == (jobs.COMEBACKS, [91])
    assert bench.sent("a") == 0


@pytest.mark.parametrize("seconds", ["86400", "1e20", "1e300"])
def test_a_rest_that_cannot_be_believed_is_an_hour(bench: Bench, seconds: str):
    bench.service.faults, bench.service.retry_after = ["429"], seconds
    with capture_logs() as logs:
        again = deliver()
    assert isinstance(again, Retry)
    assert again.intervals == [3600]
    assert [each["waited"] for each in logs if each["event"] == "strange pause"] == [3600.0]


def test_another_refusal_is_left_to_the_queues_own_waits(bench: Bench):
    closed = replace(bench.context, url="http://127.0.0.1:9")
    object.__setattr__(bench.context, "url", closed.url)
    with pytest.raises(DeliveryError, match="loft is closed"):
        deliver()


def test_a_persons_order_goes_to_all_and_tells_of_each(bench: Bench):
    bench.service.gone = {"b"}
    told: list[Report] = []
    subscriptions = bench.context.store.subscriptions.subscriptions()
    whole = jobs.deliver_now(bench.context, subscriptions, couriers.the_digest(), told.append)
    assert not whole
    assert {each.subscription[7]: each.ok for each in told} == {"a": True, "b": False, "c": True}


def test_a_context_is_built_from_settings(store: redis.Redis):
    settings = settings_module.load({"PAPERLARK_WEB__PUBLIC_URL": "https://d.example.org/"})
    run = build(settings, SimpleNamespace(client=store))  # type: ignore[arg-type]  # all it uses
    assert run.web == "https://d.example.org"
    assert run.patience.give_up.total_seconds() == 6 * 3600
    with pytest.raises(NotFound):
        run.profile("nobody")
    with pytest.raises(ConfigError, match="no channel `telegram`"):
        composer(settings, "telegram")


def test_a_table_of_no_channel_is_named_with_the_nearest():
    check_kinds(settings_module.load({}))
    wrong = settings_module.load({"PAPERLARK_CHANNELS__SLAK__BOT_TOKEN": "x"})
    with pytest.raises(ConfigError, match=r"`channels\.slak`. Did you mean `channels\.slack`\?"):
        check_kinds(wrong)


def test_an_address_is_not_written_down():
    target = Target("mail", "ada@example.org")
    assert notices.place(target) == "mail:a…@example.org"
    assert notices.place(Target("slack", "C1")) == "slack:C1"
    said = "mail:ada@example.org/p: ada@example.org refuses."
    assert notices.masked(said, target) == "mail:a…@example.org/p: a…@example.org refuses."
    assert notices.masked("console: full", Target("console")) == "console: full"
