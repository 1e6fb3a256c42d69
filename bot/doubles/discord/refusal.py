"""A call that Discord turns down: a status, a code of its own, and a sentence."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The answer is an error.

    Args:
        status: of HTTP.
        code: Discord's own: 10003.
        said: its sentence.
        problems: of the body, each with where it stands.
        retry_after: seconds; the answer is then a 429.
        everywhere: that holds for every call of the account.
    """

    def __init__(
        self,
        status: int,
        code: int,
        said: str,
        problems: tuple[str, ...] = (),
        retry_after: float | None = None,
        *,
        everywhere: bool = False,
    ) -> None:
        super().__init__(said)
        self.status, self.code, self.said = status, code, said
        self.problems, self.retry_after, self.everywhere = problems, retry_after, everywhere

    @property
    def answer(self) -> dict[str, Any]:
        """The body that says so."""
        answer: dict[str, Any] = {"message": self.said, "code": self.code}
        if self.problems:
            held = [{"code": "BASE_TYPE_INVALID", "message": said} for said in self.problems]
            answer["errors"] = {"_errors": held}
        if self.retry_after is not None:
            answer |= {"retry_after": self.retry_after, "global": self.everywhere}
        return answer


def unknown(what: str, code: int) -> Refused:
    """Something that does not exist, or is not to be seen."""
    return Refused(404, code, f"Unknown {what}")


def invalid(*problems: str) -> Refused:
    """A body with mistakes in it."""
    return Refused(400, 50035, "Invalid Form Body", problems)
