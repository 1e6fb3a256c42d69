"""A desk that notes what it is asked, and a bench: Slack's double, the real listener, that desk."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiohttp import web

from bot.channels.slack.client import Slack
from bot.channels.slack.listening import SlackListener
from bot.channels.slack.settings import read
from bot.doubles.slack.double import SlackDouble
from bot.replies import AbstractOf, DigestPage, Home, Said, SettingsForm
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Mapping

    from bot.ports import Asker, Desk
    from bot.replies import Reply
    from paperlark.vote import Thumb

Result = TypeVar("Result")
WAYS: Final = ("socket", "http")
FORM: Final = SettingsForm(
    profile="foundations",
    topics="Training dynamics.",
    categories=("cs.LG",),
    authors=("Şirin Aktaş",),
    at="08:00",
    zone="Europe/Berlin",
    cap=12,
    quiet="notice",
)


@dataclass
class NotedDesk:
    """A desk of set answers. `asked` holds every question: its name, and what was given."""

    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    held: dict[tuple[str, str], Thumb] = field(default_factory=dict)
    slow: dict[str, asyncio.Event] = field(default_factory=dict)
    fails: dict[str, list[Exception]] = field(default_factory=dict)

    def calls(self, name: str) -> list[dict[str, Any]]:
        """What was given with each question of that name."""
        return [given for each, given in self.asked if each == name]

    async def _take(self, name: str, asker: Asker, usual: Any, **given: Any) -> Any:
        self.asked.append((name, {"asker": asker, **given}))
        if name in self.slow:
            await self.slow[name].wait()
        if self.fails.get(name):
            raise self.fails[name].pop(0)
        return self.answers.get(name, usual)

    async def command(self, asker: Asker, text: str) -> Reply:
        usual: Reply = Said(f"You typed {text}.")
        if text.startswith(("today", "latest", "2")):
            usual = page()
        found: Reply = await self._take("command", asker, usual, text=text)
        return found

    async def digest(self, asker: Asker, when: str, page: str = "1") -> Reply:
        usual = globals()["page"](0 if page == "below" else int(page))
        found: Reply = await self._take("digest", asker, usual, when=when, page=page)
        return found

    async def abstract(self, asker: Asker, query: str) -> Reply:
        card = next((c for c in DIGEST.cards if c.paper.id == query), DIGEST.cards[0])
        usual = AbstractOf(card.paper, builders.DAY, vote=self.held.get((asker.voter, query)))
        found: Reply = await self._take("abstract", asker, usual, query=query)
        return found

    async def why(self, asker: Asker, query: str) -> Reply:
        found: Reply = await self._take("why", asker, Said(f"Why {query}."), query=query)
        return found

    async def bibtex(self, asker: Asker, paper: str) -> Reply:
        found: Reply = await self._take("bibtex", asker, Said(f"@misc{{{paper}}}"), paper=paper)
        return found

    async def vote(self, asker: Asker, thumb: Any, door: Any, **given: Any) -> Reply:
        found: Reply = await self._take(
            "vote", asker, Said(f"Noted: {thumb.name}."), thumb=thumb, door=door, **given
        )
        self.held[asker.voter, given.get("paper", "")] = thumb
        return found

    async def save(self, asker: Asker, paper: str, *, keep: bool = True) -> Reply:
        found: Reply = await self._take("save", asker, Said("Saved."), paper=paper, keep=keep)
        return found

    async def home(self, asker: Asker) -> Reply:
        found: Reply = await self._take("home", asker, Home(DIGEST))
        return found

    async def settings(self, asker: Asker) -> Reply:
        found: Reply = await self._take("settings", asker, FORM)
        return found

    async def change(self, asker: Asker, form: SettingsForm) -> Mapping[str, str]:
        found: Mapping[str, str] = await self._take("change", asker, {}, form=form)
        return found

    async def categories(self, words: str) -> tuple[tuple[str, str], ...]:
        self.asked.append(("categories", {"words": words}))
        if self.fails.get("categories"):
            raise self.fails["categories"].pop(0)
        return (("cs.LG", "Machine Learning"),) if words.startswith("cs") else ()

    async def profiles(self, asker: Asker) -> tuple[str, ...]:
        found: tuple[str, ...] = await self._take("profiles", asker, ("foundations", "Vision"))
        return found


DIGEST: Final = builders.example()


def page(number: int = 1) -> DigestPage:
    """A page of the example, five cards long; 0 for the near misses."""
    if not number:
        return DigestPage(DIGEST, 0, 2, below=DIGEST.not_shown[:3])
    return DigestPage(DIGEST, number, 2, DIGEST.cards[5 * number - 5 : 5 * number])


class Bench:
    """The double and the listener, each on an event loop of its own; people act on the double.

    `more`: settings besides.
    """

    def __init__(self, double: SlackDouble, desk: Any, way: str, **more: str) -> None:
        self.double, self.desk, self.way, self._more = double, desk, way, more
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)
        self.error: BaseException | None = None

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run on the listener's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def set(self, event: asyncio.Event) -> None:
        """Let a slow desk go on."""
        self.loop.call_soon_threadsafe(event.set)

    @contextmanager
    def running(self) -> Iterator[Bench]:
        """Listening, until the block ends; a failure of the listener ends the test."""
        self._thread.start()
        ready: asyncio.Future[int] = self.do(_future())
        running = asyncio.run_coroutine_threadsafe(self._run(ready), self.loop)
        try:
            port = self.do(_wait(ready))
            if self.way == "http":
                self.double.by_http(f"http://127.0.0.1:{port}/slack/events")
                while not self.double.verify().acked:
                    time.sleep(0.01)
            else:
                self.double.wait_connected()
            yield self
        finally:
            running.cancel()
            self.do(_rest())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()

    async def _run(self, ready: asyncio.Future[int]) -> None:
        made = listener(self.double, self.way, **self._more)
        app = web.Application()
        for route in made.routes:
            app.router.add_route(route.method, route.path, route.handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready.set_result(runner.addresses[0][1])
        try:
            await made.run(self.desk)
        finally:
            await runner.cleanup()


async def _future() -> asyncio.Future[int]:
    return asyncio.get_running_loop().create_future()


async def _wait(ready: asyncio.Future[int]) -> int:
    return await ready


async def _rest() -> None:
    """Wait until every other task of the loop has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


def listener(double: SlackDouble, way: str, **more: str) -> SlackListener:
    """The real listener, led to the double."""
    table = double.http_settings if way == "http" else double.settings
    settings = read({**table, "mode": way, **more}, lambda _path: "")
    return SlackListener(settings, Slack(settings), ping_s=0.2)


@contextmanager
def bench(way: str, desk: Desk | None = None, **more: str) -> Iterator[Bench]:
    """A double, a listener and a desk, wired together."""
    with SlackDouble() as double, Bench(double, desk or NotedDesk(), way, **more).running() as made:
        yield made


def changed(**fields: Any) -> SettingsForm:
    """The set form with some fields filled in otherwise."""
    return replace(FORM, **fields)
