"""A day of 855 papers through the model client: wall time against the ideal, and processor time.

A loopback model takes 2 s a call; papers are made up, with abstracts of the usual length, 16 a
call. The ideal is the rounds that so many calls need at that concurrency, each as long as one
call. Processor time is that of the asking threads alone, so the loopback server is not in it; what
Python's lock costs between the two is. Usage: ``python benchmarks/model_calls.py [SCALE]
[CONCURRENCY]``; SCALE shortens a call (0.1 by default: 0.2 s) and so makes overheads look larger.
"""

from __future__ import annotations

import math
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from paperlark.demo.model import ModelDouble
from paperlark.domain import Paper, Profile
from worker.llm import prompt
from worker.llm.client import OpenAIModel
from worker.llm.settings import LlmSettings
from worker.llm.words import Request, Spent

PAPERS, BATCH, LATENCY_S = 855, 16, 2.0
WORDS = 165
"""Of a usual abstract."""
SYLLABLES = "al ber con der el fin gra hy in jo kal lo men nor op per qua ran sub tor un ve xi zet"
PROFILE = Profile("group", ("cs.LG",), topics="- Learning theory and bandits\n" * 40)


def words(rng: random.Random, count: int) -> str:
    syllables = SYLLABLES.split()
    return " ".join("".join(rng.choices(syllables, k=rng.randint(1, 3))) for _ in range(count))


def day() -> list[Paper]:
    rng = random.Random(7)  # noqa: S311  (papers to make again)
    ids = (f"2511.{number:05}" for number in range(PAPERS))
    return [Paper(one, 1, words(rng, 9), words(rng, WORDS), (), ("cs.LG",)) for one in ids]


def questions(papers: list[Paper]) -> list[Request]:
    starts = range(0, len(papers), BATCH)
    return [prompt.grading(PROFILE, papers[at : at + BATCH], prompt.new_tag()) for at in starts]


def asked(model: OpenAIModel, request: Request) -> tuple[Spent, float]:
    before = time.thread_time()
    answer = model.ask(request)
    return answer.spent, time.thread_time() - before


def main(scale: float = 0.1, concurrency: int = 4) -> None:
    papers = day()
    before = time.thread_time()
    requests = questions(papers)
    built = time.thread_time() - before
    with ModelDouble({}, latency_s=LATENCY_S * scale) as double:
        settings = LlmSettings(**double.settings, concurrency=concurrency)
        with OpenAIModel(settings) as model, ThreadPoolExecutor(concurrency) as pool:
            model.ask(requests[0])  # the SDK's import is no part of a call
            began = time.perf_counter()
            found = list(pool.map(lambda request: asked(model, request), requests))
            wall = time.perf_counter() - began
    report(requests, found, wall, built, (scale, concurrency))


def report(
    requests: list[Request],
    found: list[tuple[Spent, float]],
    wall: float,
    built: float,
    how: tuple[float, int],
) -> None:
    scale, concurrency = how
    ideal = math.ceil(len(requests) / concurrency) * LATENCY_S * scale
    total = sum((spent for spent, _ in found), Spent())
    busy = sum(seconds for _, seconds in found)
    print(
        f"{PAPERS} papers, {len(requests)} calls of {LATENCY_S * scale:g} s, {concurrency} at once"
    )
    print(f"wall {wall:.2f} s, ideal {ideal:.2f} s, ratio {wall / ideal:.3f}")
    print(
        f"asking: {1e3 * busy / len(requests):.1f} ms CPU a call, {1e3 * busy / PAPERS:.2f} a paper"
    )
    print(f"prompts: {1e3 * built / PAPERS:.2f} ms CPU a paper")
    print(
        f"tokens a paper (estimated): {total.prompt_tokens / PAPERS:.0f} prompt, "
        f"{total.cached_tokens / PAPERS:.0f} of them cached; "
        f"{(total.completion_tokens - total.reasoning_tokens) / PAPERS:.1f} visible"
    )


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((float, int), sys.argv[1:], strict=False)))
