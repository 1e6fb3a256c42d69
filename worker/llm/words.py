"""The values that the parts of the model scorer hand to one another, and what can go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from paperlark.errors import ScorerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Grade:
    """A model's two answers about one paper: whole numbers from 1 to 10, two independent axes."""

    relevance: int
    novelty: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls took. ``completion_tokens`` include ``reasoning_tokens``.

    ``cost_usd`` None means that the model's price is unknown; one unknown makes a sum unknown.
    """

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Both together."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Spent(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            (self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model.

    Attributes:
        system: the static part: role, rubric, profile. Equal for every call of a profile's day,
            so that servers can cache it.
        user: the papers, last, delimited by a random tag.
        schema: the JSON schema of the answer, for servers that enforce one.
        name: the schema's name.
        most_tokens: visible completion tokens that the answer may take.
        cache_key: equal for calls that share `system`.
        grade_tokens: the part of `most_tokens` that a model thinks about before it answers: the
            grades. Sentences are only written. 0 for all of it.
    """

    system: str
    user: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    name: str = "answer"
    most_tokens: int = 1000
    cache_key: str = ""
    grade_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        text: the visible answer; may be empty.
        finish: ``stop``, ``length`` (cut off), ``content_filter`` or ``refusal``.
        spent: what this call and its retries took.
    """

    text: str
    finish: str = "stop"
    spent: Spent = field(default_factory=Spent)


class ModelError(ScorerError):
    """A call to the model that gave nothing to read. ``spent`` is what it cost all the same."""

    def __init__(self, message: str, spent: Spent | None = None) -> None:
        super().__init__(message)
        self.spent = spent or Spent()


class ModelUnavailable(ModelError):
    """No usable answer after all retries: down, overloaded, or something else answered."""


class ModelRefused(ModelError):
    """Asking again cannot help: a wrong key, no quota left, an unknown model."""


class BudgetSpent(ScorerError):
    """The next call could pass the budget; it was not made."""


class Model(Protocol):
    """A language model behind one method; safe to call from several threads."""

    def ask(self, request: Request) -> Answer:
        """The answer to one request, retries included.

        Raises:
            ModelUnavailable: nothing usable came.
            ModelRefused: nothing ever will.
            BudgetSpent: the call was not made.
        """
