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
## What was tried, on seeds 100 to 104

Gaps to the oracle on days 30–60 at target .85, least 1, unless said; differences of .01 are chance.

- **Kept: interests apart in proposals** (votes that name no followed word are asked for themes of
  their own). Lab at target .70: .128 to .113; narrow, lab and unlisted at .85: .084 to .083, and
  .175 to .164 after the change.
- **Followed words that fade** as votes speak against them (a running count, each word's own or
  shared by all): .083 and .082, after the change .164 to .175 and .171. Not kept.
- **More novelty in taste** (deviation .7, from 40 votes on): novelty .027 to .016, as the scorer
  .002 to .009, unlisted .103 to .121; over all eight .003 worse. Not kept.
- **A prior with a spike at the plain score** (Laplace's) for taste: it stays silent, as one vote a
  day hardly tells novelty from chance. Not kept.
- **Stronger words** (4 instead of 3): .083 to .084, after the change .164 to .183. **Eight
  proposals** at once instead of five, and a lower bar for them: nothing. Not kept.

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
_MARK = "<!-- graded days: written by benchmarks.feedback_graded -->"
_END = "<!-- end of graded days -->"
_FIRST = (0.85, 1)
Cell: TypeAlias = tuple[float, int]
"""A target and a floor."""
Runs: TypeAlias = "Sequence[Mapping[str, Mapping[str, Any]]]"
"""By seed, reader and method: the run (`benchmarks.feedback.Run`)."""


def write(root: Path, runs: Mapping[Cell, Runs], attacks: Sequence[Any], speed: Speed) -> None:
    """Write the page for what is done so far; the section on graded days stays as it is."""
    page = root / "docs" / "benchmarks-feedback.md"
    parts = [_head(root, runs, len(attacks)), _ABOUT, _methods(runs)]
    if runs.get(_FIRST):
        parts += [_readers(runs[_FIRST]), _aims(runs[_FIRST])]
    parts += [_attacks(attacks)] if attacks else []
    parts += [_graded(page), _speed(speed), _LIMITS]
    page.write_text("\n\n".join(each for each in parts if each) + "\n", encoding="utf-8")


def put_graded(root: Path, text: str) -> None:
    """Put the section on graded days into the page, before the one on speed."""
    page = root / "docs" / "benchmarks-feedback.md"
    whole, old = page.read_text(encoding="utf-8"), _graded(page)
    section = f"{_MARK}\n{text.strip()}\n{_END}"
    if old:
        whole = whole.replace(old, section)
    else:
        whole = whole.replace("## Speed\n", f"{section}\n\n## Speed\n")
    page.write_text(whole, encoding="utf-8")


def _graded(page: Path) -> str:
    """The section on graded days as it stands, with its marks; empty where there is none."""
    whole = page.read_text(encoding="utf-8") if page.exists() else ""
    start, end = whole.find(_MARK), whole.find(_END)
    return whole[start : end + len(_END)] if 0 <= start < end else ""


def commit(root: Path) -> str:
    """The commit the tree is at, or ``unknown``."""
    told = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607  (the developer's own git)
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return told or "unknown"


def _head(root: Path, runs: Mapping[Cell, Runs], hostile: int) -> str:
    done = [
        f"target {target:.2f}, least {least}: {len(found)}"
        for (target, least), found in runs.items()
    ]
    return (
        "# Thumbs, in simulation\n\n"
        "Written by `python -m benchmarks.feedback run FOLDER` and `page FOLDER`; see"
        " [how it works](feedback.md).\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit(root)} and the changes after it,"
        f" {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}.\n"
        f"Seeds: {'; '.join([*done, f'hostile accounts: {hostile}'])}. ± is 95 % over seeds."
    )


def _over(values: Iterable[float]) -> tuple[float, float]:
    """Mean, and half the width of its 95 % interval."""
    known = list(values)
    wide = 1.96 * stdev(known) / math.sqrt(len(known)) if len(known) > 1 else math.nan
    return fmean(known), wide


def _mean(runs: Runs, name: str, of: Callable[[Any], float]) -> list[float]:
    """One mean over readers for each seed."""
    return [fmean(of(by_method[name]) for by_method in seed.values()) for seed in runs]


def _methods(runs: Mapping[Cell, Runs]) -> str:
    cells = sorted(runs, key=lambda cell: (cell[1], -cell[0]))
    rows = [
        _method(runs[cell], name, cell)
        for cell in cells
        for name in next(iter(runs[cell][0].values()))
    ]
    return "\n".join(
        [
            "## Every method at both targets and floors, mean of eight readers",
            "",
            _COLUMNS,
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
            *rows,
        ]
    )


def _method(runs: Runs, name: str, cell: Cell) -> str:
    def shown(of: Callable[[Any], float], digits: int = 3) -> str:
        mean, wide = _over(_mean(runs, name, of))
        return f"{mean:.{digits}f} ±{wide:.{digits}f}"

    def plain(of: Callable[[Any], float], digits: int = 3) -> str:
        return f"{_over(_mean(runs, name, of))[0]:.{digits}f}"

    target, least = cell
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
        cells = [_gaps([seed[kind][name] for seed in runs]) for kind in kinds]
        lines.append(f"| {name} | {' | '.join(cells)} |")
        cells = [_won([seed[kind][name] for seed in runs]) for kind in kinds]
        lines.append(f"| – liked cards | {' | '.join(cells)} |")
    return "\n".join(lines)


def _gaps(runs: Sequence[Any]) -> str:
    first, wide = _over(run.share(30, 60, "oracle") - run.share(30, 60) for run in runs)
    after = fmean(run.share(75, 90, "oracle") - run.share(75, 90) for run in runs)
    return f"{first:.3f} ±{wide:.3f}, {after:.3f}"


def _won(runs: Sequence[Any]) -> str:
    mean, wide = _over(fmean(day.liked - day.plain for day in run.days) for run in runs)
    return f"{mean:+.2f} ±{wide:.2f}"


_AIMS = {"narrow topic": 0.08, "lab, two clusters": 0.08, "narrow, unlisted": 0.08}
_AIM = 0.02


def _aims(runs: Runs) -> str:
    """What was aimed at and what was reached, by reader, with proposals."""
    lines = [
        "## Aims, with proposals (target .85, least 1)",
        "",
        "| reader | gap, d30–60 | aim | | after, d75–90 | line only | liked cards, less plain's |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in runs[0]:
        asked, plain = ([seed[kind][name] for seed in runs] for name in _ASKED)
        gap, wide = _over(_gap(run, 30, 60) for run in asked)
        after, alone = (_over(_gap(run, 75, 90) for run in each) for each in (asked, plain))
        aim = _AIMS.get(kind, _AIM)
        lines.append(
            f"| {kind} | {gap:.3f} ±{wide:.3f} | {aim:.2f} | {'met' if gap <= aim else 'missed'} |"
            f" {after[0]:.3f} ±{after[1]:.3f} | {alone[0]:.3f} ±{alone[1]:.3f} | {_won(asked)} |"
        )
    return "\n".join(lines)


_ASKED = ("with proposals", "line only")


def _gap(run: Any, start: int, end: int) -> float:
    return float(run.share(start, end, "oracle") - run.share(start, end))


def _attacks(attacks: Sequence[Any]) -> str:
    lines = [
        "## Ten accounts against ten people (target .85, least 1)",
        "",
        _HOSTILE,
        "",
        "| method | against it | change a week | distance at the end | liked, d45–60 |",
        "|---|---|---|---|---|",
    ]
    for name, kind in [(name, kind) for name, kinds in attacks[0].items() for kind in kinds]:
        week, end, liked = (_over(seed[name][kind][at] for seed in attacks) for at in range(3))
        lines.append(
            f"| {name} | {kind} | {week[0]:.2f} ±{week[1]:.2f} | {end[0]:.1f} ±{end[1]:.1f} |"
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
