"""One voice a person, and trust: what a crowd of hostile accounts can do."""

from __future__ import annotations

import random
from datetime import timedelta
from statistics import fmean

import pytest
from hypothesis import given

from paperlark.domain import Label
from paperlark.feedback import Seen, Showing, Tuning, course, heard, labels, taste
from paperlark.feedback.voices import gathered
from paperlark.vote import Thumb, Vote
from tests.thumbs import BASE, CARDS, DAYS, FIRST, SHOWN, day, name, vote, votes

TODAY = day(DAYS)


def test_more_votes_are_not_more_voice():
    calm = [vote(n, 1, who=f"slack:U{n % 2}") for n in range(10)]
    loud = [vote(n, r, Thumb.DOWN, who="slack:U9") for n in range(10) for r in range(1, 7)]
    room = gathered(heard(calm + loud, SHOWN, TODAY), [each.date for each in SHOWN], Tuning())
    said = {who: voice * room.people[who].mass for who, voice in room.voices().items()}
    assert said["slack:U9"] == pytest.approx(3.0)


@given(votes(people=9))
def test_a_voice_is_between_nothing_and_one(cast: list[Vote]):
    room = gathered(heard(cast, SHOWN, TODAY), [each.date for each in SHOWN], Tuning())
    for who, voice in room.voices().items():
        assert 0 <= voice <= room.trust(who) <= 1


def test_up_to_three_people_everybody_is_trusted():
    cast = [vote(n, 1, Thumb.DOWN, who=f"slack:U{n % 3}") for n in range(12)]
    assert set(course(BASE, cast, SHOWN, TODAY).trust.values()) == {1.0}
    four = [vote(n, 1, Thumb.DOWN, who=f"slack:U{n % 4}") for n in range(12)]
    assert set(course(BASE, four, SHOWN, TODAY).trust.values()) == {0.0}


def test_labels_are_shares_of_voices():
    cast = [vote(1, 1), vote(1, 1, Thumb.DOWN, who="slack:U2"), vote(2, 2, who="slack:U2")]
    assert labels(cast, SHOWN, TODAY) == {name(1, 1): Label(0.5, 2.0), name(2, 2): Label(1.0, 1.0)}


@given(votes(people=9))
def test_labels_are_shares_and_weigh_no_more_than_three(cast: list[Vote]):
    for label in labels(cast, SHOWN, TODAY).values():
        assert 0 <= label.target <= 1
        assert 0 < label.weight <= 3


LONG = 80
_PEOPLE = 10


def _history() -> tuple[Showing, ...]:
    cards = [
        tuple(Seen(name(n, r), r, 88.0 - 6 * r, 10 - r // 2, 7) for r in range(1, CARDS + 1))
        for n in range(LONG)
    ]
    return tuple(Showing(FIRST + timedelta(days=n), each) for n, each in enumerate(cards))


HISTORY = _history()


def _honest(seed: int) -> list[Vote]:
    """Ten people, two votes a day together: the better the score, the likelier a 👍."""
    chance = random.Random(seed)  # noqa: S311  (a fixed course of chance, no secret)
    return [
        vote(
            n,
            rank,
            Thumb.UP if chance.random() < 0.97 - 0.06 * rank else Thumb.DOWN,
            who=f"slack:U{who}",
        )
        for n in range(LONG - 1)
        for who in range(_PEOPLE)
        for rank in range(1, CARDS + 1)
        if chance.random() < 1 / 30
    ]


def _hostile(seed: int, kind: str) -> list[Vote]:
    """Ten accounts with three votes a day each; sleepers are honest for 40 days."""
    chance = random.Random(seed + 1000)  # noqa: S311  (likewise)
    cast = []
    for n in range(LONG - 1):
        for who in range(_PEOPLE):
            for rank in chance.sample(range(1, CARDS + 1), 3):
                good = chance.random() < 0.97 - 0.06 * rank
                honest = Thumb.UP if good else Thumb.DOWN
                hostile = Thumb.DOWN if kind == "down" or good else Thumb.UP
                thumb = honest if kind == "sleeper" and n < LONG // 2 else hostile
                cast.append(vote(n, rank, thumb, who=f"slack:X{who}"))
    return cast


def _calm(seed: int, kind: str) -> list[Vote]:
    """Without the hostile votes; what sleepers said before they turned was honest, and stays."""
    asleep = _hostile(seed, kind) if kind == "sleeper" else []
    return _honest(seed) + [each for each in asleep if each.at.date() < day(LONG // 2)]


def _lines(cast: list[Vote]) -> list[float]:
    """The line of every day of the second half."""
    moves = {move.date: move.after for move in course(BASE, cast, HISTORY, day(LONG)).moves}
    value, found = BASE, []
    for n in range(LONG):
        value = moves.get(day(n), value)
        found.append(value)
    return found[LONG // 2 :]


def _apart(one: list[Vote], other: list[Vote]) -> float:
    """How far two histories of votes put the line apart, over the second half."""
    return fmean(abs(a - b) for a, b in zip(_lines(one), _lines(other), strict=True))


@pytest.mark.parametrize("kind", ["down", "inverse", "sleeper"])
def test_ten_hostile_accounts_move_the_line_no_more_than_chance(kind: str):
    seeds = range(4)
    attacked = fmean(_apart(_calm(s, kind), _honest(s) + _hostile(s, kind)) for s in seeds)
    placebo = fmean(_apart(_honest(s), _honest(s + 100)) for s in seeds)
    assert attacked <= placebo + 0.5  # one step


@pytest.mark.parametrize("kind", ["down", "inverse", "sleeper"])
def test_nor_does_taste_hear_them(kind: str):
    honest, end = _calm(1, kind), day(LONG)
    calm = taste(honest, HISTORY, end)
    chance = taste(_honest(101), HISTORY, end)
    shouted = taste(_honest(1) + _hostile(1, kind), HISTORY, end)
    for part in ("relevance", "novelty", "similarity"):
        moved = abs(getattr(shouted, part) - getattr(calm, part))
        assert moved <= abs(getattr(chance, part) - getattr(calm, part)) + 0.1
