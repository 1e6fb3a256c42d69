"""The validator of Slack's limits: every limit at its edge, and every way to call people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doubles.slack.limits import (
    BLOCK_COST,
    MARKDOWN,
    TOTAL_REFUSED,
    cautions,
    problems,
    refusals,
    view_problems,
)
from bot.doubles.slack.pings import pings


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": marked(text)}


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": plain(text)}


def button(number: int = 0, **extra: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": f"b{number}", "text": plain("Press"), **extra}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(number: int) -> dict[str, Any]:
    return {"text": plain(f"o{number}"), "value": str(number)}


def select(count: int, **extra: Any) -> dict[str, Any]:
    options = [option(number) for number in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options, **extra}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    inner = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [inner]}


def message(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"text": "fallback", "blocks": list(blocks)}


# What just fits, and what is one too many.
EDGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "blocks": (message(*[section("x")] * 50), message(*[section("x")] * 51)),
    "section": (message(section("x" * 3000)), message(section("x" * 3001))),
    "astral": (message(section("𝒪" * 1500)), message(section("𝒪" * 1501))),
    "empty": (message(section("x")), message(section(""))),
    "header": (message(header("x" * 150)), message(header("x" * 151))),
    "header-escaped": (message(header("&" * 30)), message(header("&" * 31))),
    "fields": (
        message({"type": "section", "fields": [marked("x" * 2000)] * 6}),
        message({"type": "section", "fields": [marked("x")] * 11}),
    ),
    "context": (
        message({"type": "context", "elements": [marked("x")] * 10}),
        message({"type": "context", "elements": [marked("x")] * 11}),
    ),
    "actions": (
        message(actions(*map(button, range(25)))),
        message(actions(*map(button, range(26)))),
    ),
    "button": (
        message(actions(button(text=plain("x" * 75)))),
        message(actions(button(text=plain("x" * 76)))),
    ),
    "value": (
        message(actions(button(value="x" * 2000))),
        message(actions(button(value="x" * 2001))),
    ),
    "url": (
        message(actions(button(url="https://a/" + "x" * 2990))),
        message(actions(button(url="https://a/" + "x" * 2991))),
    ),
    "scheme": (
        message(actions(button(url="http://a"))),
        message(actions(button(url="javascript:x"))),
    ),
    "id": (
        message(section("x") | {"block_id": "x" * 255}),
        message(section("x") | {"block_id": "x" * 256}),
    ),
    "options": (message(actions(select(100))), message(actions(select(101)))),
    "initial": (
        message(actions(select(2, initial_option=option(1)))),
        message(actions(select(2, initial_option=option(2)))),
    ),
    "action-ids": (
        message(actions(button(1)), actions(button(2))),
        message(actions(button(1)), actions(button(1))),
    ),
    "block-ids": (
        message(section("x") | {"block_id": "a"}, section("x") | {"block_id": "b"}),
        message(section("x") | {"block_id": "a"}, section("x") | {"block_id": "a"}),
    ),
    "total": (
        message(*[section("x" * 3000)] * 4),
        message(*[section("x" * 3000)] * 4, section("x" * (TOTAL_REFUSED - 12_000))),
    ),
    "markdown": (
        message({"type": "markdown", "text": "x" * MARKDOWN}),
        message(*[{"type": "markdown", "text": "x" * 6001}] * 2),
    ),
    "control": (message(section("a\tb\nc")), message(section("a\x00b"))),
    "surrogate": (message(section("👍")), message(section("\ud83d"))),
    "unknown": (message({"type": "divider"}), message({"type": "divider", "colour": "red"})),
    "type": (message(section("x")), message({"type": "table"})),
    "rich-style": (
        message(rich({"type": "text", "text": "x", "style": {"bold": True}})),
        message(rich({"type": "text", "text": "x", "style": {"blink": True}})),
    ),
    "rich-empty": (
        message(rich({"type": "link", "url": "https://a"})),
        message(rich({"type": "text", "text": ""})),
    ),
    "no-text": ({"text": "x"}, {"blocks": []}),
    "text": ({"text": "x" * 40_000}, {"text": "x" * 40_001}),
    "metadata": (
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"key": "x"}}},
        {"text": "x", "metadata": {"event_type": "a", "event_payload": {"key": "x" * 8000}}},
    ),
    "metadata-form": ({"text": "x"}, {"text": "x", "metadata": {"event_type": "a"}}),
    "answer": (
        {"text": "x", "response_type": "ephemeral", "replace_original": False},
        {"text": "x", "response_type": "loud"},
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_each_limit_at_its_edge(name: str):
    fits, breaks = EDGES[name]
    assert problems(fits) == ()
    assert len(problems(breaks)) == 1


def test_problems_name_the_place_and_the_code():
    found = list(refusals(message(section("x"), header("x" * 151))))
    assert found == [
        ("invalid_blocks", "must be less than 151 characters [json-pointer:/blocks/1/text/text]")
    ]
    long = message(*[section("x" * 2900)] * 5)
    assert [code for code, _said in refusals(long)] == ["msg_blocks_too_long"]


def test_a_long_message_is_a_caution_before_it_is_refused():
    tight = message(*[section("x" * (3000 - BLOCK_COST))] * 4)
    assert (problems(tight), cautions(tight)) == ((), ())
    assert cautions(message(*[section("x" * 3000)] * 4))
    assert cautions({"blocks": [section("x")]})
    assert cautions({"text": "x" * 4001})


def modal(*blocks: dict[str, Any], **extra: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Settings"), "blocks": list(blocks), **extra}


def entry(**extra: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "label": plain("Time"),
        "element": {"type": "plain_text_input", "action_id": "at", **extra},
    }


VIEWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "blocks": (modal(*[section("x")] * 100), modal(*[section("x")] * 101)),
    "title": (modal(title=plain("x" * 24)), modal(title=plain("x" * 25))),
    "submit": (modal(entry(), submit=plain("Save")), modal(entry())),
    "metadata": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001)),
    "length": (
        modal(entry(max_length=3000), submit=plain("Save")),
        modal(entry(max_length=3001), submit=plain("Save")),
    ),
    "home": (
        {"type": "home", "blocks": [section("x")] * 100},
        {"type": "home", "title": plain("x"), "blocks": []},
    ),
    "markdown": (modal(section("x")), modal({"type": "markdown", "text": "x"})),
    "focus": (
        modal(entry(focus_on_load=True), submit=plain("Save")),
        modal(
            entry(focus_on_load=True),
            entry(focus_on_load=True, action_id="b"),
            submit=plain("Save"),
        ),
    ),
    "size": (
        modal(*[section("é" * 400)] * 100),
        modal(*[section("é" * 3000)] * 100),
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_each_limit_of_a_view_at_its_edge(name: str):
    fits, breaks = VIEWS[name]
    assert view_problems(fits) == ()
    assert len(view_problems(breaks)) == 1


CALLS: dict[str, dict[str, Any]] = {
    "<!channel>": {"text": "hi <!channel>"},
    "<!here|here>": message(section("<!here|here>")),
    "<!subteam^S1>": message({"type": "context", "elements": [marked("<!subteam^S1>")]}),
    "<@U1>": message({"type": "section", "fields": [marked("<@U1>")]}),
    "<@U1|ada>": {"text": "x", "attachments": [{"pretext": "<@U1|ada>"}]},
    "@channel": {"text": "@channel", "link_names": True},
    "@here": message({"type": "markdown", "text": "@here"}),
    "broadcast:channel": message(rich({"type": "broadcast", "range": "channel"})),
    "user:U1": message(rich({"type": "user", "user_id": "U1"})),
    "usergroup:S1": message(rich({"type": "usergroup", "usergroup_id": "S1"})),
}


@pytest.mark.parametrize("called", CALLS)
def test_each_way_to_call_people_is_seen(called: str):
    assert pings(CALLS[called]) == (called,)


@pytest.mark.parametrize(
    "quiet",
    [
        {"text": "&lt;!channel&gt; and @channel and <!date^1^{date}|then> <https://a|b>"},
        message(header("<!channel> <@U1>")),
        message(rich({"type": "text", "text": "<!channel> @here"})),
        message(rich({"type": "channel", "channel_id": "C1"})),
    ],
)
def test_what_calls_nobody(quiet: dict[str, Any]):
    assert pings(quiet) == ()


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "options"]), inner)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_any_value_is_judged_without_a_fall(value: Any):
    problems({"text": "x", "blocks": [value]})
    problems({"text": "x", "metadata": value})
    view_problems({"type": "home", "blocks": [value]})
    pings({"blocks": [value]})
