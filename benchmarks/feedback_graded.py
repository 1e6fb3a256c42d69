"""Thumbs on recorded grades: writes the section on graded days of docs/benchmarks-feedback.md.

Run from the root: ``python -m benchmarks.feedback_graded [DRAWS] [FOLDER]``; FOLDER, or
PAPERLARK_REAL_DATA, holds the real days, which are third-party data and no part of this repository.

The scorer is the local ranker. For five days ten cards and a wild card are posted; an honest
reader, simulated, gives 20 or 50 thumbs on them, up where the recorded digest chose the paper.
Nobody votes after that; the next 20 days are ordered and cut as the product does it
(`paperlark.facts.steer`): votes reach similarity, taste and the line, and no score.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import feedback_page, feedback_prior
from benchmarks.feedback_days import (
    CAP,
    KEPT,
    KNOBS,
    POSTED,
    THUMBS,
    VOTING,
    cast,
    cold,
    part,
    posted,
    ranker,
    see,
    similarity,
    usable,
)
from benchmarks.ranking import DATA, ROOT, SETS, load
from paperlark.facts import Facts, steer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.feedback_days import Cold
    from benchmarks.ranking import Loaded
    from paperlark.domain import PaperId, Profile
    from paperlark.feedback import Steering
    from worker.ranker import Ranker

TESTED, AGAIN = 20, 5
"""Days tested after those with votes, and every how many of them the ranker sees new papers."""
LEFT = 10
"""Days to test that a series needs at least."""
_ABOUT = """\
## Graded days: 20 and 50 thumbs, then the next 20 days

**The reader is simulated; papers, texts and choices are real.** The local ranker scores alone, with
the profile's topics and phrases. For five days the ten best papers and a wild card are posted, in
the order under the thumbs given so far, and an honest reader gives 4 or 10 thumbs a day on them, up
where the recorded digest chose the paper. Then nobody votes for 20 days (10 at least, where the
data end). A series starts on every fifth day; days stand in several. As in the product, thumbs
reach the ranker's similarity, the taste and the line, and no score. "Without" is the scorer's own
order at the same number of cards. The ranker sees the papers of five days at a time. Figures are of
all cards of those days together; ± is one deviation over draws of which cards are voted on, and
says nothing of other days.

