"""What the loopback model understands of a prompt: its papers, and the form of the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_OPENS = r"^<{code} (\d+|end)>[ \t]*$"
_END = re.compile(r"^<([\w-]+) end>[ \t]*$", re.MULTILINE)
_NUMBERED = re.compile(r"^(?:#+ *|\[|\()?(\d{1,3})(?:\]|\)|[.:])+[ \t]+(?=\S)", re.MULTILINE)
"""Without delimiters: ``[3] Title``, ``3. Title``, ``### 3: Title``."""
_LABEL = re.compile(r"\A(?:title|abstract):\s*", re.IGNORECASE)
_GRADES = {"g": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}}
_REASON = {"i": {"type": "integer"}, "t": {"type": "string"}}
_REASONS = {"w": {"type": "array", "items": {"type": "object", "properties": _REASON}}}


@dataclass(frozen=True, slots=True)
class Asked:
    """One paper as the model sees it: its number in the prompt, and its text."""

    number: int
    title: str
    abstract: str


def papers(user: str) -> list[Asked]:
    """The papers of a user message, in its order.

    Papers stand between lines ``<code 1>``, ``<code 2>``, …, ``<code end>``; the code is that of
    the last ``end``, so that no text of a paper can close or open one. Without such lines,
    numbered paragraphs are papers.
    """
    ends = list(_END.finditer(user))
    if not ends:
        return _numbered(user)
    code = re.escape(ends[-1].group(1))
    marks = list(re.finditer(_OPENS.format(code=code), user, re.MULTILINE))
    found = []
    for mark, after in pairwise(marks):
        if mark.group(1) != "end":
            found.append(_paper(int(mark.group(1)), user[mark.end() : after.start()]))
    return found


def _numbered(user: str) -> list[Asked]:
    marks = list(_NUMBERED.finditer(user))
    ends = [mark.start() for mark in marks[1:]] + [len(user)]
    return [
        _paper(int(mark.group(1)), user[mark.end() : end])
        for mark, end in zip(marks, ends, strict=True)
    ]


def _paper(number: int, text: str) -> Asked:
    title, _, abstract = text.strip().partition("\n")
    return Asked(number, *(_LABEL.sub("", part.strip()).strip() for part in (title, abstract)))


def form(body: Mapping[str, Any]) -> str:
    """``json_schema``, ``json_object`` or ``text``, as a call asks for it."""
    wanted = body.get("response_format")
    return str(wanted.get("type")) if isinstance(wanted, Mapping) else "text"


def schema(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer's schema: enforced, or told in the prompt, or guessed from the question."""
    if form(body) == "json_schema":
        enforced: Mapping[str, Any] = body["response_format"]["json_schema"]["schema"]
        return enforced
    system, user = words(body)
    for line in reversed(f"{user}\n{system}".split("\n")):
        if line.startswith("{") and '"properties"' in line and (told := _told(line)):
            return told
    return {"type": "object", "properties": _REASONS if '{"w"' in user + system else _GRADES}


def _told(line: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None


def words(body: Mapping[str, Any]) -> tuple[str, str]:
    """The system's text and the user's."""
    by_role = {"system": "", "user": ""}
    for message in body.get("messages", ()):
        role = "user" if message.get("role") == "user" else "system"
        by_role[role] += str(message.get("content") or "")
    return by_role["system"], by_role["user"]
