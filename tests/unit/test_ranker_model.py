"""The ranker's properties, on made-up papers about a few made-up subjects."""

from __future__ import annotations

import random
from math import isclose
from statistics import fmean
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.domain import Label, Term
from worker.ranker import Ranker, Tokens, Tuning
from worker.ranker.calibration import Scale, calibrated

if TYPE_CHECKING:
    from collections.abc import Sequence

SUBJECTS = {
    "larks": "song dawn feather syntax nest warble migration plumage",
    "glass": "silica anneal lens melt fracture optical furnace blow",
    "tides": "moon estuary current salt harbour wave shore surge",
}
COMMON = "study measure data result estimate sample observe compare large small"
Rows = list[tuple[str, str, str]]


def made(seed: int, count: int) -> Rows:
    """Papers as (id, title, abstract); the id names the subject."""
    chance = random.Random(seed)  # noqa: S311  (papers to make again)
    rows = []
    for number in range(count):
        subject = chance.choice(sorted(SUBJECTS))
        own, common = SUBJECTS[subject].split(), COMMON.split()
        title = " ".join(chance.choices(own + common[:3], k=4))
        abstract = " ".join(chance.choices(own * 2 + common, k=25))
        rows.append((f"{subject}-{number:03}", title, abstract))
    return rows


def ranker(rows: Rows, labels: dict[str, Label], exclusion: float | None = 1.0) -> Ranker:
    made_one = Ranker(
        "the song of birds at dawn, feather and nest",
        "fracture of glass",
        [Term("warble"), Term("dawn song", 1.5)],
        [Term("estuary", exclusion), Term("salt current", 0.5)],
    )
    for row in rows:
        made_one.see(*row)
    made_one.fit(labels)
    return made_one


def order(rows: Rows, scores: dict[str, float]) -> list[str]:
    return sorted((row[0] for row in rows), key=lambda key: -scores[key])


def keys(rows: Rows) -> list[str]:
    return [row[0] for row in rows]


seeds = st.integers(0, 10_000)
few = settings(max_examples=25, deadline=None)


def test_without_a_label_the_subject_of_the_profile_comes_first() -> None:
    rows = made(1, 60)
    best = order(rows, ranker(rows, {}).score(keys(rows)))[:12]
    assert {key.split("-")[0] for key in best} == {"larks"}


def test_words_count_that_the_profile_never_wrote() -> None:
    rows = [
        *made(2, 60),
        ("new", "plumage migration", "plumage and migration"),
        ("off", "lens", ""),
    ]
    scores = ranker(rows, {}).score(["new", "off"])
    assert scores["new"] > scores["off"]


@few
@given(seeds, st.integers(3, 40), st.data())
def test_a_like_never_lowers_its_papers_score(seed: int, count: int, data: st.DataObject) -> None:
    rows = made(seed, count)
    liked = data.draw(st.lists(st.sampled_from(keys(rows)), unique=True, max_size=20))
    disliked = data.draw(st.lists(st.sampled_from(keys(rows)), unique=True, max_size=5))
    paper = data.draw(st.sampled_from(keys(rows)))
    labels = dict.fromkeys(disliked, Label(0.0)) | dict.fromkeys(liked, Label(1.0))
    labels.pop(paper, None)
    before = ranker(rows, labels).score([paper])[paper]
    after = ranker(rows, labels | {paper: Label(1.0)}).score([paper])[paper]
    assert after >= before - 1e-9


@few
@given(seeds, st.integers(2, 40), st.data())
def test_a_dislike_never_raises_its_papers_score(
    seed: int, count: int, data: st.DataObject
) -> None:
    rows = made(seed, count)
    paper = data.draw(st.sampled_from(keys(rows)))
    before = ranker(rows, {}).score([paper])[paper]
    after = ranker(rows, {paper: Label(0.0)}).score([paper])[paper]
    assert after <= before + 1e-9


@few
@given(seeds, st.floats(0.1, 3), st.floats(0.1, 3))
def test_a_heavier_exclusion_never_favours_the_paper_that_names_it(
    seed: int, first: float, second: float
) -> None:
    """Two papers alike but for the excluded word: the heavier it is, the wider the gap."""
    rows = [*made(seed, 30), ("with", "dawn", "song estuary"), ("without", "dawn", "song")]

    def grade(weight: float) -> float:
        one = ranker(rows, {}, weight)
        parts = one.explain("with", 3)
        share: float = sum(r.share for r in parts.against if r.text == "estuary" and r.phrase)
        prior = one.score(["without"])["without"] - one.score(["with"])["with"]
        assert share < 0
        assert prior > 0
        return one.phrases[2].weight

    light, heavy = sorted((first, second))
    assert grade(heavy) <= grade(light) < 0


def test_an_exclusion_that_is_a_rule_weighs_one() -> None:
    rows = made(3, 30)
    assert ranker(rows, {}, None).score(keys(rows)) == ranker(rows, {}, 1.0).score(keys(rows))


@few
@given(seeds, st.randoms(use_true_random=False), st.integers(0, 20))
def test_the_order_of_papers_and_labels_changes_nothing(
    seed: int, chance: random.Random, liked: int
) -> None:
    rows = made(seed, 50)
    labels = {key: Label(float(number < liked)) for number, key in enumerate(keys(rows)[:30])}
    mixed, turned = list(rows), list(labels.items())
    chance.shuffle(mixed)
    chance.shuffle(turned)
    tuning = Tuning(enough=5)
    scores = [
        _fitted(each, dict(known), tuning)
        for each, known in ((rows, list(labels.items())), (mixed, turned))
    ]
    assert scores[0] == scores[1]


