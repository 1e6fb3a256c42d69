"""Thumbs, put-aside papers and handled events: on a real server, and in memory."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark.codec import encode
from paperlark.store import RedisStore, keys
from paperlark.store.standing import Way
from paperlark.store.votes import moment, order
from paperlark.vote import Door, Thumb, Vote
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    from random import Random

    import redis

    from paperlark.ports import ShelfStore, VoteStore

Store: TypeAlias = RedisStore | MemoryStore

NOW = datetime(2026, 11, 19, 7, 30, 0, 123456, tzinfo=UTC)
SUB = "slack:C1/foundations"
ADA = "slack:U1"


@pytest.fixture(params=["redis", "memory"])
def kept(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    return RedisStore(request.getfixturevalue("store"))


def vote(
    verdict: Thumb = Thumb.UP,
    after: int = 0,
    paper: str = "2611.90412",
    voter: str = ADA,
    subscription: str = SUB,
) -> Vote:
    at = NOW + timedelta(microseconds=after)
    return Vote(at, voter, subscription, paper, verdict, Door.SLACK_BUTTON, NOW.date(), 3, 71.25)


def test_the_last_word_counts(kept: Store):
    assert kept.votes.cast(vote(Thumb.UP))
    assert kept.votes.cast(vote(Thumb.DOWN, after=1))
    assert kept.votes.votes(SUB) == (vote(Thumb.DOWN, after=1),)
    assert not kept.votes.cast(vote(Thumb.UP))
    assert kept.votes.votes(SUB) == kept.votes.votes_of(ADA) == (vote(Thumb.DOWN, after=1),)


def test_of_one_moment_the_later_arrival_counts(kept: Store):
    for thumb in (Thumb.UP, Thumb.DOWN):
        assert kept.votes.cast(vote(thumb))
    assert kept.votes.votes(SUB) == (vote(Thumb.DOWN),)


def test_a_withdrawal_is_kept_and_outlives_what_came_before_it(kept: Store):
    assert kept.votes.cast(vote(Thumb.NONE, after=5))
    assert not kept.votes.cast(vote(Thumb.UP))
    assert kept.votes.votes(SUB) == (vote(Thumb.NONE, after=5),)


def test_taking_one_thumb_off_leaves_the_other(kept: Store):
    def emoji(verdict: Thumb, after: int) -> Vote:
        return replace(vote(verdict, after), door=Door.SLACK_REACTION)

    kept.votes.cast(emoji(Thumb.UP, 0))
    kept.votes.cast(emoji(Thumb.DOWN, 1))
    assert not kept.votes.cast(emoji(Thumb.NONE, 2), taken=Thumb.UP)
    assert kept.votes.votes(SUB) == (emoji(Thumb.DOWN, 1),)
    assert kept.votes.cast(emoji(Thumb.NONE, 3), taken=Thumb.DOWN)
    assert kept.votes.cast(emoji(Thumb.NONE, 4), taken=Thumb.UP)


def test_of_two_emoji_the_one_still_on_counts_with_its_own_facts(kept: Store):
    first = replace(vote(Thumb.UP), door=Door.SLACK_REACTION, rank=1)
    second = replace(vote(Thumb.DOWN, after=1), door=Door.SLACK_REACTION, rank=2)
    gone = replace(second, at=NOW + timedelta(microseconds=2), verdict=Thumb.NONE)
    kept.votes.say(first, Way(mark="C1:1 2 +1::skin-tone-2\n%"))
    assert kept.votes.say(second, Way(mark="C1:1 2 -1")).counts
    outcome = kept.votes.say(gone, Way(Thumb.DOWN, "C1:1 2 -1"))
    assert (outcome.before, outcome.now, outcome.counts) == (Thumb.DOWN, Thumb.UP, False)
    assert kept.votes.votes(SUB) == kept.votes.votes_on(SUB, first.paper) == (first,)
    assert kept.votes.votes_of(ADA) == (first,)


def test_a_press_takes_back_the_vote_of_its_own_subscription(kept: Store):
    other = "slack:C1/other"
    for place, after in ((SUB, 0), (other, 1), (other, 2)):
        kept.votes.say(vote(after=after, subscription=place), Way(again=True))
    assert [each.verdict for each in kept.votes.votes(SUB)] == [Thumb.UP]
    assert [each.verdict for each in kept.votes.votes(other)] == [Thumb.NONE]


def test_a_row_of_before_there_were_slots_is_read_and_taken_back(store: redis.Redis):
    votes = RedisStore(store).votes
    old = replace(vote(Thumb.UP), door=Door.SLACK_REACTION)
    row = f"{moment(old)} 1 ".encode() + encode(old)
    store.hset(keys.votes(SUB), f"{old.paper} {ADA}", row)
    store.sadd(keys.voter(ADA), SUB)
    assert votes.votes(SUB) == (old,)
    assert votes.cast(old)
    gone = replace(old, at=NOW + timedelta(microseconds=1), verdict=Thumb.NONE)
    assert votes.say(gone, Way(Thumb.UP, "C1:1.2 +1")).counts
    assert votes.votes(SUB) == votes.votes_of(ADA) == (gone,)


def test_votes_are_found_by_subscription_and_by_person(kept: Store):
    odd = vote(
        voter="slack:U 2:é*[x-y]\\", subscription="discord:9/a b", paper="math/0309136", after=-1
    )
    mine = (vote(subscription="mail:a@example.org/x"), vote(paper="2611.90001", after=7), vote())
    for each in (odd, *mine):
        assert kept.votes.cast(each)
    assert kept.votes.votes_of(ADA) == tuple(sorted(mine, key=order))
    assert kept.votes.votes_of(odd.voter) == kept.votes.votes(odd.subscription) == (odd,)
    assert kept.votes.votes_on(odd.subscription, "math/0309136") == (odd,)
    assert kept.votes.votes_on(SUB, "2611.9000?") == kept.votes.votes_of("slack:U?") == ()
    assert kept.votes.voted_in() == ("discord:9/a b", "mail:a@example.org/x", SUB)
    assert kept.votes.votes("none/x") == kept.votes.votes_of("slack:U9") == ()


WORDS = st.lists(
    st.tuples(
        st.sampled_from(list(Thumb)),
        st.integers(0, 30),
        st.sampled_from(["2611.90412", "math/0309136"]),
        st.sampled_from([ADA, "slack:U2"]),
    ),
    max_size=25,
    unique_by=lambda word: word[1:],
)


@given(words=WORDS, chance=st.randoms(use_true_random=False), real=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_neither_order_nor_repetition_matters(
    store: redis.Redis, *, words: list[tuple[Thumb, int, str, str]], chance: Random, real: bool
):
    """What counts is a function of the set of events; moments differ, as those of a service do."""
    facts = [vote(thumb, after, paper, voter) for thumb, after, paper, voter in words]
    last = {(each.paper, each.voter): each for each in sorted(facts, key=order)}
    shuffled = [*facts, *facts[: len(facts) // 2]]
    chance.shuffle(shuffled)
    store.flushall()
    kept = RedisStore(store).votes if real else MemoryStore().votes
    for fact in shuffled:
        kept.cast(fact)
    assert kept.votes(SUB) == tuple(sorted(last.values(), key=order))


RACE = """
import sys
from datetime import UTC, datetime, timedelta
import redis
from paperlark.store.votes import Votes
from paperlark.vote import Door, Thumb, Vote
votes = Votes(redis.from_url(sys.argv[1]))
start, mine = datetime(2026, 11, 19, tzinfo=UTC), int(sys.argv[2])
for n in range(mine, 400, 4):
    at = start + timedelta(seconds=n)
    votes.cast(Vote(at, f"slack:U{n % 5}", "slack:C1/f", "2611.90001", Thumb.UP, Door.CLI, rank=n))
