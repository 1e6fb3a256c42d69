"""The contract of what is being drafted: in memory and on a real server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.domain import Term
from paperlark.drafting import Asked, Draft, Group, Request, Trial, named
from paperlark.store import keys
from paperlark.store.drafts import Drafts
from tests.builders import DAY
from tests.fakes import MemoryDrafts

if TYPE_CHECKING:
    import redis

NAME = named("slack:U1", "slack:C1")
REQUEST = Request(("2611.90001", "math/0309136"), ("2611.90002",), 7)
TRIAL = Trial(
    7,
    Draft(
        ("cs.LG",), (Term("x", 1.5),), (Term("y", 0.5),), (Group(("x",), ("T",)),), Group((), ())
    ),
    ("2611.90001",),
    (),
    DAY,
    311,
    9,
    (Asked("2611.1", "Best", 93.2),),
    (Asked("2611.2", "Asked", 50.1),),
    ("math/0309136",),
)


@pytest.fixture(params=["memory", "redis"])
def drafts(request: pytest.FixtureRequest, store: redis.Redis) -> Any:
    return MemoryDrafts() if request.param == "memory" else Drafts(store)


def test_what_was_asked_for_and_what_came_of_it_are_kept(drafts: Any):
    assert (drafts.request(NAME), drafts.trial(NAME)) == (None, None)
    drafts.ask(NAME, REQUEST)
    assert drafts.answer(NAME, TRIAL)
    assert (drafts.request(NAME), drafts.trial(NAME)) == (REQUEST, TRIAL)
    drafts.ask(NAME, REQUEST)
    assert drafts.trial(NAME) is None


def test_only_the_turn_that_was_asked_for_is_answered(drafts: Any):
    assert not drafts.answer(NAME, TRIAL)
    drafts.ask(NAME, Request(("2611.90001",), (), 8))
    assert not drafts.answer(NAME, TRIAL)
    assert drafts.trial(NAME) is None


def test_a_change_leaves_what_came_of_it(drafts: Any):
    assert drafts.change(NAME, lambda old: old.with_thumb("2611.3", up=True)) is None
    drafts.ask(NAME, REQUEST)
    drafts.answer(NAME, TRIAL)
    changed = drafts.change(NAME, lambda old: old.with_thumb("2611.3", up=True))
    assert changed == drafts.request(NAME) == REQUEST.with_thumb("2611.3", up=True)
    assert drafts.trial(NAME) == TRIAL


def test_one_person_is_forgotten_everywhere_and_no_other(drafts: Any):
    mine, other = (NAME, named("slack:U1", "slack:C2")), named("slack:U2", "slack:C1")
    for name in (*mine, other):
        drafts.ask(name, REQUEST)
    drafts.forget_of("slack:U1")
    assert [drafts.request(name) for name in (*mine, other)] == [None, None, REQUEST]
    assert drafts.forget(other)
    assert not drafts.forget(other)


def test_it_is_kept_for_two_days(store: redis.Redis):
    Drafts(store).ask(NAME, REQUEST)
    left = store.ttl(keys.setup(NAME))
    assert isinstance(left, int)
    assert keys.SETUP_S - 60 <= left <= keys.SETUP_S == 172_800


def test_two_thumbs_at_once_both_count(store: redis.Redis):
    Drafts(store).ask(NAME, REQUEST)
    papers = [f"2611.8{n:04d}" for n in range(12)]

    def press(paper: str) -> None:
        Drafts(store).change(NAME, lambda old: old.with_thumb(paper, up=True))

    threads = [threading.Thread(target=press, args=(paper,)) for paper in papers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Drafts(store).request(NAME)
    assert kept
    assert set(papers) < set(kept.liked)
