"""The judgement, the union of two places, and archives: pure, without any network."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import verdict
from paperlark.domain import AnnounceType, Author, Batch, BatchState, Listing, Paper, Profile
from worker.sources.arxiv import archives, hosts, rows
from worker.sources.arxiv.answers import retry_after
from worker.sources.arxiv.findings import Case, Missing, Ruling, Said
from worker.sources.arxiv.judge import FULL, judge
from worker.sources.documents import Row

DAY = date(2026, 11, 19)
BEFORE = DAY - timedelta(days=1)
THANKSGIVING = date(2026, 11, 27)
NEW, CROSS = AnnounceType.NEW, AnnounceType.CROSS
DOWN = Missing(BatchState.FAILED, "arXiv answered 500")


def paper(number: int, version: int = 1, categories: tuple[str, ...] = ("cs.LG",)) -> Paper:
    return Paper(f"2611.{number:05d}", version, "T", "A", (Author("Ada"),), categories)


def row(number: int, kind: AnnounceType = NEW, version: int = 1) -> Row:
    return Row(paper(number, version), kind)


def some(first: int, last: int, version: int = 1) -> tuple[Row, ...]:
    return tuple(row(number, version=version) for number in range(first, last + 1))


def feed(found: tuple[Row, ...], day: date = DAY) -> Said:
    return Said("rss", day, found)


def page(
    found: tuple[Row, ...],
    day: date = DAY,
    stated: int | None = None,
    *,
    whole: bool = True,
    source: str = "listing",
) -> Said:
    stated = rows.counted(found) if stated is None else stated
    return Said(source, day, found, stated, whole)


def kept(found: tuple[Row, ...], day: date = BEFORE) -> Batch:
    return rows.batch(
        day, "cs.LG", BatchState.COMPLETE, found, {}, stated=None, source="rss", detail=""
    )


def rule(feed_said: object, page_said: object = None, last: Batch | None = None) -> Ruling:
    return judge(Case(DAY, feed_said, page_said, last))  # type: ignore[arg-type]


def test_feed_and_page_agree():
    ruling = rule(feed(some(1, 5)), page(some(1, 5, 0)))
    assert (ruling.state, ruling.source, ruling.stated, ruling.detail) == (
        BatchState.COMPLETE, "rss", 5, "",
    )  # fmt: skip
    assert [found.version for found in ruling.rows] == [1] * 5


def test_a_feed_without_a_page_is_complete_and_says_nothing():
    assert rule(feed(some(1, 5))) == Ruling(BatchState.COMPLETE, some(1, 5))


def test_the_union_wins_and_the_difference_is_noted():
    ruling = rule(feed(some(1, 5)), page(some(3, 8, 0)))
    assert ruling.state is BatchState.COMPLETE
    assert len(ruling.rows) == 8
    assert ruling.detail == "3 only on the listing page, 2 only in the feed"


def test_a_page_that_says_there_is_more_is_truncated():
    ruling = rule(feed(some(1, 5)), page(some(1, 5, 0), stated=9, whole=False))
    assert ruling.state is BatchState.TRUNCATED
    assert ruling.stated == 9
    assert ruling.detail == "the listing page says 9, 5 came"


def test_a_half_page_cannot_stand_in_for_a_feed():
    ruling = rule(DOWN, page(some(1, 5, 0), stated=9, whole=False))
    assert ruling.state is BatchState.TRUNCATED
    assert ruling.detail.startswith("arXiv answered 500; taken from the listing page")


def test_a_whole_page_stands_in_for_a_feed_that_failed():
    ruling = rule(DOWN, page(some(1, 5, 0)))
    assert (ruling.state, ruling.source) == (BatchState.COMPLETE, "listing")
    assert ruling.detail == "arXiv answered 500; taken from the listing page"


def test_a_host_that_is_gone_is_named_for_itself_where_the_other_answered():
    gone = Missing(BatchState.FAILED, "arXiv cannot be reached: no such host as x.invalid")
    assert rule(gone, page(some(1, 5, 0))).detail == (
        "no such host as x.invalid; taken from the listing page"
    )
    assert rule(feed(some(1, 5)), gone).detail == "not cross-checked: no such host as x.invalid"
    assert rule(gone, gone).detail == gone.clause


@pytest.mark.parametrize("state", [BatchState.THROTTLED, BatchState.BLOCKED, BatchState.TRUNCATED])
def test_a_missing_feed_keeps_its_state_without_a_page(state: BatchState):
    assert rule(Missing(state, "why"), Missing(BatchState.FAILED, "other")) == Ruling(
        state, detail="why"
    )


def test_yesterdays_papers_under_todays_date_are_stale():
    ruling = rule(feed(some(1, 5)), None, kept(some(1, 5)))
    assert ruling == Ruling(BatchState.STALE, detail="the feed still holds Wednesday's papers")


def test_ids_that_do_not_advance_are_stale():
    found = (*some(2, 5), row(9, CROSS))
    assert rule(feed(found), DOWN, kept(some(1, 6))).state is BatchState.STALE


def test_the_first_stale_feed_is_known_by_the_pages_older_date():
    ruling = rule(feed(some(1, 5)), page(some(1, 5, 0), BEFORE))
    assert ruling.state is BatchState.STALE
    assert ruling.detail == "the listing page has the same papers under Wed 18 Nov"


def test_a_lagging_page_does_not_spoil_a_fresh_feed():
    ruling = rule(feed(some(6, 9)), page(some(1, 5, 0), BEFORE), kept(some(1, 5)))
    assert ruling.state is BatchState.COMPLETE
    assert ruling.detail == "not cross-checked: the listing page shows Wed 18 Nov"


def test_a_stale_feed_gives_way_to_a_page_of_the_day():
    ruling = rule(feed(some(1, 5)), page(some(6, 9, 0)), kept(some(1, 5)))
    assert (ruling.state, ruling.source, len(ruling.rows)) == (BatchState.COMPLETE, "listing", 4)
    assert ruling.detail == ("the feed still holds Wednesday's papers; taken from the listing page")


def test_a_feed_of_an_earlier_date_is_stale_or_replaced():
    early = feed(some(1, 5), BEFORE)
    assert rule(early).detail == "the feed still shows Wed 18 Nov"
    assert rule(early).state is BatchState.STALE
    assert rule(early, page(some(6, 9, 0))).state is BatchState.COMPLETE


def test_an_empty_page_cannot_overrule_a_feed_with_papers():
    ruling = rule(feed(some(1, 5)), page(()))
    assert ruling.state is BatchState.COMPLETE
    assert ruling.detail == "not cross-checked: the listing page is empty"
    assert rule(feed(some(1, 5)), page(()), kept(some(1, 5))).state is BatchState.STALE


def test_an_empty_feed_on_a_working_day_needs_a_second_source():
    assert rule(feed(())).state is BatchState.UNCONFIRMED
    ruling = rule(feed(()), page(some(1, 5, 0), BEFORE))
    assert ruling.state is BatchState.UNCONFIRMED
    assert ruling.detail == (
        "the feed is empty on a working day; the listing page shows Wed 18 Nov"
    )
    assert rule(feed(()), DOWN).state is BatchState.UNCONFIRMED
    agreed = rule(feed(()), page(()))
    assert (agreed.state, agreed.stated) == (BatchState.QUIET, 0)
    assert agreed.detail == "a Thursday without papers, say arXiv's feed and its listing page"


def test_an_empty_page_alone_does_not_make_a_working_day_quiet():
    assert rule(DOWN, page(())).state is BatchState.UNCONFIRMED


def test_an_empty_feed_is_filled_from_the_page():
    ruling = rule(feed(()), page(some(1, 5, 0)))
    assert (ruling.state, ruling.source) == (BatchState.COMPLETE, "listing")
    assert ruling.detail == "the feed is empty; taken from the listing page"


def test_a_holiday_is_quiet_by_name_unless_there_are_papers():
    empty = Said("rss", THANKSGIVING)
    ruling = judge(Case(THANKSGIVING, empty, None))
    assert ruling.state is BatchState.QUIET
    assert "Thanksgiving" in ruling.detail
    busy = judge(Case(THANKSGIVING, Said("rss", THANKSGIVING, some(1, 3)), None))
    assert busy.state is BatchState.COMPLETE


def test_a_full_feed_alone_is_truncated_and_with_a_whole_page_complete():
    full = some(1, FULL)
    assert rule(feed(full), DOWN).state is BatchState.TRUNCATED
    ruling = rule(feed(full), page(some(1, FULL + 50, 0)))
    assert (ruling.state, len(ruling.rows)) == (BatchState.COMPLETE, FULL + 50)


def test_a_past_day_comes_from_its_catch_up_page():
    ruling = rule(None, page(some(1, 5, 0), source="catchup"))
    assert (ruling.state, ruling.source, ruling.detail) == (BatchState.COMPLETE, "catchup", "")
    none = rule(None, page((), source="catchup"))
    assert (none.state, none.detail) == (
        BatchState.QUIET, "a Thursday without papers, says arXiv's catch-up page",
    )  # fmt: skip
    assert rule(None, DOWN) == Ruling(BatchState.FAILED, source="catchup", detail=DOWN.clause)
    wrong = rule(None, page(some(1, 5, 0), BEFORE, source="catchup"))
    assert wrong.state is BatchState.FAILED


def test_replacements_alone_never_make_a_feed_stale():
    found = (row(1, AnnounceType.REPLACE), row(2, AnnounceType.REPLACE))
    assert not rows.repeats(found, kept(some(1, 5)))
    assert not rows.repeats(found, None)


@pytest.mark.parametrize(
    ("beneath", "said"),
    [
        (socket.gaierror(socket.EAI_NONAME, ""), "no such host as x"),
        (socket.gaierror(socket.EAI_AGAIN, ""), "the name x cannot be looked up"),
        (ConnectionRefusedError(), "connection refused by x"),
        (TimeoutError(), "no connection to x in time"),
        (OSError(errno.ENETUNREACH, ""), "no route to x"),
        (OSError(errno.EHOSTUNREACH, ""), "no route to x"),
        (ssl.SSLCertVerificationError(), "the certificate of x is not trusted"),
        (ConnectionResetError(), "no connection to x"),
        (ValueError(), "no connection to x"),
    ],
)
def test_why_there_is_no_connection(beneath: Exception, said: str):
    error = httpx.ConnectError("as httpx says it")
    error.__cause__ = RuntimeError()
    error.__cause__.__context__ = beneath
    assert hosts.reason("x", error) == said


SENT = "Thu, 19 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("300", 300.0),
        ("0", 0.0),
        (" 5 ", 5.0),
        ("Thu, 19 Nov 2026 12:05:00 GMT", 300.0),
        ("Thu, 19 Nov 2026 07:05:00 -0500", 300.0),
        ("Thu, 19 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None):
    assert retry_after(httpx.Headers({"Retry-After": value, "Date": SENT})) == seconds


def test_without_a_date_of_its_own_a_retry_date_counts_from_here():
    long_ago = "Thu, 19 Nov 2020 12:05:00 GMT"
    assert retry_after(httpx.Headers({"Retry-After": long_ago})) == 0.0
    assert retry_after(httpx.Headers()) is None


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=40))
def test_no_retry_after_breaks_anything(value: str):
    found = retry_after(httpx.Headers({"Retry-After": value, "Date": value}))
    assert found is None or found >= 0


kinds = st.sampled_from(list(AnnounceType))
places = st.lists(st.builds(row, st.integers(1, 30), kinds, st.integers(0, 3)), max_size=25)
findings = st.one_of(
    st.none(),
    st.builds(Missing, st.sampled_from([BatchState.FAILED, BatchState.THROTTLED]), st.just("why")),
    st.builds(
        lambda found, day: feed(rows.union(found), day),
        places,
        st.sampled_from([DAY, BEFORE]),
    ),
)
pages = st.one_of(
    st.none(),
    st.just(DOWN),
    st.builds(
        lambda found, day, more: page(
            rows.union(found), day, rows.counted(rows.union(found)) + more, whole=not more
        ),
        places,
        st.sampled_from([DAY, BEFORE]),
        st.integers(0, 3),
    ),
)


@given(findings, pages, st.one_of(st.none(), st.builds(lambda f: kept(rows.union(f)), places)))
def test_every_case_has_a_state_and_complete_means_complete(
    feed_said: object, page_said: object, last: Batch | None
):
    ruling = rule(feed_said, page_said, last)
    if ruling.state is not BatchState.COMPLETE:
        assert ruling.detail
    if ruling.state is BatchState.COMPLETE:
        assert ruling.rows
        assert ruling.stated is None or rows.counted(ruling.rows) >= ruling.stated
    if ruling.state is BatchState.QUIET:
        assert not ruling.rows


@given(places, places)
def test_a_union_has_every_paper_once_with_its_best_type(one: list[Row], two: list[Row]):
    found = rows.union(one, two)
    assert len({each.id for each in found}) == len(found)
    assert {each.id for each in found} == {each.id for each in (*one, *two)}
    for each in found:
        twins = [other for other in (*one, *two) if other.id == each.id]
        assert each.announce_type in {twin.announce_type for twin in twins}
        best = min(twin.announce_type.rank for twin in twins)
        assert each.announce_type.rank == best or best >= AnnounceType.REPLACE.rank
        assert each.version == max(twin.version for twin in twins)


@given(places)
def test_a_fingerprint_does_not_depend_on_the_order(found: list[Row]):
    one, two = kept(rows.union(found)), kept(tuple(reversed(rows.union(found))))
    assert one.fingerprint == two.fingerprint
    assert len(one.fingerprint) == 64


def test_the_page_marks_the_primary_category_and_the_feed_knows_the_rest():
    ours = Row(paper(1, 2, ("cs.LG", "cs.CV")), NEW)
    theirs = Row(Paper("2611.00001", 0, "T", "", (), ("cs.CV", "cs.LG"), comment="9 pages"), CROSS)
    (both,) = rows.union([ours], [theirs])
    assert both.paper.categories == ("cs.CV", "cs.LG")
    assert (both.version, both.paper.comment, both.paper.abstract) == (2, "9 pages", "A")


def test_a_version_one_category_does_not_know_comes_from_another():
    batch = rows.batch(
        DAY, "cs.AI", BatchState.COMPLETE, [row(1, version=0)], {"2611.00001": paper(1, 3)},
        stated=None, source="listing", detail="",
    )  # fmt: skip
    assert batch.listings == (Listing("2611.00001", 3, NEW),)


def test_a_large_archive_is_split_at_once_and_a_category_never():
    assert "cs.LG" in archives.parts("cs")
    assert archives.parts("astro-ph") == ("astro-ph",)
    assert len(archives.split("astro-ph")) == 6
    assert archives.split("cs.LG") == ("cs.LG",)
    assert archives.split("hep-th") == ("hep-th",)
    assert archives.split("no.SUCH") == ("no.SUCH",)


GOOD = Ruling(BatchState.COMPLETE, (row(1, CROSS), row(2)))
SLOW = Ruling(BatchState.THROTTLED, (), detail="too many requests")
QUIET = Ruling(BatchState.QUIET, detail="Thanksgiving")


def test_one_missing_category_does_not_cost_an_archive_the_others():
    also = Ruling(BatchState.COMPLETE, (row(1, NEW),))
    joined = archives.joined({"cs.AI": GOOD, "cs.LG": SLOW, "cs.CV": also, "cs.SE": SLOW})
    assert joined.state is BatchState.TRUNCATED
    assert joined.detail == "cs.LG, cs.SE are missing (too many requests)"
    assert {each.id: each.announce_type for each in joined.rows} == {
        "2611.00001": NEW, "2611.00002": NEW,
    }  # fmt: skip


def test_an_empty_category_that_nothing_confirms_is_missing_from_its_archive():
    alone = rule(feed(()), DOWN)
    joined = archives.joined({"cs.AI": GOOD, "cs.GL": alone, "cs.OH": QUIET})
    assert (joined.state, len(joined.rows)) == (BatchState.TRUNCATED, 2)
    assert joined.detail == (
        "cs.GL is missing (the feed is empty on a working day; arXiv answered 500)"
    )


def test_an_archive_of_which_nothing_came_is_as_bad_as_its_worst_category():
    joined = archives.joined({"cs.AI": QUIET, "cs.LG": SLOW, "cs.CV": SLOW})
    assert (joined.state, joined.detail) == (
        BatchState.THROTTLED, "cs.LG, cs.CV: too many requests",
    )  # fmt: skip
    assert archives.joined({"cs.AI": QUIET, "cs.LG": QUIET}).detail == "Thanksgiving"
    assert archives.joined({"cs.AI": GOOD, "cs.LG": QUIET}).state is BatchState.COMPLETE


def test_an_archive_is_unchecked_where_a_category_is():
    doubted = rule(feed(some(5, 6)), DOWN)
    joined = archives.joined({"cs.AI": GOOD, "cs.LG": doubted})
    assert (joined.state, joined.unchecked) == (BatchState.COMPLETE, True)
    assert joined.detail == "not cross-checked: cs.LG (arXiv answered 500)"
    assert archives.joined({"cs.AI": doubted, "cs.LG": doubted}).detail == (
        "not cross-checked: arXiv answered 500"
    )


@pytest.mark.parametrize(
    "said", [DOWN, Missing(BatchState.THROTTLED, "slowly"), page(()), page(some(1, 5, 0), BEFORE)]
)
def test_what_no_page_could_check_says_so(said: Said | Missing):
    ruling = rule(feed(some(6, 9)), said)
    assert (ruling.state, ruling.unchecked) == (BatchState.COMPLETE, True)
    assert ruling.detail.startswith("not cross-checked: ")
    batch = rows.batch(
        DAY, "cs.LG", ruling.state, ruling.rows, {},
        stated=None, source="rss", detail=ruling.detail, unchecked=ruling.unchecked,
    )  # fmt: skip
    (note,) = verdict.notes(DAY, [batch], Profile("p", ("cs.LG",)))
    why = ruling.detail.removeprefix("not cross-checked: ")
    assert note == f"cs.LG could not be cross-checked: {why}."
    assert verdict.notes(DAY, [replace(batch, unchecked=False)], Profile("p", ("cs.LG",))) == ()


def test_what_was_checked_or_need_not_be_is_not_unchecked():
    assert not rule(feed(some(1, 5))).unchecked
    assert not rule(feed(some(1, 5)), page(some(1, 5))).unchecked
    assert not rule(DOWN, page(some(1, 5))).unchecked
    assert not rule(None, page((), source="catchup")).unchecked


def test_two_empty_answers_are_weak_evidence_except_on_a_holiday():
    assert rule(feed(()), page(())).unchecked
    empty = Said("rss", THANKSGIVING), Said("listing", THANKSGIVING, (), 0)
    ruling = judge(Case(THANKSGIVING, *empty))
    assert (ruling.state, ruling.unchecked) == (BatchState.QUIET, False)


@pytest.mark.parametrize(
    ("feed_said", "page_said"),
    [
        (feed(some(1, 5), DAY), page(some(1, 5), DAY)),
        (feed(some(1, 5), DAY), DOWN),
        (feed(some(1, 5), DAY), None),
        (DOWN, page(some(1, 5), DAY)),
    ],
)
def test_the_evening_before_a_holiday_is_quiet_and_looked_at_again(
    feed_said: Said | Missing, page_said: Said | Missing | None
):
    ruling = judge(Case(THANKSGIVING, feed_said, page_said))
    assert (ruling.state, ruling.unchecked) == (BatchState.QUIET, True)
    assert "Thanksgiving" in ruling.detail


def test_papers_contradict_a_holiday_and_silence_confirms_none():
    early = feed(some(1, 5))
    busy = judge(Case(THANKSGIVING, early, page(some(6, 9), THANKSGIVING)))
    assert busy.state is BatchState.COMPLETE
    assert judge(Case(THANKSGIVING, DOWN, DOWN)).state is BatchState.FAILED
