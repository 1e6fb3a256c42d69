"""A digest as Matrix messages: within every limit whatever it holds, and calling nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.matrix import limits, post, replies, text
from bot.doubles.matrix import limits as service
from bot.replies import AbstractOf, DigestPage, File, Hit, Home, Lines, Papers, Said
from paperlark.domain import Counts, Fate, VerdictState
from paperlark.post import Setting
from paperlark.subscription import Form, State, Subscription
from paperlark.target import Target
from tests import builders
from tests.builders import nasty_digests
from tests.lab import tuned
from tests.matrix import accepted
from tests.slack import FORM

if TYPE_CHECKING:
    from paperlark.domain import Digest
    from paperlark.post import Message

WEB = Setting(zone="Europe/Berlin", web="https://digest.example.org")
CALLS = (
    "@room",
    "@ada:example.org",
    "#reading:example.org",
    "!abc:example.org",
    "https://matrix.to/#/@ada:example.org",
    "matrix:u/ada:example.org",
    "<a href='https://matrix.to/#/@ada:example.org'>ada</a>",
    "<script>@room</script>",
    "<mx-reply>x</mx-reply>",
    "</p><img src=x onerror=y>",
    "ada, come here",
)


def composed(
    digest: Digest, form: Form = Form.THREAD, setting: Setting = WEB
) -> tuple[Message, ...]:
    messages = post.compose(digest, form, setting)
    for message in messages:
        accepted(dict(message.payload))
    return messages


def said(message: Message) -> str:
    return str(message.payload["body"])


def test_a_summary_leads_with_the_verdict_and_names_the_best():
    root, card, *_ = composed(builders.example())
    assert root.payload["msgtype"] == "m.text"
    lines = said(root).split("\n")
    assert lines[0] == "foundations · Thu 19 Nov · 10 of 311\u00a0papers"
    assert lines[2].startswith("✓ Complete · 452 announced → 311 scanned → 10 shown · 292 below")
    assert lines[3].startswith("Line 61.5, down 0.5: 11 of the last 14 votes were up")
    assert len(re.findall(r"\(https://arxiv.org/abs/", said(root))) == post.BEST
    assert "vote there with a 👍 or 👎 reaction" in said(root)
    assert "(https://digest.example.org/p/foundations/2026-11-19/)" in said(root)
    assert card.payload["msgtype"] == "m.notice", "clients make no sound of twelve cards"
    assert "Score 93 · relevance 10 · novelty 9" in said(card)
    assert said(card).endswith("`!abstract 2611.90412`")


@pytest.mark.parametrize("form", list(Form))
def test_every_card_is_a_message_that_a_reaction_can_mean(form: Form):
    digest = builders.example()
    messages = {m.paper: m for m in composed(digest, form) if m.paper}
    assert list(messages) == [card.paper.id for card in digest.cards]
    for card in digest.cards:
        message = messages[card.paper.id]
        assert (message.rank, message.score) == (card.rank, card.score.value)
        assert message.reply is (form is not Form.INLINE)


def test_a_post_of_one_line_says_the_rest_in_its_thread():
    root, about, *_ = composed(builders.example(), Form.THREAD_ONLY)
    assert said(root).startswith("foundations · Thu 19 Nov · 10 of 311\u00a0papers · ✓ Complete")
    assert about.reply
    assert "Line 61.5" in said(about)


def test_a_compact_summary_lists_every_title_that_fits():
    cards = tuple(
        builders.card(
            builders.paper(f"2611.9{n:04}", "A Title & More " * 40), rank=n, score=99 - n / 2
        )
        for n in range(1, 121)
    )
    root, *others = composed(builders.digest(cards), Form.COMPACT)
    assert re.search(r"… and \d+ more in the thread", said(root))
    assert len(others) == 120


def test_a_notice_is_one_line():
    setting = Setting(notice="No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov.")
    digest = builders.digest(state=VerdictState.QUIET, counts=Counts())
    (message,) = composed(digest, setting=setting)
    assert said(message) == (
        "foundations · No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov."
    )


def test_many_undecided_are_counted():
    lost = tuple(
        builders.unshown(f"2611.8{n:04}", f"Lost {n}", fate=Fate.UNDECIDED) for n in range(20)
    )
    *_, last = composed(builders.digest((builders.card(),), lost))
    assert "Lost 7" in said(last)
    assert "and 12\u00a0more." in said(last)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(digest=nasty_digests(), form=st.sampled_from(Form), web=st.sampled_from(["", WEB.web]))
def test_any_digest_fits_and_calls_nobody(digest: Digest, form: Form, web: str):
    composed(digest, form, Setting(web=web))


@settings(max_examples=30)
@given(
    title=st.sampled_from(CALLS) | st.text(max_size=400),
    comment=st.sampled_from(CALLS) | st.text(max_size=900),
    author=st.sampled_from(CALLS) | st.text(min_size=1, max_size=80),
)
def test_any_paper_is_a_card_that_fits_and_calls_nobody(title: str, comment: str, author: str):
    about = builders.paper("2611.90001", title, author)
    composed(builders.digest((builders.card(about, comment=comment),)))


@pytest.mark.parametrize("wide", ["&", '"', "\U0001f9d1\u200d\U0001f680", "\u0e01\u0e33", "<b>"])
@pytest.mark.parametrize("form", list(Form))
def test_the_longest_texts_fit(wide: str, form: Form):
    long = wide * 3_000
    cards = tuple(
        builders.card(builders.paper(f"2611.9{n:04}", long, *([long] * 9)), rank=n, comment=long)
        for n in range(1, 13)
    )
    digest = replace(builders.digest(cards), notes=(long,) * 9)
    composed(digest, form)


def test_a_board_has_its_chart_and_its_buttons_as_commands_to_type():
    [made] = replies.render(tuned(), year=2026)
    accepted(made)
    body, html = made["body"], made["formatted_body"]
    assert "<pre><code>Moves             to   votes before" in html
    assert body.index("Down 0.5 since") < body.index("Moves  ") < body.index("Next: 61.0")
    assert "Go to 61.0 now: `!digest tune accept 61.0`" in body
    assert "Undo: back to 62.0: `!digest tune undo 62.0`. Back to 62.0? The votes stay" in body
    assert body.count("`!digest tune ") == len(tuned().actions) + 1


def test_a_page_of_ones_own_says_what_it_is_ranked_by_and_turns_to_its_own_pages():
    digest = builders.example()
    page = DigestPage(digest, 1, 2, digest.cards[:5], own=True, said="Ranked for you alone.")
    [made] = replies.render(page, year=2026)
    accepted(made)
    assert "Ranked for you alone." in made["body"]
    assert "`!digest mine 2026-11-19 2`" in made["body"]


def test_text_is_cut_to_a_measure_before_it_is_too_long():
    made = text.fitting(lambda measure: f"<p>{'x' * measure.title * 200}</p>")
    assert service.size(made) <= service.EVENT
    assert len(made["body"]) < limits.TITLE * 200


def test_bodies_are_plain_and_say_what_the_html_says():
    html = '<h4>A &amp; B</h4><p>one<br><a href="https://a.example/x?y&amp;z">two</a></p>'
    assert text.plain(html) == "A & B\n\none\ntwo (https://a.example/x?y&z)"
    assert text.plain("<p>type <code>!digest today</code></p>") == "type `!digest today`"
    assert text.plain("<ul><li>a</li><li>b</li></ul>") == "a\nb"


def test_commands_are_shown_as_they_are_typed_here():
    made = str(text.coded("Say `/digest today` or `/abstract ID`; `paperlark doctor`, 1 ` 2"))
    assert made == "Say `/digest today` or `/abstract ID`; `paperlark doctor`, 1 ` 2"
    made = str(text.coded("Say `/digest today`, a/digest <b>"))
    assert made == "Say <code>!digest today</code>, a/digest &lt;b&gt;"


AT = builders.example().cards[0]
REPLIES = (
    Said("On arXiv: https://arxiv.org/abs/2611.90412 @room `/digest <today>`"),
    Lines("Yours @room", ("one `/digest x`", "<b>two</b>") * 50, "the end"),
    Papers("Saved", tuple(Hit(f"2611.9{n:04}", "<b>@room</b>", ("Ada",), "x") for n in range(40))),
    Papers("Saved", (), "Nothing saved yet. Press Save on a card."),
    File("a.bib", "@misc{a,\n  title = {<b>@room & more}\n}\n" * 3_000, "All of them"),
    AbstractOf(AT.paper, builders.DAY, score=AT.score, rank=1, of=10, profile="foundations"),
    Home(builders.example()),
    Home(None),
    FORM,
    DigestPage(builders.example(), 1, 2, builders.example().cards[:5]),
    DigestPage(builders.example(), 0, 2, below=builders.example().not_shown[:4], profile="x"),
    DigestPage(builders.digest(), 1, 1),
)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_every_answer_fits_and_calls_nobody(reply: Any):
    made = replies.render(reply, year=2026)
    assert made
    for content in made:
        accepted(content)
        assert content["msgtype"] == "m.notice"


def test_a_long_file_ends_with_where_the_rest_is():
    made = replies.render(REPLIES[4])
    assert len(made) == limits.SHEETS
    assert made[-1]["body"].endswith("gets all of it with `paperlark archive export`.")
    assert "beginning" not in made[0]["body"]


def test_an_answer_without_words_is_none():
    assert replies.render(Said("")) == ()


def test_a_page_says_what_to_type_for_the_next():
    body = replies.render(REPLIES[9], year=2026)[0]["body"]
    assert "6–10 →: `!digest 2026-11-19 2`" in body
    assert "Just below the line: `!digest 2026-11-19 below`" in body
    assert "`!digest 2026-11-19 1 profile:x`" in replies.render(REPLIES[10])[0]["body"]


def test_a_file_stays_as_it_is_but_for_names_of_people():
    bib = "@misc{a:2026,\n  url = {https://arxiv.org/abs/2611.90412}\n}\n% @room @ada:example.org"
    html = text.drawn("file", said="", text=text.verbatim(bib), end="")
    shown = text.plain(html)
    assert shown.replace("\u2060", "") == bib
    assert shown.count("\u2060") == 2
    assert shown.startswith("@misc{a:2026,\n  url = {https://arxiv.org")


def test_ones_own_page_names_the_places_and_what_keeps_a_digest_away():
    here = Subscription(Target("matrix", "!reading:example.org"), "foundations")
    away = replace(here, profile="language", state=State.DISABLED, reason="gone <b>")
    home = Home(builders.example(), subscriptions=(here, away), web="https://digest.example.org")
    (content,) = replies.render(home, year=2026)
    accepted(content)
    assert "reading:example.org: foundations, Mon–Fri 08:00 (UTC)" in content["body"]
    assert "· disabled: gone <b>" in content["body"]
    assert "Best: Oscillation Pays" in content["body"]
    assert "(https://digest.example.org/about)" in content["body"]
