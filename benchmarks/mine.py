"""How long `/digest mine` takes: 855 papers of a day, 500 votes of one person, over a real store.

python benchmarks/mine.py [--votes 500] [--papers 855] [--repeat 15]

Words, people and scores are drawn; the store is an embedded server. What is timed is the whole
question at the desk: reading, ranking, sharing among interests, keeping what was shown.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.desk import FrontDesk
from bot.desk.house import House
from bot.ports import Asker
from bot.replies import DigestPage
from paperlark import profile as profiles
from paperlark.digest import assemble
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Author,
    Batch,
    BatchState,
    Listing,
    Paper,
    Score,
    Scored,
    Usage,
)
from paperlark.feedback import Seen, Showing, showing
from paperlark.layer import Kind, Layer
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 11, 19)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PROFILE = '+++\ncategories = ["cs.LG"]\n+++\nSparse attention and convergence.'
ADA = Asker("slack:U1", Target("slack", "C1"))
LAYER = (
    (Kind.AUTHOR, "Ada Example"), (Kind.AUTHOR, "Grace Sample"),
    (Kind.WORD, "fabake gotadi"), (Kind.CATEGORY, "cs.LG"),
)  # fmt: skip


class World:
    """Papers of six themes: each has words of its own among those that all have."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  (the same draw every time)
        self.common = [self.word() for _ in range(3_000)]
        self.themes = [[self.word() for _ in range(60)] for _ in range(6)]
        self.people = [f"{self.word().title()} {self.word().title()}" for _ in range(2_000)]

    def word(self) -> str:
        """Eight letters that can be said."""
        letters = self.chance.choices("bdfgklmnprst", k=4), self.chance.choices("aeiou", k=4)
        return "".join(a + b for a, b in zip(*letters, strict=True))

    def text(self, theme: list[str], count: int) -> str:
        """So many words, some of them the theme's."""
        zipf = [1 / (n + 10) for n in range(len(self.common))]
        words = self.chance.choices(self.common, zipf, k=count)
        return " ".join(
            self.chance.choice(theme) if self.chance.random() < 0.12 else word for word in words
        )

    def papers(self, first: int, count: int) -> Iterator[Paper]:
        """So many papers, of each theme in turn."""
        for number in range(first, first + count):
            theme = self.themes[number % len(self.themes)]
            yield Paper(
                f"26{11 + number // 90_000}.{number % 90_000 + 10_000:05}",
                1,
                self.text(theme, 9),
                self.text(theme, 170),
                tuple(Author(name) for name in self.chance.sample(self.people, 5)),
                ("cs.LG",),
            )


def fill(store: RedisStore, votes: int, papers: int) -> None:
    world = World(7)
    profile = profiles.parse("bench", PROFILE)
    store.save_profile(profile)
    today, older = list(world.papers(0, papers)), list(world.papers(papers, votes))
    rows = tuple(Listing(paper.id, 1, AnnounceType.NEW) for paper in today)
    batch = Batch(DAY, "cs.LG", BatchState.COMPLETE, rows, stated=len(rows))
    store.save(Announcement(DAY, (batch,), {paper.id: paper for paper in today}))
    values = sorted((world.chance.uniform(5, 95) for _ in today), reverse=True)
    scores = {
        paper.id: Score(value, world.chance.randint(1, 10), None)
        for paper, value in zip(today, values, strict=True)
    }
    near = {paper.id: world.chance.gauss(0, 1) for paper in today}
    scored = Scored(scores, {}, Usage("local"), similarity=near)
    store.save_scores("bench", profile.revision, DAY, "local", scored)
    known = {paper.id: paper for paper in today}
    made = assemble(profile, DAY, (batch,), known, scored, version="bench")
    store.save_digest(made, showing(made))
    store.keep(older)
    said(store, older, world)
    layer = Layer(topics="mirror descent; not: surveys")
    for kind, what in LAYER:
        layer = layer.follow(kind, what)
    layer = layer.mute(Kind.WORD, world.common[900]).mute(Kind.AUTHOR, world.people[3])
    store.layers.save_layer(ADA.voter, layer)


def said(store: RedisStore, older: list[Paper], world: World) -> None:
    """The person's votes, on cards of sixty days: the first theme far more than the others."""
    cards: dict[date, list[Seen]] = {}
    for number, paper in enumerate(older):
        at = NOW - timedelta(days=1 + number % 60)
        thumb = Thumb.UP if number % 6 < 2 or world.chance.random() < 0.4 else Thumb.DOWN
        store.votes.cast(
            Vote(at, ADA.voter, f"{ADA.where}/bench", paper.id, thumb, Door.SLACK_BUTTON)
        )
        seen = Seen(paper.id, 1, world.chance.uniform(40, 95), 8, None, world.chance.gauss(0, 1))
        cards.setdefault(at.date(), []).append(seen)
    for day, shown in cards.items():
        store.layers.show(ADA.voter, "bench", Showing(day, tuple(shown)))


def measured(desk: FrontDesk, repeat: int) -> list[tuple[float, float]]:
    """Milliseconds of each question, by the clock and of this process's work.

    The first finds nothing remembered. On a busy machine the second figure says more.
    """
    taken = []
    for _ in range(repeat):
        begun, worked = time.perf_counter(), time.process_time()
        reply = asyncio.run(desk.command(ADA, "mine"))
        ended = time.perf_counter() - begun, time.process_time() - worked
        assert isinstance(reply, DigestPage), reply
        taken.append((1000 * ended[0], 1000 * ended[1]))
    return taken


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--votes", type=int, default=500)
    asked.add_argument("--papers", type=int, default=855)
    asked.add_argument("--repeat", type=int, default=15)
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder,
        connect(None, Path(folder)) as running,
    ):
        store = RedisStore(running.client)
        fill(store, given.votes, given.papers)
        house = House(store, lambda: NOW, lambda *_: "")
        first, *rest = measured(FrontDesk(house), given.repeat)
    print(f"{given.papers} papers, {given.votes} votes      by the clock   this process's work")
    print(f"first question   {first[0]:14.0f} ms {first[1]:18.0f} ms")
    for name, of in (("later, median ", statistics.median), ("later, least  ", min)):
        clock, work = (of([each[n] for each in rest]) for n in (0, 1))
        print(f"{name}   {clock:14.0f} ms {work:18.0f} ms")


if __name__ == "__main__":
    main()
