"""A reader's whole story: asks, confirms, reads at their own hour, votes, leaves; then silence.

Forms are sent by HTTP as a browser sends them; the clock, the posts and the mails are the real
ones, against a submission server on this machine.
"""

from __future__ import annotations

import asyncio
import email
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lxml import html

from bot import readers, web
from bot.context import Channels, Context, signing
from bot.doubles.smtp.double import SmtpDouble
from bot.posting import Posting
from paperlark import profile as profiles
from paperlark.settings import DeliverySettings, Settings, WebSettings
from paperlark.store import RedisStore
from paperlark.store.ledger import Deliveries
from paperlark.vote import Thumb
from tests import builders
from worker.clock import tick

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from email.message import EmailMessage

    import redis

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
    posted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = RedisStore(self.client)
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        found = Settings(
            delivery=DeliverySettings(),
            web=WebSettings(public_url=WEB),
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
        return self.http(lambda client: client.get(path.removeprefix(WEB)))

    def post(self, path: str, given: dict[str, str]) -> httpx.Response:
        return self.http(lambda client: client.post(path.removeprefix(WEB), data=given))

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


@pytest.fixture
def town(store: redis.Redis) -> Iterator[Town]:
    with SmtpDouble() as double:
        yield Town(store, double)


def title(page: httpx.Response) -> str:
    return str(html.document_fromstring(page.text).xpath("string(//h1)"))


def body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def link(mail: EmailMessage, what: str) -> str:
    found = re.search(rf"{WEB}/{what}/[\w.-]+", body(mail))
    assert found, body(mail)
    return found[0]


def everything(client: Any) -> str:
    """All keys and values there are, as text."""
    read: dict[bytes, Callable[[bytes], object]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"list": lambda key: client.lrange(key, 0, -1),
    }
    found = ((key, read.get(client.type(key), client.type)(key)) for key in client.keys("*"))
    return "\n".join(f"{key!r} {value!r}" for key, value in found)


def test_from_asking_to_silence(town: Town):
    assert title(town.post("/subscribe", FORM)) == "Look into your inbox."
    (asking,) = town.mails
    assert asking["Subject"] == "Confirm your digest “foundations”"
    assert asking["To"] == "ada@example.org"
    town.store.save_digest(builders.example())
    town.now += timedelta(hours=1)
    confirm = link(asking, "confirm")
    town.get(confirm)
    assert title(town.press(confirm)) == "Confirmed."

    town.until(ITS_HOUR - timedelta(minutes=1))
    assert len(town.mails) == 1, "not before the reader's hour"
    town.until(ITS_HOUR)
    _, digest = town.mails
    assert digest["Subject"] == "foundations, Thu 19 Nov: 10 of 311 papers"

    up = link(digest, "v")
    town.get(up)
    (sub,) = town.store.subscriptions.subscriptions()
    assert town.store.votes.votes(sub.id) == (), "following a link is no vote"
    assert title(town.press(up)).startswith("Noted: 👍")
    (vote,) = town.store.votes.votes(sub.id)
    assert (vote.verdict, vote.paper) == (Thumb.UP, builders.example().cards[0].paper.id)
    assert "ada" not in vote.voter

    way_out = re.search(r"<(https://[^>]+)>", str(digest["List-Unsubscribe"]))
    assert way_out
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = town.post(way_out[1], {"List-Unsubscribe": "One-Click"})
    assert (page.status_code, title(page)) == (200, "Stopped.")
    town.until(ITS_HOUR + timedelta(days=12))
    assert town.post(confirm, {"do": "confirm"}).status_code == 410
    town.until(town.now + timedelta(days=3))
    assert len(town.mails) == 2, "nothing more comes, ever"
    assert len(town.store.votes.votes(sub.id)) == 1, "votes are kept"

    town.post("/subscribe", FORM)
    town.post(link(digest, "manage"), {"do": "erase-all"})
    assert "ada@example.org" not in everything(town.client), "erased is erased"
    assert title(town.post(link(digest, "u"), {})) == "Stopped."


def test_whoever_never_confirms_gets_one_mail(town: Town):
    town.post("/subscribe", FORM)
    town.store.save_digest(builders.example())
    town.until(WEDNESDAY + timedelta(days=5))
    assert len(town.mails) == 1
    assert town.post(link(town.mails[0], "confirm"), {"do": "confirm"}).status_code == 410
    assert town.store.subscriptions.subscriptions() == ()
