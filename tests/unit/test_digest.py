"""The digest's fates add up, and its verdict says what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark import digest as digests
from paperlark import verdict as verdicts
from paperlark.domain import (
    AnnounceType,
    Author,
    Batch,
    BatchState,
    Digest,
    Fate,
    Line,
    Listing,
    Paper,
    Profile,
    Provenance,
    Score,
    Scored,
    Term,
    Usage,
    VerdictState,
)
from paperlark.feedback import Steering, Taste

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no finding."""

DAY = date(2025, 9, 25)
USAGE = Usage("local")
IDS = "abcdefgh"
PAPERS = {
    each: Paper(each, 1, f"Title {each}", "Text", (Author(f"Author {each}"),), ("cs.LG",))
    for each in IDS
}
PAPERS["f"] = replace(PAPERS["f"], title="Federated things")


def rows(ids: str, kind: AnnounceType = AnnounceType.NEW) -> tuple[Listing, ...]:
    return tuple(Listing(each, 1, kind) for each in ids)


def batch(category: str = "cs.LG", ids: str = "", **fields: Any) -> Batch:
    return Batch(DAY, category, **{"state": BatchState.COMPLETE, "listings": rows(ids)} | fields)


def profile(*categories: str, **fields: Any) -> Profile:
    chosen = categories or ("cs.LG",)
    return Profile("p", chosen, exclusions=(Term("federated", None),), **fields)


def scored(
    values: dict[str, float], undecided: dict[str, str] | None = None, **more: Any
) -> Scored:
    scores = {each: Score(value) for each, value in values.items()}
    whole: dict[str, Any] = {"usage": USAGE, "provenance": "prompt"} | more
    return Scored(scores, undecided or {}, **whole)


def assemble(
    batches: list[Batch], answer: Scored, wanted: Profile | None = None, **more: Any
) -> Digest:
    return digests.assemble(
        wanted or profile(), DAY, batches, PAPERS, answer, **{"version": "1.0"} | more
    )


def test_the_four_fates_in_their_order():
    answer = scored({"a": 60, "b": 90, "c": 70, "d": 10, "e": 20}, {"g": "the model gave no JSON"})
    made = assemble([batch(ids="abcdefg")], answer, profile(cap=2))
    assert [(card.rank, card.paper.id, card.score.value) for card in made.cards] == [
        (1, "b", 90),
        (2, "c", 70),
    ]
    assert [(each.id, each.fate, each.score) for each in made.not_shown] == [
        ("a", Fate.BELOW, 60),
        ("e", Fate.BELOW, 20),
        ("d", Fate.BELOW, 10),
        ("f", Fate.FILTERED, None),
        ("g", Fate.UNDECIDED, None),
    ]
    assert made.not_shown[0].reason == "over the cap"
    assert made.not_shown[3].rule == "excluded by “federated”"
    assert made.not_shown[4].reason == "the model gave no JSON"
    assert made.notes == ("1 could not be scored and may belong above the line.",)


def test_what_it_was_made_with_is_kept():
    wanted = profile(source="+++", revision="r1")
    at = datetime(2025, 9, 25, 6, tzinfo=UTC)
    made = assemble([batch(ids="a")], scored({"a": 60}, notes=("Note.",)), wanted, made_at=at)
    assert made.provenance == Provenance("prompt", "+++", "r1", "1.0")
    assert (made.date, made.profile, made.categories) == (DAY, "p", ("cs.LG",))
    assert (made.made_at, made.usage, made.notes) == (at, USAGE, ("Note.",))
    assert made.line == Line(50.0, 50.0)


def test_a_followed_author_is_named_on_the_card():
    made = assemble([batch(ids="a")], scored({"a": 60}), profile(authors=("Author a",)))
    assert made.cards[0].followed == ("Author a",)


def test_a_line_may_be_given():
    how = Steering(Line(61.0, 50.0, 9, "Up."))
    made = assemble([batch(ids="a")], scored({"a": 60}), steering=how)
    assert (made.counts.shown, made.line.said) == (0, "Up.")


def test_a_wild_card_is_the_last_card_and_marked():
    answer = scored({"a": 90, "b": 40, "c": 30})
    made = assemble([batch(ids="abc")], answer, steering=Steering(Line(60.0, 60.0), wild=True))
    assert [(card.rank, card.wild) for card in made.cards] == [(1, False), (2, True)]
    assert made.cards[0].paper.id == "a"
    assert (made.counts.shown, made.counts.below) == (2, 1)


def test_taste_moves_papers_and_not_the_line():
    answer = scored({"a": 90, "b": 80, "c": 30})
    how = Steering(Line(60.0, 60.0), Taste(words=3.0), words={"c": 1.0})
    made = assemble([batch(ids="abc")], answer, steering=how)
    assert [(card.paper.id, card.score.value) for card in made.cards] == [("a", 90), ("c", 80)]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (scored({"a": 60}), "the scorer gave no answer"),
        (scored({"a": 60, "b": float("nan")}), "its score is not a number"),
        (scored({"a": 60}, {"b": "cut off"}), "cut off"),
    ],
)
def test_a_paper_without_a_score_is_undecided_with_its_reason(answer: Scored, reason: str):
    made = assemble([batch(ids="ab")], answer)
    assert [(each.fate, each.reason) for each in made.not_shown] == [(Fate.UNDECIDED, reason)]


