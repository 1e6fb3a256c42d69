"""Digests as hard on a chat as any day could be, and what every Slack payload of ours must pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from bot.doubles.slack.limits import cautions, problems, view_problems
from bot.doubles.slack.pings import pings
from paperlark.domain import AnnounceType, Digest, Fate, Line, VerdictState
from paperlark.post import Setting
from paperlark.subscription import Form
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hypothesis.strategies import SearchStrategy

    from paperlark.domain import Card, Paper, Unshown
    from paperlark.post import Message

_PIECES = (
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<@U1>",
    "<@U1|mira>",
    "<#C1>",
    "<!subteam^S1>",
    "<!date^0^{date}|x>",
    "@channel @here @everyone",
    "&amp; &lt;!channel&gt;",
    "& < > &&& <<<",
    "<https://x.example|click>",
    ":smile: :skin-tone-2:",
    "*b* _i_ ~s~ `c` ```pre```",
    "> quote",
    "• • •",
    "\x00\x07\x1b[31m\x7f\x85",
    "\n\n\r\n\t\v",
    "\u2028\u2029",
    "\u202eabc\u202c\u2066x\u2069",
    "مرحبا بالعالم",
    "שלום",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪🇫🇷👍🏽",
    "日本語の長い題名はどこでも切れる",
    "e\u0301\u0323\u0302" * 5,
    "𝒪(1/√T)",
    "\ud800",
    "\ufffe\U0001ffff",
    "|",
    "",
    " ",
    "x" * 300,
    "word " * 60,
    "&" * 200,
    "😀" * 200,
)


@cache  # a strategy made anew for each text takes longer than the text
def texts(longest: int = 3001) -> SearchStrategy[str]:
    """Text with everything a service could trip over, some of it as long as `longest`."""
    piece = st.one_of(st.sampled_from(_PIECES), st.text(max_size=30))
    short = st.lists(piece, max_size=5).map(" ".join)
    repeated = st.tuples(piece, st.integers(1, 400)).map(lambda drawn: drawn[0] * drawn[1])
    return st.one_of(short, short, repeated.map(lambda text: text[:longest]))


def _papers(keys: Iterable[str]) -> SearchStrategy[tuple[Paper, ...]]:
    return st.tuples(*(_paper(key) for key in keys))


@cache
def _paper(key: str) -> SearchStrategy[Paper]:
    names = st.one_of(
        st.lists(texts(120), min_size=1, max_size=4),
        texts(80).map(lambda name: [f"{name} {number}" for number in range(90)]),
    )
    return st.builds(
        lambda title, who, abstract, category: builders.paper(
            key, title, *who, abstract=abstract, categories=(category, "cs.LG")
        ),
        texts(),
        names,
        texts(),
        texts(60),
    )


def _card(paper: Paper, rank: int, score: float, comment: str, followed: int) -> Card:
    return builders.card(
        paper,
        rank=rank,
        score=score,
        comment=comment,
        relevance=None if rank % 2 else 7,
        announce_type=list(AnnounceType)[rank % 4],
        followed=tuple(author.name for author in paper.authors[:followed]),
    )


@st.composite
def digests(draw: st.DrawFn, most: int = 6) -> Digest:
    """A digest of up to `most` cards; every text in it is anybody's."""
    shown = draw(st.integers(0, most))
    papers = draw(_papers(f"2611.{90000 + number}" for number in range(shown)))
    drawn = draw(st.sets(st.floats(0, 100), min_size=shown, max_size=shown))
    comments = draw(st.lists(texts(), min_size=shown, max_size=shown))
    followed = draw(st.integers(0, 20))
    rows = zip(papers, range(1, shown + 1), sorted(drawn, reverse=True), comments, strict=True)
    digest = builders.digest(
        tuple(_card(*row, followed) for row in rows),
        draw(_rest()),
        profile=draw(texts(200)),
        state=draw(st.sampled_from(VerdictState)),
        detail=draw(texts()),
        line=Line(draw(st.floats(0, 100)), 50.0, said=draw(texts())),
        notes=tuple(draw(st.lists(texts(), max_size=8))),
    )
    usage = replace(digest.usage, model=draw(st.one_of(st.none(), texts(200))))
    return replace(digest, usage=usage)


@st.composite
def _rest(draw: st.DrawFn) -> tuple[Unshown, ...]:
    below = tuple(
        builders.unshown(f"2611.{91000 + at}", draw(texts()), draw(texts(90)), score=20.0 - at)
        for at in range(draw(st.integers(0, 5)))
    )
    lost = tuple(
        builders.unshown(f"2611.{92000 + at}", draw(texts()), fate=Fate.UNDECIDED, reason="x")
        for at in range(draw(st.integers(0, 12)))
    )
    return (*below, *lost)


def settings() -> SearchStrategy[Setting]:
    """How a post may come: in time or late, alone or as a catch-up, with pages or without."""
    days = tuple(date(2026, 11, day) for day in (17, 18, 19))
    return st.builds(
        Setting,
        covers=st.sampled_from([(), days[-1:], days[1:], days]),
        missed=st.booleans(),
        late_s=st.sampled_from([0.0, 1000.0, 10_800.0, 400_000.0]),
        web=st.sampled_from(["", "https://digest.example.org", "https://x.example/" + "y" * 3000]),
        notice=st.one_of(st.just(""), st.just(""), texts()),
    )


def forms() -> SearchStrategy[Form]:
    """Any form of a post."""
    return st.sampled_from(Form)


def accepted(payload: Mapping[str, Any]) -> None:
    """A message that Slack takes whole, with a line for screen readers, and that calls nobody."""
    assert problems(payload) == ()
    assert cautions(payload) == ()
    assert tuple(pings(payload)) == ()


def view_accepted(view: Mapping[str, Any]) -> None:
    """The same for a modal or a Home tab."""
    assert view_problems(view) == ()
    assert tuple(pings(view)) == ()


def post_accepted(messages: tuple[Message, ...]) -> None:
    """A whole post: at least one message, each taken, each part's name once."""
    assert messages
    assert not messages[0].reply
    parts = [message.part for message in messages]
    assert len(set(parts)) == len(parts)
    for message in messages:
        keyed = {**message.payload["metadata"]["event_payload"], "key": "k" * 400}
        metadata = {**message.payload["metadata"], "event_payload": keyed}
        accepted({**message.payload, "metadata": metadata})
