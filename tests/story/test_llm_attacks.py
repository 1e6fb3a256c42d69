"""Hostile papers among honest ones, before a model that obeys every order as far as it can.

Compared is the same day before the same model when it does not obey: of the honest papers nothing
may change, neither grade nor score nor sentence. What an attack does to its own grade is another
matter: a paper that asks for a ten is read alone and marked, but the ten it gets is its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from paperlark.demo.model import ModelDouble
from tests.attacks import attacks
from tests.scoring import Group, asked, grades, papers
from worker.llm import untrusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paperlark.domain import Digest
    from tests.attacks import Attack

HONEST = papers(8)
UNCLEAN = re.compile(
    r"<[A-Za-z/!@#]|`|https?:|www\.|@\w|\]\(|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
PLAIN = ("json_schema", "json_object")


def day(double: ModelDouble, *hostile: Attack) -> Digest:
    made = Group()
    made.announce([*HONEST, *(attack.paper(n) for n, attack in enumerate(hostile))])
    return made.digest(double)


def told(digest: Digest) -> dict[str, tuple[float | None, str]]:
    """Score and sentence of each honest paper; no sentence where it is no card."""
    cards = {card.paper.id: (card.score.value, card.score.comment) for card in digest.cards}
    found = cards | {one.id: (one.score, "") for one in digest.not_shown}
    return {paper.id: found[paper.id] for paper in HONEST}


def safe(hostile: Sequence[Attack], refuses: tuple[str, ...] = ()) -> None:
    with ModelDouble(grades, refuses=refuses) as honest:
        before = day(honest, *hostile)
    with ModelDouble(grades, obeys=True, refuses=refuses) as double:
        after = day(double, *hostile)
    assert told(after) == told(before)
    for card in after.cards:
        assert len(card.score.comment) <= 200
        assert not UNCLEAN.search(card.score.comment)
    alone(double, after, hostile)


def alone(double: ModelDouble, digest: Digest, hostile: Sequence[Attack]) -> None:
    """No call holds a flagged attack beside another paper, and the digest says there were some."""
    found = [attack.paper(number) for number, attack in enumerate(hostile)]
    flagged = [paper for paper in found if untrusted.suspicious(paper)]
    quiet = {paper.title for paper in (*HONEST, *found) if paper not in flagged}
    loud = {paper.title for paper in flagged} - quiet
    for name in ("grades", "reasons"):
        for call in asked(double.chats, name):
            assert len(call) == 1 or not loud & set(call)
            assert len(call) == 1 or len(flagged) < len(found) or set(call) <= quiet
    assert any("to speak to the model" in note for note in digest.notes) == bool(flagged)


def test_there_are_many():
    assert len(attacks()) >= 60
    assert len({attack.name for attack in attacks()}) == len(attacks())


SOME = [attacks()[at : at + 9] for at in range(0, len(attacks()), 9)]
"""So few a day that all of them may be cards without taking an honest paper's place."""


@pytest.mark.parametrize("hostile", SOME, ids=lambda some: some[0].name)
def test_no_attack_touches_another_paper(hostile: Sequence[Attack]):
    safe(hostile)


def test_they_would_without_being_read_alone(monkeypatch: pytest.MonkeyPatch):
    """What the tests above are worth: a shared call that obeys does change other papers' grades."""
    monkeypatch.setattr(untrusted, "suspicious", lambda _: None)
    some = [attack for attack in attacks() if attack.name in {"next paper", "answer in a fence"}]
    with ModelDouble(grades) as honest, ModelDouble(grades, obeys=True) as double:
        assert told(day(double, *some)) != told(day(honest, *some))


@pytest.mark.proof
@pytest.mark.parametrize("refuses", [(), PLAIN], ids=["schema", "plain"])
@pytest.mark.parametrize("attack", attacks(), ids=lambda attack: attack.name)
def test_nor_does_any_single_one(attack: Attack, refuses: tuple[str, ...]):
    safe([attack], refuses)


def test_nor_do_many_where_no_form_is_enforced():
    for some in SOME[::5]:
        safe(some, PLAIN)


def test_all_together_change_no_score():
    """They take places by their own tens; the scores of the honest stay."""
    with ModelDouble(grades) as honest:
        before = told(day(honest, *attacks()))
    with ModelDouble(grades, obeys=True) as double:
        after = told(day(double, *attacks()))
    assert {key: score for key, (score, _) in after.items()} == {
        key: score for key, (score, _) in before.items()
    }
