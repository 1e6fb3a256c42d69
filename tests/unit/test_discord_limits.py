"""The validator of Discord's limits: every limit at its edge, and every way to call people."""

from __future__ import annotations

from typing import Any

import pytest

from bot.doubles.discord.limits import V2, modal_problems, problems
from bot.doubles.discord.pings import drawn, pings


def text(said: str = "a") -> dict[str, Any]:
    return {"type": 10, "content": said}


def button(number: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "Press", "custom_id": f"b{number}", **more}


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


def v2(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flags": V2, "components": list(parts), **more}


def boxed(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return v2({"type": 17, "components": list(parts), **more})


def embed(**fields: Any) -> dict[str, Any]:
    return {"embeds": [fields]}


def link(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Go", "url": "https://x.example", **more}


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        ({"content": "x" * 2000}, {"content": "x" * 2001}),
        ({"content": "😀" * 1000}, {"content": "😀" * 1001}),
        (v2(text("x" * 4000)), v2(text("x" * 4001))),
        (v2(text("x" * 2000), text("x" * 2000)), v2(text("x" * 2000), text("x" * 2001))),
        (v2(*[text()] * 40), v2(*[text()] * 41)),
        (boxed(*[text()] * 39), boxed(*[text()] * 40)),
        (v2(row(*map(button, range(5)))), v2(row(*map(button, range(6))))),
        (v2(row(button(label="x" * 80))), v2(row(button(label="x" * 81)))),
        (v2(row(button(custom_id="x" * 100))), v2(row(button(custom_id="x" * 101)))),
        (v2(row(link())), v2(row(link(custom_id="x")))),
        (v2(row(link())), v2(row(link(url="https://" + "x" * 512)))),
        (v2(row(button())), v2(row(button(url="https://x.example")))),
        (v2(row(button(0), button(1))), v2(row(button(0), button(0)))),
        (v2(text() | {"id": 1}, text() | {"id": 2}), v2(text() | {"id": 1}, text() | {"id": 1})),
        (v2(text() | {"id": 2**31 - 1}), v2(text() | {"id": 2**31})),
        (boxed(text(), accent_color=0xFFFFFF), boxed(text(), accent_color=0x1000000)),
        (v2(text()), {"components": [text()]}),
        (v2(text()), v2(text(), content="x")),
        (v2(text()), v2(text(), embeds=[{"title": "x"}])),
        (v2(text()), v2(text(), nonsense=1)),
        (v2(text()), v2({"type": 99})),
        (v2(text(), nonce="x" * 25), v2(text(), nonce="x" * 26)),
        (v2(text()), v2(text("a\x00b"))),
        (
            v2({"type": 9, "components": [text()] * 3, "accessory": button()}),
            v2({"type": 9, "components": [text()] * 4, "accessory": button()}),
        ),
        (embed(title="x" * 256), embed(title="x" * 257)),
        (embed(description="x" * 4096), embed(description="x" * 4097)),
        (embed(author={"name": "x" * 256}), embed(author={"name": "x" * 257})),
        (embed(footer={"text": "x" * 2048}), embed(footer={"text": "x" * 2049})),
        (
            embed(description="x" * 3952, footer={"text": "x" * 2048}),
            embed(description="x" * 3953, footer={"text": "x" * 2048}),
        ),
        ({"embeds": [{"title": "x"}] * 10}, {"embeds": [{"title": "x"}] * 11}),
        (
            embed(fields=[{"name": "x" * 256, "value": "x"}]),
            embed(fields=[{"name": "x" * 257, "value": "x"}]),
        ),
    ],
)
def test_every_limit_at_its_edge(taken: dict[str, Any], refused: dict[str, Any]):
    assert problems(taken) == ()
    assert problems(refused)


def modal(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"custom_id": "m", "title": "A form", "components": list(parts), **more}


def field(
    name: str = "f", *, label: str = "A field", hint: str = "", **more: Any
) -> dict[str, Any]:
    element = {"type": 4, "custom_id": name, "style": 1, **more}
    told = {"type": 18, "label": label, "component": element}
    return told | {"description": hint} if hint else told


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        (modal(field(), title="x" * 45), modal(field(), title="x" * 46)),
        (
            modal(*(field(str(n)) for n in range(5))),
            modal(*(field(str(n)) for n in range(6))),
        ),
        (modal(field(label="x" * 45)), modal(field(label="x" * 46))),
        (modal(field(hint="x" * 100)), modal(field(hint="x" * 101))),
        (modal(field(value="x" * 4000)), modal(field(value="x" * 4001))),
        (modal(field(value="xx", max_length=2)), modal(field(value="xxx", max_length=2))),
        (modal(field("a"), field("b")), modal(field("a"), field("a"))),
        (modal(text(), field()), modal(row(button()))),
    ],
)
def test_every_limit_of_a_form(taken: dict[str, Any], refused: dict[str, Any]):
    assert modal_problems(taken) == ()
    assert modal_problems(refused)


@pytest.mark.parametrize(
    ("payload", "called"),
    [
        ({"content": "hello @everyone"}, ("@everyone",)),
        (boxed(text("<@1> <@!2> <@&3> @here")), ("@here", "<@1>", "<@!2>", "<@&3>")),
        ({"content": "@everyone <@1>", "allowed_mentions": {"parse": ["users"]}}, ("<@1>",)),
        ({"content": "@everyone <@1>", "allowed_mentions": {"parse": []}}, ()),
        (embed(description="@everyone"), ()),
    ],
)
def test_who_would_be_called(payload: dict[str, Any], called: tuple[str, ...]):
    assert pings(payload) == called


def test_what_looks_like_a_mention_is_seen_where_it_is_forbidden_too():
    payload = {"content": r"<#1> \<#2\> <t:0:R> </digest:3>", "allowed_mentions": {"parse": []}}
    assert drawn(payload) == ("<#1>", "<t:0:R>", "</digest:3>")
