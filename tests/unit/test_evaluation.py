"""Labelled days, the figures, and the walk through the days."""

from __future__ import annotations

import gzip
import json
import random
from datetime import date, timedelta
from itertools import combinations
from math import log2, sqrt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Candidate, LabelledPaper, Profile, Score, Scored, Term, Usage
from paperlark.errors import ConfigError, NotFound, PaperlarkError
from worker import agreement, evaluation
from worker.labelled import Day, grouped, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROW = {
    "date": "2025-09-25",
    "id": "2509.20323",
    "title": "A",
    "authors": ["B"],
    "abstract": "C",
    "categories": ["cs.LG"],
    "selected": True,
    "relevance": 8,
    "novelty": None,
}
PROFILE = Profile("birds", (), wanted="song of larks", keywords=(Term("song"),))


# Labelled days


def written(folder: Path, *rows: Any, name: str = "days.jsonl") -> Path:
    file = folder / name
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return file


@pytest.mark.parametrize("name", ["days.jsonl", "days.jsonl.gz"])
def test_a_file_is_read_by_days_oldest_first(tmp_path: Path, name: str) -> None:
    early = ROW | {"date": "2025-09-24", "title": "first\u2028line"}
    found = read([written(tmp_path, ROW, "", early, name=name)])
    assert [day.date for day in found] == [date(2025, 9, 24), date(2025, 9, 25)]
    assert found[1].papers == (
        LabelledPaper(
            date(2025, 9, 25),
            "2509.20323",
            "A",
            "C",
            ("B",),
            ("cs.LG",),
            selected=True,
            relevance=8,
        ),
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "line 2: this is not JSON"),
        ("[]", "line 2: this is no JSON object"),
        (ROW | {"date": "25.9.2025"}, "line 2: “date” should be a date such as 2025-09-25; it is"),
        (ROW | {"date": 5}, "“date” should be"),
        (ROW | {"id": " "}, "“id” should be a text"),
        ({key: ROW[key] for key in ROW if key != "title"}, "“title” should be a text; it is miss"),
        (ROW | {"abstract": None}, "“abstract” should be a text; it is null"),
        (ROW | {"authors": "B"}, "“authors” should be a list of texts"),
        (ROW | {"selected": 1}, "“selected” should be true or false"),
        (ROW | {"relevance": 11}, "“relevance” should be a whole number from 1 to 10, or null"),
        (ROW | {"novelty": True}, "“novelty” should be"),
        (ROW, "2509.20323 is there twice for 2025-09-25"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: Any, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read([written(tmp_path, ROW, row)])
    assert says in str(caught.value)
    assert "days.jsonl, line 2" in str(caught.value)


def test_a_file_that_is_not_there_or_broken_is_one_sentence(tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b"x" * 1000)[:20])
    plain = written(tmp_path, ROW)
    plain.rename(tmp_path / "plain.gz")
    (tmp_path / "latin.jsonl").write_bytes(b'{"title": "\xe9"}')
    for name in ("cut.jsonl.gz", "plain.gz", "latin.jsonl"):
        with pytest.raises(ConfigError):
            read([tmp_path / name])
    with pytest.raises(NotFound, match="cannot be read"):
        read([tmp_path / "nothing.jsonl"])


# Figures, by hand


@pytest.mark.parametrize(
    ("scores", "wanted", "expected"),
    [
        ([4, 3, 2, 1], [True, True, False, False], 1.0),
        ([4, 3, 2, 1], [True, False, True, False], 0.75),
        ([1, 1, 1, 1], [True, False, True, False], 0.5),
        ([2, 2, 1], [True, False, False], 0.75),
        ([1, 2], [True, True], None),
        ([], [], None),
    ],
)
def test_auc(scores: list[float], wanted: list[bool], expected: float | None) -> None:
    assert agreement.auc(scores, wanted) == expected


def test_recall_rounds_the_share_up() -> None:
    ranked = [True, False, True, False, False, False, False, False, False, True]
    assert agreement.recall_at(ranked, 0.3) == 2 / 3
    assert agreement.recall_at(ranked, 0.11) == 1 / 3
    assert agreement.recall_at(ranked, 1.0) == 1
    assert agreement.recall_at([False], 0.5) is None
    assert agreement.top(0.3, 10) == 3


def test_precision() -> None:
    assert agreement.precision_at([True] * 3 + [False] * 17, 10) == 0.3
    assert agreement.precision_at([True, False], 10) == 0.5
    assert agreement.precision_at([], 10) is None


