"""The simulated part of benchmarks/feedback.py: readers, votes and missing grades on real papers.

Papers, texts and recorded grades are real; the local ranker's scores are its own. Readers are not:
what they like is a formula of grades and of topics that the learner never sees.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import ranking
from paperlark.domain import Paper
from paperlark.feedback import Field, folded
from worker.llm import blend
from worker.ranker import Ranker

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from pathlib import Path

    from paperlark.feedback import Words

DAYS, CHANGE = 90, 60
"""Days a run has, and the day from which the reader wants something else."""
_FILES = ("fulldays_cslg_csai", "fulldays_gpt4o_2025-08")
TOPICS = (
    r"quantiz|prun|spars|low-rank|compress|kv cache|distill|low-bit",
    r"mixture.of.expert|\bmoe\b|routing|attention|state space|mamba",
    r"generalization bound|convergence|theor|provabl|sample complexity",
    r"protein|molecul|drug|material|chemi|genom|physic",
    r"reinforcement|policy|reward|rlhf|grpo",
    r"interpretab|autoencoder|circuit|mechanistic|probing|feature learning|representation",
)
WORDS = (
    "quantization, pruning, sparse, low-rank, compression, KV cache, distillation, low-bit",
    "mixture of experts, MoE, routing, attention, state space, Mamba",
    "generalization bound, convergence, theory, theorem, provable, sample complexity",
    "protein, molecule, drug, material, chemistry, genomic, physics",
    "reinforcement, policy, reward, RLHF, GRPO",
    "interpretability, autoencoder, circuit, mechanistic, probing, representation",
)
"""What a person interested in a topic would write, given a line."""
_KEEN = 1.5  # what a topic must be worth to be somebody's interest
_FULL = 3  # mentions that make a paper all about a topic; the title counts twice
_UNGRADED = (0.253, 0.325, 0.137, 0.079, 0.067, 0.030, 0.024, 0.027)
"""How often grades 1 to 8 are given where every paper is graded."""
_NOVELTY = (5.0, 5.2, 5.5, 5.8, 6.0, 6.2, 6.4, 6.6)
_OWN, _NOISE = 0.6, 0.8  # what an imputed grade takes from the ranker, and from chance


@dataclass(frozen=True)
class World:
    """All papers once, in the order of their files.

    Attributes:
        days: indices of papers by date.
        graded: relevance and novelty where recorded.
        raw, percent: the cold local ranker's score, and as 0 to 100.
        topics: how much each is about each of `TOPICS`, 0 to 1.
    """

    papers: tuple[Paper, ...]
    days: tuple[tuple[int, ...], ...]
    graded: tuple[tuple[int, int] | None, ...]
    raw: tuple[float, ...]
    percent: tuple[float, ...]
    topics: tuple[tuple[float, ...], ...]
    words: tuple[Words, ...]
    field: Field
    places: dict[str, int]
    """Index by paper id."""


def load(folder: Path) -> World:
    """The complete days of two labelled sets of cs.LG and cs.AI."""
    rows: dict[str, dict[str, Any]] = {}
    for name in _FILES:
        with gzip.open(folder / "dev" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                rows.setdefault(row["arxiv_id"], row)
    known = list(rows.values())
    dates: dict[str, list[int]] = {}
    for index, row in enumerate(known):
        dates.setdefault(row["date"], []).append(index)
    raw, percent = _ranked(known, folder)
    papers = tuple(_paper(row) for row in known)
    return World(
        papers=papers,
        days=tuple(tuple(dates[day]) for day in sorted(dates)),
        graded=tuple(map(_grades, known)),
        raw=raw,
        percent=percent,
        topics=tuple(_topics(row) for row in known),
        words=tuple(folded(row["title"], row["abstract"]) for row in known),
        field=Field.of(papers),
        places={paper.id: place for place, paper in enumerate(papers)},
    )


def _paper(row: dict[str, Any]) -> Paper:
    return Paper(row["arxiv_id"], 0, row["title"], row["abstract"], (), ("cs.LG",))


def _grades(row: dict[str, Any]) -> tuple[int, int] | None:
    label = row["labels"].get("DaizeDong") or {}
    relevance, novelty = label.get("relevance"), label.get("novelty")
    return (relevance, novelty) if relevance and novelty else None


def _topics(row: dict[str, Any]) -> tuple[float, ...]:
    title, abstract = row["title"].lower(), row["abstract"].lower()
    return tuple(
        min(1.0, (2 * len(re.findall(each, title)) + len(re.findall(each, abstract))) / _FULL)
        for each in TOPICS
    )


def _ranked(
    rows: Sequence[dict[str, Any]], folder: Path
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    known = json.loads((folder / "dev" / "profiles.json").read_text(encoding="utf-8"))
    first = ranking.SETS[0]
    text = next(each["text"] for each in known if each["prompt_sha"] == first.sha)
    wanted = ranking.profile(first, text)
    ranker = Ranker(wanted.wanted, wanted.unwanted, wanted.keywords, wanted.exclusions)
    for row in rows:
        ranker.see(row["arxiv_id"], row["title"], row["abstract"])
    ranker.fit({})
    raw = tuple(ranker.score([row["arxiv_id"] for row in rows]).values())
    return raw, tuple(map(ranker.percent, raw))


class Graded(NamedTuple):
    """A paper's grades in one run, and the score they make."""

    relevance: int
    novelty: int
    score: float


