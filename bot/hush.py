"""Logs of chat libraries without what must not stand in them: tokens, tickets, tracebacks."""

from __future__ import annotations

import logging
import re
from typing import Final

_SLACK: Final = (
    r"xox[a-z]+-[\w.-]+|xapp-[\w.-]+|(?<=ticket=)[^&\s'\")]+|(?<=/services/)\S+"
    r"|(?<=/commands/)\S+|(?<=/actions/)\S+"
)
"""Tokens, the tickets of sockets, and the paths of answer addresses, which are keys as well."""
_DISCORD: Final = r"(?<=Bot )[\w.-]{8,}|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
_SECRET: Final = re.compile(rf"{_SLACK}|{_DISCORD}|(?<=Bearer )\S+")
_ANSWER: Final = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?'\")]+")
"""Where Discord takes answers: the last part of the path is a key."""


def hushed(text: str) -> str:
    """The text with every secret covered."""
    return _ANSWER.sub(r"\1…", _SECRET.sub("…", text))


class Hush(logging.Filter):
    """Makes every record one line without secrets; nothing is left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; it always passes."""
        record.msg, record.args = " ".join(hushed(record.getMessage()).split()), None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def logger(name: str, *libraries: str) -> logging.Logger:
    """The hushed logger of that name; it and the libraries' own are never below INFO.

    Below it, libraries write whole bodies.
    """
    made, least = logging.getLogger(name), logging.getLogger().getEffectiveLevel()
    for each in (made, *map(logging.getLogger, libraries)):
        each.setLevel(max(logging.INFO, least))
    if not any(isinstance(each, Hush) for each in made.filters):
        made.addFilter(Hush())
    return made
