"""The JSON form: a public schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.domain import Fate, Usage
from paperlark.render.as_json import as_json, document
from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Digest

TOP = ["schema", "date", "profile", "verdict", "counts", "usage", "line", "cards", "not_shown"]
CARD = [
    *("rank", "id", "version", "title", "authors", "categories", "primary", "announce_type"),
    *("relevance", "novelty", "score", "comment", "abstract", "url"),
]


def test_stable_fields_come_first_and_in_order():
    read = json.loads(as_json(builders.example(further=1)))
    assert list(read)[: len(TOP)] == TOP
    assert read["schema"] == 1
    assert list(read["verdict"]) == ["state", "detail"]
    assert list(read["counts"])[:7] == [
        *("announced", "listings", "scanned", "shown", "below", "filtered", "undecided"),
    ]
    assert list(read["usage"]) == [
        *("scorer", "model", "calls", "prompt_tokens", "cached_tokens", "completion_tokens"),
        "cost_usd",
    ]
    assert list(read["line"])[:3] == ["value", "base", "votes"]
    assert list(read["cards"][0])[: len(CARD)] == CARD
    assert list(read["not_shown"][0])[:5] == ["id", "title", "fate", "score", "rule"]


def test_what_is_not_known_is_null():
    cards = (builders.card(novelty=None),)
    lost = (builders.unshown(fate=Fate.UNDECIDED, reason="no answer"),)
    read = json.loads(as_json(builders.digest(cards, lost, usage=Usage("llm", "m", cost_usd=None))))
    assert read["cards"][0]["novelty"] is None
    assert read["not_shown"][0]["score"] is None
    assert read["usage"]["cost_usd"] is None


@settings(max_examples=30, deadline=None)
@given(builders.nasty_digests())
def test_it_reads_back_whole_and_steers_nothing(digest: Digest):
    out = as_json(digest)
    assert json.loads(out) == document(digest)
    assert not [char for char in out if char != "\n" and (char < " " or "\x7f" <= char < "\xa0")]
    assert out.endswith("}\n")
    out.encode()
    counts = document(digest)["counts"]
    fates = ("shown", "below", "filtered", "undecided")
    assert sum(counts[fate] for fate in fates) == counts["scanned"]


@given(st.lists(st.floats(0, 100), min_size=2, max_size=6, unique=True))
def test_rounded_scores_stay_apart_and_in_order(scores: list[float]):
    papers = tuple(builders.unshown(score=score) for score in sorted(scores, reverse=True))
    shown = [paper["score"] for paper in document(builders.digest((), papers))["not_shown"]]
    assert shown == sorted(shown, reverse=True)
    if all(abs(a - b) > 1e-13 for a in scores for b in scores if a != b):
        assert len(set(shown)) == len(shown)


def test_scores_have_four_decimals_where_that_is_enough():
    papers = tuple(builders.unshown(score=score) for score in (61.123456, 60.0))
    read = document(builders.digest((), papers))["not_shown"]
    assert [paper["score"] for paper in read] == [61.1235, 60.0]
