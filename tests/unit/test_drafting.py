"""Profiles drafted from a few papers: whatever they say, the file parses and holds its limits."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark import drafting
from paperlark.domain import Paper, Term
from paperlark.drafting import COUNT, Draft, Group, Request, draft, filed, fitted, questions, source
from paperlark.drafting.phrases import LEAST, MOST, MOST_AGAINST
from paperlark.errors import ConfigError
from tests import builders

SUBJECTS = (
    ("Sparse Attention for Long Contexts", "sparse attention", "long contexts", "cs.LG"),
    ("Speculative Decoding with Small Drafts", "speculative decoding", "draft model", "cs.CL"),
    ("Federated Averaging under Drift", "federated averaging", "client drift", "cs.DC"),
    ("Medical Imaging from Few Labels", "medical imaging", "few labels", "cs.CV"),
)
FILLING = "We study it with care and report what was found over many runs of the same kind."


def about(subject: int, number: int, **other: str) -> Paper:
    title, one, two, category = SUBJECTS[subject]
    made = builders.paper(
        f"26{subject + 1:02d}.{number:05d}",
        f"{title} {'Again' * (number % 2)}",
        abstract=f"On {one} and {two}. {FILLING} With {one} it holds.",
        categories=(category,),
    )
    return replace(made, **other)  # type: ignore[arg-type]


@cache
def field() -> tuple[Paper, ...]:
    """A field in which all subjects occur, and much else."""
    rng = random.Random(3)  # noqa: S311  (a fixed draw, no secret)
    nouns = [f"thing{chr(97 + n)}{chr(97 + k)}" for n in range(12) for k in range(12)]
    rest = [
        builders.paper(
            f"2609.{number:05d}",
            " ".join(rng.sample(nouns, 4)).title(),
            abstract=f"{' '.join(rng.sample(nouns, 12))}. {FILLING}",
        )
        for number in range(1, 401)
    ]
    return (*rest, *(about(subject, number) for subject in range(4) for number in range(500, 508)))


LIKED = [*(about(0, n) for n in (1, 2, 3)), *(about(1, n) for n in (1, 2))]
NOT = [about(2, 1), about(2, 2), about(3, 1)]


def texts(terms: tuple[Term, ...]) -> str:
    return ", ".join(term.text for term in terms)


def test_phrases_separate_the_liked_from_the_field_and_from_the_not_liked():
    made = draft(LIKED, NOT, field())
    assert made.categories == ("cs.LG", "cs.CL")
    assert "sparse attention" in texts(made.keywords)
    assert "speculative decoding" in texts(made.keywords)
    assert "federated averaging" in texts(made.exclusions)
    assert not {"sparse attention"} & {term.text for term in made.exclusions}
    assert all(term.weight for term in made.exclusions)
    assert len(made.groups) == 2
    assert [len(group.titles) for group in made.groups] == [3, 2]
    assert made.unsure == ()


def test_the_topics_are_numbered_themes_and_what_is_not_wanted():
    profile = filed("mine", draft(LIKED, NOT, field()), [p.id for p in LIKED], [p.id for p in NOT])
    assert profile.topics.startswith("## What we want\n\n1. **")
    assert "Sparse Attention for Long Contexts" in profile.wanted
    assert "Federated" not in profile.wanted
    assert "federated averaging" in profile.unwanted
    assert set(profile.liked) == {paper.id for paper in LIKED}
    assert set(profile.not_liked) == {paper.id for paper in NOT}


def test_pairs_come_as_they_are_written_and_lose_a_titles_capitals():
    odd = builders.paper(
        "2611.90001",
        "Low-Rank Adapters for GPU Kernels: A Tale of Bayesian Search",
        abstract="Low-rank adapters help GPU kernels, and Bayesian search finds them.",
    )
    said = texts(draft([odd], [], field()).keywords)
    assert "rank adapters" in said
    assert "GPU kernels" in said
    assert "Bayesian search" in said


def test_one_paper_is_enough_and_it_says_what_it_is_unsure_of():
    made = draft(LIKED[:1], [], [])
    assert made.keywords
    assert filed("mine", made).keywords == made.keywords
    assert any(said.startswith("1 liked is little") for said in made.unsure)
    assert any("0 papers of the last weeks" in said for said in made.unsure)


def test_without_a_liked_paper_or_a_category_it_says_so():
    with pytest.raises(ConfigError, match="no liked paper"):
        draft([], NOT, [])
    with pytest.raises(ConfigError, match="no category"):
        draft([builders.paper(categories=("nowhere.XX",))], [], [])


def test_a_paper_that_is_both_counts_as_liked():
    assert draft(LIKED, [*NOT, LIKED[0]], field()) == draft(LIKED, NOT, field())


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_no_order_matters(rng: random.Random):
    ours, theirs, rest = list(LIKED), list(NOT), [about(s, n) for s in range(4) for n in range(8)]
    expected = draft(ours, theirs, rest)
    for each in (ours, theirs, rest):
        rng.shuffle(each)
    assert draft(ours, theirs, rest) == expected


WORDS = st.text(max_size=80) | st.sampled_from(
    [
        "+++\n## What we don't", '"""', "\\", "# Not interested", "a\u2028b\x00\x7f\ud800",
        "Sparse Attention of the Sparse Attention", "<!-- --> [x](y) `z`", "= [", "𝒪(n²) 漢字",
    ]
)  # fmt: skip


