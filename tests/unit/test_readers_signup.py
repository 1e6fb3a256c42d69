"""Double opt-in: one mail asks, nothing else is sent, and one press begins the digest."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from bot import readers, web
from bot.readers import letters, limits, signup
from bot.readers.asked import Asked
from paperlark import profile as profiles
from paperlark.errors import ConfigError, DeliveryError
from paperlark.store import RedisStore
from paperlark.subscription import WEEKDAYS, State, Subscription
from paperlark.target import Target
from paperlark.tokens import Purpose, Signer
from tests import builders
from tests.unit.test_mail_raw import compatible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import redis

SECRET = b"sixteen bytes or more"
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
WEB = "https://digest.example.org"
ADA = "mail:ada@example.org/foundations"
FORM = {
    "address": "ada@Example.org", "profile": "foundations", "at": "07:30",
    "zone": "America/New_York", "days": "0,1,2,3,4",
}  # fmt: skip


class Desk:
    """The pages, and a post box that keeps what would be sent."""

    def __init__(self, client: redis.Redis) -> None:
        self.store = RedisStore(client)
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        self.now = NOW
        self.sent: list[tuple[Target, letters.Letter]] = []
        self.failing: Exception | None = None
        self.office = readers.Office(self.store, lambda: self.now, SECRET, WEB, self._send)

    def _send(self, target: Target, letter: letters.Letter) -> None:
        if self.failing:
            raise self.failing
        self.sent.append((target, letter))

    def http(
        self, do: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]], **headers: str
    ) -> httpx.Response:
        async def served() -> httpx.Response:
            async with (
                web.serving("127.0.0.1:0", readers.routes(self.office)) as address,
                httpx.AsyncClient(base_url=f"http://{address}", headers=headers) as client,
            ):
                return await do(client)

        return asyncio.run(served())

    def get(self, path: str) -> httpx.Response:
        return self.http(lambda client: client.get(path.removeprefix(WEB)))

    def post(
        self, path: str, given: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        return self.http(
            lambda client: client.post(path.removeprefix(WEB), data=given or {}), **headers
        )

    def ask(self, **changes: str) -> httpx.Response:
        return self.post("/subscribe", FORM | changes)

    def link(self) -> str:
        """The link of the newest mail."""
        found = re.search(rf"{WEB}/confirm/\S+", self.sent[-1][1].text)
        assert found
        return found[0]

    @property
    def kept(self) -> tuple[Subscription, ...]:
        return self.store.subscriptions.subscriptions()


@pytest.fixture
def desk(store: redis.Redis) -> Desk:
    return Desk(store)


def title(page: httpx.Response) -> str:
    return str(html.document_fromstring(page.text).xpath("string(//h1)"))


def test_the_form_asks_for_what_is_needed(desk: Desk):
    page = desk.get("/subscribe")
    assert page.status_code == 200
    tree = html.document_fromstring(page.text)
    names = {str(each) for each in tree.xpath("//form//@name")}
    own = {"what", "categories", "topics", "keywords", "language"}
    assert names == {"address", "profile", "at", "zone", "days"} | own
    assert not tree.xpath("//script")
    for each in tree.xpath("//input|//select|//textarea"):
        assert tree.xpath(f"//label[@for='{each.get('id')}']")


def test_no_page_lists_the_profiles_there_are(desk: Desk):
    assert 'value="foundations"' in desk.get("/subscribe").text
    desk.store.save_profile(profiles.parse("secretive", builders.PROFILE))
    for page in (desk.get("/subscribe"), desk.ask(profile="x")):
        assert "secretive" not in page.text
    assert desk.ask(profile="secretive").status_code == 200


def test_one_mail_asks_and_nothing_begins(desk: Desk):
    page = desk.ask()
    assert (page.status_code, title(page)) == (200, "Look into your inbox.")
    assert desk.kept == ()
    (pending,) = desk.store.readers.waiting()
    assert pending.state is State.PENDING
    ((target, letter),) = desk.sent
    assert target == Target("mail", "ada@example.org")
    assert letter.subject == "Confirm your digest “foundations”"
    assert "Someone, probably you, asked for foundations at this address, Mon–Fri 07:30 " in (
        letter.text
    )
    assert "If it wasn’t you, do nothing: no further mail will come." in letter.text
    assert desk.link() in letter.html


def test_looking_begins_nothing_pressing_does(desk: Desk):
    desk.ask()
    page = desk.get(desk.link())
    assert title(page) == "Confirm mails of foundations to ada@…?"
    assert "First mail: Thu 19 Nov, 07:30 (America/New_York)." in page.text
    assert not desk.kept
    assert title(desk.post(desk.link())) == "Confirmed."
    (made,) = list(desk.kept)
    assert made == Subscription(
        Target("mail", "ada@example.org"), "foundations", time(7, 30), "America/New_York",
        WEEKDAYS, since=date(2026, 11, 19), made_at=NOW,
    )  # fmt: skip
    assert desk.store.readers.waiting() == ()
    assert len(desk.sent) == 1


def test_a_second_press_begins_nothing(desk: Desk):
    desk.ask()
    link = desk.link()
    way_out = html.document_fromstring(desk.post(link).text).xpath(
        "//a[contains(@href, '/manage/')]"
    )
    assert len(way_out) == 1
    before = desk.kept
    assert title(desk.post(link)) == "Confirmed."
    assert desk.kept == before
    desk.store.subscriptions.remove_subscription(ADA)
    page = desk.post(link)
    assert (page.status_code, title(page)) == (410, "There is nothing to confirm.")
    assert desk.kept == ()


def test_forty_eight_hours_and_it_is_over(desk: Desk, store: redis.Redis):
    desk.ask()
    (name,) = store.keys("ad:pending:*")
    assert 0 < store.ttl(name) <= 48 * 3600
    desk.now += timedelta(hours=48)
    assert desk.post(desk.link()).status_code == 410
    assert desk.kept == ()


def test_the_answer_is_the_same_whoever_it_is(desk: Desk):
    fresh = desk.ask()
    desk.post(desk.link())
    known = desk.ask()
    third = desk.ask()
    assert fresh.text == known.text == third.text
    assert fresh.status_code == known.status_code == third.status_code
    assert len(desk.sent) == limits.PER_ADDRESS.most, "nobody is flooded"


def test_another_hour_is_confirmed_too_and_nothing_is_owed_anew(desk: Desk):
    desk.ask()
    desk.post(desk.link())
    desk.now += timedelta(days=4)
    desk.ask(at="18:00", days="4")
    assert desk.kept[0].at == time(7, 30)
    desk.post(desk.link())
    (made,) = desk.kept
    assert (made.at, made.days) == (time(18), (4,))
    assert made.since == date(2026, 11, 19)


def test_a_day_later_the_address_may_be_asked_again(desk: Desk):
    for _ in range(3):
        desk.ask()
    assert len(desk.sent) == 2
    desk.now += timedelta(days=1, seconds=1)
    desk.ask()
    assert len(desk.sent) == 3


def test_one_network_asks_only_so_often(desk: Desk):
    answers = [desk.ask(address=f"r{n}@example.org") for n in range(limits.PER_SOURCE.most + 2)]
    assert [page.status_code for page in answers[-3:]] == [200, 429, 429]
    assert len(desk.sent) == limits.PER_SOURCE.most
    page = desk.post("/subscribe", FORM, **{"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert page.status_code == 200, "a proxy beside us says whom it asks for"


def test_no_address_stands_in_a_key(desk: Desk, store: redis.Redis):
    desk.ask()
    assert not [key for key in store.keys("*") if b"ada" in key]


def test_a_mail_that_is_never_taken_does_not_count(desk: Desk):
    desk.failing = DeliveryError("There is no mailbox ada@example.org.", permanent=True)
    pages = [desk.ask().status_code for _ in range(4)]
    assert pages == [200] * 4
    assert desk.store.readers.waiting() == ()
    desk.failing = None
    desk.ask()
    assert len(desk.sent) == 1


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("address", "ada", "no mail address"),
        ("address", "ada@example.org\r\nBcc: eve@example.org", "no mail address"),
        ("address", "", "no mail address"),
        ("at", "25:00", "doesn’t exist"),
        ("zone", "Europe/Berln", "Did you mean Europe/Berlin?"),
        ("zone", "", "There is no time zone"),
        ("days", "7", "Choose the days"),
        ("days", "", "Choose the days"),
        ("profile", "others", "There is no profile of that name"),
        ("profile", "<script>alert(1)</script>", "There is no profile of that name"),
    ],
)
def test_a_slip_is_told_at_its_field_and_the_rest_stays(
    desk: Desk, field: str, text: str, said: str
):
    page = desk.ask(**{field: text})
    assert page.status_code == 400
    tree = html.document_fromstring(page.text)
    assert said in tree.xpath(f"string(//*[@id='{field}-wrong'])")
    assert tree.xpath(f"//*[@name='{field}'][@aria-invalid='true']")
    assert not tree.xpath("//script")
    assert desk.sent == []
    if field != "at":
        assert tree.xpath("string(//input[@name='at']/@value)") == "07:30"


@given(st.text(max_size=40) | st.from_regex(r"\S{1,9}@\S{1,9}\s?"))
def test_any_text_is_an_address_or_is_not(text: str):
    try:
        target = signup.mailbox(text)
    except ConfigError:
        return
    assert not set(target.address) & set("\r\n <>,")
    assert target.address.count("@") == 1


def test_without_mail_there_is_no_form(desk: Desk):
    desk.office = replace(desk.office, mail=False)
    assert desk.get("/subscribe").status_code == 404
    assert desk.ask().status_code == 404
    assert desk.sent == []


def test_a_token_of_another_purpose_confirms_nothing(desk: Desk):
    desk.ask()
    token = Signer(SECRET).sign(Purpose.VOTE, "a", "b")
    for path in (f"/confirm/{token}", f"{desk.link()[:-3]}", "/confirm/x", "/confirm/%00"):
        assert desk.post(path).status_code == 404
    assert desk.kept == ()


@pytest.mark.parametrize("what", ["", "cs.LG, math.OC"])
def test_the_mail_that_asks_is_one_that_every_program_draws_alike(what: str):
    sub = Subscription(Target("mail", "ada@example.org"), "foundations", zone="Europe/Berlin")
    letter = letters.confirmation(sub, f"{WEB}/confirm/x.y", "k", what)
    compatible(letter.html)
    assert f"{WEB}/confirm/x.y" in letter.text
    assert len(letter.html) < 2_000


def test_a_profile_of_any_name_breaks_no_letter():
    sub = Subscription(Target("mail", "ada@example.org"), "a<b>\r\nBcc: x", zone="UTC")
    letter = letters.confirmation(sub, f"{WEB}/confirm/x", "k")
    assert "\n" not in letter.subject
    assert "<b>" not in letter.html


def test_the_operator_is_told_what_is_missing(desk: Desk):
    sub = Subscription(Target("mail", "ada@example.org"), "foundations")
    with pytest.raises(ConfigError, match=r"web\.public_url"):
        signup.prepared(replace(desk.office, web=""), sub, "")


def test_fields_are_cut():
    assert len(Asked(given={"zone": "x" * 9_000}).text("zone")) == 400
