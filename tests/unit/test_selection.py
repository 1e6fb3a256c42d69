"""Which papers are looked at, which a rule removes, and which are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark.domain import (
    AnnounceType,
    Author,
    Batch,
    BatchState,
    Candidate,
    Listing,
    Paper,
    Profile,
    Term,
)
from paperlark.selection import candidates, followed, mentions, rules

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no finding."""

DAY = date(2025, 9, 25)
NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE


def paper(identifier: str = "2509.00001", **fields: Any) -> Paper:
    whole = {"title": "T", "abstract": "A", "authors": (), "categories": ("cs.LG",)} | fields
    return Paper(identifier, 1, **whole)


def batch(category: str, *rows: tuple[str, AnnounceType], **fields: Any) -> Batch:
    listings = tuple(Listing(each, 1, kind) for each, kind in rows)
    return Batch(DAY, category, **{"state": BatchState.COMPLETE, "listings": listings} | fields)


def profile(**fields: Any) -> Profile:
    return Profile("p", **{"categories": ("cs.LG", "cs.AI")} | fields)


PAPERS = {each: paper(each) for each in "abcd"}


def test_a_paper_in_two_categories_is_two_listings_and_one_candidate():
    batches = [batch("cs.LG", ("a", CROSS), ("b", NEW)), batch("cs.AI", ("a", NEW))]
    scan = candidates(batches, PAPERS, profile())
    assert [(each.paper.id, each.announce_type) for each in scan.candidates] == [
        ("a", NEW),
        ("b", NEW),
    ]
    assert (scan.announced, scan.listings, scan.repeats) == (3, 3, 0)


def test_unwanted_types_are_announced_but_no_listings():
    scan = candidates([batch("cs.LG", ("a", REPLACE), ("b", NEW))], PAPERS, profile())
    assert [each.paper.id for each in scan.candidates] == ["b"]
    assert (scan.announced, scan.listings) == (2, 1)


def test_a_paper_shown_before_is_a_repeat():
    scan = candidates([batch("cs.LG", ("a", NEW), ("b", NEW))], PAPERS, profile(), {"a", "z"})
    assert [each.paper.id for each in scan.candidates] == ["b"]
    assert scan.repeats == 1
    assert scan.listings == 2


def test_only_the_profiles_categories_count():
    batches = [batch("math.OC", ("a", NEW)), batch("cs", ("b", NEW))]
    scan = candidates(batches, PAPERS, profile(categories=("cs", "cs")))
    assert [each.paper.id for each in scan.candidates] == ["b"]
    assert scan.announced == 1


@pytest.mark.parametrize("state", set(BatchState) - {BatchState.COMPLETE, BatchState.TRUNCATED})
def test_rows_of_another_day_are_not_looked_at(state: BatchState):
    assert candidates([batch("cs.LG", ("a", NEW), state=state)], PAPERS, profile()).announced == 0


def test_two_dates_of_one_category_are_joined():
    scan = candidates([batch("cs.LG", ("a", NEW)), batch("cs.LG", ("b", NEW))], PAPERS, profile())
    assert len(scan.candidates) == 2


def test_a_listing_without_its_paper_does_not_vanish():
    scan = candidates([batch("cs.LG", ("x", NEW))], {}, profile())
    assert scan.candidates[0].paper.id == "x"


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("federated", "FEDERATED learning"),
        ("federated learning", "Federated-Learning at scale"),
        ("few-shot", "Few shot tasks"),
        ("few shot", "A few\u2010shot task"),
        ("large language model", "Two large language models"),
        ("survey", "Surveys of surveys"),
        ("study", "Case studies"),
        ("bus", "On buses"),
        ("agent", "Multi-agent play"),
        ("C++", "Fast C++ (again)"),
        ("GAN", "A GAN's loss"),
        ("straße", "STRASSE"),
        ("ﬁne-tuning", "Fine tuning"),
    ],
)
def test_a_phrase_is_found(phrase: str, title: str):
    assert mentions(paper(title=title), phrase)
    assert mentions(paper(abstract=f"In short: {title}."), phrase)


@pytest.mark.parametrize(
    ("phrase", "title"),
    [
        ("federated", "confederated states"),
        ("federated", "a federatedness"),
        ("RL", "URL shorteners"),
        ("GAN", "organ"),
        ("news", "something new"),
        ("learning rate", "learning of rates"),
        ("transformers", "the transformer"),
        ("learn", "learning"),
        ("", "anything"),
        (" - ", "a - b"),
        (".", "abc"),
    ],
)
def test_a_phrase_is_not_found(phrase: str, title: str):
    assert not mentions(paper(title=title), phrase)


def test_a_phrase_does_not_run_from_title_to_abstract():
    assert not mentions(paper(title="Deep", abstract="learning"), "deep learning")


def test_an_exclusion_without_a_weight_filters_with_its_name():
    found = [Candidate(paper("a", title="Federated things"), NEW), Candidate(paper("b"), NEW)]
    ruled = rules(found, profile(exclusions=(Term(" federated ", None), Term("things", None))))
    assert [each.paper.id for each in ruled.kept] == ["b"]
    assert ruled.filtered == {"a": "excluded by “federated”"}


def test_an_exclusion_with_a_weight_is_no_rule():
    found = [Candidate(paper("a", title="Federated things"), NEW)]
    assert rules(found, profile(exclusions=(Term("federated", 2.0),))).filtered == {}


def test_a_followed_author_is_never_filtered():
    mine = paper("a", title="Federated", authors=(Author("Other One"), Author("Ada Lovelace")))
    excluding = profile(exclusions=(Term("federated", None),), authors=("Ada Lovelace",))
    assert rules([Candidate(mine, NEW)], excluding).filtered == {}


def test_followed_names_are_the_papers_own():
    mine = paper(authors=(Author("Other One"), Author("Ada Lovelace")))
    assert followed(mine, ("Ada Lovelace", "Charles Babbage")) == ("Ada Lovelace",)
    assert followed(mine, ()) == ()


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(AnnounceType)),
    unique_by=lambda row: row[0],
)


@CALM
@given(one=ROWS, two=ROWS, shown=st.sets(st.sampled_from("abcdef")))
def test_listings_and_papers_add_up(one: Any, two: Any, shown: set[str]):
    scan = candidates([batch("cs.LG", *one), batch("cs.AI", *two)], {}, profile(), shown)
    wanted = [each for each, kind in one + two if kind in {NEW, CROSS}]
    assert scan.announced == len(one) + len(two)
    assert scan.listings == len(wanted)
    assert len(scan.candidates) + scan.repeats == len(set(wanted))
    assert {each.paper.id for each in scan.candidates} == set(wanted) - shown


@CALM
@given(st.text(max_size=12), st.text(max_size=20))
def test_any_phrase_may_meet_any_text(phrase: str, title: str):
    mentions(paper(title=title), phrase)
    if phrase.strip().isalpha():
        assert mentions(paper(title=f"({phrase})"), phrase)
