"""What somebody wants drafted, and what came of it: what a store keeps between two questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from paperlark.domain import PaperId
from paperlark.drafting.draft import Draft

MOST_EXAMPLES: Final = 10
"""Liked papers, and as many not liked, that a request begins with."""
_MOST_KEPT: Final = 50
"""The same with thumbs: more than that are votes on a digest."""


@dataclass(frozen=True, slots=True)
class Request:
    """Papers to draft from. ``turn`` tells the drafts asked for apart: an answer is to one of them.

    It rises with every one of them, by the moment it was asked for (see `later`).
    """

    liked: tuple[PaperId, ...]
    not_liked: tuple[PaperId, ...] = ()
    turn: int = 0

    def with_thumb(self, paper: PaperId, up: bool | None) -> Request:  # noqa: FBT001  (a thumb)
        """The request with a paper among the liked, the not liked, or neither; last word counts."""
        liked = tuple(each for each in self.liked if each != paper)
        other = tuple(each for each in self.not_liked if each != paper)
        if up is True:
            liked = (*liked, paper)[-_MOST_KEPT:]
        elif up is False:
            other = (*other, paper)[-_MOST_KEPT:]
        return replace(self, liked=liked, not_liked=other)

    def later(self, at: datetime) -> Request:
        """The same papers, to be drafted from at that moment: a turn of its own."""
        return replace(self, turn=max(self.turn + 1, int(at.timestamp() * 1000)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper of the day a draft was tried on."""

    id: PaperId
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a request.

    Attributes:
        turn: of the request it answers.
        draft: None where there is none; then `problem` says why, in one sentence.
        liked, not_liked: the papers it was drafted from.
        day: the mailing date it was tried on; None where none could be had.
        scanned, shown: papers of that day, and how many of them are cards under the draft.
        best: those cards' first ones, best first.
        questions: papers to ask about, the most uncertain first.
        unknown: ids that arXiv does not know.
    """

    turn: int
    draft: Draft | None = None
    liked: tuple[PaperId, ...] = ()
    not_liked: tuple[PaperId, ...] = ()
    day: date | None = None
    scanned: int = 0
    shown: int = 0
    best: tuple[Asked, ...] = ()
    questions: tuple[Asked, ...] = ()
    unknown: tuple[PaperId, ...] = ()
    problem: str = ""


def named(voter: str, where: str = "") -> str:
    """The name of a person's request at a place: without either in it, and the same every time."""
    person, place = (sha256(each.encode("utf-8", "replace")).hexdigest() for each in (voter, where))
    return f"{person[:20]}-{place[:20]}" if where else f"{person[:20]}-"
