"""Facts of a profile, and what they make of a day: gathered, folded, and published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import facts, pasts
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Digest,
    Listing,
    Paper,
    Profile,
    Score,
    Scored,
    Term,
    Usage,
    VerdictState,
)
from paperlark.feedback import Act, Decision, Knobs, Wish, Wording, declined, followed
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote
from tests.fakes import MemoryStore
from worker import pipeline
from worker.local import LocalScorer

FIRST = date(2025, 9, 1)
PROFILE = Profile("group", ("cs.LG",), base_line=60.0, revision="r1", keywords=(Term("sparse"),))
ROOM = Subscription(Target("slack", "C1"), "group")


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def thumb(day: date, voter: str, paper: str, verdict: Thumb = Thumb.DOWN) -> Vote:
    return Vote(moment(day), voter, ROOM.id, paper, verdict, Door.CLI, day, 1, 70.0)


def paper(identifier: str, title: str) -> Paper:
    return Paper(identifier, 1, title, "About it.", (), ("cs.LG",))


def announce(store: MemoryStore, day: date) -> None:
    """Five papers a day: scores 90, 80, 70, 50 and 40; the one at 40 is about sparse things."""
    stem = f"{day:%y%m.%d}"
    papers = {f"{stem}0{n}{n}": paper(f"{stem}0{n}{n}", "Plain things") for n in range(4)}
    papers[f"{stem}999"] = paper(f"{stem}999", "Sparse things")
    rows = tuple(Listing(each, 1, AnnounceType.NEW) for each in papers)
    batch = Batch(day, "cs.LG", BatchState.COMPLETE, rows)
    store.save(Announcement(day, (batch,), papers))


class Scorer:
    def score(self, candidates: object, profile: Profile) -> Scored:
        ids = sorted(each.paper.id for each in candidates)  # type: ignore[attr-defined]
        values = [90.0, 80.0, 70.0, 50.0, 40.0]
        seen.append(profile.base_line)
        return Scored({k: Score(v) for k, v in zip(ids, values, strict=True)}, {}, Usage("local"))


seen: list[float] = []


def morning(store: MemoryStore, day: date, profile: Profile = PROFILE) -> Digest:
    announce(store, day)
    pipeline.score(profile, day, store, "local", lambda *_: Scorer())
    return pipeline.publish(profile, day, store, "local")


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.subscriptions.save_subscription(ROOM)
    return made


def disliked(store: MemoryStore, days: int) -> date:
    """So many mornings on which two people turn down every card; the date after them."""
    for number in range(days):
        day = FIRST + timedelta(days=number)
        for card in morning(store, day).cards:
            for voter in ("slack:U1", "slack:U2"):
                store.votes.cast(thumb(day, voter, card.paper.id))
    return FIRST + timedelta(days=days)


def test_without_votes_the_digest_is_the_scorers_own(store: MemoryStore):
    made = morning(store, FIRST)
    assert [card.score.value for card in made.cards] == [90.0, 80.0, 70.0]
    assert (made.line.value, made.line.said, made.line.votes) == (60.0, "", 0)
    assert not any(card.wild for card in made.cards)


def test_thumbs_move_tomorrows_line_as_the_course_says_and_the_scorer_sees_it(store: MemoryStore):
    after = disliked(store, 3)
    told = facts.gather(store, "group").course(60.0, after).line
    made = morning(store, after)
    assert made.line == told
    assert made.line.value > 60.0
    assert "a little less is shown" in made.line.said
    assert seen[-1] == made.line.value


def test_once_somebody_voted_there_is_a_wild_card_unless_the_settings_say_no(store: MemoryStore):
    after = disliked(store, 1)
    assert [card.wild for card in morning(store, after).cards][-1]
    calm = MemoryStore()
    calm.subscriptions.save_subscription(ROOM)
    disliked(calm, 1)
    announce(calm, after)
    pipeline.score(PROFILE, after, calm, "local", lambda *_: Scorer())
    quiet = pipeline.publish(PROFILE, after, calm, "local", hearing=pipeline.Feedback(wild=False))
    assert not any(card.wild for card in quiet.cards)


def test_a_digest_made_again_is_the_same_whatever_was_voted_since(store: MemoryStore):
    first = morning(store, FIRST)
    store.votes.cast(thumb(FIRST, "slack:U1", first.cards[0].paper.id))
    assert pipeline.publish(PROFILE, FIRST, store, "local") == first


def test_a_vote_on_a_card_that_the_finished_digest_no_longer_shows_counts_on(store: MemoryStore):
    part = replace(PROFILE, categories=("cs.LG", "stat.ML"), cap=3)
    first = morning(store, FIRST, part)
    assert first.verdict.state is VerdictState.PARTIAL
    lost = first.cards[-1].paper.id
    store.votes.cast(thumb(FIRST, "slack:U1", lost))
    late = paper("2509.00000", "Late and better")
    rows = (Listing(late.id, 1, AnnounceType.NEW),)
    batch = Batch(FIRST, "stat.ML", BatchState.COMPLETE, rows)
    store.save(Announcement(FIRST, (batch,), {late.id: late}))
    scores = {key: Score(90.0 - 5 * n) for n, key in enumerate(sorted(store.announced))}
    scored = Scored(scores, {}, Usage("local"))
    store.save_scores("group", part.revision, FIRST, "local", scored)
    again = pipeline.publish(part, FIRST, store, "local")
    assert lost not in {card.paper.id for card in again.cards}
    known = facts.gather(store, "group")
    assert known.course(60.0, FIRST + timedelta(days=1)).line.votes == 1


def test_words_accepted_move_papers_up_from_the_next_day_on(store: MemoryStore):
    morning(store, FIRST)
    store.choices.word("group", Wording(moment(FIRST), "Mira", Wish.WANT, ("sparse",)))
    made = morning(store, FIRST + timedelta(days=1))
    assert made.cards[1].paper.title == "Sparse things"
    assert [card.score.value for card in made.cards] == [90.0, 80.0, 70.0]


def test_a_word_the_profile_no_longer_has_moves_nothing(store: MemoryStore):
    store.choices.word("group", Wording(moment(FIRST), "Mira", Wish.WANT, ("sparse",)))
    bare = replace(PROFILE, keywords=(), revision="r2")
    made = morning(store, FIRST + timedelta(days=1), bare)
    assert {card.paper.title for card in made.cards} == {"Plain things"}


def test_what_a_digest_showed_is_kept_with_the_scorers_own_scores(store: MemoryStore):
    store.choices.word("group", Wording(moment(FIRST), "Mira", Wish.WANT, ("sparse",)))
    day = FIRST + timedelta(days=1)
    made = morning(store, day)
    card = store.showings("group")[0].cards[1]
    assert card.paper == made.cards[1].paper.id
    assert (card.score, made.cards[1].score.value) == (40.0, 80.0)
    assert card.words > 0


def test_one_person_linked_on_two_channels_is_one_voter(store: MemoryStore):
    card = morning(store, FIRST).cards[0].paper.id
    store.votes.cast(thumb(FIRST, "slack:U1", card, Thumb.UP))
    mail = thumb(FIRST, "mail:m1", card, Thumb.UP)
    store.votes.cast(replace(mail, subscription="mail:a@example.org/group"))
    after = FIRST + timedelta(days=1)
    assert facts.gather(store, "group").course(60.0, after).line.votes == 2
    store.links.linked["mail:m1"] = "slack:U1"
    assert facts.gather(store, "group").course(60.0, after).line.votes == 1


def test_the_settings_knobs_hold_until_people_decide(store: MemoryStore):
    store.choices.decide("group", Decision(moment(FIRST), "Mira", Act.TARGET, 0.85), "slack:U1")
    known = facts.gather(store, "group")
    assert known.course(60.0, FIRST).knobs.target == 0.7
    assert known.course(60.0, FIRST + timedelta(days=1)).knobs.target == 0.85


THEMES = ("Larks singing over meadows", "Glass fracture under load", "Glaciers and tides")


def read(store: MemoryStore, day: date) -> Scored:
    """A day of a sparse paper and two of each other theme, as the local ranker scores it."""
    titles = ("Sparse heads", *THEMES, *(f"More {title.lower()}" for title in THEMES))
    each = enumerate(titles, 1)
    papers = {f"{day:%y%m.%d}{n:03}": paper(f"{day:%y%m.%d}{n:03}", t) for n, t in each}
    rows = tuple(Listing(key, 1, AnnounceType.NEW) for key in papers)
    store.save(Announcement(day, (Batch(day, "cs.LG", BatchState.COMPLETE, rows),), papers))
    open_to_all = replace(PROFILE, base_line=0.0)
    made = pipeline.score(open_to_all, day, store, "local", lambda _, *of: LocalScorer(*of))
    pipeline.publish(open_to_all, day, store, "local")
    return made


def order(store: MemoryStore, day: date) -> dict[str, Score]:
    """The day's scores as its digest ranks by them; nobody has read it yet."""
    scored = read(store, day)
    return facts.steer(PROFILE, day, facts.gather(store, "group"), scored, {}).order(scored.scores)


