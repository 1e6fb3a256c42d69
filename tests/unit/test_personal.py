"""One person's order of a day: what nothing changes, what a wish changes, and what adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark import selection
from paperlark.domain import AnnounceType, Author, Card, Fate, Score, Scored, Term, Unshown, Usage
from paperlark.feedback import Seen, Showing, amounts, folded, rerank, standardised
from paperlark.feedback.phrases import MOST, phrases
from paperlark.layer import Kind, Layer
from paperlark.personal import NEEDED, TUNING, Day, Own, glance, page, ranking
from paperlark.personal import phrases as topics
from paperlark.personal.known import words_of
from paperlark.vote import Door, Thumb, Vote
from tests import builders

DAY = builders.DAY
NOW = DAY + timedelta(days=1)
THEMES = ("sparse heads", "dwarf galaxies", "mirror descent", "protein folding")
PEOPLE = ("Ada Example", "Bob Sample", "Zoë Müller", "Chen Li")
FIELDS = ("cs.LG", "math.OC", "cs.RO")
CARDS = 6
NEW = AnnounceType.NEW
PAPERS = tuple(
    builders.paper(
        f"2611.9{n:04}",
        f"On {THEMES[n % 4]} {n}",
        PEOPLE[n % 3],
        PEOPLE[3],
        abstract=f"We study {THEMES[n % 4]} and {THEMES[(n + 1) % 4]}.",
        categories=(FIELDS[n % 3], FIELDS[(n + 1) % 3]),
    )
    for n in range(24)
)
TEXTS = {paper.id: paper for paper in PAPERS}
PLAIN = {p.id: Score(90.0 - 3 * n, 10 - n % 10, 5) for n, p in enumerate(PAPERS)}
NEAR = {p.id: float(n % 5) for n, p in enumerate(PAPERS)}


def day(*, kept: bool = True) -> Day:
    cards = tuple(Card(n + 1, p, NEW, PLAIN[p.id]) for n, p in enumerate(PAPERS[:CARDS]))
    rest = tuple(
        Unshown(p.id, p.title, ("A",), Fate.BELOW, PLAIN[p.id].value, categories=p.categories)
        for p in PAPERS[CARDS:]
    )
    filtered = Unshown("2611.80001", "Gone", (), Fate.FILTERED, rule="excluded by “x”")
    counts = replace(builders.digest().counts, scanned=25, shown=CARDS, below=18, filtered=1)
    digest = replace(
        builders.digest(), date=DAY, cards=cards, not_shown=(*rest, filtered), counts=counts
    )
    scored = Scored(PLAIN, {}, Usage("local"), similarity=NEAR) if kept else None
    return Day(digest, scored, TEXTS if kept else {})


def vote(number: int, thumb: Thumb = Thumb.UP, *, ago: int = 0, who: str = "slack:U1") -> Vote:
    at = datetime.combine(DAY - timedelta(days=ago), datetime.min.time(), UTC)
    return Vote(at, who, "slack:C1/x", PAPERS[number].id, thumb, Door.CLI)


def order(own: Own, of: Day | None = None) -> list[str]:
    return list(ranking(of or day(), own, NOW).scores)


LAYERS = st.builds(
    Layer,
    authors=st.lists(st.sampled_from(PEOPLE[:2]), max_size=2, unique=True).map(tuple),
    words=st.lists(st.sampled_from(THEMES[:2]), max_size=2, unique=True).map(tuple),
    categories=st.lists(st.sampled_from(FIELDS[:1]), max_size=1).map(tuple),
    muted_authors=st.lists(st.sampled_from(PEOPLE[2:3]), max_size=1).map(tuple),
    muted_words=st.lists(st.sampled_from(THEMES[2:]), max_size=2, unique=True).map(tuple),
    muted_categories=st.lists(st.sampled_from(FIELDS[2:]), max_size=1).map(tuple),
    topics=st.sampled_from(["", "sparse heads", "dwarf galaxies; not: mirror descent"]),
)
VOTES = st.lists(
    st.builds(
        vote,
        st.integers(0, 23),
        st.sampled_from(Thumb),
        ago=st.integers(0, 40),
        who=st.sampled_from(["slack:U1", "discord:7"]),
    ),
    max_size=30,
).map(tuple)
OWN = st.builds(Own, st.just("discord:7"), VOTES, layer=LAYERS)


def test_nothing_said_is_the_places_own_order():
    nobody = Own("slack:U1")
    assert order(nobody) == [paper.id for paper in PAPERS]
    turned = day()
    cards = (replace(turned.digest.cards[0], score=Score(1.0)), *turned.digest.cards[1:])
    turned = replace(turned, digest=replace(turned.digest, cards=cards))
    assert order(nobody, turned)[-1] == PAPERS[0].id, "as the digest ranks, not as the scorer did"
    assert not ranking(day(), nobody, NOW).own
    assert page(day(), nobody, NOW, CARDS).digest.cards[0].score == PLAIN[PAPERS[0].id]


@settings(max_examples=60)
@given(OWN)
def test_a_page_adds_up_and_shows_nothing_that_is_muted(own: Own):
    made = page(day(), own, NOW, CARDS)
    counts, digest = made.digest.counts, made.digest
    assert counts.shown + counts.below + counts.filtered + counts.undecided == counts.scanned
    names = [card.paper.id for card in digest.cards] + [each.id for each in digest.not_shown]
    assert len(set(names)) == len(names) == counts.scanned
    assert len(digest.cards) <= CARDS
    for card in digest.cards:
        assert not selection.followed(card.paper, own.layer.muted_authors)
        assert not any(selection.mentions(card.paper, each) for each in own.layer.muted_words)
        assert card.paper.primary not in own.layer.muted_categories
    values = [card.score.value for card in digest.cards]
    assert values == sorted(values, reverse=True)
    found = ranking(day(), own, NOW)
    assert set(found.scores) | set(found.muted) == set(PLAIN)
    kept = sorted((PLAIN[paper].value for paper in found.scores), reverse=True)
    assert [score.value for score in found.scores.values()] == kept, "the same numbers"
    assert [seen.paper for seen in made.showing.cards] == [card.paper.id for card in digest.cards]


@settings(max_examples=60)
@given(OWN)
def test_order_of_arrival_and_repetition_change_nothing(own: Own):
    again = replace(own, votes=tuple(reversed(own.votes)) + own.votes)
    assert page(day(), again, NOW, CARDS) == page(day(), own, NOW, CARDS)


@settings(max_examples=60)
@given(OWN, st.sampled_from([Kind.AUTHOR, Kind.CATEGORY]))
def test_following_lifts_and_lowers_nobody_it_names(own: Own, kind: Kind):
    what = PEOPLE[1] if kind is Kind.AUTHOR else FIELDS[0]
    bare = replace(own.layer, authors=(), categories=())
    before = order(replace(own, layer=bare))
    after = order(replace(own, layer=bare.follow(kind, what)))
    named = {
        paper.id
        for paper in PAPERS
        if what in paper.categories or any(author.name == what for author in paper.authors)
    }
    places = {paper: before.index(paper) - after.index(paper) for paper in named & set(before)}
    assert all(up >= 0 for up in places.values())
    for group in (named, set(before) - named):
        assert [p for p in after if p in group] == [p for p in before if p in group]


def test_a_followed_word_lifts_from_the_first_day_on():
    first = order(Own("slack:U1", layer=Layer(words=("protein folding",))))
    assert all("protein folding" in TEXTS[paper].abstract for paper in first[:4])
    named = [paper.id for paper in PAPERS if "protein folding" in paper.abstract]
    assert all(first.index(paper) <= list(PLAIN).index(paper) for paper in named)
    against = order(Own("slack:U1", layer=Layer(topics="not: sparse heads")))
    assert all("sparse heads" not in TEXTS[paper].abstract for paper in against[:4])


def test_eight_facts_wake_a_taste_and_the_places_own_words_stay():
    votes = tuple(vote(n, ago=1) for n in range(NEEDED - 1))
    own = Own("slack:U1", votes)
    assert not ranking(day(), own, NOW).own
    saved = {PAPERS[20].id: datetime(2026, 11, 18, tzinfo=UTC)}
    awake = ranking(day(), replace(own, saved=saved), NOW)
    assert awake.own
    assert awake.taste.votes == NEEDED
    words = replace(day(), words=(Term("protein folding"),))
    assert ranking(words, replace(own, saved=saved), NOW).words
    assert not ranking(words, own, NOW).words, "the digest's own order has them already"


def test_a_vote_says_more_than_saving_and_counts_from_tomorrow():
    down = vote(0, Thumb.DOWN)
    saved = {PAPERS[0].id: down.at + timedelta(hours=1), PAPERS[1].id: down.at}
    own = Own("me", (down,), saved)
    assert [(each.paper, each.verdict) for each in own.facts(NOW)] == [
        (PAPERS[0].id, Thumb.DOWN),
        (PAPERS[1].id, Thumb.UP),
    ]
    assert {each.voter for each in own.facts(NOW)} == {"me"}
    assert own.facts(DAY) == ()


def test_without_interests_or_words_the_order_is_what_the_feedback_core_gives():
    votes = tuple(vote(n, Thumb.UP if n % 3 else Thumb.DOWN, ago=n) for n in range(12))
    shown = Showing(
        DAY, tuple(Seen(p.id, 1, PLAIN[p.id].value, PLAIN[p.id].relevance, 5) for p in PAPERS)
    )
    known = replace(day(), shown=(shown,))
    found = ranking(known, Own("slack:U1", votes), NOW)
    wanted = rerank(PLAIN, found.taste, standardised(NEAR), tuning=TUNING)
    assert list(found.scores) == list(wanted)


def test_two_interests_share_the_places_and_cards_say_which():
    ups = [n for n in range(24) if n % 4 in {0, 2}]
    own = Own("slack:U1", tuple(vote(n, ago=1) for n in ups))
    made = page(day(), own, NOW, CARDS)
    if made.interests[1:]:
        assert any("interest" in card.score.comment for card in made.digest.cards)
    own_words = Own("slack:U1", layer=Layer(words=("sparse heads",)))
    first = page(day(), own_words, NOW, CARDS).digest.cards[0]
    assert first.score.comment.startswith("Names “sparse heads”.")


def test_after_weeks_the_digest_alone_is_enough():
    old = day(kept=False)
    made = page(old, Own("slack:U1", layer=Layer(categories=("cs.RO",))), NOW, 12)
    assert len(made.digest.cards) == 12
    assert made.digest.cards[-1].paper.authors in {(Author("A"),), PAPERS[0].authors}


@given(st.text(max_size=300))
def test_phrases_are_few_and_stand_in_their_text(text: str):
    found = phrases(text)
    assert len(found) <= MOST
    assert len({term.text for term in found}) == len(found)
    words = folded(text)
    for value in amounts({"x": words}, found).values():
        assert value >= 0
    assert all((term.weight or 0) < 0 for term in phrases(text, sign=-1.0))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I work on mirror descent and pruning", {"mirror descent": 1.0, "pruning": 0.4}),
        ("mirror descent, mirror descent", {"mirror descent": 1.0}),
        ("the of and", {}),
        ("sparse heads; not: quantum annealing", {"sparse heads": 1.0, "quantum annealing": -1.0}),
    ],
)
def test_topics_are_read_as_phrases(text: str, found: dict[str, float]):
    assert {term.text: term.weight for term in topics(text)} == found


TEXT = st.text(st.sampled_from("aAbBcCeéßı -–,."), max_size=20)


@given(TEXT, TEXT, TEXT)
def test_a_quick_look_overlooks_nothing(title: str, abstract: str, sought: str):
    paper = builders.paper("2611.90001", title, title, abstract=abstract)
    needle = folded(sought).title.split()
    if not glance.names_any(paper, [needle]):
        assert not any(amounts({"x": words_of(paper)}, [Term(sought)]).values())
    if not glance.mentions(paper, sought):
        assert not selection.mentions(paper, sought)
    if not glance.by_any(paper, [sought]):
        assert not selection.followed(paper, [sought])
