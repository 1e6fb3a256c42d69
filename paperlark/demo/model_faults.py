"""What can go wrong between a model and its reader, by name: singly, in a row, or at random."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any, TypeAlias

from paperlark.demo.faults import Fault

PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Guest network.</body></html>"
)
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_JSON = "application/json"
_NEW_PARAMETERS = ("reasoning_effort", "prompt_cache_key", "service_tier", "max_completion_tokens")
LONG_WAIT_S = 300


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says, before it goes on the wire."""

    content: str | None
    finish: str = "stop"
    refusal: str | None = None
    usage: bool = True
    """Whether the answer says what it took."""


Spoil: TypeAlias = Callable[[Reply, random.Random], Reply]


@dataclass(frozen=True, slots=True)
class ModelFault:
    """One spoilt answer: on the wire, in what is said, or refused for what was asked.

    Attributes:
        wire: see `paperlark.demo.faults.Fault`; a body of its own means that no model was asked.
        spoil: what becomes of the reply.
        refuses: fields of the call; the first of them that was sent is refused with status 400.
    """

    name: str
    wire: Fault = field(default_factory=Fault)
    spoil: Spoil | None = None
    refuses: tuple[str, ...] = ()


def error(message: str, kind: str, code: str | None = None, param: str | None = None) -> bytes:
    """The API's own error body."""
    found = {"message": message, "type": kind, "param": param, "code": code}
    return json.dumps({"error": found}).encode()


def refusal(name: str) -> bytes:
    """The body that refuses a field of a call."""
    if name == "json_schema":
        message = "This response_format type is unavailable now"
        return error(message, "invalid_request_error", "invalid_request_error")
    message = f"Unrecognized request argument supplied: {name}"
    return error(message, "invalid_request_error", None, name)


def _http(name: str, status: int, body: bytes, kind: str = _JSON, **headers: str) -> ModelFault:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return ModelFault(name, Fault(status, named, body, kind))


def limited(name: str = "429", **headers: str) -> ModelFault:
    """Too many requests; `headers` with underscores for hyphens."""
    body = error("Rate limit reached for requests", "requests", "rate_limit_exceeded")
    return _http(name, 429, body, **headers)


def slow(seconds: float) -> ModelFault:
    """The real answer, late."""
    return ModelFault("slow", Fault(delay_s=seconds))


def _date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


def _rows(change: Callable[[list[Any], random.Random], list[Any]]) -> Spoil:
    """A spoil of the first list in a JSON answer; any other answer stays as it is."""

    def spoil(reply: Reply, chance: random.Random) -> Reply:
        try:
            found = json.loads(reply.content or "")
        except ValueError:
            return reply
        name = next((n for n, part in found.items() if isinstance(part, list) and part), None)
        if name is None:
            return reply
        found[name] = change(found[name], chance)
        return replace(reply, content=json.dumps(found, ensure_ascii=False, separators=(",", ":")))

    return spoil


def _each(change: Callable[[int, Any], Any], every: int = 1) -> Spoil:
    """A spoil of each `every`-th row: `change` sees a field's place and value."""

    def row(one: Any) -> Any:
        if isinstance(one, dict):
            return {n: change(at, value) for at, (n, value) in enumerate(one.items())}
        return [change(at, value) for at, value in enumerate(one)]

    return _rows(lambda rows, _: [r if at % every else row(r) for at, r in enumerate(rows)])


def _far(place: int, value: Any) -> Any:
    return 11 + value if place and isinstance(value, int) else value


def _half(place: int, value: Any) -> Any:
    return value + 0.5 if place and isinstance(value, int) else value


def _stranger(place: int, value: Any) -> Any:
    return 900 + value if place == 0 and isinstance(value, int) else value


def _raised(place: int, value: Any) -> Any:
    return value % 10 + 1 if place and isinstance(value, int) else value


def _twice(rows: list[Any], chance: random.Random) -> list[Any]:
    one = chance.choice(rows)
    fields = list(one.values() if isinstance(one, dict) else one)
    raised = [_raised(place, value) for place, value in enumerate(fields)]
    other = dict(zip(one, raised, strict=True)) if isinstance(one, dict) else raised
    return [*rows, other]


def _text(change: Callable[[str], str]) -> Spoil:
    return lambda reply, _: replace(reply, content=change(reply.content or ""))


