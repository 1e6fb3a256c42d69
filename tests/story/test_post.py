"""``paperlark digest --post`` as people run it: real processes, a loopback arXiv and Slack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.channels import kinds
from bot.doubles.slack.double import SlackDouble
from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days
from tests.story.test_cli import THURSDAY, Program, program

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def slack() -> Iterator[SlackDouble]:
    with SlackDouble() as running:
        yield running


@pytest.fixture
def run(slack: SlackDouble) -> Iterator[Program]:
    with ArxivDouble(days()) as arxiv, program(arxiv) as ready:
        ready.environ |= slack.environ()
        ready.environ["PAPERLARK_CHANNELS__CONSOLE__PATH"] = str(ready.folder / "out.txt")
        yield ready


def post(run: Program, *args: str) -> tuple[int, str]:
    done = run("digest", THURSDAY, "--profile", "foundations", "--format", "json", "--post", *args)
    if done.returncode == 0:
        assert json.loads(done.stdout)["date"] == THURSDAY
    return done.returncode, done.stderr


def test_a_digest_is_posted_to_every_subscription_of_its_profile_once(
    run: Program, slack: SlackDouble
):
    code, said = post(run)
    assert code == 1
    assert "Nobody gets “foundations” yet. Add a target: `paperlark subs add TARGET" in said
    for target in ("slack:C1", "slack:C404", "console:"):
        added = run("subs", "add", target, "--profile", "foundations", "--tz", "UTC")
        assert added.returncode == 0, added.stderr
    code, said = post(run)
    assert code == 1, "one of the three is no channel"
    assert "✓ slack:C1/foundations: posted, " in said
    assert "✓ console:/foundations: posted, 1 message\n" in said
    assert "✗ slack:C404/foundations: Slack has no channel C404" in said
    assert "It did not arrive everywhere" in said
    before = len(slack.messages("C1"))
    assert before > 1
    code, said = post(run)
    assert "✓ slack:C1/foundations: 2026-11-19 is posted already, and was not posted again" in said
    assert "✗ slack:C404/foundations: is disabled, so nothing was posted" in said
    assert len(slack.messages("C1")) == before
    assert (run.folder / "out.txt").read_text().count("\x1e") == 1


def test_a_channels_messages_are_shown_without_a_token(run: Program):
    for name in [each for each in run.environ if "__SLACK__" in each]:
        del run.environ[name]
    shown = run("digest", THURSDAY, "--profile", "foundations", "--format", "slack")
    assert shown.returncode == 0, shown.stderr
    first, *cards = json.loads(shown.stdout)
    assert (first["part"], first["reply"]) == ("summary", False)
    assert first["payload"]["blocks"]
    assert {"part", "reply", "payload", "paper", "rank", "score"} <= set(cards[0])


def test_an_unknown_format_is_told_which_there_are(run: Program):
    done = run("digest", "--format", "telegram")
    assert done.returncode == 2
    assert "no format 'telegram'; choose one of text, md, html, json, " in done.stderr
    assert f"{', '.join(kinds())}" in done.stderr
