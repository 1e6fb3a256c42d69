"""The bot process: every enabled channel's listener and the web server, in one event loop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from bot import pages, readers, web
from bot.channels import kinds, load
from bot.context import build, check_kinds, signing
from bot.desk import FrontDesk
from bot.desk.house import House
from bot.desk.warming import warm
from bot.ports import Route
from bot.returns import rounds
from bot.wards import Ward
from paperlark import queues
from paperlark.clock import clock
from paperlark.errors import PaperlarkError, StoreError
from paperlark.feedback import Knobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from bot.ports import ChannelModule, Desk
    from paperlark.settings import Settings, Where
    from paperlark.store.connection import Connection

_log: Final = structlog.get_logger(__name__)
PATIENCE_S: Final = 8.0
"""How long everything may take to stop; then the process ends as it is."""
_ANSWER_S: Final = 2.0
_STEPS: Final = ("fetch", "score", "publish")
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


def run(settings: Settings, connection: Connection) -> None:
    """Be the bot until SIGTERM, SIGINT or SIGHUP; then stop within seconds.

    Raises:
        ConfigError: settings, tokens or the listening address are wrong.
        PaperlarkError: it could not be started.
    """
    wards, mailbox = tuple(_wards(settings)), rounds.table(settings)
    here, pages_of = house(settings, connection), office(settings, connection)
    if here.mail:
        here = replace(here, invite=partial(readers.begin, pages_of))
    desk = FrontDesk(here)
    served = (
        *Health(wards, connection.describe).routes,
        *readers.routes(pages_of),
        *pages.routes(here),
    )
    with _watchdog() as stopping:
        _aside(warm, here, stopping)
        if here.mail:
            _aside(readers.rounds, pages_of, stopping)
        if mailbox.host:
            _aside(rounds.rounds, build(settings, connection), mailbox, stopping)
        try:
            asyncio.run(_main(settings, wards, desk, served, stopping))
        except BaseExceptionGroup as group:
            raise _first(group) from group


def _aside(work: Callable[..., None], *args: object) -> None:
    """Have it done on a thread that ends with the process."""
    threading.Thread(target=work, args=args, name=work.__name__, daemon=True).start()


def enabled(settings: Settings) -> tuple[str, ...]:
    """The kinds of channels that the settings ask for.

    Raises:
        ConfigError: a table below ``[channels]`` belongs to no channel.
    """
    check_kinds(settings)
    named = [kind for kind in kinds() if kind in settings.channels]
    return tuple(kind for kind in named if load(kind).enabled(settings.channels[kind]))


def house(settings: Settings, connection: Connection) -> House:
    """What the desk works with, over an open store."""
    from paperlark.store import RedisStore  # noqa: PLC0415  (redis is slow to import)

    return House(
        store=RedisStore(connection.client),
        clock=clock(settings.clock.pretend),
        fetch=_fetcher(connection),
        draft=_drafter(connection),
        default=settings.digest.profile,
        web=settings.web.public_url.rstrip("/"),
        mail="mail" in enabled(settings),
        knobs=Knobs(settings.feedback.target, settings.feedback.least),
    )


def office(settings: Settings, connection: Connection) -> readers.Office:
    """What readers of mails ask, over an open store.

    Raises:
        ConfigError: the secret that signs links can be guessed.
        StoreError: the store does not answer.
    """
    from paperlark.store import RedisStore  # noqa: PLC0415  (redis is slow to import)

    store = RedisStore(connection.client)
    return readers.office(
        signing(settings, store),
        store,
        clock(settings.clock.pretend),
        later=readers.Later(),
        mail="mail" in enabled(settings),
        unqueue=partial(queues.forget, connection.queue, "deliver"),
    )


def _wards(settings: Settings) -> Iterator[Ward]:
    for kind in enabled(settings):
        module: ChannelModule = load(kind)
        listener = module.listener(settings.channels[kind], _where(settings, kind))
        if listener is not None:
            yield Ward(kind, listener)


def _where(settings: Settings, kind: str) -> Where:
    return lambda path: settings.place("channels", kind, *path)


def _fetcher(connection: Connection) -> Callable[[str, date], str]:
    """How a day is put on its way; gives the sentence that its last try ended with."""

    def fetch(profile: str, day: date) -> str:
        said = ""
        for step in _STEPS:
            identifier = queues.job_id(step, profile, day.isoformat())
            if queues.state(connection.queue, identifier) is queues.State.FAILED:
                said = queues.failure(connection.queue, identifier)
        queues.enqueue(connection.queue, "fetch", profile, day.isoformat())
        return said

    return fetch


def _drafter(connection: Connection) -> Callable[[str, int], str]:
    """How a profile is drafted; gives the sentence that this turn's last try ended with."""

    def draft(request: str, turn: int) -> str:
        identifier = queues.job_id("setup", request, str(turn))
        failed = queues.state(connection.queue, identifier) is queues.State.FAILED
        said = queues.failure(connection.queue, identifier) if failed else ""
        queues.enqueue(connection.queue, "setup", request, str(turn))
        return said

    return draft


