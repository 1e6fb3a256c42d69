"""One voice a person: how much each one's votes count, and who is trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from paperlark.feedback.facts import Heard, Seen
    from paperlark.feedback.tuning import Tuning

_MIDDLE = 50.0


@dataclass(slots=True)
class Person:
    """What one person has said, faded: sums of votes, of those up, and of agreement.

    Attributes:
        ups, total: weighed for votes missing not at random; wild cards are not in them.
        mass: votes, whatever they say.
        agreed, leaned: votes with the plain score less those against it, and the most they could
            be, both by how far the score is from the middle.
    """

    ups: float = 0.0
    total: float = 0.0
    mass: float = 0.0
    agreed: float = 0.0
    leaned: float = 0.0


@dataclass(slots=True)
class Room:
    """The people of a channel, hearing votes day by day, oldest first."""

    tuning: Tuning
    people: dict[str, Person] = field(default_factory=dict)

    def fade(self) -> None:
        """A digest later; agreement fades by votes instead, so nobody waits distrust out."""
        for person in self.people.values():
            person.ups *= self.tuning.fade
            person.total *= self.tuning.fade
            person.mass *= self.tuning.fade

    def forget(self) -> None:
        """Votes so far no longer count; who is trusted is remembered."""
        for person in self.people.values():
            person.ups = person.total = person.mass = 0.0

    def hear(self, votes: Sequence[Heard]) -> None:
        """Take in votes, in order of day and voter."""
        for (_, voter), group in groupby(votes, key=lambda vote: (vote.day, vote.voter)):
            given = list(group)
            person = self.people.setdefault(voter, Person())
            each = min(1.0, self.tuning.a_day / len(given))
            for vote in given:
                self._take(person, vote, each)

    def _take(self, person: Person, vote: Heard, weight: float) -> None:
        lean, keep = leaning(vote.card), self.tuning.trust_fade
        person.agreed = keep * person.agreed + (lean if vote.up else -lean)
        person.leaned = keep * person.leaned + abs(lean)
        person.mass += weight
        if not vote.card.wild:  # it is not the line that showed it
            person.ups += weight if vote.up else 0.0
            person.total += weight if vote.up else weight * self.tuning.down

    def trust(self, name: str) -> float:
        """0 to 1: agreement with the plain score, a yardstick that no group of voters can move.

        Below `Tuning.trust_from` people everybody is trusted.
        """
        if len(self.people) < self.tuning.trust_from:
            return 1.0
        person = self.people[name]
        agreement = person.agreed / (person.leaned + self.tuning.trust_prior)
        return max(0.0, min(1.0, agreement / self.tuning.trust_slope))

    def voices(self) -> dict[str, float]:
        """What one vote of each person counts: trust, less where one says more than the others.

        Nobody's votes weigh more than those of the channel's median voter (of two in the middle
        the quieter), nor is anybody held to less than `Tuning.quiet` votes.
        """
        masses = sorted(person.mass for person in self.people.values())
        most = max(self.tuning.quiet, masses[(len(masses) - 1) // 2]) if masses else 0.0
        return {
            name: self.trust(name) * (most / person.mass if person.mass > most else 1.0)
            for name, person in sorted(self.people.items())
        }

    def share(self, target: float) -> float:
        """The liked share as counted, 0 to 1, starting from a few votes at the target."""
        voices = self.voices()
        ups = sum(voice * self.people[name].ups for name, voice in voices.items())
        total = sum(voice * self.people[name].total for name, voice in voices.items())
        pseudo = self.tuning.pseudo
        return (ups + pseudo * target) / (total + pseudo)


def leaning(card: Seen) -> float:
    """What the plain score expects of a card: -1 for 0, 1 for 100."""
    return max(-1.0, min(1.0, card.score / _MIDDLE - 1.0))


def gathered(votes: Sequence[Heard], dates: Iterable[date], tuning: Tuning) -> Room:
    """The room after all these votes, having faded at each of the digests' dates."""
    room, at = Room(tuning), 0
    for day in sorted(set(dates)):
        room.fade()
        end = at
        while end < len(votes) and votes[end].day < day:
            end += 1
        room.hear(votes[at:end])
        at = end
    room.hear(votes[at:])
    return room
