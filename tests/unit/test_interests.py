"""Several interests kept apart: linkage, shares, and clusters of real papers."""

from __future__ import annotations

import gzip
import json
import random
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.feedback import folded
from paperlark.feedback.interests import (
    LEAST,
    MOST,
    Measure,
    interests,
    nearest,
    quotas,
    shared,
    spoken,
)
from paperlark.feedback.linkage import linked

if TYPE_CHECKING:
    from pathlib import Path

    from paperlark.feedback import Words

# --- linkage ------------------------------------------------------------------------------------


def slowly(rows: list[list[float]], least: float) -> list[list[int]]:
    """The definition: join the two groups that are nearest on the mean, again and again."""
    groups = [[place] for place in range(len(rows))]

    def near(one: list[int], other: list[int]) -> float:
        pairs = [rows[max(a, b)][min(a, b)] for a in one for b in other]
        return sum(pairs) / len(pairs)

    while len(groups) > 1:
        one, other = max(combinations(groups, 2), key=lambda pair: near(*pair))
        if near(one, other) < least:
            break
        groups.remove(one)
        groups.remove(other)
        groups.append(sorted(one + other))
    return sorted(groups)


@given(st.integers(0, 9), st.integers(), st.floats(0, 1))
def test_chains_find_what_the_definition_finds(size: int, seed: int, least: float):
    chance = random.Random(seed)  # noqa: S311  (values that differ: ties may go either way)
    rows = [[chance.random() for _ in range(place)] for place in range(size)]
    assert linked(rows, least) == slowly(rows, least)


@given(st.integers(0, 12), st.sampled_from([0.0, 0.5, 1.0]), st.randoms(use_true_random=False))
def test_ties_too_end_in_a_partition(size: int, least: float, chance: random.Random):
    rows = [[chance.choice([0.0, 0.5, 1.0]) for _ in range(place)] for place in range(size)]
    groups = linked(rows, least)
    assert sorted(place for group in groups for place in group) == list(range(size))
    assert groups == linked(rows, least)
    assert groups == sorted(sorted(group) for group in groups)


# --- shares -------------------------------------------------------------------------------------

GROUPS = st.lists(
    st.tuples(st.floats(0, 1000), st.integers(0, 20), st.booleans()), min_size=1, max_size=6
)


@given(GROUPS, st.integers(0, 40))
def test_quotas_add_up_and_nobody_gets_more_than_they_want(
    groups: list[tuple[float, int, bool]], places: int
):
    masses, wanting, sure = (list(each) for each in zip(*groups, strict=True))
    given_ = quotas(masses, wanting, places, sure)
    assert sum(given_) == min(places, sum(wanting))
    assert all(0 <= has <= wants for has, wants in zip(given_, wanting, strict=True))
    if places >= len(masses):
        assert all(has for has, wants, is_sure in zip(given_, wanting, sure, strict=True)
                   if wants and is_sure)  # fmt: skip
    more = quotas(masses, wanting, places + 1, sure)
    if places >= len(masses):
        assert all(a <= b for a, b in zip(given_, more, strict=True)), "one place more takes none"


def test_nine_times_the_papers_are_three_times_the_places():
    assert quotas([90, 10], [50, 50], 12) == (9, 3)
    assert quotas([1e9, 1], [50, 50], 12, [True, True]) == (11, 1)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 3)), max_size=30),
    st.lists(st.floats(0, 100), min_size=4, max_size=4),
    st.integers(1, 15),
)
def test_shared_places_are_as_many_and_in_order(
    papers: list[tuple[float, int]], masses: list[float], places: int
):
    scores = {f"p{n:02}": score for n, (score, _) in enumerate(papers)}
    belongs = {f"p{n:02}": of for n, (_, of) in enumerate(papers) if of < len(masses) - 1}
    ranked = sorted(scores, key=lambda paper: (-scores[paper], paper))
    found = shared(ranked, scores, belongs, masses, places)
    assert len(found) == min(places, len(ranked))
    assert list(found) == [paper for paper in ranked if paper in set(found)]
    for of in range(len(masses)):
        own = [paper for paper in ranked if belongs.get(paper, len(masses) - 1) == of]
        has = [paper for paper in own if paper in found]
        assert has == own[: len(has)], "within an interest, best first"
        if places >= len(masses) and own and scores[own[0]] >= 0.5 * scores[ranked[0]]:
            assert has, "a place for everyone with a good paper"
    assert shared(ranked, scores, belongs, masses[:1], places) == tuple(ranked[:places])
    assert shared(ranked, scores, belongs, masses[:2], places) == tuple(ranked[:places])


# --- clusters -----------------------------------------------------------------------------------


def words(title: str, *body: str) -> Words:
    return folded(title, ". ".join(body))


