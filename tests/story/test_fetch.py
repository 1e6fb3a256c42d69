"""Days as they come: fresh, past, quiet, early, large, and the same paper in many places."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from paperlark import calendar, verdict
from paperlark.demo import faults, feeds
from paperlark.demo.double import ArxivDouble
from paperlark.domain import AnnounceType, BatchState, Profile, VerdictState
from paperlark.errors import ConfigError, NotFound
from paperlark.store import RedisStore
from paperlark.store.gate import Gate
from tests.loopback.arxiv import BEFORE, DAY, Memory, announced, asking, two_days
from worker.sources import arxiv as arxiv_source
from worker.sources.arxiv.files import from_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import redis

THANKSGIVING = date(2026, 11, 27)
EVENING = datetime(2026, 11, 19, 2, tzinfo=UTC)
"""An hour after Thursday's announcement, three before its feed."""


@pytest.fixture
def double() -> Iterator[ArxivDouble]:
    with ArxivDouble(two_days(), DAY) as running:
        yield running


def test_a_paper_in_two_categories_is_two_listings_and_one_paper(
    double: ArxivDouble, store: redis.Redis
):
    with asking(double, store) as arxiv:
        found = arxiv.fetch(DAY, ["cs.LG", "stat.ML", "cs.LG"])
    types = {
        batch.category: {listing.paper: listing.announce_type for listing in batch.listings}
        for batch in found.batches
    }
    assert list(types) == ["cs.LG", "stat.ML"]
    assert types["cs.LG"]["2611.00014"] is AnnounceType.NEW
    assert types["stat.ML"]["2611.00014"] is AnnounceType.CROSS
    assert types["cs.LG"]["2611.00015"] is AnnounceType.CROSS
    assert len(found.papers) == 6
    assert found.papers["2611.00014"].categories == ("cs.LG", "stat.ML")


