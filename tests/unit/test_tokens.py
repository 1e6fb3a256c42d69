"""Signed links: whole, for one purpose, until their end; anything else is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.tokens import BadToken, Expired, Purpose, Signer, reader_key

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SIGNER = Signer(b"0123456789abcdef")
FIELDS = st.lists(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30), max_size=4)
ALPHABET = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@given(FIELDS, st.sampled_from(Purpose))
def test_what_was_signed_is_read_back(fields: list[str], purpose: Purpose) -> None:
    token = SIGNER.sign(purpose, *fields)
    assert SIGNER.read(purpose, token, NOW) == tuple(fields)
    assert set(token) <= ALPHABET


@given(FIELDS, st.data())
def test_any_change_is_refused(fields: list[str], data: st.DataObject) -> None:
    token = SIGNER.sign(Purpose.VOTE, *fields)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(sorted(ALPHABET - {token[at]})))
    for bad in (token[:at] + other + token[at + 1 :], token[:at], token + other, other + token):
        with pytest.raises(BadToken):
            SIGNER.read(Purpose.VOTE, bad, NOW)


@given(st.text(max_size=700))
def test_no_text_makes_it_stumble(text: str) -> None:
    with pytest.raises(BadToken):
        SIGNER.read(Purpose.VOTE, text, NOW)


def test_a_token_of_one_purpose_is_none_of_another() -> None:
    token = SIGNER.sign(Purpose.MANAGE, "a@example.org")
    with pytest.raises(BadToken, match="not whole"):
        SIGNER.read(Purpose.UNSUBSCRIBE, token, NOW)


def test_another_secret_reads_nothing() -> None:
    token = Signer(b"another secret of ours").sign(Purpose.VOTE, "x")
    with pytest.raises(BadToken):
        SIGNER.read(Purpose.VOTE, token, NOW)


def test_it_ends_when_it_says_and_not_before() -> None:
    token = SIGNER.sign(Purpose.CONFIRM, "x", expires=NOW + timedelta(hours=48))
    assert SIGNER.read(Purpose.CONFIRM, token, NOW + timedelta(hours=47, minutes=59)) == ("x",)
    with pytest.raises(Expired, match="expired"):
        SIGNER.read(Purpose.CONFIRM, token, NOW + timedelta(hours=48))


def test_a_guessable_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Signer(b"short")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_readers_key_says_nothing_and_is_his_alone(one: str, other: str) -> None:
    key = reader_key(SIGNER.secret, one)
    assert len(key) == 12
    assert set(key) <= ALPHABET - {"."}
    assert (key == reader_key(SIGNER.secret, other)) == (one == other)
    assert key != reader_key(b"another secret of ours", one)


def test_half_a_pair_of_a_character_is_signed_all_the_same() -> None:
    token = SIGNER.sign(Purpose.VOTE, "\ud800")
    assert SIGNER.read(Purpose.VOTE, token, NOW) == ("\ud800",)
