"""A digest as a Markdown page for an archive: the whole day, safe on any forge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from paperlark.domain import Fate
from paperlark.render import dates, escape, fates, figures, links, names, words
from paperlark.render import templates as sheets

if TYPE_CHECKING:
    from paperlark.domain import Card, Digest

_GAP = re.compile(r"\n{3,}")
_PADDING = re.compile(r" +$", re.MULTILINE)


def markdown(digest: Digest) -> str:
    """The digest in CommonMark: masthead, contents, cards, the line, all other papers, sources.

    Text from outside comes through `escape.markdown`: it is shown, and makes no structure.
    """
    words_of = _words(digest)
    page = sheets.markdown().get_template("digest.md.j2").render(words_of)
    made = sheets.markdown().get_template("made.md.j2").render(words_of)
    # What is not there leaves blank lines. In `made` they belong to the prompt and the profile.
    return _GAP.sub("\n\n", _PADDING.sub("", page)).strip("\n") + "\n" + made


def _words(digest: Digest) -> dict[str, Any]:
    return {
        "digest": digest,
        "Fate": Fate,
        "dates": dates,
        "fates": fates,
        "figures": figures,
        "names": names,
        "words": words,
        "abstract": lambda card: sheets.Marked(links.abstract(card)),
        "pdf": lambda card: sheets.Marked(links.pdf(card)),
        "link": lambda paper_id: sheets.Marked(links.paper(paper_id)),
        "announced_id": links.announced_id,
        "fence": lambda text: sheets.Marked(escape.fence(text)),
        "slug": _slug,
    }


def _slug(card: Card) -> sheets.Marked:
    """The fragment a forge gives the card's heading."""
    return sheets.Marked(escape.slug(f"{card.rank}. {card.paper.title or 'untitled'}"))