def test_the_scorer_sees_the_line_that_the_settings_knobs_lead_to(store: MemoryStore):
    day = disliked(store, 6)
    announce(store, day)
    hearing = pipeline.Feedback(Knobs(target=0.05))
    pipeline.score(PROFILE, day, store, "local", lambda *_: Scorer(), hearing=hearing)
    made = pipeline.publish(PROFILE, day, store, "local", hearing=hearing)
    assert seen[-1] == made.line.value != facts.gather(store, "group").course(60.0, day).line.value


def test_past_days_are_looked_back_on_with_the_constants_of_who_scored_them(store: MemoryStore):
    after = disliked(store, 4)
    known = facts.gather(store, "group")
    assert pasts.scorer(store, "group", after) == "local"
    assert pasts.scorer(store, "group", FIRST - timedelta(days=1)) == ""
    made = facts.steer(PROFILE, after, known, Scored({}, {}, Usage("local")), {})
    assert made.taste == known.taste(after, "local") != known.taste(after, "llm")


@pytest.mark.parametrize("at", range(len(THEMES)))
def test_twelve_thumbs_on_a_theme_move_its_unseen_papers_up_where_no_model_scores(
    store: MemoryStore, at: int
):
    calm = MemoryStore()
    for day in (FIRST + timedelta(days=number) for number in range(6)):
        for each in (store, calm):
            read(each, day)
        for n in (2 + at, 5 + at):
            liked = f"{day:%y%m.%d}{n:03}"
            store.votes.cast(thumb(day, "slack:U1", liked, Thumb.UP))
    after = FIRST + timedelta(days=6)
    plain, bent = order(calm, after), order(store, after)
    for n in (2 + at, 5 + at):
        unseen = f"{after:%y%m.%d}{n:03}"
        assert list(bent).index(unseen) <= list(plain).index(unseen)
        assert list(bent).index(unseen) in {1, 2}
    assert [each.value for each in bent.values()] == [each.value for each in plain.values()]
    for vote in store.votes.votes(ROOM.id):
        later = replace(vote, at=vote.at + timedelta(hours=1), verdict=Thumb.NONE)
        store.votes.cast(later)
    assert order(store, after) == plain


