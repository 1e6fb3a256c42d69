"""The table ``[channels.slack]``, and what the package offers from it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels import slack
from bot.channels.slack.settings import read
from paperlark.errors import ConfigError, DeliveryError
from paperlark.post import Message
from paperlark.target import Target


def nowhere(_path: tuple[str, ...]) -> str:
    return ""


def settings(**raw: Any) -> Any:
    return read(raw, nowhere)


@pytest.mark.parametrize(
    ("raw", "way"),
    [
        ({}, ""),
        ({"app_token": "xapp-1"}, "socket"),
        ({"signing_secret": "s"}, "http"),
        ({"app_token": "xapp-1", "signing_secret": "s"}, "socket"),
        ({"app_token": "xapp-1", "signing_secret": "s", "mode": "http"}, "http"),
    ],
)
def test_the_secrets_say_how_events_come_in(raw: dict[str, str], way: str):
    assert settings(**raw).way == way


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"bot_tokn": "x"}, "Unknown key `channels.slack.bot_tokn`. Did you mean"),
        ({"bot_token": "xapp-1"}, "bot_token begins with xapp-, as app_token does"),
        ({"app_token": "xoxb-1"}, "app_token begins with xoxb-, as bot_token does"),
        ({"mode": "socket"}, "mode is socket, which needs an app_token"),
        ({"mode": "http"}, "mode is http, which needs a signing_secret"),
        ({"mode": "carrier pigeon"}, "`channels.slack.mode`"),
        ({"api_url": "slack.com"}, "should be an address like https://slack.com/api/"),
        ({"api_url": "http://slack.com/api/"}, "should begin with https://"),
    ],
)
def test_a_slip_is_one_sentence_without_the_secret(raw: dict[str, str], sentence: str):
    with pytest.raises(ConfigError, match=sentence) as caught:
        settings(**raw)
    assert "xoxb-1" not in str(caught.value)


def test_a_double_on_this_machine_needs_no_tls_and_the_stroke_is_added():
    assert settings(api_url="http://127.0.0.1:9/api").api_url == "http://127.0.0.1:9/api/"


def test_no_secret_is_in_its_printed_form():
    assert "hush" not in repr(settings(bot_token="xoxb-hush", app_token="xapp-hush"))  # noqa: S106  (made up)


def test_it_is_asked_for_where_any_secret_is_set():
    assert not slack.enabled({"bot_token": "", "app_token": " "})
    assert slack.enabled({"signing_secret": "s"})


def test_without_a_way_in_there_is_no_listener():
    assert slack.listener({"bot_token": "xoxb-1"}, nowhere) is None


def test_without_a_token_it_composes_and_refuses_to_send():
    channel = slack.channel({}, nowhere)
    message = Message("summary", {"metadata": {"event_payload": {}}})
    sending = channel.send(Target("slack", "C1"), message, key="k", root="")
    with pytest.raises(DeliveryError, match=r"Set channels\.slack\.bot_token") as caught:
        asyncio.run(sending)
    assert not caught.value.permanent
    assert not caught.value.uncertain
