"""What becomes of mails that came back, and of addresses that are never written to again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot import readers
from bot.readers import limits
from bot.returns.policy import Returns
from bot.returns.suppression import BY_HAND, barred, reachable, suppress
from paperlark.store import RedisStore
from paperlark.subscription import State, Subscription
from paperlark.tags import Cause, Tag, Tagger
from paperlark.target import Target
from paperlark.tokens import reader_key
from tests.returned import complaint, dsn, mail

if TYPE_CHECKING:
    import redis

SECRET = b"sixteen bytes or more"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA = Subscription(Target("mail", "ada@example.org"), "foundations")
THU, FRI = date(2026, 11, 19), date(2026, 11, 20)


class House:
    """A store with one reader, and whatever comes back to it."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        self.store.subscriptions.save_subscription(ADA)
        self.store.readers.save(reader_key(SECRET, ADA.id), ADA.id)
        self.office = readers.Office(
            self.store, lambda: NOW, SECRET, "https://d.example.org", lambda _to, _letter: None
        )
        self.returns = Returns(self.office)

    def take(self, raw: bytes) -> str:
        return self.returns.take(raw).said

    def state(self) -> State | None:
        found = self.store.subscriptions.subscription(ADA.id)
        return found.state if found else None


@pytest.fixture
def house(store: redis.Redis) -> House:
    return House(store)


def to(day: date | None = THU, cause: Cause = Cause.BOUNCE, secret: bytes = SECRET,
       of: Subscription = ADA) -> str:  # fmt: skip
    tag = Tagger(secret).make(Tag(cause, reader_key(SECRET, of.id), day))
    return f"bounce+{tag.upper()}@example.org"


def test_two_hard_bounces_of_two_days_suspend_it(house: House):
    assert "1 of 2 digests that suspend it" in house.take(dsn(to(THU)))
    assert house.state() is State.ACTIVE
    assert house.take(dsn(to(THU))) == "It was read before, and counts once."
    assert "1 of 2" in house.take(dsn(to(THU), name="<another@mx>")), "the same digest"
    outcome = house.returns.take(dsn(to(FRI), name="<friday@mx>"))
    assert outcome.said == (
        "mail:ada@example.org/foundations: the mail of 2026-11-20 came back for good "
        "(550 5.1.1 <ada@example.org>: no such user): suspended."
    )
    assert "ada@" not in outcome.masked
    (ended,) = outcome.off
    assert ended.reason.startswith("2 digests came back for good (550 5.1.1")
    assert house.state() is State.DISABLED
    assert "already" in house.take(dsn(to(FRI), name="<late@mx>"))
    house.store.subscriptions.save_subscription(ADA)
    assert "1 of 2" in house.take(dsn(to(FRI), name="<resumed@mx>")), "resumed, it counts anew"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"status": "4.2.2"}, "came back for now (4.2.2 "),
        ({"action": "delayed", "status": "4.4.1"}, "came back for now"),
        ({"status": "5.7.1", "said": "smtp; 550 5.7.1 spam"}, "refused for its text or its sender"),
        ({"action": "delivered"}, "has arrived"),
    ],
)
def test_what_is_not_about_the_address_counts_nothing(
    house: House, how: dict[str, str], words: str
):
    for number, day in enumerate((THU, FRI, date(2026, 11, 23))):
        said = house.take(dsn(to(day), name=f"<{number}@mx>", **how))  # type: ignore[arg-type]  # text, all of it
        assert words in said
        assert "nothing is counted" in said
    assert house.state() is State.ACTIVE
    assert house.client.keys("ad:strikes:*") == []


@pytest.mark.parametrize(
    "raw",
    [
        dsn("bounce@example.org"),
        dsn(to(secret=b"another secret of ours")),
        dsn(to()[:-20] + "@example.org"),
        complaint(b"Return-Path: <" + to(secret=b"another secret of ours").encode() + b">\r\n\r\n"),
        mail(to(cause=Cause.LEAVE, secret=b"another secret of ours"), Subject="unsubscribe"),
        mail(to(), "Away until Monday.", Auto_Submitted="auto-replied"),
        mail(text=f"Look: {to(cause=Cause.LEAVE)}"),
        mail(to(), "Hello."),
        b"\xff\x00",
    ],
)
def test_what_is_forged_or_none_of_these_changes_nothing(house: House, raw: bytes):
    before = sorted(house.client.keys("*"))
    for _ in range(2):
        assert house.take(raw).endswith(("nothing is done.", "nothing is left to do."))
    assert sorted(house.client.keys("*")) == before
    assert house.state() is State.ACTIVE