WORDINGS = st.lists(
    st.builds(
        Wording,
        at=st.integers(0, 9).map(lambda days: moment(FIRST + timedelta(days=days))),
        who=st.sampled_from(["Mira", "Ana"]),
        wish=st.sampled_from(Wish),
        phrases=st.lists(st.sampled_from(["pruning", "sparse", "bird song"]), max_size=2).map(
            tuple
        ),
        taken=st.booleans(),
    ),
    max_size=8,
)


@given(said=WORDINGS, data=st.data())
def test_followed_words_are_the_same_in_whatever_order_the_facts_come(
    said: list[Wording], data: st.DataObject
):
    turned = data.draw(st.permutations(said))
    day = FIRST + timedelta(days=20)
    assert followed(turned, day) == followed(said, day)
    assert followed([*said, *said], day) == followed(said, day)


@given(said=WORDINGS)
def test_a_dropped_word_is_followed_no_more_and_one_declined_is_not_followed(said: list[Wording]):
    end = FIRST + timedelta(days=30)
    drop = Wording(moment(end), "Ana", Wish.DROP, ("pruning", "sparse", "bird song"))
    assert followed([*said, drop], end + timedelta(days=1)) == ()
    no = Wording(moment(end), "Ana", Wish.WANT, ("pruning",), taken=False)
    assert "pruning" in declined([*said, no], [], end + timedelta(days=1))


def test_a_refusal_holds_for_twenty_digests():
    no = Wording(moment(FIRST), "Ana", Wish.WANT, ("pruning",), taken=False)
    dates = [FIRST + timedelta(days=number) for number in range(25)]
    assert declined([no], dates, FIRST + timedelta(days=10)) == ("pruning",)
    assert declined([no], dates, FIRST + timedelta(days=24)) == ()
