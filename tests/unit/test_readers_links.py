"""Links in mails: looking changes nothing, pressing does, and a spoilt link helps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from bot import readers, web
from bot.channels.mail.links import Links
from paperlark.store import RedisStore
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.tokens import Purpose, Signer, reader_key
from paperlark.vote import Door, Thumb
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import redis

SECRET = b"sixteen bytes or more"
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
WEB = "https://digest.example.org"
SUB = Subscription(Target("mail", "ada@example.org"), "foundations", zone="Europe/Berlin")
BEST = "2611.90412"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Bench:
    """A store with one reader, and their mail's links over HTTP."""

    def __init__(self, client: redis.Redis) -> None:
        self.store = RedisStore(client)
        self.now = NOW
        self.sent: list[Any] = []
        self.office = readers.Office(
            self.store, lambda: self.now, SECRET, WEB, lambda *sent: self.sent.append(sent)
        )
        self.store.subscriptions.save_subscription(SUB)
        self.store.save_digest(builders.example())
        self.reader = self.office.known(SUB)
        cards = [card.paper.id for card in builders.example().cards]
        signer = Signer(SECRET)
        self.links = Links(WEB, signer, self.reader.key, date(2026, 11, 19), cards, NOW)

    def http(self, do: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]) -> httpx.Response:
        async def served() -> httpx.Response:
            routes = readers.routes(self.office)
            async with (
                web.serving("127.0.0.1:0", routes) as address,
                httpx.AsyncClient(base_url=f"http://{address}") as client,
            ):
                return await do(client)

        return asyncio.run(served())

    def get(self, path: str) -> httpx.Response:
        return self.http(lambda client: client.get(path.removeprefix(WEB)))

    def post(self, path: str, **given: str) -> httpx.Response:
        return self.http(lambda client: client.post(path.removeprefix(WEB), data=given))

    def votes(self) -> list[tuple[str, str, Thumb]]:
        found = self.store.votes.votes(SUB.id)
        return [(each.voter, each.paper, each.verdict) for each in found]


@pytest.fixture
def bench(store: redis.Redis) -> Bench:
    return Bench(store)


def title(page: httpx.Response) -> str:
    return str(html.document_fromstring(page.text).xpath("string(//h1)"))


def guarded(page: httpx.Response) -> None:
    """See that a page is kept by nobody, runs and fetches nothing, and tells nobody of itself."""
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    tree = html.document_fromstring(page.text)
    assert not tree.xpath("//script|//img|//link|//iframe|//@onclick")
    assert all(str(each).startswith("/") for each in tree.xpath("//a/@href|//form/@action")
               if not str(each).startswith("#"))  # fmt: skip


def test_looking_at_the_way_out_changes_nothing(bench: Bench):
    for _ in range(2):
        page = bench.get(bench.links.unsubscribe)
        assert page.status_code == 200
        guarded(page)
    assert title(page) == "Stop mails of foundations to ada@…?"
    assert "example.org" not in page.text
    assert bench.store.subscriptions.subscription(SUB.id) == SUB


def test_one_click_ends_it_at_once_and_twice_is_fine(bench: Bench):
    for _ in range(2):
        page = bench.post(bench.links.unsubscribe, **ONE_CLICK)
        assert page.status_code == 200, "no redirect, no login"
        assert title(page) == "Stopped."
        guarded(page)
        assert bench.store.subscriptions.subscriptions() == ()
    assert title(bench.get(bench.links.unsubscribe)) == "Stopped."


def test_one_click_works_whatever_is_sent_along_and_for_ever(bench: Bench):
    bench.now += timedelta(days=4_000)
    path = bench.links.unsubscribe.removeprefix(WEB)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    page = bench.http(lambda client: client.post(path, content=b"\xff" * 70_000, headers=kind))
    assert page.status_code == 200
    assert bench.store.subscriptions.subscriptions() == ()


def test_head_says_what_get_says(bench: Bench):
    path = bench.links.unsubscribe.removeprefix(WEB)
    assert bench.http(lambda client: client.head(path)).status_code == 200
    assert bench.store.subscriptions.subscriptions() == (SUB,)


def test_following_a_vote_link_counts_nothing(bench: Bench):
    page = bench.get(bench.links.vote("up", 1))
    guarded(page)
    assert title(page).startswith("👍 for “Oscillation Pays for Itself")
    assert "Count it" in page.text
    assert bench.votes() == []


