"""A reader's whole story: asks, confirms, reads at their own hour, votes, leaves; then silence.

Forms are sent by HTTP as a browser sends them; the clock, the posts and the mails are the real
ones, against a submission server on this machine.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest

from bot.context import Channels
from bot.doubles.smtp.double import SmtpDouble
from bot.posting import Posting
from paperlark.tokens import Purpose
from paperlark.vote import Thumb
from tests import builders
from tests.town import FORM, ITS_HOUR, WEDNESDAY, Town, body, link, title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis


@pytest.fixture
def town(store: redis.Redis) -> Iterator[Town]:
    with SmtpDouble() as double:
        yield Town(store, double)


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
    left = everything(town.client)
    assert not re.search(r"ada(@|%40|__40_)example", left), "erased is erased"
    assert title(town.post(link(digest, "u"), {})) == "Stopped."


def test_whoever_never_confirms_gets_one_mail(town: Town):
    town.post("/subscribe", FORM)
    town.store.save_digest(builders.example())
    town.until(WEDNESDAY + timedelta(days=5))
    assert len(town.mails) == 1
    assert town.post(link(town.mails[0], "confirm"), {"do": "confirm"}).status_code == 410
    assert town.store.subscriptions.subscriptions() == ()


def test_a_pause_ends_with_one_catch_up(town: Town):
    town.post("/subscribe", FORM)
    town.post(link(town.mails[0], "confirm"), {"do": "confirm"})
    (sub,) = town.store.subscriptions.subscriptions()
    pause = {key: FORM[key] for key in ("at", "zone", "days")} | {"until": "2026-11-23"}
    manage = town.office.link(Purpose.MANAGE, town.office.known(sub))
    assert "Paused until Mon 23 Nov" in town.post(manage, pause | {"do": "save"}).text
    example = builders.example()
    for day in (19, 20, 23, 24, 25):
        shown = tuple(
            replace(card, paper=replace(card.paper, id=f"2611.{day}{card.rank:03}"))
            for card in example.cards
        )
        town.store.save_digest(replace(example, date=date(2026, 11, day), cards=shown))
    town.until(ITS_HOUR + timedelta(days=4))
    assert len(town.mails) == 1, "nothing comes while it rests"
    town.until(ITS_HOUR + timedelta(days=5, hours=6))
    _, after = town.mails
    said = "Catch-up. Tue 24 Nov, with Thu 19, Fri 20 and Mon 23 Nov"
    assert said in " ".join(body(after).split())
    town.until(ITS_HOUR + timedelta(days=6))
    assert [str(each["Subject"]) for each in town.mails[2:]] == [
        "foundations, Wed 25 Nov: 10 of 311 papers"
    ]


class Full(asyncio.Semaphore):
    """A room that says when somebody waits at its door."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.waited = asyncio.Event()

    async def acquire(self) -> Literal[True]:
        self.waited.set()
        return await super().acquire()


def test_who_leaves_while_their_mail_waits_for_its_turn_gets_none(town: Town):
    town.post("/subscribe", FORM)
    town.post(link(town.mails[0], "confirm"), {"do": "confirm"})
    town.store.save_digest(builders.example())
    (sub,) = town.store.subscriptions.subscriptions()
    town.now = ITS_HOUR

    async def crowded() -> object:
        posting, full = Posting(town.context, Channels(town.settings)), Full(0)
        posting.rooms["mail"] = full
        order = asyncio.create_task(posting.due(sub.id, builders.DAY))
        await full.waited.wait()
        town.store.subscriptions.remove_subscription(sub.id)
        full.release()
        try:
            return await order
        finally:
            await posting.channels.aclose()

    assert asyncio.run(crowded()) is None
    assert len(town.mails) == 1