_NAMED = (
    limited("429-ms", retry_after_ms="20"),
    limited("429-seconds", retry_after="1"),
    limited("429-date"),
    limited("429-bare"),
    limited("429-long", retry_after=str(LONG_WAIT_S)),
    _http("500", 500, error("The server had an error", "server_error")),
    _http("502-page", 502, _BAD_GATEWAY, "text/html"),
    _http("200-page", 200, PAGE, "text/html; charset=utf-8"),
    _http("200-braces", 200, b"{}"),
    ModelFault("drop", Fault(drop=True)),
    ModelFault("cut", Fault(cut_at=60)),
    ModelFault("cut-quietly", Fault(cut_at=60, honest=False)),
    slow(0.5),
    ModelFault(
        "refusal", spoil=lambda r, _: replace(r, content=None, refusal="I can't help with that.")
    ),
    ModelFault(
        "length",
        spoil=lambda r, _: replace(
            r, content=(r.content or "")[: len(r.content or "") // 2], finish="length"
        ),
    ),
    ModelFault("filter", spoil=lambda r, _: replace(r, content="", finish="content_filter")),
    ModelFault("empty", spoil=_text(lambda _: "")),
    ModelFault("blank", spoil=_text(lambda _: "  \n\n\t ")),
    ModelFault("fences", spoil=_text(lambda text: f"```json\n{text}\n```")),
    ModelFault("prose", spoil=_text(lambda text: f"Here are the grades you asked for:\n\n{text}")),
    ModelFault("wrong-schema", spoil=_text(lambda _: '{"verdict":"fine","papers":{"count":3}}')),
    ModelFault("out-of-range", spoil=_each(_far, every=3)),
    ModelFault("strings", spoil=_each(lambda _, value: str(value))),
    ModelFault("fractions", spoil=_each(_half, every=2)),
    ModelFault("missing", spoil=_rows(lambda rows, _: rows[::2])),
    ModelFault("duplicate", spoil=_rows(lambda rows, chance: [*rows, chance.choice(rows)])),
    ModelFault("contradiction", spoil=_rows(_twice)),
    ModelFault("unknown-index", spoil=_each(_stranger, every=3)),
    ModelFault("no-usage", spoil=lambda r, _: replace(r, usage=False)),
    ModelFault("no-schema", refuses=("json_schema",)),
    ModelFault("unknown-parameter", refuses=_NEW_PARAMETERS),
)
QUOTA = _http(
    "quota",
    429,
    error("You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
)
"""No credit left: the one fault after which every further call is vain."""
FLEX_BUSY = _http("flex-busy", 429, error("Resource unavailable", "resource_unavailable"))
FAULTS = {fault.name: fault for fault in (*_NAMED, QUOTA, FLEX_BUSY)}
"""Every fault by name."""
MIXTURE = tuple(fault.name for fault in _NAMED)
"""All that a run should outlive."""


class ModelFaults:
    """The faults of the next calls: a queue first, then a seeded share at random."""

    def __init__(self) -> None:
        self._queue: deque[ModelFault] = deque()
        self._rate, self._among = 0.0, tuple[ModelFault, ...]()
        self.chance = random.Random(0)  # noqa: S311  (draws to repeat, no secret)
        self.met: list[str] = []
        self._lock = Lock()

    def add(self, *faults: str | ModelFault, times: int = 1) -> None:
        """Queue faults for the next calls; the whole row `times` times."""
        with self._lock:
            self._queue.extend([_named(fault) for fault in faults] * times)

    def mix(self, rate: float, among: Iterable[str | ModelFault] = MIXTURE, seed: int = 0) -> None:
        """From now on spoil a share of all answers, each by one fault drawn from `among`."""
        with self._lock:
            self._rate, self._among = rate, tuple(_named(fault) for fault in among)
            self.chance = random.Random(seed)  # noqa: S311  (draws to repeat, no secret)

    def take(self) -> ModelFault:
        """What happens to the next call; a fault without a name is none. `met` keeps the names."""
        with self._lock:
            found = self._queue.popleft() if self._queue else self._drawn(self._among)
            if found.name:
                self.met.append(found.name)
            return found

    def _drawn(self, among: Sequence[ModelFault]) -> ModelFault:
        if not among or self.chance.random() >= self._rate:
            return ModelFault("")
        return self.chance.choice(among)


def _named(fault: str | ModelFault) -> ModelFault:
    found = FAULTS[fault] if isinstance(fault, str) else fault
    return limited(found.name, retry_after=_date()) if found.name == "429-date" else found
