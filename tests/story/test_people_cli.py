"""``paperlark people``: what one person gave, out as JSON, and erased."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from paperlark import cli
from paperlark.store import RedisStore
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    import redis

NOW = datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
SUB = Subscription(Target("slack", "C1"), "foundations", owner="slack:U1")
VOTE = Vote(NOW, "slack:U1", SUB.id, "2611.90001", Thumb.UP, Door.CLI)


@pytest.fixture
def kept(store: redis.Redis, store_url: str, monkeypatch: pytest.MonkeyPatch) -> RedisStore:
    monkeypatch.setenv("REDIS_URL", store_url)
    filled = RedisStore(store)
    filled.subscriptions.save_subscription(SUB)
    for vote in (VOTE, replace(VOTE, voter="slack:U2")):
        filled.votes.cast(vote)
    filled.saved.keep_for("slack:U1", VOTE.paper, NOW)
    return filled


def test_one_persons_own_goes_out_and_is_erased(
    kept: RedisStore, capfd: pytest.CaptureFixture[str]
):
    assert cli._run(["people", "export", "slack:U1"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["voter"], len(told["votes"]), len(told["saved"])) == ("slack:U1", 1, 1)
    assert told["owner_of"] == [SUB.id]
    assert cli._run(["people", "erase", "slack:U1", "--yes"]) == 0
    assert "✓ Erased of slack:U1: 1\u00a0vote, 1\u00a0saved paper" in capfd.readouterr().out
    assert kept.votes.votes_of("slack:U1") == ()
    assert not kept.saved.kept_for("slack:U1")
    assert kept.subscriptions.subscriptions() == (replace(SUB, owner=""),)
    assert [each.voter for each in kept.votes.votes(SUB.id)] == ["slack:U2"]
    assert cli._run(["people", "erase", "slack:U1", "--yes"]) == 1
    assert "Nothing is kept of slack:U1" in capfd.readouterr().err


@pytest.mark.parametrize("voter", ["U1", "slack:U 1", "slack:", "slack:U\x1b1"])
def test_who_is_meant_must_be_clear(
    kept: RedisStore, capfd: pytest.CaptureFixture[str], voter: str
):
    assert cli._run(["people", "erase", voter, "--yes"]) == 2
    assert "names nobody. Write slack:USER_ID" in capfd.readouterr().err
    assert kept.votes.votes_of("slack:U1")
