"""The few papers that a profile's model grades again and again, and what it said each time."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (the codec reads it at run time)
from dataclasses import dataclass
from datetime import date  # noqa: TC003  (the same)

from paperlark.codec import decode, encode
from paperlark.domain import Paper  # noqa: TC001  (the same)
from paperlark.store import keys
from paperlark.store.shelf import Shelf

_PANEL = "panel"


@dataclass(frozen=True, slots=True)
class Panel:
    """The papers, with their text: papers themselves are kept for 35 days only."""

    drawn: date
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a model said about the panel on one day.

    Attributes:
        day: the UTC day it was asked.
        model, prompt: who was asked, and the version of the prompt: a step in either explains one
            in the grades.
        grades: relevance and novelty, 1 to 10; undecided papers are absent.
        cost_usd: None where the price is unknown.
    """

    day: date
    model: str
    prompt: str
    grades: Mapping[str, tuple[int, ...]]
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None


class Panels(Shelf):
    """Panels by profile, for good. Every method may raise `StoreError`."""

    def panel(self, profile: str) -> Panel | None:
        """The profile's panel; None where none was drawn."""
        with self._open() as client:
            held = client.hget(keys.panel(profile), _PANEL)
        return None if held is None else decode(Panel, held)

    def save_panel(self, profile: str, panel: Panel) -> Panel:
        """Keep a panel where there is none; the one that is kept."""
        with self._open() as client:
            client.hsetnx(keys.panel(profile), _PANEL, encode(panel, packed=True))
        return self.panel(profile) or panel

    def scorings(self, profile: str) -> tuple[Scoring, ...]:
        """What was said about the profile's panel, oldest first."""
        with self._open() as client:
            held = client.hgetall(keys.panel(profile))
        days = sorted(field for field in held if field != _PANEL.encode())
        return tuple(decode(Scoring, held[day]) for day in days)

    def save_scoring(self, profile: str, scoring: Scoring) -> None:
        """Keep what was said, in place of anything said on that day."""
        with self._open() as client:
            client.hset(keys.panel(profile), scoring.day.isoformat(), encode(scoring, packed=True))
