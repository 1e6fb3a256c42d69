"""The demonstration's Slack: posted by the real channel through the ledger, drawn as it looks."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from paperlark.demo.slack import Workspace
from paperlark.store.connection import connect
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
