"""The double as a process of its own, for tests that end the app's processes by force."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any, ClassVar, Self

import httpx

from bot.doubles import journal

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_PATIENCE_S = 60.0


class DoubleProcess:
    """``python -m bot.doubles.SERVICE`` as a child; use it as a context manager.

    It ends with this process, however this one ends.

    Args:
        state: the file where everything it takes is kept.
        port: 0 for any free one.
    """

    service: ClassVar[str]

    def __init__(self, state: Path, port: int = 0) -> None:
        self.state, self._port, self.base = state, port, ""
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        # fmt: off
        self._child = subprocess.Popen(  # noqa: S603  (our own module, in our own interpreter)
            [sys.executable, "-m", f"bot.doubles.{self.service}", "--port", str(self._port),
             "--state", str(self.state), "--leash"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        # fmt: on
        assert self._child.stdout is not None  # noqa: S101  (PIPE was asked for)
        self.base = self._child.stdout.readline().strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()

    def do(self, verb: str, **fields: Any) -> dict[str, Any]:
        """A person does something; see `Control`. What came of it, as JSON values."""
        return self._post(f"do/{verb}", fields)

    def set(self, what: str, **fields: Any) -> None:
        """``fail``, ``clear``, ``place``, ``disconnect``, …: see `Control`."""
        self._post(what, fields)

    def get(self) -> dict[str, Any]:
        """Everything it took, was called for, and refused."""
        answer = httpx.get(f"{self.base}/_double/state", timeout=_PATIENCE_S, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def messages(self) -> list[dict[str, Any]]:
        """Every message it took, from its file: that stays true when it is gone."""
        return journal.messages(self.state)

    def _post(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        address = f"{self.base}/_double/{path}"
        answer = httpx.post(address, json=fields, timeout=_PATIENCE_S, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found
