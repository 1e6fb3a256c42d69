"""The ledger of posts and the rates: on a real server, and the ledger in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from paperlark.errors import StoreError
from paperlark.post import Claim, ClaimState, Message, Post, PostKind, Shown
from paperlark.store import RedisStore, keys
from paperlark.store.ledger import Deliveries
from paperlark.store.rates import Rates
from tests.builders import DAY
from tests.fakes import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.ports import Ledger

Kept: TypeAlias = Deliveries | MemoryLedger

ROOT = Message("summary", {"text": "10 of 311 papers"})
CARD = Message("card:2611.90001", {"text": "A"}, "2611.90001", 1, 93.0, reply=True)
POST = Post("slack:C1/foundations", DAY, PostKind.DIGEST, (ROOT, CARD), (DAY,))
LONG_AGO = "1000000"


def lapse(ledger: Kept, post: Post = POST, message: Message = ROOT) -> None:
    """Let the lease on a message have ended."""
    if isinstance(ledger, MemoryLedger):
        ledger._row(post, message).lease = None
        return
    key, field = keys.post(post.subscription, post.date), f"m:{message.part}"
    held = ledger._client.hget(key, field)
    if isinstance(held, bytes):
        state, lease, rest = held.decode().split(" ", 2)
        ledger._client.hset(key, field, f"{state} {min(lease, LONG_AGO, key=int)} {rest}")


@pytest.fixture(params=["redis", "memory"])
def ledger(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        return MemoryLedger()
    return Deliveries(request.getfixturevalue("store"))


@pytest.fixture
def frozen(ledger: Kept) -> Kept:
    ledger.freeze(POST)
    return ledger


def test_the_first_payload_wins(ledger: Kept):
    seam: Ledger = ledger
    assert seam.post(POST.subscription, DAY) is None
    assert seam.freeze(POST) == POST
    assert seam.freeze(replace(POST, messages=(CARD,), late_s=9.0)) == POST
    assert seam.post(POST.subscription, DAY) == POST
    assert seam.post(POST.subscription, DAY + timedelta(days=1)) is None


def test_a_post_that_is_not_kept_cannot_be_sent(ledger: Kept):
    assert ledger.claim(POST, ROOT).state is ClaimState.BUSY


def test_claim_send_confirm(frozen: Kept):
    claim = frozen.claim(POST, ROOT)
    assert (claim.state, claim.ref, claim.since) == (ClaimState.FRESH, "", None)
    assert frozen.claim(POST, ROOT) == Claim(ClaimState.BUSY)
    assert frozen.claim(POST, CARD).state is ClaimState.FRESH
    assert frozen.renew(POST, ROOT, claim.token)
    assert frozen.begin(POST, ROOT, claim.token)
    assert frozen.confirm(POST, ROOT, claim.token, "C1:1.2")
    assert frozen.claim(POST, ROOT) == Claim(ClaimState.SENT, ref="C1:1.2")
    assert frozen.refs(POST) == {"summary": "C1:1.2"}


def test_what_arrives_twice_counts_once(frozen: Kept):
    token = frozen.claim(POST, ROOT).token
    for _ in range(2):
        assert frozen.begin(POST, ROOT, token)
    for _ in range(2):
        assert frozen.confirm(POST, ROOT, token, "C1:1.2")
    assert not frozen.confirm(POST, ROOT, token, "C1:9.9")
    assert not frozen.confirm(POST, ROOT, "another", "C1:1.2")
    assert frozen.refs(POST) == {"summary": "C1:1.2"}


def test_only_the_holder_speaks(frozen: Kept):
    frozen.claim(POST, ROOT)
    assert not frozen.renew(POST, ROOT, "x")
    assert not frozen.begin(POST, ROOT, "x")
    assert not frozen.confirm(POST, ROOT, "x", "ref")
    assert not frozen.release(POST, ROOT, "x", "why")
    assert not frozen.give_up(POST, ROOT, "x", "why")
    assert not frozen.reopen(POST, ROOT)
    assert frozen.refs(POST) == {}


def test_a_death_before_sending_leaves_no_doubt(frozen: Kept):
    frozen.claim(POST, ROOT)
    lapse(frozen)
    assert frozen.claim(POST, ROOT).state is ClaimState.FRESH


def test_a_death_while_sending_leaves_a_doubt(frozen: Kept):
    first = frozen.claim(POST, ROOT)
    frozen.begin(POST, ROOT, first.token)
    lapse(frozen)
    second = frozen.claim(POST, ROOT)
    assert second.state is ClaimState.MAYBE
    assert second.since is not None
    assert not frozen.begin(POST, ROOT, first.token)
    frozen.begin(POST, ROOT, second.token)
    lapse(frozen)
    assert frozen.claim(POST, ROOT).since == second.since


def test_an_arrival_counts_after_its_lease_unless_somebody_took_over(frozen: Kept):
    token = frozen.claim(POST, ROOT).token
    lapse(frozen)
    assert frozen.confirm(POST, ROOT, token, "ref")
    late = frozen.claim(POST, CARD).token
    lapse(frozen, message=CARD)
    frozen.claim(POST, CARD)
    assert not frozen.confirm(POST, CARD, late, "ref")


def test_a_release_undoes_its_own_attempt_and_no_earlier_one(frozen: Kept):
    token = frozen.claim(POST, ROOT).token
    frozen.begin(POST, ROOT, token)
    assert frozen.release(POST, ROOT, token, "429")
    assert frozen.release(POST, ROOT, token, "429")
    first = frozen.claim(POST, ROOT)
    assert first.state is ClaimState.FRESH
    frozen.begin(POST, ROOT, first.token)
    lapse(frozen)
    second = frozen.claim(POST, ROOT)
    frozen.begin(POST, ROOT, second.token)
    frozen.release(POST, ROOT, second.token, "429")
    third = frozen.claim(POST, ROOT)
    assert (third.state, third.since) == (ClaimState.MAYBE, second.since)


def test_what_was_given_up_stays_so_until_a_person_says_otherwise(frozen: Kept):
    token = frozen.claim(POST, ROOT).token
    frozen.begin(POST, ROOT, token)
    assert frozen.give_up(POST, ROOT, token, "nobody can say")
    assert frozen.give_up(POST, ROOT, token, "nobody can say")
    assert frozen.claim(POST, ROOT).state is ClaimState.GIVEN_UP
    assert not frozen.confirm(POST, ROOT, token, "ref")
    assert frozen.reopen(POST, ROOT)
    assert not frozen.reopen(POST, ROOT)
    assert frozen.claim(POST, ROOT).state is ClaimState.MAYBE


def test_a_message_means_the_card_it_shows(frozen: Kept):
    for message, ref in ((ROOT, "C1:1.0"), (CARD, "C1:1.1")):
        frozen.confirm(POST, message, frozen.claim(POST, message).token, ref)
    assert frozen.shown("slack", "C1:1.1") == Shown(
        "slack:C1/foundations", DAY, "2611.90001", 1, 93.0
    )
    assert frozen.shown("slack", "C1:1.0") is None
    assert frozen.shown("discord", "C1:1.1") is None


def test_posts_of_other_subscriptions_and_dates_are_apart(frozen: Kept):
    for other in (
        replace(POST, subscription="slack:C1/b"),
        replace(POST, date=DAY.replace(day=20)),
    ):
        frozen.freeze(other)
        assert frozen.claim(other, ROOT).state is ClaimState.FRESH
    assert frozen.claim(POST, ROOT).state is ClaimState.FRESH


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["claim", "renew", "begin", "confirm", "release", "give_up", "lapse"]),
        st.integers(0, 3),
    ),
    max_size=40,
)


class Race:
    """Four workers at one message, in any order, dying at will, and what must hold of them."""

    def __init__(self, ledger: Kept) -> None:
        self.ledger = ledger
        self.tokens: dict[int, str] = {}
        self.holder = ""
        self.may_have_arrived: set[str] = set()
        self.over = 0
        ledger.freeze(POST)

    def play(self, moves: list[tuple[str, int]]) -> list[str]:
        """What each move was answered."""
        return [str(getattr(self, move)(who)) for move, who in moves]

    def claim(self, who: int) -> ClaimState:
        claim = self.ledger.claim(POST, ROOT)
        if claim.token:
            assert not self.holder, "two hold it"
            assert not self.over, "it was settled"
            assert (claim.state is ClaimState.FRESH) == (not self.may_have_arrived)
            self.tokens[who] = self.holder = claim.token
        return claim.state

    def lapse(self, _: int) -> None:
        lapse(self.ledger)
        self.holder = ""

    def renew(self, who: int) -> bool:
        return self._held(who, self.ledger.renew(POST, ROOT, self._token(who)))

    def begin(self, who: int) -> bool:
        begun = self._held(who, self.ledger.begin(POST, ROOT, self._token(who)))
        if begun:
            self.may_have_arrived.add(self._token(who))
        return begun

    def confirm(self, who: int) -> bool:
        said = self.ledger.confirm(POST, ROOT, self._token(who), self._token(who))
        return self._ended(said, over=len(self.ledger.refs(POST)))

    def release(self, who: int) -> bool:
        said = self.ledger.release(POST, ROOT, self._token(who), "refused")
        if said:
            self.may_have_arrived.discard(self._token(who))
        return self._ended(said, over=0)

    def give_up(self, who: int) -> bool:
        return self._ended(self.ledger.give_up(POST, ROOT, self._token(who), "unknown"), over=1)

    def _token(self, who: int) -> str:
        return self.tokens.get(who, "never-held")

    def _held(self, who: int, said: bool) -> bool:  # noqa: FBT001  (an answer, handed on)
        if said:
            self.holder = self._token(who)
        return said

    def _ended(self, said: bool, *, over: int) -> bool:  # noqa: FBT001  (an answer, handed on)
        if said:
            self.holder, self.over = "", max(self.over, over)
        return said


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=MOVES)
def test_no_two_send_in_good_faith(store: redis.Redis, moves: list[tuple[str, int]]):
    """FRESH means that no attempt may have arrived; and the twin answers as the server does."""
    store.flushall()
    assert Race(Deliveries(store)).play(moves) == Race(MemoryLedger()).play(moves)


def test_a_lease_is_the_servers_own(store: redis.Redis):
    ledger = Deliveries(store, lease_s=7)
    ledger.freeze(POST)
    ledger.claim(POST, ROOT)
    held = store.hget(keys.post(POST.subscription, DAY), "m:summary")
    assert isinstance(held, bytes)
    seconds, micro = store.time()
    left = int(held.split()[1]) / 1e6 - (seconds + micro / 1e6)
    assert 0 < left <= 7


def test_a_clock_put_back_holds_nothing_for_ever(store: redis.Redis):
    ledger = Deliveries(store)
    ledger.freeze(POST)
    far = "claimed 4000000000000000 0 0 token "
    store.hset(keys.post(POST.subscription, DAY), "m:summary", far)
    assert ledger.claim(POST, ROOT).state is ClaimState.FRESH


def test_posts_and_cards_are_kept_forty_days(store: redis.Redis):
    ledger = Deliveries(store)
    ledger.freeze(POST)
    ledger.confirm(POST, CARD, ledger.claim(POST, CARD).token, "C1:1.1")
    for key in (keys.post(POST.subscription, DAY), keys.card("slack", "C1:1.1")):
        assert keys.POST_S - 60 <= int(store.ttl(key)) <= keys.POST_S


def test_since_is_when_the_first_attempt_began(store: redis.Redis):
    ledger = Deliveries(store)
    ledger.freeze(POST)
    seconds, _ = store.time()
    ledger.begin(POST, ROOT, ledger.claim(POST, ROOT).token)
    lapse(ledger)
    since = ledger.claim(POST, ROOT).since
    after, _ = store.time()
    assert since is not None
    assert datetime.fromtimestamp(seconds, UTC) <= since
    assert since <= datetime.fromtimestamp(after + 1, UTC)


def test_a_full_store_lets_nothing_be_sent(store: redis.Redis):
    """No post without a claim that is kept."""
    ledger = Deliveries(store)
    ledger.freeze(POST)
    store.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreError, match="memory"):
            ledger.claim(POST, ROOT)
    finally:
        store.config_set("maxmemory", "0")
    assert ledger.claim(POST, ROOT).state is ClaimState.FRESH


CALLS: list[Callable[[RedisStore], object]] = [
    lambda kept: kept.ledger.freeze(POST),
    lambda kept: kept.ledger.post("s", DAY),
    lambda kept: kept.ledger.claim(POST, ROOT),
    lambda kept: kept.ledger.refs(POST),
    lambda kept: kept.ledger.shown("slack", "x"),
    lambda kept: kept.rates.wait("slack", 1.0),
    lambda kept: kept.rates.push_back("slack", 1.0),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_store_that_is_gone_is_a_store_error(call: Callable[[RedisStore], object]):
    client = redis.Redis(unix_socket_path="/nowhere/s", retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreError):
        call(RedisStore(client))
    client.close()


PROGRAM = """
import json, sys, redis
from tests.contracts.test_ledger import POST, ROOT
from paperlark.store.ledger import Deliveries
ledger = Deliveries(redis.from_url(sys.argv[1]))
print(json.dumps([ledger.claim(POST, message).state for message in POST.messages * 5]))
"""


def test_of_racing_processes_one_gets_each_message(store: redis.Redis, store_url: str):
    Deliveries(store).freeze(POST)
    command = [sys.executable, "-c", PROGRAM, store_url]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    try:
        outputs = [process.communicate(timeout=120)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    said = [state for output in outputs for state in json.loads(output)]
    assert sorted(said) == ["busy"] * 38 + ["fresh"] * 2


def slots(rates: Rates, count: int, per_second: float, burst: int) -> list[float]:
    """Moments of the next slots, by the server's clock, as they were given out."""
    found = []
    for _ in range(count):
        wait = rates.wait("x", per_second, burst)
        seconds, micro = rates._client.time()
        found.append(seconds + micro / 1e6 + wait)
    return found