def test_pressing_counts_once_can_be_changed_and_taken_back(bench: Bench):
    up, down = bench.links.vote("up", 1), bench.links.vote("down", 1)
    voter = f"mail:{bench.reader.key}"
    for _ in range(2):
        assert title(bench.post(up)).startswith("Noted: 👍")
        assert bench.votes() == [(voter, BEST, Thumb.UP)]
    (vote,) = bench.store.votes.votes(SUB.id)
    assert (vote.door, vote.digest, vote.rank, vote.score) == (
        Door.MAIL, date(2026, 11, 19), 1, 93.38,
    )  # fmt: skip
    assert "Until now your vote on it is 👍." in bench.get(down).text
    assert title(bench.post(down, do="down")).startswith("Changed to 👎")
    assert bench.votes() == [(voter, BEST, Thumb.DOWN)]
    assert title(bench.post(up, do="back")) == "Vote taken back."
    assert bench.votes() == [(voter, BEST, Thumb.NONE)]
    assert "ada@example.org" not in voter


def test_a_vote_still_counts_when_mails_have_stopped(bench: Bench):
    bench.post(bench.links.unsubscribe)
    assert title(bench.post(bench.links.vote("up", 2))).startswith("Noted")


def test_a_vote_link_ends_after_thirty_days_and_says_so(bench: Bench):
    bench.now += timedelta(days=31)
    for page in (bench.get(bench.links.vote("up", 1)), bench.post(bench.links.vote("up", 1))):
        assert page.status_code == 410
        assert "expired" in page.text
        guarded(page)
    assert bench.votes() == []


def test_a_link_of_an_erased_reader_helps(bench: Bench):
    bench.store.readers.forget(bench.reader.key, SUB.id)
    assert bench.post(bench.links.vote("up", 1)).status_code == 410
    page = bench.post(bench.links.unsubscribe)
    assert (page.status_code, title(page)) == (200, "Stopped.")
    assert bench.votes() == []


def test_a_token_does_only_what_it_is_for(bench: Bench):
    signer, key = Signer(SECRET), bench.reader.key
    tokens = {purpose: signer.sign(purpose, key) for purpose in Purpose}
    for purpose in (Purpose.MANAGE, Purpose.VOTE, Purpose.CONFIRM):
        assert bench.post(f"/u/{tokens[purpose]}").status_code == 404
    assert bench.post(f"/v/{tokens[Purpose.UNSUBSCRIBE]}").status_code == 404
    assert bench.post(f"/v/{tokens[Purpose.VOTE]}").status_code == 404, "genuine, but no vote"
    other = Signer(b"another secret of an attacker")
    assert bench.post(f"/u/{other.sign(Purpose.UNSUBSCRIBE, key)}").status_code == 404
    assert bench.store.subscriptions.subscriptions() == (SUB,)


def test_one_readers_link_does_nothing_to_another(bench: Bench):
    other = replace(SUB, target=Target("mail", "bob@example.org"))
    bench.store.subscriptions.save_subscription(other)
    bench.office.known(other)
    bench.post(bench.links.unsubscribe)
    assert bench.store.subscriptions.subscriptions() == (other,)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_spoilt_link_changes_nothing_and_helps(bench: Bench, data: st.DataObject):
    token = bench.links.unsubscribe.rpartition("/")[2]
    cut = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("aZ09-_.~"))
    spoilt = data.draw(st.sampled_from([token[:cut], token[:cut] + letter + token[cut + 1 :]]))
    if spoilt == token or not spoilt:
        return
    page = bench.post(f"/u/{spoilt}")
    assert page.status_code == 404
    assert "from the mail again" in page.text
    assert bench.store.subscriptions.subscription(SUB.id) == SUB


def test_a_title_from_outside_stays_text(bench: Bench):
    hostile = "<script>alert(1)</script> \u202e <img src=//e.org/x> & “q”"
    card = builders.card(builders.paper("2611.90999", hostile))
    made = builders.digest((card,))
    bench.store.save_digest(made)
    links = replace(bench.links, cards=["2611.90999"])
    page = bench.get(links.vote("up", 1))
    guarded(page)
    assert "\u202e" not in page.text
    guarded(bench.post(links.vote("up", 1)))


def test_a_key_says_nothing_of_the_address():
    assert "ada" not in reader_key(SECRET, SUB.id)
