"""The model scorer over the wire: every fault, every run after it, and every cent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from paperlark import settings
from paperlark.demo.model import ModelDouble
from paperlark.demo.model_faults import FAULTS, MIXTURE
from paperlark.domain import VerdictState
from tests.scoring import (
    DAY,
    Group,
    asked,
    flat,
    grades,
    papers,
    shown,
    undecided,
)
from worker.llm import grading, models, servers
from worker.llm.scorer import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.domain import Digest
    from paperlark.settings import Settings

PAPERS = papers(60)
LASTING = {"quota"}
"""Faults that mean that every further call is vain."""


@pytest.fixture
def double() -> Iterator[ModelDouble]:
    with ModelDouble(grades) as running:
        yield running


@pytest.fixture
def group() -> Group:
    made = Group()
    made.announce(PAPERS)
    return made


@pytest.fixture(scope="module")
def undisturbed() -> Digest:
    made = Group()
    made.announce(PAPERS)
    with ModelDouble(grades) as running:
        return made.digest(running)


def scores(digest: Digest) -> dict[str, float | None]:
    return {card.paper.title: card.score.value for card in digest.cards} | {
        one.title: one.score for one in digest.not_shown
    }


def test_an_undisturbed_day(double: ModelDouble, group: Group, undisturbed: Digest):
    digest = group.digest(double)
    assert digest == undisturbed
    assert digest.verdict.state is VerdictState.COMPLETE
    assert (digest.counts.scanned, digest.counts.shown, digest.counts.undecided) == (60, 12, 0)
    assert shown(digest) == {title: grades(title) for title in shown(digest)}
    assert all(card.score.comment.startswith("We bound") for card in digest.cards)
    assert digest.usage.scorer == "llm"
    assert digest.usage.calls == len(double.chats)
    assert digest.usage.cost_usd == pytest.approx(group.store.spending.spent(DAY))
    assert digest.notes == ()
    assert digest.provenance.prompt.endswith("\nAll 60 papers were read by the model.\n")


def test_first_and_second_look_and_reasons_ask_what_they_must(double: ModelDouble, group: Group):
    digest = group.digest(double)
    assert sorted(flat(asked(double.chats)[:4])) == sorted(paper.title for paper in PAPERS)
    looks = asked(double.chats, "looks")
    assert [len(titles) for titles in looks] == [7, 7]
    assert set(shown(digest)) <= set(flat(looks))
    assert asked(double.chats, "reasons") == []


def test_without_a_second_look_sentences_are_asked_for_alone(double: ModelDouble, group: Group):
    group.llm = {"second_look": False}
    digest = group.digest(double)
    assert asked(double.chats, "looks") == []
    assert [set(titles) for titles in asked(double.chats, "reasons")] == [set(shown(digest))]
    assert all(card.score.comment.startswith("We bound") for card in digest.cards)


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_loses_no_paper(
    double: ModelDouble, group: Group, undisturbed: Digest, name: str
):
    double.faults.add(name)
    digest = group.digest(double)
    assert double.faults.met == [name]
    assert digest.verdict.state is VerdictState.COMPLETE
    if name in LASTING:
        assert 0 < digest.counts.undecided < 60
        assert any("could not be scored" in note for note in digest.notes)
        digest = group.digest(double)
    assert digest.counts.undecided == 0
    assert scores(digest) == scores(undisturbed)


@pytest.mark.parametrize("seed", range(4))
def test_a_mixture_of_all_faults_loses_no_paper(
    double: ModelDouble, group: Group, undisturbed: Digest, seed: int
):
    group.llm = {"batch_size": 4}
    double.faults.mix(0.3, [name for name in MIXTURE if name != "slow"], seed=seed)
    digest = group.digest(double)
    assert len(set(double.faults.met)) > 3
    assert digest.counts.undecided < 12
    for _ in range(5):
        digest = group.digest(double)
    assert digest.counts.undecided == 0
    assert shown(digest) == shown(undisturbed)


@pytest.mark.parametrize("name", ["wrong-schema", "empty", "refusal", "filter", "prose-less"])
def test_answers_without_use_are_a_failed_day_and_few(
    double: ModelDouble, group: Group, undisturbed: Digest, name: str
):
    fault = FAULTS["blank"] if name == "prose-less" else FAULTS[name]
    double.faults.mix(1.0, [fault])
    digest = group.digest(double)
    assert digest.verdict.state is VerdictState.FAILED
    assert digest.verdict.detail.startswith("none of the 60 papers could be scored: the model")
    assert digest.counts.undecided == 60
    assert len(double.chats) < grading.USELESS_AFTER + 4
    double.faults.mix(0.0)
    assert shown(group.digest(double)) == shown(undisturbed)


def test_a_model_nobody_reaches_is_stood_in_for_and_tried_again(
    double: ModelDouble, group: Group, undisturbed: Digest
):
    digest = group.digest(None)
    assert digest.verdict.state is VerdictState.COMPLETE
    assert digest.usage.scorer == "local"
    assert digest.counts.undecided == 0
    assert UNREACHED in digest.notes
    assert any("scoring.llm.base_url" in note for note in digest.notes)
    again = group.digest(double)
    assert again.usage.scorer == "llm"
    assert shown(again) == shown(undisturbed)


@pytest.mark.parametrize(
    ("fault", "said"),
    [("quota", "says that the account is out of credit"), ("key", "does not accept the key")],
)
def test_a_wrong_key_or_no_credit_is_said_and_tried_again(
    double: ModelDouble, group: Group, fault: str, said: str
):
    double.key = "another" if fault == "key" else None
    double.faults.mix(1.0 if fault == "quota" else 0.0, ["quota"])
    group.llm = {"api_key": "loopback"}
    digest = group.digest(double)
    assert digest.usage.scorer == "local"
    assert any(
        note.startswith("Scored by the local ranker: the model server") and said in note
        for note in digest.notes
    )
    assert len(double.requests) <= 4
    double.faults.mix(0.0)
    double.key = None
    assert group.digest(double).usage.scorer == "llm"


def test_the_next_run_asks_about_the_undecided_only(double: ModelDouble, group: Group):
    group.llm = {"concurrency": 1}
    double.faults.add("missing", *["fences"] * 3, *["blank"] * 8)
    first = group.digest(double)
    left, cards, before = undecided(first), shown(first), len(double.chats)
    assert len(left) == 7
    assert set(left.values()) == {"the model's answer could not be read, the last of 3 tries"}
    assert set(flat(asked(double.chats, "told"))) >= set(cards)
    second = group.digest(double)
    later = asked(double.chats[before:])
    assert sorted(later[0]) == sorted(left)
    assert not set(flat(later[1:])) & set(flat(asked(double.chats[:before])[13:]))
    assert second.counts.undecided == 0
    told = asked(double.chats[before:], "told")
    assert set(flat(told)) == set(shown(second)) - set(cards)
    assert second.usage.calls == len(double.chats)
    assert group.digest(double) == second
    assert second.usage.calls == len(double.chats)


def test_what_is_known_is_not_paid_for_again(double: ModelDouble, group: Group):
    first = group.digest(double)
    before = len(double.chats)
    group.store.answers.clear()
    again = group.digest(double)
    assert scores(again) == scores(first)
    assert asked(double.chats[before:]) == []
    assert len(asked(double.chats[before:], "reasons")) == 1


def test_late_papers_are_read_alone_and_the_others_stay(double: ModelDouble, group: Group):
    group.digest(double)
    before = len(double.chats)
    late = papers(5, first=60)
    group.announce((*PAPERS, *late))
    digest = group.digest(double)
    assert digest.counts.scanned == 65
    first_looks = [titles for titles in asked(double.chats[before:]) if len(titles) == 5]
    assert sorted(first_looks[0]) == sorted(paper.title for paper in late)


def test_another_profile_text_is_another_question(double: ModelDouble, group: Group):
    group.digest(double)
    before = len(double.chats)
    group.edited(topics="- Only graphs").digest(double)
    assert sorted(flat(asked(double.chats[before:])[:4])) == sorted(p.title for p in PAPERS)


def test_a_refused_schema_is_stepped_down_from_and_remembered(group: Group, undisturbed: Digest):
    with ModelDouble(grades, refuses=("json_schema",)) as double:
        assert scores(group.digest(double)) == scores(undisturbed)
        assert servers.OBJECT in group.store.rungs.kept.values()
        refused = len(double.chats)
        group.edited().digest(double)
        forms = {call.body["response_format"]["type"] for call in double.chats[refused:]}
        assert forms == {"json_object"}


def test_a_server_without_any_form_is_read_all_the_same(group: Group, undisturbed: Digest):
    with ModelDouble(grades, refuses=("json_schema", "json_object")) as double:
        assert scores(group.digest(double)) == scores(undisturbed)


def warm(group: Group) -> list[date]:
    """Two full days of 40 papers before `DAY`, as a model would have graded them."""
    days = [DAY - timedelta(days=2), DAY - timedelta(days=1)]
    for number, day in enumerate(days):
        old = papers(40, first=1000 + 100 * number)
        group.announce(old, day)
        said = {paper.id: (*grades(paper.title), 1.0) for paper in old}
        said |= {f"old-{number}-{n}": (9, 8, 1.0) for n in range(10)}
        group.store.save_grades(group.profile.name, "r1", day, "m", said)
    return days


def test_a_warm_profile_reads_half_and_a_sample(double: ModelDouble, group: Group):
    warm(group)
    digest = group.digest(double)
    read = flat(asked(double.chats)[:3])
    assert len(read) == len(set(read)) == 33
    assert digest.notes[0].startswith("33 of 60 papers were read by the model")
    held = [value for title, value in scores(digest).items() if title not in read]
    assert len(held) == 27
    assert all(value is not None and value <= 20 for value in held)
    before = len(double.chats)
    group.store.answers.clear()
    assert scores(group.digest(double)) == scores(digest)
    assert asked(double.chats[before:]) == []


def test_a_warm_day_with_an_outage_is_finished_as_it_was_planned(
    double: ModelDouble, group: Group, undisturbed: Digest
):
    warm(group)
    group.llm = {"concurrency": 1}
    double.faults.add("slow", "quota")
    first = group.digest(double)
    assert first.counts.undecided == 22
    assert any(note.startswith("The reading ended early: the model") for note in first.notes)
    second = group.digest(double)
    read = {title for titles in asked(double.chats) for title in titles}
    assert len(read) == 33
    assert second.counts.undecided == 0
    assert len(undisturbed.cards) >= len(second.cards)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "local"),
        ({"PAPERLARK_SCORING__LLM__API_KEY": "sk"}, "llm"),
        ({"PAPERLARK_SCORING__LLM__BASE_URL": "http://127.0.0.1:9/v1"}, "llm"),
        ({"PAPERLARK_SCORING__LLM__MODEL": "gpt-5"}, "local"),
        ({"OPENAI_API_KEY": "sk"}, "llm"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, "llm"),
    ],
)
def test_auto_means_the_model_where_one_can_be_meant(
    environ: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
):
    for each in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(each, raising=False)
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    chosen: Settings = settings.load(environ)
    assert models.keyed(chosen) == (name == "llm")
