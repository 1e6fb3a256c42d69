"""A reader's own page: changes, a pause, everything kept, and its end."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import httpx
import pytest
from lxml import html

from bot import readers, web
from paperlark.owed import served
from paperlark.post import Message, Post, PostKind
from paperlark.store import RedisStore
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from paperlark.tokens import Purpose
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    import redis

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
SUB = Subscription(
    Target("mail", "ada@example.org"), "foundations", zone="Europe/Berlin", made_at=NOW
)
BOB = replace(SUB, target=Target("mail", "bob@example.org"))
FORM = {"do": "save", "at": "08:00", "zone": "Europe/Berlin", "days": "0,1,2,3,4", "until": ""}


class Bench:
    """Two readers, and the page of one."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        self.office = readers.Office(
            self.store, lambda: NOW, b"sixteen bytes or more", "", lambda *_: None
        )
        for sub in (SUB, BOB):
            self.store.subscriptions.save_subscription(sub)
            reader = self.office.known(sub)
            vote = Vote(NOW, reader.voter, sub.id, "2611.90412", Thumb.UP, Door.MAIL)
            self.store.votes.cast(vote)
            self.store.saved.keep_for(reader.voter, "2611.90377", NOW)
            self.store.subscriptions.settle(sub.id, [date(2026, 11, 18)], "posted")
            kept = (Message("mail", {"text": ""}),)
            post = Post(sub.id, date(2026, 11, 18), PostKind.DIGEST, kept, (), 0.0, NOW)
            self.store.ledger.freeze(post)
        self.reader = self.office.known(SUB)
        self.path = self.office.link(Purpose.MANAGE, self.reader)

    def post(self, **given: str) -> httpx.Response:
        async def served_() -> httpx.Response:
            async with (
                web.serving("127.0.0.1:0", readers.routes(self.office)) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                return await (client.post(self.path, data=given) if given else
                              client.get(self.path))  # fmt: skip

        return asyncio.run(served_())

    @property
    def own(self) -> Subscription | None:
        return self.store.subscriptions.subscription(SUB.id)


@pytest.fixture
def bench(store: redis.Redis) -> Bench:
    return Bench(store)


def title(page: httpx.Response) -> str:
    return str(html.document_fromstring(page.text).xpath("string(//h1)"))


def test_the_page_shows_how_it_stands(bench: Bench):
    page = bench.post()
    assert (page.status_code, title(page)) == (200, "foundations to ada@…")
    assert "Next mail: Fri 20 Nov, 08:00." in page.text
    assert "example.org" not in page.text
    assert bench.own == SUB


def test_hour_zone_and_days_change_at_once(bench: Bench):
    page = bench.post(**FORM | {"at": "18:30", "zone": "Asia/Tokyo", "days": "4"})
    assert "Changed." in page.text
    assert bench.own == replace(SUB, at=time(18, 30), zone="Asia/Tokyo", days=(4,))


def test_a_pause_has_a_last_day_and_ends(bench: Bench):
    page = bench.post(**FORM | {"until": "2027-01-06"})
    assert "Paused until Wed 6 Jan 2027." in page.text
    assert bench.own
    assert (bench.own.state, bench.own.until) == (State.PAUSED, date(2027, 1, 6))
    assert served(bench.own, datetime(2027, 1, 7, 12, tzinfo=UTC))
    bench.post(**FORM)
    assert bench.own == SUB


@pytest.mark.parametrize(
    ("field", "text"),
    [("until", "2026-11-18"), ("until", "soon"), ("at", "x"), ("zone", "Mars"), ("days", "")],
)
def test_a_slip_changes_nothing(bench: Bench, field: str, text: str):
    page = bench.post(**FORM | {"at": "18:30", field: text})
    assert page.status_code == 400
    assert html.document_fromstring(page.text).xpath(f"//*[@id='{field}-wrong']")
    assert bench.own == SUB


def test_what_is_off_stays_off(bench: Bench):
    off = replace(SUB, state=State.DISABLED, reason="the mailbox does not exist")
    bench.store.subscriptions.save_subscription(off)
    assert "Mails are off: the mailbox does not exist." in bench.post().text
    bench.post(**FORM)
    assert bench.own == off


def test_everything_kept_can_be_taken_along(bench: Bench):
    page = bench.post(do="export")
    assert page.headers["Content-Type"].startswith("application/json")
    assert "attachment" in page.headers["Content-Disposition"]
    held = json.loads(page.text)
    assert held["subscription"]["target"] == "mail:ada@example.org"
    assert [vote["paper"] for vote in held["votes"]] == ["2611.90412"]
    assert list(held["saved"]) == ["2611.90377"]
    assert held["dates"] == {"2026-11-18": "posted"}
    assert "bob" not in page.text


def test_erasing_asks_once_and_then_nothing_is_left(bench: Bench):
    assert title(bench.post(do="erase")).startswith("Erase everything kept about ada@…")
    assert bench.own == SUB
    assert title(bench.post(do="erase-all")) == "Erased."
    assert not [key for key in bench.client.keys("*") if b"ada" in key]
    for key in bench.client.keys("*"):
        assert bench.reader.key not in str(key)
        if bench.client.type(key) == b"hash":
            assert "ada@" not in str(bench.client.hgetall(key))
    assert title(bench.post(do="erase-all")) == "Erased."
    assert title(bench.post()) == "Erased."
    assert bench.store.subscriptions.subscriptions() == (BOB,)
    assert len(bench.store.votes.votes(BOB.id)) == 1


def test_whoever_left_can_still_take_along_and_erase(bench: Bench):
    bench.store.subscriptions.remove_subscription(SUB.id)
    assert title(bench.post()) == "Stopped."
    assert title(bench.post(**FORM)) == "Stopped."
    assert bench.own is None
    assert json.loads(bench.post(do="export").text)["ended"] == SUB.id
    bench.post(do="erase-all")
    assert bench.store.votes.votes(SUB.id) == ()