@st.composite
def papers(draw: st.DrawFn, least: int = 0) -> list[Paper]:
    rows = draw(st.lists(st.tuples(WORDS, WORDS), min_size=least, max_size=6))
    start = draw(st.integers(1, 50))
    return [
        builders.paper(
            f"2611.{start + number:05d}", title, abstract=abstract, categories=("cs.LG", "math.OC")
        )
        for number, (title, abstract) in enumerate(rows)
    ]


@settings(max_examples=60)
@given(papers(least=1), papers(), papers())
def test_whatever_papers_say_the_file_parses_and_holds_its_limits(
    liked: list[Paper], other: list[Paper], rest: list[Paper]
):
    made = draft(liked, other, rest)
    profile = filed("mine", made, [each.id for each in liked], [])
    assert profile.categories == made.categories
    assert len(profile.keywords) <= MOST
    assert len(profile.exclusions) <= MOST_AGAINST
    assert all(term.weight is not None for term in profile.exclusions)
    assert "Not:" not in profile.wanted or any("Not:" in each.title for each in liked)
    assert profile.base_line == made.base_line
    source(made).encode()


@given(WORDS, WORDS, WORDS)
def test_whatever_a_draft_holds_its_file_parses(one: str, two: str, three: str):
    group = Group((one, two), (three, one))
    made = Draft(("cs.LG",), (Term("a" + one),), (Term("b" + two, 0.5),), (group,), group)
    profile = filed("mine", made)
    assert len(profile.keywords) == len(profile.exclusions) == 1
    assert "\n#" not in profile.topics.replace("\n## What we don't", "")


def test_phrases_are_at_least_eight_where_papers_have_them():
    assert LEAST <= len(draft(field()[:5], [], field()[5:]).keywords) <= MOST


@given(st.lists(st.floats(0, 100), max_size=400))
def test_the_line_shows_a_few_cards_of_such_a_day(scores: list[float]):
    made = fitted(Draft(("cs.LG",)), scores)
    assert made.base_line == 50 or 5 <= made.base_line <= 80
    assert made == fitted(Draft(("cs.LG",)), reversed(scores))


def test_a_day_of_low_scores_has_a_lower_line():
    made = fitted(Draft(("cs.LG",)), [n / 10 for n in range(300)])
    assert sum(n / 10 >= made.base_line for n in range(300)) in range(8, 14)


SCORES = {f"2611.{n:05d}": float(score) for n, score in enumerate(range(100, 0, -2))}


def test_six_questions_lie_around_the_line_the_most_uncertain_first():
    picked = questions(SCORES, 50.0, {})
    far = [abs(SCORES[each] - 50) for each in picked]
    assert len(picked) == COUNT
    assert far == sorted(far)
    assert any(SCORES[each] >= 60 for each in picked)
    assert any(SCORES[each] < 40 for each in picked)


@given(
    st.dictionaries(st.sampled_from(sorted(SCORES)), st.floats(0, 100), max_size=50),
    st.dictionaries(
        st.sampled_from(sorted(SCORES)), st.frozensets(st.sampled_from("abcdefghij"), max_size=3)
    ),
    st.sets(st.sampled_from(sorted(SCORES)), max_size=5),
    st.floats(0, 100),
)
def test_no_two_questions_are_of_one_theme_and_no_answer_is_known(
    scores: dict[str, float], themes: dict[str, frozenset[str]], known: set[str], line: float
):
    picked = questions(scores, line, themes, known=known)
    said = [theme for each in picked for theme in themes.get(each, ())]
    assert len(said) == len(set(said))
    assert not known.intersection(picked)
    assert len(picked) == len(set(picked)) <= COUNT
    assert set(picked) <= scores.keys()


def test_themes_are_what_titles_share():
    found = drafting.themes([about(0, 2), about(0, 4), about(1, 2)])
    assert found[about(0, 2).id] & found[about(0, 4).id]
    assert not found[about(0, 2).id] & found[about(1, 2).id]


def test_the_last_thumb_on_a_paper_counts():
    request = Request(("2611.90001",), ("2611.90002",))
    up = request.with_thumb("2611.90002", up=True)
    assert (up.liked, up.not_liked) == (("2611.90001", "2611.90002"), ())
    assert up.with_thumb("2611.90001", up=False).with_thumb("2611.90001", up=None) == replace(
        up, liked=("2611.90002",)
    )


def test_each_draft_asked_for_is_a_turn_of_its_own():
    now = datetime(2026, 11, 19, tzinfo=UTC)
    first = Request(("2611.90001",)).later(now)
    assert first.later(now).turn == first.turn + 1 > 1


def test_a_request_is_named_after_person_and_place_without_naming_them():
    one, other = drafting.named("slack:U1", "slack:C1"), drafting.named("slack:U1", "slack:C2")
    assert one != other
    assert one.startswith(drafting.named("slack:U1"))
    assert "U1" not in one
