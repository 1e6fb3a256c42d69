"""A call that Slack turns down: ``ok: false`` with a code."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The answer is ``ok: false``.

    Args:
        code: Slack's own: ``not_in_channel``.
        problems: what goes to ``response_metadata.messages``.
        retry_after: whole seconds; the answer is then a 429.
        **more: further fields of the answer.
    """

    def __init__(
        self, code: str, problems: tuple[str, ...] = (), *, retry_after: int = 0, **more: Any
    ) -> None:
        super().__init__(code)
        self.code, self.problems, self.retry_after, self.more = code, problems, retry_after, more

    @property
    def answer(self) -> dict[str, Any]:
        """The body that says so."""
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.problems:
            answer["errors"] = list(self.problems)
            lines = [f"[ERROR] {said}" for said in self.problems]
            answer["response_metadata"] = {"messages": lines}
        return answer
