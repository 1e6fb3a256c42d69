"""Hosts that no connection can be made to: found out once a run, said once, never waited for."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from paperlark import verdict
from paperlark.demo.double import ArxivDouble
from paperlark.domain import BatchState, Profile
from paperlark.store.gate import Gate
from tests.loopback.arxiv import DAY, Naps, asking, two_days
from worker.sources.arxiv.hosts import PAUSE_S, Unreachable
from worker.sources.arxiv.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis

FOUR = ["cs.LG", "stat.ML", "math.OC", "cs.AI"]
REMEDY = "Check the network, or read saved files with --feed"


@pytest.fixture
def double() -> Iterator[ArxivDouble]:
    with ArxivDouble(two_days(), DAY) as running:
        yield running


def _closed() -> Iterator[str]:
    """An address of this machine that refuses: bound, so that nobody else listens there."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


closed = pytest.fixture(_closed, name="closed")
closed_too = pytest.fixture(_closed, name="closed_too")


def lookups(monkeypatch: pytest.MonkeyPatch, fail: Callable[[str], int | None]) -> None:
    """Let the lookup of a name fail with the error number that `fail` gives for it."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        number = fail(name)
        if number is not None:
            raise socket.gaierror(number, "as told")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_any_number_of_categories_costs_two_tries_a_host_and_no_pause_at_the_gate(
    double: ArxivDouble, store: redis.Redis, closed: str, closed_too: str
):
    naps = Naps(store)
    urls: dict[str, Any] = {
        "rss_url": f"http://{closed}",
        "site_url": f"http://{closed_too}",
        "interval_s": 3.0,
    }
    with asking(double, store, wait=naps, **urls) as arxiv:
        found = arxiv.fetch(DAY, FOUR)
        assert not Gate(store).status().busy
    assert naps.slept == [PAUSE_S, PAUSE_S]
    said = f"arXiv cannot be reached: connection refused by {closed}"
    assert {(each.state, each.detail) for each in found.batches} == {(BatchState.FAILED, said)}
    whole = verdict.verdict(DAY, found.batches, Profile("p", tuple(FOUR)))
    assert whole.detail == f"{said}. {REMEDY}"


def test_a_name_that_nobody_knows(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    lookups(monkeypatch, lambda name: socket.EAI_NONAME if name.endswith(".invalid") else None)
    naps = Naps(store)
    urls: dict[str, Any] = {
        "rss_url": "https://rss.invalid",
        "site_url": "https://invalid",
        "interval_s": 3.0,
    }
    with asking(double, store, wait=naps, **urls) as arxiv:
        found = arxiv.fetch(DAY, FOUR[:2])
        with pytest.raises(
            Unreachable,
            match=r"^arXiv cannot be reached: no such host as rss\.invalid; check the network, or",
        ):
            arxiv.check()
    assert {each.detail for each in found.batches} == {
        "arXiv cannot be reached: no such host as rss.invalid"
    }


def test_the_other_host_is_still_asked(double: ArxivDouble, store: redis.Redis, closed: str):
    naps = Naps(store)
    with asking(double, store, wait=naps, rss_url=f"http://{closed}") as arxiv:
        found = arxiv.fetch(DAY, ["cs.LG", "stat.ML"])
    assert [each.state for each in found.batches] == [BatchState.COMPLETE] * 2
    assert found.batches[0].detail == (
        f"connection refused by {closed}; taken from the listing page"
    )
    assert naps.slept.count(PAUSE_S) == 1


def test_a_connection_that_comes_at_the_second_try(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    failures = [socket.EAI_AGAIN]
    lookups(monkeypatch, lambda _: failures.pop() if failures else None)
    naps = Naps(store)
    with asking(double, store, wait=naps) as arxiv:
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert (batch.state, batch.source, batch.detail) == (BatchState.COMPLETE, "rss", "")
    assert naps.slept == [PAUSE_S]


def test_the_next_run_tries_again(double: ArxivDouble, store: redis.Redis, closed: str):
    naps = Naps(store)
    gone = f"http://{closed}"
    with asking(double, store, wait=naps, rss_url=gone, site_url=gone) as arxiv:
        for run in (1, 2):
            arxiv.fetch(DAY, FOUR)
            assert naps.slept == [PAUSE_S] * run


def test_a_proxy_that_is_gone_is_tried_once_for_every_host(
    double: ArxivDouble, store: redis.Redis, closed: str
):
    naps = Naps(store)
    urls: dict[str, Any] = {
        "rss_url": "http://127.0.0.2:9",
        "proxy": f"http://user:secret@{closed}",
    }
    with asking(double, store, wait=naps, **urls) as arxiv:
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert naps.slept == [PAUSE_S]
    assert batch.detail == (
        f"arXiv cannot be reached: connection refused by {closed} (sources.arxiv.proxy)"
    )


def turns(store: redis.Redis, naps: Naps) -> Turns:
    return Turns(Gate(store, interval_s=3.0, wait=naps), 120.0, lambda *_: None, naps)


def lose(asked: Turns) -> int:
    """A turn in which no connection was made; when it was granted."""
    with pytest.raises(Unreachable), asked.turn() as turn:
        raise Unreachable("gone")
    return turn.granted_us


def test_an_unused_turn_is_kept_and_its_late_request_still_keeps_the_interval(
    store: redis.Redis,
):
    naps = Naps(store)
    asked, began = turns(store, naps), time.monotonic()
    granted = lose(asked)
    assert lose(asked) == granted
    assert naps.slept == []
    with asked.turn() as turn:
        assert turn.granted_us == granted
    assert sum(naps.slept) + time.monotonic() - began >= 3.0
    assert not Gate(store).status().busy


def test_closing_lets_go_of_an_unused_turn(store: redis.Redis):
    asked = turns(store, Naps(store))
    lose(asked)
    assert Gate(store).status().busy
    asked.close()
    assert not Gate(store).status().busy


def test_an_unused_turn_whose_lease_went_to_another_is_not_used(store: redis.Redis):
    naps = Naps(store)
    asked = turns(store, naps)
    granted = lose(asked)
    naps(100.0)
    with Gate(store, wait=naps).turn():
        pass
    with asked.turn() as turn:
        assert turn.granted_us != granted
    assert not Gate(store).status().busy
