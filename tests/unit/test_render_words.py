"""The voice: sentences, figures, dates, names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import AnnounceType, Counts, Fate, Line, Usage, VerdictState
from paperlark.render import dates, fates, figures, links, names, words
from tests import builders

NB = "\u00a0"
SCORES = st.floats(0, 100)


def quiet(detail: str, state: VerdictState = VerdictState.QUIET):
    return builders.digest(state=state, detail=detail)


@pytest.mark.parametrize(
    ("state", "detail", "bold", "clause"),
    [
        (
            VerdictState.QUIET,
            "Thanksgiving",
            "No announcement",
            "on Thu 19 Nov (Thanksgiving). Next: Fri 20 Nov.",
        ),
        (VerdictState.QUIET, "", "No announcement", "on Thu 19 Nov. Next: Fri 20 Nov."),
        (
            VerdictState.QUIET,
            "on weekends. Next: Mon.",
            "No announcement",
            "on weekends. Next: Mon.",
        ),
        (VerdictState.STALE, "the feed is old", "Stale.", "The feed is old."),
        (VerdictState.PARTIAL, "stat.ML is missing", "Partial.", "stat.ML is missing."),
        (VerdictState.FAILED, "arXiv has not answered.", "Failed.", "arXiv has not answered."),
        (VerdictState.FAILED, "", "Failed.", ""),
        (VerdictState.COMPLETE, "cs.LG 3/3", "Complete.", "cs.LG 3/3"),
    ],
)
def test_each_verdict_has_its_sentence(state: VerdictState, detail: str, bold: str, clause: str):
    day = quiet(detail, state)
    assert (words.verdict(day).bold, words.verdict(day).clause) == (bold, clause)
    assert words.aside(day) == ""


def test_a_day_with_none_over_the_line_says_what_came_nearest():
    below = (
        builders.unshown("2611.91001", "Momentum Forgets", score=61.2),
        builders.unshown("2611.91002", "Far", score=12.0),
    )
    day = builders.digest((), below, detail="cs.LG 2/2")
    said = words.verdict(day)
    assert said.clause == "2 scanned, none over the line (61.5). Nearest: Momentum Forgets (61.2)."
    assert words.aside(day) == "cs.LG 2/2"


def test_a_day_nobody_could_score_does_not_read_as_a_day_with_nothing():
    lost = (builders.unshown(fate=Fate.UNDECIDED, reason="no answer"),)
    day = builders.digest((), lost, state=VerdictState.FAILED, detail="none could be scored")
    assert words.verdict(day).clause == "None could be scored."
    assert words.empty(day) == ""
    below = (builders.unshown(score=3.0),)
    assert words.empty(builders.digest((), below)) == f"None of 1{NB}paper is over the line."
    assert words.empty(builders.example(further=0)) == ""


def test_nothing_names_no_nearest_paper_where_none_is_under_the_line():
    lost = (builders.unshown(fate=Fate.UNDECIDED, reason="no answer"),)
    assert words.nothing(builders.digest((), lost)) == "1 scanned, none over the line (61.5)."


def test_a_complete_day_without_a_scanned_paper_says_why():
    held = builders.digest(counts=Counts(announced=9, listings=5, repeats=4))
    assert words.nothing(held).startswith("Nothing new: an earlier digest")
    assert words.nothing(builders.digest()).startswith("No paper of this day")
    assert words.nothing(quiet("Labor Day")) == ""
    assert words.nothing(builders.example(further=0)) == ""


def test_counts_are_told_in_words_that_add_up():
    counts = builders.example().counts
    assert words.others(counts) == "292 below, 7 filtered, 2 undecided"
    assert words.total(counts) == (
        "10 shown + 292 below the line + 7 filtered + 2 undecided = 311."
    )
    assert words.listings(counts) == (
        f"452{NB}listings, of which 388 of the kinds this profile wants: 311{NB}papers."
    )


def test_listings_name_repeats_and_leave_out_what_is_equal():
    counts = Counts(announced=1, listings=1, scanned=1, shown=1, repeats=1200)
    assert words.listings(counts) == (
        f"1{NB}listing: 1{NB}paper, and 1,200 that an earlier digest held."
    )


@pytest.mark.parametrize(
    ("line", "said", "because"),
    [
        (Line(50, 50), "Line 50.0, the profile’s base line", "The profile’s base line."),
        (Line(61.5, 62), "Line 61.5. Base 62.0", "Base 62.0."),
        (
            Line(61.5, 62, 14, "down 0.5: 11 of 14 votes were up (79 %)"),
            f"Line 61.5, down 0.5: 11 of 14 votes were up (79{NB}%)",
            f"Down 0.5: 11 of 14 votes were up (79{NB}%). Base 62.0.",
        ),
        (
            Line(62, 62, 5, "5 votes so far; it starts to move at 8."),
            "Line 62.0. 5 votes so far; it starts to move at 8.",
            "5 votes so far; it starts to move at 8. Base 62.0.",
        ),
    ],
)
def test_the_line_says_what_made_it(line: Line, said: str, because: str):
    assert words.line(line) == said
    assert words.because(line) == because


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (Usage("local"), "local ranker, $0: it grades relevance only, so novelty is “–”"),
        (Usage("cached"), "cached, $0"),
        (
            Usage("llm", "m", 14, 67_004, 18_304, 5_900, 0.0243),
            f"m: 72,904{NB}tokens (67,004 in, 18,304 of them cached; 5,900 out), $0.024",
        ),
        (Usage("llm", "m", 1, 5, 0, 2, None), f"m: 7{NB}tokens (5 in; 2 out), cost unknown"),
    ],
)
def test_usage_is_told_with_its_price(usage: Usage, said: str):
    assert words.scorer(usage) + words.usage(usage) == said


def test_short_usage_leaves_out_the_split_and_calls_are_told_of_models_only():
    usage = Usage("llm", "m", 14, 5, 0, 2, 0.1)
    assert words.usage(usage, whole=False) == f": 7{NB}tokens, $0.100"
    assert words.calls(usage) == f" in 14{NB}calls"
    assert words.calls(Usage("local")) == ""


@pytest.mark.parametrize(
    ("usd", "said"),
    [(0, "$0"), (0.0004, "under $0.001"), (0.024, "$0.024"), (1234.5, "$1,234.500")],
)
def test_money_is_told_to_a_tenth_of_a_cent(usd: float, said: str):
    assert figures.money(usd) == said


@pytest.mark.parametrize(
    ("value", "said", "gap"),
    [
        (93.4, "93", "32 above"),
        (61.94, "61.9", "0.4 above"),
        (61.5, "61.5", "on"),
        (61.46, "61.4", "0.1 below"),
        (60.74, "60.7", "0.8 below"),
        (60.45, "60", "1 below"),
        (58.4, "58", "3 below"),
    ],
)
def test_a_score_has_a_tenth_only_where_it_decides(value: float, said: str, gap: str):
    assert figures.score(value, 61.5) == said
    assert figures.gap(value, 61.5) == gap


@given(SCORES, SCORES, st.integers(0, 200).map(lambda half: half / 2))
def test_shown_scores_keep_their_order_and_their_side_of_the_line(a: float, b: float, at: float):
    low, high = sorted((a, b))
    assert float(figures.score(low, at)) <= float(figures.score(high, at)) + 0.5
    for value in (a, b):
        shown = float(figures.score(value, at))
        assert shown < at if value < at else shown >= at
        assert figures.gap(value, at).endswith("below" if value < at else ("above", "on"))


NAMES = st.lists(st.text("abcdé", min_size=1, max_size=4), max_size=12)


@given(NAMES, st.integers(1, 5), st.data())
def test_cut_names_never_lose_one_alone_nor_a_followed_one(
    people: list[str], keep: int, data: st.DataObject
):
    followed = data.draw(st.sets(st.sampled_from(people))) if people else set()
    named, rest = names.cut(people, keep=keep, always={name.upper() for name in followed})
    assert len(named) + rest == len(people)
    assert rest != 1
    assert followed <= set(named)
    assert list(named)[:keep] == people[:keep]


def test_author_lines():
    assert names.line(["A"]) == "A"
    assert names.line(list("ABCD")) == "A, B, C, D"
    assert names.line(list("ABCDE")) == f"A, B, C and 2{NB}more"
    assert names.line(list("ABCDEF"), always=["e"]) == f"A, B, C, E and 2{NB}more"
    assert names.line([]) == ""
    assert names.line(list("AB"), keep=1) == "A, B"


def test_dates_have_a_year_where_it_is_not_this_one():
    day = date(2026, 11, 19)
    assert dates.short(day, year=2026) == "Thu 19 Nov"
    assert dates.short(day, year=2027) == dates.short(day) == "Thu 19 Nov 2026"
    assert dates.full(day) == "Thursday 19 November 2026"


@pytest.mark.parametrize(
    ("key", "month"),
    [("2603.90871", "Mar 2026"), ("math/0309136", "Sep 2003"), ("hep-th/9108001", "Aug 1991")],
)
def test_an_id_says_when_the_paper_was_first_posted(key: str, month: str):
    assert dates.first_posted(key) == month


def test_an_odd_id_says_nothing():
    assert dates.first_posted("2613.00001") == dates.first_posted("?") == ""


def test_a_replacement_is_told_with_its_version_and_linked_to_it():
    new = builders.card(builders.paper("2603.90871", version=3), announce_type=AnnounceType.REPLACE)
    assert words.replaced(new) == "replaced: v3, first posted Mar 2026"
    assert links.abstract(new) == "https://arxiv.org/abs/2603.90871v3"
    assert links.pdf(new) == "https://arxiv.org/pdf/2603.90871v3"
    odd = builders.card(
        builders.paper("x?y", version=0), announce_type=AnnounceType.REPLACE_CROSS, score=62
    )
    assert words.tags(odd, 61.5) == ("replaced", "cross-listed", "0.5 above the line")
    assert links.abstract(odd) == "https://arxiv.org/abs/x%3Fy"


def test_followed_authors_are_named():
    assert words.follow(builders.card()) == ""
    assert words.follow(builders.card(followed=("A",))) == "you follow A"
    assert words.follow(builders.card(followed=("A", "B", "C"))) == "you follow A, B and C"


def test_lists_part_near_misses_from_papers_past_the_cap():
    papers = tuple(
        builders.unshown(f"2611.9{n:04}", score=value, reason="past the cap" if value > 61 else "")
        for n, value in enumerate([70.0, 61.5, 61.0, 60.0, 50.0, 40.0, 30.0])
    )
    day = builders.digest((), papers)
    assert [paper.score for paper in fates.past_cap(day)] == [70.0, 61.5]
    assert [paper.score for paper in fates.near(day)] == [61.0, 60.0, 50.0, 40.0]
    assert words.still_lower(day) == "1 more lies further down."
    assert words.still_lower(builders.example()) == "288 more lie further down."
    assert words.still_lower(builders.example(further=0)) == ""


def test_filtered_papers_are_grouped_by_rule_the_busiest_first():
    rules = ["muted author", "excluded by “x”", "excluded by “x”", None]
    papers = tuple(
        builders.unshown(f"2611.9{n:04}", fate=Fate.FILTERED, rule=rule)
        for n, rule in enumerate(rules)
    )
    grouped = [(rule, len(group)) for rule, group in fates.by_rule(builders.digest((), papers))]
    assert grouped == [("excluded by “x”", 2), ("muted author", 1), ("removed by a rule", 1)]


def test_titles_and_summaries_say_what_is_in_it():
    day = builders.example(further=0)
    assert words.title(day) == f"Thu 19 Nov 2026: 10 of 23{NB}papers · foundations"
    assert words.summary(day).startswith(
        f"10 of 23{NB}new arXiv papers for the profile foundations"
    )
    assert words.title(quiet("Thanksgiving")) == "Thu 19 Nov 2026: no announcement · foundations"
    assert "No announcement on Thu 19 Nov (Thanksgiving). Next: Fri 20 Nov." in words.summary(
        quiet("Thanksgiving")
    )
