"""One setting of a model varied: what is asked, and what the comparison says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.cli import tables
from paperlark.demo.model import ModelDouble
from paperlark.domain import LabelledPaper
from paperlark.errors import ConfigError, ScorerError
from tests import scoring
from tests.scoring import PROFILE, Group
from worker import effects
from worker.effects import Vary
from worker.labelled import Day, grouped
from worker.llm.settings import LlmSettings
from worker.llm.words import Grade

if TYPE_CHECKING:
    from collections.abc import Iterator


def days(count: int = 12) -> tuple[Day, ...]:
    papers = []
    for number, paper in enumerate(scoring.papers(count)):
        relevance, novelty = scoring.grades(paper.title)
        day = date(2026, 11, 2) + timedelta(number // 5)
        wanted = relevance > 7
        row = LabelledPaper(day, paper.id, paper.title, paper.abstract, (), (), wanted)
        papers.append(row)
        assert novelty
    return grouped(papers)


@pytest.fixture
def double() -> Iterator[ModelDouble]:
    with ModelDouble(scoring.grades) as running:
        yield running


def measured(double: ModelDouble, vary: str, number: int | None = None) -> dict[str, Any]:
    papers = effects.sample(days(), number)
    return effects.measure(papers, PROFILE, Vary.parse(vary), Group().account(double))


def test_batch_sizes(double: ModelDouble):
    found = measured(double, "batch_size=4,12,12")
    rows = found["values"]
    assert (found["varied"], found["papers"], found["selected"]) == ("batch_size", 12, 3)
    assert [row["calls"] for row in rows] == [3, 1, 1]
    assert [row["coverage"] for row in rows] == [row["auc"] for row in rows] == [1, 1, 1]
    assert rows[0]["agreement"] is None
    same = {"papers": 12, "same": 1.0, "within_1": 1.0, "qwk": 1.0, "shift": 0.0}
    assert [row["agreement"] for row in rows[1:]] == [same, same]
    first, second = (row["per_paper"] for row in rows[:2])
    assert first["prompt_tokens"] > second["prompt_tokens"] > 0
    assert first["cost_usd"] > second["cost_usd"] > 0
    assert sum(row["cost_usd"] for row in rows) > 0
    asked = scoring.asked(double.chats)
    assert sorted(map(len, asked)) == [4, 4, 4, 12, 12]
    assert asked[-1] == asked[-2]


def test_effort_is_sent_and_its_hidden_tokens_are_counted(double: ModelDouble):
    rows = measured(double, "effort=minimal,high", 6)["values"]
    assert [call.body["reasoning_effort"] for call in double.chats] == ["minimal", "high"]
    assert [row["reasoning_tokens"] for row in rows] == [30, 1200]
    assert rows[1]["per_paper"]["cost_usd"] > rows[0]["per_paper"]["cost_usd"]


def test_another_order_is_another_order_of_the_same_papers(double: ModelDouble):
    measured(double, "order=1,2,1")
    one, two, again = scoring.asked(double.chats)
    assert one == again != two
    assert sorted(one) == sorted(two)


def test_what_stays_undecided_is_not_compared(double: ModelDouble):
    odd = effects.sample(days(), 2)[0].title
    double.grades = lambda title, _: (11, 5) if title == odd else scoring.grades(title)
    found = measured(double, "batch_size=1,2", 2)
    rows = found["values"]
    assert [row["coverage"] for row in rows] == [0.5, 0.5]
    assert rows[1]["agreement"]["papers"] == 1
    assert list(rows[0]["undecided"].values()) == [1]
    assert "1\u00a0paper undecided" in tables.effects(found)


def test_a_model_that_cannot_be_asked_is_one_sentence(double: ModelDouble):
    double.key = "another"
    stranger = Group(llm={"api_key": "wrong"}).account(double)
    with pytest.raises(ScorerError, match="API_KEY"):
        effects.measure(effects.sample(days()), PROFILE, Vary.parse("order=1,2"), stranger)
    with pytest.raises(ConfigError, match="no paper"):
        effects.measure([], PROFILE, Vary.parse("order=1,2"), Group().account(double))


def test_the_table_has_a_line_a_value(double: ModelDouble):
    text = tables.effects(measured(double, "order=1,2"))
    lines = text.splitlines()
    assert lines[0] == "gpt-5-mini, 12\u00a0papers, 3 selected; compared with the first value"
    assert [line.split()[0] for line in lines[3:5]] == ["1", "2"]
    assert lines[-1].startswith("  In all: $0.0")


@pytest.mark.parametrize(
    "text",
    ["", "batch_size", "batch_size=8", "size=1,2", "batch_size=0,8", "batch_size=a,b",
     "batch_size=1,,2", "effort=low,brave", "order=" + ",".join("abcdefghijklm")],
)  # fmt: skip
def test_what_cannot_be_varied_is_said(text: str):
    with pytest.raises(ConfigError, match=r"nothing to vary|--vary"):
        Vary.parse(text)


def test_a_sample_is_the_same_again_and_part_of_a_larger_one():
    assert effects.sample(days(), 5) == effects.sample(reversed(days()), 5)
    assert effects.sample(days(), 5) == effects.sample(days())[:5]
    assert len(effects.sample(days())) == 12


def test_an_estimate_is_of_all_values():
    account = Group().account(None)
    papers = effects.sample(days())
    one, two = (
        effects.estimate(papers, PROFILE, Vary("batch_size", values), account)
        for values in (("4",), ("4", "12"))
    )
    assert (one.papers, two.papers) == (12, 24)
    assert (one.spent.calls, two.spent.calls) == (3, 4)
    assert (one.spent.cost_usd or 0) < (two.spent.cost_usd or 0) < 2 * (one.spent.cost_usd or 0)


GRADES = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Grade, st.integers(1, 10), st.just(5)), max_size=6
)


@given(GRADES, GRADES)
def test_agreement_is_symmetric_but_for_the_shift(one: dict[str, Grade], two: dict[str, Grade]):
    there, back = effects.compared(one, two), effects.compared(two, one)
    shift, other = there.pop("shift"), back.pop("shift")
    assert there == back
    assert there["papers"] == len(one.keys() & two.keys())
    assert (there["same"] or 0) <= (there["within_1"] or 0)
    assert shift is other is None or shift == pytest.approx(-(other or 0.0))


def test_only_what_is_varied_changes():
    base = LlmSettings.model_validate({"api_key": "k", "tries": 2})
    for text in ("batch_size=3,4", "effort=low,high", "order=x,y"):
        vary = Vary.parse(text)
        changed = vary.settings(base, vary.values[0]).model_dump()
        same = base.model_dump()
        assert {name for name in same if same[name] != changed[name]} <= {vary.kind}
        assert vary.order(vary.values[0]) == ("x" if vary.kind == "order" else "")