def test_slots_come_at_their_rate_after_a_burst(store: redis.Redis):
    given_out = slots(Rates(store), 8, 0.1, 3)
    apart = [later - earlier for earlier, later in pairwise(given_out)]
    assert all(gap < 5 for gap in apart[:2])
    assert apart[2:] == pytest.approx([10.0] * 5, abs=5)
    assert given_out[-1] - given_out[2] == pytest.approx(50, abs=5)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(per_second=st.sampled_from([0.01, 0.1, 0.5]), burst=st.integers(1, 4))
def test_no_window_holds_more_than_its_rate_and_burst(
    store: redis.Redis, per_second: float, burst: int
):
    store.flushall()
    given_out = slots(Rates(store), 9, per_second, burst)
    for first in range(9):
        for last in range(first, 9):
            window = given_out[last] - given_out[first] + 1.0  # the reading of the clock
            assert last - first + 1 <= burst + window * per_second + 1e-6


def test_without_a_rate_nobody_waits_but_for_a_push(store: redis.Redis):
    rates = Rates(store)
    assert [rates.wait("slack", 0.0) for _ in range(3)] == [0, 0, 0]
    assert not store.exists(keys.rate("slack"))
    rates.push_back("slack", 50.0)
    assert 40 < rates.wait("slack", 0.0) <= 50
    assert 40 < rates.held("slack") <= 50
    assert rates.held("discord") == 0


