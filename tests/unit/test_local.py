"""The local scorer behind its port."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.domain import AnnounceType, Candidate, Label, Paper, Profile, Term
from worker.local import LocalScorer, distinct, relevance

PROFILE = Profile(
    "optimisers",
    ("cs.LG",),
    topics="Why gradient descent converges.",
    wanted="Why gradient descent converges. Implicit bias.",
    unwanted="Federated learning in hospitals.",
    keywords=(Term("edge of stability"), Term("sharpness", 1.5)),
    exclusions=(Term("federated"), Term("survey", None)),
)
EMPTY = Profile("empty", ("cs.LG",))
TEXTS = [
    (
        "Sharpness at the Edge of Stability",
        "Gradient descent converges past the edge of stability.",
    ),
    ("Federated Hospitals", "Federated learning of hospital records with privacy."),
    ("Stability near an Edge", "Convergence of descent for deep networks."),
    ("Birds", "A survey of lark song in upland meadows."),
    ("Implicit Bias", "The implicit bias of gradient descent on separable data."),
    ("Glass", "Annealing of silica glass; fracture of lenses."),
]


def paper(number: int, title: str, abstract: str) -> Paper:
    return Paper(f"2509.{number:05}", 1, title, abstract, (), ("cs.LG",))


def candidates(texts: list[tuple[str, str]] | None = None) -> list[Candidate]:
    chosen = TEXTS if texts is None else texts
    return [Candidate(paper(i, *text), AnnounceType.NEW) for i, text in enumerate(chosen)]


def background() -> list[Paper]:
    chance = random.Random(0)  # noqa: S311  (papers to make again)
    words = " ".join(f"{title} {abstract}" for title, abstract in TEXTS).split()
    return [paper(100 + i, "Old", " ".join(chance.choices(words, k=20))) for i in range(40)]


def test_the_profiles_subject_is_first_and_its_reason_says_why() -> None:
    scored = LocalScorer(background(), {}).score(candidates(), PROFILE)
    best, *_ = sorted(scored.scores, key=lambda key: -scored.scores[key].value)
    score = scored.scores["2509.00000"]
    assert best == "2509.00000"
    assert score.comment.startswith("matches “")
    assert "“edge of stability”" in score.comment
    assert "“sharpness” (weight 1.5)" in score.comment
    assert score.novelty is None
    assert scored.undecided == {}
    assert [note.split(":")[0] for note in scored.notes] == ["Scores are still unsettled"]
    assert (scored.usage.scorer, scored.usage.cost_usd, scored.usage.calls) == ("local", 0.0, 0)


def test_reasons_say_nearby_against_and_nothing() -> None:
    scored = LocalScorer(background(), {}).score(candidates(), PROFILE).scores
    assert "“edge of stability” nearby" in scored["2509.00002"].comment
    assert "against: “federated”" in scored["2509.00001"].comment
    lone = LocalScorer([], {}).score(candidates([("", "")]), PROFILE).scores["2509.00000"]
    assert lone.comment == "nothing in the profile speaks for it"


def test_a_reason_has_full_words_and_no_phrase_twice() -> None:
    scored = LocalScorer(background(), {}).score(candidates(), PROFILE).scores
    for candidate in candidates():
        reason = scored[candidate.paper.id].comment
        text = f"{candidate.paper.title} {candidate.paper.abstract}".lower()
        assert "\n" not in reason
        after = re.search(r"(?:then|nearest words): ([^;]*)", reason)
        for word in after[1].split(", ") if after else []:
            assert re.search(rf"\b{re.escape(word.lower())}\b", text)


def test_the_order_of_candidates_and_background_changes_nothing() -> None:
    first = LocalScorer(background(), {}).score(candidates(), PROFILE)
    second = LocalScorer(background()[::-1], {}).score(candidates()[::-1], PROFILE)
    assert first == second
    assert list(first.scores) == list(second.scores)


def test_a_scorer_serves_many_profiles_without_memory_of_them() -> None:
    shared = LocalScorer(iter(background()), {})
    shared.score(candidates([("Other", "papers in between")]), EMPTY)
    assert shared.score(candidates(), PROFILE) == LocalScorer(background(), {}).score(
        candidates(), PROFILE
    )


def test_likes_lift_what_is_like_them_and_the_profiles_word_is_the_last() -> None:
    plain = LocalScorer(background(), {}).score(candidates(), PROFILE).scores
    liked = {"2509.00005": Label(1.0)}
    taught = LocalScorer(background(), liked).score(candidates(), PROFILE).scores
    assert taught["2509.00005"].value > plain["2509.00005"].value
    against = replace(PROFILE, not_liked=("2509.00005",))
    undone = LocalScorer(background(), liked).score(candidates(), against).scores
    assert undone["2509.00005"].value < taught["2509.00005"].value


def test_an_empty_profile_is_told_so_and_still_gets_total_scores() -> None:
    scored = LocalScorer(background(), {}).score(candidates(), EMPTY)
    values = [score.value for score in scored.scores.values()]
    assert len(set(values)) == len(TEXTS)
    assert max(values) < 10
    assert all(score.relevance is None for score in scored.scores.values())
    assert len(scored.notes) == 2
    assert "add topics or keywords" in scored.notes[0]


def test_examples_are_enough() -> None:
    profile = replace(EMPTY, liked=("2509.00004",))
    scored = LocalScorer(background(), {}).score(candidates(), profile)
    assert not [note for note in scored.notes if "Not known here" in note]
    assert max(scored.scores, key=lambda key: scored.scores[key].value) == "2509.00004"


def test_an_example_that_is_not_known_is_said_to_teach_nothing() -> None:
    profile = replace(PROFILE, liked=("2501.00001",))
    scored = LocalScorer(background(), {}).score(candidates(), profile)
    assert any("2501.00001" in note for note in scored.notes)


def test_provenance_counts_what_it_was_made_from() -> None:
    labels = {"2509.00100": Label(1.0), "2509.00101": Label(0.0), "unknown": Label(1.0)}
    said = LocalScorer(background(), labels).score(candidates(), PROFILE).provenance
    assert "“edge of stability”, “sharpness” (weight 1.5)" in said
    assert "- Papers read: 46" in said
    assert "- Labels: 1 liked, 1 not" in said


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [("Alone", "One paper only")],
        [("", "")],
        [
            ("Étude des réseaux", "用于图像分割的方法"),
            (r"$\ell_2$ \"o", r"\begin{x} $x_{1}^{2}$ 50%"),
        ],
        [("same", "text")] * 30,
    ],
)
@pytest.mark.parametrize("profile", [PROFILE, EMPTY])
def test_odd_days_are_scored_in_full(texts: list[tuple[str, str]], profile: Profile) -> None:
    scored = LocalScorer([], {}).score(candidates(texts), profile)
    assert len(scored.scores) == len(texts)
    assert len({round(score.value, 4) for score in scored.scores.values()}) == len(texts)
    assert all(0 <= score.value <= 100 for score in scored.scores.values())


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("0123456789.", max_size=4),
        st.sampled_from([0.0, 1e-9, 5.00001, 5.00002, 50.0, 99.99999, 100.0]) | st.floats(0, 100),
        max_size=40,
    )
)
def test_scores_are_moved_apart_without_changing_their_order(values: dict[str, float]) -> None:
    found = distinct(values)
    assert found.keys() == values.keys()
    assert len({round(value, 4) for value in found.values()}) == len(values)
    assert all(0 <= value <= 100 for value in found.values())
    assert list(found) == sorted(values, key=lambda key: (-values[key], key))
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert all(abs(found[key] - values[key]) < 0.0001 * (len(values) + 1) for key in values)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, 1), (14.9, 1), (15, 2), (80, 8), (94.9, 9), (95, 10), (100, 10)]
)
def test_relevance_is_a_tenth_of_the_score(value: float, expected: int) -> None:
    assert relevance(value) == expected
