from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.llm.reply import (
    DOUBLED,
    MISSING,
    OFF_SCALE,
    SILENT,
    UNREADABLE,
    grades,
    looks,
    reasons,
)
from worker.llm.words import Grade

GRADE = st.builds(Grade, st.integers(1, 10), st.integers(1, 10))
DAY = st.lists(GRADE, min_size=1, max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 99)
    | st.floats()
    | st.text("igrnwt1[]{}", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["g", "i", "r", "n", "w", "t", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


def strict(day: list[Grade]) -> str:
    return json.dumps({"g": [[k, g.relevance, g.novelty] for k, g in enumerate(day, 1)]})


def compact(day: list[Grade]) -> str:
    return strict(day).replace(" ", "")


def indented(day: list[Grade]) -> str:
    return json.dumps(json.loads(strict(day)), indent=2)


def objects(day: list[Grade]) -> str:
    rows = [{"i": k, "r": g.relevance, "n": g.novelty} for k, g in enumerate(day, 1)]
    return json.dumps({"results": rows})


def lines(day: list[Grade]) -> str:
    return "\n".join(json.dumps(row) for row in json.loads(objects(day))["results"])


def fenced(day: list[Grade]) -> str:
    return f"Here are the grades [1] you asked for:\n\n```json\n{strict(day)}\n```\nThat is all."


def thought(day: list[Grade]) -> str:
    return f'<think>Maybe [1, 2, 2] or {{"g":[[1,3,3]]}}.</think>\n{strict(day)}'


def bare(day: list[Grade]) -> str:
    return json.dumps(json.loads(strict(day))["g"])


def comma(day: list[Grade]) -> str:
    return compact(day).replace("]]}", "],]}")


def texts(day: list[Grade]) -> str:
    return json.dumps(
        {"g": [[str(k), str(g.relevance), float(g.novelty)] for k, g in enumerate(day, 1)]}
    )


def long_names(day: list[Grade]) -> str:
    rows = [
        {"index": k, "relevance": g.relevance, "novelty": g.novelty} for k, g in enumerate(day, 1)
    ]
    return json.dumps(rows)


SHAPES = [
    strict,
    compact,
    indented,
    objects,
    lines,
    fenced,
    thought,
    bare,
    comma,
    texts,
    long_names,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@given(day=DAY)
def test_every_shape_of_an_answer_is_read(shape: Any, day: list[Grade]):
    reply = grades(shape(day), len(day))
    assert reply.grades == dict(enumerate(day, 1))
    assert (reply.faults, reply.strays) == ({}, 0)


@given(
    st.text() | JSON.map(json.dumps) | DAY.map(strict).map(lambda text: text[: len(text) // 2]),
    st.integers(0, 20),
)
def test_whatever_comes_each_paper_is_graded_or_at_fault(text: str, count: int):
    reply, said = grades(text, count), reasons(text, count)
    assert sorted([*reply.grades, *reply.faults]) == list(range(1, count + 1))
    assert sorted([*said.reasons, *said.faults]) == list(range(1, count + 1))
    assert all(1 <= g.relevance <= 10 and 1 <= g.novelty <= 10 for g in reply.grades.values())
    assert all(said.reasons.values())
    assert all(said.faults.values())


@given(DAY, st.integers(0, 500))
def test_of_an_answer_that_breaks_off_only_whole_entries_count(day: list[Grade], at: int):
    reply = grades(compact(day)[:at], len(day))
    assert reply.grades.items() <= dict(enumerate(day, 1)).items()


@pytest.mark.parametrize(
    "wrong",
    ["0", "11", "-1", "7.5", "null", "true", '"high"', '"7.5"', '"٨"', "NaN", "Infinity", "1e400",
     "9" * 5000, '""', "[]", "{}", '"8/10"'],
)  # fmt: skip
def test_what_is_no_whole_number_on_the_scale_is_at_fault(wrong: str):
    reply = grades(f'[{{"i":1,"r":{wrong},"n":5}},{{"i":2,"r":5,"n":5}}]', 2)
    assert reply.grades == {2: Grade(5, 5)}
    assert reply.faults[1] in {OFF_SCALE, MISSING}


@pytest.mark.parametrize("index", ["0", "4", "-1", "1.5", "null", "true", '"x"', "99999999"])
def test_entries_about_no_paper_are_dropped_and_counted(index: str):
    reply = grades(f'{{"g":[[{index},10,10],[1,2,3]]}}', 3)
    assert reply.grades == {1: Grade(2, 3)}
    assert reply.faults == {2: MISSING, 3: MISSING}
    assert reply.strays == 1


def test_the_same_answer_twice_is_one_and_two_different_ones_are_none():
    reply = grades('{"g":[[1,8,7],[1,8,7],[2,8,7],[2,8,6],[3,8,7],[3,8,70]]}', 3)
    assert reply.grades == {1: Grade(8, 7)}
    assert reply.faults == {2: DOUBLED, 3: DOUBLED}
    assert grades('{"i":1,"r":9,"r":1,"n":5}', 1).faults == {1: OFF_SCALE}
    assert grades('{"g":[[1,9,9]]} or rather {"g":[[1,2,2]]}', 1).faults == {1: DOUBLED}


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "I can't help with that.", "<html><b>502</b></html>", "{", "[[[1,", "\ud800"],
)
def test_an_answer_without_json_could_not_be_read(text: str):
    assert grades(text, 2).faults == {1: UNREADABLE, 2: UNREADABLE}


@pytest.mark.parametrize("text", ["{}", '{"g":[]}', "[]", '{"error":"no"}'])
def test_an_answer_without_entries_left_all_out(text: str):
    assert grades(text, 2).faults == {1: MISSING, 2: MISSING}


@pytest.mark.parametrize(
    "text", ["[" * 150_000, '{"g":' * 50_000, '{"a\\"' * 60_000, "[1," * 90_000]
)
def test_hostile_nesting_is_given_up(text: str):
    assert grades(text, 1).faults == {1: UNREADABLE}


def test_an_entry_with_a_trailing_comma_is_not_guessed_at():
    assert grades('{"g":[[1,8,7,],[2,8,7]]}', 2).faults == {1: MISSING}


def test_reasons_are_cleaned():
    text = json.dumps({"w": [
        {"i": 1, "t": "  **Halves** memory; see https://example.test/x "},
        {"i": 2, "t": "`"},
        {"i": 3, "t": 5},
        {"i": 4, "t": "word " * 90},
    ]})  # fmt: skip
    said = reasons(text, 5)
    assert said.reasons[1] == "Halves memory; see"
    assert said.faults == {2: SILENT, 3: SILENT, 5: MISSING}
    assert len(said.reasons[4]) <= 200


def test_reasons_may_hold_brackets_and_come_in_any_wrapping():
    entry = {"i": 1, "t": 'Works for [CLS], {x} and a "quoted" bound.'}
    for text in (json.dumps({"w": [entry]}), json.dumps(entry), f"```\n{json.dumps([entry])}\n```",
                 json.dumps([1, entry["t"]])):  # fmt: skip
        assert reasons(text, 1).reasons == {1: entry["t"]}


def test_two_different_reasons_are_none():
    text = '{"w":[{"i":1,"t":"a"},{"i":1,"t":"b"},{"i":2,"t":"c"},{"i":2,"t":"c "}]}'
    assert reasons(text, 2).faults == {1: DOUBLED}
    assert reasons(text, 2).reasons == {2: "c"}


@given(DAY, st.data())
def test_a_second_look_has_grades_and_sentences(day: list[Grade], data: st.DataObject):
    told = data.draw(st.lists(st.sampled_from(["It is new.", "", " \n"]), min_size=len(day)))
    rows = [
        {"i": k, "r": g.relevance, "n": g.novelty, "t": t}
        for k, (g, t) in enumerate(zip(day, told, strict=False), 1)
    ]
    for text in (json.dumps({"g": rows}), json.dumps([list(row.values()) for row in rows])):
        read = looks(text, len(day))
        assert dict(read.grades) == dict(enumerate(day, 1))
        assert set(read.reasons) == {row["i"] for row in rows if row["t"] == "It is new."}
        assert not read.faults


def test_in_a_second_look_only_a_missing_grade_is_a_fault():
    rows = [
        {"i": 1, "r": 11, "n": 5, "t": "Good."},
        {"i": 2, "r": 5, "n": 5},
        {"i": 3, "r": 6, "n": 6, "t": "One."},
        {"i": 3, "r": 6, "n": 6, "t": "Other."},
    ]
    read = looks(json.dumps({"g": rows}), 4)
    assert dict(read.grades) == {2: Grade(5, 5), 3: Grade(6, 6)}
    assert dict(read.faults) == {1: OFF_SCALE, 4: MISSING}
    assert dict(read.reasons) == {1: "Good."}


@given(st.text() | JSON.map(json.dumps))
def test_whatever_comes_is_no_error_in_a_second_look(text: str):
    read = looks(text, 3)
    assert {*read.grades, *read.faults} == {1, 2, 3}
