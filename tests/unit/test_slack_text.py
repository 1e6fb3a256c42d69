"""Text for Slack: measured in one go as it counts letter by letter, and cut to fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack import text
from paperlark.render import clip, escape

ANY = st.text(st.one_of(st.sampled_from("&<>a é😀\ud800\udc00"), st.characters()), max_size=40)


@given(ANY)
def test_a_texts_size_is_the_sum_of_its_letters(said: str):
    assert text.size(said) == clip.size(said, text.cost)


@given(ANY, st.integers(1, 30))
def test_what_fits_is_whole_and_the_rest_is_cut(said: str, most: int):
    made = text.inline(said, most)
    assert made == clip.clip(escape.inline(said), most, text.cost)
    assert text.size(made) <= most
