"""Proposals: what liked papers are about, and what a change would have shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Paper, Score, Term
from paperlark.feedback import (
    Field,
    Past,
    Proposal,
    Replayed,
    Taste,
    Wish,
    amounts,
    folded,
    proposals,
    replay,
    total,
)
from paperlark.feedback.terms import fold, mentions, phrase
from paperlark.vote import Thumb, Vote
from tests.builders import nasty_text, paper
from tests.thumbs import CARDS, DAYS, SHOWN, day, name, vote

if TYPE_CHECKING:
    import random

TODAY = day(DAYS)
_SUBJECTS = (
    ("Pruning and Quantization of Networks", "Pruned and quantized weights; pruning is cheap."),
    ("Medical Segmentation of Tumours", "Segmentation of tumours in scans of lungs."),
    ("Bandits with Delayed Feedback", "Regret of bandits grows with the delay."),
    ("Kernels for Time Series", "Kernels tell series of weather apart."),
    ("Graphs of Molecules", "Molecules are graphs; their energy is predicted."),
    ("Speech from Noise", "Speech is restored from noise by diffusion."),
    ("Fair Lotteries", "Lotteries divide goods among agents fairly."),
    ("Proofs by Search", "Search finds proofs of lemmas in libraries."),
)


def _paper(key: str, subject: int) -> Paper:
    title, abstract = _SUBJECTS[subject % len(_SUBJECTS)]
    return paper(key, title, abstract=abstract)


FIELD = Field.of(
    replace(_paper(f"2608.{n:05}", n), title=f"{_SUBJECTS[n % len(_SUBJECTS)][0]} No {chr(97 + n)}")
    for n in range(80)
)
TEXTS = {name(n, r): _paper(name(n, r), n + r) for n in range(DAYS) for r in range(1, CARDS + 1)}


def _cast(liked: int, disliked: int | None, days: int = 20) -> list[Vote]:
    """Votes for one subject, against another, and a mixed word on the rest."""
    found = []
    for number in range(days):
        for rank in range(1, CARDS + 1):
            subject = (number + rank) % len(_SUBJECTS)
            if subject == liked:
                found.append(vote(number, rank))
            elif subject == disliked or (disliked is None and rank == 2):
                found.append(vote(number, rank, Thumb.DOWN))
    return found


def _proposed(
    cast: list[Vote], followed: tuple[Term, ...] = (), declined: tuple[str, ...] = ()
) -> tuple[Proposal, ...]:
    return proposals(
        cast, SHOWN, TODAY, texts=TEXTS, field=FIELD, followed=followed, declined=declined
    )


def test_what_is_liked_is_proposed_with_its_evidence():
    first = next(each for each in _proposed(_cast(0, None)) if each.wish is Wish.WANT)
    phrases = {first.phrase, *first.also}
    assert {fold(word) for text in phrases for word in text.split()} & {"prun", "quant"}
    assert first.ups >= 3
    assert first.downs == 0
    assert set(first.papers) <= set(TEXTS)
    assert first.said.startswith(f"Want “{first.phrase}”: {first.ups} of {first.ups} votes on")
    assert first.topic.startswith(f"- Relevant: {first.phrase}")


def test_what_keeps_being_voted_down_is_proposed_for_exclusion():
    found = [each for each in _proposed(_cast(0, 1)) if each.wish is Wish.EXCLUDE]
    assert found
    assert all(each.ups == 0 and each.downs > 3 and each.sure < 0 for each in found)
    (worst, *_) = found
    assert worst.applied(()) == (Term(worst.phrase, -1.0),)


def test_what_is_followed_is_not_proposed_again_and_dropped_when_voted_down():
    cast = _cast(0, 1)
    followed = (Term("pruning"), Term("segmentation"))
    found = _proposed(cast, followed)
    assert "pruning" not in {each.phrase for each in found}
    (drop,) = [each for each in found if each.wish is Wish.DROP]
    assert drop.phrase == "segmentation"
    assert drop.applied(followed) == (Term("pruning"),)


def test_of_a_proposal_the_phrases_chosen_are_followed_once():
    first = next(each for each in _proposed(_cast(0, None)) if each.wish is Wish.WANT)
    assert first.applied((), [first.phrase]) == (Term(first.phrase, 1.0),)
    twice = first.applied(first.applied(()))
    assert len(twice) == len({phrase(term.text) for term in twice})


def test_what_was_declined_is_not_proposed():
    cast = _cast(0, None)
    first = next(each for each in _proposed(cast) if each.wish is Wish.WANT)
    refused = (first.phrase, *first.also)
    again = _proposed(cast, declined=refused)
    assert not {text for each in again for text in (each.phrase, *each.also)} & set(refused)


def test_what_stands_beside_followed_words_is_offered_where_few_are_liked():
    downs = [each for each in _cast(0, 1) if each.verdict is Thumb.DOWN]
    found = _proposed(downs, (Term("pruning"),))
    assert found[-1].wish is Wish.WANT
    assert fold(found[-1].phrase.split()[0]) in {"quant", "network", "weight", "cheap"}


def test_a_second_interest_is_proposed_while_the_first_is_liked():
    cast = [*_cast(0, None), *_cast(1, None)]
    found = _proposed(cast, (Term("pruning"), Term("quantization"), Term("networks")))
    first = next(each for each in found if each.wish is Wish.WANT)
    stems = {fold(word) for text in (first.phrase, *first.also) for word in text.split()}
    assert stems & {"medical", "medic", "segment", "tumour", "scan", "lung"}
    assert not stems & {"prun", "quant"}


def test_interests_take_turns_and_every_theme_comes_once():
    cast = [*_cast(0, None), *_cast(1, 2)]
    wants = [each.phrase for each in _proposed(cast, (Term("pruning"),)) if each.wish is Wish.WANT]
    assert len(wants) == len(set(wants))


def test_few_votes_propose_nothing():
    assert _proposed([vote(n, 1) for n in range(7)]) == ()
    assert _proposed([]) == ()


@given(st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(chance: random.Random):
    cast = _cast(0, 1)
    shuffled = cast + cast[:5]
    chance.shuffle(shuffled)
    assert _proposed(shuffled) == _proposed(cast)


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("prune pruned pruning prunes", "prun"),
        ("quantization quantized quantizing", "quant"),
        ("theory theories theoretical theoretically", None),
        ("convergence converges converged", "converg"),
        ("sparse sparsity", "spars"),
        ("status loss basis bias", None),
    ],
)
def test_forms_of_a_word_are_one(forms: str, stem: str | None):
    found = {fold(word) for word in forms.split()}
    assert stem is None or found == {stem}


@given(nasty_text(), nasty_text())
def test_any_text_folds_and_counts(title: str, abstract: str):
    words = folded(title, abstract)
    assert mentions(words, phrase("")) == 0
    (value,) = amounts({"a": words}, [Term(title[:20]), Term(abstract[:20], -1.0)]).values()
    assert -1 <= value <= 1


def test_followed_words_add_up():
    words = {"a": folded("Pruned Networks", "We prune."), "b": folded("Loss", "Federated pruning.")}
    assert amounts(words, [Term("pruning")]) == {"a": 0.75, "b": 0.5}
    assert amounts(words, [Term("pruning"), Term("federated", -1.0)]) == {"a": 0.75, "b": 0.0}
    assert amounts(words, []) == {"a": 0.0, "b": 0.0}


def _past(number: int, line: float = 60.0) -> Past:
    values = {name(number, rank): Score(90.0 - 10 * rank) for rank in range(1, CARDS + 1)}
    shown = tuple(key for key, score in values.items() if score.value >= line)
    return Past(day(number), shown, line, values)


def test_another_line_is_replayed():
    days = [_past(1), _past(0)]
    cast = [vote(0, 1), vote(0, 3, Thumb.DOWN), vote(1, 2), vote(1, 3)]
    found = replay(days, cast, cap=12, line=70.0)
    assert found == (
        Replayed(day(0), (), (name(0, 3),), (name(0, 1), name(0, 2)), 1, 0, 1),
        Replayed(day(1), (), (name(1, 3),), (name(1, 1), name(1, 2)), 1, 1, 0),
    )
    assert total(found).said == ("0 cards more and 2 fewer over 2 days; of 3 liked cards 2 stay.")
    assert total(replay(days, cast, cap=12, line=50.0)).won == 2


def test_other_words_are_replayed():
    first = replace(_past(0), words={name(0, 4): 1.0})
    (found,) = replay([first], [], cap=12, of=Taste(words=2.0))
    assert (found.won, found.lost) == ((name(0, 4),), (name(0, 3),))


@given(st.floats(0, 100), st.integers(0, 8), st.integers(0, 4))
def test_what_is_not_changed_is_not_told_as_changed(line: float, cap: int, least: int):
    past = [replace(_past(n, line), shown=_past(n, line).shown[:cap]) for n in range(3)]
    for one in replay(past, [], cap=cap):
        assert (one.won, one.lost) == ((), ())
    for one in replay(past, [], cap=cap, line=100 - line, least=least):
        before = next(each.shown for each in past if each.date == one.date)
        assert {*one.lost, *one.kept} == set(before)
        assert not {*one.won} & set(before)
