"""kill -9 at any moment of a delivery: nothing is lost, and nothing comes twice that can be asked.

`make proof` runs the long forms, whose figures are in docs/reliability.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import couriers
from tests.couriers import Plan
from tests.loopback.pigeon import Service, served
from tests.processes import PROCESSES, ChatProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Verdict:
    """What a service has, against what it should have."""

    moments: int
    killed: int = 0
    claimed: int = 0
    doubted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def told(self, what: str) -> None:
        """One row of the table, for docs/reliability.md: `pytest -s` shows it."""
        sys.stdout.write(
            f"\n| {what} | {self.moments} | {self.killed} | {self.claimed} | {self.doubted} "
            f"| {len(self.lost)} | {len(self.doubled)} |\n"
        )


def start(plan: Plan) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.couriers", json.dumps(asdict(plan))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def judged(plans: list[Plan], service: Service | None = None,
           chat: ChatProcess | None = None) -> Verdict:  # fmt: skip
    """Run the plans side by side, and compare what arrived with what should have."""
    processes = [start(plan) for plan in plans]
    try:
        said = [process.communicate(timeout=3_000)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    tallies = [json.loads(each) for each in said]
    assert [tally["unfinished"] for tally in tallies] == [[] for _ in plans]
    found = Verdict(sum(len(plan.names) - 1 for plan in plans) * plans[0].kills)
    for each in ("killed", "claimed", "doubted"):
        setattr(found, each, sum(tally[each] for tally in tallies))
    names = [f"{plan.kind}:{name}/foundations" for plan in plans for name in plan.names]
    wanted = {key for name in names for key in couriers.expected(name)}
    sent = chat.keys_of(wanted) if chat else service.sent() if service else []
    got = Counter(sent)
    assert set(got) <= wanted
    found.lost = sorted(wanted - set(got))
    found.doubled = sorted(key for key, count in got.items() if count > 1)
    return found


@pytest.fixture(params=list(PROCESSES))
def chat(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChatProcess]:
    kind = str(request.param)
    with PROCESSES[kind](tmp_path / f"{kind}.jsonl") as running:
        yield ChatProcess(kind, running)


def chat_plans(
    chat: ChatProcess, url: str, moments: int, seed: int, *, kills: int = 1, span_s: float = 0.0
) -> list[Plan]:
    """Two programs side by side, each with half of the moments and one undisturbed delivery."""
    plans = []
    for half in range(2):
        names = chat.places(10 * seed + half, moments // 2 + 1)
        plan = Plan(url, chat.kind, chat.url, 2 * seed + half, names, kills, span_s=span_s)
        plans.append(plan)
    return plans


@pytest.mark.parametrize("moments", [2, pytest.param(300, marks=pytest.mark.proof)])
def test_a_delivery_killed_at_any_moment_arrives_once(
    store: redis.Redis, store_url: str, chat: ChatProcess, moments: int
):
    del store  # emptied
    found = judged(chat_plans(chat, store_url, moments, seed=1), chat=chat)
    found.told(f"{chat.kind}: kill -9 of the process that delivers")
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize("moments", [2, pytest.param(100, marks=pytest.mark.proof)])
def test_so_does_one_that_is_killed_again_and_again_while_answers_are_lost(
    store: redis.Redis, store_url: str, chat: ChatProcess, moments: int
):
    del store
    losses = ["reset-before", "reset-after", "500-html", "truncated", "429"]
    chat.fail(losses, share=0.12, seed=moments)
    chat.fail(["slow"], share=0.03, seconds=1.0, seed=moments)  # longer than a sender waits
    plans = chat_plans(chat, store_url, moments, seed=2, kills=2, span_s=0.5)
    found = judged(plans, chat=chat)
    found.told(f"{chat.kind}: the same, twice each, with 15 % of the answers lost")
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize("deliveries", [1, pytest.param(20, marks=pytest.mark.proof)])
def test_twenty_workers_racing_send_each_message_once(
    store: redis.Redis, store_url: str, chat: ChatProcess, deliveries: int
):
    del store
    plan = Plan(
        store_url, chat.kind, chat.url, 3, chat.places(30, deliveries + 1), racing=20, lease_s=5.0
    )
    found = judged([plan], chat=chat)
    found.told(f"{chat.kind}: 20 processes racing on each delivery, all killed once")
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize("policy", ["skip", "repeat"])
@pytest.mark.parametrize("moments", [2, pytest.param(200, marks=pytest.mark.proof)])
def test_where_nobody_can_be_asked_the_policy_is_kept(
    store: redis.Redis, store_url: str, moments: int, policy: str
):
    del store
    service = Service()
    with served(service) as url:
        names = tuple(f"{policy}{n}" for n in range(moments + 1))
        plan = Plan(store_url, "pigeon", url, 4, names, policy=policy, can_find=False)
        found = judged([plan], service=service)
    found.told(f"kill -9, a service that cannot be asked, {policy}")
    most = found.doubted  # a doubt is the most that a kill leaves
    if policy == "skip":
        assert found.doubled == []
        # A root that is given up takes its thread with it; each delivery is killed once.
        assert len({key.rpartition("/")[0] for key in found.lost}) <= most
    else:
        assert found.lost == []
        assert len(found.doubled) <= most
