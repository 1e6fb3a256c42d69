"""Who may change a Slack channel's settings, where only the workspace's admins may."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot import words
from bot.channels.slack.client import Slack
from bot.channels.slack.managers import Managers
from bot.channels.slack.origin import Origin
from bot.channels.slack.settings import read
from bot.desk import FrontDesk
from bot.desk.house import House
from bot.doubles.slack import faults
from bot.doubles.slack.double import SlackDouble
from paperlark import profile as profiles
from paperlark.subscription import Subscription
from paperlark.target import Target
from tests import builders
from tests.fakes import MemoryLedger, MemoryStore
from tests.slack import bench

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.slack import Bench

ADMIN, GUEST = "U1", "U2"
NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


@dataclass
class Shelves(MemoryStore):
    """The whole store in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)


@pytest.fixture
def double() -> Iterator[SlackDouble]:
    with SlackDouble() as made:
        yield made


@pytest.fixture(params=["anyone", "admins"])
def slack(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The real desk, behind a listener with that setting."""
    house = House(Shelves(), lambda: NOON, lambda _profile, _day: "")
    house.store.save_profile(profiles.parse("foundations", builders.PROFILE))
    place = Subscription(Target("slack", "C1"), "foundations")
    house.store.subscriptions.save_subscription(place)
    with bench("socket", FrontDesk(house), managers=request.param) as made:
        made.double.channel("C1", "reading")
        yield made


def refused(slack: Bench) -> bool:
    """Whether the setting keeps guests out."""
    return bool(slack.double.calls("users.info"))


def test_only_admins_change_what_a_channel_gets(slack: Bench) -> None:
    asked = ("settings", "subscribe here", "unsubscribe here", "settings profile:foundations")
    told = [slack.double.command("/digest", each, GUEST).said for each in asked]
    views = slack.double.command("/digest", "settings", ADMIN).views
    assert views[0]["callback_id"] == "settings"
    if refused(slack):
        assert {line for said in told for line in said.splitlines()} == {words.MANAGERS}
        did = slack.double.submit(views[0], {"cap": "9"}, user=GUEST)
        assert did.ack
        assert did.ack["errors"] == {"topics": words.MANAGERS}
    else:
        assert not any(words.MANAGERS in said for said in told)
    assert not slack.double.submit(views[0], {"zone": "Asia/Tokyo"}, user=ADMIN, expect=1).ack


def test_in_their_own_talk_everybody_manages(slack: Bench) -> None:
    talk = slack.double.world.talk(GUEST).id
    did = slack.double.command("/digest", "settings", GUEST, channel=talk)
    assert did.views[0]["callback_id"] == "settings"
    assert not slack.double.calls("users.info")


def test_who_voted_is_told_only_where_not_everybody_manages(double: SlackDouble) -> None:
    async def both(managers: Managers) -> list[bool]:
        found = [await managers.known(Origin(who, "C1")) for who in (ADMIN, GUEST)]
        return [each.asker.named for each in found]

    assert told(double, both) == [True, False]
    assert told(double, both, admins=False) == [False, False]
    assert not Origin(ADMIN, "C1").asker.named
    talk = Origin(GUEST, "D1").asker
    assert (talk.named, talk.alone, Origin(GUEST, "C1").asker.alone) == (True, True, False)


@pytest.mark.parametrize(("managers", "named"), [("anyone", False), ("admins", True)])
def test_why_is_asked_with_what_is_true_of_the_person(managers: str, named: bool) -> None:  # noqa: FBT001  (parametrized)
    with bench("socket", managers=managers) as made:
        made.double.channel("C1", "reading")
        [shown] = made.double.command("/digest", "today", ADMIN).posts
        for who in (ADMIN, GUEST):
            made.double.press(shown, "more:2611.90412", value="why:2611.90412", user=who)
        made.double.command("/digest", "why 2611.90412", ADMIN)
        asked = [each["asker"] for each in made.desk.calls("why")]
        assert [each.named for each in asked] == [named, False]
        assert made.desk.calls("command")[-1]["asker"].named is named


def told(double: SlackDouble, work: Callable[[Managers], Awaitable[Any]], **more: Any) -> Any:
    async def run() -> Any:
        channel = Slack(read(double.settings, lambda _path: ""))
        try:
            return await work(Managers(channel.client(), **{"admins": True, **more}))
        finally:
            await channel.aclose()

    return asyncio.run(run())


def test_a_person_is_looked_up_once_in_some_minutes(double: SlackDouble) -> None:
    async def twice(managers: Managers) -> list[bool]:
        found = [await managers.known(Origin(who, "C1")) for who in (ADMIN, GUEST) * 2]
        return [each.asker.manager for each in found]

    assert told(double, twice) == [True, False] * 2
    assert len(double.calls("users.info")) == 2
    assert told(double, twice, kept_s=0.0) == [True, False] * 2
    assert len(double.calls("users.info")) == 6


@pytest.mark.parametrize("fault", ["500-html", "truncated", "200-html", "reset-before"])
def test_who_cannot_be_looked_up_may_not_and_is_looked_up_again(
    double: SlackDouble, fault: str
) -> None:
    async def twice(managers: Managers) -> list[bool]:
        double.fail("users.info", faults.named(fault), times=2)
        first = await managers.known(Origin(ADMIN, "C1"))
        double.faults.clear()
        second = await managers.known(Origin(ADMIN, "C1"))
        return [first.asker.manager, second.asker.manager]

    assert told(double, twice) == [False, True]
