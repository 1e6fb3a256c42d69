"""Ranks the labelled dev days three ways and writes docs/benchmarks-ranking.md.

Run from the root: ``python -m benchmarks.ranking [FOLDER]``; FOLDER, or PAPERLARK_REAL_DATA, holds
the real days, which are third-party data and no part of this repository.

Days are split by date: what the ranker's constants were chosen on ("tune") is never reported.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import random
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import fmean, median, stdev
from typing import TYPE_CHECKING, Any

from paperlark.domain import Label, LabelledPaper, Profile, Term
from worker import agreement, evaluation, figures
from worker.labelled import Day, grouped
from worker.ranker import Ranker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = ROOT / "benchmarks" / "ranking_keywords.toml"
PAGE = ROOT / "docs" / "benchmarks-ranking.md"
DATA = ROOT.parent / "shared" / "data"
LIKED = (5, 20, 50)
DRAWS = 10
DISLIKED = 3
LINES = (30, 40, 50, 60, 70, 80)
_ABOUT = """\
Labels are a language model's grades from published digests, not readers' votes. Constants were
chosen on earlier days than those reported. Figures are means over days; papers with equal scores
are put in random order. The store holds every earlier day's text; labels are only those named. To
beat: what the first trial of this ranker reached with other phrase lists (for 5 likes with a
frozen store)."""
_POSITIVE = 7  # a graded paper counts as selected from this relevance on
_LEAST_PAPERS, _LEAST_SELECTED = 30, 3  # a day with fewer is used but not reported
_HALF = re.compile(r"\s*-\s*(Relevant|Irrelevant|Application):(.*)")


@dataclass(frozen=True)
class Set:
    """Labelled days of one profile.

    Attributes:
        sha: the profile's name in the data.
        tune: how many of the first usable days constants may be chosen on.
        targets: AUC to beat: cold, 5 likes, past.
    """

    name: str
    file: str
    sha: str
    tune: int
    targets: tuple[float, float, float]


SETS = (
    Set("gpt-5, cs.LG + cs.AI", "fulldays_cslg_csai", "74a0d9db", 11, (0.898, 0.894, 0.942)),
    Set("gpt-4o, cs.LG + cs.AI", "fulldays_gpt4o_2025-08", "0176aa1d", 10, (0.815, 0.812, 0.879)),
    Set("gpt-4.1, astro-ph", "astroph_graded_all", "91981920", 28, (0.890, 0.897, 0.932)),
)


@dataclass(frozen=True)
class Loaded:
    """A set's days, oldest first; ``report`` are the dates figures are given for."""

    of: Set
    days: tuple[Day, ...]
    report: frozenset[date]
    profile: Profile


def load(folder: Path, chosen: Set) -> Loaded:
    """Reads a set where it lies."""
    with gzip.open(folder / "dev" / f"{chosen.file}.jsonl.gz", "rt", encoding="utf-8") as lines:
        days = grouped([_paper(json.loads(line)) for line in lines])
    usable = [day.date for day in days if _usable(day)]
    texts = json.loads((folder / "dev" / "profiles.json").read_text(encoding="utf-8"))
    text = next(one["text"] for one in texts if one["prompt_sha"] == chosen.sha)
    return Loaded(chosen, days, frozenset(usable[chosen.tune :]), profile(chosen, text))


def _usable(day: Day) -> bool:
    selected = sum(paper.selected for paper in day.papers)
    return len(day.papers) >= _LEAST_PAPERS and selected >= _LEAST_SELECTED


def _paper(row: Mapping[str, Any]) -> LabelledPaper:
    """A row of the data; a paper chosen for its author alone has no grade and is not selected."""
    graded = "labels" not in row
    label = row if graded else row["labels"].get("DaizeDong") or {}
    relevance: int | None = label.get("relevance") or None
    selected = relevance is not None and (not graded or relevance >= _POSITIVE)
    return LabelledPaper(
        date=date.fromisoformat(row["date"]),
        id=row["arxiv_id"],
        title=row["title"],
        abstract=row["abstract"],
        categories=tuple(row["categories"] or ()),
        selected=selected,
        relevance=relevance,
        novelty=label.get("novelty") or None,
    )


