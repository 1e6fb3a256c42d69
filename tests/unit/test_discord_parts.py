"""Discord's settings, its dialect, its limits on calls, and the marks messages are known by."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import discord
from bot.channels.discord import limits, marks, pace, parts, permissions, text
from bot.channels.discord.settings import read
from bot.doubles.discord.pings import drawn, pings
from bot.hush import hushed
from paperlark.errors import ConfigError, DeliveryError
from paperlark.post import Message
from paperlark.target import Target
from tests import block_kit


def nowhere(_path: tuple[str, ...]) -> str:
    return ""


def settings(**raw: Any) -> Any:
    return read(raw, nowhere)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"tokn": "x"}, "Unknown key `channels.discord.tokn`. Did you mean"),
        ({"application_id": "paperlark"}, "should be the application's number"),
        ({"embeds": "perhaps"}, "`channels.discord.embeds`"),
        ({"api_url": "discord.com"}, "should be an address like https://discord.com/api/v10/"),
        ({"api_url": "http://discord.com/"}, "should begin with https://"),
        ({"gateway_url": "https://x.example"}, "should be an address like wss://"),
        ({"gateway_url": "ws://x.example"}, "should begin with wss://"),
    ],
)
def test_a_slip_is_one_sentence(raw: dict[str, Any], sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        settings(**raw)


def test_a_double_on_this_machine_needs_no_tls_and_the_stroke_is_added():
    made = settings(api_url="http://127.0.0.1:9/api/v10", gateway_url="ws://127.0.0.1:9/gw")
    assert (made.api_url, made.gateway_url) == (
        "http://127.0.0.1:9/api/v10/",
        "ws://127.0.0.1:9/gw/",
    )


def test_the_token_says_the_application_and_is_not_printed():
    token = base64.b64encode(b"123456789012345678").decode().rstrip("=") + ".hush.hush"
    made = settings(token=f" Bot {token} ")
    assert made.token.get_secret_value() == token
    assert made.application == "123456789012345678"
    assert settings(token=token, application_id=77).application == "77"
    assert settings(token="nonsense").application == ""  # noqa: S106  (made up)
    assert "hush" not in repr(made)


def test_it_is_asked_for_where_a_token_is_set():
    assert not discord.enabled({"token": " "})
    assert discord.enabled({"token": "x"})
    assert discord.listener({}, nowhere) is None


def test_without_a_token_it_composes_and_refuses_to_send():
    channel = discord.channel({}, nowhere)
    sending = channel.send(Target("discord", "1"), Message("s", {}), key="k", root="")
    with pytest.raises(DeliveryError, match=r"Set channels\.discord\.token") as caught:
        asyncio.run(sending)
    assert not caught.value.uncertain


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("*b* _i_ ~s~ `c` ||x||", "\\*b\\* \\_i\\_ \\~s\\~ \\`c\\` \\|\\|x\\|\\|"),
        ("# a title", "\\# a title"),
        ("- an item", "\\- an item"),
        ("1. first", "1\\. first"),
        ("k^(3/2) is not a list", "k^(3/2) is not a list"),
        ("<@1> <#2> <t:0>", "\\<@1\\> \\<#2\\> \\<t:0\\>"),
        ("@everyone", "@\u2060everyone"),
        ("see https://x.example", "see https:\u2060//x.example"),
        ("a\nb", "a b"),
    ],
)
def test_text_is_shown_as_it_is(plain: str, shown: str):
    assert text.marked(plain, 200) == shown


@given(said=block_kit.texts(), most=st.integers(1, 300))
def test_no_text_calls_names_formats_or_outgrows(said: str, most: int):
    made = text.marked(said, most)
    assert text.size(made) <= most
    assert "\n" not in made
    assert pings({"content": made}) == ()
    assert drawn({"content": made}) == ()
    assert not re.search(r"(?<!\\)[*_~`|<>\[\]]", made.replace("\\\\", ""))


@given(said=block_kit.texts(), most=st.integers(1, 300))
def test_a_link_ends_where_it_should(said: str, most: int):
    made = text.link("https://arxiv.org/abs/2611.90001", said, most)
    assert made.endswith("](https://arxiv.org/abs/2611.90001)")
    depth = 0
    for char in made.removesuffix("](https://arxiv.org/abs/2611.90001)")[1:]:
        depth += {"[": 1, "]": -1}.get(char, 0)
        assert depth in {0, 1}
    assert depth == 0


def test_an_address_that_would_break_a_link_is_none():
    assert text.link("https://x.example/a)b", "A", 10) == "A"
    assert not text.address("https://x.example/" + "y" * limits.URL)
    assert not text.address("javascript:x")


def test_a_table_stays_in_its_fence():
    assert text.fenced("a ``` b", 20) == "```\na `\u2060`\u2060` b\n```"


@given(key=st.text())
def test_a_key_has_its_own_marks(key: str):
    first, second = marks.numbers(key)
    assert first != second
    assert {0 < number < 2**31 for number in (first, second)} == {True}
    assert len(marks.nonce(key)) <= limits.NONCE
    assert marks.nonce(key) != marks.nonce(f"{key}x")


def test_a_marked_message_is_known_by_its_key_alone():
    payload = parts.message(parts.container(parts.said("a"), parts.rule()))
    made = marks.marked(payload, "k")
    assert marks.bears(made, "k")
    assert not marks.bears(made, "l")
    assert not marks.bears(payload, "k")
    assert not marks.bears({"components": []}, "k")
    assert "id" not in payload["components"][0], "what was composed stays as it is"


def test_secrets_of_discord_are_covered():
    token = "MTAwMDAwMDAwMDAwMDAwMDAx.Gabcde.aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  # noqa: S105  (made up)
    told = hushed(f"Bot {token} /webhooks/123/a-key/messages /interactions/5/key2/callback {token}")
    assert told == "Bot … /webhooks/123/…/messages /interactions/5/…/callback …"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def told(left: int, seconds: float) -> dict[str, str]:
    return {"x-ratelimit-remaining": str(left), "x-ratelimit-reset-after": str(seconds)}


def test_what_is_left_is_used_and_then_waited_for():
    clock = Clock()
    kept = pace.Pace(clock)
    assert kept.take("a") == 0.0
    kept.heard("a", told(2, 5.0))
    assert [kept.take("a") for _ in range(3)] == [0.0, 0.0, 5.0]
    assert kept.take("b") == 0.0
    clock.now += 5.0
    assert kept.take("a") == 0.0


def test_of_two_answers_the_one_that_leaves_less_counts():
    kept = pace.Pace(Clock())
    kept.heard("a", told(0, 5.0))
    kept.heard("a", told(1, 5.0))
    assert kept.take("a") == 5.0


@pytest.mark.parametrize("headers", [{}, told(0, float("nan")), {"x-ratelimit-remaining": "x"}])
def test_an_answer_without_limits_says_nothing(headers: dict[str, str]):
    kept = pace.Pace(Clock())
    kept.heard("a", headers)
    assert kept.take("a") == 0.0


def test_a_bucket_is_a_channels_own():
    assert pace.route("POST", "channels/300000000/messages") == "POST channels/300000000/messages"
    assert pace.route("POST", "channels/300000000/messages/400000000/threads") == (
        "POST channels/300000000/messages/*/threads"
    )
    assert pace.route("GET", "users/@me") == "GET users/@me"


def test_the_buckets_that_are_kept_are_bounded():
    kept = pace.Pace(Clock())
    for number in range(3_000):
        kept.heard(str(number), told(0, 9.0))
    assert kept.take("0") == 0.0
    assert kept.take("2999") == 9.0


@pytest.mark.parametrize(
    ("mine", "overwrites", "lacks"),
    [
        ([], [], ()),
        ([], [{"id": "1", "allow": "0", "deny": str(permissions.SEND)}], ("Send Messages",)),
        (
            ["7"],
            [
                {"id": "1", "allow": "0", "deny": str(permissions.SEND)},
                {"id": "7", "allow": str(permissions.SEND), "deny": "0"},
            ],
            (),
        ),
        (
            ["7"],
            [
                {"id": "7", "allow": str(permissions.VIEW), "deny": "0"},
                {"id": "9", "allow": "0", "deny": str(permissions.VIEW)},
            ],
            ("View Channel",),
        ),
        (["8"], [{"id": "1", "allow": "0", "deny": str(permissions.VIEW)}], ()),
    ],
)
def test_permissions_are_added_up_as_discord_does(
    mine: list[str], overwrites: list[dict[str, str]], lacks: tuple[str, ...]
):
    roles = [
        {"id": "1", "permissions": str(sum(permissions.NEEDED))},
        {"id": "7", "permissions": "0"},
        {"id": "8", "permissions": "8"},
    ]
    bits = permissions.held("1", "9", mine, roles, overwrites)
    assert permissions.missing(bits) == lacks


def test_the_invite_asks_for_the_least():
    address = permissions.invite("42")
    assert address.startswith("https://discord.com/oauth2/authorize?client_id=42&")
    assert f"permissions={sum(permissions.NEEDED)}" in address