def test_a_reader_of_whom_nothing_is_kept_is_nobody(house: House):
    raw = dsn(to(of=replace(ADA, profile="unknown")))
    assert house.take(raw).endswith("somebody of whom nothing is kept: nothing is done.")
    assert house.state() is State.ACTIVE


def test_a_complaint_ends_every_mail_to_that_address_at_once(house: House):
    other = Subscription(Target("mail", "Ada@example.org"), "optics")
    house.store.subscriptions.save_subscription(other)
    house.store.readers.ask("n", replace(other, profile="waves", state=State.PENDING))
    headers = f"Return-Path: <{to()}>\r\nSubject: x\r\n\r\n".encode()
    outcome = house.returns.take(complaint(headers))
    assert "never written to again" in outcome.said
    assert {each.id for each in outcome.off} == {ADA.id, other.id}
    assert house.state() is State.DISABLED
    assert house.store.readers.waiting() == ()
    assert house.store.suppressed.why("ADA@example.ORG") == "complaint, 2026-11-22"
    assert house.store.suppressed.counted() == {"complaint": 1}


def test_a_complaint_is_known_by_the_way_out_too_and_a_bounce_is_not(house: House):
    quoted = f"List-Unsubscribe: <mailto:{to(None, Cause.LEAVE)}>\r\nSubject: x\r\n\r\n".encode()
    assert house.take(dsn("bounce@example.org", original=quoted)).endswith("nothing is done.")
    assert house.state() is State.ACTIVE
    assert "never written to again" in house.take(complaint(quoted))
    assert house.state() is State.DISABLED


def test_a_request_to_leave_ends_it_for_ever_and_once(house: House):
    raw = mail(to(None, Cause.LEAVE), Subject="unsubscribe", Auto_Submitted="auto-generated")
    assert house.take(raw).endswith("its reader asks to leave: ended.")
    assert house.state() is None
    again = mail(to(None, Cause.LEAVE), Subject="unsubscribe", Message_ID="<2@x>")
    assert house.take(again).endswith("it had ended already.")
    house.store.readers.forget(reader_key(SECRET, ADA.id), ADA.id)
    erased = mail(to(None, Cause.LEAVE), Message_ID="<3@x>")
    assert house.take(erased).endswith("nothing is left to do.")


def test_a_mail_that_asks_and_bounces_is_asked_no_more(house: House):
    bob = Subscription(Target("mail", "bob@example.org"), "optics", state=State.PENDING)
    house.store.readers.ask("n", bob)
    said = house.take(dsn(to(None, of=bob)))
    assert said.startswith("mail:bob@example.org: the mail that asks to confirm came back for good")
    assert house.store.readers.waiting() == ()
    house.store.readers.ask("n", bob)
    assert "never written to again" in house.take(
        complaint(b"Return-Path: <" + to(None, of=bob).encode() + b">\r\n\r\n")
    )
    assert house.store.suppressed.why("bob@example.org")


def test_the_list_holds_no_address_and_outlives_erasure(house: House):
    suppress(house.store, " Ada@Example.org ", BY_HAND, NOW)
    held: Any = house.client.hgetall("ad:suppressed")
    (name,) = held
    assert re.fullmatch(rb"[0-9a-f]{64}", name)
    assert b"ada" not in b"".join((*held, *held.values())).lower()
    house.store.readers.forget(reader_key(SECRET, ADA.id), ADA.id)
    assert barred(house.store, ADA.target)
    assert not barred(house.store, Target("slack", "C1"))
    assert not house.store.suppressed.add("ada@example.org", "complaint", NOW)
    assert house.store.suppressed.why("ada@example.org") == "by hand, 2026-11-22"
    house.client.delete("ad:secret:web")
    assert barred(house.store, ADA.target), "another secret for links lets nobody out"
    assert house.store.suppressed.remove("ADA@example.org")
    assert not house.store.suppressed.remove("ada@example.org")


def test_nobody_who_is_on_the_list_is_asked_and_nobody_can_tell(house: House):
    suppress(house.store, "ada@example.org", BY_HAND, NOW)
    asked = [limits.admitted(house.office, "s", "Ada@example.org", f"n{n}") for n in range(3)]
    others = [limits.admitted(house.office, "s", "bob@example.org", f"m{n}") for n in range(3)]
    assert (asked, others) == ([False] * 3, [True, True, False])
    assert len(house.client.keys("ad:asks:*")) == 4, "counted alike"


def test_an_owner_on_the_list_is_not_told(house: House):
    owned = replace(ADA, owner="mail:bob@example.org")
    assert reachable(house.store, owned) == owned
    suppress(house.store, "bob@example.org", BY_HAND, NOW)
    assert reachable(house.store, owned).owner == ""
    assert reachable(house.store, replace(ADA, owner="slack:U1")).owner == "slack:U1"