SPARSE = {
    f"s{n}": words(f"Sparse attention heads {name}", "Sparse attention prunes heads", name)
    for n, name in enumerate(("quickly", "slowly", "rarely", "twice"))
}
GALAXIES = {
    f"g{n}": words(f"Dwarf galaxies in {name}", "Dwarf galaxies orbit the halo", name)
    for n, name in enumerate(("Virgo", "Fornax", "Perseus"))
}
NAMES = (
    "bandits proteins robots ledgers tensors kernels graphs poems operas maps rivers stones clocks "
    "boats trains horses gardens bridges towers mirrors lanterns violins"
)
OTHERS = {
    f"o{n}": words(f"{name} for everyone", f"A {name} is a {name}")
    for n, name in enumerate(NAMES.split(" "))
}


def test_two_interests_are_told_apart_and_named():
    measure = Measure.of([*SPARSE.values(), *GALAXIES.values(), *OTHERS.values()])
    found = interests(SPARSE | GALAXIES | {"o0": OTHERS["o0"]}, {}, measure)
    assert [each.papers for each in found] == [("s0", "s1", "s2", "s3"), ("g0", "g1", "g2")]
    assert [each.mass for each in found] == [4.0, 3.0]
    named = spoken(found[1], ["Dwarf galaxies in Virgo", "the dwarf galaxies orbit a halo"])
    assert {"dwarf", "galaxies"} & set(" ".join(named).split())
    galaxy, other = words("More dwarf galaxies", "A halo of galaxies"), OTHERS["o3"]
    assert nearest([measure.vector(galaxy), measure.vector(other), {}], found) == [1, None, None]
    assert nearest([{}], ()) == [None]
    around = Measure.of(list(GALAXIES.values()), [*SPARSE.values(), *OTHERS.values()])
    assert around == measure


def test_two_papers_are_no_interest_and_weights_decide_who_is_looked_at():
    measure = Measure.of([*SPARSE.values(), *GALAXIES.values(), *OTHERS.values()])
    few = dict(list(SPARSE.items())[: LEAST - 1])
    assert interests(few, {}, measure) == ()
    weighed = interests(SPARSE | GALAXIES, dict.fromkeys(SPARSE, 0.1), measure)
    assert weighed[0].papers == ("g0", "g1", "g2")
    assert interests({}, {}, Measure.of([])) == ()


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / "dev" / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.real
def test_a_small_interest_keeps_its_place_beside_a_large_one(real_data: Path):
    """Papers liked under two profiles, nine of one to one of the other, and a day of both."""
    ml, astro = (
        {row["arxiv_id"]: row for row in lines(real_data, name)}
        for name in ("fulldays_cslg_csai.jsonl.gz", "astroph_graded_all.jsonl.gz")
    )
    words = {key: folded(row["title"], row["abstract"]) for key, row in (ml | astro).items()}
    pruning = [k for k in ml if " prun" in words[k].title or " quant" in words[k].title]
    spectra = [k for k in astro if " galax" in words[k].title]
    chance = random.Random(7)  # noqa: S311  (a draw that must be the same every time)
    large, small = chance.sample(pruning, 54), chance.sample(spectra, 6)
    day = [*(k for k in ml if ml[k]["date"] == "2025-09-30"), *chance.sample(spectra, 20)]
    day = [key for key in day if key not in {*large, *small}]
    measure = Measure.of(words[key] for key in (*day, *large, *small))
    found = interests({key: words[key] for key in (*large, *small)}, {}, measure)
    assert 2 <= len(found) <= MOST
    theirs = [n for n, each in enumerate(found) if set(each.papers) & set(small)]
    assert len(theirs) == 1, "the small one is one interest"
    assert set(found[theirs[0]].papers) <= set(small), "and nobody else's"
    near = nearest([measure.vector(words[key]) for key in day], found)
    belongs = {key: place for key, place in zip(day, near, strict=True) if place is not None}
    of_small = {key for key, place in belongs.items() if place in theirs}
    assert len(of_small & set(spectra)) >= 15, "of 20"
    assert len(of_small - set(spectra)) <= 0.02 * len(day)
    # All others score higher: in plain order the small interest would get nothing.
    high, low = ({key: chance.uniform(*span) for key in day} for span in ((70, 95), (60, 61)))
    scores = {key: (low if key in of_small else high)[key] for key in day}
    ranked = sorted(scores, key=lambda key: (-scores[key], key))
    assert not of_small & set(ranked[:12])
    for times in (1, 10, 1000):
        masses = [each.mass * (1 if n in theirs else times) for n, each in enumerate(found)]
        chosen = shared(ranked, scores, belongs, [*masses, 1.0], 12)
        assert of_small & set(chosen), f"the large one {times} times as heavy"
