"""How a question is put to one server: the rung of the ladder, and the parameters it takes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from worker.llm.servers import OBJECT, PLAIN, SCHEMA, nearest
from worker.llm.tariff import most_completion

if TYPE_CHECKING:
    from worker.llm.retries import Failure
    from worker.llm.servers import Server
    from worker.llm.words import Request

_REFUSALS = frozenset({400, 404, 415, 422, 501})
_ABOUT_FORM = re.compile(
    r"response_?format|json_schema|json_object|json mode|structured output|guided|grammar",
    re.IGNORECASE,
)
_NEXT_EFFORT = {"none": "minimal", "minimal": "low"}
"""What to ask for where a server knows efforts, but not this one."""
_TOLD = (
    "\n\nAnswer with one JSON object and nothing else: no words round it, no code fence. "
    "It follows this JSON schema:\n{schema}"
)


@dataclass(frozen=True, slots=True)
class Form:
    """What is sent besides the words.

    Attributes:
        rung: how the answer's form is asked for.
        effort: ``reasoning_effort``; empty is not sent.
        tier: ``service_tier``; empty is not sent.
        cache_key: whether ``prompt_cache_key`` is sent.
        limits: the names of the limit's parameter that were not refused; the first is used.
        reasons: whether the limit leaves room for hidden reasoning.
        room: the effort that room is for; None for the one that is sent.
    """

    model: str
    rung: int = SCHEMA
    effort: str = ""
    tier: str = ""
    cache_key: bool = False
    limits: tuple[str, ...] = ("max_tokens",)
    reasons: bool = True
    room: str | None = None

    def limit(self, request: Request) -> int:
        """Most completion tokens of one answer, hidden reasoning included."""
        if not self.reasons:
            return request.most_tokens
        effort = self.effort if self.room is None else self.room
        return most_completion(request, effort)

    def body(self, request: Request, *, tier: bool = True) -> dict[str, Any]:
        """The call's JSON; without ``service_tier`` where `tier` is False."""
        messages = [
            {"role": "system", "content": self._system(request)},
            {"role": "user", "content": request.user},
        ]
        sent: dict[str, Any] = {"model": self.model, "messages": messages}
        if self.limits:
            sent[self.limits[0]] = self.limit(request)
        if request.schema and self.rung < PLAIN:
            sent["response_format"] = _format(request, self.rung)
        if self.effort:
            sent["reasoning_effort"] = self.effort
        if self.tier and tier:
            sent["service_tier"] = self.tier
        if self.cache_key and request.cache_key:
            sent["prompt_cache_key"] = request.cache_key
        return sent

    def _system(self, request: Request) -> str:
        if self.rung == SCHEMA or not request.schema:
            return request.system
        schema = json.dumps(request.schema, ensure_ascii=False, separators=(",", ":"))
        return request.system + _TOLD.format(schema=schema)

    def eased(self, failure: Failure) -> Form | None:
        """The form to try after the server refused this one; None where that cannot help.

        Every form has only finitely many easier ones.
        """
        if failure.status not in _REFUSALS:
            return None
        for name in sorted(self._sent_names(), key=lambda n: _place(n, failure.words)):
            if name in failure.words:
                return self._without(name, failure)
        if self.rung < PLAIN and _ABOUT_FORM.search(failure.words):
            return replace(self, rung=self.rung + 1)
        return None

    def _sent_names(self) -> list[str]:
        names = ["reasoning_effort"] * bool(self.effort) + ["service_tier"] * bool(self.tier)
        return names + ["prompt_cache_key"] * self.cache_key + list(self.limits[:1])

    def _without(self, name: str, failure: Failure) -> Form:
        if name == "service_tier":
            return replace(self, tier="")
        if name == "prompt_cache_key":
            return replace(self, cache_key=False)
        if name in self.limits:
            return replace(self, limits=self.limits[1:])
        valued = re.search("supported value", failure.words, re.IGNORECASE)
        return replace(self, effort=_NEXT_EFFORT.get(self.effort, "") if valued else "")


def _place(name: str, words: str) -> int:
    found = words.find(name)
    return found if found >= 0 else len(words)


def _format(request: Request, rung: int) -> dict[str, Any]:
    if rung == OBJECT:
        return {"type": "json_object"}
    schema = {"name": request.name, "strict": True, "schema": dict(request.schema)}
    return {"type": "json_schema", "json_schema": schema}


def first(server: Server, model: str, effort: str, tier: str, rung: int | None = None) -> Form:
    """The form to begin with; `rung` is the one that is remembered for this server."""
    return Form(
        model=model,
        rung=server.rung if rung is None else min(max(rung, SCHEMA), PLAIN),
        effort=nearest(effort, server.efforts),
        tier=tier if server.tiers else "",
        cache_key=server.cache_key,
        limits=server.limits,
        reasons=server.reasons,
    )
