"""Recorded days for the feedback benchmarks: as the local ranker scores them, and thumbs on them.

A day is scored as `worker.local.LocalScorer` scores it (a test holds the two together), but one
ranker sees the papers of several days at a time, which spares most of the time.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from paperlark.domain import Score, Scored, Usage
from paperlark.feedback import Knobs, Seen, Showing, standardised, wild_card
from paperlark.feedback.tuning import LOCAL_SCORER, MORE
from paperlark.vote import Door, Thumb, Vote
from worker.local import distinct, relevance
from worker.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.ranking import Loaded
    from paperlark.domain import Label, PaperId, Profile
    from worker.labelled import Day

THUMBS, VOTING, POSTED = (20, 50), 5, 10
"""Thumbs of a reader in all, the days they are given on, and cards posted on each of those."""
CAP, KNOBS = 12, Knobs(MORE, least=1)
PAPERS, CHOSEN = 30, 3
"""A day with fewer, or with fewer chosen ones, is left out."""
HELD = ((date(2025, 10, 6), date(2025, 10, 17)), (date(2025, 11, 1), date.max))
"""Dates whose labels were kept from everybody who built this."""
BUILDING, LATER, KEPT = "used while building", "later", "held out"


class Cold(NamedTuple):
    """A day before any vote: its scores, best first, and the ranker's raw ones.

    Attributes:
        chosen: the papers that the recorded digest chose.
    """

    date: date
    scores: Mapping[PaperId, Score]
    raw: Mapping[PaperId, float]
    chosen: frozenset[PaperId]

    def scored(self, similarity: Mapping[PaperId, float]) -> Scored:
        """As the scorer's answer."""
        return Scored(self.scores, {}, Usage(LOCAL_SCORER), similarity=similarity)


def usable(loaded: Loaded) -> list[Day]:
    """The days with enough papers, chosen ones among them; the same as the ranker's page has."""
    return [
        day
        for day in loaded.days
        if len(day.papers) >= PAPERS and sum(paper.selected for paper in day.papers) >= CHOSEN
    ]


def part(day: date, loaded: Loaded) -> str:
    """What a day was used for before."""
    if any(first <= day <= last for first, last in HELD):
        return KEPT
    return LATER if day in loaded.report or day > max(loaded.report) else BUILDING


def ranker(of: Profile) -> Ranker:
    """One for the profile, which has seen nothing."""
    return Ranker(of.wanted, of.unwanted, of.keywords, of.exclusions)


def see(known: Ranker, days: Iterable[Day]) -> None:
    """Take the days' papers in."""
    for day in days:
        for paper in day.papers:
            known.see(paper.id, paper.title, paper.abstract)


def cold(known: Ranker, days: Iterable[Day]) -> list[Cold]:
    """The days as the ranker scores them without labels; it has seen them."""
    known.fit({})
    return [_cold(known, day) for day in days]


def _cold(known: Ranker, day: Day) -> Cold:
    raw = known.score([paper.id for paper in day.papers])
    values = distinct({key: known.percent(value) for key, value in raw.items()})
    scores = {key: Score(value, relevance(value)) for key, value in values.items()}
    return Cold(day.date, scores, raw, frozenset(p.id for p in day.papers if p.selected))


def similarity(known: Ranker, day: Cold, votes: Mapping[PaperId, Label]) -> Mapping[PaperId, float]:
    """The raw scores once votes are learnt from too."""
    if not votes:
        return day.raw
    known.fit(votes)
    return known.score(day.raw)


def posted(
    day: Cold, order: Sequence[PaperId], near: Mapping[PaperId, float], at: date, draw: str
) -> Showing:
    """The ten best of an order and a wild card, as a digest of that date shows them."""
    wild = wild_card(order[POSTED:], (draw, day.date))
    cards = [*order[:POSTED], *([wild] if wild else [])]
    known = standardised(near)
    return Showing(
        at,
        tuple(
            Seen(
                key,
                rank,
                day.scores[key].value,
                day.scores[key].relevance,
                similarity=known[key],
                wild=key == wild,
            )
            for rank, key in enumerate(cards, 1)
        ),
    )


def cast(day: Cold, shown: Showing, thumbs: int, draw: str) -> list[Vote]:
    """An honest reader's thumbs on some of the cards: up where the recorded digest chose it."""
    chance = random.Random(f"{draw}/{thumbs}/{day.date}")  # noqa: S311  (a draw to repeat)
    at = datetime.combine(shown.date, time(12), UTC)
    return [
        Vote(
            at,
            "sim:1",
            "sim:1/p",
            card.paper,
            Thumb.UP if card.paper in day.chosen else Thumb.DOWN,
            Door.CLI,
        )
        for card in chance.sample(shown.cards, thumbs)
    ]