def _fitted(rows: Rows, labels: dict[str, Label], tuning: Tuning) -> tuple[dict[str, float], Scale]:
    one = Ranker("dawn song", "", [Term("nest")], [Term("furnace")], tuning)
    for row in rows:
        one.see(*row)
    one.fit(labels)
    return {key: one.score([key])[key] for key in sorted(keys(rows))}, one.scale


@few
@given(seeds, st.booleans(), st.integers(0, 8))
def test_the_reasons_add_up_to_the_score(seed: int, trained: bool, n: int) -> None:  # noqa: FBT001  (drawn)
    rows = made(seed, 40)
    labels = {key: Label(float(key.startswith("larks"))) for key in keys(rows)[:30]}
    one = _explained(rows, labels if trained else {})
    for key in keys(rows)[:5]:
        found = one.explain(key, n)
        assert isclose(found.total, one.score([key])[key], abs_tol=1e-9)
        assert all(reason.share >= 0 for reason in found.favour)
        assert all(reason.share < 0 for reason in found.against)
        assert sum(reason.phrase is None for reason in found.favour) <= n


def _explained(rows: Rows, labels: dict[str, Label]) -> Ranker:
    one = Ranker("dawn song", "", [Term("nest")], [Term("furnace")], Tuning(enough=3))
    for row in rows:
        one.see(*row)
    one.fit(labels)
    return one


def test_reasons_are_full_words_and_phrases_as_written() -> None:
    rows = [*made(4, 40), ("x", "Feathers of the Lark", "Nesting and WARBLES, feathers, Hessian")]
    one = Ranker("feathers", "", [Term("nested WARBLE")], [])
    for row in rows:
        one.see(*row)
    one.fit({})
    found = one.explain("x", 10)
    texts = {reason.text for reason in (*found.favour, *found.against)}
    assert "nested WARBLE" in texts
    assert "feathers" in texts
    assert not texts & {"feather", "warbl", "nest"}


@given(st.floats(-50, 50), st.floats(-50, 50), st.lists(st.tuples(st.floats(-4, 4), st.booleans())))
def test_percent_rises_with_the_score(
    first: float, second: float, rows: list[tuple[float, bool]]
) -> None:
    scale = calibrated([(score, Label(float(liked))) for score, liked in rows])
    low, high = sorted((first, second))
    assert 0 <= scale.percent(low) <= scale.percent(high) <= 100


def test_calibration_learns_how_often_a_score_is_liked() -> None:
    chance = random.Random(5)  # noqa: S311  (labels to make again)
    rows = []
    for _ in range(2000):
        score = chance.gauss(0, 1)
        rows.append((score, Label(float(chance.random() < Scale(2.0, -1.0).percent(score) / 100))))
    found = calibrated(rows)
    assert found.steepness == pytest.approx(2.0, abs=0.3)
    assert found.level == pytest.approx(-1.0, abs=0.3)


def test_labels_of_both_kinds_train_it_and_soft_labels_count_on_both_sides() -> None:
    rows = made(6, 90)
    labels = {
        key: Label(1.0 if key.startswith("tides") else 0.1, 0.5 if number % 2 else 1.0)
        for number, key in enumerate(keys(rows)[:70])
    }
    one = _explained(rows, labels)
    assert one.trained
    fresh = one.score(keys(rows[70:]))
    means = {
        subject: fmean(score for key, score in fresh.items() if key.startswith(subject))
        for subject in SUBJECTS
    }
    assert means["tides"] > max(means["larks"], means["glass"])


def test_examples_alone_rank_where_the_profile_is_empty() -> None:
    rows = made(7, 60)
    one = Ranker("", "", [], [])
    for row in rows:
        one.see(*row)
    one.fit({key: Label(1.0) for key in keys(rows) if key.startswith("glass")})
    assert not one.informed
    assert order(rows, one.score(keys(rows)))[0].startswith("glass")


def test_kept_tokens_score_the_same() -> None:
    rows = made(8, 30)
    plain, kept = Ranker("dawn", "", [], []), Ranker("dawn", "", [], [])
    for key, title, abstract in rows:
        plain.see(key, title, abstract)
        kept.see(key, title, abstract, Tokens.unpack(Tokens.of(title, abstract).pack()))
    plain.fit({})
    kept.fit({})
    assert plain.score(keys(rows)) == kept.score(keys(rows))


@few
@given(seeds, st.data())
def test_a_dropped_paper_leaves_no_trace(seed: int, data: st.DataObject) -> None:
    rows = made(seed, 20)
    gone = data.draw(st.sampled_from(rows))
    rest = [row for row in rows if row != gone]
    one, other = ranker(rows, {}), ranker(rest, {})
    one.drop(gone[0])
    one.drop("never seen")
    one.fit({})
    assert gone[0] not in one
    assert one.score(keys(rest)) == other.score(keys(rest))


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("a", "", "")],
        [("a", "song", "dawn")],
        [("a", "song", "dawn"), ("b", "song", "dawn")],
        [("a", r"$\int_0^1$", "用于图像 étude ١٢٣"), ("b", "", "\x00 \ud7ff")],
    ],
)
def test_odd_stores_still_give_numbers(rows: Sequence[tuple[str, str, str]]) -> None:
    one = ranker(list(rows), {"a": Label(1.0), "unknown": Label(0.0)})
    for value in one.score(keys(list(rows))).values():
        assert 0 <= one.percent(value) <= 100


def test_a_paper_seen_after_the_fit_is_scored_with_the_words_known_then() -> None:
    rows = made(9, 30)
    one = ranker(rows, {})
    one.see("late", "dawn song", "unheard-of words")
    assert one.score(["late"])["late"] > min(one.score(keys(rows)).values())
    with pytest.raises(KeyError):
        one.score(["never"])
