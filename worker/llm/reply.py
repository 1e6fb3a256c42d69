"""What a model's answer says, whatever came: one parser for every rung of the ladder.

Read are strict JSON, JSON after or between prose, in code fences, one value a line, and the whole
entries of an answer that broke off. Entries are ``[1, 8, 7]`` or ``{"i": 1, "r": 8, "n": 7}`` for
grades, ``{"i": 1, "t": "…"}`` or ``[1, "…"]`` for sentences, and a second look's have both. What
is unambiguous is taken: ``8.0`` is the number 8 in JSON, and ``"8"`` can mean nothing else. What is
not is a fault, and its paper will be asked about again: a missing paper, two different answers, a
number that is not whole or not on the scale. Nothing is ever repaired or guessed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from worker.llm.untrusted import sentence
from worker.llm.words import Grade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")

MISSING = "the model left it out of its answer"
DOUBLED = "the model answered twice about it, and differently"
OFF_SCALE = "the model gave it no whole number from 1 to 10"
SILENT = "the model said nothing about it"
UNREADABLE = "the model's answer could not be read"

_GRADES = frozenset(range(1, 11))
_LONGEST = 200_000  # characters that are looked at
_MOST_STARTS = 300  # brackets that begin no JSON value before the rest is given up
_LONGEST_NUMBER = 4
_THOUGHT = "</think>"
_NUMBER = re.compile(r"[0-9]{1,4}")
_ENTRY_NAMES = {"index": "i", "relevance": "r", "novelty": "n", "reason": "t"}


@dataclass(frozen=True, slots=True)
class Reply:
    """Grades by index; every index from 1 to the count is in exactly one of grades and faults.

    Attributes:
        faults: index to what is wrong, one clause for people.
        strays: entries about no paper that was asked about; they are dropped.
        reasons: the sentences of a second look, as far as there are any: see `Reasons`.
    """

    grades: Mapping[int, Grade]
    faults: Mapping[int, str]
    strays: int = 0
    reasons: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reasons:
    """The same for sentences, each one clean line of at most 200 characters, never empty."""

    reasons: Mapping[int, str]
    faults: Mapping[int, str]
    strays: int = 0


def grades(text: str, count: int) -> Reply:
    """The grades in an answer about papers 1 to `count`. Never raises."""
    return Reply(*_read(text, count, "g", _grade, OFF_SCALE))


def reasons(text: str, count: int) -> Reasons:
    """The sentences in an answer about papers 1 to `count`. Never raises."""
    return Reasons(*_read(text, count, "w", _reason, SILENT))


def looks(text: str, count: int) -> Reply:
    """The grades and sentences in the answer to a second look. Never raises.

    A paper without a sentence is no fault; one with two different sentences has none.
    """
    found, _, _ = _read(text, count, "g", _reason, SILENT)
    return replace(grades(text, count), reasons=found)


def _read(
    text: str, count: int, envelope: str, take: Callable[[Mapping[str, Any]], T | None], wrong: str
) -> tuple[dict[int, T], dict[int, str], int]:
    values = list(_values(text))
    whole = [v for v in values if isinstance(v, dict) and isinstance(v.get(envelope), list)]
    said: dict[int, list[T | None]] = {}
    strays = 0
    for entry in _entries(whole or values, envelope):
        index = _whole(entry.get("i"))
        if index is None or not 1 <= index <= count:
            strays += 1
        else:
            said.setdefault(index, []).append(take(entry))
    faults: dict[int, str] = {}
    good: dict[int, T] = {}
    for index in range(1, count + 1):
        answers = said.get(index, [])
        first = answers[0] if answers else None
        if not answers:
            faults[index] = MISSING if values else UNREADABLE
        elif any(answer != first for answer in answers):
            faults[index] = DOUBLED
        elif first is None:
            faults[index] = wrong
        else:
            good[index] = first
    return good, faults, strays


def _values(text: str) -> Iterator[Any]:
    """Every JSON object and list in the text that does not stand inside another."""
    spoken = text[:_LONGEST].rpartition(_THOUGHT)[2]
    decoder = json.JSONDecoder(object_pairs_hook=_unequal_left_out)
    at, starts = 0, 0
    while starts < _MOST_STARTS:
        at = min((k for k in (spoken.find("{", at), spoken.find("[", at)) if k >= 0), default=-1)
        if at < 0:
            return
        try:
            value, at = decoder.raw_decode(spoken, at)
        except (ValueError, RecursionError):
            at, starts = at + 1, starts + 1
        else:
            yield value


def _unequal_left_out(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that it gives two different values is not in it."""
    found: dict[str, Any] = {}
    bad = set()
    for key, value in pairs:
        if key in found and found[key] != value:
            bad.add(key)
        found[key] = value
    return {key: value for key, value in found.items() if key not in bad}


def _entries(values: list[Any], envelope: str) -> Iterator[Mapping[str, Any]]:
    """The entries in some values, in order, however they are wrapped."""
    waiting = values[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            named = {_ENTRY_NAMES.get(str(key), str(key)): value[key] for key in value}
            if "i" in named:
                yield named
            else:
                waiting += [v for v in reversed(named.values()) if isinstance(v, dict | list)]
        elif isinstance(value, list):
            if any(isinstance(inner, dict | list) for inner in value):
                waiting += value[::-1]
            elif len(value) == (3 if envelope == "g" else 2):
                yield dict(zip("irn" if envelope == "g" else "it", value, strict=True))
            elif len(value) == len("irnt") and isinstance(value[-1], str):
                yield dict(zip("irnt", value, strict=True))


def _grade(entry: Mapping[str, Any]) -> Grade | None:
    relevance, novelty = _whole(entry.get("r")), _whole(entry.get("n"))
    if relevance is None or novelty is None:
        return None
    return Grade(relevance, novelty) if {relevance, novelty} <= _GRADES else None


def _reason(entry: Mapping[str, Any]) -> str | None:
    said = entry.get("t")
    return (sentence(said) or None) if isinstance(said, str) else None


def _whole(value: Any) -> int | None:
    """The whole number that a JSON value is, or None; True is none."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value // 1 and abs(value) < 10**_LONGEST_NUMBER else None
