from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import editing, profile
from paperlark.chosen import built_in
from paperlark.domain import Term
from paperlark.errors import ConfigError

BASE = '+++\ncategories = ["cs.LG"]\n{}+++\n\n## What we want\nSteps.\n'


def made(head: str) -> str:
    return BASE.format(head)


def authors(head: str, *, add: str = "", drop: str = "") -> tuple[str, str]:
    """What the head became, between the categories and the fence; it must hold what was asked."""
    before = profile.parse("x", made(head))
    after = (
        editing.with_added(before, "authors", add)
        if add
        else editing.without(before, "authors", lambda each: each == drop)
    )
    wanted = [*before.authors, add] if add else [a for a in before.authors if a != drop]
    assert list(after.authors) == wanted
    assert after.revision != before.revision
    assert after.topics == before.topics
    start, end = BASE.split("{}")
    return after.source.removeprefix(start).removesuffix(end), after.source


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'authors = ["B"]\n'),
        ("authors = []\n", 'authors = ["B"]\n'),
        ("authors = [\n  # nobody yet\n]\n", 'authors = [\n  # nobody yet\n  "B",\n]\n'),
        ('authors = ["A"]  # us\n', 'authors = ["A", "B"]  # us\n'),
        ("authors = ['A',]\n", "authors = ['A', \"B\",]\n"),
        ('authors = [\n    "A"\n]\n', 'authors = [\n    "A",\n    "B",\n]\n'),
        ('authors = [\n  "A",  # x, y\n]\ncap = 3\n', None),
        ('authors = ["A",\n  "C"]\n', 'authors = ["A",\n  "C",\n  "B"]\n'),
        ('authors = ["A, # ]", "C"]\n', 'authors = ["A, # ]", "C", "B"]\n'),
        ("authors = ['''A''', \"\"\"C\"\"\"]\n", 'authors = [\'\'\'A\'\'\', """C""", "B"]\n'),
    ],
)
def test_a_name_is_added_where_the_others_stand(before: str, after: str | None):
    expected = after or 'authors = [\n  "A",  # x, y\n  "B",\n]\ncap = 3\n'
    assert authors(before, add="B")[0] == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('authors = ["A"]\n', "authors = []\n"),
        ('authors = ["A",]\n', "authors = []\n"),
        ('authors = ["A", "B"]\n', 'authors = ["B"]\n'),
        ('authors = ["B", "A"]\n', 'authors = ["B"]\n'),
        ('authors = ["B", "A", "A", "C"]\n', 'authors = ["B", "C"]\n'),
        ('authors = [\n  "B", # b\n  "A", # a\n]\n', 'authors = [\n  "B", # b\n]\n'),
        ('authors = ["B", # b\n  "A"]\n', 'authors = ["B", # b\n  ]\n'),
        ('authors = ["B",\n  "A"]\n', 'authors = ["B"]\n'),
    ],
)
def test_a_name_is_taken_out_and_the_rest_stays_as_written(before: str, after: str):
    assert authors(before, drop="A")[0] == after


def test_a_key_goes_before_the_first_table():
    before = profile.parse("x", made('cap = 3 # few\n[[keywords]]\nterm = "t"\nweight = 2\n'))
    after = editing.with_added(before, "authors", 'A "quoted" \\ name\x7f')
    assert after.authors == ('A "quoted" \\ name\x7f',)
    assert after.keywords == (Term("t", 2.0),)
    with pytest.raises(ConfigError, match="`keywords` is written in a way"):
        editing.without(before, "keywords", lambda _each: True)


def test_numbers_texts_and_topics_are_set():
    before = built_in("foundations")
    after = editing.with_value(before, "cap", 7)
    assert (after.cap, after.topics) == (7, before.topics)
    assert "cap = 7         # most cards a day" in after.source
    assert editing.with_value(before, "language", "de").language == "de"
    new = editing.with_topics(after, "  ## Wanted\r\n+++\r\nOnly this.  ")
    assert new.topics == "## Wanted\n+++\nOnly this."
    assert new.source.startswith(after.source[:300])
    with pytest.raises(ConfigError, match="from 1 to 100"):
        editing.with_value(before, "cap", 0)


def test_terms_are_found_in_tables_too():
    before = built_in("foundations")
    after = editing.without(before, "keywords", lambda each: each == "pruning")
    assert {term.text for term in before.keywords} - {term.text for term in after.keywords} == {
        "pruning"
    }
    assert "# architecture" in after.source


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12
).filter(str.strip)
LAYOUTS = st.sampled_from(["[{}]", "[{},]", "[\n  {}\n]", "[\n  {}, # c, ]\n]", "[ # c\n{}]"])
JOINS = st.sampled_from([", ", ",", ",\n  ", ', # x, "y\n  ', "\n , "])


@given(st.lists(NAMES, min_size=1, max_size=4), NAMES, LAYOUTS, JOINS, st.data())
def test_any_list_however_written_can_grow_and_shrink(
    names: list[str], more: str, layout: str, join: str, data: st.DataObject
):
    written = layout.format(join.join(editing._toml(name.strip()) for name in names))
    before = profile.parse("x", made(f"cap = 9\nauthors = {written} # end\nbase_line = 40\n"))
    grown = editing.with_added(before, "authors", more.strip())
    assert grown.authors == tuple(dict.fromkeys([*before.authors, more.strip()]))
    gone = data.draw(st.sampled_from(grown.authors))
    shrunk = editing.without(grown, "authors", lambda each: each.strip() == gone)
    assert shrunk.authors == tuple(name for name in grown.authors if name != gone)
    assert (shrunk.cap, shrunk.base_line, shrunk.topics) == (9, 40.0, before.topics)


@pytest.mark.parametrize("head", ["", "exclusions = []\n", 'exclusions = ["a"]\n'])
def test_a_term_is_added_with_its_weight_and_taken_away_whole(head: str):
    before = profile.parse("x", made(head))
    after = editing.with_added(before, "exclusions", 'b "c"', 1.5)
    assert after.exclusions == (*before.exclusions, Term('b "c"', 1.5))
    back = editing.without(after, "exclusions", lambda each: each == 'b "c"')
    assert back.exclusions == before.exclusions


@pytest.mark.parametrize("key", ["keywords", "exclusions"])
def test_terms_in_tables_of_their_own_are_left_alone_in_one_sentence(key: str):
    before = profile.parse("x", made(f'[[{key}]]\nterm = "a b"\n'))
    with pytest.raises(ConfigError, match=f"`{key}` is written in a way that cannot be changed"):
        editing.with_added(before, key, "c d")
