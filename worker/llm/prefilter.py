"""Which of a day's papers a model reads, and what that may miss. Pure.

The local ranker's best share of the day is sent, and a few of the others at random: what the model
would choose among those says how much the rest holds. Papers that were not sent give no label.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from paperlark.domain import PaperId

HEAVIEST = 5.0
"""The most a sampled paper's label weighs; it is 1 / rate up to here."""
POSITIVES = 30
"""Papers a model has chosen for a profile before anything is held back."""
LONGEST_WARM_UP = 10
"""Full days after which a profile that chooses next to nothing is no longer waited for."""
WINDOW = 10
"""Days that an estimate is pooled over."""
LIMIT = 0.05
"""The estimated share of missed papers from which a larger share of the day is sent."""
WELL_UNDER = LIMIT / 2
LEAST, MOST = 0.3, 1.0
"""What the share that is kept never leaves."""
_WIDER, _NARROWER = 0.1, 0.01
_FINDS = 2  # one find is an accident: in a week of a small field it alone reads as a tenth missed
_WHOLE = 1e-9  # 0.3 x 10 is 3, whatever binary fractions say
_RARE = 0.025  # on either side


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent of a day.

    Attributes:
        sent: the ranker's best, then those sampled, both best first.
        sampled: the papers of `sent` that were drawn at random.
        dropped: not sent, best first.
        rate: the chance of each paper that was not among the best to be drawn; 1 on a full day.
    """

    sent: tuple[PaperId, ...]
    sampled: frozenset[PaperId]
    dropped: tuple[PaperId, ...]
    rate: float

    def weight(self, paper: PaperId) -> float:
        """How much a sent paper's label weighs in learning: 1, or 1 / rate up to `HEAVIEST`."""
        return min(HEAVIEST, 1 / self.rate) if paper in self.sampled else 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model chose of a day's plan; what estimates are made from.

    Attributes:
        keep: the share that was kept; days that kept less say nothing about a wider share.
        chosen: papers among the best that the model put at or over the line.
        sampled, found: papers drawn at random, and those of them at or over the line.
        dropped: papers not sent.
    """

    keep: float
    chosen: int
    sampled: int
    found: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much of what a model would choose it was not shown: a share, with 95 % bounds.

    ``share`` is None where nothing can be said; the bounds are then 0 and 1. ``sampled`` and
    ``found`` are of all ``days``.
    """

    share: float | None
    low: float
    high: float
    sampled: int
    found: int
    days: int


def warming(days: int, positives: int, *, full_days: int = 2) -> bool:
    """Whether a profile's next day is sent whole.

    So it is for `full_days` days and until `POSITIVES` papers were chosen, whichever is later, but
    for no more than `LONGEST_WARM_UP` days unless more were asked for.

    Args:
        days: earlier full days of this profile.
        positives: papers that the model has put at or over the line.
        full_days: the least number of full days.
    """
    return days < full_days or (positives < POSITIVES and days < LONGEST_WARM_UP)


def seed(day: date, profile: str, revision: str) -> str:
    """What a day's sample is drawn by: the same plan is made again for the same three."""
    return f"{day.isoformat()} {profile} {revision}"


def plan(ranked: Sequence[PaperId], *, keep: float, explore: float, full: bool, seed: str) -> Plan:
    """Choose what is sent: the top `keep` of the papers, and `explore` of them from the rest.

    The top is rounded up, and so are both together; at least one paper is sampled where any is
    left and `explore` is not 0. Who is drawn depends on the seed and the papers' ids only.

    Args:
        ranked: ids, best first, each once.
        keep: the share of all papers that is sent, 0 to 1.
        explore: the share of all papers that is sampled, 0 to 1.
        full: send everything.
        seed: what the sample is drawn by: see `seed`.
    """
    top = len(ranked) if full else _up(keep * len(ranked), len(ranked))
    head, rest = tuple(ranked[:top]), ranked[top:]
    number = _up((keep + explore) * len(ranked), len(ranked)) - top if rest and explore else 0
    drawn = _draw(rest, min(len(rest), max(1, number)) if rest and explore else 0, seed)
    sampled = tuple(paper for paper in rest if paper in drawn)
    dropped = tuple(paper for paper in rest if paper not in drawn)
    return Plan(head + sampled, drawn, dropped, len(drawn) / len(rest) if rest else 1.0)


def _up(number: float, most: int) -> int:
    return max(0, min(most, ceil(number - _WHOLE)))


def _draw(papers: Iterable[PaperId], number: int, seed: str) -> frozenset[PaperId]:
    """A simple random sample: those whose hashes are lowest. Neither order nor Python matters."""
    return frozenset(sorted(papers, key=lambda paper: _hash(seed, paper))[:number])


def _hash(seed: str, paper: PaperId) -> bytes:
    return sha256(f"{seed} {paper}".encode()).digest()


