"""Facts from elsewhere: what is kept is not kept again, and what nobody could have said is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from paperlark import facts
from paperlark.cli import factrows
from paperlark.feedback import Act, Decision, Wish, Wording
from paperlark.store import RedisStore

if TYPE_CHECKING:
    import redis

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
UNDO = Decision(NOON, "Mira", Act.UNDO)
WANT = Wording(NOON, "Mira", Wish.WANT, ("bird song",), by="slack:U1")


def test_what_one_has_exported_oneself_changes_nothing(store: redis.Redis):
    kept = RedisStore(store)
    kept.choices.decide("group", UNDO, by="slack:U1")
    kept.choices.word("group", WANT)
    before = facts.gather(kept, "group")
    for row in json.loads(json.dumps(list(factrows.rows(kept, "group")))):
        found = factrows.fact_of(row)
        assert found
        factrows.keep(kept, *found)
    assert facts.gather(kept, "group") == before


def test_a_name_that_was_erased_does_not_come_back(store: redis.Redis):
    kept = RedisStore(store)
    kept.choices.decide("group", UNDO, by="slack:U1")
    kept.choices.forget_of("slack:U1")
    factrows.keep(kept, "group", UNDO)
    assert [each.who for each in kept.choices.decisions("group")] == ["somebody"]


def test_a_moment_is_in_utc_for_its_date_says_when_it_counts():
    found = _decision(at="2026-11-19T23:00:00-05:00")
    assert found == ("group", replace(UNDO, at=datetime(2026, 11, 20, 4, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("value", float("nan"), "no number"),
        ("value", float("inf"), "no number"),
        ("at", "9999-12-31T23:59:59-12:00", "no moment"),
        ("at", "2026-11-19T12:00:00", "no offset"),
        ("who", "x" * 201, "no line"),
        ("who", "Mira\nSigned", "no line"),
        ("who", "\x1b[31m", "no line"),
    ],
)
def test_what_nobody_could_have_said_is_refused(field: str, value: object, said: str):
    with pytest.raises(ValueError, match=said):
        _decision(**{field: value})


def _decision(**more: object) -> factrows.Row | None:
    told = {"at": NOON.isoformat(), "who": "Mira", "kind": "undo"} | more
    return factrows.fact_of({"profile": "group", "decision": told})
