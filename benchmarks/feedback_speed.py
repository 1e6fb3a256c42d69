"""How long line, taste and order of a day take for a profile with many votes."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from paperlark.domain import Score
from paperlark.feedback import Seen, Showing, line, pick, rerank, taste
from paperlark.vote import Door, Thumb, Vote

FIRST = date(2026, 1, 5)
PAPERS = 300
SIZES = (125, 250, 500, 1000)
PROFILES = 1000


class Speed(NamedTuple):
    """CPU milliseconds a profile, by number of votes, and for 1,000 profiles with 500 votes."""

    by_votes: dict[int, float]
    thousand: float


def measured(profiles: int = PROFILES) -> Speed:
    """Time all sizes on this machine, one process."""
    sizes = {size: _mean(size, 50) for size in SIZES}
    return Speed(sizes, _mean(500, profiles))


def _mean(votes: int, profiles: int) -> float:
    facts = [_facts(votes, seed) for seed in range(10)]
    start = time.process_time()
    for number in range(profiles):
        _day(*facts[number % len(facts)])
    return 1000 * (time.process_time() - start) / profiles


def _day(
    cast: list[Vote], shown: list[Showing], scores: dict[str, Score], near: dict[str, float]
) -> None:
    day = shown[-1].date + timedelta(days=1)
    at = line(50.0, cast, shown, day).value
    pick(rerank(scores, taste(cast, shown, day), near), at, 12, least=1, seed=("p", day))


def _facts(
    votes: int, seed: int
) -> tuple[list[Vote], list[Showing], dict[str, Score], dict[str, float]]:
    """Votes of five people, two and a half a day, on ten cards a day."""
    chance = random.Random(seed)  # noqa: S311  (a fixed course of chance, no secret)
    shown, cast = [], []
    for number in range(votes * 2 // 5):
        day = FIRST + timedelta(days=number)
        cards = tuple(_seen(number, rank, chance) for rank in range(1, 11))
        shown.append(Showing(day, cards))
        for each in chance.sample(cards, 3 if number % 2 else 2):
            at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)
            thumb = Thumb.UP if chance.random() < each.score / 100 else Thumb.DOWN
            who = f"slack:U{chance.randrange(5)}"
            cast.append(Vote(at, who, "slack:C1/p", each.paper, thumb, Door.SLACK_BUTTON))
    keys = [f"2612.{n:05}" for n in range(PAPERS)]
    scores = {key: Score(chance.uniform(0, 100), chance.randint(1, 10), 6) for key in keys}
    return cast, shown, scores, {key: chance.gauss(0, 1) for key in keys}


def _seen(number: int, rank: int, chance: random.Random) -> Seen:
    grades = chance.randint(6, 10), chance.randint(5, 9)
    return Seen(f"26{number:04}.{rank:05}", rank, 95.0 - 4 * rank, *grades, chance.gauss(0, 1))
