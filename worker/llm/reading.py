"""A chat completion, as JSON from any server, read into an `Answer`. Nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from worker.llm.prompt import tokens
from worker.llm.retries import Failure
from worker.llm.words import Answer, Spent

if TYPE_CHECKING:
    from worker.llm.words import Request

_FINISHES = {"length": "length", "max_tokens": "length", "content_filter": "content_filter"}


def lost(request: Request, limit: int) -> Spent:
    """What an answer that never arrived may have cost: the question, and `limit` tokens."""
    return Spent(1, tokens(request.system + request.user), 0, limit)


def read(body: object, request: Request) -> Answer | Failure:
    """What a server's JSON says, with status 200.

    A failure is what is no completion at all; whatever a model said is an answer, blank or not.
    What the server does not count is estimated.
    """
    if not isinstance(body, Mapping):
        return Failure("something else than a completion came")
    choice = _first(body.get("choices"))
    usage = body.get("usage")
    spent = _counted(usage) if isinstance(usage, Mapping) else Spent()
    if choice is None or choice.get("finish_reason") == "error":
        return Failure("a completion without any choice came", code=_code(body), spent=spent)
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    text = _text(message.get("content"))
    if not spent.prompt_tokens:
        spent = Spent(1, tokens(request.system + request.user), 0, tokens(text))
    if message.get("refusal"):
        return Answer("", "refusal", spent)
    return Answer(text, _FINISHES.get(str(choice.get("finish_reason")), "stop"), spent)


def _first(choices: object) -> Mapping[str, Any] | None:
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        return None
    return choices[0]


def _code(body: Mapping[str, Any]) -> str:
    error = body.get("error")
    return str(error.get("code") or "") if isinstance(error, Mapping) else ""


def _text(content: object) -> str:
    """Text, also where it comes in parts."""
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, Mapping))
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _counted(usage: Mapping[str, Any]) -> Spent:
    prompt, completion = _whole(usage, "prompt_tokens"), _whole(usage, "completion_tokens")
    reasoning = _whole(usage.get("completion_tokens_details"), "reasoning_tokens")
    cached = _whole(usage.get("prompt_tokens_details"), "cached_tokens")
    cached = cached or _whole(usage, "prompt_cache_hit_tokens")
    spent = Spent(1, prompt, min(cached, prompt), completion, reasoning)
    apart = reasoning and _whole(usage, "total_tokens") == prompt + completion + reasoning
    if apart or reasoning > completion:  # some servers count hidden tokens beside the visible
        return replace(spent, completion_tokens=completion + reasoning)
    return spent


def _whole(found: object, name: str) -> int:
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
