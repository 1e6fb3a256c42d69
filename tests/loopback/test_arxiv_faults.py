"""Every fault of arXiv over HTTP ends in a named state, and none of them costs politeness."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from paperlark import __version__
from paperlark.demo import faults
from paperlark.demo.double import ArxivDouble
from paperlark.demo.faults import Fault
from paperlark.domain import BatchState
from paperlark.errors import ConfigError, SourceError
from paperlark.store.gate import Blocked, Gate, Throttled
from tests.loopback.arxiv import BEFORE, DAY, Memory, Naps, announced, asking, two_days
from worker.sources.arxiv import Settings, answers, client
from worker.sources.documents import parse_feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

    from paperlark.domain import Batch


@pytest.fixture
def double() -> Iterator[ArxivDouble]:
    with ArxivDouble(two_days(), DAY) as running:
        yield running


def batch(double: ArxivDouble, store: redis.Redis, *earlier: date, **settings: Any) -> Batch:
    """What cs.LG is on the day, with the earlier days fetched before."""
    with asking(double, store, **settings) as arxiv:
        memory = Memory(*(arxiv.fetch(day, ["cs.LG"]) for day in earlier))
    with asking(double, store, memory, **settings) as arxiv:
        return arxiv.fetch(DAY, ["cs.LG"]).batches[0]


def test_an_undisturbed_day_is_complete_in_two_requests(double: ArxivDouble, store: redis.Redis):
    found = batch(double, store)
    assert (found.state, found.stated, len(found.listings)) == (BatchState.COMPLETE, 5, 6)
    assert (found.source, found.detail) == ("rss", "")
    assert {listing.version for listing in found.listings} == {1, 2}
    assert double.paths() == ["/rss/cs.LG", "/list/cs.LG/new"]


def test_it_says_who_asks(double: ArxivDouble, store: redis.Redis):
    batch(double, store, contact="op@example.org", homepage="https://example.org/d")
    agent = double.requests[0].headers["User-Agent"]
    assert agent == f"paperlark/{__version__} (+https://example.org/d; mailto:op@example.org)"
    assert double.requests[0].headers["Accept-Encoding"] == "gzip"


BROKEN_FEEDS = {
    "a web page": (faults.page(), 1, BatchState.FAILED),
    "plain text": (Fault(body=b"hello", content_type="text/plain"), 1, BatchState.FAILED),
    "cut off, claims to be whole": (faults.short(300), 2, BatchState.TRUNCATED),
    "cut off": (faults.broken(300), 2, BatchState.TRUNCATED),
    "nothing at all": (Fault(body=b""), 2, BatchState.TRUNCATED),
    "a dropped connection": (faults.dropped(), 3, BatchState.FAILED),
    "a server error": (faults.page(500), 3, BatchState.FAILED),
    "a missing page": (faults.page(404), 1, BatchState.FAILED),
    "another page's 400": (faults.page(400), 1, BatchState.FAILED),
    "a hostile document": (
        Fault(body=b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>'),
        1,
        BatchState.FAILED,
    ),
}


@pytest.mark.parametrize("name", BROKEN_FEEDS)
def test_a_broken_feed_is_replaced_by_the_listing_page(
    double: ArxivDouble, store: redis.Redis, name: str
):
    fault, tries, _ = BROKEN_FEEDS[name]
    double.faults.add("/rss", fault, times=5)
    found = batch(double, store)
    assert (found.state, found.source, found.stated) == (BatchState.COMPLETE, "listing", 5)
    assert found.detail.endswith("taken from the listing page")
    assert len(double.paths("/rss")) == tries


@pytest.mark.parametrize("name", BROKEN_FEEDS)
def test_a_broken_feed_without_a_listing_page_has_its_own_state(
    double: ArxivDouble, store: redis.Redis, name: str
):
    fault, _, state = BROKEN_FEEDS[name]
    double.faults.add("/rss", fault, times=5)
    double.faults.add("/list", faults.page(404), times=5)
    found = batch(double, store)
    assert (found.state, found.listings) == (state, ())
    assert found.detail
    assert "\n" not in found.detail


@pytest.mark.parametrize("fault", [faults.short(300), faults.broken(300), faults.dropped()])
def test_one_broken_answer_is_asked_for_again(
    double: ArxivDouble, store: redis.Redis, fault: Fault
):
    double.faults.add("/rss", fault)
    found = batch(double, store)
    assert (found.state, found.source, found.detail) == (BatchState.COMPLETE, "rss", "")


def test_a_late_answer_is_waited_for_on_one_connection(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", faults.slow(0.1))
    assert batch(double, store).state is BatchState.COMPLETE
    assert double.peak == 1


def test_a_stale_feed_is_known_by_the_last_batch(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss/cs.LG", Fault(), faults.stale())
    double.faults.add("/list", faults.page(404), times=5)
    found = batch(double, store, BEFORE)
    assert (found.state, found.listings) == (BatchState.STALE, ())
    assert found.detail == "the feed still holds Wednesday's papers"


def test_a_stale_feed_is_known_by_the_listing_page(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", faults.stale())
    double.faults.add("/list", faults.stale())
    found = batch(double, store)
    assert found.state is BatchState.STALE
    assert found.detail == "the listing page has the same papers under Wed 18 Nov"


def test_an_empty_feed_on_a_working_day(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", faults.empty(), times=3)
    double.faults.add("/list", faults.page(404), faults.empty(), Fault())
    assert batch(double, store).state is BatchState.UNCONFIRMED
    assert batch(double, store).state is BatchState.QUIET
    assert batch(double, store).state is BatchState.COMPLETE


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_retry_after_is_waited_out(double: ArxivDouble, store: redis.Redis, status: int):
    double.faults.add("/rss", faults.throttled(30, status))
    naps = Naps(store)
    with asking(double, store, wait=naps) as arxiv:
        found = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert found.state is BatchState.COMPLETE
    assert 10 < sum(naps.slept) <= 30


def test_a_retry_after_beyond_the_patience_leaves_the_rest_unasked(
    double: ArxivDouble, store: redis.Redis
):
    until = datetime.now(UTC) + timedelta(minutes=30)
    double.faults.add("/rss/stat.ML", faults.throttled(format_datetime(until, usegmt=True)))
    with asking(double, store) as arxiv:
        found = arxiv.fetch(DAY, ["cs.LG", "stat.ML", "math.OC"])
        states = [each.state for each in found.batches]
    assert states == [BatchState.COMPLETE, BatchState.THROTTLED, BatchState.THROTTLED]
    assert found.batches[0].detail.startswith("not cross-checked: arXiv asked to be left alone")
    assert double.paths() == ["/rss/cs.LG", "/rss/stat.ML"]
    status = Gate(store).status()
    assert status.not_before is not None
    assert abs((status.not_before - until).total_seconds()) < 60
    with asking(double, store) as again:
        assert again.fetch(DAY, ["cs.LG"]).batches[0].state is BatchState.THROTTLED
    assert len(double.requests) == 2


def test_rate_exceeded_with_status_200_is_throttled(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/", faults.rate_text(), times=9)
    found = batch(double, store)
    assert found.state is BatchState.THROTTLED
    assert "Rate exceeded" in found.detail
    assert len(double.requests) <= client.TRIES


def test_403_stops_everything_for_a_day(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", faults.blocked())
    found = batch(double, store)
    assert (found.state, len(double.requests)) == (BatchState.BLOCKED, 1)
    assert Gate(store).status().state == "blocked"
    with asking(double, store) as arxiv, pytest.raises(Blocked, match="write to arXiv"):
        arxiv.check()
    assert len(double.requests) == 1


def test_a_listing_pages_pause_costs_no_feed(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/list", faults.throttled(300, 503))
    with asking(double, store) as arxiv:
        found = arxiv.fetch(DAY, ["cs.LG", "stat.ML"])
    assert [each.state for each in found.batches] == [BatchState.COMPLETE] * 2
    assert len(double.paths("/list")) == 1


def test_a_wrong_category_names_the_nearest(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        with pytest.raises(ConfigError, match=r"“cs.LGG”\. Did you mean cs\.LG\?"):
            arxiv.fetch(DAY, ["cs.LG", "cs.LGG"])
        with pytest.raises(ConfigError, match=r"“cs.ZZ”\. The categories of cs are AI, AR, "):
            arxiv.fetch(DAY, ["cs.ZZ"])


def test_redirects_stay_among_the_configured_hosts(double: ArxivDouble, store: redis.Redis):
    away = Fault(302, {"Location": "http://127.0.0.2:9/rss/cs.LG"}, b"")
    double.faults.add("/rss", away)
    double.faults.add("/list", Fault(302, {"Location": "/list/cs.LG/new?show=2000"}, b""))
    found = batch(double, store)
    assert found.detail.startswith("127.0.0.1")
    assert "has moved to http://127.0.0.2:9, which is not allowed" in found.detail
    assert (found.state, found.source) == (BatchState.COMPLETE, "listing")


def test_going_round_in_circles_ends(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", Fault(302, {"Location": "/rss/cs.LG"}, b""), times=9)
    assert "round in circles" in batch(double, store).detail
    assert len(double.paths("/rss")) == 4


def test_an_answer_that_is_too_large_is_not_read(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answers, "MOST_BYTES", 2000)
    found = batch(double, store)
    assert found.state is BatchState.FAILED
    assert "larger than 32 MB" in found.detail


def test_an_answer_that_does_not_come_in_time(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(client, "_TIMEOUT", httpx.Timeout(0.05))
    double.faults.add("/", faults.slow(60), times=9)
    found = batch(double, store)
    assert found.state is BatchState.FAILED
    assert found.detail == f"{double.url.removeprefix('http://')} did not answer in time"


def test_an_answer_that_trickles_for_minutes(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answers, "MOST_SECONDS", -1.0)
    assert batch(double, store).detail.endswith("took longer than 5 minutes")


def test_a_turn_is_renewed_while_its_answer_is_read(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(answers, "RENEW_S", -1.0)
    assert batch(double, store).state is BatchState.COMPLETE
    monkeypatch.setattr(Gate, "renew", lambda *_: False)
    found = batch(double, store)
    assert (found.state, found.detail) == (
        BatchState.FAILED, "this request took too long and lost its turn",
    )  # fmt: skip


def test_a_password_in_an_address_is_shown_nowhere(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/", faults.page(404), times=9)
    url = double.url.replace("//", "//user:secret@")
    found = batch(double, store, rss_url=url, site_url=url)
    assert found.state is BatchState.FAILED
    assert "secret" not in found.detail
    assert "Authorization" in double.requests[0].headers


def test_the_environments_proxies_are_not_read_and_the_settings_one_is(
    double: ArxivDouble, store: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert batch(double, store).state is BatchState.COMPLETE
    found = batch(double, store, proxy="http://user:secret@127.0.0.1:9")
    assert found.state is BatchState.FAILED
    assert "secret" not in found.detail


def test_a_turn_that_is_waited_for_is_reported(double: ArxivDouble, store: redis.Redis):
    said: list[str] = []
    double.faults.add("/rss", faults.throttled(5))
    gate = Gate(store, interval_s=0, wait=Naps(store))
    asked = client.Client(
        Settings.model_validate(double.settings), gate, lambda step, *_: said.append(step)
    )
    asked.document(f"{double.url}/rss/cs.LG", parse_feed)
    asked.close()
    assert said[0] == "arXiv asked to be left alone (429): 5 s"


def test_examples_come_in_one_request_and_unknown_ones_are_absent(
    double: ArxivDouble, store: redis.Redis
):
    with asking(double, store) as arxiv:
        found = arxiv.fetch_examples(["2611.00002", "arXiv:2611.00011v1", "2611.09999"])
        assert set(found) == {"2611.00002", "2611.00011"}
        assert found["2611.00002"].version == 2
        assert len(double.requests) == 1
        with pytest.raises(ConfigError):
            arxiv.fetch_examples(["nonsense"])


def test_examples_are_asked_by_the_hundred(double: ArxivDouble, store: redis.Redis):
    double.library = tuple(announced(number) for number in range(1000, 1150))
    with asking(double, store) as arxiv:
        found = arxiv.fetch_examples(paper.id for paper in double.library)
    assert len(found) == 150
    assert [len(seen.query["id_list"][0].split(",")) for seen in double.requests] == [100, 50]


def test_examples_that_cannot_be_had_are_an_error(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/api", faults.throttled(600))
    with asking(double, store) as arxiv:
        with pytest.raises(Throttled):
            arxiv.fetch_examples(["2611.00002"])
        Gate(store).reopen()
        double.faults.add("/api", faults.page(404))
        with pytest.raises(SourceError, match="404"):
            arxiv.fetch_examples(["2611.00002"])


def test_a_sign_of_life(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        assert arxiv.check().endswith("answers (Status: GOOD Version: 1.1.0)")


@pytest.mark.parametrize("fault", [faults.dropped(), faults.page(500)])
def test_no_sign_of_life_says_what_to_do(double: ArxivDouble, store: redis.Redis, fault: Fault):
    double.faults.add("/feed", fault)
    with asking(double, store) as arxiv, pytest.raises(SourceError, match="try again in some min"):
        arxiv.check()


def test_what_a_sign_of_life_says_cannot_act_on_a_terminal(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/feed", Fault(body=f"\x1b[31mGOOD\x9b\u202e {'x' * 90}\n".encode()))
    with asking(double, store) as arxiv:
        said = arxiv.check()
    assert said.isprintable()
    assert "answers ([31mGOOD xxx" in said
    assert len(said) < 100


def test_a_redirect_to_no_address_is_refused(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", Fault(302, {"Location": "http://127.0.0.1:99999/rss"}, b""))
    double.faults.add("/list", faults.page(404))
    found = batch(double, store)
    assert found.state is BatchState.FAILED
    assert "has moved to http://127.0.0.1:99999/rss, which is not allowed" in found.detail


@pytest.mark.parametrize("fault", [faults.page(404), faults.throttled(600)])
def test_a_feed_whose_page_does_not_answer_is_unchecked(
    double: ArxivDouble, store: redis.Redis, fault: Fault
):
    double.faults.add("/list", fault)
    found = batch(double, store)
    assert (found.state, found.unchecked) == (BatchState.COMPLETE, True)
    assert found.detail.startswith("not cross-checked: ")
