"""Who is one person, and what people follow for themselves: on a real server, and in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark.feedback import Seen, Showing
from paperlark.layer import Kind, Layer
from paperlark.store import RedisStore, keys
from paperlark.store.links import LENGTH, MOST, TRIES, Joined, Joining
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    import redis

Store: TypeAlias = RedisStore | MemoryStore

ADA, BOB, EVE = "slack:U1", "discord:2", "mail:x"
DAY = date(2026, 11, 19)


@pytest.fixture(params=["redis", "memory"])
def kept(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    return RedisStore(request.getfixturevalue("store"))


def link(kept: Store, one: str, other: str) -> Joining:
    return kept.links.join(other, kept.links.offer(one)).how


def test_nobody_is_linked_who_did_not_do_it(kept: Store):
    assert kept.links.persons() == {}
    assert kept.links.of(ADA) == (ADA,)
    assert not kept.links.part(ADA)


def test_a_code_links_once_and_only_two_names(kept: Store):
    code = kept.links.offer(ADA)
    assert len(code) == LENGTH
    assert kept.links.join(ADA, code) == Joined(Joining.SELF, ADA)
    assert kept.links.join(BOB, f" {code[:5].lower()}-{code[5:]} ") == Joined(Joining.JOINED, ADA)
    assert kept.links.join(EVE, code).how is Joining.UNKNOWN
    assert kept.links.persons() == {ADA: BOB, BOB: BOB}
    assert link(kept, ADA, BOB) is Joining.ALREADY


def test_a_fresh_code_makes_the_one_before_void(kept: Store):
    first, second = kept.links.offer(ADA), kept.links.offer(ADA)
    if first != second:
        assert kept.links.join(BOB, first).how is Joining.UNKNOWN
    assert kept.links.join(BOB, second).how is Joining.JOINED


def test_links_are_transitive_and_one_can_leave(kept: Store):
    assert link(kept, ADA, BOB) is Joining.JOINED
    assert link(kept, BOB, EVE) is Joining.JOINED
    assert kept.links.of(ADA) == kept.links.of(EVE) == (BOB, EVE, ADA)
    assert kept.links.part(BOB)
    assert kept.links.of(BOB) == (BOB,)
    assert kept.links.of(ADA) == (EVE, ADA)
    assert link(kept, BOB, "discord:3") is Joining.JOINED
    assert kept.links.of(ADA) == (EVE, ADA), "who left takes nobody along"
    kept.links.forget_of(EVE)
    assert EVE not in kept.links.persons()


def test_two_crowds_become_one_up_to_a_limit(kept: Store):
    names = [f"slack:U{n}" for n in range(MOST + 1)]
    for name in names[1:MOST]:
        assert link(kept, names[0], name) is Joining.JOINED
    assert link(kept, names[0], names[MOST]) is Joining.FULL
    assert kept.links.of(names[0]) == tuple(sorted(names[:MOST]))


def test_guessing_ends(store: redis.Redis):
    kept = RedisStore(store)
    code = kept.links.offer(ADA)
    for _ in range(TRIES):
        assert kept.links.join(EVE, "2222222222").how is Joining.UNKNOWN
    assert kept.links.join(EVE, code).how is Joining.BARRED
    assert kept.links.join(BOB, code).how is Joining.JOINED, "another one's tries are their own"
    assert 0 < store.ttl(keys.link_tries(EVE)) <= keys.LINK_S


def test_a_code_of_ones_own_or_being_forgotten_gives_no_more_guesses(store: redis.Redis):
    kept = RedisStore(store)
    own = kept.links.offer(EVE)
    for _ in range(TRIES - 1):
        assert kept.links.join(EVE, "2222222222").how is Joining.UNKNOWN
        assert kept.links.join(EVE, own).how is Joining.SELF, "a slip that is no guess is free"
    kept.links.forget_of(EVE)
    assert kept.links.join(EVE, "3333333333").how is Joining.UNKNOWN
    assert kept.links.join(EVE, kept.links.offer(ADA)).how is Joining.BARRED
    assert 0 < store.ttl(keys.link_tries(EVE)) <= keys.LINK_S


def test_codes_are_hashed_and_end(store: redis.Redis):
    kept = RedisStore(store)
    code = kept.links.offer(ADA)
    for key in store.keys("*"):
        assert code.encode() not in key
        assert store.type(key) != b"string" or code.encode() not in (store.get(key) or b"")
    codes = [key for key in store.keys("ad:link*") if key != keys.LINKS.encode()]
    assert codes
    assert all(0 < store.ttl(key) <= keys.LINK_S for key in codes)
    kept.links.forget_of(ADA)
    assert not store.keys("ad:link*")


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAIRS, st.lists(st.integers(0, 7), max_size=2))
def test_the_server_and_the_memory_agree(
    store: redis.Redis, pairs: list[tuple[int, int]], gone: list[int]
):
    store.flushall()
    real, memory = RedisStore(store), MemoryStore()
    for one, other in pairs:
        named = f"slack:U{one}", f"slack:U{other}"
        assert link(real, *named) is link(memory, *named)
    for each in gone:
        assert real.links.part(f"slack:U{each}") == memory.links.part(f"slack:U{each}")
    for each in range(8):
        name = f"slack:U{each}"
        assert real.links.of(name) == memory.links.of(name)
        assert real.links.persons().get(name, name) == real.links.of(name)[0]


def test_a_layer_is_kept_replaced_and_forgotten(kept: Store):
    assert kept.layers.layer(ADA) == Layer()
    layer = Layer(topics="x").follow(Kind.AUTHOR, "Ada Example").mute(Kind.WORD, "bench")
    kept.layers.save_layer(ADA, layer)
    kept.layers.save_layer(BOB, Layer(topics="y"))
    assert kept.layers.layer(ADA) == layer
    kept.layers.save_layer(ADA, Layer())
    assert kept.layers.layer(ADA) == Layer()
    kept.layers.forget_of(BOB)
    assert kept.layers.layer(BOB) == Layer()


def test_own_pages_are_kept_by_profile_and_day(kept: Store):
    first = Showing(DAY, (Seen("2611.90001", 1, 80.0),))
    kept.layers.show(ADA, "foundations", first)
    kept.layers.show(ADA, "vision", first)
    again = replace(first, cards=(Seen("2611.90002", 1, 70.0),))
    kept.layers.show(ADA, "foundations", again)
    assert kept.layers.shown(ADA, "foundations") == (again,)
    assert kept.layers.shown(BOB, "foundations") == ()
    later = replace(first, date=DAY + timedelta(days=1))
    kept.layers.show(ADA, "foundations", later)
    assert kept.layers.shown(ADA, "foundations") == (again, later)
    kept.layers.forget_of(ADA)
    assert kept.layers.shown(ADA, "vision") == ()


def test_pages_older_than_taste_remembers_are_dropped(store: redis.Redis):
    kept = RedisStore(store)
    kept.layers.show(ADA, "foundations", Showing(DAY))
    kept.layers.show(ADA, "foundations", Showing(DAY + timedelta(days=61)))
    assert [each.date for each in kept.layers.shown(ADA, "foundations")] == [
        DAY + timedelta(days=61)
    ]
    assert 0 < store.ttl(keys.mine(ADA)) <= keys.MINE_S
