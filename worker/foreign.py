"""Reads a profile written for another digest of this kind: which line is what.

Nothing is dropped but what tells a model how to grade or to answer, and that is listed. A line
that is not understood is a topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind: TypeAlias = Literal["topics", "keywords", "authors", "categories", "rubric"]

_LONGEST_KEYWORD: Final = 60
"""Characters; what is longer is a sentence, and belongs to the topics."""
_LONGEST_TITLE: Final = 90
_LONGEST_LABEL: Final = 4
"""Words."""
_LABEL_DEPTH: Final = 7
"""A label such as ``**Keywords:**`` stands under every heading."""

_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*#*\s*")
_RULE = re.compile(r"([-*_=])\1{2,}")
_LABEL = re.compile(
    r"(?:\*\*|__)?([A-Za-z][A-Za-z ’']{2,40}?)\s*(?::(?:\*\*|__)?|(?:\*\*|__)\s*:)(.*)"
)
_NUMBERED = re.compile(r"\(?\d{1,3}[.)]\s+(.*)")
_BULLET = re.compile(r"[-*+•–]\s*(?![-*+])(.*)")
_SIDE = re.compile(r"(?:\*\*|__)?([^:*_]{2,40}?)(?:\*\*|__)?\s*:\s*(?:\*\*|__)?\s*(.*)")
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "rubric",
        re.compile(
            r"(?:(?:relevance|novelty|papers?|final|overall|the) )*(?:scor(?:e|es|ing)|grading"
            r"|rating)(?: (?:criteria|rubrics?|guide\w*|rules?|system|scale|instructions?))?"
            r"|(?:scoring )?rubrics?|relevance|novelty"
        ),
    ),
    (
        "rubric",
        re.compile(
            r"(?:(?:response|output|answer|task|reply) ?)*(?:instructions?|format(?:ting)?)"
            r"|response|output|answer|(?:the )?(?:list of )?papers?(?: list)?|rules"
        ),
    ),
    (
        "keywords",
        re.compile(r"(?:[a-z]+ )?key ?(?:words?|phrases?|terms?)(?: list| of interest)?"),
    ),
    ("authors", re.compile(r"(?:[a-z]+ )?authors?(?: (?:list|of interest|(?:\w+ )?follow))?")),
    (
        "categories",
        re.compile(r"(?:arxiv )?(?:categor(?:y|ies)|subjects?(?: areas?)?)(?: to \w+)?"),
    ),
)
_FRAME = re.compile(
    r"(?:(?:my|our|the|relevant|research|system|user|prompts?|topics?|interests?|profile|areas?|of"
    r"|registry|criteria|what|we|i|want|don.?t|am|are|interested|in|irrelevant)(?:\s+|$))+",
    re.IGNORECASE,
)
"""Headings that name a section of topics, not one topic."""
_UNWANTED = re.compile(
    r"\b(?:irrelevant|not relevant|not interested|unwanted|excluded?|excluding|filter(?:ed)? out"
    r"|filter|avoid|ignore|do not|don.?t|leave (?:these|those)|less relevant|negative|out of scope"
    r"|disliked?)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:relevant|keep|includ\w+|interest\w*|positive|goal|focus|wanted|want|liked?)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"(?:please )?(?:do not|don.?t|avoid|exclude|ignore|filter out)\b", re.IGNORECASE
)
_APPLIED = re.compile(r"\bapplications?\b", re.IGNORECASE)
_TO_A_MODEL = re.compile(
    r"^(?i:you are (?:an? |my )|your (?:job|task) is|write (?:the|your) response|rules:$"
    r"|(?:respond|return|answer|reply) (?:in|with|only|using|as|exactly)\b|these matches should"
    r"|do not output|use exactly one)|\b(?:ARXIV_?ID|COMMENT|RELEVANCE|NOVELTY)\b"
    r"|\b(?:in|as|valid|of) JSONL?\b|^[\[{].*[\]}]$"
)
_ETC = re.compile(r"(?:\.\.\.|…|\b(?:etc|and so on|and more)\b\.?)\s*$", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|^#+")


@dataclass(slots=True)
class Topic:
    """A topic's title, which may be empty, and what is said about it."""

    title: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Foreign:
    """What a profile of another program says.

    Attributes:
        applied: keywords listed as applications, without a word on whether they are wanted.
        categories: the lines that name them.
        left_out: titles of sections, and lines, that were addressed to a model.
    """

    wanted: list[Topic] = field(default_factory=list)
    unwanted: list[Topic] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    exclusions: list[str] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


