"""Every paper of the real days as a card: a homeserver takes each message, and nobody is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.matrix import post, replies
from bot.replies import AbstractOf
from paperlark.post import Setting
from paperlark.subscription import Form
from tests.matrix import accepted
from tests.real.cards import FILES, SIZE, digests, read
from tests.real.days import days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from paperlark.demo.wire import Announced

pytestmark = pytest.mark.real


def proved(day: Sequence[Announced], form: Form) -> int:
    """Compose and judge every paper of a day; how many messages that made."""
    made = 0
    for digest in digests([read(announced) for announced in day]):
        messages = post.compose(digest, form, Setting(web="https://digest.example.org"))
        for message in messages:
            accepted(dict(message.payload))
        made += len(messages)
        for card in digest.cards:
            full = AbstractOf(card.paper, digest.date, score=card.score)
            for content in replies.render(full):
                accepted(content)
    return made


@pytest.mark.parametrize("form", list(Form))
def test_a_day_of_papers_as_cards(real_data: Path, form: Form) -> None:
    day = next(iter(days(real_data).values()))
    assert proved(day[: 5 * SIZE], form) >= 5 * (SIZE + 1)


@pytest.mark.proof
@pytest.mark.parametrize("name", FILES)
def test_every_day_of_papers_as_cards(real_data: Path, name: str) -> None:
    found: Mapping[date, Sequence[Announced]] = days(real_data, name)
    made = sum(proved(day, Form.THREAD) for day in found.values())
    assert made > sum(map(len, found.values()))
