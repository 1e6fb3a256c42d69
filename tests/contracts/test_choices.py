"""What people decided: one contract over the store in memory and on a real server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import pytest

from paperlark.feedback import Act, Decision, Wish, Wording
from paperlark.store.choices import SOMEBODY, Choices
from tests.fakes import MemoryChoices

if TYPE_CHECKING:
    from redis import Redis

NOW = datetime(2025, 9, 25, 12, tzinfo=UTC)
Kept: TypeAlias = "Choices | MemoryChoices"


@pytest.fixture(params=["memory", "valkey"])
def choices(request: pytest.FixtureRequest) -> Kept:
    if request.param == "memory":
        return MemoryChoices()
    client: Redis = request.getfixturevalue("store")
    return Choices(client)


def test_decisions_come_back_oldest_first_each_once(choices: Kept):
    later = Decision(NOW + timedelta(hours=1), "Ana", Act.UNDO)
    first = Decision(NOW, "Mira", Act.ACCEPT, 58.5)
    for each in (later, first, first):
        choices.decide("group", each, "slack:U1")
    assert choices.decisions("group") == (first, later)
    assert choices.decisions("other") == ()


def test_wordings_come_back_oldest_first_each_once(choices: Kept):
    later = Wording(NOW + timedelta(hours=1), "Ana", Wish.DROP, ("pruning",), by="slack:U2")
    first = Wording(NOW, "Mira", Wish.WANT, ("pruning", "sparse"), by="slack:U1")
    for each in (later, first, first):
        choices.word("group", each)
    assert choices.wordings("group") == (first, later)


def test_an_erased_person_leaves_the_decision_without_a_name(choices: Kept):
    choices.decide("group", Decision(NOW, "Mira", Act.FREEZE), "slack:U1")
    choices.decide("group", Decision(NOW, "Ana", Act.THAW), "slack:U2")
    choices.word("group", Wording(NOW, "Mira", Wish.WANT, ("pruning",), by="slack:U1"))
    assert choices.decided_by("slack:U1") == 2
    assert choices.forget_of("slack:U1") == 2
    assert choices.decided_by("slack:U1") == 0
    assert {each.who for each in choices.decisions("group")} == {SOMEBODY, "Ana"}
    assert choices.wordings("group") == (Wording(NOW, SOMEBODY, Wish.WANT, ("pruning",)),)