def profile(chosen: Set, text: str) -> Profile:
    """The profile's topics from the data, with our own phrases for it."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for line in text[text.index("## Relevant Topics") :].splitlines()[1:]:
        found = _HALF.match(line)
        if found:
            (wanted if found[1] == "Relevant" else unwanted).append(found[2])
        elif not line.startswith(("Use the following", "**Keywords")):
            wanted.append(line)
    phrases = tomllib.loads(KEYWORDS.read_text(encoding="utf-8"))[chosen.sha]
    return Profile(
        chosen.sha,
        (),
        wanted="\n".join(wanted),
        unwanted="\n".join(unwanted),
        keywords=tuple(map(Term, phrases["wanted"])),
        exclusions=tuple(map(Term, phrases["unwanted"])),
    )


def walked(loaded: Loaded, train: str, *, phrases: bool = True, keep: float = 1.0) -> list[Any]:
    """The figures of the report days, every earlier day in the store."""
    chosen = loaded.profile
    if not phrases:
        chosen = replace(chosen, keywords=(), exclusions=())
    found = evaluation.assess(loaded.days, chosen, train=train, keep=keep)["days"]
    return [one for one in found if date.fromisoformat(one["date"]) in loaded.report]


def examples(loaded: Loaded) -> dict[int, list[list[Any]]]:
    """Figures of the report days for each number of likes and each draw from the tune days."""
    ranker = _ranker(loaded.profile)
    tune = [day for day in loaded.days if day.date < min(loaded.report)]
    for day in tune:
        _see(ranker, day)
    drawn = {n: [_draw(tune, n, seed) for seed in range(DRAWS)] for n in LIKED}
    found: dict[int, list[list[Any]]] = {n: [[] for _ in range(DRAWS)] for n in LIKED}
    for day in (day for day in loaded.days if day.date >= min(loaded.report)):
        _see(ranker, day)
        if day.date not in loaded.report:
            continue
        for n, draws in drawn.items():
            for seed, labels in enumerate(draws):
                ranker.fit(labels)
                found[n][seed].append(_figures(ranker, day))
    return found


def _ranker(chosen: Profile) -> Ranker:
    return Ranker(chosen.wanted, chosen.unwanted, chosen.keywords, chosen.exclusions)


def _see(ranker: Ranker, day: Day) -> None:
    for paper in day.papers:
        ranker.see(paper.id, paper.title, paper.abstract)


def _draw(days: Iterable[Day], n: int, seed: int) -> dict[str, Label]:
    papers = [paper for day in days for paper in day.papers]
    chance = random.Random(seed)  # noqa: S311  (a draw to repeat, no secret)
    liked = chance.sample([paper.id for paper in papers if paper.selected], n)
    other = chance.sample([paper.id for paper in papers if not paper.selected], DISLIKED)
    return dict.fromkeys(liked, Label(1.0)) | dict.fromkeys(other, Label(0.0))


def _figures(ranker: Ranker, day: Day) -> dict[str, Any]:
    raw = ranker.score([paper.id for paper in day.papers])
    order = evaluation.ordered(day.papers, raw, random.Random(0))  # noqa: S311  (ties)
    wanted = [paper.selected for paper in order]
    return {
        "auc": agreement.auc([raw[paper.id] for paper in order], wanted),
        "recall_at": {str(k): agreement.recall_at(wanted, k) for k in figures.SHARES},
        "precision_at_10": agreement.precision_at(wanted, 10),
    }


def passing(loaded: Loaded, train: str) -> dict[str, dict[int, float]]:
    """Papers at or over each line on a median report day, and how many of them are selected."""
    ranker, labels = _ranker(loaded.profile), dict[str, Label]()
    over: dict[int, list[int]] = {line: [] for line in LINES}
    good: dict[int, list[int]] = {line: [] for line in LINES}
    for day in loaded.days:
        _see(ranker, day)
        if day.date in loaded.report:
            ranker.fit(labels)
            raw = ranker.score([paper.id for paper in day.papers])
            for line in LINES:
                kept = [p.selected for p in day.papers if ranker.percent(raw[p.id]) >= line]
                over[line].append(len(kept))
                good[line].append(sum(kept))
        if train == "past":
            labels |= {paper.id: Label(float(paper.selected)) for paper in day.papers}
    return {
        "papers": {line: median(counts) for line, counts in over.items()},
        "precision": {line: sum(good[line]) / (sum(over[line]) or 1) for line in LINES},
    }


def row(name: str, found: Sequence[Mapping[str, Any]], target: float | None = None) -> str:
    """One line of a table: means over days, and the spread of the AUC."""
    aucs = [one["auc"] for one in found]
    recalls = " | ".join(
        f"{fmean(one['recall_at'][str(share)] for one in found):.3f}" for share in figures.SHARES
    )
    first = fmean(one["precision_at_10"] for one in found)
    goal = "" if target is None else f"{target:.3f} ({_verdict(fmean(aucs), target)})"
    return f"| {name} | {fmean(aucs):.3f} ± {stdev(aucs):.3f} | {recalls} | {first:.2f} | {goal} |"


def _verdict(found: float, target: float) -> str:
    gap = round(found, 3) - target
    return "met" if gap >= 0 else f"missed by {-gap:.3f}"


def section(loaded: Loaded) -> list[str]:
    """A set's table."""
    cold, few, past = loaded.of.targets
    head = "| labels | AUC ± sd over days | R@30 | R@40 | R@50 | P@10 | AUC to beat |"
    lines = [f"## {loaded.of.name}", "", _about(loaded), "", head, "|---|---|---|---|---|---|---|"]
    lines.append(row("none, topics only", walked(loaded, "cold", phrases=False)))
    lines.append(row("none, topics and phrases", walked(loaded, "cold"), cold))
    for n, draws in examples(loaded).items():
        every = [one for draw in draws for one in draw]
        means = [fmean(one["auc"] for one in draw) for draw in draws]
        name = f"{n} liked, {DISLIKED} not ({DRAWS} draws, sd of their means {stdev(means):.3f})"
        lines.append(row(name, every, few if n == LIKED[0] else None))
    lines.append(row("all earlier days", walked(loaded, "past"), past))
    return [*lines, "", *_loop(loaded), "", *_lines(loaded), ""]