class _Line(NamedTuple):
    """How far in a line stands, what begins it, and its text without that mark."""

    indent: int
    mark: Literal["number", "bullet", ""]
    text: str


def read(text: str) -> Foreign:
    """Sort every line of the text."""
    reader = _Reader()
    for line in text.splitlines():
        reader.line(line)
    return reader.found


class _Reader:
    """Line by line. Of each pair of sides, True is "not wanted"."""

    def __init__(self) -> None:
        self.found = Foreign()
        self._kind: Kind = "topics"
        self._depth = self._taken = 0
        self._title = ""
        self._base = self._lead = self._side = False
        self._list_indent: int | None = None
        self._blank = True
        self._said = False  # anything, under the present title

    def line(self, raw: str) -> None:
        text = raw.strip()
        if text and not _RULE.fullmatch(text) and not self._headed(raw, text):
            self._body(_line(raw))
        self._blank = not text

    def _headed(self, raw: str, text: str) -> bool:
        """Whether the line opens a section: a heading, or a label that says what follows."""
        if match := _HEADING.fullmatch(text):
            self._open(bare(match[2]), len(match[1]))
            return True
        match = _LABEL.fullmatch(text)
        if raw[:1].isspace() or not match:
            return False
        if _kind(match[1]) == "topics" and not _FRAME.fullmatch(match[1]):
            return False
        self._open(bare(match[1]), _LABEL_DEPTH)
        if rest := match[2].strip():
            self._body(_Line(0, "bullet", rest))
        return True

    def _open(self, title: str, depth: int) -> None:
        kind = _kind(title)
        if self._kind == "rubric" and kind == "topics" and self._depth < depth < _LABEL_DEPTH:
            return  # a part of the rubric
        inherits = self._kind == "topics" and depth > self._depth and self._base
        self._kind, self._depth, self._taken = kind, depth, 0
        self._base = bool(_UNWANTED.search(title)) or inherits
        self._lead = self._side = self._base
        self._list_indent, self._said = None, False
        self._title = "" if _FRAME.fullmatch(title) else title
        if kind == "rubric":
            self.found.left_out.append(title)
        elif kind == "topics" and self._title:
            self._topic()

    def _body(self, line: _Line) -> None:
        self._taken += 1
        if (
            self._depth == _LABEL_DEPTH
            and self._blank
            and self._taken > 1
            and line.mark != "bullet"
        ):
            self._open("", _LABEL_DEPTH - 1)  # a label reaches no further than its paragraph
        if self._kind == "topics":
            self._topics(line)
        elif self._kind == "keywords":
            self._keyword(line.text)
        elif self._kind == "authors":
            self.found.authors += _people(line.text)
        elif self._kind == "categories":
            self.found.categories.append(line.text)

    def _topics(self, line: _Line) -> None:
        if line.mark == "number":
            self._numbered(line.text)
        elif line.mark == "bullet":
            self._bullet(line)
        else:
            self._paragraph(line)

    def _numbered(self, text: str) -> None:
        """A topic of its own; a short one is the title of what follows."""
        self._lead, self._side, self._list_indent = self._base, self._base, None
        self._said = False
        short = len(text) <= _LONGEST_TITLE and text[-1] not in ".;,!?"
        self._title = bare(text) if short else ""
        self._topic(new=True)
        if not short:
            self._add(text)

    def _bullet(self, line: _Line) -> None:
        match = _SIDE.fullmatch(line.text)
        if match and (side := _side(match[1])) is not None:
            self._side, self._list_indent = side, line.indent
            if match[2].strip():
                self._add(match[2])
            return
        if self._list_indent is not None and line.indent <= self._list_indent:
            self._side, self._list_indent = self._lead, None
        self._add(line.text)

    def _paragraph(self, line: _Line) -> None:
        """Prose: more of the item above it, words to a model, or a topic, wanted or not."""
        if line.indent and not self._blank and (lines := self._topic().lines):
            lines[-1] += f" {bare(line.text)}"
        elif _TO_A_MODEL.search(line.text):
            self.found.left_out.append(line.text)
        else:
            self._list_indent = None
            leads = line.text.endswith(":") and _UNWANTED.search(line.text)
            self._side = self._lead = bool(self._base or leads or _ORDER.match(line.text))
            if self._blank and self._said:
                self._title = ""
                self._topic(new=True)
            self._add(line.text)

    def _topic(self, *, new: bool = False) -> Topic:
        """The topic that is being read, on the side that is being read."""
        topics = self.found.unwanted if self._side else self.found.wanted
        if new or not topics or topics[-1].title != self._title:
            topics.append(Topic(self._title))
        return topics[-1]

    def _add(self, text: str) -> None:
        self._topic().lines.append(bare(text))
        self._said = True

    def _keyword(self, text: str) -> None:
        found, self._side, self._title = self.found, False, ""
        terms = found.keywords
        if match := _SIDE.fullmatch(text):
            side = _side(match[1])
            self._side = bool(side) or (side is None and bool(_APPLIED.search(match[1])))
            terms = found.exclusions if side else found.applied if self._side else terms
            text = match[2]
        for term in _terms(text):
            if len(term) > _LONGEST_KEYWORD:
                self._add(term)
            else:
                terms.append(term)