def missed(history: Sequence[Outcome], keep: float = 0.0, *, window: int = WINDOW) -> Estimate:
    """The share of a model's choice that it was not sent, over the last days of a history.

    Missed = found x (dropped / sampled); the share is of all that the model would choose: chosen +
    found + missed. The bounds are exact ones for drawing without replacement (hypergeometric, 95 %
    two-sided): the least and the greatest number of missed papers under which finding as many, or
    as few, is no rarer than 2.5 %.

    Args:
        history: oldest first; days without a sample say nothing and are left out.
        keep: the share to be kept; days that kept less are left out.
        window: days that count.
    """
    days = [day for day in history if day.sampled and day.keep >= keep - _WHOLE][-window:]
    sampled, found = sum(day.sampled for day in days), sum(day.found for day in days)
    dropped, seen = sum(day.dropped for day in days), sum(day.chosen for day in days) + found
    if not sampled or not seen:
        return Estimate(None, 0.0, 1.0, sampled, found, len(days))
    low, high = (_share(seen, number) for number in _bounds(found, sampled, dropped))
    return Estimate(_share(seen, found / sampled * dropped), low, high, sampled, found, len(days))


def _share(seen: int, unseen: float) -> float:
    return unseen / (seen + unseen)


def _bounds(found: int, sampled: int, dropped: int) -> tuple[int, int]:
    """The least and the greatest number missed that go with what was found."""
    numbers = range(dropped + 1)
    low = bisect_left(numbers, x=True, key=lambda m: _tail(found, m, sampled, dropped) > _RARE)
    high = bisect_left(numbers, x=True, key=lambda m: _head(found, m, sampled, dropped) <= _RARE)
    return low, max(low, high - 1)


def _head(found: int, lost: int, sampled: int, dropped: int) -> float:
    """The chance to find so few or fewer in the sample, were `lost` not in it."""
    every, wanted = sampled + dropped, found + lost
    ways = sum(comb(wanted, x) * comb(every - wanted, sampled - x) for x in range(found + 1))
    return ways / comb(every, sampled)


def _tail(found: int, lost: int, sampled: int, dropped: int) -> float:
    """The chance to find so many or more."""
    every, wanted = sampled + dropped, found + lost
    ways = sum(comb(wanted, x) * comb(every - wanted, sampled - x) for x in range(found))
    return 1 - ways / comb(every, sampled)


def widen(keep: float, estimate: Estimate, *, base: float = LEAST) -> float:
    """The share to keep next, given the estimate at this one (``missed(history, keep)``).

    Past `LIMIT`, on two finds or more, it widens by ten points; as only days at the wider share
    count from then on, it waits for new finds before it widens again. After `WINDOW` days with the
    estimate well under the limit it comes back by a point a day, down to `base`, the configured
    share. A whole day has no sample, so from `MOST` it comes back by itself. Always from `LEAST` to
    `MOST`.
    """
    return max(_within(base), _within(keep + _change(keep, estimate)))


def _change(keep: float, estimate: Estimate) -> float:
    if keep >= MOST:
        return -_NARROWER
    if estimate.share is None:
        return 0.0
    if estimate.share > LIMIT and estimate.found >= _FINDS:
        return _WIDER
    return -_NARROWER if estimate.share < WELL_UNDER and estimate.days >= WINDOW else 0.0


def _within(keep: float) -> float:
    return round(min(MOST, max(LEAST, keep)), 6)


def said(plan: Plan, estimate: Estimate) -> str:
    """What the digest's run facts say about the papers a model read, and those it did not."""
    read, every = len(plan.sent), len(plan.sent) + len(plan.dropped)
    if not plan.dropped:
        return _all(every)
    first = f"{read:,} of {every:,} papers were read by the model"
    if estimate.share is None:
        return f"{first}; how many of those it would choose are missed is not known."
    by = f"by a sample of {estimate.sampled:,} {_over(estimate.days)}"
    if not estimate.found:
        most = _percent(estimate.high)
        return f"{first}; at most {most} of those it would choose are missed, {by} that held none."
    about = f"{_percent(estimate.share)} ({_span(estimate)})"
    return f"{first}; about {about} of those it would choose may be missed, {by}."


def _span(estimate: Estimate) -> str:
    high = _percent(estimate.high)
    return f"{_percent(estimate.low)} to {high}" if estimate.low else f"at most {high}"


def _all(number: int) -> str:
    if number == 1:
        return "The only paper was read by the model."
    return f"All {number:,} papers were read by the model." if number else ""


def _over(days: int) -> str:
    return "on one day" if days == 1 else f"over {days} days"


def _percent(share: float) -> str:
    """``1.2 %`` under 10 %, whole from there on."""
    value = 100 * share
    return f"{value:.1f} %" if value < 10 else f"{value:.0f} %"  # noqa: PLR2004  (two digits)


def moved(before: float, after: float) -> str:
    """What the digest says when the share changes by itself; empty when it does not."""
    if round(before, 6) == round(after, 6):
        return ""
    much = "too much" if after > before else "little"
    return (
        f"From the next day on the model reads the best {100 * after:.0f} % of the papers instead "
        f"of {100 * before:.0f} %: by the sample, {much} was missed."
    )