def test_ndcg() -> None:
    ideal = 3 + 2 / log2(3) + 1 / log2(4)
    assert agreement.ndcg([3, 2, 1], 50) == 1
    assert agreement.ndcg([1, 2, 3], 50) == pytest.approx((1 + 2 / log2(3) + 3 / 2) / ideal)
    assert agreement.ndcg([0, 0, 3, 2], 2) == 0
    assert agreement.ndcg([0, 0], 2) is None


def test_qwk() -> None:
    assert agreement.qwk([1, 2, 3], [1, 2, 3]) == 1
    assert agreement.qwk([3, 2, 1], [1, 2, 3]) == pytest.approx(-1)
    assert agreement.qwk([1, 1, 2, 2], [1, 2, 1, 2]) == 0
    # observed 1 + 0 + 1 over 3; expected over the 9 pairs 2 + 2 + 1 + 1 + 1 + 1 over 9
    assert agreement.qwk([1, 2, 2], [2, 2, 1]) == pytest.approx(1 - (2 / 3) / (4 / 9))
    assert agreement.qwk([5, 5], [5, 5]) is None
    assert agreement.qwk([], []) is None


def test_kendall_tau_b() -> None:
    assert agreement.kendall_tau_b([1, 2, 3], [1, 2, 3]) == 1
    assert agreement.kendall_tau_b([1, 2, 3], [3, 2, 1]) == -1
    assert agreement.kendall_tau_b([1, 2, 3, 4], [1, 1, 2, 2]) == pytest.approx(4 / sqrt(6 * 4))
    assert agreement.kendall_tau_b([1, 1], [1, 2]) is None
    assert agreement.kendall_tau_b([], []) is None


grades = st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), max_size=25)


@given(grades)
def test_kendall_by_counting_every_pair(pairs: list[tuple[int, int]]) -> None:
    def sign(x: float) -> int:
        return (x > 0) - (x < 0)

    both = [(sign(a - c), sign(b - d)) for (a, b), (c, d) in combinations(pairs, 2)]
    first, second = (sum(pair[i] != 0 for pair in both) for i in (0, 1))
    found = agreement.kendall_tau_b([a for a, _ in pairs], [b for _, b in pairs])
    if not first or not second:
        assert found is None
    else:
        expected = sum(x * y for x, y in both) / sqrt(first * second)
        assert found == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=25))
def test_auc_by_counting_every_pair(rows: list[tuple[int, bool]]) -> None:
    won = [(a > b) + (a == b) / 2 for a, kind in rows for b, other in rows if kind and not other]
    found = agreement.auc([score for score, _ in rows], [kind for _, kind in rows])
    assert found == (pytest.approx(sum(won) / len(won)) if won else None)


@given(grades)
def test_qwk_is_symmetric_and_at_most_one(pairs: list[tuple[int, int]]) -> None:
    one, two = [a for a, _ in pairs], [b for _, b in pairs]
    found = agreement.qwk(one, two)
    assert found == agreement.qwk(two, one)
    assert found is None or found <= 1


# The walk


