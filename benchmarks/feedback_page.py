"""The tables of benchmarks/feedback.py, as docs/benchmarks-feedback.md."""

from __future__ import annotations

import math
import os
import platform
import subprocess
from datetime import UTC, datetime
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from benchmarks.feedback_speed import Speed

_ABOUT = """\
**Readers, votes and the change of taste are simulated; papers, texts and grades are real.**
48 complete days of cs.LG and cs.AI, each cut in two so that no paper is seen twice, 90 days in an
order drawn per seed, about 150 papers a day. Grades of papers that no digest chose (90 %) are drawn
below the cut by a rule; the ranker's scores are its own, without labels. Votes: .26 of liked and
.16 of other cards, fewer further down, 5 % wrong, a fifth of the days and one whole week silent.
Eight kinds of reader like by grades and by topics the learner never sees; at day 60 they want
something else. Shares are of true chances, not of draws. The oracle knows the reader and shows as
many cards; "scorer's order" is the same number of cards in the order without votes. A person who is
shown proposals takes the phrases that name their interest; "own words" are written by the reader on
the first day and at the change: what a line of text is worth. No model grades anything again, so
followed words act by taste alone. The trial is the learner before this one, without its trust.
Constants were chosen on seeds 100 to 104, on the same days."""
_LIMITS = """\
## What failed, and what is not known

See [feedback.md](feedback.md#what-it-cannot-do). Not simulated: real people, several papers of one
author, languages other than English, set-up examples, other rates of votes and of missing votes."""
_COLUMNS = (
    "| method | target, least | cards a day | days | liked, d30–60 | scorer's order | oracle | gap"
    " | after, d75–90 | gap | liked cards a day | scorer's order |"
)
_HOSTILE = """\
People cast about 2 votes a day together, the accounts up to 3 each. The distance between the line
with and without them, in points (trial: hundredths of its chance). Placebo: no accounts, only other
chance in the honest votes. Sleepers are honest for 40 days and are compared with accounts that stay
so."""
Runs: TypeAlias = "Sequence[Mapping[str, Mapping[tuple[str, float, int], Any]]]"
"""By seed, reader, and method with target and floor: the run (`benchmarks.feedback.Run`)."""


def write(root: Path, runs: Runs, attacks: Sequence[Any], speed: Speed) -> None:
    """Write the page for the seeds done so far."""
    parts = [_head(root, len(runs)), _ABOUT, _methods(runs), _readers(runs), _attacks(attacks)]
    page = root / "docs" / "benchmarks-feedback.md"
    text = "\n\n".join([*parts, _speed(speed), _LIMITS]) + "\n"
    page.write_text(text, encoding="utf-8")


def _head(root: Path, seeds: int) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607  (the developer's own git)
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return (
        "# Thumbs, in simulation\n\n"
        "Written by `python -m benchmarks.feedback SEEDS`; see [how it works](feedback.md).\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'} and the changes after it, "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"{seeds} seeds; ± is 95 % over seeds."
    )


def _over(values: Iterable[float]) -> tuple[float, float]:
    """Mean, and half the width of its 95 % interval."""
    known = list(values)
    wide = 1.96 * stdev(known) / math.sqrt(len(known)) if len(known) > 1 else math.nan
    return fmean(known), wide


def _mean(runs: Runs, key: tuple[str, float, int], of: Callable[[Any], float]) -> list[float]:
    """One mean over readers for each seed."""
    return [fmean(of(by_method[key]) for by_method in seed.values()) for seed in runs]


def _methods(runs: Runs) -> str:
    first = next(iter(runs[0].values()))
    rows = [_method(runs, key) for key in sorted(first, key=lambda key: (key[2], -key[1]))]
    return "\n".join(
        [
            "## Every method at both targets and floors, mean of eight readers",
            "",
            _COLUMNS,
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


def _method(runs: Runs, key: tuple[str, float, int]) -> str:
    def shown(of: Callable[[Any], float], digits: int = 3) -> str:
        mean, wide = _over(_mean(runs, key, of))
        return f"{mean:.{digits}f} ±{wide:.{digits}f}"

    def plain(of: Callable[[Any], float], digits: int = 3) -> str:
        return f"{_over(_mean(runs, key, of))[0]:.{digits}f}"

    name, target, least = key
    aim = "–" if name == "fixed cut" else f"{target:.2f}"
    cells = [
        name,
        f"{aim}, {least}",
        plain(lambda run: fmean(day.cards for day in run.days), 1),
        plain(lambda run: run.held, 0),
        shown(lambda run: run.share(30, 60)),
        plain(lambda run: run.share(30, 60, "plain")),
        plain(lambda run: run.share(30, 60, "oracle")),
        plain(lambda run: run.share(30, 60, "oracle") - run.share(30, 60)),
        shown(lambda run: run.share(75, 90)),
        plain(lambda run: run.share(75, 90, "oracle") - run.share(75, 90)),
        shown(lambda run: fmean(day.liked for day in run.days), 2),
        plain(lambda run: fmean(day.plain for day in run.days), 2),
    ]
    return f"| {' | '.join(cells)} |"


_OWN = ("trial", "line only", "line and taste", "with proposals", "own words")


def _readers(runs: Runs) -> str:
    kinds = list(runs[0])
    lines = [
        "## By reader: the gap to the oracle at the same number of cards (target .85, least 1)",
        "",
        "Days 30–60, then days 75–90; below it liked cards a day, less the scorer's order's.",
        "",
        f"| method | {' | '.join(kinds)} |",
        "|---" * (len(kinds) + 1) + "|",
    ]
    for name in _OWN:
        key = (name, 0.85, 1)
        cells = [_gaps([seed[kind][key] for seed in runs]) for kind in kinds]
        lines.append(f"| {name} | {' | '.join(cells)} |")
        cells = [_won([seed[kind][key] for seed in runs]) for kind in kinds]
        lines.append(f"| – liked cards | {' | '.join(cells)} |")
    return "\n".join(lines)


def _gaps(runs: Sequence[Any]) -> str:
    first, wide = _over(run.share(30, 60, "oracle") - run.share(30, 60) for run in runs)
    after = fmean(run.share(75, 90, "oracle") - run.share(75, 90) for run in runs)
    return f"{first:.3f} ±{wide:.3f}, {after:.3f}"


def _won(runs: Sequence[Any]) -> str:
    mean, wide = _over(fmean(day.liked - day.plain for day in run.days) for run in runs)
    return f"{mean:+.2f} ±{wide:.2f}"


def _attacks(attacks: Sequence[Any]) -> str:
    lines = [
        "## Ten accounts against ten people (target .85, least 1)",
        "",
        _HOSTILE,
        "",
        "| method | against it | change a week | distance at the end | liked, d45–60 |",
        "|---|---|---|---|---|",
    ]
    for key in attacks[0]:
        week, end, liked = (_over(seed[key][at] for seed in attacks) for at in range(3))
        lines.append(
            f"| {key[0]} | {key[1]} | {week[0]:.2f} ±{week[1]:.2f} | {end[0]:.1f} ±{end[1]:.1f} |"
            f" {liked[0]:.3f} ±{liked[1]:.3f} |"
        )
    return "\n".join(lines)


def _speed(speed: Speed) -> str:
    sizes = ", ".join(f"{size:,} votes {ms:.1f} ms" for size, ms in speed.by_votes.items())
    return (
        "## Speed\n\nCPU time of line, taste and order of a day of 300 papers for one profile:"
        f" {sizes}. 1,000 profiles with 500 votes each over 200 days: {speed.thousand:.1f} ms a"
        f" profile, {speed.thousand:.0f} s together, on one core."
    )
