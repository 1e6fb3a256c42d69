"""One machine with a submission server, readers' pages, and a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import email
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from typing import TYPE_CHECKING

import httpx
from lxml import html

from bot import readers, web
from bot.context import Channels, Context, signing
from bot.posting import Posting
from paperlark import profile as profiles
from paperlark.settings import DeliverySettings, Settings, WebSettings
from paperlark.store import RedisStore
from paperlark.store.ledger import Deliveries
from tests import builders
from worker.clock import tick

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from email.message import EmailMessage

    import redis

    from bot.doubles.smtp.double import SmtpDouble

WEB = "https://digest.example.org"
FORM = {
    "address": "ada@example.org", "profile": "foundations", "at": "07:30",
    "zone": "America/New_York", "days": "0,1,2,3,4",
}  # fmt: skip
WEDNESDAY = datetime(2026, 11, 18, 20, tzinfo=UTC)
ITS_HOUR = datetime(2026, 11, 19, 12, 30, tzinfo=UTC)
"""07:30 in New York."""


@dataclass
class Town:
    """One machine with a clock that is moved by hand."""

    client: redis.Redis
    double: SmtpDouble
    now: datetime = WEDNESDAY
    at: str = WEB

    def __post_init__(self) -> None:
        self.store = RedisStore(self.client)
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        found = Settings(
            delivery=DeliverySettings(),
            web=WebSettings(public_url=self.at),
            channels={"mail": self.double.settings},
        )
        self.settings = signing(found, self.store)
        self.office = readers.office(self.settings, self.store, lambda: self.now)
        ledger = Deliveries(self.client)
        self.context = Context(self.settings, self.store, ledger, lambda: self.now)

    def until(self, moment: datetime) -> None:
        """Let every half hour up to that moment come: the clock ticks, what is due is posted."""
        while self.now < moment:
            self.now = min(moment, self.now + timedelta(minutes=30))
            for event in tick(self.store, self.client, self.settings, self.now) or ():
                if event.what == "deliver":
                    asyncio.run(self._deliver(event.about, event.said))
            self.client.delete(*self.client.keys("rq:*") or ["-"])  # no worker takes the jobs

    async def _deliver(self, name: str, day: str) -> None:
        channels = Channels(self.settings)
        try:
            await Posting(self.context, channels).due(name, datetime.fromisoformat(day).date())
        finally:
            await channels.aclose()

    def http(self, do: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]) -> httpx.Response:
        async def served() -> httpx.Response:
            async with (
                web.serving("127.0.0.1:0", readers.routes(self.office)) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                return await do(client)

        return asyncio.run(served())

    def get(self, path: str) -> httpx.Response:
        return self.http(lambda client: client.get(path.removeprefix(self.at)))

    def post(self, path: str, given: dict[str, str]) -> httpx.Response:
        return self.http(lambda client: client.post(path.removeprefix(self.at), data=given))

    def press(self, path: str, number: int = 0) -> httpx.Response:
        """Press a button of the page at that address, as a browser would."""
        tree = html.document_fromstring(self.get(path).text)
        form = tree.xpath("//main//form")[number]
        (button,) = form.xpath(".//button")
        given = {button.get("name"): button.get("value")}
        return self.post(form.get("action") or path, given)

    @property
    def mails(self) -> list[EmailMessage]:
        taken = self.double.world.taken
        return [email.message_from_bytes(each.raw, policy=policy.SMTP) for each in taken]


def title(page: httpx.Response) -> str:
    return str(html.document_fromstring(page.text).xpath("string(//h1)"))


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def link(mail: EmailMessage, what: str, at: str = WEB) -> str:
    found = re.search(rf"{at}/{what}/[\w.-]+", body(mail))
    assert found, body(mail)
    return found[0]
