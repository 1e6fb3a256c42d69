"""What OpenAI-compatible servers know beyond the plain question, as a small table.

The table only saves refused calls: a parameter that a server refuses all the same is dropped, and
a form of answer that it refuses is stepped down from (`worker.llm.forms`). Facts by the servers'
own pages as of November 2026.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

DEFAULT_URL = "https://api.openai.com/v1"
SCHEMA, OBJECT, PLAIN = range(3)
"""The rungs: the schema is enforced; some JSON object is; nothing is."""
EFFORTS = ("none", "minimal", "low", "medium", "high")
"""Reasoning efforts, least first."""


@dataclass(frozen=True, slots=True)
class Server:
    """What one server knows for one model.

    Attributes:
        name: for people.
        rung: the first worth trying.
        efforts: the reasoning efforts it takes, least first; empty for none.
        tiers: whether it takes ``service_tier``.
        cache_key: whether it takes ``prompt_cache_key``.
        limits: the names of the parameter that limits the answer, best first.
        needs_key: whether nothing works without a key.
        reasons: whether the model spends hidden tokens before it answers, so that the limit must
            leave room for them; True where that is not known.
    """

    name: str
    rung: int = SCHEMA
    efforts: tuple[str, ...] = ()
    tiers: bool = False
    cache_key: bool = False
    limits: tuple[str, ...] = ("max_tokens", "max_completion_tokens")
    needs_key: bool = False
    reasons: bool = True


_NEW_LIMIT = ("max_completion_tokens", "max_tokens")
OTHER = Server("an OpenAI-compatible server")
"""vLLM, LiteLLM, a gateway, anything: asked for a schema, told nothing that it may not know."""
OPENAI = Server("OpenAI", tiers=True, cache_key=True, limits=_NEW_LIMIT, needs_key=True)
_HOSTS = (
    ("api.openai.com", OPENAI),
    ("openai.azure.com", Server("Azure", limits=_NEW_LIMIT, needs_key=True)),
    ("services.ai.azure.com", Server("Azure", limits=_NEW_LIMIT, needs_key=True)),
    ("api.deepseek.com", Server("DeepSeek", rung=OBJECT, needs_key=True)),
    ("openrouter.ai", Server("OpenRouter", efforts=EFFORTS[1:], needs_key=True)),
    ("api.groq.com", Server("Groq", limits=_NEW_LIMIT, needs_key=True)),
    ("api.mistral.ai", Server("Mistral", needs_key=True)),
    ("generativelanguage.googleapis.com", Server("Gemini", efforts=EFFORTS[2:], needs_key=True)),
    ("api.x.ai", Server("xAI", needs_key=True)),
)
_PORTS = {11434: Server("Ollama")}
_MODELS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("gpt-5-chat", "gpt-4", "gpt-3.5", "chatgpt-"), ()),
    (("gpt-5-pro",), ("high",)),
    (("gpt-5.", "gpt-6"), ("none", "low", "medium", "high")),
    (("gpt-5",), ("minimal", "low", "medium", "high")),
    (("o1", "o3", "o4", "gpt-oss"), ("low", "medium", "high")),
)
"""OpenAI's models by the start of their names, first match wins, and the efforts they take."""
_NO_SCHEMA = ("gpt-4-", "gpt-3.5")
"""OpenAI's models from before schemas."""


def known(base_url: str, model: str) -> Server:
    """What the server at `base_url` (empty for OpenAI's own) knows when asked for `model`.

    Behind an unknown host a model with one of OpenAI's names takes OpenAI's efforts and limit:
    that is a gateway, and effort is most of the bill.
    """
    parts = urlsplit(base_url or DEFAULT_URL)
    server = _of_host(parts.hostname or "", _port(parts.netloc))
    name = model.rpartition("/")[2].lower()
    if server.rung == OBJECT:
        return server
    if name.startswith(_NO_SCHEMA) or name == "gpt-4":
        server = replace(server, rung=OBJECT)
    for starts, efforts in _MODELS:
        if name.startswith(starts):
            limits = server.limits if server.name == "Ollama" else _NEW_LIMIT
            return replace(server, efforts=efforts, limits=limits, reasons=bool(efforts))
    return server


def _port(netloc: str) -> int:
    digits = netloc.rpartition(":")[2]
    return int(digits) if digits.isdecimal() else 0


def _of_host(host: str, port: int) -> Server:
    for end, server in _HOSTS:
        if host == end or host.endswith(f".{end}"):
            return server
    return _PORTS.get(port, OTHER)


def nearest(wanted: str, efforts: tuple[str, ...]) -> str:
    """The effort to send for the one that is wanted; empty for none.

    The next lesser one the server takes, or else its least.
    """
    if not wanted or not efforts:
        return ""
    lesser = [effort for effort in efforts if EFFORTS.index(effort) <= EFFORTS.index(wanted)]
    return lesser[-1] if lesser else efforts[0]


def host(base_url: str) -> str:
    """The server's name for people and logs: no user, no path, no key."""
    return urlsplit(base_url or DEFAULT_URL).hostname or "without a name"
