"""The reader's story in a real browser: forms filled in, buttons pressed with the mouse."""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from bot import pages, readers, web
from bot.desk.house import House
from bot.doubles.smtp.double import SmtpDouble
from paperlark.profile import is_own
from paperlark.vote import Thumb
from tests import browser, builders
from tests.town import ITS_HOUR, Town, body, link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    import redis

pytestmark = pytest.mark.skipif(
    browser.binary() is None, reason=f"there is no `{browser.NAME}` on the path"
)


def free() -> int:
    """A port that nobody listens on: mails name the pages' address before they are served."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def town(store: redis.Redis) -> Iterator[Town]:
    with SmtpDouble() as double:
        yield Town(store, double, at=f"http://127.0.0.1:{free()}")


@asynccontextmanager
async def served(town: Town, folder: Path) -> AsyncIterator[browser.Tab]:
    """A page of a browser, before the pages that the bot serves."""
    house = House(
        town.store, lambda: town.now, lambda *_: "", default="foundations", web=town.at, mail=True
    )
    routes = (*readers.routes(town.office), *pages.routes(house))
    async with (
        web.serving(town.at.removeprefix("http://"), routes),
        browser.browsing(folder) as tab,
    ):
        yield tab


async def subscribe(tab: browser.Tab, town: Town, **fields: str) -> None:
    """Fill in the form, send it, and press what the mail that asks links to."""
    await tab.go(f"{town.at}/subscribe")
    if "categories" in fields:
        await tab.click("#what-own")
    filled = {"address": "ada@example.org", "at": "07:30", "zone": "America/New_York"}
    await tab.fill(**filled | fields)
    assert await tab.press("main form button") == "Look into your inbox."
    asking = town.mails[-1]
    assert asking["To"] == "ada@example.org"
    await tab.go(link(asking, "confirm", town.at))
    assert town.store.subscriptions.subscriptions() == (), "following a link begins nothing"
    assert await tab.press("main button") == "Confirmed."


def test_from_the_form_to_silence(town: Town, tmp_path: Path):
    async def story() -> None:
        async with served(town, tmp_path) as tab:
            await subscribe(tab, town)
            town.store.save_digest(builders.example())
            await asyncio.to_thread(town.until, ITS_HOUR - timedelta(minutes=1))
            assert len(town.mails) == 1, "not before the reader's hour"
            await asyncio.to_thread(town.until, ITS_HOUR)
            _, digest = town.mails
            assert digest["Subject"] == "foundations, Thu 19 Nov: 10 of 311 papers"

            await tab.go(link(digest, "v", town.at))
            (sub,) = town.store.subscriptions.subscriptions()
            assert town.store.votes.votes(sub.id) == ()
            assert (await tab.press("main button")).startswith("Noted: 👍")
            (vote,) = town.store.votes.votes(sub.id)
            assert vote.verdict is Thumb.UP
            assert (await tab.press("main button")).startswith("Changed to 👎")

            await tab.go(f"{town.at}/p/foundations/2026-11-19/")
            assert "19" in await tab.title()
            way_out = re.search(r"<(http://[^>]+/u/[^>]+)>", str(digest["List-Unsubscribe"]))
            assert way_out
            async with httpx.AsyncClient() as mail_program:
                given = {"List-Unsubscribe": "One-Click"}
                page = await mail_program.post(way_out[1], data=given)
            assert page.status_code == 200
            await tab.go(link(digest, "manage", town.at))
            assert await tab.title() == "Stopped."
            await asyncio.to_thread(town.until, ITS_HOUR + timedelta(days=12))
            assert len(town.mails) == 2, "nothing more comes, ever"

    asyncio.run(story())


def test_own_topics_and_a_change_of_mind(town: Town, tmp_path: Path):
    async def story() -> None:
        async with served(town, tmp_path) as tab:
            await tab.go(f"{town.at}/subscribe")
            seen = "getComputedStyle(document.querySelector('.part.own')).display !== 'none'"
            assert not await tab.look(seen), "what is not asked for is not in the way"
            topics = "How training dynamics select solutions.\n\n## Not wanted\n\nBenchmarks."
            await subscribe(tab, town, categories="cs.LG, math.OC", topics=topics)
            (sub,) = town.store.subscriptions.subscriptions()
            assert is_own(sub.profile)
            town.store.save_digest(replace(builders.example(), profile=sub.profile))
            await asyncio.to_thread(town.until, ITS_HOUR)
            _, digest = town.mails
            assert digest["Subject"] == "Your topics, Thu 19 Nov: 10 of 311 papers"
            assert sub.profile not in body(digest).replace(f"/p/{sub.profile}/", "")

            await tab.go(link(digest, "manage", town.at))
            assert await tab.look("document.querySelector('textarea').value") == topics
            await tab.click("#what-offered")
            await tab.fill(profile="foundations", at="09:00")
            assert await tab.press("[value=save]") == "foundations to ada@…"
            (sub,) = town.store.subscriptions.subscriptions()
            assert (sub.profile, f"{sub.at:%H:%M}") == ("foundations", "09:00")
            await tab.go(link(digest, "u", town.at))
            assert await tab.press("main button") == "Stopped.", "an old mail's link ends it"
            assert town.store.subscriptions.subscriptions() == ()

    asyncio.run(story())