def imputed(world: World, chance: random.Random) -> list[Graded]:
    """Every paper's grades: as recorded, else drawn below the cut.

    A paper no digest chose gets the rank of (.6 x the ranker's + .8 x noise) among them, on the
    scale of a set where every paper is graded, and a novelty about that set's mean; never both
    relevance 8 and novelty 7.
    """
    missing = [index for index, found in enumerate(world.graded) if found is None]
    by_ranker = sorted(missing, key=lambda index: world.raw[index])
    latent = {
        index: _OWN * (place / len(missing) - 0.5) * math.sqrt(12) + _NOISE * chance.gauss(0, 1)
        for place, index in enumerate(by_ranker)
    }
    sums = [sum(_UNGRADED[: grade + 1]) / sum(_UNGRADED) for grade in range(len(_UNGRADED))]
    drawn: dict[int, tuple[int, int]] = {}
    for place, index in enumerate(sorted(missing, key=lambda index: latent[index])):
        relevance = 1 + sum(place / len(missing) > top for top in sums[:-1])
        novelty = max(3, min(8, round(chance.gauss(_NOVELTY[relevance - 1], 0.9))))
        drawn[index] = (relevance, 6 if relevance == 8 and novelty > 6 else novelty)
    return [
        _scored(found or drawn[index], world.percent[index])
        for index, found in enumerate(world.graded)
    ]


def _scored(grades: tuple[int, int], percent: float) -> Graded:
    return Graded(*grades, blend.score(*grades, percent))


class Person(NamedTuple):
    """logit p(like) = relevance (r - 8) + novelty (n - 7) + the best topic's + level."""

    relevance: float
    novelty: float
    topics: dict[int, float]
    level: float

    def likes(self, graded: Graded, topics: Sequence[float]) -> float:
        """The chance that this person likes a paper."""
        best = max((weight * topics[t] for t, weight in self.topics.items()), default=0.0)
        odds = self.relevance * (graded.relevance - 8) + self.novelty * (graded.novelty - 7)
        return 1 / (1 + math.exp(-(odds + best + self.level)))


class Reader(NamedTuple):
    """The people of a channel before and after the change of taste, in the same order."""

    before: tuple[Person, ...]
    after: tuple[Person, ...]

    def people(self, day: int) -> tuple[Person, ...]:
        """Who they are on that day."""
        return self.before if day < CHANGE else self.after


def _one(grades: tuple[float, float], first: tuple[Any, float], then: tuple[Any, float]) -> Reader:
    return Reader((Person(*grades, *first),), (Person(*grades, *then),))


