"""What the desk answers: values without any dialect. A chat renders each in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from paperlark.domain import AnnounceType, Card, Digest, Paper, PaperId, Score, Unshown
    from paperlark.subscription import Subscription
    from paperlark.vote import Thumb, Vote


PAGE: Final = 5
"""Cards on a full page of a digest."""
OWN: Final = "mine "
"""How the number of a page of one's own begins."""


@dataclass(frozen=True, slots=True)
class Said:
    """One or two sentences in plain text; empty where nothing must be said."""

    text: str


@dataclass(frozen=True, slots=True)
class DigestPage:
    """A page of a digest.

    Attributes:
        cards: this page's; best first.
        below: with page ``below``, the nearest misses instead.
        first, last: ranks on this page, of ``len(digest.cards)``.
        page, pages: numbers from 1; page 0 is the near misses.
        votes: the asker's own, by paper.
        saved: what the asker has put aside.
        profile: its name, where it was asked for by name: whoever turns the page asks so again.
        own: it is ranked for the asker alone, and is not for others to see.
        said: a sentence or two of its own, above the cards; empty for none.
    """

    digest: Digest
    page: int
    pages: int
    cards: tuple[Card, ...] = ()
    below: tuple[Unshown, ...] = ()
    votes: Mapping[PaperId, Thumb] = field(default_factory=dict)
    saved: frozenset[PaperId] = frozenset()
    profile: str = ""
    own: bool = False
    said: str = ""

    def turned(self, page: int | str) -> str:
        """What a button says that leads to a page: ``2026-11-19:2``, maybe with the profile.

        ``2026-11-19:mine 2`` on pages of one's own.
        """
        day = f"{self.digest.date.isoformat()}:{OWN if self.own else ''}{page}"
        return f"{day}:{self.profile}" if self.profile else day

    @property
    def beside(self) -> tuple[tuple[int, str], ...]:
        """The pages beside this one, with the ranks they hold: ``(1, "← 1–5")``."""
        total, size, row = len(self.digest.cards), self._size, []
        turns = ((self.page - 1, "← {}"), (self.page + 1, "{} →")) if self.page else ((1, "← {}"),)
        for number, form in turns:
            if number in range(1, self.pages + 1) and total:
                ranks = f"{(number - 1) * size + 1}–{min(number * size, total)}"
                row.append((number, form.format(ranks)))
        return tuple(row)

    @property
    def _size(self) -> int:
        """Cards on a full page: every page before this one is full."""
        if self.page > 1 and self.cards:
            return max(1, (self.cards[0].rank - 1) // (self.page - 1))
        return len(self.cards) or PAGE


@dataclass(frozen=True, slots=True)
class AbstractOf:
    """One paper in full, and how it stands in the place's profile."""

    paper: Paper
    announced: date | None = None
    announce_type: AnnounceType | None = None
    profile: str = ""
    score: Score | None = None
    rank: int | None = None
    of: int = 0
    vote: Thumb | None = None
    saved: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A button that asks the desk something on behalf of whoever presses it.

    Attributes:
        label: what stands on it.
        command: the words after ``/digest``.
        style: ``primary``, ``danger`` or empty.
        confirm: what is asked back before it is done; empty for nothing.
    """

    label: str
    command: str
    style: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A titled list of short lines: a trace, a help page, a list of votes.

    Attributes:
        chart: rows of equal letters, after the first line; empty where there are none.
        actions: what can be done about it; where there are no buttons, their commands are told.
    """

    title: str
    lines: tuple[str, ...]
    foot: str = ""
    chart: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that was found or put aside; `note` says where or when."""

    id: PaperId
    title: str
    authors: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """A titled list of papers; `empty` is said where there are none."""

    title: str
    hits: tuple[Hit, ...]
    empty: str = ""
    removable: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A text file to hand over, short enough for a message or not."""

    name: str
    text: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """The form of a place's profile and subscription, as shown and as filled in.

    Attributes:
        profile: its name; not editable.
        topics: the profile's Markdown.
        authors: followed authors.
        at: ``HH:MM``, `zone`: an IANA name.
        quiet: a `Quiet`; `form`: a `Form`; `wait`: a `Wait`; as text.
        line: ``auto`` or ``frozen``.
        line_now: the line's value, for the form's own words.
        nearby: what other lines would have shown, one short sentence each; may be empty.
        first: when the next digest comes, for a new place; empty else.
        stamp: what it was read from; a form of an older stamp would undo what was changed since.
    """

    profile: str
    topics: str
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    at: str
    zone: str
    cap: int
    quiet: str
    form: str = "thread"
    wait: str = "complete"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    line: str = "auto"
    line_now: float | None = None
    nearby: tuple[str, ...] = ()
    first: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Everything about one person: the newest digest, saved papers, votes, where digests go."""

    digest: Digest | None
    saved: tuple[tuple[Hit, datetime], ...] = ()
    votes: tuple[Vote, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    web: str = ""


Reply: TypeAlias = Said | DigestPage | AbstractOf | Lines | Papers | File | SettingsForm | Home
