"""The benchmark of feedback can be stopped and taken up again, and its page keeps its parts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from benchmarks import feedback, feedback_days, feedback_kept, feedback_page
from benchmarks.feedback import Day, Run
from benchmarks.feedback_speed import Speed
from paperlark.domain import AnnounceType, Candidate, Label, LabelledPaper, Paper, Profile, Term
from worker import labelled
from worker.local import LocalScorer

if TYPE_CHECKING:
    from pathlib import Path

CELL = (0.85, 1)
KINDS = ("narrow topic", "easy")
SPEED = Speed({500: 12.0}, 12.5)


def _seed(liked: float) -> dict[str, dict[str, Run]]:
    run = Run(tuple(Day(4, liked, 2.0, 3.5, 50.0) for _ in range(90)), 80, 3)
    return {kind: dict.fromkeys(feedback.methods(CELL), run) for kind in KINDS}


def _kept(folder: Path) -> list[Any]:
    return feedback_kept.kept(folder, feedback_kept.name(CELL))


def test_a_seed_done_is_kept_and_read_back(tmp_path: Path):
    part = feedback_kept.name(CELL)
    assert not feedback_kept.there(tmp_path, part, 7)
    feedback_kept.keep(tmp_path, part, 7, _seed(3.0))
    feedback_kept.keep(tmp_path, part, 2, _seed(2.5))
    assert feedback_kept.there(tmp_path, part, 7)
    assert [feedback.read(each) for each in _kept(tmp_path)] == [_seed(2.5), _seed(3.0)]
    assert feedback_kept.kept(tmp_path, feedback_kept.HOSTILE) == []


def test_a_file_half_written_is_no_seed(tmp_path: Path):
    (tmp_path / "target-85-least-1.seed-000.json.123").write_bytes(b"half")
    assert _kept(tmp_path) == []


def test_the_page_says_how_many_seeds_and_keeps_the_graded_section(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "benchmarks-feedback.md"
    feedback_page.write(tmp_path, {CELL: [_seed(2.5), _seed(3.0)]}, [], SPEED)
    assert "target 0.85, least 1: 2; hostile accounts: 0" in page.read_text(encoding="utf-8")
    feedback_page.put_graded(tmp_path, "## Graded days\n\nOne.")
    feedback_page.put_graded(tmp_path, "## Graded days\n\nTwo.")
    feedback_page.write(tmp_path, {CELL: [_seed(2.5)]}, [], SPEED)
    written = page.read_text(encoding="utf-8")
    assert "target 0.85, least 1: 1;" in written
    assert written.count("## Graded days") == 1
    assert "Two." in written
    assert "One." not in written
    assert written.index("## Graded days") < written.index("## Speed")


def test_every_method_is_run_at_the_first_target_and_floor():
    assert feedback.methods(CELL) == list(feedback.METHODS)
    assert "fixed cut" in feedback.methods((0.85, 3))
    assert not {"fixed cut", "own words"} & set(feedback.methods((0.70, 1)))


def test_recorded_days_are_scored_as_the_product_scores_them():
    of = Profile("larks", ("cs.LG",), wanted="Lark song.", keywords=(Term("sparse heads"),))
    themes = ("sparse heads of larks", "glass fracture", "tides of glaciers", "lark song")
    rows = [
        LabelledPaper(date(2025, 9, 1), f"2509.{n:05}", f"On {themes[n % 4]}", f"{n} times.", ())
        for n in range(12)
    ]
    (day,) = labelled.grouped(rows)
    known = feedback_days.ranker(of)
    feedback_days.see(known, [day])
    (cold,) = feedback_days.cold(known, [day])
    votes = {rows[1].id: Label(1.0), rows[3].id: Label(0.0, 2.0)}
    near = feedback_days.similarity(known, cold, votes)
    papers = [Paper(each.id, 1, each.title, each.abstract, (), ("cs.LG",)) for each in rows]
    made = LocalScorer(papers, {}, votes).score(
        [Candidate(each, AnnounceType.NEW) for each in papers], of
    )
    assert {key: each.value for key, each in cold.scores.items()} == {
        key: each.value for key, each in made.scores.items()
    }
    assert {key: each.relevance for key, each in cold.scores.items()} == {
        key: each.relevance for key, each in made.scores.items()
    }
    assert near == made.similarity
    assert feedback_days.similarity(known, cold, {}) == cold.raw