"""


def test_hosts_that_race_lose_none(store: redis.Redis, store_url: str):
    racers = [
        subprocess.Popen([sys.executable, "-c", RACE, store_url, str(number)])
        for number in range(4)
    ]
    assert [racer.wait(60) for racer in racers] == [0] * 4
    found = RedisStore(store).votes.votes("slack:C1/f")
    assert [(each.voter, each.rank) for each in found] == [
        (f"slack:U{n % 5}", n) for n in range(395, 400)
    ]


def test_a_damaged_vote_does_not_hide_the_others(store: redis.Redis):
    votes = RedisStore(store).votes
    votes.cast(vote())
    for row in ("17 1 nonsense", "nonsense", "17 1 nonsense\nmore\nof its kind"):
        store.hset(keys.votes(SUB), "2611.90001 slack:U9", row)
        assert votes.votes(SUB) == (vote(),)
        mended = vote(paper="2611.90001", voter="slack:U9", after=1)
        assert votes.cast(mended)
        assert votes.votes(SUB) == (vote(), mended)


EMOJI = st.lists(
    st.tuples(
        st.sampled_from([Thumb.UP, Thumb.DOWN]),
        st.sampled_from(["", "C1:1.2 +1", " \n%", "é👍\ud800"]),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: each[2],
)


@given(words=EMOJI)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_the_server_keeps_every_emoji_as_memory_does(
    store: redis.Redis, words: list[tuple[Thumb, str, int, bool]]
):
    store.flushall()
    real, memory = RedisStore(store).votes, MemoryStore().votes
    for thumb, mark, after, on in words:
        fact = replace(vote(thumb if on else Thumb.NONE, after), door=Door.SLACK_REACTION)
        way = Way(None if on else thumb, mark)
        assert real.say(fact, way) == memory.say(fact, way)
        assert real.votes(SUB) == memory.votes(SUB)


def test_papers_are_put_aside_once_newest_first(kept: Store):
    later = NOW + timedelta(microseconds=1)
    assert kept.saved.keep_for(ADA, "2611.90001", NOW)
    assert kept.saved.keep_for(ADA, "math/0309136", later)
    assert not kept.saved.keep_for(ADA, "2611.90001", later)
    assert list(kept.saved.kept_for(ADA).items()) == [
        ("math/0309136", later),
        ("2611.90001", NOW),
    ]
    assert kept.saved.drop_for(ADA, "2611.90001")
    assert not kept.saved.drop_for(ADA, "2611.90001")
    assert list(kept.saved.kept_for(ADA)) == ["math/0309136"]
    assert kept.saved.kept_for("slack:U2") == {}


def test_papers_put_aside_at_one_moment_have_one_order(kept: Store):
    for paper in ("2611.90001", "2611.90003", "2611.90002"):
        kept.saved.keep_for(ADA, paper, NOW)
    assert list(kept.saved.kept_for(ADA)) == ["2611.90003", "2611.90002", "2611.90001"]


def test_an_event_is_handled_once(kept: Store):
    assert not kept.seen.handled("slack", "Ev1")
    assert kept.seen.mark("slack", "Ev1")
    assert not kept.seen.mark("slack", "Ev1")
    assert kept.seen.handled("slack", "Ev1")
    assert not kept.seen.handled("discord", "Ev1")


def test_events_are_forgotten_after_a_day(store: redis.Redis):
    RedisStore(store).seen.mark("slack", "Ev1")
    assert 0 < int(str(store.ttl(keys.seen("slack", "Ev1")))) <= keys.DAY_S


def test_both_stores_are_what_the_seams_ask_for(store: redis.Redis):
    ports: list[tuple[VoteStore, ShelfStore]] = [
        (each.votes, each.saved) for each in (RedisStore(store), MemoryStore())
    ]
    assert all(replace(vote(), rank=None) not in votes.votes(SUB) for votes, _ in ports)
