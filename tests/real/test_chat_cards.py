"""Every paper of the real days as a card: each chat takes each message, and nobody is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.channels.discord import post as discord_post
from bot.channels.discord import replies as discord_replies
from bot.channels.slack import post as slack_post
from bot.channels.slack import replies as slack_replies
from bot.replies import AbstractOf
from paperlark.post import Setting
from paperlark.subscription import Form
from tests import block_kit, components
from tests.real.cards import FILES, SIZE, digests, read
from tests.real.days import days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from paperlark.demo.wire import Announced

pytestmark = pytest.mark.real


@dataclass(frozen=True)
class Kind:
    """How a chat draws posts and answers, and what it takes."""

    compose: Callable[..., Any]
    render: Callable[..., Any]
    post_accepted: Callable[..., None]
    accepted: Callable[..., None]


KINDS: Final = {
    "slack": Kind(
        slack_post.compose, slack_replies.render, block_kit.post_accepted, block_kit.accepted
    ),
    "discord": Kind(
        discord_post.compose, discord_replies.render, components.post_accepted, components.accepted
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def proved(kind: Kind, day: Sequence[Announced], form: Form) -> int:
    """Compose and judge every paper of a day; how many messages that made."""
    made = 0
    for digest in digests([read(announced) for announced in day]):
        messages = kind.compose(digest, form, Setting(web="https://digest.example.org"))
        kind.post_accepted(messages)
        made += len(messages)
        for card in digest.cards:
            kind.accepted(kind.render(AbstractOf(card.paper, digest.date, score=card.score)))
    return made


@pytest.mark.parametrize("form", list(Form))
def test_a_day_of_papers_as_cards(real_data: Path, kind: Kind, form: Form) -> None:
    day = next(iter(days(real_data).values()))
    assert proved(kind, day[: 5 * SIZE], form) >= 5 * (SIZE + 1)


@pytest.mark.proof
@pytest.mark.parametrize("name", FILES)
def test_every_day_of_papers_as_cards(real_data: Path, kind: Kind, name: str) -> None:
    found: Mapping[date, Sequence[Announced]] = days(real_data, name)
    made = sum(proved(kind, day, Form.THREAD) for day in found.values())
    assert made > sum(map(len, found.values()))
