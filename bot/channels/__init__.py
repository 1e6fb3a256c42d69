"""The ways out and in, one module or package each, found by name. See ADDING.md."""

from __future__ import annotations

import importlib
import pkgutil
from importlib import metadata
from typing import TYPE_CHECKING, cast

from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from bot.ports import ChannelModule

GROUP = "paperlark.channels"
"""Entry points of this group offer channels from other distributions."""


def kinds() -> tuple[str, ...]:
    """The kinds of channels there are, in order; nothing is imported."""
    ours = {module.name for module in pkgutil.iter_modules(__path__)}
    return tuple(sorted(ours | {point.name for point in metadata.entry_points(group=GROUP)}))


def load(kind: str) -> ChannelModule:
    """The module of that kind; libraries it needs are imported now, and for no other kind.

    Raises:
        ConfigError: there is no such kind, or its library is not installed.
    """
    try:
        return cast("ChannelModule", _module(kind))
    except ImportError as error:
        raise ConfigError(
            f"The channel `{kind}` cannot be used ({error}): install what it needs."
        ) from error


def _module(kind: str) -> object:
    for point in metadata.entry_points(group=GROUP, name=kind):
        return point.load()
    if kind not in kinds():
        raise ConfigError(f"There is no channel `{kind}`. Those there are: {', '.join(kinds())}.")
    return importlib.import_module(f"{__name__}.{kind}")
