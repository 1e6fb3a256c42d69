"""The way out to Slack, against the double: every outcome is told for what it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.channels.slack import client as slack_client
from bot.channels.slack.client import Slack
from bot.channels.slack.settings import read
from bot.doubles.slack import SlackDouble
from bot.doubles.slack.faults import NAMED, Fault, limited, named, refused, slow
from paperlark.errors import DeliveryError, Refused
from paperlark.post import Message
from paperlark.subscription import Form
from paperlark.target import Target
from tests.outgoing import Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ports import Finding

HERE = Target("slack", "C1")


@pytest.fixture
def double() -> Iterator[SlackDouble]:
    with SlackDouble() as made:
        yield made


WAY = Way(Slack, read, HERE)
run, post, key, send, find = WAY.run, WAY.post, WAY.key, WAY.send, WAY.find


def failure(double: SlackDouble, *faults: Fault) -> DeliveryError:
    double.fail("chat.postMessage", *faults)
    with pytest.raises(DeliveryError) as caught:
        send(double)
    sentence = str(caught.value)
    assert "xoxb" not in sentence
    assert sentence.endswith(".")
    return caught.value


def test_a_post_and_its_thread(double: SlackDouble):
    root, card, *_ = post()
    ref = send(double, root)
    under = send(double, card, root=ref)
    (message,) = double.roots("C1")
    assert ref == f"C1:{message['ts']}"
    assert message["metadata"]["event_payload"]["key"] == key(root)
    (reply,) = double.replies(message["ts"])
    assert under == f"C1:{reply['ts']}"
    assert double.pinged == []


def test_a_card_whose_first_message_was_given_up_stands_alone(double: SlackDouble):
    send(double, post()[1])
    assert len(double.roots("C1")) == 1


def test_cards_of_an_inline_post_are_not_in_a_thread(double: SlackDouble):
    root, card, *_ = post(Form.INLINE)
    send(double, card, root=send(double, root))
    assert len(double.roots("C1")) == 2


def test_a_person_is_written_to_directly(double: SlackDouble):
    person = Target("slack", "U2")
    root, card, *_ = post()
    ref = send(double, root, target=person)
    assert ref.startswith("DU2:")
    assert send(double, card, target=person, root=ref).startswith("DU2:")
    assert find(double, root, target=person) == ref


def test_a_message_is_found_by_its_key_in_the_channel_and_in_the_thread(double: SlackDouble):
    root, card, *_ = post()
    assert find(double, root) is None
    ref = send(double, root)
    assert find(double, root) == ref
    assert find(double, card, root=ref) is None
    under = send(double, card, root=ref)
    assert find(double, card, root=ref) == under


def test_a_message_of_somebody_else_with_our_key_is_not_ours(double: SlackDouble):
    ref = send(double)
    double.messages("C1")[0]["bot_id"] = "B9OTHER"
    assert ref
    assert find(double) is None


def test_messages_are_looked_for_page_by_page(double: SlackDouble, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(slack_client, "PAGE", 2)
    root = post()[0]
    ref = send(double, root)
    for _ in range(5):
        run(double, lambda channel: channel.send(HERE, root, key="another", root=""))
    assert find(double, root) == ref
    assert len(double.calls("conversations.history")) == 3


def test_what_was_posted_before_is_not_looked_at(double: SlackDouble):
    send(double)
    soon = datetime.now(UTC) + timedelta(hours=1)
    found = run(
        double,
        lambda channel: channel.find(HERE, post()[0], key=key(post()[0]), root="", since=soon),
    )
    assert found is None


@pytest.mark.parametrize(
    ("header", "wait"),
    [("30", 30.0), ("0.5", 0.5), (None, 5.0), ("3600", 3600.0), ("soon", 5.0), ("nan", 5.0)],
)
def test_a_pause_that_is_asked_for_is_passed_on(
    double: SlackDouble, header: str | None, wait: float
):
    error = failure(double, limited(header))
    assert (error.retry_after, error.permanent, error.uncertain) == (wait, False, False)
    assert double.messages() == []


@pytest.mark.parametrize("header", ["86400", "1e20", "1e300", "9" * 20])
def test_a_pause_that_cannot_be_believed_is_an_hour_and_is_logged(double: SlackDouble, header: str):
    with capture_logs() as logs:
        error = failure(double, limited(header))
    assert error.retry_after == 3600.0
    assert [each["waited"] for each in logs if "strange pause" in each["event"]] == [3600.0]


@pytest.mark.parametrize("name", ["reset-after", "truncated", "500-html", "503-json", "200-html"])
def test_what_may_have_arrived_is_uncertain(double: SlackDouble, name: str):
    error = failure(double, NAMED[name])
    assert error.uncertain
    assert not error.permanent
    arrived = double.messages()
    assert len(arrived) == NAMED[name].effect
    assert find(double) == (f"C1:{arrived[0]['ts']}" if arrived else None)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error"])
def test_a_failure_within_slack_is_uncertain(double: SlackDouble, code: str):
    assert failure(double, refused(code)).uncertain


def test_a_message_is_sent_once_whatever_breaks(double: SlackDouble):
    failure(double, named("reset-after"))
    assert len(double.calls("chat.postMessage")) == 1


def test_an_answer_that_takes_too_long_is_uncertain(
    double: SlackDouble, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(slack_client, "TIMEOUT_S", 0.3)
    error = failure(double, slow(20.0))
    assert error.uncertain
    assert len(double.messages()) == 1


def test_a_service_that_cannot_be_reached_took_nothing():
    with SlackDouble() as gone:
        pass
    with pytest.raises(DeliveryError, match=r"cannot be reached.*api_url") as caught:
        send(gone)
    assert not caught.value.uncertain
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("not_in_channel", "Type `/invite @paperlark` there"),
        ("channel_not_found", "Type `/invite @paperlark` there"),
        ("is_archived", "remove the subscription"),
        ("invalid_auth", "channels.slack.bot_token"),
        ("token_revoked", "channels.slack.bot_token"),
        ("missing_scope", "reinstall the app"),
        ("restricted_action", "administrator"),
    ],
)
def test_a_refusal_for_good_says_what_to_do(double: SlackDouble, code: str, remedy: str):
    error = failure(double, refused(code))
    assert (error.permanent, error.uncertain) == (True, False)
    assert remedy in str(error)


@pytest.mark.parametrize("code", ["msg_blocks_too_long", "invalid_blocks", "a_code_of_tomorrow"])
def test_a_refusal_of_one_message_is_certain_and_not_for_good(double: SlackDouble, code: str):
    error = failure(double, refused(code))
    assert (error.permanent, error.uncertain, error.retry_after) == (False, False, None)
    assert code in str(error)


def test_a_deleted_first_message_ends_the_post_and_nothing_else(double: SlackDouble):
    root, card, *_ = post()
    ref = send(double, root)
    double.world.drop("C1", ref.partition(":")[2])
    for doing in (send, find):
        with pytest.raises(Refused, match="Somebody deleted the post's first message") as caught:
            doing(double, card, root=ref)
        error = caught.value
        assert (error.final, error.permanent, error.uncertain) == (True, False, False)
    assert double.messages("C1") == []


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("invalid_blocks", False),
        ("invalid_blocks_format", False),
        ("msg_too_long", False),
        ("msg_blocks_too_long", False),
        ("metadata_too_large", False),
        ("invalid_metadata_schema", False),
        ("cannot_reply_to_message", True),
    ],
)
def test_what_is_wrong_with_one_message_says_nothing_of_others(
    double: SlackDouble, code: str, *, rest: bool
):
    error = failure(double, refused(code))
    assert isinstance(error, Refused)
    assert (error.final, error.rest) == (True, rest)


def test_what_is_wrong_with_a_message_is_named(double: SlackDouble):
    bad = Message("summary", {**post()[0].payload, "blocks": [{"type": "header"}]})
    with pytest.raises(DeliveryError, match="invalid_blocks") as caught:
        send(double, bad)
    assert "json-pointer:/blocks/0" in str(caught.value)


def test_a_missing_scope_is_named(double: SlackDouble):
    double.world.scopes.discard("chat:write")
    with pytest.raises(DeliveryError, match="the scope chat:write"):
        send(double)


@pytest.mark.parametrize("name", ["429", "reset-before", "truncated", "500-html", "200-html"])
def test_a_question_that_fails_is_a_delivery_error(double: SlackDouble, name: str):
    double.fail("conversations.history", NAMED[name], times=2)  # a read is asked for twice
    with pytest.raises(DeliveryError):
        find(double)


def check(double: SlackDouble, *addresses: str, **raw: str) -> tuple[Finding, ...]:
    targets = [Target("slack", address) for address in addresses]
    return run(double, lambda channel: channel.check(targets), **raw)


def test_a_sound_set_up_is_well(double: SlackDouble):
    found = check(double, "C1", "U1")
    assert [finding.state for finding in found] == ["ok"] * 4
    assert [finding.said for finding in found] == [
        "paperlark in Double",
        "Socket Mode",
        "#reading",
        "a direct talk",
    ]


def test_every_channel_gets_its_own_fix(double: SlackDouble):
    double.channel("C2", "papers", member=False)
    double.channel("C3", "attic", archived=True)
    double.channel("C4", "secret", private=True, member=False)
    found = check(double, "C2", "C3", "C4", "C5", "U9")[2:]
    assert [finding.state for finding in found] == ["fail"] * 5
    assert (found[0].said, found[0].fix) == (
        "paperlark isn't in #papers.",
        "Type `/invite @paperlark` there.",
    )
    assert found[1].said == "#attic is archived."
    assert all("/invite @paperlark" in finding.fix for finding in found[2:4])
    assert found[4].said == "Slack knows no person U9."


def test_a_scope_that_lacks_is_named_with_the_place_to_add_it(double: SlackDouble):
    double.world.scopes.discard("groups:history")
    found = check(double, "C1")
    assert len(found) == 1
    assert found[0].said == "It lacks groups:history."
    assert "reinstall the app" in found[0].fix


@pytest.mark.parametrize(
    ("raw", "said", "fix"),
    [
        ({"bot_token": ""}, "There is none.", "docs/slack.md"),
        ({"bot_token": "xoxb-wrong"}, "Slack refuses the bot token", "OAuth & Permissions"),
    ],
)
def test_a_bot_token_that_will_not_do(
    double: SlackDouble, raw: dict[str, str], said: str, fix: str
):
    (found,) = check(double, "C1", **raw)
    assert found.state == "fail"
    assert said in found.said
    assert fix in found.fix
    assert "xoxb" not in found.said + found.fix


def test_an_app_token_that_will_not_do(double: SlackDouble):
    wrong = check(double, app_token="xapp-wrong")[1]  # noqa: S106  (made up)
    assert wrong.state == "fail"
    assert "connections:write" in wrong.fix
    none = check(double, app_token="")[1]
    assert none.state == "warn"
    assert re.search("app_token.*signing_secret", none.fix)


@pytest.mark.parametrize("name", ["429", "reset-before", "truncated", "500-html", "200-html"])
def test_a_check_up_never_raises(double: SlackDouble, name: str):
    for method in ("auth.test", "apps.connections.open", "conversations.info"):
        double.fail(method, NAMED[name], times=2)
        found = check(double, "C1")
        assert "fail" in {finding.state for finding in found}
        double.faults.clear()
