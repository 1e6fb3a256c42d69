"""The way out to Discord, against the double: every outcome is told for what it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.discord import client as discord_client
from bot.channels.discord import rest as discord_rest
from bot.channels.discord.client import Discord
from bot.channels.discord.settings import read
from bot.doubles.discord import DiscordDouble
from bot.doubles.discord.faults import NAMED, Fault, limited, named, page, refused, slow
from bot.doubles.discord.pace import Pace
from bot.doubles.discord.world import CHANNEL, FORUM, THREAD, TOMAS
from paperlark.errors import DeliveryError, Refused
from paperlark.subscription import Form
from paperlark.target import Target
from tests.outgoing import Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Finding

HERE = Target("discord", CHANNEL)


@pytest.fixture
def double() -> Iterator[DiscordDouble]:
    with DiscordDouble() as made:
        yield made


WAY = Way(Discord, read, HERE)
run, post, key, send, find = WAY.run, WAY.post, WAY.key, WAY.send, WAY.find


def failure(double: DiscordDouble, *faults: Fault) -> DeliveryError:
    double.fail("create_message", *faults)
    with pytest.raises(DeliveryError) as caught:
        send(double)
    sentence = str(caught.value)
    assert double.settings["token"] not in sentence
    assert sentence.endswith(".")
    return caught.value


def test_a_post_and_its_thread(double: DiscordDouble):
    root, card, *_ = post()
    ref = send(double, root)
    under = send(double, card, root=ref)
    (message,) = double.messages()
    assert ref == f"{CHANNEL}:{message['id']}"
    (reply,) = double.replies(message["id"])
    assert under == f"{message['id']}:{reply['id']}"
    assert double.world.places[message["id"]].name == "foundations · Thu 19 Nov"
    assert (double.refused, double.pinged) == ([], [])


def test_a_thread_is_opened_once_and_found_again_by_another_process(double: DiscordDouble):
    root, first, second, *_ = post()

    async def both(channel: Discord) -> None:
        ref = await channel.send(HERE, root, key=key(root), root="")
        for card in (first, second):
            await channel.send(HERE, card, key=key(card), root=ref)

    run(double, both)
    assert len(double.calls("create_thread")) == 1
    (message,) = double.messages()
    send(double, post()[3], root=f"{CHANNEL}:{message['id']}")
    assert len(double.replies(message["id"])) == 3


def test_the_nonce_keeps_a_repeated_message_from_coming_twice(double: DiscordDouble):
    assert send(double) == send(double)
    assert len(double.messages()) == 1
    double.forward(600)
    send(double)
    assert len(double.messages()) == 2, "it keeps for minutes only: then the mark is asked for"


def test_a_card_whose_first_message_was_given_up_stands_alone(double: DiscordDouble):
    send(double, post()[1])
    assert len(double.messages()) == 1


def test_cards_of_an_inline_post_are_not_in_a_thread(double: DiscordDouble):
    root, card, *_ = post(Form.INLINE)
    send(double, card, root=send(double, root))
    assert len(double.messages()) == 2


@pytest.mark.parametrize("kind", ["talk", "thread"])
def test_where_there_are_no_threads_replies_stand_beside(double: DiscordDouble, kind: str):
    if kind == "talk":
        place = double.world.talk(TOMAS).id
    else:
        place = double.channel("300000000000000777", "aside", kind=THREAD, parent=CHANNEL).id
    there = Target("discord", place)
    root, card, *_ = post()
    ref = send(double, root, target=there)
    under = send(double, card, target=there, root=ref)
    assert under.startswith(f"{place}:")
    assert find(double, card, target=there, root=ref) == under


def test_a_thread_outlives_its_first_message(double: DiscordDouble):
    root, first, second, *_ = post()
    ref = send(double, root)
    send(double, first, root=ref)
    message = ref.partition(":")[2]
    double.world.drop(CHANNEL, message)
    assert send(double, second, root=ref).startswith(f"{message}:")


def test_where_the_first_message_is_gone_cards_stand_alone(double: DiscordDouble):
    root, card, *_ = post()
    ref = send(double, root)
    double.world.drop(CHANNEL, ref.partition(":")[2])
    assert send(double, card, root=ref).startswith(f"{CHANNEL}:")


def test_a_thread_that_may_be_open_leaves_no_doubt_about_the_message(double: DiscordDouble):
    root, card, *_ = post()
    ref = send(double, root)
    double.fail("create_thread", named("reset-after"))
    with pytest.raises(DeliveryError, match="thread") as caught:
        send(double, card, root=ref)
    assert (caught.value.uncertain, caught.value.permanent) == (False, False)
    assert caught.value.retry_after
    assert send(double, card, root=ref) == find(double, card, root=ref)


@pytest.mark.parametrize("plain", [False, True])
def test_a_message_is_found_by_its_key_in_the_channel_and_in_the_thread(
    double: DiscordDouble,
    plain: bool,  # noqa: FBT001  (pytest gives it by name)
):
    root, card, *_ = post(embeds=plain)
    assert find(double, root) is None
    ref = send(double, root)
    assert find(double, root) == ref
    assert find(double, card, root=ref) is None
    under = send(double, card, root=ref)
    assert find(double, card, root=ref) == under


def test_a_message_of_somebody_else_with_our_mark_is_not_ours(double: DiscordDouble):
    assert send(double)
    double.messages()[0]["author"] = {"id": "9"}
    assert find(double) is None


def test_messages_are_looked_for_page_by_page(
    double: DiscordDouble, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(discord_client, "PAGE", 2)
    root = post()[0]
    for number in range(4):
        name = f"another {number}"
        run(double, lambda channel, n=name: channel.send(HERE, root, key=n, root=""))  # type: ignore[misc]  # a default argument
    ref = send(double, root)
    assert find(double, root) == ref
    assert len(double.calls("get_messages")) == 3


def test_what_was_posted_before_is_not_looked_at(double: DiscordDouble):
    send(double)
    soon = datetime.now(UTC) + timedelta(hours=1)
    found = run(
        double,
        lambda channel: channel.find(HERE, post()[0], key=key(post()[0]), root="", since=soon),
    )
    assert found is None


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (limited(30.0), 30.0),
        (limited(0.25), 0.25),
        (limited(7.0, everywhere=True), 7.0),
        (limited(None), 60.0),
    ],
)
def test_a_pause_that_is_asked_for_is_passed_on(double: DiscordDouble, fault: Fault, wait: float):
    error = failure(double, fault)
    assert (error.retry_after, error.permanent, error.uncertain) == (wait, False, False)
    assert double.messages() == []


@pytest.mark.parametrize(
    "name", ["reset-after", "reset-before", "truncated", "500-html", "503-html", "200-html"]
)
def test_what_may_have_arrived_is_uncertain(double: DiscordDouble, name: str):
    error = failure(double, NAMED[name])
    assert error.uncertain
    assert not error.permanent
    arrived = double.messages()
    assert len(arrived) == NAMED[name].effect
    assert find(double) == (f"{CHANNEL}:{arrived[0]['id']}" if arrived else None)


def test_a_message_is_sent_once_whatever_breaks(double: DiscordDouble):
    failure(double, named("reset-after"))
    assert len(double.calls("create_message")) == 1


def test_an_answer_that_takes_too_long_is_uncertain(
    double: DiscordDouble, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(discord_rest, "TIMEOUT_S", 0.3)
    error = failure(double, slow(20.0))
    assert error.uncertain
    assert len(double.messages()) == 1


def test_a_service_that_cannot_be_reached_took_nothing():
    with DiscordDouble() as gone:
        pass
    with pytest.raises(DeliveryError, match=r"cannot be reached.*api_url") as caught:
        send(gone)
    assert (caught.value.uncertain, caught.value.permanent) == (False, False)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (0, "channels.discord.token"),
        (10003, "remove the subscription"),
        (10004, "invite link"),
        (50001, "invite link"),
        (50007, "choose another target"),
        (50008, "text channel"),
        (50013, "Send Messages in Threads"),
        (160006, "Archive some"),
    ],
)
def test_a_refusal_for_good_says_what_to_do(double: DiscordDouble, code: int, remedy: str):
    error = failure(double, refused(code))
    assert (error.permanent, error.uncertain) == (True, False)
    assert remedy in str(error)


@pytest.mark.parametrize("code", [50035, 99999])
def test_a_refusal_of_one_message_is_certain_and_not_for_good(double: DiscordDouble, code: int):
    error = failure(double, refused(code))
    assert (error.permanent, error.uncertain, error.retry_after) == (False, False, None)
    assert str(code) in str(error)


@pytest.mark.parametrize(("code", "remedy"), [(200000, "moderators"), (160005, "Unlock it")])
def test_what_is_turned_down_by_people_is_given_up(double: DiscordDouble, code: int, remedy: str):
    double.fail("create_message", refused(code))
    with pytest.raises(Refused, match=remedy) as caught:
        send(double)
    assert caught.value.final
    assert not caught.value.permanent


@pytest.mark.parametrize("status", [302, 404])
def test_another_service_at_the_address_is_named(double: DiscordDouble, status: int):
    error = failure(double, page(status))
    assert (error.permanent, error.uncertain) == (False, False)
    assert "api_url" in str(error)


def test_limits_are_obeyed_in_advance(double: DiscordDouble):
    double.world.pace = Pace(double.world.now, most=3, window_s=0.3)

    async def many(channel: Discord) -> None:
        for number in range(9):
            await channel.send(HERE, post()[0], key=str(number), root="")

    run(double, many)
    assert len(double.messages()) == 9
    assert {call.status for call in double.world.calls} == {200}


def test_a_long_wait_is_handed_back(double: DiscordDouble):
    double.world.pace = Pace(double.world.now, most=1, window_s=100.0)

    async def twice(channel: Discord) -> None:
        for number in range(2):
            await channel.send(HERE, post()[0], key=str(number), root="")

    with pytest.raises(DeliveryError) as caught:
        run(double, twice)
    assert caught.value.retry_after == pytest.approx(100.0, abs=60.0)
    assert len(double.calls("create_message")) == 1, "Discord was not asked in vain"


def check(double: DiscordDouble, *targets: str, **raw: Any) -> dict[str, Finding]:
    asked = [Target("discord", target) for target in targets]
    found = run(double, lambda channel: channel.check(asked), **raw)
    return {finding.what: finding for finding in found}


def test_a_check_up_of_a_channel_that_is_well(double: DiscordDouble):
    found = check(double, CHANNEL, double.world.talk(TOMAS).id)
    assert {finding.state for finding in found.values()} == {"ok"}
    assert found[f"Discord: {CHANNEL}"].said == "#reading"
    assert "permissions=" in found["Discord: invite link"].said


def test_a_check_up_names_what_is_missing(double: DiscordDouble):
    double.channel("300000000000000002", "closed", denied=1 << 38)
    double.channel("300000000000000003", "secret", hidden=True)
    double.channel("300000000000000004", "forum", kind=FORUM)
    found = check(double, *(f"30000000000000000{n}" for n in (2, 3, 4, 5)))
    said = [f"{finding.said} {finding.fix}" for finding in found.values()][2:]
    assert "lacks Send Messages in Threads in #closed." in said[0]
    assert "cannot see 300000000000000003" in said[1]
    assert "no text channel" in said[2]
    assert "no channel 300000000000000005" in said[3]
    assert [finding.state for finding in found.values()][2:] == ["fail"] * 4


def test_a_check_up_without_or_with_a_wrong_token(double: DiscordDouble):
    (none,) = check(double, CHANNEL, token="").values()
    assert none.fix.endswith("set channels.discord.token.")
    (wrong,) = check(double, CHANNEL, token="wrong").values()  # noqa: S106  (made up)
    assert (wrong.state, wrong.said) == ("fail", "Discord refuses the bot token.")
