"""What a model is asked: the words of ``prompts/score/`` round a profile and some papers.

A request is a static part, equal for every call of a profile's day, and the papers. The papers
have their numbers from 1 on; ids, authors and anything else that names somebody never leave. Each
paper is two lines, title and abstract, under a line that carries the call's random code, and its
text is cleaned of anything that could pass for such a line.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paperlark import resources
from worker.llm.untrusted import block, clean, cut
from worker.llm.words import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import Paper, Profile, Term

MOST_TITLE = 300
MOST_TEXT = 1_800
"""Characters of title and abstract together; arXiv's longest abstract has 1,920."""
PLACE = "⟨the papers⟩"
"""Stands in the provenance for what differs from call to call."""
_TYPICAL_PAPER = 280
_GRADE_TOKENS = 8
_REASON_TOKENS = 70
_MOST_REASON_TOKENS = 220  # 200 characters of any script, and the entry round them
_SPARE_TOKENS = 24
_LETTERS = "bcdfghjklmnpqrstvwxz"
_CODE = re.compile(r"[a-z0-9]{4,32}")
_BLANK = re.compile(r"\{(\w+)\}")
_PIECE = re.compile(r"[A-Za-z]+|[0-9]{1,3}|[^\sA-Za-z0-9\x80-\U0010ffff]{1,3}|[^\x00-\x7f]")
_LONG_WORD = 9


