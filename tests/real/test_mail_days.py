"""Every real day as a mail: small, well-formed, and the same to two readers of mails."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from paperlark.render.mail import letter
from tests import builders
from tests.mail import SETTING, composed, raw
from tests.real.cards import FILES, read
from tests.real.days import days
from tests.unit.test_mail_raw import parts, sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from paperlark.demo.wire import Announced
    from paperlark.domain import Digest

pytestmark = pytest.mark.real


def digest(day: Sequence[Announced], cap: int) -> Digest:
    """A day with its first papers as cards, the others under the line."""
    papers = [read(each) for each in day]
    cards = tuple(
        builders.card(paper, rank=rank, score=99.5 - rank / 10, comment=paper.abstract[:280])
        for rank, paper in enumerate(papers[:cap], 1)
    )
    names = [tuple(author.name for author in paper.authors) for paper in papers[cap:]]
    rest = tuple(
        builders.unshown(paper.id, paper.title, *who, score=40.0 - rank / 100)
        for rank, (paper, who) in enumerate(zip(papers[cap:], names, strict=True))
    )
    return builders.digest(cards, rest)


def proved(day: Sequence[Announced], cap: int) -> int:
    """See that the day's mail is sound; how many cards it holds."""
    made = digest(day, cap)
    message = raw(composed(made, replace(SETTING, late_s=0.0)))
    sound(message)
    text, page = parts(message)
    shown = len(letter(made, SETTING).cards)
    assert page.count("👍") == text.count("good pick ") == shown
    assert "\\" not in page or any("\\" in card.paper.title + card.score.comment
                                   for card in made.cards)  # fmt: skip
    return shown


def test_some_days_as_mails(real_data: Path) -> None:
    found = list(days(real_data).values())
    assert proved(found[0], 12) == 12
    assert proved(found[-1], 80) < 80


@pytest.mark.proof
@pytest.mark.parametrize("name", FILES)
def test_every_day_as_a_mail(real_data: Path, name: str) -> None:
    for day in days(real_data, name).values():
        assert proved(day, 12) == min(12, len(day))
        assert proved(day, 80) > 12