async def _main(
    settings: Settings,
    wards: Sequence[Ward],
    desk: Desk,
    served: Sequence[Route],
    stopping: threading.Event,
) -> None:
    stop = asyncio.Event()
    _heed(stop, stopping)
    routes = [route for ward in wards for route in ward.listener.routes]
    routes += served
    place = settings.place("web", "listen")
    async with web.serving(settings.web.listen, routes, place) as listening:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ward.tend(desk), name=ward.kind) for ward in wards]
            _log.info("bot started", channels=[ward.kind for ward in wards], web=listening)
            await stop.wait()
            for task in tasks:
                task.cancel()
        _log.info("bot stopped")


def _heed(stop: asyncio.Event, stopping: threading.Event) -> None:
    """Have the first signal stop everything; one that is ignored, as by nohup, stays so."""

    def end() -> None:
        stopping.set()
        stop.set()

    for name in _SIGNALS:
        number = getattr(signal, name)
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, end)


@contextmanager
def _watchdog() -> Iterator[threading.Event]:
    """End the process where stopping takes too long: a thread may wait for a lost store."""
    stopping, done = threading.Event(), threading.Event()

    def watch() -> None:
        stopping.wait()
        if not done.wait(PATIENCE_S):
            _log.warning("bot did not stop in time", after_s=PATIENCE_S)
            os._exit(1)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
    try:
        yield stopping
    finally:
        done.set()
        stopping.set()


class Health:
    """Whether the process lives, and whether it can do its work.

    Args:
        wards: the listeners.
        look: asks the store; raises `StoreError` where it does not answer.
    """

    def __init__(self, wards: Sequence[Ward], look: Callable[[], object]) -> None:
        self._wards, self._look = wards, look
        self._asked: asyncio.Task[str] | None = None

    @property
    def routes(self) -> list[Route]:
        """``/healthz`` and ``/readyz``."""
        return [
            Route("GET", "/healthz", web.answer(self._alive)),
            Route("GET", "/readyz", web.answer(self._ready)),
        ]

    async def _alive(self) -> tuple[int, str]:
        return 200, "ok"

    async def _ready(self) -> tuple[int, str]:
        store = await self._store()
        listeners = {ward.kind: "up" if ward.ready else "down" for ward in self._wards}
        well = store == "ok" and "down" not in listeners.values()
        return 200 if well else 503, json.dumps({"store": store, "listeners": listeners})

    async def _store(self) -> str:
        """``ok``, or that it gives no answer; at most one question is under way."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait({self._asked}, timeout=_ANSWER_S)
        return self._asked.result() if done else "no answer"

    async def _ask(self) -> str:
        try:
            await asyncio.to_thread(self._look)
        except StoreError:
            return "no answer"
        return "ok"


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended the others: one of ours where there is one."""
    leaves = list(_leaves(group))
    return next((leaf for leaf in leaves if isinstance(leaf, PaperlarkError)), leaves[0])


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error