def days(count: int = 6, size: int = 30) -> tuple[Day, ...]:
    """Made-up days: papers on song are selected, papers on glass are not."""
    chance = random.Random(3)  # noqa: S311  (papers to make again)
    papers = []
    for number in range(count * size):
        liked = chance.random() < 0.3
        own = "song lark dawn warble nest" if liked else "glass lens silica furnace melt"
        text = " ".join(chance.choices(own.split() * 2 + ["study", "data", "result"], k=15))
        papers.append(
            LabelledPaper(
                date(2025, 9, 1) + timedelta(number // size),
                f"2509.{number:05}",
                text[:20],
                text,
                selected=liked,
                relevance=8 if liked else 2,
            )
        )
    return grouped(papers)


def test_the_figures_have_exactly_the_contracts_fields() -> None:
    found = evaluation.assess(days(), PROFILE, train="past")
    assert list(found) == ["scorer", "train", "days", "overall", "intervals"]
    assert set(found["days"][0]) == {
        "date",
        "papers",
        "selected",
        "sent",
        "recall_sent",
        "auc",
        "recall_at",
        "precision_at_10",
    }
    assert set(found["overall"]) == {
        "papers",
        "coverage",
        "sent_share",
        "recall_sent",
        "auc",
        "recall_at",
        "precision_at_10",
        "ndcg_50",
        "qwk",
        "kendall_tau_b",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "cost_usd",
    }
    assert set(found["overall"]["recall_at"]) == {"0.3", "0.4", "0.5"}
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["overall"]["coverage"] == found["overall"]["sent_share"] == 1
    assert found["overall"]["auc"] > 0.95
    assert found["overall"]["qwk"] > 0
    assert (found["scorer"], found["train"], found["overall"]["cost_usd"]) == ("local", "past", 0)


def test_figures_that_labels_do_not_allow_are_null() -> None:
    bare = [LabelledPaper(date(2025, 9, 1), f"2509.0000{n}", "song", "of larks") for n in range(3)]
    overall = evaluation.assess(grouped(bare), PROFILE)["overall"]
    assert overall["papers"] == 3
    for name in ("auc", "recall_sent", "precision_at_10", "ndcg_50", "qwk", "kendall_tau_b"):
        assert overall[name] is None
    assert evaluation.assess((), PROFILE)["overall"]["sent_share"] is None


def test_past_learns_what_the_profile_does_not_say() -> None:
    blank = Profile("blank", ())
    cold = evaluation.assess(days(), blank)["overall"]["auc"]
    past = evaluation.assess(days(), blank, train="past")["days"][-1]["auc"]
    assert past > 0.95 > cold


def test_examples_are_drawn_from_the_first_half_and_reported_on_the_second() -> None:
    found = evaluation.assess(days(), Profile("blank", ()), train="examples:5")
    assert [day["date"] for day in found["days"]] == ["2025-09-04", "2025-09-05", "2025-09-06"]
    assert found["overall"]["auc"] > 0.9
    with pytest.raises(ConfigError, match="ask for fewer"):
        evaluation.assess(days(), PROFILE, train="examples:500")


def test_the_closed_loop_sends_a_share_after_two_whole_days() -> None:
    found = evaluation.assess(days(), PROFILE, train="past", keep=0.4)
    assert [day["sent"] for day in found["days"]] == [30, 30, 14, 14, 14, 14]
    assert found["overall"]["sent_share"] == pytest.approx((60 + 4 * 14) / 180)
    assert found["overall"]["recall_sent"] > 0.9


def test_equal_scores_are_drawn_and_the_draw_is_repeatable() -> None:
    """A file that lists its best papers first must not help a scorer that says nothing."""
    papers = [
        LabelledPaper(date(2025, 9, 1), f"2509.{n:05}", "", "", selected=n < 30) for n in range(100)
    ]
    one, two = (evaluation.assess(grouped(papers), PROFILE)["days"][0] for _ in range(2))
    assert one == two
    assert one["auc"] == 0.5
    assert one["recall_at"]["0.3"] < 0.7


class Half:
    """A scorer that scores every other paper it is sent, wanted ones high."""

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        known, missed = candidates[::2], candidates[1::2]
        scores = {c.paper.id: Score(90.0 if "lark" in c.paper.abstract else 10.0, 9) for c in known}
        undecided = {c.paper.id: f"{profile.name}: no answer" for c in missed}
        return Scored(scores, undecided, Usage("half", "m", 1, 100, 10, 5, None))


def test_another_scorer_is_asked_about_what_is_sent_only() -> None:
    found = evaluation.assess(days(), PROFILE, train="past", keep=0.5, scorer=Half())
    overall = found["overall"]
    assert found["scorer"] == "half"
    assert overall["coverage"] == pytest.approx(0.5, abs=0.02)
    assert (overall["prompt_tokens"], overall["cost_usd"]) == (600, None)
    assert overall["sent_share"] < 0.75


@pytest.mark.parametrize(
    "wrong",
    [
        {"train": "yesterday"},
        {"train": "examples:0"},
        {"train": "examples:x"},
        {"train": "cold:1"},
        {"keep": 0.0},
        {"keep": 1.5},
        {"scorer": "llm"},
    ],
)
def test_wrong_requests_are_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(PaperlarkError, match=r"give|use"):
        evaluation.assess(days(2), PROFILE, **wrong)


def test_files_and_progress(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    file = written(tmp_path, ROW, ROW | {"date": "2025-09-26"})
    found = evaluation.evaluate([str(file)], PROFILE, progress=lambda *step: heard.append(step))
    assert [step[1:] for step in heard] == [(1, 2), (2, 2)]
    assert found["overall"]["papers"] == 2
