"""One person's own layer: what is followed and muted, and several layers that become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.codec import decode, encode
from paperlark.errors import ConfigError
from paperlark.layer import LONGEST, MOST, TOPICS, Kind, Layer

NAMES = st.sampled_from(["Ada", "ada", "Bob", "CS.lg", "mirror descent", "x"])
STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from(Kind), NAMES), max_size=12)


def walked(steps: list[tuple[bool, Kind, str]]) -> Layer:
    layer = Layer()
    for follows, kind, what in steps:
        layer = layer.follow(kind, what) if follows else layer.mute(kind, what)
    return layer


def apart(layer: Layer) -> bool:
    """Whether nothing is in both lists of a kind, or twice in one."""
    lists = [(layer.followed(kind), layer.muted(kind)) for kind in Kind]
    folded = [[each.casefold() for each in (*one, *other)] for one, other in lists]
    return all(len(set(each)) == len(each) for each in folded)


@given(STEPS, STEPS)
def test_nothing_is_both_followed_and_muted(
    one: list[tuple[bool, Kind, str]], other: list[tuple[bool, Kind, str]]
):
    layer, second = walked(one), walked(other)
    assert apart(layer)
    both = layer.joined([second])
    assert apart(both)
    assert layer.joined([]) == layer == layer.joined([layer])
    for kind in Kind:
        muted = {each.casefold() for each in (*layer.muted(kind), *second.muted(kind))}
        assert {each.casefold() for each in both.muted(kind)} == muted
    assert decode(Layer, encode(both)) == both


@given(STEPS, st.sampled_from(Kind), NAMES)
def test_the_other_word_takes_a_wish_back(
    steps: list[tuple[bool, Kind, str]], kind: Kind, what: str
):
    layer = walked(steps)
    if what.casefold() not in {e.casefold() for e in (*layer.followed(kind), *layer.muted(kind))}:
        assert layer.follow(kind, what).mute(kind, what) == layer
        assert layer.mute(kind, what).follow(kind, what) == layer


def test_limits_are_one_sentence():
    layer = Layer(words=tuple(f"w{n}" for n in range(MOST)))
    with pytest.raises(ConfigError, match="There are 50 already"):
        layer.follow(Kind.WORD, "one more")
    assert layer.follow(Kind.WORD, "w1") == layer
    with pytest.raises(ConfigError, match="too long for a name"):
        Layer().mute(Kind.AUTHOR, "x" * (LONGEST + 1))
    with pytest.raises(ConfigError, match="give at most 2,000"):
        Layer().about("x" * (TOPICS + 1))
    assert Layer().about(" a\n b ").topics == "a b"
    assert not Layer()
    assert Layer(topics="x")
