"""Words, stems, tokens and phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Term
from worker.ranker.phrases import Matcher, compiled, split
from worker.ranker.stems import STEMMER, Tokens, stem, stems, words


@pytest.mark.parametrize(
    "family",
    [
        ("prune", "prunes", "pruned", "pruning"),
        ("quantize", "quantized", "quantization", "quantisation", "quantising"),
        ("galaxy", "galaxies"),
        ("efficient", "efficiency", "efficiencies"),
        ("model", "modelling", "modeling", "modelled"),
        ("plan", "plans", "planning"),
        ("analysis", "analyses"),
        ("hypothesis", "hypotheses"),
        ("bias", "biases"),
        ("optimise", "optimize", "optimised", "optimization"),
        ("supervise", "supervised", "supervision"),
    ],
)
def test_words_of_one_family_share_a_stem(family: tuple[str, ...]) -> None:
    stemmed = {stem(word) for word in family if stem(word)}
    assert len(stemmed) == 1


@pytest.mark.parametrize("word", ["string", "loss", "status", "need", "moe", "gas", "basis"])
def test_words_that_only_look_inflected_stay(word: str) -> None:
    assert stem(word) == word


def test_function_words_go_but_stay_inside_compounds() -> None:
    assert stems("the in-context methods of new LLMs") == stems("in-context LLMs")
    assert stem("in-context") == "in-context"
    assert split("in-context learning") == split("in context learning") == ("context", "learn")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\mathcal{O}(n)$ of \alpha-divergence", ["O", "n", "of", "divergence"]),
        ("Schrödinger’s ℓ₂ norm", ["Schrodinger", "s", "l2", "norm"]),
        ("low\u2011rank", ["low-rank"]),
        ("用于图像 segmentation", ["用于图像", "segmentation"]),
        ("", []),
        ("--- ___ !!", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(), st.text())
def test_any_text_becomes_tokens_that_can_be_kept(title: str, abstract: str) -> None:
    tokens = Tokens.of(title, abstract)
    assert Tokens.unpack(tokens.pack()) == tokens


@pytest.mark.parametrize("packed", ["", "0\na\nb", f"{STEMMER}\na", f"{STEMMER}\na\nb\nc", "x"])
def test_stale_or_damaged_tokens_are_not_read(packed: str) -> None:
    assert Tokens.unpack(packed) is None


def _found(phrase: str, title: str, abstract: str) -> tuple[float, bool] | None:
    phrases = compiled([Term(phrase)], [], 1.5)
    hits = Matcher(phrases, 2).hits(Tokens.of(title, abstract))
    return (hits[0].amount, hits[0].near) if hits else None


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("", "Edges of stability", (1 / 2, False)),
        ("Edge of stability", "", (2 / 3, False)),
        ("Edge of stability", "the edge of stability", (3 / 4, False)),
        ("", "edge of stability edge of stability", (2 / 3, False)),
        ("", "stability near the edge", (1 / 3, True)),
        ("", "edge " + "word " * 8 + "stability", None),
        ("", "edges alone", None),
        ("", "", None),
    ],
)
def test_a_phrase_counts_more_with_each_mention_and_less_when_only_nearby(
    title: str, abstract: str, expected: tuple[float, bool] | None
) -> None:
    found = _found("edge of stability", title, abstract)
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_a_hyphen_is_a_space() -> None:
    assert _found("low rank", "", "Low-rank adapters") == (1 / 2, False)
    assert _found("low-rank", "", "of low rank") == (1 / 2, False)


def test_weights_multiply_and_exclusions_take_away() -> None:
    phrases = compiled([Term("a b", 2.0), Term("of the")], [Term("c d", 0.5), Term("e f", None)], 3)
    assert [(p.text, p.given, p.weight) for p in phrases] == [
        ("a b", 2.0, 2.0),
        ("c d", 0.5, -1.5),
        ("e f", 1.0, -3.0),
    ]
