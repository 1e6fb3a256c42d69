"""The pure parts of the line to a model: retries, servers, forms, and what an answer says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.llm import forms, reading, retries, servers
from worker.llm.forms import Form
from worker.llm.retries import PATIENCE_S, Course, Failure, asked_again, asked_wait
from worker.llm.servers import OBJECT, OTHER, PLAIN, SCHEMA, known, nearest
from worker.llm.settings import LlmSettings
from worker.llm.words import Answer, ModelRefused, ModelUnavailable, Request, Spent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RFC = format_datetime(NOW + timedelta(seconds=7), usegmt=True)
SCHEMA_SENT = {"type": "object", "properties": {"g": {"type": "array"}}}
REQUEST = Request("the profile", "the papers", SCHEMA_SENT, "grades", 100, "key")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": RFC}, 7.0),
        ({"retry-after": format_datetime(NOW - timedelta(1), usegmt=True)}, 0.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:09 -0000"}, 9.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "-4"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "tomorrow"}, None),
    ],
)
def test_a_server_may_say_how_long_to_wait(headers: dict[str, str], seconds: float | None):
    assert asked_wait(headers, NOW) == seconds


@given(st.text(), st.text())
def test_no_header_breaks_the_wait(ms: str, after: str):
    found = asked_wait({"retry-after-ms": ms, "retry-after": after}, NOW)
    assert found is None or found >= 0


def test_a_server_may_say_whether_to_try_again():
    words = ("true", " False ", "", "maybe")
    assert [asked_again({"x-should-retry": word}) for word in words] == [True, False, None, None]


@pytest.mark.parametrize("status", [0, 408, 409, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(status: int):
    assert Failure("", status).transient
    assert not Failure("", status, again=False).transient


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_will_not_pass_is_not(status: int):
    assert not Failure("", status).transient
    assert Failure("", status).final == (status in {401, 402, 403, 404})


def test_a_server_that_wants_another_try_gets_one_unless_it_is_vain():
    assert Failure("", 400, again=True).transient
    assert not Failure("", 401, again=True).transient
    assert not Failure("", 429, "insufficient_quota", again=True).transient


failures = st.builds(
    Failure,
    st.just("x"),
    status=st.sampled_from([0, 408, 429, 500, 503]),
    wait_s=st.none() | st.floats(0, 400),
)


@given(st.lists(failures, min_size=12, max_size=12), st.integers(1, 10), st.floats(0, 1))
def test_waits_are_bounded_and_never_shorter_than_asked(
    row: list[Failure], tries: int, chance: float
):
    course, waits = Course(tries, lambda: chance), list[float]()
    for failure in row:
        wait = course.pause(failure)
        if wait is None:
            break
        waits.append(wait)
        assert wait >= (failure.wait_s or 0.0)
    assert len(waits) <= tries - 1
    assert sum(waits) <= PATIENCE_S
    assert course.tried == len(waits) + 1


def test_own_waits_double_up_to_the_longest():
    course = Course(9, lambda: 1.0)
    found = [course.pause(Failure("x", 500)) for _ in range(7)]
    assert found == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


@pytest.mark.parametrize(
    ("failure", "kind", "words"),
    [
        (Failure("", 401), ModelRefused, "OPENAI_API_KEY"),
        (Failure("", 403), ModelRefused, "scoring.llm.model"),
        (Failure("", 404), ModelRefused, "scoring.llm.base_url"),
        (Failure("", 429, "insufficient_quota"), ModelRefused, "add credit"),
        (Failure("status 500", 500), ModelUnavailable, "3 tries (status 500); try again later"),
        (Failure("status 429", 429, wait_s=300), ModelUnavailable, "again in 300 seconds"),
    ],
)
def test_an_end_names_its_remedy(failure: Failure, kind: type[Exception], words: str):
    found = retries.error(failure, "h", Spent(2), 3)
    assert type(found) is kind
    assert words in str(found)
    assert found.spent.calls == 2


@pytest.mark.parametrize(
    ("url", "model", "expected"),
    [
        ("", "gpt-5-mini", (SCHEMA, "minimal", True, True, "max_completion_tokens")),
        ("", "gpt-5.1", (SCHEMA, "none", True, True, "max_completion_tokens")),
        ("", "o3", (SCHEMA, "low", True, True, "max_completion_tokens")),
        ("", "gpt-4o-mini", (SCHEMA, "", True, True, "max_completion_tokens")),
        ("", "gpt-4-turbo", (OBJECT, "", True, True, "max_completion_tokens")),
        (
            "https://x.openai.azure.com/openai/v1/",
            "gpt-5",
            (SCHEMA, "minimal", False, False, "max_completion_tokens"),
        ),
        ("https://api.deepseek.com", "deepseek-chat", (OBJECT, "", False, False, "max_tokens")),
        ("http://127.0.0.1:8000/v1", "Qwen/Qwen3-8B", (SCHEMA, "", False, False, "max_tokens")),
        ("http://localhost:11434/v1", "gpt-oss:20b", (SCHEMA, "low", False, False, "max_tokens")),
        (
            "http://litellm:4000",
            "openai/gpt-5-nano",
            (SCHEMA, "minimal", False, False, "max_completion_tokens"),
        ),
        ("https://notapi.openai.com.example", "m", (SCHEMA, "", False, False, "max_tokens")),
    ],
)
def test_each_server_gets_what_it_knows(
    url: str, model: str, expected: tuple[int, str, bool, bool, str]
):
    server = known(url, model)
    effort = nearest("minimal", server.efforts)
    found = (server.rung, effort, server.tiers, server.cache_key, server.limits[0])
    assert found == expected


def test_the_host_is_named_without_secrets():
    assert servers.host("https://user:secret@h.example:81/v1?key=secret") == "h.example"


def test_the_full_form():
    form = forms.first(servers.OPENAI, "gpt-5", "minimal", "flex")
    body = forms.first(known("", "gpt-5"), "gpt-5", "minimal", "flex").body(REQUEST)
    assert form.effort == ""
    assert [message["content"] for message in body["messages"]] == ["the profile", "the papers"]
    assert body["response_format"]["json_schema"] == {
        "name": "grades", "strict": True, "schema": SCHEMA_SENT,
    }  # fmt: skip
    assert (body["reasoning_effort"], body["service_tier"]) == ("minimal", "flex")
    assert body["prompt_cache_key"] == "key"
    assert body["max_completion_tokens"] > 100
    assert "max_tokens" not in body


def test_lower_rungs_tell_the_schema():
    for rung, sent in ((OBJECT, {"type": "json_object"}), (PLAIN, None)):
        body = Form("m", rung).body(REQUEST)
        assert body.get("response_format") == sent
        assert body["messages"][0]["content"].startswith("the profile")
        assert json.loads(body["messages"][0]["content"].split("\n")[-1]) == SCHEMA_SENT


def test_a_model_that_does_not_reason_gets_no_room_for_it():
    assert Form("m", reasons=False).limit(REQUEST) == 100
    assert Form("m").limit(REQUEST) > Form("m", effort="minimal").limit(REQUEST) > 100


LIMITS = ("max_completion_tokens", "max_tokens")
FULL = Form("m", SCHEMA, "minimal", "flex", cache_key=True, limits=LIMITS)
VALUE = (
    "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. "
    "Supported values are: 'low', 'medium'"
)
UNAVAILABLE = "This response_format type is unavailable now"


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (UNAVAILABLE, {"rung": OBJECT}),
        ("'response_format.type' must be 'json_object' or 'text'", {"rung": OBJECT}),
        ("Unrecognized request argument supplied: prompt_cache_key", {"cache_key": False}),
        ('[{"type":"extra_forbidden","loc":["body","service_tier"]}]', {"tier": ""}),
        ("Unknown parameter: 'reasoning_effort'", {"effort": ""}),
        (VALUE, {"effort": "low"}),
        (
            "'max_completion_tokens' is not supported; use 'max_tokens' instead",
            {"limits": ("max_tokens",)},
        ),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_part_is_left_out(words: str, change: dict[str, Any], status: int):
    eased = FULL.eased(Failure("", status, words=words))
    assert eased is not None
    assert {name: getattr(eased, name) for name in change} == change
    others = set(FULL.__slots__) - set(change)
    assert all(getattr(eased, name) == getattr(FULL, name) for name in others)


def test_what_was_not_sent_cannot_be_left_out():
    assert Form("m", PLAIN, limits=()).eased(Failure("", 400, words=UNAVAILABLE)) is None
    assert FULL.eased(Failure("", 400, words="Bad request")) is None
    assert FULL.eased(Failure("", 500, words=UNAVAILABLE)) is None


NAMES = ("reasoning_effort", "service_tier", "prompt_cache_key", *LIMITS, UNAVAILABLE, VALUE)


@given(st.lists(st.sampled_from(NAMES), max_size=6))
def test_easing_comes_to_an_end(parts: list[str]):
    form: Form | None = FULL
    for _ in range(9):
        if form is not None:
            form = form.eased(Failure("", 400, words=" ".join(parts)))
    assert form is None


def completion(**changes: Any) -> dict[str, Any]:
    usage = {
        "prompt_tokens": 500, "completion_tokens": 60, "total_tokens": 560,
        "prompt_tokens_details": {"cached_tokens": 384},
        "completion_tokens_details": {"reasoning_tokens": 40},
    }  # fmt: skip
    choice = {"message": {"content": "{}"}, "finish_reason": "stop"}
    return {"choices": [choice], "usage": usage} | changes


def read(**changes: Any) -> Answer:
    found = reading.read(completion(**changes), REQUEST)
    assert isinstance(found, Answer)
    return found


def choice(finish: str | None = "stop", **message: Any) -> list[dict[str, Any]]:
    return [{"message": message, "finish_reason": finish}]


def test_a_whole_answer():
    assert read() == Answer("{}", "stop", Spent(1, 500, 384, 60, 40))


@pytest.mark.parametrize(
    ("choices", "text", "finish"),
    [
        (choice(content="  "), "  ", "stop"),
        (choice(content=None), "", "stop"),
        (choice(None, content="x"), "x", "stop"),
        (choice("length", content="{"), "{", "length"),
        (choice("content_filter", content=None), "", "content_filter"),
        (choice(content=None, refusal="no"), "", "refusal"),
        (choice(content=[{"type": "text", "text": "a"}, {"type": "x"}, "y"]), "a", "stop"),
        ([{"finish_reason": "stop"}], "", "stop"),
    ],
)
def test_what_a_model_said_is_an_answer(choices: list[Any], text: str, finish: str):
    found = read(choices=choices)
    assert (found.text, found.finish) == (text, finish)


@pytest.mark.parametrize(
    "body",
    ["<html>", None, [], 3, {}, {"choices": None}, {"choices": []}, {"choices": ["x"]},
     completion(choices=choice("error", content="half"))],
)  # fmt: skip
def test_what_is_no_completion_is_a_failure_to_try_again(body: object):
    found = reading.read(body, REQUEST)
    assert isinstance(found, Failure)
    assert found.transient


def test_a_failure_with_usage_is_counted():
    found = reading.read(completion(choices=None), REQUEST)
    assert found.spent.prompt_tokens == 500


@pytest.mark.parametrize(
    "usage", [None, {}, "many", {"prompt_tokens": None}, {"prompt_tokens": -3}]
)
def test_what_is_not_counted_is_estimated(usage: Any):
    spent = read(usage=usage, choices=choice(content='{"g":[[1,2,3]]}')).spent
    assert spent.calls == 1
    assert spent.prompt_tokens > 3
    assert spent.completion_tokens > 6


def test_other_dialects_of_usage():
    deepseek = {"prompt_tokens": 500, "completion_tokens": 9, "prompt_cache_hit_tokens": 448}
    assert read(usage=deepseek).spent == Spent(1, 500, 448, 9)
    beside = {
        "prompt_tokens": 500, "completion_tokens": 60, "total_tokens": 600,
        "completion_tokens_details": {"reasoning_tokens": 40}, "prompt_tokens_details": None,
    }  # fmt: skip
    assert read(usage=beside).spent == Spent(1, 500, 0, 100, 40)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["choices", "message", "content", "usage", "prompt_tokens", "error", "x"]),
        inner,
    ),
)  # fmt: skip


@given(json_values)
def test_no_json_breaks_the_reading(body: object):
    found = reading.read(body, REQUEST)
    assert isinstance(found, Answer | Failure)
    assert found.spent.prompt_tokens >= found.spent.cached_tokens >= 0


def test_an_unknown_server_is_asked_nothing_special():
    assert (OTHER.efforts, OTHER.tiers, OTHER.cache_key) == ((), False, False)


@pytest.mark.parametrize(
    ("model", "sent", "then"),
    [("gpt-5", "minimal", "low"), ("gpt-5.1", "none", "minimal"), ("gpt-4o", "", "")],
)
def test_no_effort_at_all_is_the_least_that_a_model_knows(model: str, sent: str, then: str):
    form = forms.first(
        known("", model), model, LlmSettings.model_validate({"effort": "none"}).effort, ""
    )
    assert form.effort == sent
    refused = Failure("", 400, words=f"Unsupported value: reasoning_effort '{sent}'. "
                      "Supported values are 'low' and 'high'.")  # fmt: skip
    eased = form.eased(refused)
    assert (eased.effort if eased else "") == then
