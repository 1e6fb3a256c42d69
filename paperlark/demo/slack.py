"""The demonstration's Slack: each digest posted by the real channel to a loopback double."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final, Self
from zoneinfo import ZoneInfo

from bot import context, jobs
from bot.channels.slack.client import Slack
from bot.channels.slack.settings import read
from bot.context import Context
from bot.doubles.slack import SlackDouble
from bot.doubles.slack.view import page
from bot.ports import Limits
from paperlark import settings
from paperlark.errors import PaperlarkError
from paperlark.subscription import Subscription
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

    from bot.context import Channels
    from bot.posting import Report
    from paperlark.domain import Digest
    from paperlark.store.connection import Connection

ZONE: Final = "Europe/Berlin"
AT: Final = time(8, 0)
CHANNEL: Final = "C1"
HURRIED: Final = Limits(per_target=1_000.0, burst=1_000)
"""Slack takes one message a second into a channel; a demonstration need not wait for that."""
_INNER: Final = frozenset({"app_id", "bot_id", "broadcast", "marks", "team", "type", "user"})


class Workspace:
    """A channel of a made-up workspace; use it as a context manager.

    Attributes:
        double: what stands for Slack.
        target: its channel.
    """

    def __init__(self) -> None:
        self._moment = 0.0
        self.target = Target("slack", CHANNEL)
        self.double = SlackDouble(now=lambda: self._moment)

    def __enter__(self) -> Self:
        self.double.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.double.__exit__(kind, error, trace)

    def post(self, connection: Connection, digest: Digest, environ: Mapping[str, str]) -> int:
        """Post a digest by the job's own path, through the ledger; how many messages came.

        Args:
            connection: the demonstration's store.
            digest: as it was made.
            environ: the settings, as the workers have them.

        Raises:
            PaperlarkError: it did not all arrive; in the words a person would read.
        """
        self._moment = datetime.combine(digest.date, AT, ZoneInfo(ZONE)).timestamp()
        chosen = settings.load({**environ, **self.double.environ()})
        built = context.build(chosen, connection)
        run = _Hurried(built.settings, built.store, built.ledger, built.clock)
        subscription = Subscription(self.target, digest.profile, at=AT, zone=ZONE)
        run.store.subscriptions.save_subscription(subscription)
        before = len(self.double.messages())
        reports: list[Report] = []
        jobs.deliver_now(run, [subscription], digest, reports.append)
        if failed := [report.said for report in reports if not report.ok]:
            raise PaperlarkError(failed[0])
        return len(self.double.messages()) - before

    def page(self) -> str:
        """Everything the channel shows, as one page."""
        return page(self.double.world, zone=ZONE)

    def payloads(self) -> str:
        """The messages as they were taken, as JSON."""
        kept = [_shown(message) for message in self.double.messages()]
        return json.dumps({"messages": kept}, ensure_ascii=False, indent=1) + "\n"


class _Hurried(Context):
    """A delivery's context whose Slack is in a hurry."""

    @asynccontextmanager
    async def channels(self) -> AsyncIterator[Channels]:
        async with super().channels() as channels:
            slack = Slack(read(self.settings.channels["slack"], lambda _path: ""))
            slack.limits = HURRIED
            channels.made["slack"] = slack
            yield channels


def _shown(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message without what only the double knows."""
    return {name: value for name, value in message.items() if name not in _INNER}
