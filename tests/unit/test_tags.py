"""Tags in addresses: short, the same in any case, for one cause, and nobody else's to make."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.tags import LENGTH, Cause, Tag, Tagger
from paperlark.tokens import BadToken, Signer, reader_key

SECRET = b"0123456789abcdef"
TAGGER = Tagger(SECRET)
KEYS = st.text(max_size=40).map(lambda name: reader_key(SECRET, name))
DAYS = st.none() | st.dates(date(2020, 1, 2), date(2199, 6, 6))
TAGS = st.builds(Tag, st.sampled_from(Cause), KEYS, DAYS)


@given(TAGS)
def test_what_was_made_is_read_back_in_any_case(tag: Tag) -> None:
    text = TAGGER.make(tag)
    assert re.fullmatch(r"[a-z2-7]{32}", text)
    assert len(text) == LENGTH
    assert TAGGER.read(text) == TAGGER.read(text.upper()) == TAGGER.read(text.title()) == tag


@given(TAGS, st.data())
def test_any_change_is_refused(tag: Tag, data: st.DataObject) -> None:
    text = TAGGER.make(tag)
    at = data.draw(st.integers(0, LENGTH - 1))
    other = data.draw(st.sampled_from(sorted(set("abcdefghijklmnopqrstuvwxyz234567") - {text[at]})))
    for bad in (text[:at] + other + text[at + 1 :], text[:at], text + other, other + text):
        with pytest.raises(BadToken):
            TAGGER.read(bad)


@given(st.text(max_size=80))
def test_no_text_makes_it_stumble(text: str) -> None:
    with pytest.raises(BadToken):
        TAGGER.read(text)


def test_a_tag_is_for_one_house_and_holds_no_address() -> None:
    text = TAGGER.make(Tag(Cause.LEAVE, reader_key(SECRET, "mail:ada@example.org/x")))
    assert "ada" not in text
    with pytest.raises(BadToken):
        Tagger(b"another secret of ours").read(text)
    with pytest.raises(BadToken):
        TAGGER.read(Signer(SECRET).sign("l", "x"))  # type: ignore[arg-type]  # no such purpose


def test_a_day_that_two_bytes_do_not_hold_is_left_out() -> None:
    key = reader_key(SECRET, "x")
    for day in (date(1999, 1, 1), date(2020, 1, 1), date(2300, 1, 1)):
        assert TAGGER.read(TAGGER.make(Tag(Cause.BOUNCE, key, day))).day is None


def test_only_a_readers_key_is_tagged() -> None:
    with pytest.raises(ValueError, match="12 letters"):
        TAGGER.make(Tag(Cause.BOUNCE, "abcd"))
