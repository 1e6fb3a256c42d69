"""A call that the homeserver turns down: a status and an error's name."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The answer is an error.

    Args:
        status: of HTTP.
        code: Matrix's own: ``M_FORBIDDEN``.
        said: for people.
        retry_after: seconds; the answer is then a 429.
    """

    def __init__(
        self, status: int, code: str, said: str = "", *, retry_after: float | None = None
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.said, self.retry_after = status, code, said, retry_after

    @property
    def answer(self) -> dict[str, Any]:
        """The body that says so."""
        made: dict[str, Any] = {"errcode": self.code, "error": self.said or self.code}
        if self.retry_after is not None:
            made["retry_after_ms"] = round(self.retry_after * 1000)
        return made


def forbidden(said: str = "You are not in the room.") -> Refused:
    """Not here, not you."""
    return Refused(403, "M_FORBIDDEN", said)


def missing(said: str = "There is none.") -> Refused:
    """Not there."""
    return Refused(404, "M_NOT_FOUND", said)