def test_a_listing_without_its_paper_is_undecided():
    made = assemble([batch(ids="ax")], scored({"a": 60, "x": 99}))
    assert made.not_shown[0].id == "x"
    assert made.not_shown[0].reason == "its title and abstract are missing"


def test_nothing_scored_is_a_failure_and_not_an_empty_day():
    made = assemble([batch(ids="abf")], scored({}, {"a": "no key.", "b": "no key."}))
    assert made.verdict.state is VerdictState.FAILED
    assert made.verdict.detail == "none of the 2 papers could be scored: no key"
    assert made.counts.undecided == 2
    assert made.notes == ()


def test_nothing_to_score_is_no_failure():
    made = assemble([batch(ids="f")], scored({}))
    assert made.verdict.state is VerdictState.COMPLETE
    assert made.counts.filtered == made.counts.scanned == 1


def test_nothing_over_the_line_is_complete():
    assert assemble([batch(ids="a")], scored({"a": 1})).verdict.state is VerdictState.COMPLETE


STATE = st.sampled_from(BatchState)
BATCHES = st.lists(
    st.builds(
        Batch,
        date=st.just(DAY),
        category=st.sampled_from(["cs.LG", "cs.AI", "math.OC"]),
        state=STATE,
        listings=st.lists(
            st.builds(
                Listing, st.sampled_from(IDS + "xy"), st.just(1), st.sampled_from(AnnounceType)
            ),
            max_size=6,
        ).map(tuple),
        stated=st.none() | st.integers(0, 9),
        detail=st.sampled_from(["", "a clause."]),
    ),
    max_size=4,
)
SCORED = st.builds(
    Scored,
    st.dictionaries(st.sampled_from(IDS + "xyz"), st.builds(Score, st.floats(allow_nan=True))),
    st.dictionaries(st.sampled_from(IDS + "xyz"), st.text(max_size=3)),
    st.just(USAGE),
)


@CALM
@given(
    batches=BATCHES,
    answer=SCORED,
    shown=st.sets(st.sampled_from(IDS)),
    cap=st.integers(0, 5),
    how=st.builds(
        Steering,
        st.floats(0, 100).map(lambda line: Line(line, line)),
        least=st.integers(0, 4),
        wild=st.booleans(),
    ),
)
def test_the_fates_are_a_partition_of_what_was_scanned(
    batches: list[Batch], answer: Scored, shown: set[str], cap: int, how: Steering
):
    wanted = profile("cs.LG", "cs.AI", cap=cap, authors=("Author f",))
    made = assemble(batches, answer, wanted, shown_before=shown, steering=how)
    counts = made.counts
    cards, rest = [card.paper.id for card in made.cards], [each.id for each in made.not_shown]
    assert len({*cards, *rest}) == len(cards) + len(rest) == counts.scanned
    assert counts.shown + counts.below + counts.filtered + counts.undecided == counts.scanned
    assert counts.shown == len(cards) <= cap
    by_fate = [counts.below, counts.filtered, counts.undecided]
    order = [Fate.BELOW, Fate.FILTERED, Fate.UNDECIDED]
    fates = [fate for fate, count in zip(order, by_fate, strict=True) for _ in range(count)]
    assert [each.fate for each in made.not_shown] == fates
    assert not shown & {*cards, *rest}
    assert counts.announced >= counts.listings >= counts.scanned + counts.repeats
    assert [card.rank for card in made.cards] == list(range(1, len(cards) + 1))
    again = assemble(batches, answer, wanted, shown_before=shown, steering=how)
    assert repr(again) == repr(made)  # a score that is no number differs from itself


def fingerprint(**changes: Any) -> str:
    whole: dict[str, Any] = {
        "profile": profile(revision="r1"),
        "batches": [batch(ids="ab"), batch("cs.AI", "c")],
        "shown_before": {"a"},
        "usage": Usage("llm", "m"),
        "steering": Steering(Line(50, 50)),
    }
    return digests.inputs(**whole | changes)