"Used while building" are days on which the ranker's constants were chosen, and the worth of
similarity below; "later" ones were reported by [the ranker's own page](benchmarks-ranking.md). The
other constants of feedback were chosen in the simulation above, which has the texts of all cs.LG
and cs.AI days; no astro-ph day was used for them.
{held}"""
_SEALED = "Days held out from all building are not in the data this was run on: none is reported."
_OPENED = "Held-out days are those whose labels nobody who built this had."
_HEAD = """\
| profile | days | thumbs | cards | cards a day | precision without | with | recall without | with |
|---|---|---|---|---|---|---|---|---|"""


@dataclass
class Tally:
    """What cards of some days held, with thumbs and without."""

    days: int = 0
    cards: int = 0
    selected: int = 0
    plain: int = 0
    found: int = 0

    def take(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.days += other.days
        self.cards += other.cards
        self.selected += other.selected
        self.plain += other.plain
        self.found += other.found


class Key(NamedTuple):
    """What a tally is of: which days, how many thumbs, and how many cards were shown."""

    part: str
    thumbs: int
    cards: str


class Bent(NamedTuple):
    """A day under the thumbs: its papers in order, and how many of them are cards at the line."""

    order: list[PaperId]
    near: dict[PaperId, float]
    shown: int


def bent(known: Ranker, of: Profile, day: Cold, facts: Facts) -> Bent:
    """A day as the product orders and cuts it, without a wild card."""
    near = similarity(known, day, facts.labels(day.date))
    how: Steering = steer(of, day.date, facts, day.scored(near), {}, wild=False)
    order = how.order(day.scores)
    chosen = how.cut(order, CAP, (of.name, day.date))
    return Bent(list(order), dict(near), len(chosen.over) + len(chosen.despite))


def voted(known: Ranker, of: Profile, days: Sequence[Cold], thumbs: int, draw: str) -> Facts:
    """The facts of one draw: the same number of thumbs each day, on the cards posted."""
    facts = Facts(knobs=KNOBS)
    for day in days:
        found = bent(known, of, day, facts)
        shown = posted(day, found.order, found.near, day.date, draw)
        votes = cast(day, shown, thumbs // VOTING, draw)
        facts = replace(facts, votes=(*facts.votes, *votes), shown=(*facts.shown, shown))
    return facts


def walked(loaded: Loaded, start: int, draws: int) -> list[dict[Key, Tally]]:
    """One series: five days with votes from `start` on, then the tested ones; by draw."""
    earlier, days, of = usable(loaded)[:start], usable(loaded)[start:], loaded.profile
    known = ranker(of)
    see(known, (*earlier, *days[:VOTING]))
    voting = cold(known, days[:VOTING])
    facts = {
        (thumbs, seed): voted(known, of, voting, thumbs, str(seed))
        for thumbs in THUMBS
        for seed in range(draws)
    }
    found: list[dict[Key, Tally]] = [defaultdict(Tally) for _ in range(draws)]
    tested = days[VOTING : VOTING + TESTED]
    for at in range(0, len(tested), AGAIN):
        block = tested[at : at + AGAIN]
        see(known, block)
        for day in cold(known, block):
            for (thumbs, seed), given in facts.items():
                now = bent(known, of, day, given)
                for name, cards in (("ten", POSTED), ("at the line", now.shown)):
                    key = Key(part(day.date, loaded), thumbs, name)
                    _add(found[seed][key], day, now.order[:cards])
    return found


def _add(tally: Tally, day: Cold, cards: Sequence[PaperId]) -> None:
    tally.days += 1
    tally.cards += len(cards)
    tally.selected += len(day.chosen)
    tally.plain += len(day.chosen.intersection(list(day.scores)[: len(cards)]))
    tally.found += len(day.chosen.intersection(cards))


def series(loaded: Loaded) -> list[int]:
    """Where series start: every fifth day, while enough days to test are left."""
    return list(range(0, len(usable(loaded)) - VOTING - LEFT + 1, VOTING))


def rows(loaded: Loaded, draws: int) -> list[str]:
    """The table's rows of one set, all its series together."""
    by_draw: list[dict[Key, Tally]] = [defaultdict(Tally) for _ in range(draws)]
    for start in series(loaded):
        for every, found in zip(by_draw, walked(loaded, start, draws), strict=True):
            for key, tally in found.items():
                every[key].take(tally)
    return [
        _row(loaded.of.name, key, [each[key] for each in by_draw]) for key in sorted(by_draw[0])
    ]


def _row(name: str, key: Key, draws: Sequence[Tally]) -> str:
    cards = fmean(each.cards / each.days for each in draws)
    cells = [
        name,
        f"{draws[0].days}, {key.part}",
        str(key.thumbs),
        key.cards,
        f"{cards:.1f}",
        f"{fmean(each.plain / each.cards for each in draws):.3f}",
        _over([each.found / each.cards for each in draws]),
        f"{fmean(each.plain / each.selected for each in draws):.3f}",
        _over([each.found / each.selected for each in draws]),
    ]
    return f"| {' | '.join(cells)} |"


def _over(values: Sequence[float]) -> str:
    spread = f" ±{stdev(values):.3f}" if len(values) > 1 else ""
    return f"{fmean(values):.3f}{spread}"


def section(sets: Sequence[Loaded], draws: int) -> str:
    """The whole section."""
    table = [row for loaded in sets for row in rows(loaded, draws)]
    held = any(part(day.date, loaded) == KEPT for loaded in sets for day in loaded.days)
    when = (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {feedback_page.commit(ROOT)} and the changes after"
    )
    by = f"Written by `python -m benchmarks.feedback_graded`; {when} it, {draws} draws."
    about = _ABOUT.format(held=_OPENED if held else _SEALED)
    chosen = feedback_prior.section(sets, 2 * draws)
    return "\n\n".join([about, by, "\n".join([_HEAD, *table]), chosen])


def main(words: Sequence[str]) -> None:
    """Measure, and put the section into the page."""
    draws = int((words[:1] or ["10"])[0])
    folder = Path((words[1:2] or [os.environ.get("PAPERLARK_REAL_DATA", str(DATA))])[0])
    if not (folder / "dev").is_dir():
        sys.exit("No real days found: name their folder, or set PAPERLARK_REAL_DATA.")
    text = section([load(folder, chosen) for chosen in SETS], draws)
    feedback_page.put_graded(ROOT, text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
