"""The demonstration's Slack: posted by the real channel through the ledger, drawn as it looks."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from paperlark.demo.group import Group
from paperlark.demo.slack import Workspace
from paperlark.feedback import Act
from paperlark.profile import parse
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.vote import Door
from tests.builders import example

if TYPE_CHECKING:
    from pathlib import Path

    import redis


def test_a_digest_is_posted_once_and_shown(store: redis.Redis, store_url: str, tmp_path: Path):
    store.ping()  # emptied for this test
    digest = example()
    with connect(store_url, tmp_path) as connection, Workspace() as workspace:
        environ = {"PAPERLARK_STORE__DATA_DIR": str(tmp_path)}
        count = workspace.post(connection, digest, environ)
        assert count > len(digest.cards)
        assert workspace.post(connection, digest, environ) == 0
        assert (workspace.double.refused, workspace.double.pinged) == ([], [])
        page, kept = workspace.page(), json.loads(workspace.payloads())["messages"]
    assert len(kept) == count
    assert all(escape(card.paper.title) in page for card in digest.cards)
    assert "08:00" in page
    assert "none was refused, nobody was called" in page


def test_people_vote_in_the_channel_and_one_of_them_decides(
    store: redis.Redis, store_url: str, tmp_path: Path
):
    kept, digest = RedisStore(store), example()
    kept.save_profile(parse(digest.profile, '+++\ncategories = ["cs.LG"]\n+++\nPruning.\n'))
    kept.save_digest(digest)
    with connect(store_url, tmp_path) as connection, Workspace() as workspace:
        workspace.post(connection, digest, {"PAPERLARK_STORE__DATA_DIR": str(tmp_path)})
        group = Group(kept, workspace)
        count = group.vote(digest.date)
        group.decide(digest.date)
        page = workspace.page()
    votes = kept.votes.votes(f"slack:C1/{digest.profile}")
    assert len(votes) == count > 0
    assert {vote.door for vote in votes} == {Door.SLACK_REACTION}
    assert {vote.at.date() for vote in votes} == {digest.date}
    assert {vote.rank for vote in votes} <= set(range(1, len(digest.cards) + 1))
    assert [each.kind for each in kept.choices.decisions(digest.profile)] == [Act.ACCEPT]
    assert "👍 3" in page
