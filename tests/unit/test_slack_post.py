"""A digest as Slack messages: as reviewed by eye, and within every limit whatever it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from bot.channels.slack import post
from paperlark.domain import Counts, Fate, VerdictState
from paperlark.post import Setting
from paperlark.subscription import Form
from tests import block_kit, builders
from tests.drawn import compared

if TYPE_CHECKING:
    from paperlark.domain import Digest
    from paperlark.post import Message

WEB = Setting(zone="Europe/Berlin", web="https://digest.example.org")


def composed(
    digest: Digest, form: Form = Form.THREAD, setting: Setting = WEB
) -> tuple[Message, ...]:
    messages = post.compose(digest, form, setting)
    block_kit.post_accepted(messages)
    return messages


def said(payload: Any) -> str:
    """Every text people read, in order."""
    if isinstance(payload, dict):
        own = payload["text"] if isinstance(payload.get("text"), str) else ""
        return own + "".join(said(value) for value in payload.values())
    return "".join(said(value) for value in payload) if isinstance(payload, list) else ""


def test_the_summary_and_a_card_as_reviewed():
    messages = composed(builders.example())
    compared("slack-summary.json", messages[0].payload)
    compared("slack-card.json", messages[4].payload)
    compared("slack-undecided.json", messages[-1].payload)


@pytest.mark.parametrize("form", [Form.COMPACT, Form.THREAD_ONLY, Form.INLINE])
def test_the_other_forms_as_reviewed(form: Form):
    root = composed(builders.example(), form)[0]
    compared(f"slack-{form}.json", root.payload)


@pytest.mark.parametrize("form", list(Form))
def test_every_card_is_a_message_that_a_reaction_can_mean(form: Form):
    digest = builders.example()
    messages = {m.paper: m for m in composed(digest, form) if m.paper}
    assert list(messages) == [card.paper.id for card in digest.cards]
    for card in digest.cards:
        message = messages[card.paper.id]
        assert message.part == f"card:{card.paper.id}"
        assert (message.rank, message.score) == (card.rank, card.score.value)
        assert message.reply is (form is not Form.INLINE)


def test_cards_come_after_the_summary_and_the_undecided_close():
    parts = [message.part for message in composed(builders.example())]
    assert (parts[0], parts[1], parts[-1]) == ("summary", "card:2611.90412", "undecided")


def test_a_post_of_one_line_says_the_rest_in_its_thread():
    root, about, *_ = composed(builders.example(), Form.THREAD_ONLY)
    assert len(root.payload["blocks"]) == 2  # the line, and what must be told
    assert about.reply
    assert "Line 61.5" in said(about.payload)


def test_a_day_with_nothing_over_the_line_names_the_nearest_where_nothing_is_parsed():
    near = builders.unshown("2611.90340", "<!channel> *Momentum*", score=61.2)
    messages = composed(builders.digest((), (near,), line=builders.example().line))
    assert len(messages) == 1
    verdict = messages[0].payload["blocks"][1]["elements"]
    assert verdict[0]["text"].endswith("none over the line (61.5). Nearest:")
    assert verdict[1] == {
        "type": "plain_text",
        "text": "<!channel> *Momentum* (61.2).",
        "emoji": False,
    }


def test_a_late_post_says_so():
    messages = composed(builders.example(), setting=replace(WEB, late_s=3 * 3600.0))
    assert "✓ *Complete, 3\u00a0h late*  ·" in said(messages[0].payload)


def test_a_catch_up_names_its_days():
    days = (date(2026, 11, 18), date(2026, 11, 19))
    messages = composed(builders.example(), setting=replace(WEB, covers=days, missed=True))
    assert "*Catch-up.* Thu 19 Nov, with Wed 18 Nov: 311 scanned, 10 shown." in said(
        messages[0].payload
    )


def test_a_partial_day_says_what_is_missing_first():
    digest = builders.digest(
        builders.example().cards, state=VerdictState.PARTIAL, detail="stat.ML is missing"
    )
    assert "! *Partial.* stat.ML is missing." in said(composed(digest)[0].payload)


def test_a_notice_is_one_line():
    setting = Setting(notice="No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov.")
    digest = builders.digest(state=VerdictState.QUIET, counts=Counts())
    (message,) = composed(digest, setting=setting)
    assert (message.part, message.reply) == ("notice", False)
    assert message.payload["text"] == (
        "foundations: No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov."
    )
    bold = [p["text"] for p in message.payload["blocks"][0]["elements"][0]["elements"][:2]]
    assert bold == ["foundations · ", "No announcement"]


def test_a_compact_summary_of_many_long_titles_counts_those_it_leaves_to_the_thread():
    cards = tuple(
        builders.card(
            builders.paper(f"2611.9{n:04}", "A Title & More " * 40), rank=n, score=99 - n / 2
        )
        for n in range(1, 121)
    )
    root, *others = composed(builders.digest(cards), Form.COMPACT)
    assert "more in the thread" in said(root.payload)
    assert len(others) == 120


def test_many_undecided_are_counted():
    lost = tuple(
        builders.unshown(f"2611.9{n:04}", f"Lost {n}", fate=Fate.UNDECIDED, reason="x")
        for n in range(30)
    )
    *_, last = composed(builders.digest((), lost))
    assert said(last.payload["blocks"]).endswith("Lost 7 and 22\u00a0more.")


def test_a_paper_twice_in_a_digest_is_one_message():
    twice = builders.digest((builders.card(), builders.card(rank=2, score=80.0)))
    assert [m.part for m in composed(twice)] == ["summary", "card:2611.90001"]


@given(digest=block_kit.digests(), form=block_kit.forms(), setting=block_kit.settings())
@settings(max_examples=50)
def test_slack_takes_every_post_and_nobody_is_called(
    digest: Digest, form: Form, setting: Setting
) -> None:
    composed(digest, form, setting)


@given(digest=builders.nasty_digests(), form=block_kit.forms())
@settings(max_examples=25)
def test_slack_takes_the_posts_of_strangers(digest: Digest, form: Form) -> None:
    composed(digest, form)


@pytest.mark.proof
@given(digest=block_kit.digests(), form=block_kit.forms(), setting=block_kit.settings())
@settings(max_examples=10_000)
def test_slack_takes_ten_thousand_posts(digest: Digest, form: Form, setting: Setting) -> None:
    composed(digest, form, setting)
