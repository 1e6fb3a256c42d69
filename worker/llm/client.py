"""A language model behind any OpenAI-compatible server."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self

from worker.llm import forms, reading, retries, servers
from worker.llm.line import Line
from worker.llm.retries import Course, Failure
from worker.llm.words import Answer, Request, Spent

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from worker.llm.forms import Form
    from worker.llm.servers import Server
    from worker.llm.settings import LlmSettings

FLEX_TIMEOUT_S = 900.0
"""The flex tier may keep a call that long."""
_TOO_LARGE = 413
BILLED = 2
"""The most tries of one question that may be billed, as a rule: answers can be lost after they were
made."""
_FILTERED = frozenset({"content_filter", "content_policy_violation"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})
_TOO_LONG_WORDS = ("maximum context length", "context window", "too many tokens")


class Rungs(Protocol):
    """Remembers how far down the ladder a server made us step."""

    def get(self, server: str) -> int | None:
        """The rung kept for that server and model; None where there is none."""

    def set(self, server: str, rung: int) -> None:
        """Keep it."""


class Pricing(Protocol):
    """Prices what calls took."""

    def __call__(self, spent: Spent, model: str, /, *, tier: str = "") -> float | None:
        """US dollars; None where the model or the tier has no known price."""


class RungsInMemory:
    """Remembers for as long as the process lives."""

    def __init__(self) -> None:
        self._rungs: dict[str, int] = {}

    def get(self, server: str) -> int | None:
        """The rung kept for that server and model; None where there is none."""
        return self._rungs.get(server)

    def set(self, server: str, rung: int) -> None:
        """Keep it."""
        self._rungs[server] = rung


class OpenAIModel:
    """Asks one model on one server; safe to call from several threads.

    Args:
        settings: server, key, effort, tier, timeout, tries.
        model: in place of the settings' own.
        memory: the rungs of earlier runs.
        server: what the server knows, in place of what its address and the model's name tell.
        price: what a try cost, by the service tier that the server says it used.
        capped: whether a budget holds what `form.effort` may take at the start: the room for
            hidden reasoning then never grows, even if the server refuses that effort.
        billed: the most tries of one question that may be billed.
        sleep, rng: waits a number of seconds; gives numbers from 0 to 1, for the jitter.

    Raises:
        ConfigError: no key, and the server is known to need one.
    """

    def __init__(
        self,
        settings: LlmSettings,
        *,
        model: str = "",
        memory: Rungs | None = None,
        server: Server | None = None,
        price: Pricing | None = None,
        capped: bool = False,
        billed: int = BILLED,
        sleep: Callable[[float], None] = time.sleep,
        rng: Callable[[], float] = random.random,
    ) -> None:
        self.line = Line(settings, sleep=sleep, chance=rng)
        self.name = model or settings.model
        self._memory: Rungs = memory or RungsInMemory()
        self._price, self._billed = price, billed
        self._key = f"{self.line.base_url} {self.name}"
        known = server or servers.known(self.line.base_url, self.name)
        rung = self._memory.get(self._key)
        form = forms.first(known, self.name, settings.effort, settings.service_tier, rung)
        self._form = replace(form, room=form.effort) if capped else form
        self._lock = Lock()

    @property
    def form(self) -> Form:
        """How questions are put now."""
        return self._form

    def ask(self, request: Request) -> Answer:
        """The answer to one request, retries included.

        At most `billed` tries are made that may be billed: a budget has to hold that many.
        A prompt that is too long for the model is answered as one that was cut off: the remedy is
        the same, a smaller batch.

        Raises:
            ModelUnavailable: nothing usable came.
            ModelRefused: nothing ever will.
        """
        state = _State(self.line.course(), self._form)
        while True:
            got = self._try(state, request)
            state.spent += got.spent
            answer = got if isinstance(got, Answer) else self._next(state, got)
            if answer is not None:
                return replace(answer, spent=state.spent)

    def close(self) -> None:
        """Give the connections back."""
        self.line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _try(self, state: _State, request: Request) -> Answer | Failure:
        tier = "" if state.plain else state.form.tier
        body = self.line.complete(
            state.form.body(request, tier=not state.plain), FLEX_TIMEOUT_S if tier == "flex" else 0
        )
        if isinstance(body, Failure):
            most = state.form.limit(request)
            spent = reading.lost(request, most) if body.lost else Spent()
            return replace(body, spent=self._priced(spent, tier))
        used = body.get("service_tier") if isinstance(body, dict) else None
        got = reading.read(body, request)
        return replace(got, spent=self._priced(got.spent, used if isinstance(used, str) else tier))

    def _next(self, state: _State, failure: Failure) -> Answer | None:
        """Make the next try another one, or a later one; an answer where none is needed."""
        if failure.code in _FILTERED:
            return Answer("", "content_filter")
        if state.form.tier == "flex" and not state.plain and failure.busy:
            state.plain = True
        elif (eased := state.form.eased(failure)) is not None:
            state.form = self._remember(state.form, eased)
        elif _too_long(failure):
            return Answer("", "length")
        else:
            self._pause(state, failure)
        return None

    def _remember(self, used: Form, eased: Form) -> Form:
        """Keep the easier form, unless another thread found one meanwhile: then take that."""
        with self._lock:
            if self._form == used:
                self._form = eased
                if eased.rung != used.rung:
                    self._memory.set(self._key, eased.rung)
            return self._form

    def _pause(self, state: _State, failure: Failure) -> None:
        wait = state.course.pause(failure)
        if wait is None or state.spent.calls >= self._billed:
            raise retries.error(failure, self.line.host, state.spent, state.course.tried)
        self.line.sleep(wait)

    def _priced(self, spent: Spent, tier: str = "") -> Spent:
        if not spent.calls:
            return spent
        cost = self._price(spent, self.name, tier=tier) if self._price else None
        return replace(spent, cost_usd=cost)


@dataclass(slots=True)
class _State:
    """How far one question has come; `plain` once the service tier is no longer asked for."""

    course: Course
    form: Form
    spent: Spent = field(default_factory=Spent)
    plain: bool = False


def _too_long(failure: Failure) -> bool:
    words, refused = failure.words.lower(), failure.status in {400, 422}
    said = failure.code in _TOO_LONG or any(phrase in words for phrase in _TOO_LONG_WORDS)
    return failure.status == _TOO_LARGE or (refused and said)
