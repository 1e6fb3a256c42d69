from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.chosen import built_in, built_in_names
from paperlark.domain import AnnounceType, Term
from paperlark.errors import ConfigError
from paperlark.profile import halves, parse, revision

WHOLE = """+++
categories = ["cs.lg", "math.ST", "stat.TH"]
keywords = ["edge of stability", {term = "equivariant", weight = 1.5}, "Edge of Stability"]
exclusions = ["federated", {term = "benchmark", weight = 2}]
authors = ["Ada Example"]
liked = ["arXiv:2509.20323v2", "https://arxiv.org/abs/math.GT/0309136"]
announce_types = ["replace", "new"]
cap = 5
base_line = 40
+++

# Group

## What we want
1. **Training** dynamics.

## What we don't
Benchmarks.
### Such as
leaderboards

## Also wanted
Symmetry.
"""


def test_a_whole_profile():
    profile = parse("group", WHOLE)
    assert profile.categories == ("cs.LG", "math.ST")
    assert profile.keywords == (Term("Edge of Stability"), Term("equivariant", 1.5))
    assert profile.exclusions == (Term("federated", None), Term("benchmark", 2.0))
    assert profile.liked == ("2509.20323", "math/0309136")
    assert profile.announce_types == (AnnounceType.NEW, AnnounceType.REPLACE)
    assert (profile.cap, profile.base_line) == (5, 40.0)
    assert profile.source == WHOLE
    assert "Training dynamics." in profile.wanted
    assert "Symmetry" in profile.wanted
    assert profile.unwanted == "Benchmarks. Such as leaderboards"


def test_a_small_profile_has_the_defaults():
    profile = parse("x", '+++\ncategories = ["cs.LG"]\n+++\n')
    assert profile.announce_types == (AnnounceType.NEW, AnnounceType.CROSS)
    assert profile.cap == 12


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "`categories` must be a list with at least one"),
        ('categories = "cs.LG"', "`categories` must be a list"),
        ('categories = ["cs.LX"]', "cs.L"),
        ('categories = ["cs.LG"]\nkeyword = []', "Did you mean `keywords`?"),
        ('categories = ["cs.LG"]\ncap = 0', "`cap` must be a number from 1 to 100"),
        ('categories = ["cs.LG"]\ncap = true', "`cap` must be a number"),
        ('categories = ["cs.LG"]\nbase_line = 101', "`base_line` must be a number from 0 to 100"),
        ('categories = ["cs.LG"]\nliked = ["2509.2"]', "2509.2 is not an arXiv id"),
        ('categories = ["cs.LG"]\nannounce_types = ["news"]', "not “news”"),
        ('categories = ["cs.LG"]\nannounce_types = []', "at least one type"),
        ('categories = ["cs.LG"]\nkeywords = [{term = "x", weight = 11}]', "weight up to 10"),
        ('categories = ["cs.LG"]\nkeywords = [3]', "`keywords` must be a list of texts"),
        ('categories = ["cs.LG"]\nauthors = [" "]', "`authors` must be a list of texts"),
        ("categories = [", "the head is not TOML"),
    ],
)
def test_each_mistake_has_a_sentence(head: str, said: str):
    with pytest.raises(ConfigError) as caught:
        parse("group", f"+++\n{head}\n+++\n")
    assert said in str(caught.value)
    assert str(caught.value).startswith("profile group:")


def test_a_file_without_a_head_says_how_it_must_begin():
    with pytest.raises(ConfigError, match="must begin with a TOML head"):
        parse("x", "# Topics\n")


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "a" * 65, "a:b"])
def test_names_that_cannot_be_addresses_are_refused(name: str):
    with pytest.raises(ConfigError, match="cannot name a profile"):
        parse(name, WHOLE)


@given(st.text(max_size=300))
def test_any_text_that_is_no_profile_is_one_sentence(text: str):
    with pytest.raises(ConfigError) as caught:
        parse("x", text)
    assert "\n" not in str(caught.value).strip()


@given(st.text(max_size=200))
def test_the_halves_lose_no_word(text: str):
    wanted, unwanted = halves(text)
    words = {w for w in text.replace("#", " ").split() if w.isalpha() and len(w) > 1}
    assert words <= set(f"{wanted} {unwanted}".split())


def test_the_revision_follows_the_text():
    assert revision(WHOLE) == revision(WHOLE + "\n")
    assert revision(WHOLE) != revision(WHOLE + "x")


@pytest.mark.parametrize("name", built_in_names())
def test_the_built_in_profiles_can_be_read(name: str):
    profile = built_in(name)
    assert profile.wanted
    assert profile.unwanted
    assert profile.keywords
