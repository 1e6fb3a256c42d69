"""Votes on real papers: a simulated reader of one topic is offered its words and served by them."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.domain import Paper, Score
from paperlark.feedback import (
    Field,
    Seen,
    Showing,
    Wish,
    amounts,
    folded,
    line,
    proposals,
    rerank,
    taste,
)
from paperlark.vote import Door, Thumb, Vote
from worker.llm import blend

if TYPE_CHECKING:
    from pathlib import Path

    from paperlark.domain import Term

pytestmark = pytest.mark.real

TOPIC = re.compile(r"black hole|quasar|\bagn\b|active galactic", re.IGNORECASE)
VOTED, CARDS = 20, 8


@dataclass(frozen=True)
class Day:
    """A graded day: papers and scores by id."""

    date: date
    papers: dict[str, Paper]
    scores: dict[str, Score]


@pytest.fixture(scope="module")
def days(real_data: Path) -> list[Day]:
    """The first graded days of astro-ph, under dates of our own."""
    by_date: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(real_data / "dev" / "astroph_graded_all.jsonl.gz", "rt") as lines:
        for row in map(json.loads, lines):
            by_date.setdefault(row["date"], []).append(row)
    return [
        _day(date(2026, 1, 5) + timedelta(days=number), by_date[day])
        for number, day in enumerate(sorted(by_date)[: 2 * VOTED])
    ]


def _day(day: date, rows: list[dict[str, Any]]) -> Day:
    graded = [row for row in rows if row["relevance"] and row["novelty"]]
    papers = {
        row["arxiv_id"]: Paper(row["arxiv_id"], 1, row["title"], row["abstract"], (), ())
        for row in graded
    }
    scores = {
        row["arxiv_id"]: Score(
            blend.score(row["relevance"], row["novelty"], 50.0), row["relevance"], row["novelty"]
        )
        for row in graded
    }
    return Day(day, papers, scores)


def _likes(paper: Paper) -> bool:
    return bool(TOPIC.search(f"{paper.title} {paper.abstract}"))


def _facts(days: list[Day]) -> tuple[list[Showing], list[Vote]]:
    """The best of each day shown, and every second card voted on."""
    shown, cast = [], []
    for day in days:
        best = list(rerank(day.scores, taste([], [], day.date)))[:CARDS]
        shown.append(
            Showing(
                day.date,
                tuple(Seen(key, at, day.scores[key].value) for at, key in enumerate(best, 1)),
            )
        )
        at = datetime.combine(day.date, datetime.min.time(), UTC)
        for key in best[::2]:
            thumb = Thumb.UP if _likes(day.papers[key]) else Thumb.DOWN
            cast.append(Vote(at, "slack:U1", "slack:C1/p", key, thumb, Door.CLI))
    return shown, cast


def test_a_reader_of_one_topic_is_offered_its_words_and_served_by_them(days: list[Day]):
    shown, cast = _facts(days[:VOTED])
    texts = {key: paper for day in days[:VOTED] for key, paper in day.papers.items()}
    field, now = Field.of(texts.values()), days[VOTED].date
    followed: tuple[Term, ...] = ()
    for each in proposals(cast, shown, now, texts=texts, field=field):
        good = [text for text in (each.phrase, *each.also) if TOPIC.search(text)]
        if each.wish is Wish.WANT and good:
            followed = each.applied(followed, good)
    assert followed
    of = taste(cast, shown, now)
    plain = served = 0
    for day in days[VOTED:]:
        words = {key: folded(paper.title, paper.abstract) for key, paper in day.papers.items()}
        order = rerank(day.scores, of, words=amounts(words, followed))
        served += sum(_likes(day.papers[key]) for key in list(order)[:CARDS])
        base = sorted(day.scores, key=lambda key: -day.scores[key].value)
        plain += sum(_likes(day.papers[key]) for key in base[:CARDS])
    assert served > 1.2 * plain


def test_few_liked_raise_the_line_day_by_day(days: list[Day]):
    shown, cast = _facts(days[:VOTED])
    found = line(50.0, cast, shown, days[VOTED].date)
    assert 50.0 < found.value <= 50.0 + 0.5 * VOTED
    assert found.said.startswith("up 0.5: ")