def test_every_feed_is_read_before_any_page(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        arxiv.fetch(DAY, ["cs.LG", "stat.ML"])
    assert double.paths() == ["/rss/cs.LG", "/rss/stat.ML", "/list/cs.LG/new", "/list/stat.ML/new"]
    assert double.peak == 1


def test_without_the_cross_check_a_good_feed_is_one_request(
    double: ArxivDouble, store: redis.Redis
):
    with asking(double, store, cross_check=False) as arxiv:
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert (batch.state, batch.stated) == (BatchState.COMPLETE, None)
    assert double.paths() == ["/rss/cs.LG"]


def test_a_past_day_comes_from_catch_up_pages_after_one_look_at_a_feed(
    double: ArxivDouble, store: redis.Redis
):
    with asking(double, store) as arxiv:
        found = arxiv.fetch(BEFORE, ["cs.LG", "stat.ML"])
    assert double.paths() == [
        "/rss/cs.LG", "/catchup/cs.LG/2026-11-18", "/catchup/stat.ML/2026-11-18",
    ]  # fmt: skip
    assert [batch.state for batch in found.batches] == [BatchState.COMPLETE, BatchState.QUIET]
    assert found.batches[1].detail == "a Wednesday without papers, says arXiv's catch-up page"
    assert (found.batches[0].source, found.batches[0].stated) == ("catchup", 4)


def test_a_past_day_whose_feed_fails_is_still_found(double: ArxivDouble, store: redis.Redis):
    double.faults.add("/rss", faults.page(404), times=5)
    with asking(double, store) as arxiv:
        batch = arxiv.fetch(BEFORE, ["cs.LG"]).batches[0]
    assert (batch.state, batch.source) == (BatchState.COMPLETE, "catchup")


def test_set_up_reads_the_recent_days_newest_first(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        found = list(arxiv.recent(3, ["cs.LG"]))
    assert [each.date for each in found] == [DAY, BEFORE, date(2026, 11, 17)]
    states = [each.batches[0].state for each in found]
    assert states == [BatchState.COMPLETE, BatchState.COMPLETE, BatchState.QUIET]


def test_beyond_ninety_days_nothing_is_asked_but_the_date(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        batch = arxiv.fetch(DAY - timedelta(days=91), ["cs.LG"]).batches[0]
    assert (batch.state, batch.detail) == (
        BatchState.FAILED, "arXiv keeps announcements for 90 days only",
    )  # fmt: skip
    assert double.paths() == ["/rss/cs.LG"]


def test_a_day_to_come_is_refused_without_asking(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        with pytest.raises(NotFound) as refused:
            arxiv.fetch(date(2026, 11, 20), ["cs.LG"])
        with pytest.raises(NotFound, match="announces Mon 4 Jan 2027 at 01:00"):
            arxiv.fetch(date(2027, 1, 4), ["cs.LG"])
        with pytest.raises(ConfigError, match="No category"):
            arxiv.fetch(DAY, [])
    assert double.requests == []
    assert str(refused.value) == (
        "Not out yet. arXiv announces Fri 20 Nov at 01:00 (UTC); ask again after that."
    )
    assert refused.value.exit_code == 1


def test_a_weekend_is_quiet_without_asking(double: ArxivDouble, store: redis.Redis):
    with asking(double, store) as arxiv:
        batch = arxiv.fetch(date(2026, 11, 21), ["cs.LG"]).batches[0]
    assert (batch.state, batch.detail) == (BatchState.QUIET, "weekend")
    assert double.requests == []


def test_after_eight_in_the_evening_the_listing_page_has_the_day_before_the_feed(
    store: redis.Redis,
):
    with ArxivDouble(two_days(), BEFORE) as double, asking(double, store, now=EVENING) as arxiv:
        double.announced = DAY
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert (batch.state, batch.source) == (BatchState.COMPLETE, "listing")
    assert batch.detail == "the feed still shows Wed 18 Nov; taken from the listing page"


def test_a_category_no_file_is_about_is_missing(tmp_path: Path):
    path = tmp_path / "feed.xml"
    path.write_bytes(feeds.feed("cs.LG", DAY, two_days()[DAY]))
    chosen = ("cs.LG", "stat.ML", "math.OC")
    batches = from_files([path], chosen).batches
    assert [batch.state for batch in batches] == [
        BatchState.COMPLETE, BatchState.FAILED, BatchState.FAILED,
    ]  # fmt: skip
    assert (batches[1].listings, batches[1].detail) == ((), "no file is about stat.ML")
    assert len(batches[0].listings) == 6
    found = verdict.verdict(DAY, batches, Profile("p", chosen[:2]))
    assert found.detail == "stat.ML is missing (cs.LG complete)"
    found = verdict.verdict(DAY, batches, Profile("p", chosen[1:]))
    assert found.detail == "no file is about stat.ML or math.OC"


def test_when_neither_has_turned_over_it_is_stale(store: redis.Redis):
    with ArxivDouble(two_days(), BEFORE) as double, asking(double, store, now=EVENING) as arxiv:
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert (batch.state, batch.listings) == (BatchState.STALE, ())


def test_the_evening_before_a_holiday_is_quiet_by_name(store: redis.Redis):
    thursday, evening = date(2026, 11, 26), datetime(2026, 11, 27, 2, tzinfo=UTC)
    days = {thursday: [announced(number) for number in range(1, 4)]}
    with ArxivDouble(days, thursday) as double, asking(double, store, now=evening) as arxiv:
        batch = arxiv.fetch(THANKSGIVING, ["cs.LG"]).batches[0]
    assert (batch.state, batch.detail) == (
        BatchState.QUIET, calendar.quiet_reason(THANKSGIVING),
    )  # fmt: skip


def test_one_failing_category_does_not_cost_an_archive_the_others(store: redis.Redis):
    papers = [announced(1, "cs.AI"), announced(2, "cs.CV"), announced(3, "cs.LG")]
    with ArxivDouble({DAY: papers}) as double, asking(double, store) as arxiv:
        for place in ("/rss/cs.LG", "/list/cs.LG"):
            double.faults.add(place, faults.page(404), times=5)
        batch = arxiv.fetch(DAY, ["cs"]).batches[0]
    assert (batch.state, len(batch.listings)) == (BatchState.TRUNCATED, 2)
    assert batch.detail.startswith("cs.LG is missing (")
    found = verdict.verdict(DAY, [batch], Profile("p", ("cs",)))
    assert found.state is VerdictState.PARTIAL
    (note,) = verdict.notes(DAY, [batch], Profile("p", ("cs",)))
    assert note.startswith("cs: cs.LG is missing (")


def test_when_the_listing_page_is_ahead_the_catch_up_page_confirms(store: redis.Redis):
    with ArxivDouble(two_days(), DAY) as double, asking(double, store) as arxiv:
        double.days[date(2026, 11, 20)] = [announced(30)]
        double.announced = date(2026, 11, 20)
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert (batch.state, batch.source, batch.stated) == (BatchState.COMPLETE, "rss", 5)


def test_a_holiday_is_quiet_by_name_and_papers_win_over_it(store: redis.Redis):
    quiet = two_days() | {THANKSGIVING: []}
    with ArxivDouble(quiet, THANKSGIVING) as double, asking(double, store) as arxiv:
        batch = arxiv.fetch(THANKSGIVING, ["cs.LG"]).batches[0]
    assert (batch.state, batch.detail) == (
        BatchState.QUIET, calendar.quiet_reason(THANKSGIVING),
    )  # fmt: skip
    busy = two_days() | {THANKSGIVING: [announced(30)]}
    with ArxivDouble(busy, THANKSGIVING) as double, asking(double, store) as arxiv:
        batch = arxiv.fetch(THANKSGIVING, ["cs.LG"]).batches[0]
    assert (batch.state, len(batch.listings)) == (BatchState.COMPLETE, 1)


def test_a_category_over_two_thousand_rows_is_completed_from_its_pages(store: redis.Redis):
    papers = [announced(number) for number in range(1, 2301)]
    with ArxivDouble({DAY: papers}) as double, asking(double, store, cross_check=False) as arxiv:
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert (batch.state, batch.stated, len(batch.listings)) == (BatchState.COMPLETE, 2300, 2300)
    assert batch.detail == "300 only on the listing page"
    assert double.paths("/list") == ["/list/cs.LG/new"] * 2
    assert [seen.query["skip"] for seen in double.requests[1:]] == [["0"], ["2000"]]


def test_a_listing_that_turns_over_between_its_pages_is_not_mixed(store: redis.Redis):
    days = two_days() | {DAY: [announced(number) for number in range(11, 2312)]}
    with ArxivDouble(days, DAY) as double, asking(double, store) as arxiv:
        double.faults.add("/list", faults.Fault(), faults.stale())
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert batch.state is BatchState.TRUNCATED
    assert not {"2611.00001", "2611.00002"} & {listing.paper for listing in batch.listings}


def test_a_full_feed_without_its_pages_is_truncated(store: redis.Redis):
    papers = [announced(number) for number in range(1, 1951)]
    with ArxivDouble({DAY: papers}) as double, asking(double, store) as arxiv:
        double.faults.add("/list", faults.page(404))
        batch = arxiv.fetch(DAY, ["cs.LG"]).batches[0]
    assert batch.state is BatchState.TRUNCATED
    assert batch.detail == "the feed is full (1,950 rows) and may lack papers"


def test_a_full_archive_is_asked_again_by_category(store: redis.Redis):
    papers = [announced(number, "astro-ph.CO") for number in range(1, 1951)]
    papers += [announced(number, "astro-ph.GA", "astro-ph.CO") for number in range(3001, 3101)]
    with ArxivDouble({DAY: papers}) as double, asking(double, store) as arxiv:
        batch = arxiv.fetch(DAY, ["astro-ph"]).batches[0]
    assert (batch.category, batch.state) == ("astro-ph", BatchState.COMPLETE)
    assert len(batch.listings) == 2050
    assert {listing.announce_type for listing in batch.listings} == {AnnounceType.NEW}
    assert double.paths("/rss")[0] == "/rss/astro-ph"
    assert len(double.paths("/rss")) == 7


def test_a_small_archive_is_one_feed(store: redis.Redis):
    papers = [announced(1, "astro-ph.CO"), announced(2, "hep-th", "astro-ph.GA")]
    with ArxivDouble({DAY: papers}) as double, asking(double, store) as arxiv:
        batch = arxiv.fetch(DAY, ["astro-ph"]).batches[0]
    assert (batch.state, batch.stated) == (BatchState.COMPLETE, 2)
    assert double.paths() == ["/rss/astro-ph", "/list/astro-ph/new"]


def test_a_paper_and_its_new_version_on_the_next_day_are_one_paper(store: redis.Redis):
    again = announced(1, version=2, announce_type=AnnounceType.REPLACE)
    days = {BEFORE: [announced(1)], DAY: [again, announced(2)]}
    with ArxivDouble(days, BEFORE) as double:
        with asking(double, store) as arxiv:
            first = arxiv.fetch(BEFORE, ["cs.LG"])
        double.now = DAY
        with asking(double, store, Memory(first)) as arxiv:
            second = arxiv.fetch(DAY, ["cs.LG"])
    assert (first.papers["2611.00001"].version, second.papers["2611.00001"].version) == (1, 2)
    assert second.batches[0].state is BatchState.COMPLETE


def test_the_store_keeps_what_was_fetched_and_knows_a_stale_feed_by_it(
    double: ArxivDouble, store: redis.Redis
):
    kept = RedisStore(store)
    settings = arxiv_source.Settings.model_validate(double.settings)

    def source() -> arxiv_source.Arxiv:
        def noon() -> datetime:
            return datetime(double.now.year, double.now.month, double.now.day, 17, tzinfo=UTC)

        return arxiv_source.source(settings, Gate(store, interval_s=0), known=kept, clock=noon)

    double.now = BEFORE
    arxiv = source()
    kept.save(arxiv.fetch(BEFORE, ["cs.LG"]))
    double.now = DAY
    double.faults.add("/rss", faults.stale())
    double.faults.add("/list", faults.page(404))
    found = arxiv.fetch(DAY, ["cs.LG"])
    arxiv.close()
    assert found.batches[0].state is BatchState.STALE
    assert kept.batches(BEFORE, ["cs.LG"])[0].state is BatchState.COMPLETE


def test_progress_counts_its_steps_to_the_end(double: ArxivDouble, store: redis.Redis):
    said: list[tuple[str, int, int]] = []
    settings = arxiv_source.Settings.model_validate(double.settings)
    arxiv = arxiv_source.source(
        settings, Gate(store, interval_s=0), known=Memory(),
        clock=lambda: datetime(2026, 11, 19, 17, tzinfo=UTC),
        progress=lambda step, done, total: said.append((step, done, total)),
    )  # fmt: skip
    arxiv.fetch(DAY, ["cs.LG"])
    arxiv.close()
    assert said == [("cs.LG: feed", 0, 2), ("cs.LG: listing page", 1, 2), ("fetched", 2, 2)]