READERS: dict[str, Reader] = {
    "as the scorer": _one((1.2, 0.5), ({0: 0.6}, 0.3), ({1: 0.6}, -0.5)),
    "wants novelty": _one((0.5, 1.8), ({0: 0.4}, -0.4), ({1: 0.4}, -1.2)),
    "narrow topic": _one((0.5, 0.2), ({0: 3.5}, -1.2), ({1: 3.5}, -1.2)),
    "strict": _one((1.3, 0.6), ({0: 0.8}, -1.6), ({1: 0.8}, -2.2)),
    "easy": _one((0.8, 0.3), ({0: 0.4}, 1.8), ({1: 0.4}, 1.0)),
    "five who disagree": Reader(
        (
            Person(1.2, 0.5, {}, 0.5),
            Person(0.5, 1.6, {}, 0.0),
            Person(0.5, 0.2, {0: 2.5}, 0.2),
            Person(1.0, 0.5, {1: 1.5}, -0.8),
            Person(0.7, 0.3, {}, 1.5),
        ),
        (
            Person(1.2, 0.5, {}, -0.3),
            Person(0.5, 1.6, {}, -0.8),
            Person(0.5, 0.2, {0: 2.5}, 0.2),
            Person(1.0, 0.5, {3: 1.5}, -0.8),
            Person(0.7, 0.3, {}, 0.7),
        ),
    ),
    "lab, two clusters": _one((0.5, 0.2), ({0: 3.2, 3: 3.2}, -1.2), ({0: 3.2, 1: 3.2}, -1.2)),
    "narrow, unlisted": _one((0.5, 0.2), ({2: 3.5}, -1.2), ({5: 3.5}, -1.2)),
}
TEN = Reader(
    tuple(
        Person(1.2 + 0.2 * math.sin(3 * i), 0.5, {0: 0.6}, 0.3 + 0.4 * math.cos(2 * i))
        for i in range(10)
    ),
    tuple(
        Person(1.2 + 0.2 * math.sin(3 * i), 0.5, {1: 0.6}, 0.4 * math.cos(2 * i) - 0.5)
        for i in range(10)
    ),
)
"""Ten honest people of one taste, for the hostile accounts to sit among."""
_RATE = {1: 1.0, 5: 0.22, 10: 0.11}
_LIKED, _NOT, _WRONG = 0.26, 0.16, 0.05
_EXAMINED = sum(rank**-0.35 for rank in range(1, 10)) / 9


class Thumbed(NamedTuple):
    """A simulated vote: who, the place of the card, and which way."""

    who: str
    place: int
    up: bool


def votes(
    people: Sequence[Person],
    cards: Sequence[tuple[Graded, Sequence[float]]],
    chance: random.Random,
) -> list[Thumbed]:
    """A day's votes, missing not at random: .26 of liked and .16 of other cards, fewer below."""
    found = []
    for number, person in enumerate(people):
        for place, (graded, topics) in enumerate(cards):
            liked = chance.random() < person.likes(graded, topics)
            examined = _RATE[len(people)] * (place + 1) ** -0.35 / _EXAMINED
            wrong, drawn = chance.random() < _WRONG, chance.random()
            if drawn < examined * (_LIKED if liked else _NOT):
                found.append(Thumbed(f"sim:{number}", place, liked != wrong))
    return found


def silences(chance: random.Random) -> frozenset[int]:
    """Days on which nobody votes: a fifth, and one week."""
    quiet = {day for day in range(DAYS) if chance.random() < 0.2}
    start = chance.randrange(20, 45)
    return frozenset(quiet | set(range(start, start + 7)))


def plan(world: World, chance: random.Random) -> list[tuple[int, ...]]:
    """The papers of each day: every real day is cut in two, so that no paper is seen twice."""
    first, second = [], []
    order = list(world.days)
    chance.shuffle(order)
    for day in order:
        side = [chance.random() < 0.5 for _ in day]
        first.append(tuple(i for i, left in zip(day, side, strict=True) if left))
        second.append(tuple(i for i, left in zip(day, side, strict=True) if not left))
    return (first + second)[:DAYS]


def keen(people: Sequence[Person]) -> frozenset[int]:
    """The topics that are an interest of most of the people."""
    every = [{t for t, weight in each.topics.items() if weight >= _KEEN} for each in people]
    return frozenset(
        t for t in range(len(TOPICS)) if 2 * sum(t in own for own in every) > len(every)
    )


def wants(people: Sequence[Person], phrase: str) -> bool:
    """Whether people who know their own interest would accept a phrase."""
    return any(re.search(TOPICS[topic], phrase) for topic in keen(people))


def own_words(people: Sequence[Person]) -> list[str]:
    """What these people would write down themselves; nothing where nothing is their interest."""
    return [word for topic in sorted(keen(people)) for word in WORDS[topic].split(", ")]


def attack(kind: str, day: int, likes: Sequence[float], chance: random.Random) -> list[Thumbed]:
    """Up to three votes of each of ten accounts on the day's cards.

    Args:
        kind: ``down`` votes everything down, ``inverse`` against the reader, ``sleeper`` likewise
            from day 40 on and with the reader before, ``loyal`` with the reader; empty for none.
        day: of the run.
        likes: the reader's chances, by place.
        chance: draws the cards.
    """
    found = []
    for who in range(10 if kind else 0):
        for place in chance.sample(range(len(likes)), min(3, len(likes))):
            good = likes[place] > 0.5
            honest = kind == "loyal" or (kind == "sleeper" and day < 40)
            found.append(Thumbed(f"sim:x{who}", place, good if honest else _hostile(kind, good)))
    return found


def _hostile(kind: str, good: bool) -> bool:  # noqa: FBT001  (private, by place)
    return kind != "down" and not good
