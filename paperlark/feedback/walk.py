"""The replay of a line, digest by digest."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from paperlark.domain import Line
from paperlark.feedback import said
from paperlark.feedback.facts import Act
from paperlark.feedback.moves import Course, Move
from paperlark.feedback.voices import Room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.feedback.facts import Decision, Heard, Knobs
    from paperlark.feedback.tuning import Tuning

LOWEST, HIGHEST = 5.0, 95.0
"""No vote moves a line past these."""
_STILL = 0.049  # what is shown as no move is none


@dataclass(slots=True)
class Walk:
    """A line on its way, one digest after another.

    Attributes:
        base, tuning, knobs: as in `paperlark.feedback.line.course`.
        value, word: the line now, and its sentence.
        votes: those that may still move it, with the number of the digest they were heard at.
        days: different days among them.
        step, count: digests so far, and votes.
    """

    base: float
    tuning: Tuning
    knobs: Knobs
    value: float = 0.0
    word: str = ""
    frozen: Decision | None = None
    moves: list[Move] = field(default_factory=list)
    votes: list[tuple[int, Heard]] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    step: int = 0
    count: int = 0
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.value = self.base
        self.room = Room(self.tuning)

    def along(
        self, dates: Sequence[date], votes: Sequence[Heard], decisions: Sequence[Decision]
    ) -> None:
        """One step for each date, with what came before it and was not taken yet."""
        from_vote = from_decision = 0
        for day in dates:
            to_vote = bisect_left(votes, day, key=lambda vote: vote.day)
            to_decision = bisect_left(decisions, day, key=lambda each: each.at.date())
            self.on(day, votes[from_vote:to_vote], decisions[from_decision:to_decision])
            from_vote, from_decision = to_vote, to_decision

    def on(self, day: date, fresh: Sequence[Heard], decided: Sequence[Decision]) -> None:
        """One digest's date: votes are heard, then people's decisions hold, else the line moves."""
        self.step += 1
        self.count += len(fresh)
        self.room.fade()
        self.room.hear(fresh)
        self.votes += [(self.step, vote) for vote in fresh]
        self.days |= {vote.day for vote in fresh}
        self.word = said.waiting(len(self.votes), self.tuning)
        before = len(self.moves)
        for decision in _once(decided):
            _DOES[decision.kind](self, day, decision)
        if self.frozen is not None:
            self.word = said.frozen(self.frozen.who, self.frozen.at.date())
        elif len(self.moves) == before and self._awake():
            self._move(day, bool(fresh))

    def _awake(self) -> bool:
        return len(self.votes) >= self.tuning.votes and len(self.days) >= self.tuning.days

    def _move(self, day: date, news: bool) -> None:  # noqa: FBT001  (private, by place)
        """Towards the target, by what the votes since the digest before make of the share."""
        self.word = said.UNCHANGED
        share = self.room.share(self.knobs.target)
        off = self.knobs.target - share
        if not news or abs(off) < self.tuning.dead:
            return
        step = round(max(-self.tuning.step, min(self.tuning.step, self.tuning.gain * off)), 1)
        after = self._bounded(self.value + step)
        if abs(after - self.value) > _STILL:
            self._row(day, after)
            self.word = said.moved(after - self.moves[-1].before, self.moves[-1].why)

    def _bounded(self, value: float) -> float:
        low = min(self.base, max(LOWEST, self.base - self.tuning.reach))
        high = max(self.base, min(HIGHEST, self.base + self.tuning.reach))
        return round(max(low, min(high, value)), 9)

    def _row(self, day: date, after: float, why: str = "") -> None:
        """Keep a move, and make it."""
        old = bisect_right(self.votes, self.step - self.tuning.recent, key=lambda each: each[0])
        recent = [vote for _, vote in self.votes[old:]]
        ups = sum(vote.up for vote in recent)
        downs, people = len(recent) - ups, len({vote.voter for vote in recent})
        share, target = self.room.share(self.knobs.target), self.knobs.target
        clause = why or said.why(ups, downs, share, target)
        self.moves.append(Move(day, self.value, after, ups, downs, people, share, target, clause))
        self.value = after

    def _forget(self) -> None:
        self.room.forget()
        self.votes.clear()
        self.days.clear()

    def accept(self, day: date, decision: Decision) -> None:
        """To the value a person chose, which the bounds do not hold."""
        if decision.value is not None:
            self.word = said.accepted(decision.who, decision.value)
            self._row(day, max(0.0, min(100.0, decision.value)), self.word)

    def undo(self, day: date, decision: Decision) -> None:
        """Take the last move back; where nothing moved there is nothing to take back."""
        if self.moves:
            last = self.moves[-1]
            self.word = said.undone(decision.who, last.after)
            self._row(day, last.before, self.word)
            self._forget()

    def freeze(self, _: date, decision: Decision) -> None:
        """Stay; who froze it first is remembered."""
        self.frozen = self.frozen or decision

    def thaw(self, _: date, __: Decision) -> None:
        """Move again."""
        self.frozen = None

    def reset(self, day: date, decision: Decision) -> None:
        """Back to the base, as if nobody had voted."""
        self.word = said.reset(decision.who)
        self._row(day, self.base, self.word)
        self._forget()

    def target(self, _: date, decision: Decision) -> None:
        """Turn the first knob."""
        if decision.value is not None:
            self.knobs = replace(self.knobs, target=max(0.0, min(1.0, decision.value)))

    def least(self, _: date, decision: Decision) -> None:
        """Turn the second knob."""
        if decision.value is not None:
            self.knobs = replace(self.knobs, least=max(0, int(decision.value)))

    def course(self) -> Course:
        """Where it is now, and how it came there."""
        return Course(
            line=Line(self.value, self.base, self.count, self.word),
            moves=tuple(self.moves),
            knobs=self.knobs,
            share=self.room.share(self.knobs.target),
            trust={name: self.room.trust(name) for name in sorted(self.room.people)},
            frozen=self.frozen.who if self.frozen else "",
        )


def _once(decided: Sequence[Decision]) -> Iterator[Decision]:
    """Without a second undo of the same move: two people, or two hosts, meant one."""
    last: Act | None = None
    for each in decided:
        if (last, each.kind) != (Act.UNDO, Act.UNDO):
            yield each
        last = each.kind if each.kind in _MOVES else last


_MOVES = frozenset({Act.ACCEPT, Act.UNDO, Act.RESET})
_DOES: Mapping[Act, Callable[[Walk, date, Decision], None]] = {
    Act.ACCEPT: Walk.accept,
    Act.UNDO: Walk.undo,
    Act.FREEZE: Walk.freeze,
    Act.THAW: Walk.thaw,
    Act.RESET: Walk.reset,
    Act.TARGET: Walk.target,
    Act.LEAST: Walk.least,
}