def _about(loaded: Loaded) -> str:
    days = [day for day in loaded.days if day.date in loaded.report]
    papers = sum(len(day.papers) for day in days)
    selected = sum(paper.selected for day in days for paper in day.papers)
    return (
        f"{len(days)} report days ({min(loaded.report)} to {max(loaded.report)}), "
        f"{papers:,} papers, {selected:,} selected."
    )


def _loop(loaded: Loaded) -> list[str]:
    """Recall where only papers sent on give labels."""
    said = []
    for keep in (0.5, 0.4):
        found = walked(loaded, "past", keep=keep)
        got = sum(one["recall_sent"] * one["selected"] for one in found)
        sent = sum(one["sent"] for one in found) / sum(one["papers"] for one in found)
        recall = got / sum(one["selected"] for one in found)
        said.append(f"keep {keep:.0%}: {sent:.0%} sent, recall {recall:.3f}")
    return [f"Closed loop, with 5 % explored: {'; '.join(said)}."]


def _lines(loaded: Loaded) -> list[str]:
    lines = [
        "| at or over the line | " + " | ".join(map(str, LINES)) + " |",
        "|---|" + "---|" * len(LINES),
    ]
    for train in ("cold", "past"):
        found = passing(loaded, train)
        cells = (f"{found['papers'][k]:g} ({found['precision'][k]:.0%})" for k in LINES)
        lines.append(f"| {train}: papers a median day (selected) | {' | '.join(cells)} |")
    return lines


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else "not committed yet"


def page(sets: Iterable[Loaded]) -> str:
    """The whole page."""
    began = time.process_time()
    body = [line for loaded in sets for line in section(loaded)]
    spent = time.process_time() - began
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    return "\n".join(
        [
            "# Ranking, measured",
            "",
            "Written by `make bench-ranking`; see [how it works](ranking.md).",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {machine}, {spent:.0f} s of CPU.",
            "",
            _ABOUT,
            "",
            *body,
        ]
    )


def main(arguments: Sequence[str]) -> None:
    """Measures and writes the page."""
    folder = Path(arguments[0] if arguments else os.environ.get("PAPERLARK_REAL_DATA", DATA))
    if not (folder / "dev").is_dir():
        sys.exit("No real days found: name their folder, or set PAPERLARK_REAL_DATA.")
    written = page([load(folder, chosen) for chosen in SETS])
    PAGE.write_text(written, encoding="utf-8")
    print(written)


if __name__ == "__main__":
    main(sys.argv[1:])
