"""A digest as Discord messages: as reviewed by eye, and within every limit whatever it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.discord import limits, parts, post
from paperlark.domain import Counts, Fate, VerdictState
from paperlark.post import Setting
from paperlark.subscription import Form
from tests import block_kit, builders, components
from tests.drawn import compared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import Digest
    from paperlark.post import Message

WEB = Setting(zone="Europe/Berlin", web="https://digest.example.org")


def composed(
    digest: Digest, form: Form = Form.THREAD, setting: Setting = WEB, *, plain: bool = False
) -> tuple[Message, ...]:
    messages = post.compose(digest, form, setting, plain=plain)
    components.post_accepted(messages)
    return messages


def said(payload: Mapping[str, Any]) -> str:
    """Every text people read, in order."""
    embeds = "".join(
        f"{embed.get('title', '')}\n{embed.get('description', '')}"
        for embed in payload.get("embeds", ())
    )
    return embeds + "\n".join(p.get("content", "") for p in parts.walk(payload["components"]))


def test_the_summary_and_a_card_as_reviewed():
    messages = composed(builders.example())
    compared("discord-summary.json", messages[0].payload)
    compared("discord-card.json", messages[4].payload)
    compared("discord-undecided.json", messages[-1].payload)


def test_the_plain_summary_and_card_as_reviewed():
    messages = composed(builders.example(), plain=True)
    compared("discord-plain-summary.json", messages[0].payload)
    compared("discord-plain-card.json", messages[4].payload)


@pytest.mark.parametrize("form", [Form.COMPACT, Form.THREAD_ONLY, Form.INLINE])
def test_the_other_forms_as_reviewed(form: Form):
    compared(f"discord-{form}.json", composed(builders.example(), form)[0].payload)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("plain", [False, True])
def test_every_card_is_a_message_that_a_reaction_can_mean(form: Form, plain: bool):  # noqa: FBT001  (pytest gives it by name)
    digest = builders.example()
    messages = {m.paper: m for m in composed(digest, form, plain=plain) if m.paper}
    assert list(messages) == [card.paper.id for card in digest.cards]
    for card in digest.cards:
        message = messages[card.paper.id]
        assert message.part == f"card:{card.paper.id}"
        assert (message.rank, message.score) == (card.rank, card.score.value)
        assert message.reply is (form is not Form.INLINE)
        names = [p.get("custom_id") for p in parts.walk(message.payload["components"])]
        verbs = ("vote:up", "vote:down", "abstract", "save")
        assert [n for n in names if n] == [f"{verb}:{card.paper.id}" for verb in verbs]


def test_the_thread_is_named_after_the_digest():
    assert composed(builders.example())[1].payload["thread"] == "foundations · Thu 19 Nov"


def test_cards_come_after_the_summary_and_the_undecided_close():
    names = [message.part for message in composed(builders.example())]
    assert (names[0], names[1], names[-1]) == ("summary", "card:2611.90412", "undecided")


def test_a_post_of_one_line_says_the_rest_in_its_thread():
    root, about, *_ = composed(builders.example(), Form.THREAD_ONLY)
    assert len(root.payload["components"]) == 1
    assert about.reply
    assert "**Line 61.5**" in said(about.payload)


@pytest.mark.parametrize("plain", [False, True])
def test_a_day_with_nothing_over_the_line_names_the_nearest_escaped(plain: bool):  # noqa: FBT001  (the same)
    near = builders.unshown("2611.90340", "<@&1> @everyone *Momentum*", score=61.2)
    digest = builders.digest((), (near,), line=builders.example().line)
    (message,) = composed(digest, plain=plain)
    assert "Nearest: \\<@&1\\> @\u2060everyone \\*Momentum\\* (61.2)." in said(message.payload)


def test_a_late_post_says_so():
    messages = composed(builders.example(), setting=replace(WEB, late_s=3 * 3600.0))
    assert "✓ **Complete, 3\u00a0h late** ·" in said(messages[0].payload)


def test_a_catch_up_names_its_days():
    days = (date(2026, 11, 18), date(2026, 11, 19))
    messages = composed(builders.example(), setting=replace(WEB, covers=days, missed=True))
    assert "Thu 19 Nov, with Wed 18 Nov: 311 scanned, 10 shown." in said(messages[0].payload)


def test_a_partial_day_says_what_is_missing_first():
    digest = builders.digest(
        builders.example().cards, state=VerdictState.PARTIAL, detail="stat.ML is missing"
    )
    assert "! **Partial.** stat.ML is missing." in said(composed(digest)[0].payload)


@pytest.mark.parametrize("plain", [False, True])
def test_a_notice_is_one_line(plain: bool):  # noqa: FBT001  (the same)
    setting = Setting(notice="No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov.")
    digest = builders.digest(state=VerdictState.QUIET, counts=Counts())
    (message,) = composed(digest, setting=setting, plain=plain)
    assert (message.part, message.reply) == ("notice", False)
    assert said(message.payload).strip() == (
        "**foundations ·** **No announcement** on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov."
    )


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


def test_a_summary_too_long_for_discord_says_less_of_each_paper():
    cards = tuple(
        builders.card(
            builders.paper(f"2611.9{n:04}", "A Title and More " * 40, *["A Long Name"] * 80),
            rank=n,
            score=99 - n,
            comment="Because of it. " * 60,
        )
        for n in range(1, 7)
    )
    drawn = composed(builders.digest(cards))[0].payload["components"]
    assert len([p for p in parts.walk(drawn) if "](" in p.get("content", "")]) == post.BEST
    assert limits.TOTAL / 2 < parts.weight(drawn) <= limits.TOTAL


def test_many_undecided_are_counted():
    lost = tuple(
        builders.unshown(f"2611.9{n:04}", f"Lost {n}", fate=Fate.UNDECIDED, reason="x")
        for n in range(30)
    )
    *_, last = composed(builders.digest((), lost))
    assert said(last.payload).endswith(
        "[Lost 7](https://arxiv.org/abs/2611.90007) and 22\u00a0more."
    )


def test_a_paper_twice_in_a_digest_is_one_message():
    twice = builders.digest((builders.card(), builders.card(rank=2, score=80.0)))
    assert [m.part for m in composed(twice)] == ["summary", "card:2611.90001"]


@given(
    digest=block_kit.digests(),
    form=block_kit.forms(),
    setting=block_kit.settings(),
    plain=st.booleans(),
)
@settings(max_examples=60)
def test_discord_takes_every_post_and_nobody_is_called(
    digest: Digest, form: Form, setting: Setting, *, plain: bool
) -> None:
    composed(digest, form, setting, plain=plain)


@given(digest=builders.nasty_digests(), form=block_kit.forms(), plain=st.booleans())
@settings(max_examples=25)
def test_discord_takes_the_posts_of_strangers(digest: Digest, form: Form, *, plain: bool) -> None:
    composed(digest, form, plain=plain)


@pytest.mark.proof
@pytest.mark.parametrize("plain", [False, True])  # side by side, where there are two cores
@given(digest=block_kit.digests(), form=block_kit.forms(), setting=block_kit.settings())
@settings(max_examples=5_000)
def test_discord_takes_ten_thousand_posts(
    digest: Digest, form: Form, setting: Setting, *, plain: bool
) -> None:
    composed(digest, form, setting, plain=plain)
