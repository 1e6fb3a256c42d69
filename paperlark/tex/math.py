r"""Where the mathematics is: a text cut at ``$..$``, ``$$..$$``, ``\(..\)``, ``\[..\]``.

Abstracts also name prices and hold stray dollars, so a pair of dollars is mathematics only when
what it encloses does not read like a sentence or a sum of money.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REACH = 1200
"""Characters a formula may be long; an opener without a close within them is a stray one."""
_OPENER = re.compile(
    r"\$\$?|\\begin\{(?P<env>(?:equation|align|gather|eqnarray|displaymath|math)\*?)\}|\\.",
    re.DOTALL,
)
_STEP = re.compile(r"\\.|[{}$]", re.DOTALL)
_COMMANDS = re.compile(r"\\[A-Za-z]+|\{[^{}]*\}")
_SENTENCE = re.compile(r"[a-z]{3,},?\s+[a-z]{2,},?\s+[a-z]{3,}")
_MARKS = re.compile(r"[\\^_{]")
_PRICE = re.compile(r"\d[\d.,]*\s?(?:[kKMB]|[mbtr]+illion|thousand|per|USD|dollars?)\b")
_WORD = re.compile(r"[A-Za-z]{2,}")
_ENDS_SCRIPT = re.compile(r"[\^_]\S{1,8}$")
_CLOSERS = {"\\(": "\\)", "\\[": "\\]", "\\$": "\\$"}
_INLINE = frozenset({"$", "\\(", "\\$", "\\begin{math}"})
_ESCAPED = re.compile(r"\\([_*\[\]])")
"""What Markdown escapes in a formula whose dollars it escaped too."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source: prose as it stands, or a formula without its delimiters."""

    source: str
    math: bool = False
    display: bool = False


def _dollar(source: str, start: int) -> int:
    """Where the dollar that closes a formula stands, or -1: one outside braces is preferred."""
    depth, first = 0, -1
    for token in _STEP.finditer(source, start, start + _REACH):
        match token.group():
            case "$" if depth <= 0:
                return token.start()
            case "$" if first < 0:
                first = token.start()
            case "{":
                depth += 1
            case "}":
                depth -= 1
    return first


def _is_money(body: str, after: str, *, odd: bool) -> bool:
    """Whether ``$body$`` starts with a price: a number, then words, up to the next dollar."""
    if _PRICE.match(body) and body[-1].isspace():
        return True
    if not body[:1].isdigit() or _MARKS.search(body):
        return False
    opens_next = after.isdigit() or (odd and (after.isalpha() or after == "\\"))
    return opens_next or body[-1].isspace() or len(_WORD.findall(body)) > 1


def _is_math(body: str, after: str, *, odd: bool) -> bool:
    prose = _COMMANDS.sub(" ; ", _COMMANDS.sub(" ; ", body))
    return not (_SENTENCE.search(prose) or _is_money(body, after, odd=odd))


def _is_plausible(delimiter: str, body: str) -> bool:
    """Whether what two dollars or escaped dollars enclose is a formula; other pairs always are."""
    if delimiter == "\\$":
        priced = body[:1].isdigit() or body[:1].isspace() or body[-1:].isspace()
        return not priced and len(body) < _REACH // 10 and _is_math(body, "", odd=False)
    return delimiter != "$$" or _is_math(body, "", odd=False)


def _close(source: str, opener: re.Match[str], *, odd: bool) -> tuple[int, int] | None:
    """Where the formula's body ends and where the text goes on; None for a stray opener."""
    delimiter, start = opener.group(), opener.end()
    if delimiter == "$":
        end = _dollar(source, start)
        if end < 0 or not _is_math(source[start:end], source[end + 1 : end + 2], odd=odd):
            return None
        return end, end + 1
    environment = opener["env"]
    closer = f"\\end{{{environment}}}" if environment else _CLOSERS.get(delimiter, delimiter)
    end = source.find(closer, start, start + _REACH)
    if end < 0 or not _is_plausible(delimiter, source[start:end]):
        return None
    return end, end + len(closer)


def _is_litter(source: str, dollar: re.Match[str]) -> bool:
    """Whether an unpaired dollar belonged to a formula whose other half is lost."""
    after = source[dollar.end() : dollar.end() + 1]
    before = source[max(0, dollar.start() - 10) : dollar.start()]
    return after.isalpha() or after in {"\\", "{"} or bool(_ENDS_SCRIPT.search(before))


def _cuts(source: str) -> Iterator[tuple[int, int, Span | None]]:
    """What interrupts the prose: (from, to, formula), the formula None for litter."""
    odd = source.replace("\\$", "").count("$") % 2 == 1
    at = 0
    while opener := _OPENER.search(source, at):
        delimiter, at = opener.group(), opener.end()
        if delimiter[0] == "\\" and delimiter not in _CLOSERS and not opener["env"]:
            continue
        found = _close(source, opener, odd=odd)
        if found:
            body, at = source[opener.end() : found[0]], found[1]
            body = _ESCAPED.sub(r"\1", body) if delimiter == "\\$" else body
            yield opener.start(), at, Span(body, math=True, display=delimiter not in _INLINE)
        elif delimiter[0] == "$" and _is_litter(source, opener):
            yield opener.start(), at, None


def spans(source: str) -> tuple[Span, ...]:
    """The source cut into prose and formulas, in order; half a formula's lone dollar is left out.

    Escaped dollars, prices and every other character of the prose are kept as they are.
    """
    out: list[Span] = []
    start = 0
    for begin, end, formula in _cuts(source):
        if begin > start:
            out.append(Span(source[start:begin]))
        if formula:
            out.append(formula)
        start = end
    if start < len(source):
        out.append(Span(source[start:]))
    return tuple(out)
