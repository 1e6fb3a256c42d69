"""What a request can cost at most: tokens estimated without a tokenizer, at a model's price."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from worker.llm.words import Spent

if TYPE_CHECKING:
    from worker.llm.prices import Price
    from worker.llm.words import Request

MARGIN: Final = 1.15
"""On the estimate of prompt tokens, for tokenizers unlike the one it was fitted to."""
_WORDS = re.compile(r"[A-Za-z ]+")
_FRAME_TOKENS: Final = 32
"""What servers put round the messages of one call."""
_ALLOWANCE: Final = {
    "none": (0, 0),
    "minimal": (128, 1),
    "low": (512, 6),
    "medium": (1024, 12),
    "high": (4096, 40),
}
"""Reasoning tokens a call, and per visible token. Per paper (13 visible tokens) that is 13 at
minimal effort and 156 at medium, about twice what guesses from published bills give (5 and 75)."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """How one model is asked, and what that costs.

    Attributes:
        price: None where it is unknown.
        effort: the reasoning effort asked for; empty for the server's own, taken for medium.
        tier: the service tier asked for.
    """

    model: str
    price: Price | None = None
    effort: str = ""
    tier: str = ""

    @property
    def known(self) -> bool:
        """Whether the price is known, in this tier too."""
        return self.price is not None and self.price.factor(self.tier) is not None

    def cost(self, spent: Spent) -> float | None:
        """US dollars for these tokens, at most; None where the price is unknown."""
        return None if self.price is None else self.price.cost(spent, tier=self.tier)

    def most(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """US dollars a call can cost: nothing cached, and no room in a cheaper tier."""
        spent = Spent(1, prompt_tokens, 0, completion_tokens)
        usd = self.cost(spent)
        if usd is None or self.price is None:
            return None
        return max(usd, self.price.cost(spent) or 0.0)


def prompt_tokens(request: Request) -> int:
    """Tokens of a request, estimated on the high side without a tokenizer.

    Letters and spaces are 5.5 to a token, other ASCII 1.3, other characters 1/1.5; the schema
    counts. Fitted to o200k_base over 1,500 titles with abstracts.
    """
    schema = json.dumps(dict(request.schema)) if request.schema else ""
    text = f"{request.system}{request.user}{schema}"
    plain = sum(len(run) for run in _WORDS.findall(text))
    foreign = sum(not character.isascii() for character in text)
    other = len(text) - plain - foreign
    return math.ceil(plain / 5.5 + other / 1.3 + foreign * 1.5) + _FRAME_TOKENS


def most_completion(request: Request, effort: str) -> int:
    """Completion tokens to allow a call: the visible ones and room to reason at that effort.

    What is sent as the server's limit must not be more than this, or the budget cannot hold.
    """
    floor, each = _ALLOWANCE.get(effort, _ALLOWANCE["medium"])
    thought = request.grade_tokens or request.most_tokens
    return request.most_tokens + floor + each * thought
