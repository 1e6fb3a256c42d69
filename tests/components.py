"""What every Discord payload of ours must pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.discord.marks import marked
from bot.doubles.discord.limits import modal_problems, problems
from bot.doubles.discord.pings import drawn, pings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.post import Message


def accepted(payload: Mapping[str, Any], *, places: bool = False) -> None:
    """A message that Discord takes whole, and that neither calls nor names anybody.

    With `places`, it may name channels: our own words do.
    """
    assert problems(payload) == ()
    assert pings(payload) == ()
    assert not [said for said in drawn(payload) if not (places and said.startswith("<#"))]
    assert payload["allowed_mentions"] == {"parse": []}


def modal_accepted(modal: Mapping[str, Any]) -> None:
    """A form that Discord opens."""
    assert modal_problems(modal) == ()


def post_accepted(messages: tuple[Message, ...]) -> None:
    """A whole post: at least one message, each taken and marked, each part's name once."""
    assert messages
    assert not messages[0].reply
    parts = [message.part for message in messages]
    assert len(set(parts)) == len(parts)
    for message in messages:
        payload = dict(message.payload)
        thread = payload.pop("thread", "")
        assert bool(thread) or not message.reply
        assert len(thread) <= 100
        accepted(payload)
        keyed = marked(payload, "k" * 400)
        accepted(keyed)
        assert keyed["components"], "without a component it could not be found again"
