"""``/digest tune …``: the line in the open, and everything people can decide about it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk import line, phrases, trials
from bot.desk.case import case
from bot.desk.house import TURN
from bot.desk.overview import overview, pointed
from paperlark.errors import NotFound
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.desk.case import Case
    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply


def tune(house: House, asker: Asker, text: str) -> Reply:
    """The line and the votes behind it; with a verb, what somebody decides about it.

    Raises:
        NotFound: the verb is none, or what follows it cannot be read; or the asker may not.
    """
    verb, _, rest = text.strip().partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if not verb:
        return overview(case(house, asker))
    if verb == "try":
        return trials.tried(case(house, asker), rest)
    if verb not in _VERBS:
        raise NotFound(_unknown(verb))
    with TURN:
        return _VERBS[verb](case(house, asker), rest)


def _accept(found: Case, text: str) -> Reply:
    found.managed()
    return line.accept(found, text or figures.line(pointed(found)))


def _unknown(verb: str) -> str:
    near = get_close_matches(verb, [*_VERBS, "try"], n=1, cutoff=0.6)
    hint = f" Did you mean `/digest tune {near[0]}`?" if near else ""
    return (
        f"There is no `/digest tune {words.short(verb)}`.{hint} There are accept, undo, freeze, "
        "thaw, reset, fewer, more, least, try, want, exclude, drop, no and back."
    )


_VERBS: Final[Mapping[str, Callable[[Case, str], Reply]]] = {
    "accept": _accept,
    "undo": line.undo,
    "freeze": line.freeze,
    "thaw": line.thaw,
    "reset": line.reset,
    "fewer": line.fewer,
    "more": line.more,
    "least": line.least,
    "want": phrases.want,
    "exclude": phrases.exclude,
    "drop": phrases.drop,
    "no": phrases.no,
    "back": phrases.back,
}
"""Every verb that decides something."""
