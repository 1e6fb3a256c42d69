"""ArXiv identifiers: every usual way of writing one, and the one way paperlark keeps them.

The canonical form has no version: ``2509.20323`` since April 2007, ``math/0309136`` before, with
the old subject class dropped (``math.GT/0309136`` is the same paper).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from paperlark.domain import PaperId

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    "|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin"
    "|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
"""Archives that gave ids before April 2007. The list is closed: no id of that form is new."""

_CORE = (
    r"(?:(?P<yymm>[0-9]{4})\.(?P<serial>[0-9]{4,5})"
    rf"|(?P<archive>{_ARCHIVES})(?:\.[a-z-]{{2,8}})?/(?P<number>[0-9]{{7}}))"
    r"(?:v(?P<version>[1-9][0-9]{0,2}))?"
)
_PREFIX = (
    r"(?:(?:https?://)?(?:[a-z0-9-]{1,30}\.)?arxiv\.org/(?:abs|pdf|html|format|src|e-print|ps)/"
    r"|oai:arxiv\.org:"
    r"|(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s{0,3})?10\.48550/arxiv\."
    r"|arxiv:\s{0,3})"
)
_SUFFIX = r"/?(?:\.pdf)?(?:[?#]\S*)?(?:\s*\[[a-z-]+(?:\.[a-z-]+)?\]?)?"
_FLAGS = re.IGNORECASE | re.ASCII
_WHOLE = re.compile(f"{_PREFIX}?{_CORE}{_SUFFIX}", _FLAGS)
_INSIDE = re.compile(rf"(?<![\w.-]){_PREFIX}?{_CORE}(?![\w-]|\.[0-9])", _FLAGS)
USUAL = re.compile(
    r"(?:oai:arXiv\.org:)?((?:1[5-9]|[2-8][0-9])(?:0[1-9]|1[0-2])\.(?!0{5})[0-9]{5})v([1-9][0-9]?)"
)
"""What a day's feed holds by the thousand, told by one quick look: groups are id and version."""
_AROUND = " \t\r\n\f\v\u00a0\u200b\ufeff<>()[]{}\"'`*_.,;:!|“”‘’«»„‹›…/"
_LONGEST = 300
_FIRST_NEW, _FIRST_FIVE = 704, 1501  # YYMM of the first new-style id, and of five digits
_FIRST_OLD, _LAST_OLD = 9107, 703  # YYMM of the first and the last old-style id
_MONTHS = range(1, 13)
_SHOWN = 60


def canonical(text: str) -> tuple[PaperId, int | None]:
    """The id in `text` and its version; the whole text must be one id, in any usual form.

    Understood: bare ids, ``arXiv:``, ``oai:arXiv.org:``, addresses of abstract, PDF, HTML and
    format pages on any arXiv host, arXiv's DOIs, the form papers cite (``arXiv:2509.20323v1
    [cs.LG]``), Slack's ``<url|label>``; any case, surrounding brackets and punctuation.

    Raises:
        ConfigError: it is none of these.
    """
    if usual := USUAL.fullmatch(text):
        return usual[1], int(usual[2])
    match = _WHOLE.fullmatch(_bare(text))
    found = _read(match) if match else None
    if found is None:
        raise ConfigError(
            f"{_quoted(text)} is not an arXiv id. Ids look like 2611.90412 or math/0309136."
        )
    return found


def find(text: str) -> tuple[PaperId, int | None] | None:
    """The first id in free text and its version; None where there is none."""
    return next((found for match in _INSIDE.finditer(text) if (found := _read(match))), None)


def sort_key(paper: PaperId) -> tuple[int, int, str]:
    """Orders canonical ids by when they were given: (year and month, running number, archive).

    Ids do not sort as text or numbers: the month runs from 9107 over 0001 to today, and the
    number grew from four digits to five in January 2015.

    Raises:
        ConfigError: `paper` is not an id.
    """
    archive, _, number = canonical(paper)[0].rpartition("/")
    yymm, serial = (int(number[:4]), int(number[4:].lstrip(".")))
    century = 1900 if archive and yymm >= _FIRST_OLD else 2000
    return century * 100 + yymm, serial, archive


def _bare(text: str) -> str:
    """The text without what people put around an id; empty where it is too long to be one."""
    if len(text) > _LONGEST:
        return ""
    plain = unquote(text) if "%" in text else text
    return plain.partition("|")[0].strip(_AROUND)


def _read(match: re.Match[str]) -> tuple[PaperId, int | None] | None:
    version = int(match["version"]) if match["version"] else None
    if match["number"]:
        paper = f"{match['archive'].lower()}/{match['number']}"
        possible = _possible_old(int(match["number"][:4]))
    else:
        paper = f"{match['yymm']}.{match['serial']}"
        possible = _possible_new(int(match["yymm"]), match["serial"])
    return (paper, version) if possible else None


def _possible_old(yymm: int) -> bool:
    return yymm % 100 in _MONTHS and (yymm >= _FIRST_OLD or yymm <= _LAST_OLD)


def _possible_new(yymm: int, serial: str) -> bool:
    digits = 5 if yymm >= _FIRST_FIVE else 4
    real = len(serial) == digits and int(serial) > 0
    return real and yymm >= _FIRST_NEW and yymm % 100 in _MONTHS


def _quoted(text: str) -> str:
    plain = " ".join(text.split())
    return f"{plain[: _SHOWN - 1]}…" if len(plain) > _SHOWN else plain or "An empty text"
