"""Text from strangers on its way to a model, and a model's own words on their way to people.

Three things are promised. What is sent holds nothing invisible and nothing that could pass for a
mark of ours, or for a mark of the server's chat format. A paper that seems to speak to the model
is pointed out, so that it can be asked about alone. A sentence from the model is one short line
without links, mark-up or mentions.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from paperlark.tex.characters import one_line, visible
from worker.llm import orders

if TYPE_CHECKING:
    from paperlark.domain import Paper

LONGEST_TITLE = 500
LONGEST_ABSTRACT = 4_000
"""Characters. arXiv takes abstracts of up to 1,920."""
_MARK = re.compile(r"[<＜﹤](?=[^\s\d=.,;)<>≤≥−-])|[<＜﹤](?=\s*/)|<(?=<)")
_CONTROL_WORD = re.compile(r"\[(?=/?(?:INST|SYS|SYSTEM|TOOL|AVAILABLE|IMG|PREFIX|SUFFIX)\w*\])")
_ODD = re.compile(r"[^\x00-\x7f]")
_UNSEEN = frozenset("\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800")
"""Khmer vowels without a form, Mongolian selectors, a blank of Braille."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_HIDING = re.compile(
    "[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u206a-\u206f\U000e0000-\U000e0fff\ue000-\uf8ff"
    "\U000f0000-\U0010ffff\u034f\u115f\u1160\u3164\uffa0\u2800\x00-\x08\x0e-\x1f\x7f]"
)

_READ = 2_000  # characters of a sentence that are looked at
_TAG = re.compile(r"</?[A-Za-z!@#][^<>]{0,300}>|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_LINKED = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_ENDINGS = "com|org|net|edu|gov|io|ai|dev|app|info|xyz|co|me|ly|gg|ru|cn|de|uk|example|test"
_LINK = re.compile(
    r"[\w+.-]{0,20}://\S*|\b(?:mailto|javascript|tel):\S+|\bdata:\w+/\S*|\bwww\.\S*"
    rf"|\b(?:[\w-]{{1,63}}\.){{1,8}}(?:{_ENDINGS})\b(?:[/:?#]\S*)?"
    r"|[\w.+-]{1,64}@[A-Za-z][\w-]{0,63}\.[A-Za-z]\S*",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"[`\\]|[*_|]{2,}|~~+|^\s*(?:[#>*+-]+|\d{1,3}[.)])\s+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)"
)
_MENTION = re.compile(
    r"(?<!\w)[@＠#](?=\w)|[@＠](?=everyone|here|channel|all\b)|<(?=[A-Za-z/!@#])|\](?=\()",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\A[\"“„«']([^\"“”„«»]*)[\"”“»']\Z")
_ROUNDS = 4


@lru_cache(4096)
def _unseen(character: str) -> bool:
    code = ord(character)
    category = unicodedata.category(character)
    selects = any(code in selectors for selectors in _SELECTORS)
    return category in {"Cf", "Cn"} or character in _UNSEEN or selects


def clean(text: str) -> str:
    """The text on one line, in NFC, without invisible characters and without marks like ours.

    Every control, format, private, unassigned and broken character goes, with the variation
    selectors, fillers and joiners (which some scripts spell with: a model reads them without).
    A ``<`` that could open a tag becomes ``‹``; comparisons such as ``n < 3`` stay. Cleaning
    twice changes nothing.
    """
    seen = visible(text)
    gone = {ord(odd): None for odd in set(_ODD.findall(seen)) if _unseen(odd)}
    return _defused(one_line(seen.translate(gone)))


def _defused(text: str) -> str:
    return _CONTROL_WORD.sub("(", _MARK.sub("‹", text))


def block(text: str) -> str:
    """The same for text whose lines matter, a profile's topics: each line cleaned, ends trimmed."""
    lines = (clean(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def cut(text: str, most: int) -> str:
    """The text in at most `most` characters: whole words, and “…” where something is missing."""
    if len(text) <= most:
        return text
    head = text[: max(0, most - 1)]
    words = head.rpartition(" ")[0] if not text[len(head) : len(head) + 1].isspace() else head
    whole = words if len(words) * 2 > len(head) else head  # a script without spaces, or one word
    return whole.rstrip(" ,;:–-") + "…" if most > 0 else ""


def suspicious(paper: Paper) -> str | None:
    """What in the paper seems to speak to the model, as one clause for people; None for nothing.

    A heuristic on a folded copy (NFKC, lookalike letters as Latin ones): it misses some attacks
    and flags some papers about such attacks. Both are harmless: a flagged paper is asked about
    alone, and every paper's text is data to the model all the same.
    """
    if len(paper.title) > LONGEST_TITLE or len(paper.abstract) > LONGEST_ABSTRACT:
        return "its text is far longer than arXiv allows"
    raw = f"{paper.title}\n{paper.abstract}"
    if _HIDING.search(raw):
        return "its text holds invisible characters"
    return orders.found(raw)


def sentence(text: str, most: int = 200) -> str:
    """One line for people in at most `most` characters, cut on a word.

    Links, mark-up, tags, mentions and control characters go; what they stood round stays. May be
    empty. It is still to be escaped by whoever renders it.
    """
    line = one_line(visible(text[:_READ]))
    for _ in range(_ROUNDS):
        bare = _bare(line)
        if bare == line:
            break
        line = bare
    else:
        line = re.sub(r"[<>@#*_`|\\\[\]:/.&~]+", " ", line)  # it was made to survive cleaning
    return cut(one_line(_QUOTED.sub(r"\1", line)), most)


def _bare(line: str) -> str:
    line = _LINK.sub("", _LINKED.sub(r"\1", _TAG.sub(" ", line)))
    return one_line(_MENTION.sub(" ", _MARKUP.sub("", line)))