def test_a_push_holds_everybody_and_lets_no_burst_follow(store: redis.Redis):
    rates = Rates(store)
    assert rates.wait("slack:C1", 0.1, 5) == 0
    rates.push_back("slack:C1", 100.0)
    rates.push_back("slack:C1", 10.0)
    waits = [rates.wait("slack:C1", 0.1, 5) for _ in range(3)]
    assert waits == pytest.approx([100, 110, 120], abs=5)


def test_a_slot_too_far_away_is_told_and_not_taken(store: redis.Redis):
    rates = Rates(store)
    waits = [rates.wait("x", 0.1, 1, 15.0) for _ in range(4)]
    assert waits == pytest.approx([0, 10, 20, 20], abs=5)
    rates.push_back("x", 100.0)
    assert rates.wait("x", 0.1, 1, 15.0) == pytest.approx(100, abs=5)
    assert rates.wait("x", 0.1, 1, 200.0) == pytest.approx(100, abs=5)


def test_rates_forget_themselves(store: redis.Redis):
    rates = Rates(store)
    rates.wait("a", 10.0)
    assert 0 < store.pttl(keys.rate("a")) <= 102
    rates.push_back("b", 5.0)
    assert 0 < store.pttl(keys.rate("b")) <= 5001


@pytest.mark.parametrize("held", ["4000000000000000 0", "0 4000000000000000"])
def test_a_rate_outlives_a_clock_put_back(store: redis.Redis, held: str):
    store.set(keys.rate("a"), held)
    rates = Rates(store)
    assert rates.held("a") == 0
    assert rates.wait("a", 1.0) == 0
    store.set(keys.rate("a"), held)
    rates.push_back("a", 9.0)
    assert 0 < rates.held("a") <= 9