def _entries(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A strict schema: one object with one list. Only keywords that every server knows."""
    items = {name: {"type": "array", "items": entry}}
    return _object(items)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


GRADES_SCHEMA = _entries("g", {"type": "array", "items": {"type": "integer"}})
REASONS_SCHEMA = _entries("w", _object({"i": {"type": "integer"}, "t": {"type": "string"}}))
LOOKS_SCHEMA = _entries(
    "g",
    _object(
        {
            "i": {"type": "integer"},
            "r": {"type": "integer"},
            "n": {"type": "integer"},
            "t": {"type": "string"},
        }
    ),
)


@dataclass(frozen=True, slots=True)
class CostShape:
    """What calls about a profile take, in estimated tokens (see `tokens`).

    Attributes:
        prefix: the static part and the question, once a call.
        paper: a paper of usual length with its marks. Where papers are known, use `tokens`.
        grade, reason: the visible answer about one paper.
    """

    prefix: int
    paper: int = _TYPICAL_PAPER
    grade: int = _GRADE_TOKENS
    reason: int = _REASON_TOKENS


def new_tag() -> str:
    """A fresh random code for one call: a letter and three digits, which are two tokens.

    One of 20,000; and whoever guesses it gains nothing, as what could open a tag is taken out of
    all that papers say (`worker.llm.untrusted.clean`).
    """
    return f"{secrets.choice(_LETTERS)}{secrets.randbelow(1000):03}"


def grading(profile: Profile, papers: Sequence[Paper], tag: str) -> Request:
    """The question for two grades a paper; the answer's form is `GRADES_SCHEMA`.

    Args:
        profile: whose papers these are.
        papers: at least one; paper k is ``papers[k - 1]``.
        tag: this call's code, from `new_tag`.
    """
    form = ("grades", GRADES_SCHEMA, 2 * _GRADE_TOKENS)
    return _request(profile, _grade(), (papers, tag), form)


def reasons(profile: Profile, papers: Sequence[Paper], tag: str) -> Request:
    """The question for one sentence a paper, for those that will be cards; as for `grading`."""
    form = ("reasons", REASONS_SCHEMA, _MOST_REASON_TOKENS)
    return _request(profile, _worded("reason", profile), (papers, tag), form)


def looking(profile: Profile, papers: Sequence[Paper], tag: str) -> Request:
    """The question of a second look: two grades a paper, and the sentence of its card."""
    form = ("looks", LOOKS_SCHEMA, 2 * _GRADE_TOKENS + _MOST_REASON_TOKENS)
    return _request(profile, _worded("look", profile), (papers, tag), form)


def provenance(profile: Profile) -> str:
    """Exactly what is sent with every call, as Markdown; `PLACE` stands where the papers do."""
    parts = (
        ("Sent with every call", system(profile)),
        ("For the grades", f"{_grade()}\n\nSchema: {_compact(GRADES_SCHEMA)}"),
        ("For a second look", _asked("look", profile, LOOKS_SCHEMA)),
        ("For sentences alone", _asked("reason", profile, REASONS_SCHEMA)),
        ("Then", PLACE),
    )
    return "\n\n".join(f"# {heading}\n\n{text}" for heading, text in parts) + "\n"


def system(profile: Profile) -> str:
    """The static part: role, scales and profile. The same profile and files, the same text."""
    facts = {
        "topics": block(profile.topics),
        "keywords": _listed(profile.keywords),
        "exclusions": _listed(profile.exclusions),
    }
    return "\n\n".join((_file("role"), _file("rubric"), _filled(_file("profile"), facts)))


def version(profile: Profile) -> str:
    """Twelve hex digits that change with the static part or a question: with what is asked."""
    questions = (_grade(), _worded("look", profile), _worded("reason", profile))
    asked = "\0".join((system(profile), *questions))
    return hashlib.sha256(asked.encode()).hexdigest()[:12]


def tokens(text: str) -> int:
    """About how many tokens the text is, offline; never 0 for text.

    Counts what GPT's o200k vocabulary splits at: a word is one token, and one more per nine
    letters; up to three digits or marks are one; so is every character outside ASCII. Against the
    vocabulary itself: abstracts 0.93 to 1.2 times the truth, 1.02 in the mean; prompts 0.98.
    Characters / 5.5 fits abstracts as well, but gives only 0.74 of a prompt and less of noise.
    """
    return sum(_weight(piece) for piece in _PIECE.findall(text))


def _weight(piece: str) -> int:
    return -(-len(piece) // _LONG_WORD) if piece.isalpha() and piece.isascii() else 1


def cost_shape(profile: Profile) -> CostShape:
    """What a call for grades about this profile takes, before its papers are known."""
    return CostShape(prefix=tokens(system(profile)) + tokens(_grade()) + _SPARE_TOKENS)


def _request(
    profile: Profile,
    question: str,
    asked: tuple[Sequence[Paper], str],
    form: tuple[str, Mapping[str, Any], int],
) -> Request:
    """A request about `asked`, papers and the call's code; `form`: name, schema, tokens a paper."""
    static, (papers, tag), (name, schema, each) = system(profile), asked, form
    key = hashlib.sha256(static.encode()).hexdigest()[:16]
    return Request(
        static,
        f"{question}\n\n{_block(papers, tag)}",
        schema,
        name,
        _SPARE_TOKENS + each * len(papers),
        f"paperlark-{key}",
        _SPARE_TOKENS + 2 * _GRADE_TOKENS * len(papers),
    )


def _block(papers: Sequence[Paper], tag: str) -> str:
    if not _CODE.fullmatch(tag):
        raise ValueError(f"“{tag}” is no code: take one from `new_tag`.")
    told = "\n".join(_paper(paper, number, tag) for number, paper in enumerate(papers, 1))
    many = f"{len(papers)} papers" if len(papers) != 1 else "1 paper"
    return f"{many}, code {tag}:\n\n{told}\n<{tag} end>"


def _paper(paper: Paper, number: int, tag: str) -> str:
    title = cut(_untagged(paper.title, tag), MOST_TITLE) or "–"
    abstract = cut(_untagged(paper.abstract, tag), MOST_TEXT - len(title)) or "–"
    return f"<{tag} {number}>\n{title}\n{abstract}"


def _untagged(text: str, tag: str) -> str:
    """The text cleaned, and without the call's code, should it ever be in there."""
    return re.sub(re.escape(tag), "–", clean(text), flags=re.IGNORECASE)


def _listed(terms: Iterable[Term]) -> str:
    """Phrases in one line, heaviest first."""
    known = sorted(terms, key=lambda term: -(1.0 if term.weight is None else term.weight))
    return ", ".join(clean(term.text) for term in known)


def _filled(template: str, facts: Mapping[str, str]) -> str:
    """The template with its blanks filled; a line whose blank has nothing to hold is left out.

    What is filled in is never read as a template.
    """
    lines = [
        _BLANK.sub(lambda blank: facts.get(blank[1], blank[0]), line)
        for line in template.splitlines()
        if all(facts.get(name, name) for name in _BLANK.findall(line))
    ]
    return "\n".join(lines)


def _file(name: str) -> str:
    return resources.text("prompts", "score", f"{name}.md").strip()


def _grade() -> str:
    return _file("grade")


def _worded(name: str, profile: Profile) -> str:
    """A question that asks for sentences."""
    said = _filled(_file("sentence"), {"language": clean(profile.language)})
    return _filled(_file(name), {"sentence": said})


def _asked(name: str, profile: Profile, schema: Mapping[str, Any]) -> str:
    return f"{_worded(name, profile)}\n\nSchema: {_compact(schema)}"


def _compact(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, separators=(",", ":"))
