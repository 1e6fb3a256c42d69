"""A post's way: in order, once each, whatever the service answers. No server, no waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot import delivery
from bot.delivery import Delivery, Outcome, Policy
from bot.ports import Limits
from paperlark.errors import DeliveryError, Refused
from paperlark.post import ClaimState, Message, Post, PostKind
from paperlark.target import Target
from tests.builders import DAY
from tests.fakes import MemoryLedger

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports import Channel

LEASE_S = 30.0
TARGET = Target("pigeon", "roof")
CARDS = tuple(
    Message(f"card:{n}", {"text": str(n)}, f"2611.9000{n}", n, 90.0 - n, reply=True)
    for n in (1, 2, 3)
)
POST = Post("pigeon:roof/p", DAY, PostKind.DIGEST, (Message("summary", {"text": "s"}), *CARDS))
PARTS = [message.part for message in POST.messages]

BEFORE = DeliveryError("lost before it arrived", uncertain=True)
AFTER = DeliveryError("lost after it arrived", uncertain=True)
REFUSED = DeliveryError("not now")
GONE = DeliveryError("gone for good", permanent=True)


def told_to_wait(seconds: float) -> DeliveryError:
    return DeliveryError("slow down", retry_after=seconds)


@dataclass
class Loft:
    """A service in memory: takes messages, and answers as it is told to."""

    answers: deque[DeliveryError | None] = field(default_factory=deque)
    findings: deque[DeliveryError | None] = field(default_factory=deque)
    can_find: bool = True
    limits: Limits = field(default_factory=lambda: Limits(per_target=0.0))
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    naps: int = 0

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        assert target == TARGET
        await asyncio.sleep(0)
        error = self.answers.popleft() if self.answers else None
        if error is None or error is AFTER:
            self.taken.append((message.part, key, root))
        if error:
            raise error
        return f"r-{len(self.taken)}"

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        del target, message, root
        self.asked.append(since)
        if self.findings and (error := self.findings.popleft()):
            raise error
        keys = [each[1] for each in self.taken]
        return f"r-{keys.index(key) + 1}" if key in keys else None


@dataclass
class Pace:
    """Rates in memory: says these waits, then none."""

    waits: deque[float] = field(default_factory=deque)
    holds: deque[float] = field(default_factory=deque)
    names: list[tuple[str, float, int]] = field(default_factory=list)
    pushed: list[tuple[str, float]] = field(default_factory=list)

    def wait(self, name: str, per_second: float, burst: int, longest_s: float) -> float:
        assert longest_s == delivery.LONGEST_WAIT_S
        self.names.append((name, per_second, burst))
        return self.waits.popleft() if self.waits else 0.0

    def held(self, name: str) -> float:
        del name
        return self.holds.popleft() if self.holds else 0.0

    def push_back(self, name: str, seconds: float) -> None:
        self.pushed.append((name, seconds))


@dataclass
class World:
    loft: Loft = field(default_factory=Loft)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    pace: Pace = field(default_factory=Pace)
    policy: Policy = "skip"
    slept: list[float] = field(default_factory=list)
    again: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ledger.freeze(POST)

    def run(self) -> Outcome:
        channel: Channel = self.loft  # type: ignore[assignment]  # composes nothing, closes nothing
        how = Delivery(
            channel,
            self.ledger,
            self.pace,
            TARGET,
            POST,
            self.policy,
            LEASE_S,
            self.sleep,
            self.again,
        )
        return asyncio.run(how.run())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.slept.append(seconds)
        self.ledger.now += timedelta(seconds=seconds)

    @property
    def taken(self) -> list[str]:
        return [part for part, _, _ in self.loft.taken]


@pytest.fixture
def world() -> World:
    return World()


def test_messages_go_out_in_order_and_cards_into_the_thread(world: World):
    assert world.run() == Outcome(
        done=True, refs=dict(zip(PARTS, ["r-1", "r-2", "r-3", "r-4"], strict=True))
    )
    assert world.loft.taken == [
        (part, f"pigeon:roof/p/2026-11-19/{part}", "" if part == "summary" else "r-1")
        for part in PARTS
    ]
    assert world.ledger.refs(POST) == {part: f"r-{n}" for n, part in enumerate(PARTS, 1)}


def test_a_second_run_sends_nothing(world: World):
    first = world.run()
    assert world.run() == first
    assert world.taken == PARTS


def test_somebody_elses_message_is_left_alone(world: World):
    world.ledger.claim(POST, CARDS[1])
    assert world.run() == Outcome(done=False, refs={"summary": "r-1", "card:1": "r-2"})
    assert world.taken == PARTS[:2]


@pytest.mark.parametrize("error", [BEFORE, AFTER])
def test_in_doubt_the_service_is_asked_after_the_lease(world: World, error: DeliveryError):
    world.loft.answers = deque([None, error])
    began = world.ledger.now
    assert world.run().done
    assert sorted(world.taken) == sorted(PARTS)
    assert world.slept == [LEASE_S]
    assert world.loft.asked == [began - delivery.CLOCKS_DIFFER]


def test_a_service_that_never_answers_is_left_to_a_later_run(world: World):
    world.loft.answers = deque([BEFORE] * delivery.TRIES)
    with pytest.raises(DeliveryError, match="lost before") as raised:
        world.run()
    assert raised.value.uncertain
    assert world.ledger.claim(POST, POST.messages[0]).state is ClaimState.BUSY
    world.ledger.now += timedelta(seconds=LEASE_S)
    assert world.run().done
    assert world.taken == PARTS


def test_a_send_longer_than_its_share_of_the_lease_is_in_doubt(world: World):
    class Stuck(Loft):
        async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
            ref = await super().send(target, message, key=key, root=root)
            if len(self.taken) == 2:
                self.naps += 1
                raise TimeoutError  # what asyncio.timeout makes of an answer that does not come
            return ref

    world.loft = Stuck()
    assert world.run().done
    assert world.taken == PARTS
    assert world.loft.naps == 1


@pytest.mark.parametrize("policy", ["skip", "repeat"])
def test_what_cannot_be_asked_is_left_or_repeated_as_the_operator_wants(
    world: World, policy: Policy
):
    world.loft = Loft(deque([None, AFTER]), can_find=False)
    world.policy = policy
    outcome = world.run()
    assert outcome.done
    if policy == "skip":
        assert outcome.skipped == ("card:1",)
        assert world.taken == PARTS
        assert world.run() == outcome
    else:
        assert outcome.skipped == ()
        assert sorted(world.taken) == sorted([*PARTS, "card:1"])


def test_without_its_root_no_reply_is_sent_until_a_person_asks_for_all(world: World):
    world.loft = Loft(deque([BEFORE]), can_find=False)
    with capture_logs() as logs:
        outcome = world.run()
    assert (outcome.done, outcome.skipped) == (True, tuple(PARTS))
    assert world.taken == []
    (said,) = [each["why"] for each in logs if each["event"] == "replies given up"]
    assert said == (
        "The digest's first message in Pigeon was given up, so nothing was sent into its thread. "
        "To send it all: `paperlark digest 2026-11-19 --profile p --post`."
    )
    assert world.run() == outcome
    world.again = {each.part for each in POST.messages if world.ledger.reopen(POST, each)}
    assert world.run().skipped == ()
    assert world.loft.taken[1:] == [
        (part, f"pigeon:roof/p/2026-11-19/{part}", "r-1") for part in PARTS[1:]
    ]


def test_what_is_refused_for_its_own_sake_does_not_stop_the_others(world: World):
    world.loft.answers = deque([None, Refused("Bad blocks: report it.", final=True)])
    outcome = world.run()
    assert (outcome.done, outcome.skipped) == (True, ("card:1",))
    assert outcome.refused == "Bad blocks: report it."
    assert world.taken == ["summary", "card:2", "card:3"]
    assert world.run() == replace(outcome, refused="")


def test_where_the_thread_is_gone_the_rest_of_the_post_is_given_up(world: World):
    world.loft.answers = deque([None, Refused("Deleted.", final=True, rest=True)])
    outcome = world.run()
    assert (outcome.done, outcome.skipped) == (True, tuple(PARTS[1:]))
    assert world.taken == ["summary"]
    assert not world.loft.answers


def test_what_a_person_lets_out_again_is_repeated_once(world: World):
    world.loft = Loft(deque([None, AFTER, None, None, AFTER]), can_find=False)
    assert world.run().skipped == ("card:1",)
    world.ledger.reopen(POST, CARDS[0])
    world.again = {"card:1"}
    assert world.run().skipped == ("card:1",)
    assert world.taken.count("card:1") == 2
    assert world.again == set()


def test_a_refusal_for_now_does_not_use_up_what_a_person_let_out(world: World):
    world.loft = Loft(deque([None, BEFORE, None, None, told_to_wait(3)]), can_find=False)
    world.run()
    world.ledger.reopen(POST, CARDS[0])
    world.again = {"card:1"}
    assert world.run().skipped == ()
    assert sorted(world.taken) == sorted(PARTS)


def test_a_service_that_may_not_be_asked_counts_as_one_that_cannot(world: World):
    world.loft = Loft(deque([None, AFTER]), deque([GONE]))
    assert world.run().skipped == ("card:1",)


def test_a_question_that_fails_leaves_the_doubt(world: World):
    world.loft = Loft(deque([AFTER]), deque([REFUSED]))
    with pytest.raises(DeliveryError, match="not now"):
        world.run()
    assert world.ledger.claim(POST, POST.messages[0]).state is ClaimState.MAYBE


@pytest.mark.parametrize("error", [REFUSED, GONE, told_to_wait(300)])
def test_a_refusal_is_raised_and_leaves_no_doubt(world: World, error: DeliveryError):
    world.loft.answers = deque([None, error])
    with pytest.raises(DeliveryError) as raised:
        world.run()
    assert raised.value is error
    assert world.taken == ["summary"]
    assert world.run().done
    assert world.taken == PARTS
    assert world.loft.asked == []


def test_a_short_pause_is_waited_for_by_everybody(world: World):
    world.loft.answers = deque([None, told_to_wait(7)])
    world.pace.waits = deque([0, 0, 0, 0, 7.0])
    assert world.run().done
    assert world.pace.pushed == [("pigeon", 7)]
    assert world.slept == [7.0]
    assert world.taken == PARTS


def test_a_pause_without_end_ends_the_run(world: World):
    world.loft.answers = deque([told_to_wait(1)] * delivery.TRIES)
    with pytest.raises(DeliveryError, match="slow down"):
        world.run()


def test_the_service_is_paced_first_as_a_whole_then_by_target(world: World):
    world.loft.limits = Limits(per_target=1.0, overall=5.0, burst=2)
    world.run()
    assert world.pace.names[:2] == [("pigeon", 5.0, 2), ("pigeon:roof", 1.0, 2)]
    assert len(world.pace.names) == 8


def test_opening_a_thread_counts_where_calls_are_counted_in_all(world: World):
    world.loft.limits = Limits(per_target=1.0, overall=5.0, opening=1, burst=2)
    world.run()
    asked = [name for name, _, _ in world.pace.names]
    assert asked[:5] == ["pigeon", "pigeon:roof", "pigeon", "pigeon", "pigeon:roof"]
    assert asked.count("pigeon") == len(PARTS) + 1


def test_a_claim_is_held_while_its_turn_is_waited_for(world: World):
    world.pace.waits = deque([50.0])
    assert world.run().done
    assert world.slept == pytest.approx([10, 10, 10, 10, 10])


def test_a_long_rest_is_left_to_a_later_run(world: World):
    world.pace.waits, world.pace.holds = deque([61.0]), deque([61.0])
    with pytest.raises(DeliveryError, match="61 more seconds") as raised:
        world.run()
    assert raised.value.retry_after == 61
    assert (world.pace.pushed, world.slept) == ([], [])
    assert world.ledger.claim(POST, POST.messages[0]).state is ClaimState.FRESH


def test_behind_many_others_a_turn_is_asked_for_again(world: World):
    world.pace.waits = deque([90.0, 90.0, 6.0])
    assert world.run().done
    assert sum(world.slept) == pytest.approx(126)


def test_a_slot_is_void_where_a_rest_began_meanwhile(world: World):
    world.pace.waits, world.pace.holds = deque([5.0, 8.0]), deque([3.0])
    assert world.run().done
    assert world.slept == [5.0, 8.0]


def test_targets_without_a_burst_are_given_their_time_between_arrivals(world: World):
    world.loft.limits = Limits(per_target=1.0)
    assert world.run().done
    assert len(world.slept) == 3
    assert all(0.5 < each <= 1 for each in world.slept)


def test_a_claim_lost_while_waiting_is_not_sent(world: World):
    world.pace.waits = deque([50.0])

    async def steal(seconds: float) -> None:
        await World.sleep(world, seconds)
        world.ledger.now += timedelta(seconds=LEASE_S)
        assert world.ledger.claim(POST, POST.messages[0]).token

    world.sleep = steal  # type: ignore[method-assign]  # another worker comes in between
    assert world.run() == Outcome(done=False)
    assert world.taken == []


ANSWERS = st.lists(
    st.sampled_from([None, BEFORE, AFTER, REFUSED, told_to_wait(3), told_to_wait(300)]), max_size=14
)


@given(answers=ANSWERS, findings=st.lists(st.sampled_from([None, REFUSED, BEFORE]), max_size=5))
def test_whatever_it_answers_each_message_arrives_once(
    answers: list[DeliveryError | None], findings: list[DeliveryError | None]
):
    world = World(Loft(deque(answers), deque(findings)))
    for _ in range(40):
        try:
            if world.run().done:
                break
        except DeliveryError:
            pass
        world.ledger.now += timedelta(seconds=LEASE_S)
    assert sorted(world.taken) == sorted(PARTS)
    assert set(world.ledger.refs(POST)) == set(PARTS)


@given(answers=ANSWERS)
def test_skipping_never_doubles_and_repeating_never_loses(answers: list[DeliveryError | None]):
    for policy in ("skip", "repeat"):
        world = World(Loft(deque(answers), can_find=False), policy=policy)
        for _ in range(40):
            try:
                if (outcome := world.run()).done:
                    break
            except DeliveryError:
                pass
            world.ledger.now += timedelta(seconds=LEASE_S)
        assert outcome.done
        if policy == "skip":
            assert len(set(world.taken)) == len(world.taken)
            assert set(PARTS) - set(world.taken) <= set(outcome.skipped)
        else:
            assert set(world.taken) == set(PARTS)


def test_a_root_of_another_post_is_not_used(world: World):
    other = replace(POST, subscription="pigeon:roof/q")
    world.ledger.freeze(other)
    claim = world.ledger.claim(other, POST.messages[0])
    world.ledger.confirm(other, POST.messages[0], claim.token, "r-other")
    world.run()
    assert [root for _, _, root in world.loft.taken] == ["", "r-1", "r-1", "r-1"]
