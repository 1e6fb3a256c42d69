"""The demonstration: built-in days through the real store, queue, workers, ranker and renderers.

Only four things are not what a real installation has: arXiv and Slack are doubles on loopback
that speak their exact wire formats, the people who vote are made up, and the workers' clock stands
still on the last sample day.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from paperlark import queues
from paperlark.chosen import built_in
from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days as sample_days
from paperlark.profile import parse
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from worker import supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from paperlark.demo.slack import Workspace
    from paperlark.domain import Digest, Profile
    from paperlark.store.connection import Connection

PROFILE = "foundations"
LINE = 15
PATIENCE_S = 60.0
"""Far more than any step takes: reached only when a worker cannot start."""
PAUSE_S = 0.02
"""Between two requests to the double; arXiv itself is asked every three seconds."""


class Report(Protocol):
    """Told of each step as it ends."""

    def __call__(self, step: str, said: str, seconds: float) -> None:
        """`step` is one word, `said` a clause for people."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demonstration made.

    Attributes:
        digests: oldest first.
        slack_page, slack_json: what its Slack channel shows, as a page and as data.
    """

    profile: Profile
    digests: tuple[Digest, ...]
    slack_page: str
    slack_json: str


def run(report: Report) -> Outcome:
    """Play the built-in days; leaves no process and no file behind."""
    days = sample_days()
    profile = _profile()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paperlark-")))
        with _step(report, "store", "embedded Valkey started"):
            connection = stack.enter_context(connect(None, folder / "store"))
            store = RedisStore(connection.client)
            store.save_profile(profile)
        with _step(report, "arXiv", _said(days)):
            double = stack.enter_context(ArxivDouble(days))
        with _step(report, "workers", "one process for each queue"):
            environ = _environ(folder, double, max(days))
            stack.enter_context(supervisor.running(supervisor.workers(("fetch", "score")), environ))
        from paperlark.demo.slack import Workspace  # noqa: PLC0415  (slow; the workers start too)

        workspace = stack.enter_context(Workspace())
        stage = _Stage(report, connection, store, profile, workspace, environ)
        digests = tuple(stage.play(sorted(days)))
        return Outcome(profile, digests, workspace.page(), workspace.payloads())


@dataclass(slots=True)
class _Stage:
    """Where the days are played.

    Attributes:
        posted, spent: messages in the channel, and the seconds they took.
    """

    report: Report
    connection: Connection
    store: RedisStore
    profile: Profile
    workspace: Workspace
    environ: Mapping[str, str]
    posted: int = 0
    spent: float = 0.0

    def play(self, days: Sequence[date]) -> Iterator[Digest]:
        """Make and post each day's digest; on every day but the last the group votes on it."""
        from paperlark.demo.group import Group  # noqa: PLC0415  (slow; the workers start too)

        group, votes, spent = Group(self.store, self.workspace), 0, 0.0
        *early, last = days
        for day in early:
            yield self._post(self._made(day))
            begun = time.monotonic()
            votes += group.vote(day)
            spent += time.monotonic() - begun
        group.decide(early[-1])
        self.report("people", group.said(votes), spent)
        yield self._post(self._made(last))
        said = f"loopback double: {self.posted} messages posted, none refused"
        self.report("Slack", said, self.spent)

    def _made(self, day: date) -> Digest:
        """One day through the queue: three jobs, each enqueued by the one before it."""
        begun, name, queue = time.monotonic(), self.profile.name, self.connection.queue
        queues.enqueue(queue, "fetch", name, day.isoformat())
        for job in ("fetch", "score", "publish"):
            identifier = queues.job_id(job, name, day.isoformat())
            queues.wait_for(queue, [identifier], PATIENCE_S)
        digest = self.store.digest(name, day)
        if digest is None:
            raise queues.JobFailed(f"The digest of {day} was not made: see the lines above.")
        counts = digest.counts
        said = (
            f"{counts.announced} announced → {counts.scanned} scanned → {counts.shown} shown, "
            "by 3 jobs"
        )
        self.report(f"{day:%a} {day.day}", said, time.monotonic() - begun)
        return digest

    def _post(self, digest: Digest) -> Digest:
        """Post it into the Slack channel."""
        begun = time.monotonic()
        self.posted += self.workspace.post(self.connection, digest, self.environ)
        self.spent += time.monotonic() - begun
        return digest


def _profile() -> Profile:
    """The built-in profile with a lower line: from ninety papers the ranker learns few words."""
    source = built_in(PROFILE).source
    lower = re.sub(r"(?m)^base_line\s*=.*$", f"base_line = {LINE}", source, count=1)
    return parse(PROFILE, lower)


@contextmanager
def _step(report: Report, name: str, said: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    report(name, said, time.monotonic() - begun)


def _said(days: Mapping[date, tuple[object, ...]]) -> str:
    first, last = min(days), max(days)
    papers = sum(len(papers) for papers in days.values())
    span = f"{first:%a} {first.day} to {last:%a} {last.day} {last:%b}"
    return f"loopback double: {papers} fictional papers, {span}"


def _environ(folder: Path, double: ArxivDouble, last: date) -> dict[str, str]:
    """The children's environment: ours, with every setting of an operator's taken out."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PAPERLARK_") and name != "REDIS_URL"
    }
    noon = datetime.combine(last, clock_time(12), UTC)
    site = folder / "demo.toml"
    site.touch()
    return clean | {
        "PAPERLARK_CONFIG": str(site),  # else a paperlark.toml in this folder would be read
        "PAPERLARK_DATA_DIR": str(folder / "store"),
        "PAPERLARK_CLOCK__PRETEND": noon.isoformat(),
        "PAPERLARK_LOG__LEVEL": "error",
        "PAPERLARK_SOURCES__ARXIV__RSS_URL": double.url,
        "PAPERLARK_SOURCES__ARXIV__SITE_URL": double.url,
        "PAPERLARK_SOURCES__ARXIV__API_URL": f"{double.url}/api/query",
        "PAPERLARK_SOURCES__ARXIV__INTERVAL_S": str(PAUSE_S),
    }
