"""The double as a process of its own, for tests that end the app's processes by force."""

from __future__ import annotations

from typing import ClassVar

from bot.doubles.matrix.world import TOKEN
from bot.doubles.process import DoubleProcess


class MatrixProcess(DoubleProcess):
    """A homeserver's double as a child process."""

    service: ClassVar[str] = "matrix"

    @property
    def url(self) -> str:
        """The homeserver's address."""
        return self.base

    def environ(self) -> dict[str, str]:
        """The settings that lead here, as variables for a child process."""
        table = {"HOMESERVER": self.base, "ACCESS_TOKEN": TOKEN, "PER_SECOND": "0"}
        return {f"PAPERLARK_CHANNELS__MATRIX__{name}": value for name, value in table.items()}
