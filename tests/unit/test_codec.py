"""What is kept reads back as it was, and what cannot be read says so."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark.codec import SCHEMA, decode, encode
from paperlark.domain import (
    AnnounceType,
    Author,
    Batch,
    BatchState,
    Digest,
    Listing,
    Paper,
    Profile,
    Score,
    Scored,
    Usage,
)
from paperlark.errors import StoreError

PAPER = Paper(
    id="2509.20323",
    version=2,
    title="Descent",
    abstract="An abstract.",
    authors=(Author("Žofie Dvořáčková"), Author("B", ("X", "Y"))),
    categories=("cs.LG", "stat.ML"),
    source_title="Descent",
    source_abstract="An $abstract$.",
)

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-9, 2**40),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def _of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a domain type, every field drawn."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return st.one_of(*(st.none() if arg is types.NoneType else _of(arg) for arg in args))
    if origin is tuple:
        return st.lists(_of(args[0]), max_size=2).map(tuple)
    if origin is Mapping:
        return st.dictionaries(_of(args[0]), _of(args[1]), max_size=2)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        parts = {field.name: _of(hints[field.name]) for field in dataclasses.fields(kind)}
        return st.builds(kind, **parts)
    return st.sampled_from(kind) if issubclass(kind, StrEnum) else LEAVES[kind]


@pytest.mark.parametrize("kind", [Paper, Batch, Scored, Profile, Digest])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data())
def test_every_value_reads_back_equal(kind: Any, data: st.DataObject):
    value = data.draw(_of(kind))
    assert decode(kind, encode(value)) == value
    assert decode(kind, encode(value, packed=True)) == value


def test_a_lone_surrogate_survives():
    score = Score(1.0, comment="half \ud83d of a pair")
    assert decode(Score, encode(score)) == score


def test_the_document_carries_its_schema():
    assert json.loads(encode(PAPER))["schema"] == SCHEMA


def test_a_paper_is_compact():
    body = json.loads(encode(PAPER))["body"]
    assert body["T"] is None
    assert body["A"] == "An $abstract$."
    assert body["u"] == [["Žofie Dvořáčková"], ["B", ["X", "Y"]]]
    assert "d" not in body


def test_a_packed_document_is_smaller():
    long = dataclasses.replace(PAPER, abstract="An abstract of many words. " * 40)
    assert len(encode(long, packed=True)) < len(encode(long)) / 3


def test_a_listing_is_three_values():
    rows = (Listing("2509.20323", 1, AnnounceType.NEW),)
    batch = Batch(date(2025, 9, 25), "cs.LG", BatchState.COMPLETE, rows)
    assert json.loads(encode(batch))["body"]["listings"] == [["2509.20323", 1, "new"]]


def test_a_default_that_may_change_is_written_down():
    body = json.loads(encode(Profile("p", ("cs.LG",))))["body"]
    assert body["cap"] == 12
    assert body["announce_types"] == ["new", "cross"]


def test_an_unknown_price_is_not_a_price_of_nothing():
    scored = Scored({}, {}, Usage("llm", cost_usd=None))
    assert decode(Scored, encode(scored)).usage.cost_usd is None


def test_keys_of_a_later_release_are_ignored():
    document = json.loads(encode(PAPER))
    document["body"]["new_key"] = 1
    assert decode(Paper, json.dumps(document).encode()) == PAPER


def test_a_newer_schema_is_refused_with_the_remedy():
    document = json.loads(encode(PAPER)) | {"schema": SCHEMA + 1}
    with pytest.raises(StoreError, match=r"newer paperlark \(schema 2.*upgrade"):
        decode(Paper, json.dumps(document).encode())


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        b'{"schema":"x","body":{}}',
        b'{"schema":1}',
        b'{"schema":1,"body":[]}',
        b'{"schema":1,"body":"text"}',
        b'{"schema":1,"body":{"i":"x"}}',
        b'{"schema":1,"body":{"i":1,"v":1,"t":"","a":"","u":[],"c":[]}}',
        b'{"schema":1,"body":{"i":"x","v":1,"t":"","a":"","u":"not a list","c":[]}}',
        b'{"schema":1,"body":{"i":"x","v":1,"t":"","a":"","u":["not a row"],"c":[]}}',
        b'{"schema":1,"body":{"i":"x","v":true,"t":"","a":"","u":[],"c":[]}}',
        encode(Usage("local")),
        encode(PAPER, packed=True)[:-5],
    ],
)
def test_a_damaged_document_is_a_store_error(document: bytes):
    with pytest.raises(StoreError, match="A stored paper cannot be read"):
        decode(Paper, document)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "ninety"])
def test_what_json_cannot_hold_is_a_store_error(value: Any):
    with pytest.raises(StoreError, match="This score cannot be kept"):
        encode(Score(value))
