"""What takes seconds to work out, worked out before anybody asks: at the start of the bot."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

import structlog

from bot.desk import offers

if TYPE_CHECKING:
    from threading import Event

    from bot.desk.house import House

_log: Final = structlog.get_logger(__name__)
PAUSE_S: Final = 3.0
"""Before each: who asks something at the start is answered first."""
_LONGEST_S: Final = 60.0


def warm(house: House, stopping: Event, *, pause_s: float = PAUSE_S) -> None:
    """Count the words that `/digest tune` makes proposals of, one kind of profile after the other.

    Never raises: what is not counted here is counted when it is asked for. Nor does it begin at
    once: a bot whose settings are wrong ends before.

    Args:
        house: whose memory is filled.
        stopping: when it is set, nothing more is begun.
        pause_s: before and after each.
    """
    if stopping.wait(pause_s):
        return
    try:
        for kind in _kinds(house):
            today = house.clock().astimezone(UTC).date()
            offers.count(house, kind, today, _LONGEST_S)
            if stopping.wait(pause_s):
                return
    except Exception as error:  # noqa: BLE001  (a store that ends with the bot, too)
        _log.warning("nothing worked out ahead", why=str(error))


def _kinds(house: House) -> tuple[tuple[str, ...], ...]:
    """The categories of every profile that goes somewhere and is voted on, each once."""
    store = house.store
    names = dict.fromkeys(each.profile for each in store.subscriptions.subscriptions())
    known = (store.profile(name) for name in names if store.votes.voted_for(name))
    return tuple(dict.fromkeys(each.categories for each in known if each))
