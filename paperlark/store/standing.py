"""What of all that one person said about one paper stands, and which word of it counts.

Slots are kept, each with its latest word: one for every emoji on a message, one for what was
pressed or typed, one for the last withdrawal of everything. Later is by the words' moments, so
that the order of arrival does not matter. The latest thumb still on is the word that counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from paperlark.vote import Vote

WORD: Final = "word"
"""The slot of what was pressed or typed."""
CLEARED: Final = "none"
"""The slot of the last withdrawal of everything: nothing before it counts."""
_REACTIONS: Final = frozenset({Door.SLACK_REACTION, Door.DISCORD_REACTION, Door.REACTION})
_STEP: Final = timedelta(microseconds=1)


class Slot(NamedTuple):
    """The latest word of one slot; `own`: its moment is by our clock, not the service's own."""

    vote: Vote
    own: bool = False


Standing: TypeAlias = "dict[str, Slot]"
"""The slots of one person and one paper in one subscription, by name."""


class Way(NamedTuple):
    """How a word is meant.

    Attributes:
        taken: with a withdrawal, the thumb it takes off: only reactions for it go.
        mark: with a reaction, which emoji on which message; nothing where the door cannot tell:
            such a one is taken off with any of its thumb.
        again: a button was pressed: where the same thumb stands by a button, it goes.
        own: the moment is by our own clock: the word follows all that is kept.
    """

    taken: Thumb | None = None
    mark: str = ""
    again: bool = False
    own: bool = False


class Outcome(NamedTuple):
    """What a word came to.

    Attributes:
        said: the word as it is kept.
        before, now: what counted before it, and what counts after it.
        counts: it is the word that counts.
    """

    said: Vote
    before: Thumb
    now: Thumb
    counts: bool


def settle(kept: Standing, vote: Vote, way: Way) -> tuple[Standing, Outcome]:
    """The slots after one more word, and what it came to. Pure: `kept` stays as it is."""
    before = head(kept)
    said = _said(kept, before, vote, way)
    way = way._replace(own=way.own or said.at != vote.at)
    slots = _cleared(kept, said, way) if _clears(said, way) else _put(kept, said, way)
    now = head(slots)
    return slots, Outcome(said, _verdict(before), _verdict(now), counts=now == said)


def head(slots: Standing) -> Vote | None:
    """The word that counts: the latest thumb still on; where none is, the last withdrawal."""
    votes = [slot.vote for slot in slots.values()]
    return _latest(vote for vote in votes if vote.verdict) or _latest(votes)


def alone(vote: Vote) -> Standing:
    """The slots of a word kept before there were slots."""
    name = CLEARED if vote.verdict is Thumb.NONE else _name(vote, Way())
    return {name: Slot(vote)}


def _said(kept: Standing, before: Vote | None, vote: Vote, way: Way) -> Vote:
    """The word with the moment it is kept under and, pressed again, as the withdrawal it is."""
    pressed = kept.get(WORD)
    if way.again and not way.own and pressed and pressed.vote.at == vote.at:
        return pressed.vote  # the same press, brought again
    if way.again and pressed and pressed.vote.verdict is vote.verdict is _verdict(before):
        vote = replace(vote, verdict=Thumb.NONE)
    last = _last(kept, vote, way)
    return replace(vote, at=last + _STEP) if last and vote.at <= last else vote


def _last(kept: Standing, vote: Vote, way: Way) -> datetime | None:
    """The moment that a word must follow though clocks disagree.

    By our clock: all there is. Pressed or typed by the service's: only what our clock dated.
    """
    if vote.door in _REACTIONS:
        return None
    return max((slot.vote.at for slot in kept.values() if way.own or slot.own), default=None)


def _clears(vote: Vote, way: Way) -> bool:
    return vote.verdict is Thumb.NONE and way.taken is None and not way.again


def _cleared(kept: Standing, vote: Vote, way: Way) -> Standing:
    if _after(kept.get(CLEARED), vote):
        return kept
    later = {name: slot for name, slot in kept.items() if slot.vote.at > vote.at}
    return later | {CLEARED: Slot(vote, way.own)}


def _put(kept: Standing, vote: Vote, way: Way) -> Standing:
    """The slots with this word in its own, and those it cannot be told from taken off with it."""
    name = _name(vote, way)
    alike = _alike(kept, name)
    anew = vote.verdict is not Thumb.NONE
    late = any(kept[each].vote.at >= vote.at for each in alike) if anew and not way.mark else False
    if late or _after(kept.get(CLEARED), vote):
        return kept
    going = [] if anew else alike
    told = (each for each in [name, *going] if not _after(kept.get(each), vote))
    return kept | {each: Slot(vote, way.own) for each in told}


def _name(vote: Vote, way: Way) -> str:
    if way.taken is None and vote.door not in _REACTIONS:
        return WORD
    thumb = vote.verdict if way.taken is None else way.taken
    mark = way.mark.encode(errors="backslashreplace").decode()  # a service may tell half a sign
    return f"{vote.door}:{int(thumb)}:{mark}"


def _alike(kept: Standing, name: str) -> list[str]:
    """Other slots of that door and thumb, where this one or that one does not name its emoji."""
    if name == WORD:
        return []
    family = ":".join(name.split(":", 2)[:2]) + ":"
    found = [each for each in kept if each != name and each.startswith(family)]
    return found if name == family else [each for each in found if each == family]


def _after(slot: Slot | None, vote: Vote) -> bool:
    """Whether what is there is later; of two words of one moment the later arrival counts."""
    return slot is not None and slot.vote.at > vote.at


def _latest(votes: Iterable[Vote]) -> Vote | None:
    return max(votes, key=lambda vote: (vote.at, vote.verdict), default=None)


def _verdict(vote: Vote | None) -> Thumb:
    return vote.verdict if vote else Thumb.NONE
