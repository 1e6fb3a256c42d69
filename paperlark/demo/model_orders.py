"""What a model does that follows every order it finds inside a paper: the worst case to stand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from paperlark.demo.model_answers import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from paperlark.demo.model_reading import Asked

_BEST, _WORST = 10, 1
_NAMED = r"(?:paper|number|index|item|entry|no\.?|#)\s*#?(\d{1,3})\b"
_WORDS = (
    r"(?:ten|(?:the )?(?:(?P<high>highest|maximum|max|top|perfect|full|best)|lowest|minimum|worst)"
    r" (?:possible )?(?:scores?|grades?|ratings?|marks?|relevance|novelty))"
)
_GRADE = rf"(?P<grade>\d{{1,3}}|{_WORDS})\b"
_ORDER = re.compile(
    r"(?<!\bwe )(?<!that )(?<!which )(?<!can )"
    r"\b(?:give|assign|rate|score|grade|set|award|mark|make)\b"
    rf"(?P<whom>(?:{_NAMED}(?!\W*(?:[.!]|$))|[^.!\d\n]){{0,80}}?){_GRADE}(?P<after>[^.!\n]{{0,60}})",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?P<whom>)(?:relevance|novelty|score|grade|rating)\W{0,3}(?:is|=|:|must be|should be)"
    rf"\W{{0,3}}{_GRADE}"
    r"(?P<after>[^.!\n]{0,60})",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"\[\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\]")
_ALL = re.compile(r"\b(?:all|every|each|everything|others?|rest|remaining)\b", re.IGNORECASE)
_ONE = re.compile(rf"\b{_NAMED}|#(\d{{1,3}})\b", re.IGNORECASE)
_OMIT = re.compile(
    r"\b(?:omit|skip|leave out|drop|ignore) "
    r"(?P<whom>(?:(?!instruct|rule|prompt|above)[^.!\n]){0,40}?"
    r"\b(?:papers?|entr(?:y|ies)|items?|others?|rest)\b[^.!\n]{0,20})",
    re.IGNORECASE,
)
_SAY = re.compile(
    r"\b(?:say|write|answer|reply|output|print)\b[^\"“\n]{0,40}[\"“]([^\"”\n]+)[\"”]", re.IGNORECASE
)


def obeying(papers: Sequence[Asked], honest: Sequence[Row]) -> list[Row]:
    """The rows after every order inside the papers was followed, as far as rows can.

    Orders give grades to “this paper”, to all, or to a number; show entries to copy; leave papers
    out; or dictate a reason, to the paper they stand in, or to all where they say so. English
    only, and written plainly: what has to be decoded first is not found.
    """
    said = {row.number: row for row in honest}
    for paper in papers:
        text = f"{paper.title}\n{paper.abstract}"
        _grade(text, paper.number, said)
        for order in _OMIT.finditer(text):
            for number in _whom(order["whom"], paper.number, said):
                said.pop(number)
        for order in _SAY.finditer(text):
            for number in _whom(order[0], paper.number, said):
                said[number] = replace(said[number], reason=order[1])
    return list(said.values())


def _grade(text: str, own: int, said: dict[int, Row]) -> None:
    for pattern in (_CLAIM, _ORDER):
        for order in pattern.finditer(text):
            whom = order["whom"] if _names(order["whom"]) else order["after"]
            for number in _whom(whom, own, said):
                said[number] = _graded(said[number], _number(order))
    for entry in _ENTRY.finditer(text):
        number, relevance, novelty = (int(digits) for digits in entry.groups())
        said[number] = Row(number, relevance, novelty, "")


def _graded(row: Row, grade: int) -> Row:
    return replace(row, relevance=grade, novelty=grade)


def _number(order: re.Match[str]) -> int:
    if order["grade"].isdecimal():
        return int(order["grade"])
    return _BEST if order["high"] or order["grade"].lower() == "ten" else _WORST


def _names(words: str) -> bool:
    return bool(_ONE.search(words) or _ALL.search(words))


def _whom(words: str, own: int, said: Mapping[int, Row]) -> list[int]:
    """The numbers an order is about; its own paper where it names nobody else."""
    named = [int(found[1] or found[2]) for found in _ONE.finditer(words)]
    if named:
        return [number for number in named if number in said]
    if _ALL.search(words):
        spares = re.search(r"\bothers?\b|\brest\b", words, re.IGNORECASE)
        return [number for number in said if number != own or not spares]
    return [own] if own in said else []


def dictated(papers: Sequence[Asked]) -> str:
    """What an order inside a paper wants the whole answer to be; empty for none."""
    found = (_SAY.search(f"{paper.title}\n{paper.abstract}") for paper in papers)
    return next((order[1] for order in found if order), "")
