"""Thumbs in simulation, on real papers: writes docs/benchmarks-feedback.md.

Run from the root: ``python -m benchmarks.feedback run FOLDER [SEEDS] [PROCESSES]``, then
``python -m benchmarks.feedback page FOLDER``; ``speed`` times the product's functions alone.
PAPERLARK_REAL_DATA names the folder with the real days, which are third-party data and no part of
this repository. A run keeps each part of a seed in a file of its own under FOLDER and does what is
not there yet, so it may be stopped and taken up again; the page is written from what is there.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import random
import sys
import time
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import feedback_kept, feedback_page, feedback_speed
from benchmarks import feedback_world as worlds
from benchmarks.feedback_rivals import Candidate, Paperlark, Proportional, Rule, Step, Trial
from benchmarks.feedback_world import CHANGE, DAYS, READERS, TEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.feedback_world import Graded, Reader, World

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
POOL = 40
HELD = 0.67
ATTACKS = ("placebo", "down", "inverse", "sleeper")


class Day(NamedTuple):
    """What a day's cards were worth: sums of true chances, all for the same number of cards.

    Attributes:
        plain: of the best cards in the scorer's own order.
        oracle: of cards chosen by someone who knows the reader.
    """

    cards: int
    liked: float
    plain: float
    oracle: float
    line: float


class Run(NamedTuple):
    """One method with one reader under one seed."""

    days: tuple[Day, ...]
    votes: int
    accepted: int

    def share(self, start: int, end: int, of: str = "liked") -> float:
        """The mean over days of the liked share."""
        return fmean(getattr(day, of) / day.cards for day in self.days[start:end])

    @property
    def held(self) -> int:
        """Days until every later week before the change held 67 % liked; 60 is never."""
        shares = [day.liked / day.cards for day in self.days[:CHANGE]]
        weeks = [fmean(shares[at : at + 7]) for at in range(CHANGE - 6)]
        bad = max((at for at, share in enumerate(weeks) if share < HELD), default=-1)
        return bad + 8 if bad + 1 < len(weeks) else CHANGE


METHODS: dict[str, tuple[type[Rule], dict[str, Any]]] = {
    "fixed cut": (Rule, {}),
    "step rule": (Step, {}),
    "proportional": (Proportional, {}),
    "trial": (Trial, {}),
    "line only": (Paperlark, {"tastes": False}),
    "line and taste": (Paperlark, {}),
    "with proposals": (Paperlark, {"asks": True}),
    "own words": (Paperlark, {"own": True}),
}
CELLS = ((0.85, 1), (0.85, 3), (0.70, 1), (0.70, 3))
_WORLD: list[World] = []


class Setting(NamedTuple):
    """All that a seed decides, whatever the method and the reader."""

    days: tuple[tuple[Candidate, ...], ...]
    silent: frozenset[int]


@lru_cache(maxsize=2)
def setting(seed: int) -> Setting:
    """The papers of each day with their grades, and the silent days."""
    world, chance = _WORLD[0], random.Random(f"{seed}/setting")  # noqa: S311  (a fixed course of chance)
    graded, plan = worlds.imputed(world, chance), worlds.plan(world, chance)
    days = tuple(tuple(candidates(world, numbers, graded)) for numbers in plan)
    return Setting(days, worlds.silences(chance))


def candidates(world: World, numbers: Sequence[int], graded: Sequence[Graded]) -> list[Candidate]:
    """A day's papers, with the ranker's scores in deviations."""
    mean = fmean(world.raw[number] for number in numbers)
    spread = math.sqrt(fmean((world.raw[number] - mean) ** 2 for number in numbers)) or 1.0
    return [Candidate(n, graded[n], (world.raw[n] - mean) / spread) for n in numbers]


@lru_cache(maxsize=2)
def likings(seed: int, kind: str) -> tuple[tuple[float, ...], ...]:
    """The mean chance that a channel's people like each paper of each day."""
    topics, reader = _WORLD[0].topics, _reader(kind)
    return tuple(
        tuple(
            fmean(person.likes(each.graded, topics[each.number]) for person in reader.people(day))
            for each in papers
        )
        for day, papers in enumerate(setting(seed).days)
    )


def _reader(kind: str) -> Reader:
    return READERS.get(kind, TEN)


def simulate(rule: Rule, kind: str, seed: int, *, attack: str = "", salt: int = 0) -> Run:
    """Ninety days of one channel.

    Args:
        rule: chooses and learns.
        kind: of reader.
        seed: of papers, grades and wild cards; the same for every rule.
        attack: ten accounts beside the people: ``down``, ``inverse``, ``sleeper``, or ``loyal``
            ones that are honest throughout.
        salt: of the votes alone, for a placebo.
    """
    given, likes = setting(seed), likings(seed, kind)
    voting, hostile = random.Random(f"{seed}/votes/{salt}"), random.Random(f"{seed}/x")  # noqa: S311  (likewise)
    days, count = [], 0
    for day in range(DAYS):
        people, papers = _reader(kind).people(day), given.days[day]
        main = rule.choose(day, papers)
        days.append(_worth(papers, likes[day], main, rule.cut))
        places = [*main, *_wild(papers, main, seed, day)]
        shown = [papers[place] for place in places]
        cards = [(each.graded, _WORLD[0].topics[each.number]) for each in shown]
        votes = worlds.votes(people, cards, voting)
        votes = [] if day in given.silent else votes
        votes += worlds.attack(attack, day, [likes[day][place] for place in places], hostile)
        rule.learn(day, shown, votes)
        rule.ask(day, people)
        count += len(votes)
    return Run(tuple(days), count, getattr(rule, "accepted", 0))


