"""The only kind of job that is ever run: a function of our own, named in one table."""

from __future__ import annotations

from typing import Any, Final

from rq.exceptions import NoSuchJobError
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job
from rq.serializers import JSONSerializer

from paperlark.errors import PaperlarkError

JOBS: Final[dict[str, str]] = {
    "fetch": "worker.jobs.fetch",
    "score": "worker.jobs.score",
    "publish": "worker.jobs.publish",
    "setup": "worker.jobs.setup",
    "deliver": "bot.jobs.deliver",
}
"""Every function a queue may run, by the job's name. Nothing else is ever run."""

SERIALIZER: Final = JSONSerializer


class JobRefused(PaperlarkError):
    """A job in the queue asks for something no job of ours may do."""


class _Runs(ExecutionRegistry):
    def get_executions(self, start: int = 0, end: int = -1) -> list[Execution]:
        named = self.get_execution_ids(start, end)
        return [Execution(each, self.job_id, self.connection) for each in named]


class SafeJob(Job):
    """A job that runs a function of `JOBS` and nothing else, whatever stands in the queue.

    Callbacks and webhooks are forgotten on reading; a job that came with one is refused. A job
    that cannot be read at all counts as absent, so it cannot take its worker down.
    """

    _planted = ""

    def restore(self, raw_data: Any) -> None:
        """Read the job's fields.

        Raises:
            NoSuchJobError: they are not those of a job.
        """
        try:
            super().restore(raw_data)
        except Exception as error:  # whatever was written there, it is no job of ours
            raise NoSuchJobError(f"Job {self.id} cannot be read: {error}") from error
        self._planted = self._uninvited()
        self._success_callback_name = self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []

    @property
    def execution_registry(self) -> ExecutionRegistry:
        """The job's runs, by name alone: RQ trips over what is left of one that was killed."""
        return _Runs(self.id, self.connection)

    @property
    def func(self) -> Any:
        """The function to run.

        Raises:
            JobRefused: it is none of ours, or the job carries what ours never carry.
        """
        name = self.func_name
        if self._planted:
            raise JobRefused(f"Job {self.id} was refused: it carries a {self._planted}.")
        if name not in JOBS.values() or self.instance is not None:
            raise JobRefused(f"Job {self.id} was refused: it asks for {name!r}.")
        return super().func

    def _uninvited(self) -> str:
        ended = (self._success_callback_name, self._failure_callback_name)
        called = any((*ended, self._stopped_callback_name))
        return "callback" if called else "webhook" if self.webhooks else ""
