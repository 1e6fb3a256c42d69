"""What the desk answers, as Slack shows it: as reviewed by eye, and within every limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack import limits, replies, settings_view
from bot.replies import (
    AbstractOf,
    Action,
    File,
    Hit,
    Home,
    Lines,
    Papers,
    Said,
    SettingsForm,
)
from paperlark.domain import AnnounceType, Counts, Score, VerdictState
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote
from tests import block_kit, builders
from tests.drawn import AT, FORM, compared, page
from tests.lab import tuned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from paperlark.domain import Digest


def found(payload: Any, key: str) -> Iterator[Any]:
    """Every value under that key, in order."""
    if isinstance(payload, dict):
        yield from (value for name, value in payload.items() if name == key)
        payload = list(payload.values())
    if isinstance(payload, list):
        for inner in payload:
            yield from found(inner, key)


def said(payload: Mapping[str, Any]) -> str:
    texts = [text for text in found(payload.get("blocks", []), "text") if isinstance(text, str)]
    return "".join(texts)


def labels(payload: Mapping[str, Any]) -> list[str]:
    """What the buttons of the last row say."""
    return [element["text"]["text"] for element in payload["blocks"][-1]["elements"]]


def test_the_second_page_of_a_digest_as_reviewed():
    reply = page(builders.example(), 2, votes={"2603.90871": Thumb.UP}, saved={"2611.90155"})
    payload = replies.render(reply, year=2026)
    block_kit.accepted(payload)
    compared("slack-page-2.json", payload)


def test_the_near_misses_as_reviewed():
    payload = replies.render(page(builders.example(), 0), year=2026)
    block_kit.accepted(payload)
    compared("slack-page-below.json", payload)


def test_pages_are_turned_by_the_ranks_they_hold():
    digest = builders.example()
    first, last = replies.render(page(digest, 1)), replies.render(page(digest, 2))
    assert labels(first) == ["6–10 →", "Just below the line", "Share here"]
    assert labels(last) == ["← 1–5", "Just below the line", "Share here"]
    values = [element["value"] for element in last["blocks"][-1]["elements"]]
    assert values == ["2026-11-19:1", "2026-11-19:below", "2026-11-19:2"]
    assert labels(replies.render(page(digest, 0))) == ["← 1–5"]
    middle = replies.render(page(digest, 2, size=3))
    assert labels(middle)[:2] == ["← 1–3", "7–9 →"]


def test_a_page_without_a_card_says_why():
    digest = builders.digest(state=VerdictState.QUIET, detail="Thanksgiving", counts=Counts())
    payload = replies.render(page(digest, 1))
    block_kit.accepted(payload)
    assert "*No announcement* on Thu 19 Nov (Thanksgiving)." in said(payload)


def test_the_line_is_drawn_before_a_card_from_under_it():
    digest = builders.example()
    wild = replace(digest.cards[-1], score=Score(45.0, 4, 8))
    payload = replies.render(page(replace(digest, cards=(*digest.cards[:-1], wild)), 2))
    at = [block["block_id"] for block in payload["blocks"]]
    assert at.index("theline") + 1 == at.index("c:10")


def test_a_vote_and_a_save_show_on_their_own_buttons():
    reply = page(builders.example(), 1, votes={"2611.90412": Thumb.UP}, saved={"2611.90412"})
    payload = replies.render(reply)
    up, down = payload["blocks"][2]["elements"][:2]
    assert (up["style"], up["accessibility_label"]) == (
        "primary",
        "Good pick: your vote; press to take it back",
    )
    assert "style" not in down
    assert payload["blocks"][2]["elements"][3]["options"][0]["value"] == "unsave:2611.90412"


def test_what_is_shared_shows_nothing_of_the_sharers_own():
    reply = page(builders.example(), 1, votes={"2611.90412": Thumb.DOWN}, saved={"2611.90412"})
    payload = replies.render(reply, shared_by="<@U1> mira")
    block_kit.accepted(payload)
    assert payload["response_type"] == "in_channel"
    assert "primary" not in list(found(payload, "style"))
    assert "unsave:2611.90412" not in list(found(payload, "value"))
    assert "share" not in list(found(payload, "action_id"))
    assert said(payload).endswith("Shared by <@U1> mira")


def test_an_abstract_as_reviewed():
    first = builders.example().cards[0]
    reply = AbstractOf(
        first.paper,
        date(2026, 11, 19),
        AnnounceType.NEW,
        "foundations",
        first.score,
        rank=1,
        of=10,
        saved=True,
    )
    payload = replies.render(reply)
    block_kit.accepted(payload)
    compared("slack-abstract.json", payload)


def test_an_abstract_of_which_nothing_else_is_known():
    payload = replies.render(AbstractOf(builders.paper(abstract="", categories=())))
    block_kit.accepted(payload)
    assert "No abstract is kept." in said(payload)


def test_a_command_in_a_sentence_is_set_as_code():
    payload = replies.render(Said("paperlark isn't in #reading. Type `/invite @paperlark` there."))
    block_kit.accepted(payload)
    parts = payload["blocks"][0]["elements"][0]["elements"]
    assert parts[1] == {"type": "text", "text": "/invite @paperlark", "style": {"code": True}}


def test_a_backtick_alone_is_a_sign():
    payload = replies.render(Said("a ` b"))
    assert payload["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "a ` b"}]


def test_lines_that_do_not_fit_are_counted():
    payload = replies.render(Lines("Trace", tuple(f"{n} " + "x" * 390 for n in range(90)), "foot"))
    block_kit.accepted(payload)
    assert "more" in said(payload)
    block_kit.accepted(replies.render(Lines("Help", ())))


def test_the_line_and_what_can_be_done_about_it_as_reviewed():
    payload = replies.render(tuned())
    block_kit.accepted(payload)
    compared("slack-tune.json", payload)


def test_buttons_ask_what_they_say_and_the_risky_one_asks_back():
    payload = replies.render(tuned())
    [row] = [block for block in payload["blocks"] if block["type"] == "actions"]
    values = [(each["action_id"], each["value"]) for each in row["elements"]]
    assert values[:2] == [("do:0", "tune accept 61.0"), ("do:1", "tune try 61.0")]
    asked = [each["confirm"]["title"]["text"] for each in row["elements"] if "confirm" in each]
    assert asked == ["Back to 62.0?"]


@settings(max_examples=30)
@given(st.lists(block_kit.texts(400), max_size=30), block_kit.texts(), block_kit.texts())
def test_any_board_is_taken(lines: list[str], chart: str, other: str):
    actions = [Action(each, other, "primary", each) for each in lines]
    board = Lines(other, tuple(lines), other, chart, tuple(actions))
    block_kit.accepted(replies.render(board))


def test_saved_papers_can_be_taken_away():
    hits = tuple(Hit(f"2611.9{n:04}", f"Title {n}", ("A", "B"), "saved") for n in range(30))
    payload = replies.render(Papers("Saved", hits, removable=True))
    block_kit.accepted(payload)
    assert sum(str(name).startswith("unsave:") for name in found(payload, "action_id")) == 15
    assert "… and 15\u00a0more" in said(payload)


def test_no_papers_say_so():
    payload = replies.render(Papers("Saved", (), empty="Nothing saved yet. Press Save on a card."))
    block_kit.accepted(payload)
    assert said(payload) == "Nothing saved yet. Press Save on a card."


def test_a_long_file_comes_whole_in_several_messages():
    text = "".join(f"@article{{paper{n},\n  title = {{A & B}}\n}}\n" for n in range(700))
    messages = replies.sheets(File("papers.bib", text, "Seven hundred papers."))
    for payload in messages:
        block_kit.accepted(payload)
    kept = "\n".join(said(payload) for payload in messages).replace("\n", "")
    assert kept == "Seven hundred papers." + text.replace("\n", "")
    assert replies.render(File("papers.bib", text, "Seven hundred papers.")) == messages[0]


def test_an_empty_file_is_a_message_too():
    (payload,) = replies.sheets(File("empty.bib", ""))
    block_kit.accepted(payload)


def test_the_settings_as_reviewed():
    view = replies.render(FORM)
    block_kit.view_accepted(view)
    compared("slack-settings.json", view)


def test_what_other_lines_would_have_shown_stands_below_the_line():
    near = ("56.5: 9\u00a0cards more in 30 days", "66.5: the same cards in 30 days")
    view = settings_view.modal(replace(FORM, nearby=near))
    block_kit.view_accepted(view)
    told = [block["elements"][0]["text"] for block in view["blocks"][-2:]]
    assert told == list(near)


def test_every_input_is_named_after_its_field():
    view = settings_view.modal(FORM)
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    names = {block["block_id"] for block in inputs}
    assert names == set(SettingsForm.__dataclass_fields__) - {
        "profile",
        "line_now",
        "nearby",
        "first",
        "stamp",
    }
    assert all(block["element"]["action_id"] == block["block_id"] for block in inputs)


def test_a_digest_of_more_cards_than_usual_keeps_its_number():
    view = settings_view.modal(replace(FORM, cap=80))
    block_kit.view_accepted(view)
    (cap,) = [block["element"] for block in view["blocks"] if block.get("block_id") == "cap"]
    assert (cap["initial_value"], cap["max_value"]) == ("80", "80")


def test_topics_too_long_for_a_field_are_not_offered():
    view = settings_view.modal(replace(FORM, topics="x" * (limits.INPUT + 1)))
    block_kit.view_accepted(view)
    assert "topics" not in {b["block_id"] for b in view["blocks"] if b["type"] == "input"}


def home() -> Home:
    votes = tuple(
        Vote(AT, "slack:U1", "slack:C0EXAMPLE1/foundations", f"2611.9{n:04}", thumb, Door.PAGE)
        for n, thumb in enumerate([Thumb.UP, Thumb.DOWN, Thumb.NONE, Thumb.UP])
    )
    subscription = Subscription(
        Target("slack", "C0EXAMPLE1"), "foundations", at=time(8), zone="Europe/Berlin"
    )
    other = Subscription(
        Target("mail", "ada@example.org"), "foundations", state=State.DISABLED, reason="full box"
    )
    hit = Hit("2611.90518", "Orbits Are Enough", ("Trần Thị Mỹ Duyên", "Åsne Lindkvist-Berg"))
    web = "https://digest.example.org"
    return Home(builders.example(), ((hit, AT),), votes, (subscription, other), web)


def test_the_home_tab_as_reviewed():
    view = replies.render(home(), year=2026)
    block_kit.view_accepted(view)
    compared("slack-home.json", view)


def test_the_home_tab_of_a_newcomer():
    view = replies.render(Home(None))
    block_kit.view_accepted(view)
    assert "No digest yet." in said(view)
    assert "Nothing saved yet." in said(view)


def test_a_full_home_tab_fits():
    hits = tuple((Hit(f"2611.9{n:04}", "T" * 400, ("A",) * 90), AT) for n in range(300))
    places = tuple(
        Subscription(Target("slack", f"C{n:05}"), "foundations", reason="x" * 900)
        for n in range(40)
    )
    block_kit.view_accepted(replies.render(replace(home(), saved=hits, subscriptions=places)))


@pytest.mark.parametrize("address", ["U1", "C1|x", "!channel", "C0EXAMPLE1> <!channel", "@here"])
def test_a_places_address_calls_nobody(address: str):
    places = (Subscription(Target("slack", address), "<!here>", zone="<@U1>"),)
    block_kit.view_accepted(replies.render(replace(home(), subscriptions=places)))


@given(digest=block_kit.digests(), number=st.integers(0, 2), shared=st.sampled_from(["", "mira"]))
@settings(max_examples=20)
def test_slack_takes_every_page(digest: Digest, number: int, shared: str) -> None:
    reply = page(digest, number)
    block_kit.accepted(replies.render(reply, shared_by=shared))
    for card in reply.cards:
        full = AbstractOf(card.paper, digest.date, card.announce_type, digest.profile, card.score)
        block_kit.accepted(replies.render(replace(full, rank=1, of=9), shared_by=shared))


@given(
    text=block_kit.texts(),
    other=block_kit.texts(),
    names=st.lists(block_kit.texts(90), max_size=90),
)
@settings(max_examples=40)
def test_slack_takes_every_other_answer(text: str, other: str, names: list[str]) -> None:
    hits = (Hit("2611.90001", text, tuple(names), other),) * 1
    for reply in (
        Said(text),
        Lines(text, tuple(names), other),
        Papers(text, hits, other),
        Papers(text, (), other),
        File(text, other, text),
    ):
        block_kit.accepted(replies.render(reply))
    form = replace(FORM, profile=text, topics=other, authors=tuple(names), zone=other, first=text)
    block_kit.view_accepted(replies.render(replace(form, categories=tuple(names[:3]))))
    block_kit.view_accepted(replies.render(replace(home(), saved=((hits[0], AT),), web=text)))