@pytest.mark.parametrize(
    "change",
    [
        {"profile": profile(revision="r2")},
        {"batches": [batch(ids="abc")]},
        {"batches": [batch(ids="ab", state=BatchState.TRUNCATED)]},
        {"batches": [batch(ids="ab", stated=2)]},
        {"batches": [batch(ids="ab", fingerprint="x")]},
        {"batches": []},
        {"shown_before": {"a", "b"}},
        {"usage": Usage("local")},
        {"usage": Usage("llm", "n")},
        {"steering": Steering(Line(50.5, 50))},
        {"steering": Steering(Line(50, 50), Taste(novelty=0.1))},
        {"steering": Steering(Line(50, 50), wild=True)},
    ],
)
def test_another_input_is_another_fingerprint(change: dict[str, Any]):
    assert fingerprint(**change) != fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"batches": [batch("cs.AI", "dd"), batch(ids="ba")]},
        {"shown_before": {"a", "z", "c"}},
        {"usage": Usage("llm", "m", calls=9, cost_usd=0.1)},
    ],
)
def test_what_does_not_matter_leaves_the_fingerprint(change: dict[str, Any]):
    assert fingerprint(**change) == fingerprint()


GONE = {"state": BatchState.FAILED}
REMEDY = "Check the network, or read saved files with --feed"
VERDICTS = [
    ([batch("A", "ab", stated=2), batch("B", "c", stated=1)], "complete", "A 2/2, B 1/1"),
    ([batch("A", "ab"), batch("B", state=BatchState.QUIET)], "complete", "A 2, B 0"),
    ([batch("A", "ab", listings=rows("ab") * 800), batch("B")], "complete", "A 1,600, B 0"),
    (
        [batch(c, state=BatchState.QUIET, detail="Thanksgiving") for c in "AB"],
        "quiet",
        "Thanksgiving",
    ),
    (
        [
            batch("A", state=BatchState.STALE, detail="the feed still holds Thursday's papers"),
            batch("B", state=BatchState.QUIET),
        ],
        "stale",
        "the feed still holds Thursday's papers",
    ),
    ([batch("A", "ab")], "partial", "B is missing (A complete)"),
    ([batch("A", **GONE), batch("B", "c")], "partial", "A is missing (B complete)"),
    (
        [batch("A", "ab", state=BatchState.TRUNCATED, stated=9), batch("B", **GONE)],
        "partial",
        "B is missing, A is cut off at 2/9",
    ),
    (
        [batch(c, detail="arXiv has not answered since 05:10 (503).", **GONE) for c in "AB"],
        "failed",
        "arXiv has not answered since 05:10 (503)",
    ),
    (
        [batch("A", state=BatchState.STALE), batch("B", state=BatchState.BLOCKED)],
        "failed",
        "A: the feed still holds an earlier day's papers; B: arXiv refused to answer",
    ),
    (
        [batch("A", state=BatchState.QUIET), batch("B", state=BatchState.THROTTLED)],
        "failed",
        "arXiv asked to be left alone for a while",
    ),
    (
        [batch(c, detail="arXiv cannot be reached: no such host as x", **GONE) for c in "AB"],
        "failed",
        "arXiv cannot be reached: no such host as x. " + REMEDY,
    ),
    (
        [
            batch("A", detail="arXiv cannot be reached: no such host as x", **GONE),
            batch("B", detail="no file is about B", **GONE),
        ],
        "failed",
        "A: arXiv cannot be reached: no such host as x; no file is about B. " + REMEDY,
    ),
    (
        [batch(c, detail=f"no file is about {c}", **GONE) for c in "AB"],
        "failed",
        "no file is about A or B",
    ),
    (
        [batch("A", "a"), batch("B", detail="no file is about B", **GONE)],
        "partial",
        "B is missing (A complete)",
    ),
    ([], "failed", "nothing was fetched"),
    ([replace(batch("A", "ab"), date=date(2025, 9, 24))], "failed", "nothing was fetched"),
]


@pytest.mark.parametrize(("batches", "state", "detail"), VERDICTS)
def test_the_verdict(batches: list[Batch], state: str, detail: str):
    found = verdicts.verdict(DAY, batches, profile("A", "B"))
    assert (found.state, found.detail) == (state, detail)


def test_several_missing_categories_are_listed():
    found = verdicts.verdict(DAY, [batch("B"), batch("D")], profile("A", "B", "C", "D", "E"))
    assert found.detail == "A, C and E are missing (B and D complete)"


def test_a_cross_check_counts_what_the_listing_page_counts():
    whole = batch("A", listings=rows("ab") + rows("c", AnnounceType.REPLACE), stated=2)
    for types in [(AnnounceType.NEW,), tuple(AnnounceType)]:
        found = verdicts.verdict(DAY, [whole], profile("A", announce_types=types))
        assert found.detail == "A 2/2"


def test_no_category_at_all_is_a_failure():
    found = verdicts.verdict(DAY, [batch()], replace(profile(), categories=()))
    assert found.state is VerdictState.FAILED


def test_a_partial_day_says_what_kept_each_category():
    batches = [batch("A", "a"), batch("B", detail="503 since 05:10", **GONE)]
    made = assemble(batches, scored({"a": 60}), profile("A", "B", "C"))
    assert made.notes == ("B: 503 since 05:10.", "C: was never fetched.")
    batches[1] = replace(batches[1], detail="no file is about B")
    assert verdicts.notes(DAY, batches, profile("A", "B")) == ("No file is about B.",)
