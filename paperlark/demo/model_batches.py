"""The loopback model's files and batches, as the Batch API has them."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BatchFault: TypeAlias = Literal[
    "failed",
    "expired",
    "cancelled",
    "stuck",
    "missing",
    "duplicate",
    "contradiction",
    "error-line",
    "torn-line",
]
"""A batch that cannot be read; that ends at half time, by the clock or by hand; that never ends;
that lacks a line, has one twice, has one twice with different words, has one with an error, or has
one that breaks off."""
_LATE = {"code": "batch_expired", "message": "This request could not be executed in time."}
_COUNTS = ("total", "completed", "failed")
_HALVED = frozenset({"expired", "cancelled", "cancelling"})


@dataclass(slots=True)
class _Batch:
    id: str
    input_file: str
    fault: str
    metadata: dict[str, str] | None = None
    polls: int = 0
    status: str = "validating"
    output_file: str | None = None
    error_file: str | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))


class Desk:
    """Keeps files and works batches off; a batch moves one step whenever it is asked after.

    Args:
        answer: the completion that answers one request's body.

    Attributes:
        polls: how often a batch is asked after before it is complete.
        faults: of the next batches, in order.
    """

    def __init__(self, answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self._answer, self.polls = answer, 2
        self.faults: deque[BatchFault] = deque()
        self.files: dict[str, bytes] = {}
        self._batches: dict[str, _Batch] = {}
        self._lock = Lock()

    def keep(self, content: bytes) -> dict[str, Any]:
        """Store a file."""
        name = f"file-{len(self.files) + 1:04}"
        self.files[name] = content
        return {
            "id": name, "object": "file", "bytes": len(content), "created_at": 0,
            "filename": "requests.jsonl", "purpose": "batch", "status": "processed",
        }  # fmt: skip

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A new batch over a file."""
        with self._lock:
            fault = self.faults.popleft() if self.faults else ""
            name = f"batch_{len(self._batches) + 1:04}"
            batch = _Batch(name, body["input_file_id"], fault, body.get("metadata"))
            self._batches[name] = batch
            return _said(batch)

    def all(self) -> dict[str, Any]:
        """Every batch, newest first."""
        rows = [_said(batch) for batch in reversed(self._batches.values())]
        return {"object": "list", "data": rows, "has_more": False}

    def retrieve(self, batch_id: str) -> dict[str, Any] | None:
        """One batch, moved on by a step; None where there is none of that id."""
        with self._lock:
            batch = self._batches.get(batch_id)
            if batch is None:
                return None
            batch.polls += 1
            self._move(batch)
            return _said(batch)

    def cancel(self, batch_id: str) -> dict[str, Any] | None:
        """Stop a batch; what is done by then can be read."""
        with self._lock:
            batch = self._batches.get(batch_id)
            if batch is None:
                return None
            batch.status = (
                "cancelling" if batch.status in {"validating", "in_progress"} else batch.status
            )
            return _said(batch)

    def _move(self, batch: _Batch) -> None:
        if batch.status == "cancelling":
            self._finish(batch, "cancelled")
        elif batch.status in {"validating", "in_progress"}:
            batch.status = "in_progress"
            ends = {"failed": "failed", "expired": "expired", "cancelled": "cancelled"}
            if batch.polls > self.polls and batch.fault != "stuck":
                self._finish(batch, ends.get(batch.fault, "completed"))

    def _finish(self, batch: _Batch, status: str) -> None:
        batch.status = status
        if status == "failed":
            return
        asked = [json.loads(line) for line in self.files[batch.input_file].split(b"\n") if line]
        done = asked[: len(asked) // 2] if status in _HALVED else asked
        late = asked[len(done) :] if status == "expired" else []
        lines = [_line(one, self._answer(one["body"])) for one in reversed(done)]
        good, bad = _spoilt(lines, batch.fault)
        bad += [_line(one, None) for one in late]
        batch.counts = {"total": len(asked), "completed": len(good), "failed": len(bad)}
        batch.output_file = self._written(good)
        batch.error_file = self._written(bad)

    def _written(self, lines: list[str]) -> str | None:
        return str(self.keep("\n".join(lines).encode())["id"]) if lines else None


def _said(batch: _Batch) -> dict[str, Any]:
    broken = [{"code": "invalid_json_line", "message": "Line 1 is not valid JSON.", "line": 1}]
    errors = {"object": "list", "data": broken} if batch.status == "failed" else None
    return {
        "id": batch.id, "object": "batch", "endpoint": "/v1/chat/completions", "errors": errors,
        "input_file_id": batch.input_file, "completion_window": "24h", "status": batch.status,
        "output_file_id": batch.output_file, "error_file_id": batch.error_file, "created_at": 0,
        "request_counts": batch.counts, "metadata": batch.metadata,
    }  # fmt: skip


def _line(asked: Mapping[str, Any], body: Mapping[str, Any] | None) -> str:
    name = asked["custom_id"]
    response = None if body is None else {"status_code": 200, "request_id": name, "body": body}
    error = _LATE if body is None else None
    return json.dumps(
        {"id": f"batch_req_{name}", "custom_id": name, "response": response, "error": error}
    )


def _spoilt(lines: list[str], fault: str) -> tuple[list[str], list[str]]:
    """The lines of the output file, and of the error file."""
    first, rest = lines[:1], lines[1:]
    if fault == "error-line":
        return rest, [_changed(line, _failed) for line in first]
    good = {
        "missing": rest,
        "duplicate": lines + first,
        "contradiction": lines + [_changed(line, _other) for line in first],
        "torn-line": rest + [line[:40] for line in first],
    }
    return good.get(fault, lines), []


def _changed(line: str, change: Callable[[dict[str, Any]], None]) -> str:
    found = json.loads(line)
    change(found["response"])
    return json.dumps(found)


def _failed(response: dict[str, Any]) -> None:
    response |= {"status_code": 500, "body": {"error": {"message": "Server error"}}}


def _other(response: dict[str, Any]) -> None:
    response["body"]["choices"][0]["message"]["content"] = "{}"
