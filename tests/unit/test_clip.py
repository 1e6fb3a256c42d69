"""Text cut to a size: whole words where possible, whole letters always."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack.text import cost
from paperlark.render.clip import clip, size, units


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("short", 5, "short"),
        ("a few words here", 12, "a few words…"),
        ("a few words here", 14, "a few words…"),
        ("a few words, here", 15, "a few words…"),
        ("one unbreakablyverylongword", 12, "one unbreak…"),
        ("日本語の長い題名", 5, "日本語の…"),
        ("", 1, ""),
        ("ab", 1, "…"),
    ],
)
def test_words_are_kept_whole_where_one_ends_near(text: str, most: int, cut: str):
    assert clip(text, most) == cut


@pytest.mark.parametrize(
    "letter",
    [
        "e\u0301\u0323\u0302",
        "👩‍👩‍👧‍👦",
        "👍🏽",
        "🇩🇪",
        "🏳️‍🌈",
        "ก็",
        "क्ष",
        "\u1112\u1161\u11ab",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_a_letter_of_several_characters_is_never_cut(letter: str):
    text = letter * 40
    for most in range(2, 60):
        kept = clip(text, most).removesuffix("…")
        assert kept == letter * (len(kept) // len(letter))


def test_an_entity_is_counted_as_it_will_be_written():
    assert size("<&>", cost) == 13
    assert clip("&&&&", 16, cost) == "&&&…"


@given(text=st.text(), most=st.integers(1, 40), escaped=st.booleans())
def test_what_is_cut_fits_and_is_a_beginning(text: str, most: int, *, escaped: bool):
    price = cost if escaped else units
    cut = clip(text, most, price)
    assert size(cut, price) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
    assert (cut == text) == (size(text, price) <= most) or text.endswith("…")
