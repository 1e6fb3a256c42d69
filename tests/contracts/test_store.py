"""What every store owes: the one on a real server, and the one in memory that tests use."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from paperlark.domain import (
    Announcement,
    AnnounceType,
    Author,
    Batch,
    BatchState,
    Card,
    Counts,
    Digest,
    Fate,
    Line,
    Listing,
    Paper,
    Profile,
    Provenance,
    Score,
    Scored,
    Unshown,
    Usage,
    Verdict,
    VerdictState,
)
from paperlark.errors import StoreError
from paperlark.store import RedisStore, keys
from paperlark.store.schema import ensure
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paperlark.ports import DigestStore, LabelStore, PaperStore

Store: TypeAlias = RedisStore | MemoryStore

DAY = date(2025, 9, 25)
NEXT = DAY + timedelta(days=1)


@pytest.fixture(params=["redis", "memory"])
def kept(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    return RedisStore(request.getfixturevalue("store"))


def paper(identifier: str, **fields: Any) -> Paper:
    whole: dict[str, Any] = {"version": 1, "title": f"T {identifier}", "abstract": "A"}
    people = (Author("Žofie D", ("X",)),)
    return Paper(identifier, authors=people, categories=("cs.LG",), **whole | fields)


def batch(ids: str = "", day: date = DAY, category: str = "cs.LG", **fields: Any) -> Batch:
    rows = tuple(Listing(each, 1, AnnounceType.NEW) for each in ids)
    return Batch(day, category, **{"state": BatchState.COMPLETE, "listings": rows} | fields)


def announcement(*batches: Batch) -> Announcement:
    ids = {row.paper for each in batches for row in each.listings}
    return Announcement(batches[0].date, batches, {each: paper(each) for each in ids})


def digest(day: date = DAY, shown: str = "", profile: str = "p", **fields: Any) -> Digest:
    cards = tuple(
        Card(rank, paper(each), AnnounceType.NEW, Score(90 - rank))
        for rank, each in enumerate(shown, start=1)
    )
    whole: dict[str, Any] = {
        "verdict": Verdict(VerdictState.COMPLETE),
        "counts": Counts(shown=len(cards)),
        "usage": Usage("local"),
        "line": Line(50, 50),
        "not_shown": (),
        "provenance": Provenance("prompt", "", "r1", "1.0"),
    }
    return Digest(date=day, profile=profile, cards=cards, **whole | fields)


def test_a_store_is_what_the_ports_ask_for(kept: Store):
    papers: PaperStore = kept
    digests: DigestStore = kept
    labels: LabelStore = kept
    assert (list(papers.recent()), digests.digest_dates("p"), labels.labels("p")) == ([], (), {})


def test_what_is_saved_is_found(kept: Store):
    whole = announcement(batch("ab"), batch("bc", category="cs.AI"))
    kept.save(whole)
    assert kept.batches(DAY, ["cs.AI", "math.OC", "cs.LG"]) == whole.batches[::-1]
    assert kept.papers(["c", "z", "a"]) == {"c": paper("c"), "a": paper("a")}
    assert list(kept.papers(["c", "z", "a"])) == ["c", "a"]


def test_nothing_asked_is_nothing_found(kept: Store):
    kept.save(Announcement(DAY, (), {}))
    kept.keep([])
    assert kept.batches(DAY, []) == ()
    assert kept.batches(DAY, ["cs.LG"]) == ()
    assert kept.papers([]) == {}
    assert kept.last_batch("cs.LG", DAY) is None


FAILED = batch(state=BatchState.FAILED, detail="503")
QUIET = batch(state=BatchState.QUIET, detail="Thanksgiving")
CUT = batch("abc", state=BatchState.TRUNCATED)
STALE = batch("xyz", state=BatchState.STALE)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (FAILED, QUIET),
        (FAILED, CUT),
        (STALE, batch("a")),
        (QUIET, CUT),
        (QUIET, batch("a")),
        (CUT, batch("a")),
        (batch("a"), batch("ab")),
        (batch("ab"), batch("ab", stated=2)),
    ],
)
def test_a_better_batch_stays_whichever_comes_first(kept: Store, worse: Batch, better: Batch):
    for order in ((worse, better), (better, worse)):
        for each in order:
            kept.save(announcement(each))
        assert kept.batches(DAY, ["cs.LG"]) == (better,)


def test_of_two_equally_good_batches_the_newest_stays(kept: Store):
    for each in (STALE, FAILED, batch(state=BatchState.BLOCKED)):
        kept.save(announcement(each))
        assert kept.batches(DAY, ["cs.LG"]) == (each,)


def test_a_paper_gives_way_only_to_one_that_says_as_much(kept: Store):
    feed, newer = paper("a", version=2), paper("a", version=3, title="Better")
    bare = paper("a", version=0, abstract="", title="From a listing page")
    for given_, stays in [(bare, bare), (feed, feed), (bare, feed), (newer, newer), (feed, newer)]:
        kept.save(Announcement(DAY, (batch("a"),), {"a": given_}))
        assert kept.papers(["a"]) == {"a": stays}


def test_the_last_batch_is_the_newest_with_papers_before_the_day(kept: Store):
    days = [DAY - timedelta(days=back) for back in (1, 3, 20, 30)]
    older = [
        batch("", days[0]),
        batch("a", days[1], state=BatchState.STALE),
        batch("b", days[2]),
        batch("c", days[3]),
    ]
    for each in [*older, batch("d"), batch("e", days[1], "cs.AI")]:
        kept.save(announcement(each))
    assert kept.last_batch("cs.LG", DAY) == older[2]
    assert kept.last_batch("cs.LG", days[2]) == older[3]
    assert kept.last_batch("cs.LG", days[3]) is None


def test_recent_papers_come_once_and_oldest_first(kept: Store):
    kept.save(announcement(batch("cb", NEXT), batch("da", NEXT, "math.OC")))
    kept.save(announcement(batch("ba", DAY), batch("xyz", DAY, "cs.AI", state=BatchState.STALE)))
    assert [each.id for each in kept.recent()] == ["b", "a", "c", "d"]


def test_example_papers_are_kept_beside_the_announced(kept: Store):
    kept.keep([paper("a", title="Example"), paper("e")])
    assert kept.papers("ae") == {"a": paper("a", title="Example"), "e": paper("e")}
    kept.save(announcement(batch("a")))
    assert kept.papers("a") == {"a": paper("a")}
    assert [each.id for each in kept.recent()] == ["a"]


def test_listings_of_a_paper_are_found_newest_first(kept: Store):
    kept.save(announcement(batch("ab"), batch("b", category="cs.AI")))
    kept.save(announcement(batch("b", NEXT)))
    row = Listing("b", 1, AnnounceType.NEW)
    found = kept.listed("b")
    assert found[0] == (NEXT, "cs.LG", row)
    assert set(found[1:]) == {(DAY, "cs.LG", row), (DAY, "cs.AI", row)}
    assert kept.listed("b", NEXT) == found[:1]
    assert kept.listed("z") == ()


def test_profiles_are_kept_by_name(kept: Store):
    one = Profile("b", ("cs.LG",), source="+++", revision="r1")
    two = Profile("a", ("cs.AI",))
    kept.save_profile(one)
    kept.save_profile(two)
    assert kept.profiles() == (two, one)
    kept.save_profile(replace(one, revision="r2"))
    assert kept.profile("b") == replace(one, revision="r2")
    assert (kept.remove_profile("b"), kept.remove_profile("b")) == (True, False)
    assert (kept.profile("b"), kept.profiles()) == (None, (two,))


def test_a_profile_that_is_removed_leaves_no_grades_to_the_next_of_its_name(kept: Store):
    kept.save_profile(Profile("b", ("cs.LG",)))
    for name in ("b", "b:second look", "c"):
        kept.save_grades(name, "r1", DAY, "m", {"2611.90001": (8, 7, 1.0)})
    assert kept.remove_profile("b")
    assert [bool(kept.grades(name)) for name in ("b", "b:second look", "c")] == [False, False, True]


def test_scores_never_mix_between_revisions_days_and_scorers(kept: Store):
    places = [
        ("p", "r1", DAY, "local"),
        ("p", "r2", DAY, "local"),
        ("p", "r1", NEXT, "local"),
        ("p", "r1", DAY, "llm"),
        ("p:r1", "x", DAY, "local"),
        ("p", "r1:x", DAY, "local"),
    ]
    for number, place in enumerate(places):
        scored = Scored({"a": Score(number)}, {"b": "why"}, Usage("local"))
        kept.save_scores(*place, scored)
    values = [found and found.scores["a"].value for found in (kept.scores(*at) for at in places)]
    assert values == list(range(len(places)))
    assert kept.scores("q", "r1", DAY, "local") is None


def test_a_digest_is_kept_by_profile_and_date(kept: Store):
    one, two = digest(NEXT, "ab"), digest(DAY, "c", notes=("Note.",))
    kept.save_digest(one)
    kept.save_digest(two)
    kept.save_digest(digest(DAY, "d", profile="q"))
    assert kept.digest("p", DAY) == two
    assert kept.digest("p", DAY - timedelta(days=1)) is None
    assert kept.digest_dates("p") == (DAY, NEXT)
    assert kept.shown_before("p", DAY) == set()
    assert kept.shown_before("p", NEXT) == {"c"}
    assert kept.shown_before("p", NEXT + timedelta(days=1)) == {"a", "b", "c"}


def test_a_digest_made_again_takes_back_what_it_showed(kept: Store):
    later = NEXT + timedelta(days=1)
    kept.save_digest(digest(DAY, "abc"))
    kept.save_digest(digest(NEXT, "cd"))
    kept.save_digest(digest(DAY, "a"))
    assert kept.shown_before("p", NEXT) == {"a"}
    assert kept.shown_before("p", later) == {"a", "c", "d"}
    assert kept.shown_on("p", "c") == (NEXT,)
    assert kept.shown_on("p", "b") == ()


MADE = st.lists(st.tuples(st.integers(0, 3), st.sets(st.sampled_from("abcd"))), max_size=8)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=MADE)
def test_any_order_of_digests_leaves_what_the_last_ones_show(store: redis.Redis, made: Any):
    store.flushall()
    real, model = RedisStore(store), MemoryStore()
    for offset, ids in made:
        one = digest(DAY + timedelta(days=offset), "".join(sorted(ids)))
        real.save_digest(one)
        model.save_digest(one)
    days = [DAY + timedelta(days=offset) for offset in range(5)]
    assert [real.shown_before("p", day) for day in days] == [
        model.shown_before("p", day) for day in days
    ]
    assert real.digest_dates("p") == model.digest_dates("p")


def test_a_trace_tells_of_a_shown_paper(kept: Store):
    kept.save(announcement(batch("a"), batch("a", category="cs.AI")))
    kept.save_digest(digest(DAY, "a"))
    kept.save_digest(digest(NEXT, "b"))
    found = kept.trace("p", "a")
    assert (found.id, found.paper, found.fate, found.score) == (
        "a",
        paper("a"),
        Fate.SHOWN,
        Score(89),
    )
    assert {category for category, _ in found.listings} == {"cs.LG", "cs.AI"}
    assert found.notes == ()
    other = kept.trace("p", "a", NEXT)
    assert (other.fate, other.listings) == (None, ())
    assert len(other.notes) == 3
    assert "Listed in cs.LG as new for 2025-09-25." in other.notes
    assert "Shown on the digest of 2025-09-25." in other.notes


def test_a_trace_tells_of_papers_that_are_no_cards(kept: Store):
    below = Unshown("a", "T", (), Fate.BELOW, score=41.0)
    filtered = Unshown("b", "T", (), Fate.FILTERED, rule="excluded by “x”")
    undecided = Unshown("c", "T", (), Fate.UNDECIDED, reason="cut off")
    kept.save(announcement(batch("abc")))
    kept.save_digest(digest(DAY, not_shown=(below, filtered, undecided)))
    assert kept.trace("p", "a").score == Score(41.0)
    whole = Score(41.0, relevance=6, novelty=3, comment="Near.")
    kept.save_scores("p", "r1", DAY, "local", Scored({"a": whole}, {}, Usage("local")))
    traces = [kept.trace("p", each, DAY) for each in "abcz"]
    assert [each.fate for each in traces] == [Fate.BELOW, Fate.FILTERED, Fate.UNDECIDED, None]
    assert [each.score for each in traces] == [whole, None, None, None]
    assert [each.rule for each in traces] == [None, "excluded by “x”", None, None]
    assert [each.reason for each in traces] == ["", "", "cut off", ""]


def test_a_trace_of_a_forgotten_paper_comes_from_the_digest(kept: Store):
    kept.save_digest(digest(DAY, "a"))
    assert kept.trace("p", "a").paper == paper("a")
    assert kept.trace("p", "z").paper is None


# What only the real server can show.


def left(store: redis.Redis, key: str) -> int:
    """Seconds until a key ends."""
    return int(store.ttl(key))


def test_everything_of_an_announcement_ends_together(store: redis.Redis):
    kept = RedisStore(store)
    kept.save(announcement(batch("ab")))
    kept.keep([paper("a")])
    paper_left = left(store, keys.paper("a"))
    batch_left = left(store, keys.batch(DAY, "cs.LG"))
    indexed = (store.zscore(keys.DAYS, "2025-09-25:cs.LG") or 0) - store.time()[0]
    assert keys.BATCH_S >= batch_left > keys.BATCH_S - keys.DAY_S
    assert keys.BATCH_S >= indexed > keys.BATCH_S - keys.DAY_S
    assert paper_left > batch_left
    assert store.ttl(keys.KEPT) == -1


def test_the_index_of_days_forgets_what_has_ended(store: redis.Redis):
    store.zadd(keys.DAYS, {keys.day_member(DAY, "cs.AI"): 1.0})
    kept = RedisStore(store)
    assert kept.listed("a") == ()
    kept.save(announcement(batch("a")))
    assert store.zrange(keys.DAYS, 0, -1) == [b"2025-09-25:cs.LG"]


def test_a_worse_batch_does_not_prolong_the_better(store: redis.Redis):
    kept = RedisStore(store)
    kept.save(announcement(batch("a")))
    store.expire(keys.batch(DAY, "cs.LG"), 100)
    kept.save(announcement(FAILED))
    assert left(store, keys.batch(DAY, "cs.LG")) <= 100


def test_scores_end_and_digests_go_by_date(store: redis.Redis):
    kept = RedisStore(store)
    kept.save_scores("p", "r", DAY, "local", Scored({}, {}, Usage("local")))
    assert left(store, keys.scores("p", "r", DAY, "local")) > keys.SCORES_S - keys.DAY_S
    old = DAY - keys.DIGESTS_KEPT
    for day in (old - timedelta(days=1), old, DAY):
        kept.save_digest(digest(day, "a"))
    assert kept.digest_dates("p") == (old, DAY)
    assert kept.shown_on("p", "a") == (old, DAY)


def test_many_papers_are_read_in_chunks(store: redis.Redis):
    kept = RedisStore(store)
    ids = [f"2509.{number:05}" for number in range(1201)]
    rows = tuple(Listing(each, 1, AnnounceType.NEW) for each in ids)
    papers = {each: paper(each) for each in ids}
    kept.save(Announcement(DAY, (batch(listings=rows),), papers))
    assert [each.id for each in kept.recent()] == ids
    assert list(kept.papers(ids)) == ids


def test_two_fetchers_at_once_leave_the_better_batch(store_url: str, store: redis.Redis):
    sizes = range(1, 16)

    def fetch(size: int) -> None:
        with redis.from_url(store_url) as client:
            RedisStore(client).save(announcement(batch("abcdefghijklmnop"[:size])))

    threads = [threading.Thread(target=fetch, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (found,) = RedisStore(store).batches(DAY, ["cs.LG"])
    assert len(found.listings) == max(sizes)


@pytest.fixture
def full(store: redis.Redis) -> Iterator[redis.Redis]:
    """A server that takes no more data, as one out of memory does."""
    RedisStore(store).save(announcement(batch("a")))
    store.config_set("maxmemory", "1")
    yield store
    store.config_set("maxmemory", "0")


WRITES: list[Callable[[RedisStore], object]] = [
    lambda kept: kept.save(announcement(batch("abc"), batch("d", NEXT))),
    lambda kept: kept.save_digest(digest(DAY, "a")),
    lambda kept: kept.save_profile(Profile("p", ())),
    lambda kept: kept.keep([paper("a")]),
    lambda kept: kept.save_scores("p", "r", DAY, "x", Scored({}, {}, Usage("x"))),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_store_that_refuses_writes_leaves_nothing_half_done(
    full: redis.Redis, write: Callable[[RedisStore], object]
):
    before = {key: full.dump(key) for key in full.scan_iter()}
    kept = RedisStore(full)
    kept._checked = True
    with pytest.raises(StoreError, match="memory"):
        write(kept)
    assert {key: full.dump(key) for key in full.scan_iter()} == before
    assert kept.batches(DAY, ["cs.LG"]) == (batch("a"),)


def test_a_store_that_is_away_is_one_sentence():
    client = redis.Redis(unix_socket_path="/nowhere/at/all", retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreError, match=r"REDIS_URL\.$"):
        RedisStore(client).digest_dates("p")


def test_a_damaged_document_is_as_good_as_none_and_is_written_anew(store: redis.Redis):
    kept = RedisStore(store)
    whole = announcement(batch("a"))
    kept.save(whole)
    kept.save_digest(digest(shown="a"))
    for key in (keys.paper("a"), keys.batch(DAY, "cs.LG")):
        store.set(key, b"{")
    store.hset(keys.digests("p"), DAY.isoformat(), b"{")
    assert (kept.papers(["a"]), kept.batches(DAY, ["cs.LG"])) == ({}, ())
    assert kept.digest("p", DAY) is None
    kept.save(whole)
    assert kept.papers(["a"]) == whole.papers
    assert kept.batches(DAY, ["cs.LG"]) == whole.batches


def test_a_damaged_profile_is_one_sentence(store: redis.Redis):
    kept = RedisStore(store)
    kept.save_profile(Profile("p", ("cs.LG",)))
    store.hset(keys.PROFILES, "p", b"{")
    with pytest.raises(StoreError, match="A stored profile cannot be read"):
        kept.profile("p")


def test_an_empty_store_starts_at_this_schema(store: redis.Redis):
    kept = RedisStore(store)
    assert kept.digest_dates("p") == ()
    assert store.get(keys.SCHEMA) == b"1"


def test_a_newer_store_is_refused_before_anything_is_written(store: redis.Redis):
    store.set(keys.SCHEMA, 2)
    with pytest.raises(StoreError, match=r"newer paperlark \(schema 2, this one knows 1\)"):
        RedisStore(store).save(announcement(batch("a")))
    assert store.keys() == [keys.SCHEMA.encode()]


def test_a_strangers_key_is_named(store: redis.Redis):
    store.set(keys.SCHEMA, "blue")
    with pytest.raises(StoreError, match="ad:schema holds b'blue'"):
        RedisStore(store).profiles()


def test_an_older_store_is_moved_step_by_step_once(store: redis.Redis):
    moved: list[int] = []
    store.set(keys.SCHEMA, 1)
    steps = {1: lambda _: moved.append(1), 2: lambda _: moved.append(2)}
    for _ in range(2):
        ensure(store, schema=3, steps=steps)
    assert (moved, store.get(keys.SCHEMA)) == ([1, 2], b"3")
    assert store.get(keys.SCHEMA_LOCK) is None


def test_a_store_too_old_to_move_says_so(store: redis.Redis):
    store.set(keys.SCHEMA, 1)
    with pytest.raises(StoreError, match="No way leads from a store of schema 1 to 2"):
        ensure(store, schema=2, steps={})


def test_a_file_replaces_a_file_but_never_what_arxiv_said(kept: Store):
    own, file, other = batch("ab"), batch("xyz", source="file"), batch("w", source="file")
    kept.save(announcement(file))
    kept.save(announcement(other))
    assert kept.batches(DAY, ["cs.LG"]) == (file,)
    kept.save(announcement(other), given=True)
    assert kept.batches(DAY, ["cs.LG"]) == (other,)
    kept.save(announcement(own))
    kept.save(announcement(file), given=True)
    assert kept.batches(DAY, ["cs.LG"]) == (own,)


def test_the_profiles_with_digests_are_known(kept: Store):
    assert kept.digest_profiles() == ()
    kept.save_digest(digest(profile="b.2"))
    kept.save_digest(digest(profile="a"))
    kept.save_digest(digest(NEXT, profile="a"))
    assert kept.digest_profiles() == ("a", "b.2")
