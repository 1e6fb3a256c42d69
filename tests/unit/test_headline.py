"""What every post begins and ends with, in the words of the house."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from paperlark.domain import Counts, Usage, VerdictState
from paperlark.post import Setting
from paperlark.render.headline import MARKS, Phrase, covered, headline, late
from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Digest

HERE = Setting()


def test_a_whole_day():
    head = headline(builders.example(), HERE)
    assert head.title == "foundations · Thu 19 Nov · 10 of 311\u00a0papers"
    assert head.subject == "foundations, Thu 19 Nov: 10 of 311\u00a0papers"
    assert head.fallback == (
        "foundations, Thu 19 Nov: 10 of 311\u00a0papers. Best: Oscillation Pays for Itself: "
        "Large Steps Reach 𝒪(1/√T) without a Schedule. Complete."
    )
    assert (head.mark, head.well, head.routine) == ("✓", True, True)
    assert head.verdict == Phrase("Complete.", "cs.LG 214/214, math.OC 61/61, stat.ML 113/113")
    assert (head.way, head.shown) == ("452 announced → 311 scanned → 10 shown", "10 shown")
    assert head.fates == "292 below, 7 filtered, 2 undecided"
    assert head.line == Phrase(
        "Line 61.5", ", down 0.5: 11 of the last 14 votes were up (79\u00a0%, target 70\u00a0%)"
    )
    assert head.notes == ("2\u00a0papers could not be scored and may belong above the line.",)
    assert head.footer == "gpt-5-mini: 72,904\u00a0tokens, $0.024"


def test_another_readers_year_is_said():
    assert "Thu 19 Nov 2026" in headline(builders.example(), HERE, year=2027).title


def test_the_local_ranker_says_what_it_cannot_tell():
    head = headline(replace(builders.example(), usage=Usage("local")), HERE)
    assert head.footer == "local ranker, $0: it grades relevance only, so novelty is “–”"


def test_none_over_the_line_names_the_nearest_apart():
    near = builders.unshown("2611.90340", "Momentum Nearest: Forgets", score=61.2)
    head = headline(builders.digest((), (near,)), HERE)
    assert head.verdict.bold == "Complete."
    assert head.verdict.apart == (
        "1 scanned, none over the line (61.5). Nearest:",
        "Momentum Nearest: Forgets (61.2).",
    )
    assert head.fallback.endswith(str(head.verdict))
    assert not head.routine


def test_a_quiet_day_has_no_sums_and_no_line():
    digest = builders.digest(state=VerdictState.QUIET, detail="Thanksgiving", counts=Counts())
    head = headline(replace(digest, date=date(2026, 11, 26)), HERE)
    assert str(head.verdict) == "No announcement on Thu 26 Nov (Thanksgiving). Next: Mon 30 Nov."
    assert (head.way, head.fates, head.line, head.footer) == ("", "", None, "")
    assert head.title == "foundations · Thu 26 Nov · no announcement"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20, "1\u00a0min late"),
        (1000, "17\u00a0min late"),
        (5340, "89\u00a0min late"),
        (5400, "2\u00a0h late"),
        (10_800, "3\u00a0h late"),
        (180_000, "2\u00a0days late"),
    ],
)
def test_lateness_in_the_unit_people_would_use(seconds: float, said: str):
    assert late(seconds) == said


def test_a_late_day_says_so_in_its_bold_words():
    assert headline(builders.example(), Setting(late_s=10_800)).verdict.bold == (
        "Complete, 3\u00a0h late."
    )


def test_a_catch_up_names_its_days_and_what_went_wrong_in_them():
    days = tuple(date(2026, 11, day) for day in (17, 18, 19))
    assert covered(days) == "Thu 19 Nov, with Tue 17 and Wed 18 Nov"
    digest = replace(builders.example(), verdict=builders.digest(
        state=VerdictState.PARTIAL, detail="stat.ML is missing on Wed 18 Nov").verdict)  # fmt: skip
    head = headline(digest, Setting(covers=days, missed=True))
    assert str(head.verdict) == (
        "Catch-up. Thu 19 Nov, with Tue 17 and Wed 18 Nov: 311 scanned, 10 shown. "
        "Partial: stat.ML is missing on Wed 18 Nov."
    )


def test_a_catch_up_without_a_card_says_its_days_once():
    days = tuple(date(2026, 11, day) for day in (18, 19))
    near = builders.unshown(score=61.2)
    digest = builders.digest((), (near,), detail="Thu 19 Nov, with Wed 18 Nov: 1 scanned, 0 shown")
    head = headline(digest, Setting(covers=days, missed=True))
    assert str(head.verdict) == "Catch-up. Thu 19 Nov, with Wed 18 Nov: 1 scanned, 0 shown."
    assert head.notes == ()


WEEK = tuple(date(2026, 11, day) for day in (16, 17, 18, 19))
WEEKLY = "Thu 19 Nov, with Mon 16, Tue 17 and Wed 18 Nov: 311 scanned, 10 shown."


def test_a_post_of_several_days_by_design_is_no_catch_up():
    head = headline(builders.example(), Setting(covers=WEEK))
    assert head.verdict == Phrase("Complete.", WEEKLY)
    assert not head.routine, "its days must be told"
    assert head.fallback.endswith(f"Complete. {WEEKLY}")
    late = headline(builders.example(), Setting(covers=WEEK, late_s=10_800))
    assert late.verdict == Phrase("Complete, 3\u00a0h late.", WEEKLY)
    part = builders.digest(state=VerdictState.PARTIAL, detail="Wed 18 Nov: stat.ML is missing")
    digest = replace(builders.example(), verdict=part.verdict)
    assert headline(digest, Setting(covers=WEEK)).verdict == Phrase(
        "Partial.", f"{WEEKLY} Wed 18 Nov: stat.ML is missing."
    )


def test_days_of_two_months_and_years_are_named():
    days = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 4), date(2027, 1, 5)]
    assert covered(days) == "Tue 5 Jan, with Wed 30, Thu 31 Dec 2026 and Mon 4 Jan"


@pytest.mark.parametrize(
    ("notice", "bold", "clause"),
    [
        (
            "No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov.",
            "No announcement",
            "on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov.",
        ),
        ("Failed. arXiv is silent since 05:10.", "Failed.", "arXiv is silent since 05:10."),
        ("Something else.", "", "Something else."),
    ],
)  # fmt: skip
def test_a_notice_is_bold_where_it_begins_with_a_verdict(notice: str, bold: str, clause: str):
    digest = builders.digest(state=VerdictState.FAILED, counts=Counts())
    head = headline(digest, Setting(notice=notice))
    assert head.verdict == Phrase(bold, clause)
    assert head.fallback == f"foundations: {notice}"


@given(digest=builders.nasty_digests())
def test_every_digest_has_a_headline(digest: Digest):
    head = headline(digest, HERE)
    assert head.mark == MARKS[digest.verdict.state]
    assert head.title
    assert head.fallback
    assert head.verdict.bold
