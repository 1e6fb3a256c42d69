"""Logs: structlog, set up once per process; our events and the libraries' records look alike."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict

QUIET = ("httpx", "httpcore", "openai", "urllib3")
"""At INFO these write every address they call, and some addresses hold secrets."""

_ADDRESS: Final = re.compile(r"([^\s@<>\"'/:;,()\[\]=…])([^\s@<>\"'/:;,()\[\]=]{0,63})@(?=[\w-])")
_JOB: Final = re.compile(r"(?<=mail__3a_)(?:[A-Za-z0-9-]|__[0-9a-f]{1,6}_){1,400}?(?=__40_)")
"""The same in the id of a job (`paperlark.queues.job_id`)."""
_TOKEN: Final = re.compile(r"/(u|v|manage|confirm)/[\w-]+\.[\w-]+")


def covered(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The line without mail addresses and without links' tokens, whoever wrote it.

    Our own lines name people by less anyway; the queue's own records name each job's arguments.
    """
    return {key: _cover(said) if isinstance(said, str) else said for key, said in event.items()}


def _cover(said: str) -> str:
    if "@" in said:
        said = _ADDRESS.sub(r"\1…@", said)
    return _TOKEN.sub(r"/\1/…", _JOB.sub("…", said))


def configure(level: str = "info", form: str = "auto") -> None:
    """Send every log line to stderr.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        form: ``json``, ``text``, or ``auto``: text on a terminal, JSON elsewhere.
    """
    text = form == "text" or (form == "auto" and sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                covered,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
