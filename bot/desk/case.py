"""The line of a place as a case: all that moves it, and the dates it is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import TYPE_CHECKING, Final

from bot.desk.digests import newest
from bot.desk.house import barred, place
from paperlark import calendar, facts
from paperlark.errors import NotFound
from paperlark.feedback import Act, Decision, Showing
from paperlark.render import dates
from paperlark.render.clip import clip
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from datetime import datetime

    from bot.desk.house import House, Place
    from bot.ports import Asker
    from paperlark.domain import Digest
    from paperlark.facts import Facts
    from paperlark.feedback import Course

SOMEBODY: Final = "somebody"
"""Who decides, where the service does not say what people call the person."""
_NAME: Final = 40
_MOVERS: Final = frozenset({Act.ACCEPT, Act.UNDO, Act.RESET})


@dataclass(frozen=True, slots=True)
class Case:
    """A place's line at a moment.

    Attributes:
        known: the facts of its profile, as kept at that moment.
        digest: its newest.
        now: the moment, in UTC.
    """

    house: House
    asker: Asker
    at: Place
    known: Facts
    digest: Digest | None
    now: datetime

    @property
    def name(self) -> str:
        """The profile's."""
        return self.at.profile.name

    @property
    def today(self) -> date:
        """Today, in UTC: the day that is written on what people say now."""
        return self.now.date()

    @property
    def day(self) -> date:
        """The first mailing date on which what is said now counts."""
        return calendar.next_after(self.today)

    @property
    def upcoming(self) -> date:
        """The date of the next digest: today's, as long as it is not made."""
        made = self.digest is not None and self.digest.date >= self.today
        return self.day if made or not calendar.is_mailing_date(self.today) else self.today

    def course(self, day: date) -> Course:
        """How the line comes to where it is on that date, by the votes as they stand.

        Today's digest is counted on the way though it may not be made yet: it moves the line too.
        """
        known = self.known
        if self.upcoming < day:
            known = replace(known, shown=(*known.shown, Showing(self.upcoming)))
        return known.course(self.at.profile.base_line, day)

    @property
    def value(self) -> float:
        """The line as the newest digest has it; the base where there is none."""
        return self.digest.line.value if self.digest else self.at.profile.base_line

    @property
    def pending(self) -> Act | None:
        """The last decision that moves the line and that no digest has followed yet."""
        since = self.digest.date if self.digest else None
        waiting = [
            each.kind
            for each in self.known.decisions
            if each.kind in _MOVERS and (since or date.min) <= each.at.date() < self.day
        ]
        return waiting[-1] if waiting else None

    def decided(self, kind: Act, value: float | None = None) -> Case:
        """The case as it would be after that decision of the asker's, which is not kept."""
        decision = Decision(self.now, self.who, kind, value)
        after = replace(self.known, decisions=(*self.known.decisions, decision))
        return replace(self, known=after)

    def keep(self) -> None:
        """Keep the last decision."""
        decision = self.known.decisions[-1]
        self.house.store.choices.decide(self.name, decision, by=self.asker.voter)

    @property
    def who(self) -> str:
        """The name people know the asker by."""
        return clip(plain(self.asker.name), _NAME) or SOMEBODY

    @property
    def since(self) -> str:
        """``From Mon 23 Nov``: when a decision of now holds."""
        return f"From {self.dated(self.day)}"

    def dated(self, day: date) -> str:
        """A date for people."""
        return dates.short(day, year=self.today.year)

    @property
    def barred(self) -> str:
        """Why the asker may not change the line; empty where they may."""
        return barred(self.house, self.asker, self.at)

    def managed(self) -> None:
        """See that the asker may change the place.

        Raises:
            NotFound: the asker may not.
        """
        if self.barred:
            raise NotFound(self.barred)


def case(house: House, asker: Asker, at: Place | None = None) -> Case:
    """The case of the place a question came from."""
    here = at or place(house, asker)
    known = facts.gather(house.store, here.profile.name, house.knobs)
    return Case(house, asker, here, known, newest(house, here), house.clock().astimezone(UTC))
