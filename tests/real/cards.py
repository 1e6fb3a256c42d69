"""Papers of real days as cards, for every chat that must take them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from paperlark import tex
from paperlark.names import split_authors
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from paperlark.demo.wire import Announced
    from paperlark.domain import Digest, Paper

SIZE: Final = 12
FILES: Final = ("fulldays_cslg_csai", "fulldays_gpt4o_2025-08")


def read(announced: Announced) -> Paper:
    """The paper as a source would read it."""
    names = [author.name for author in split_authors(", ".join(announced.authors))]
    return builders.paper(
        announced.id,
        tex.to_text(announced.title),
        *names,
        abstract=tex.to_text(announced.abstract),
        categories=announced.categories,
        source_title=announced.title,
        source_abstract=announced.abstract,
    )


def digests(papers: Sequence[Paper]) -> Iterator[Digest]:
    """All of them as cards, twelve a digest; the reason is the abstract's beginning."""
    rows = iter(papers)
    while chosen := tuple(islice(rows, SIZE)):
        yield builders.digest(
            tuple(
                builders.card(paper, rank=rank, score=99.5 - rank, comment=paper.abstract[:300])
                for rank, paper in enumerate(chosen, 1)
            )
        )
