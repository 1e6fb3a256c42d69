"""How much TeX is left in real titles, abstracts and names."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from paperlark import tex
from paperlark.names import split_authors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.real
DAYS = ("fulldays_cslg_csai", "fulldays_gpt4o_2025-08", "astroph_graded_all")
MOST_RESIDUE = 0.0025


def _papers(folder: Path, day: str) -> Iterator[dict[str, Any]]:
    with gzip.open(folder / "dev" / f"{day}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@pytest.fixture(scope="module")
def papers(real_data: Path) -> list[dict[str, Any]]:
    return [paper for day in DAYS for paper in _papers(real_data, day)]


def test_titles_and_abstracts_are_readable(
    papers: list[dict[str, Any]], record_testsuite_property: Callable[[str, object], None]
):
    sources = {paper[key] or "" for paper in papers for key in ("title", "abstract")}
    before = sum(map(tex.residue, sources))
    texts = [tex.to_text(source) for source in sources]
    after = sum(map(tex.residue, texts))
    record_testsuite_property("texts", len(sources))
    record_testsuite_property("with_tex_before", before)
    record_testsuite_property("with_tex_after", after)
    assert before > 1000
    assert after <= MOST_RESIDUE * len(sources), f"{after} of {len(sources)} (before: {before})"
    changed = sum(tex.to_text(text) != text for text in texts)
    assert changed <= MOST_RESIDUE * len(sources)


def test_no_name_keeps_tex(papers: list[dict[str, Any]]):
    creators = {", ".join(paper["authors"]) for paper in papers}
    found = {author for creator in creators for author in split_authors(creator)}
    names = {author.name for author in found}
    assert len(names) > 10_000
    assert not [name for name in names if tex.residue(name) or set(name) & set("\\{}$^()")]
    assert not [a for author in found for a in author.affiliations if tex.residue(a)]
