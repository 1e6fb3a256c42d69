"""The Batch API: all questions in one file, at half the price, answered within a day.

No promise comes with it but the 24 hours: the caller sets a deadline, saves the id that `submit`
gave, and asks directly what is missing when the deadline is over.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from worker.llm import reading, retries
from worker.llm.retries import Failure
from worker.llm.words import Answer, ModelRefused, ModelUnavailable, Request, Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from worker.llm.client import OpenAIModel, Pricing

ENDPOINT: Final = "/v1/chat/completions"
MOST_REQUESTS = 50_000
"""The API's own limit for one batch."""
POLL_S = 15.0
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_ALIVE = frozenset({"validating", "in_progress", "finalizing", "completed"})
_NAME = "paperlark"
_RECENT = 100
"""Batches that are looked through for one of a name: the most that one page of the list holds."""
_OK = 200
_PREFIX = "q"
_NOTHING = Request("", "")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come.

    Attributes:
        status: the API's own word.
        done, failed, total: requests.
        output_file, error_file: ids; empty until there are any.
    """

    status: str
    done: int = 0
    failed: int = 0
    total: int = 0
    output_file: str = ""
    error_file: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.status in _ENDED


class BatchRun:
    """Batches on the server of a model; holds nothing, so that a restart loses nothing.

    Args:
        model: whose line, name and form of questions are used.
        price: what an answer cost; asked for the tier ``batch``.
    """

    def __init__(self, model: OpenAIModel, *, price: Pricing | None = None) -> None:
        self._model, self._line, self._price = model, model.line, price

    def submit(self, requests: Sequence[Request], *, name: str = "") -> str:
        """Hand the requests in; the id to poll by, worth saving at once.

        Args:
            requests: what is asked.
            name: `find` finds the batch by it.

        Raises:
            ModelRefused: the server has no Batch API, or does not take this one.
            ModelUnavailable: it could not be reached.
        """
        if len(requests) > MOST_REQUESTS:
            raise ModelRefused(
                f"{len(requests)} requests are more than a batch takes ({MOST_REQUESTS}): ask "
                "directly, or raise `scoring.llm.batch_size`."
            )
        lines = "\n".join(self._written(number, one) for number, one in enumerate(requests))
        named = ("requests.jsonl", lines.encode())
        uploaded = self._line.insist(
            lambda sdk: sdk.files.create(file=named, purpose="batch"),
            absent=f"The model server {self._line.host} has no Batch API: set "
            "`scoring.llm.batch_api` to false.",
        )
        return self._created(uploaded.id, name)

    def find(self, name: str) -> str:
        """The id of the newest batch of that name that runs or is complete; empty for none.

        Raises:
            ModelRefused: the server has no list of batches.
            ModelUnavailable: it could not be reached.
        """
        recent = self._line.insist(lambda sdk: sdk.batches.list(limit=_RECENT).data)
        return next(
            (
                batch.id
                for batch in recent
                if (batch.metadata or {}).get(_NAME) == name and batch.status in _ALIVE
            ),
            "",
        )

    def poll(self, batch_id: str) -> Progress:
        """How far the batch has come.

        Raises:
            ModelRefused: no such batch.
            ModelUnavailable: the server could not be reached.
        """
        got = self._line.insist(
            lambda sdk: sdk.batches.retrieve(batch_id),
            absent=f"The model server {self._line.host} knows no batch {batch_id}: ask directly.",
        )
        counts = got.request_counts
        done, failed, total = (
            (counts.completed, counts.failed, counts.total) if counts else (0,) * 3
        )
        files = got.output_file_id or "", got.error_file_id or ""
        return Progress(got.status, done, failed, total, *files)

    def wait(
        self,
        batch_id: str,
        deadline_s: float,
        *,
        every_s: float = POLL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> Progress:
        """Poll until the batch is over or `deadline_s` seconds have passed; the last progress.

        A server that cannot be reached meanwhile is asked again at the next turn.
        """
        end, seen = clock() + deadline_s, Progress("unknown")
        while True:
            try:
                seen = self.poll(batch_id)
            except ModelUnavailable:
                seen = replace(seen, status="unknown")
            left = end - clock()
            if seen.over or left <= 0:
                return seen
            self._line.sleep(min(every_s, left))

    def cancel(self, batch_id: str) -> None:
        """Ask the server to stop; what is answered by then stays readable, and billed."""
        self._line.insist(lambda sdk: sdk.batches.cancel(batch_id))

    def collect(self, batch_id: str) -> Mapping[int, Answer]:
        """The answers by the position of their request; those that never came are absent.

        Works on batches that ended early: what they hold is given. A request with two different
        answers counts as one with none, and both are in its ``spent``.

        Raises:
            ModelUnavailable: the batch still runs, or failed as a whole.
        """
        seen = self.poll(batch_id)
        if not seen.over:
            raise ModelUnavailable(f"The batch is {seen.status}: wait for it, or ask directly.")
        if seen.status == "failed":
            raise ModelUnavailable(
                f"The model server {self._line.host} could not use the batch; ask directly, with "
                "`scoring.llm.batch_api` = false."
            )
        found: dict[int, Answer] = {}
        for name in filter(None, (seen.output_file, seen.error_file)):
            for number, answer in self._read(self._content(name)):
                found[number] = _joined(found.get(number), answer)
        return found

    def _created(self, file_id: str, name: str) -> str:
        """The id of the batch over a file; one that was made while the line broke is found."""
        course = self._line.course()
        while True:
            got = self._line.attempt(
                lambda sdk: sdk.batches.create(
                    input_file_id=file_id,
                    endpoint=ENDPOINT,
                    completion_window="24h",
                    metadata={_NAME: name} if name else None,
                )
            )
            if not isinstance(got, Failure):
                return got.id
            if got.lost and (made := self._made(file_id)):
                return made
            if (wait := course.pause(got)) is None:
                raise retries.error(got, self._line.host, Spent(), course.tried)
            self._line.sleep(wait)

    def _made(self, file_id: str) -> str:
        batches = self._line.insist(lambda sdk: sdk.batches.list(limit=20).data)
        return next((batch.id for batch in batches if batch.input_file_id == file_id), "")

    def _content(self, file_id: str) -> str:
        raw = self._line.insist(lambda sdk: sdk.files.content(file_id).content)
        return raw.decode(errors="replace")

    def _written(self, number: int, request: Request) -> str:
        body = self._model.form.body(request, tier=False)
        line = {
            "custom_id": f"{_PREFIX}{number}",
            "method": "POST",
            "url": ENDPOINT,
            "body": body,
        }
        return json.dumps(line)

    def _read(self, text: str) -> Iterable[tuple[int, Answer]]:
        for line in text.split("\n"):  # a line may hold characters that end lines elsewhere
            number, body = _line(line)
            got = reading.read(body, _NOTHING) if number is not None and body else None
            if number is not None and isinstance(got, Answer):
                yield number, replace(got, spent=self._priced(got.spent))

    def _priced(self, spent: Spent) -> Spent:
        cost = self._price(spent, self._model.name, tier="batch") if self._price else None
        return replace(spent, cost_usd=cost)


def _line(text: str) -> tuple[int | None, Any]:
    """The position of a line's request, and the completion in it; None for what has none."""
    try:
        found = json.loads(text)
        digits = found["custom_id"].removeprefix(_PREFIX)
        response = found["response"]
        number = int(digits) if digits.isdecimal() else None
        return number, response["body"] if response["status_code"] == _OK else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, None


def _joined(first: Answer | None, second: Answer) -> Answer:
    if first is None:
        return second
    same = (first.text, first.finish) == (second.text, second.finish)
    return replace(first, text=first.text if same else "", spent=first.spent + second.spent)