def test_what_was_given_up_says_why(store: redis.Redis):
    ledger = Deliveries(store)
    ledger.freeze(POST)
    token = ledger.claim(POST, ROOT).token
    assert ledger.give_up(POST, ROOT, token, "450 greylisted, for good.")
    assert ledger.given_up(POST) == {"summary": "450 greylisted, for good."}
    assert ledger.refs(POST) == {}


LETTER = {"subject": "10 of 311 papers", "text": "Ω\n" * 9_000, "cards": ["2611.90001"]}


def letter_to(name: str, letter: object = LETTER) -> Post:
    message = Message("mail", {"shared": letter, "why": f"for {name}"})
    return Post(f"mail:{name}@example.org/foundations", DAY, PostKind.DIGEST, (message,), (DAY,))


def test_what_many_posts_share_is_read_back_as_it_was_frozen(ledger: Kept):
    posts = [letter_to(name) for name in ("ada", "bob")]
    assert [ledger.freeze(post) for post in posts] == posts
    assert [ledger.post(post.subscription, DAY) for post in posts] == posts
    other = letter_to("ada", {**LETTER, "subject": "another"})
    assert ledger.freeze(other) == posts[0], "the first letter wins"
    odd = letter_to("eve", "sha256 is no letter")
    assert ledger.freeze(odd) == odd


def test_a_letter_is_kept_once_and_as_long_as_its_posts(store: redis.Redis):
    posts = [letter_to(f"r{number}") for number in range(20)]
    for post in posts:
        Deliveries(store).freeze(post)
    (letter,) = store.keys("ad:letter:*")
    assert store.ttl(letter) >= store.ttl(keys.post(posts[0].subscription, DAY))
    held = sum(int(store.memory_usage(keys.post(post.subscription, DAY)) or 0) for post in posts)
    assert held / len(posts) < 1_000
    again = Deliveries(store)
    assert again.post(posts[7].subscription, DAY) == posts[7]


def test_a_letter_that_is_gone_is_named(store: redis.Redis):
    Deliveries(store).freeze(letter_to("ada"))
    store.delete(*store.keys("ad:letter:*"))
    with pytest.raises(StoreError, match=r"letter .* is gone"):
        Deliveries(store).post("mail:ada@example.org/foundations", DAY)
