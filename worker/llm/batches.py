"""Which papers are asked about in which call, and what follows from each answer. Pure.

A `Call` knows its papers and what went wrong with each before, so that calls can be made in any
order and at the same time. What follows from one answer is `after`: the papers of the call are
those graded, those in the calls to make next, and those given up, each in exactly one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Paper, PaperId, Profile

T = TypeVar("T")

SIZE = 16
TRIES = 3
CUT_OFF = "the model's answer was cut off"
DECLINED = "the model declined to answer"
UNREACHED = "the model could not be reached"
SPENT = "the budget was spent"
_TIMES = {1: "", 2: ", twice", 3: ", three times", 4: ", four times"}
_TOO_MUCH = {"length": CUT_OFF, "content_filter": DECLINED, "refusal": DECLINED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper, and what went wrong each time it was asked about."""

    paper: Paper
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make. Paper k of the prompt is ``asked[k - 1]``."""

    asked: tuple[Asked, ...]
    seed: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers, in the order of their numbers."""
        return tuple(one.paper for one in self.asked)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from an answer: calls to make, and papers given up with the reason."""

    calls: tuple[Call, ...] = ()
    undecided: Mapping[PaperId, str] = field(default_factory=dict)


def seed(day: date, profile: Profile, look: int = 1) -> str:
    """What fixes the order of a day's papers; a second look has another."""
    return f"{day.isoformat()} {profile.name} {profile.revision} {look}"


def first(
    papers: Iterable[Paper], seed: str, size: int = SIZE, alone: Collection[PaperId] = frozenset()
) -> tuple[Call, ...]:
    """The calls of a day, shuffled by `seed`, as even as can be and none above `size`.

    Papers in `alone` come last, each in a call of its own. The order that papers are handed in
    makes no difference; a paper handed in twice is asked about once.
    """
    unique = tuple({paper.id: Asked(paper) for paper in papers}.values())
    shuffled = _shuffled(unique, seed)
    shared = tuple(one for one in shuffled if one.paper.id not in alone)
    single = tuple(one for one in shuffled if one.paper.id in alone)
    return _parts(shared, size, seed) + _parts(single, 1, seed)


def again(
    call: Call, faults: Mapping[int, str], *, finish: str = "stop", tries: int = TRIES
) -> Step:
    """What to do about the papers of a call that were not answered.

    Where the answer broke off or was declined (`finish`), the call was too much, and which paper
    is to blame is not known: they are asked about in two halves, which counts against none of
    them. Otherwise, and for a paper that was alone, it counts: after the first time they are
    asked about together and in another order, then singly, and after `tries` times not again.

    Args:
        call: as it was made.
        faults: index to what is wrong, one clause for people; none for a call that went well.
        finish: how the answer ended, as in `Answer`.
        tries: how many times a paper may go wrong; at least 1.
    """
    left = tuple(one for index, one in enumerate(call.asked, 1) if index in faults)
    if finish in _TOO_MUCH and len(call.asked) > 1:
        return Step(_parts(left, -(-len(call.asked) // 2), call.seed))
    blamed = _blamed(call, faults, _TOO_MUCH.get(finish))
    lost = {one.paper.id: reason(one.faults) for one in blamed if len(one.faults) >= tries}
    kept = tuple(one for one in blamed if one.paper.id not in lost)
    together = tuple(one for one in kept if len(one.faults) == 1)
    single = tuple(one for one in kept if len(one.faults) > 1)
    once_more = _parts(_shuffled(together, f"{call.seed} again"), len(call.asked), call.seed)
    return Step(once_more + _parts(single, 1, call.seed), lost)


def unreached(call: Call, *, tries: int = TRIES) -> Step:
    """What to do about a call that brought no answer at all."""
    return again(call, dict.fromkeys(range(1, len(call.asked) + 1), UNREACHED), tries=tries)


def given_up(calls: Iterable[Call], why: str = SPENT) -> dict[PaperId, str]:
    """The papers of calls that will not be made, each with the reason."""
    return {paper.id: why for call in calls for paper in call.papers}


def resized(calls: Iterable[Call], size: int) -> tuple[Call, ...]:
    """Calls not yet made, none above `size` any more: after an answer that broke off."""
    return tuple(part for call in calls for part in _parts(call.asked, size, call.seed))


def named(call: Call, values: Mapping[int, T]) -> dict[PaperId, T]:
    """Values by a call's indexes as values by paper."""
    return {call.asked[index - 1].paper.id: value for index, value in values.items()}


def reason(faults: Sequence[str]) -> str:
    """Why a paper is undecided, one clause: “the model left it out of its answer, three times”."""
    if not faults:
        return SPENT
    count = len(faults)
    if len(set(faults)) == 1:
        return faults[-1] + _TIMES.get(count, f", {count} times")
    return f"{faults[-1]}, the last of {count} tries"


def _blamed(call: Call, faults: Mapping[int, str], instead: str | None) -> tuple[Asked, ...]:
    return tuple(
        Asked(one.paper, (*one.faults, instead or faults[index]))
        for index, one in enumerate(call.asked, 1)
        if index in faults
    )


def _shuffled(asked: Iterable[Asked], seed: str) -> tuple[Asked, ...]:
    """In the order of hashes, which depends on no generator and no version of Python."""

    def place(one: Asked) -> bytes:
        return hashlib.sha256(f"{seed}\0{one.paper.id}".encode()).digest()

    return tuple(sorted(asked, key=place))


def _parts(asked: Sequence[Asked], size: int, seed: str) -> tuple[Call, ...]:
    """The fewest calls of at most `size`, their sizes apart by one at most."""
    calls = -(-len(asked) // max(1, size))
    bounds = [len(asked) * k // calls for k in range(calls + 1)] if calls else []
    return tuple(Call(tuple(asked[a:b]), seed) for a, b in pairwise(bounds))
