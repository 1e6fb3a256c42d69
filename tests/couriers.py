"""Deliveries that are killed: forked, ended by force, and started anew.

``python -m tests.couriers PLAN`` reads a plan as JSON and prints, as JSON, what became of it. Each
moment is a subscription of its own, whose post is delivered by forked processes as RQ's are: the
first is ended by SIGKILL after a time drawn from the seed, the next one finishes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import redis

from bot.channels.discord import settings as discord_settings
from bot.channels.discord.client import Discord
from bot.channels.matrix import settings as matrix_settings
from bot.channels.matrix.client import Matrix
from bot.channels.slack.client import Slack
from bot.channels.slack.settings import read
from bot.context import Channels, Context
from bot.doubles.discord.world import TOKEN
from bot.doubles.matrix.world import TOKEN as MATRIX_TOKEN
from bot.ports import Limits
from bot.posting import Posting
from paperlark import log
from paperlark import profile as profiles
from paperlark.settings import DeliverySettings, Settings
from paperlark.store import RedisStore, keys
from paperlark.store.ledger import Deliveries
from paperlark.subscription import Subscription
from paperlark.target import Target
from tests.builders import DAY, PROFILE, card, digest, paper
from tests.loopback.pigeon import Pigeon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.ports import Channel
    from paperlark.domain import Digest

NOW = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
QUICK = Limits(per_target=100.0, burst=1)
CARDS = 5
_RUNS = 60


@dataclass(frozen=True)
class Plan:
    """What to do.

    Attributes:
        store: the server's URL.
        kind: ``slack``, ``discord``, ``matrix``, or ``pigeon``, which may or may not be asked.
        service: the service's address.
        seed: of the moments.
        names: an address of a target for each moment.
        kills: how often each delivery is ended before it may finish.
        racing: processes that start each delivery at once.
        lease_s: of a claim.
        policy: for a service that cannot be asked.
        can_find: whether it can.
        span_s: seconds within which a kill comes; 0 for as long as an undisturbed one takes.
    """

    store: str
    kind: str
    service: str
    seed: int
    names: tuple[str, ...]
    kills: int = 1
    racing: int = 1
    lease_s: float = 1.0
    policy: str = "skip"
    can_find: bool = True
    span_s: float = 0.0


@dataclass
class Tally:
    """What happened.

    Attributes:
        killed: deliveries that were ended by force while they ran.
        claimed, doubted: messages that were held, or maybe on their way, when that happened.
        runs: processes in all.
        unfinished: deliveries that no run finished.
    """

    killed: int = 0
    claimed: int = 0
    doubted: int = 0
    runs: int = 0
    unfinished: list[str] = field(default_factory=list)


class QuickSlack(Slack):
    """Slack without its pace: the proof is about moments, not about minutes."""

    limits = QUICK


class QuickDiscord(Discord):
    """Discord without its pace, for the same reason."""

    limits = QUICK


class QuickMatrix(Matrix):
    """Matrix without its pace, for the same reason."""

    limits = QUICK


def the_digest(cards: int = CARDS) -> Digest:
    """What everybody gets."""
    about = (paper(f"2611.9000{n}", f"Paper {n}") for n in range(1, cards + 1))
    return digest(tuple(card(each, rank=n, score=90.0 - n) for n, each in enumerate(about, 1)))


def subscribe(store: RedisStore, kind: str, names: Sequence[str]) -> list[Subscription]:
    """A subscription of *foundations* for each address, and a digest for all."""
    store.save_profile(profiles.parse("foundations", PROFILE))
    store.save_digest(the_digest())
    made = [Subscription(Target(kind, name), "foundations", since=DAY) for name in names]
    for each in made:
        store.subscriptions.save_subscription(each)
    return made


def expected(subscription: str) -> list[str]:
    """The keys of the messages that must arrive there, once each."""
    parts = ["summary", *(f"card:2611.9000{n}" for n in range(1, CARDS + 1))]
    return [f"{subscription}/{DAY.isoformat()}/{part}" for part in parts]


def run(plan: Plan) -> Tally:
    """Deliver to every target of the plan, ending processes as it says."""
    draw = random.Random(plan.seed)  # noqa: S311  (a seed is the point)
    client = redis.from_url(plan.store)
    subscriptions = subscribe(RedisStore(client), plan.kind, plan.names)
    tally, whole_s = Tally(), plan.span_s
    for number, subscription in enumerate(subscriptions):
        if number:
            for _ in range(plan.kills):
                _killed(plan, subscription, draw.uniform(0.0, whole_s), client, tally)
        began = time.monotonic()
        _finished(plan, subscription, tally)
        if not whole_s:  # the first is left in peace: it says how long one takes
            whole_s = time.monotonic() - began
    client.close()
    return tally


def _killed(
    plan: Plan, subscription: Subscription, after_s: float, client: redis.Redis, tally: Tally
) -> None:
    children = [_fork(plan, subscription, tally) for _ in range(plan.racing)]
    time.sleep(after_s)
    for child in children:
        ended, _ = os.waitpid(child, os.WNOHANG)
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            tally.killed += 1
    rows: Any = client.hgetall(keys.post(subscription.id, DAY))
    states = [row.split(b" ")[0] for row in rows.values()]
    tally.claimed += states.count(b"claimed")
    tally.doubted += states.count(b"sending")


def _finished(plan: Plan, subscription: Subscription, tally: Tally) -> None:
    """Start processes until one has nothing left to do, as the clock does."""
    for _ in range(_RUNS):
        children = [_fork(plan, subscription, tally) for _ in range(plan.racing)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        if 0 in codes:
            return
        time.sleep(plan.lease_s / 10)
    tally.unfinished.append(subscription.id)


def _fork(plan: Plan, subscription: Subscription, tally: Tally) -> int:
    tally.runs += 1
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        code = 0 if asyncio.run(_deliver(plan, subscription)) else 75
    except BaseException as error:  # noqa: BLE001  (told by the exit code)
        print(repr(error), file=sys.stderr)  # noqa: T201  (for whoever looks at a failure)
    finally:
        os._exit(code)


async def _deliver(plan: Plan, subscription: Subscription) -> bool:
    """One run of the job; whether the date is settled."""
    client = redis.from_url(plan.store)
    delivery = DeliverySettings.model_construct(lease_s=plan.lease_s, on_ambiguous=plan.policy)
    settings, store = Settings(delivery=delivery), RedisStore(client)
    context = Context(settings, store, Deliveries(client, plan.lease_s), lambda: NOW)
    channels = Channels(settings, {plan.kind: CHANNELS[plan.kind](plan)})
    try:
        await Posting(context, channels).due(subscription.id, DAY)
    finally:
        await channels.aclose()
    return store.subscriptions.settled(subscription.id).get(DAY) == "posted"


def _slack(plan: Plan) -> Channel:
    raw = {"bot_token": "xoxb-double", "api_url": plan.service}
    return QuickSlack(read(raw, lambda _path: ""))


def _discord(plan: Plan) -> Channel:
    raw = {"token": TOKEN, "api_url": plan.service}
    return QuickDiscord(discord_settings.read(raw, lambda _path: ""))


def _matrix(plan: Plan) -> Channel:
    raw = {"homeserver": plan.service, "access_token": MATRIX_TOKEN}
    return QuickMatrix(matrix_settings.read(raw, lambda _path: ""))


def _pigeon(plan: Plan) -> Channel:
    return Pigeon(plan.service, can_find=plan.can_find, limits=QUICK, timeout_s=30)


CHANNELS: dict[str, Callable[[Plan], Channel]] = {
    "slack": _slack,
    "discord": _discord,
    "matrix": _matrix,
    "pigeon": _pigeon,
}


def main() -> None:
    """Do what the plan in the only argument says."""
    log.configure("error", "json")  # to stderr: the tally is all that stdout has
    plan: dict[str, Any] = json.loads(sys.argv[1])
    made = replace(Plan(**plan), names=tuple(plan["names"]))
    print(json.dumps(asdict(run(made))))  # noqa: T201  (the test reads it)


if __name__ == "__main__":
    main()
