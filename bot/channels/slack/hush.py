"""The logger that Slack's libraries write to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import hush

if TYPE_CHECKING:
    import logging


def logger() -> logging.Logger:
    """The logger to hand to Slack's libraries: without secrets, and never below INFO."""
    return hush.logger("paperlark.slack", "slack_sdk")