def bare(text: str) -> str:
    """Without Markdown's emphasis and headings, on one line."""
    return re.sub(r"\s+", " ", _EMPHASIS.sub("", text)).strip()


def _line(raw: str) -> _Line:
    text, wide = raw.strip(), raw.expandtabs(4)
    indent = len(wide) - len(wide.lstrip())
    if (match := _NUMBERED.fullmatch(text)) and match[1]:
        return _Line(indent, "number", match[1].strip())
    match = None if text.startswith(("**", "__")) else _BULLET.fullmatch(text)
    if match and match[1]:
        return _Line(indent, "bullet", match[1].strip())
    return _Line(indent, "", text.lstrip("> ") or text)


def _kind(title: str) -> Kind:
    plain = bare(title).rstrip(": ").casefold()
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(plain)), "topics")


def _side(label: str) -> bool | None:
    """Whether a label opens a list of what is not wanted; None where it says nothing of it."""
    if len(label.split()) > _LONGEST_LABEL:
        return None
    return True if _UNWANTED.search(label) else False if _WANTED.search(label) else None


def _terms(text: str) -> Iterator[str]:
    """The terms of a list: split at commas outside brackets, abbreviations apart."""
    for part in re.split(r"[,;](?![^()]*\))", bare(text)):
        term = _ETC.sub("", part).strip(" .\"'“”`")
        match = re.fullmatch(r"(.+?)\s*\(([^()]{2,12})\)", term)
        for whole in match.groups() if match else (term,):
            # “Sparse/Sparsity” is two terms; “Spatial/Temporal Modeling” makes no sense as two.
            yield from filter(None, [whole] if " " in whole else whole.split("/"))


def _people(text: str) -> list[str]:
    """Names, one a line or in a list; the numbers some programs keep beside them are dropped."""
    parts = (part.strip(" .") for part in re.split(r"[,;]", bare(text)))
    return [name for name in parts if name and not re.search(r"\d", name)]
