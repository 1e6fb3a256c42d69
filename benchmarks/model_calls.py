"""A day of 855 papers through the whole model scorer: wall time against the ideal, and CPU.

A loopback model in a process of its own takes 2 s a call; papers are made up, with abstracts of the
usual length. Everything is in it that a profile's first day takes: the local ranker, the search for
papers that speak to the model, 16 papers a call, second looks, sentences, the digest. The ideal is
the rounds that so many calls need at that concurrency, first looks before second ones, each as long
as one call. Usage: ``python -m benchmarks.model_calls [SCALE] [CONCURRENCY]``; SCALE shortens a
call (0.1 by default: 0.2 s) and so makes all else look larger.
"""

from __future__ import annotations

import math
import multiprocessing
import random
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paperlark.demo.model import ModelDouble
from paperlark.domain import Paper, Profile
from tests.scoring import DAY, Group
from worker.llm import second

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from paperlark.domain import Digest

PAPERS, BATCH, LATENCY_S = 855, 16, 2.0
WORDS = 165
"""Of a usual abstract."""
SYLLABLES = "al ber con der el fin gra hy in jo kal lo men nor op per qua ran sub tor un ve xi zet"
PROFILE = Profile(
    "group",
    ("cs.LG",),
    topics="- Learning theory and bandits\n" * 40,
    wanted="alber conder finhy",
    revision="r1",
)


@dataclass(frozen=True)
class Elsewhere:
    """A model double of another process, as far as settings need it."""

    settings: dict[str, Any]


def words(rng: random.Random, count: int) -> str:
    syllables = SYLLABLES.split()
    return " ".join("".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(count))


def day() -> list[Paper]:
    rng = random.Random(7)  # noqa: S311  (papers to make again)
    ids = (f"2511.{number:05}" for number in range(PAPERS))
    return [Paper(one, 1, words(rng, 9), words(rng, WORDS), (), ("cs.LG",)) for one in ids]


def grades(title: str, _abstract: str) -> tuple[int, int]:
    """One paper in twelve is worth a card."""
    return (9, 8) if sum(map(ord, title)) % 12 == 0 else (2, 3)


def serve(line: Connection, latency_s: float) -> None:
    """The model's own process."""
    with ModelDouble(grades, latency_s=latency_s) as double:
        line.send(double.settings)
        line.recv()
        line.send((len(double.chats), double.peak))


def main(scale: float = 0.1, concurrency: int = 4) -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    target = multiprocessing.get_context("spawn").Process(
        target=serve, args=(theirs, LATENCY_S * scale), daemon=True
    )
    target.start()
    group = Group(profile=PROFILE, llm={"concurrency": concurrency})
    group.announce(day(), DAY)
    double: Any = Elsewhere(ours.recv())
    import openai  # noqa: F401, PLC0415  (a process pays for it once)

    wall, cpu = time.perf_counter(), time.process_time()
    digest = group.digest(double)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ours.send("over")
    calls, peak = ours.recv()
    target.join()
    report(digest, wall, cpu, calls)
    print(f"at most {peak} calls at once, of {concurrency} allowed; {LATENCY_S * scale:g} s a call")
    ideal = rounds(concurrency) * LATENCY_S * scale
    print(f"wall {wall:.1f} s, ideal {ideal:.1f} s, ratio {wall / ideal:.3f}")


def rounds(concurrency: int) -> int:
    first, again = math.ceil(PAPERS / BATCH), math.ceil(second.most(PROFILE.cap) / second.BATCH)
    return math.ceil(first / concurrency) + math.ceil(again / concurrency)


def report(digest: Digest, wall: float, cpu: float, calls: int) -> None:
    counts = digest.counts
    print(f"{counts.scanned} papers, {calls} calls, {counts.shown} cards, {counts.undecided} open")
    print(f"{cpu:.2f} s of CPU, {1e3 * cpu / PAPERS:.1f} ms a paper, {cpu / wall:.0%} of the wall")


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((float, int), sys.argv[1:], strict=False)))