def _worth(
    papers: Sequence[Candidate], likes: Sequence[float], main: Sequence[int], line: float
) -> Day:
    count = len(main)
    plain = sorted(range(len(papers)), key=lambda i: (-papers[i].graded.score, i))[:count]
    return Day(
        count,
        sum(likes[place] for place in main),
        sum(likes[place] for place in plain),
        sum(sorted(likes, reverse=True)[:count]),
        line,
    )


def _wild(papers: Sequence[Candidate], main: Sequence[int], seed: int, day: int) -> list[int]:
    """One of the best papers under the line."""
    cards = set(main)
    ranked = sorted(range(len(papers)), key=lambda i: (-papers[i].graded.score, i))
    rest = [place for place in ranked if place not in cards][:POOL]
    chance = random.Random(f"{seed}/wild/{day}")  # noqa: S311  (likewise)
    return [chance.choice(rest)] if rest else []


def methods(cell: tuple[float, int]) -> list[str]:
    """The methods run at a target and floor; the fixed cut knows no target."""
    unlike = {"fixed cut": cell[0] != CELLS[0][0], "own words": cell != CELLS[0]}
    return [name for name in METHODS if not unlike.get(name, False)]


def served(seed: int, cell: tuple[float, int]) -> dict[str, dict[str, Run]]:
    """Every reader with every method, for one seed, target and floor."""
    found: dict[str, dict[str, Run]] = {}
    for kind in READERS:
        found[kind] = {}
        for name in methods(cell):
            cls, options = METHODS[name]
            found[kind][name] = simulate(cls(_WORLD[0], *cell, **options), kind, seed)
    return found


def attacked(seed: int) -> dict[str, dict[str, tuple[float, float, float]]]:
    """How far ten accounts among ten people put the line, for the trial and for paperlark.

    Returns:
        By method and attack: the mean change a week of the distance to the line without them, the
        distance at the end, both in points (in hundredths of chance for the trial), and the liked
        share of days 45 to 60.
    """
    found: dict[str, dict[str, tuple[float, float, float]]] = {}
    for name in ("trial", "line and taste"):
        found[name] = {}
        for kind in ATTACKS:
            options: dict[str, Any] = {"salt": 50} if kind == "placebo" else {"attack": kind}
            calm = {"attack": "loyal"} if kind == "sleeper" else {}
            runs = [_ten(name, seed, each) for each in (options, calm)]
            scale = 100 if name == "trial" else 1
            apart = [
                scale * (a.line - b.line) for a, b in zip(*(r.days for r in runs), strict=True)
            ]
            weeks = [abs(b - a) for a, b in zip(apart, apart[7:], strict=False)]
            found[name][kind] = (fmean(weeks), abs(apart[-1]), runs[0].share(45, 60))
    return found


def _ten(name: str, seed: int, options: dict[str, Any]) -> Run:
    cls, how = METHODS[name]
    return simulate(cls(_WORLD[0], 0.85, 1, **how), "ten", seed, **options)


def job(of: tuple[Path, str, int]) -> str:
    """Do one part of one seed and keep it.

    Args:
        of: the folder, the part (a cell's name, or `feedback_kept.HOSTILE`), and the seed.
    """
    folder, part, seed = of
    start = time.monotonic()
    if part == feedback_kept.HOSTILE:
        feedback_kept.keep(folder, part, seed, attacked(seed))
    else:
        feedback_kept.keep(folder, part, seed, served(seed, PARTS[part]))
    return f"{part}, seed {seed}: {time.monotonic() - start:.0f} s"


PARTS = {feedback_kept.name(cell): cell for cell in CELLS}


def run(folder: Path, seeds: int, processes: int) -> None:
    """Do what is not kept yet: every seed at the first target and floor first, attacks last."""
    parts = [*PARTS, feedback_kept.HOSTILE]
    every = [(folder, part, seed) for part in parts for seed in range(seeds)]
    missing = [each for each in every if not feedback_kept.there(*each)]
    if missing:
        _WORLD.append(worlds.load(Path(os.environ.get("PAPERLARK_REAL_DATA", DATA))))
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for line in pool.imap(job, missing):
            print(line, flush=True)


def page(folder: Path) -> None:
    """Write the page from what is kept."""
    served_by = {cell: feedback_kept.kept(folder, part) for part, cell in PARTS.items()}
    runs = {cell: [read(seed) for seed in found] for cell, found in served_by.items() if found}
    attacks = feedback_kept.kept(folder, feedback_kept.HOSTILE)
    feedback_page.write(ROOT, runs, attacks, feedback_speed.measured())


def read(seed: dict[str, Any]) -> dict[str, dict[str, Run]]:
    """The runs of a seed as they were, from what `feedback_kept.kept` gives back."""
    return {
        kind: {
            name: Run(tuple(Day(*day) for day in each[0]), *each[1:])
            for name, each in by_method.items()
        }
        for kind, by_method in seed.items()
    }


def main(words: Sequence[str]) -> None:
    """Do what the words of the command line say."""
    if words[:1] == ["speed"]:
        print(feedback_speed.measured())
    elif words[:1] == ["page"] and len(words) > 1:
        page(Path(words[1]))
    elif words[:1] == ["run"] and len(words) > 1:
        run(Path(words[1]), int((words[2:3] or ["20"])[0]), int((words[3:4] or ["1"])[0]))
    else:
        print(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
