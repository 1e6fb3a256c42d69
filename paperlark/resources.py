"""Where prompts/, templates/ and config/ are: the checkout's own, else the wheel's copy."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Kind = Literal["prompts", "templates", "config"]


@cache
def folder(kind: Kind) -> Traversable:
    """The folder of that kind.

    The checkout comes first because an editable install also leaves a copy in site-packages,
    which goes stale with the next edit.
    """
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / kind
    return files("paperlark") / "_data" / kind


def text(kind: Kind, *parts: str) -> str:
    """The text of one shipped file, as UTF-8."""
    return folder(kind).joinpath(*parts).read_text(encoding="utf-8")
