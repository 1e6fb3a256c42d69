"""The built-in sample days: fictional papers on three consecutive mailing dates."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from paperlark.demo.wire import Announced
from paperlark.domain import AnnounceType
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

CATEGORIES = ("cs.LG", "cs.CL", "cs.CV", "stat.ML")
"""The feeds the sample days fill: every sample paper stands in at least one of them."""
_AS_WRITTEN = ("id", "version", "comment", "licence", "doi", "journal_ref")
_LISTS = ("authors", "categories", "crossed")


@cache
def days() -> Mapping[date, tuple[Announced, ...]]:
    """The papers announced on each sample day, oldest day first, in the order of the files.

    Raises:
        NotFound: the package was installed without its sample files.
    """
    folder = files("paperlark.demo") / "samples"
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    texts = [(folder / name).read_text("utf-8") for name in sorted(names) if name.endswith(".toml")]
    if not texts:
        raise NotFound("the sample days are missing from this installation; install it again.")
    return MappingProxyType(dict(map(read, texts)))


def read(text: str) -> tuple[date, tuple[Announced, ...]]:
    """One file's mailing date and papers; its form is described in ``samples/README.md``."""
    table = tomllib.loads(text)
    return table["date"], tuple(map(_announced, table["paper"]))


def _announced(paper: Mapping[str, Any]) -> Announced:
    fields: dict[str, Any] = {key: paper[key] for key in _AS_WRITTEN if key in paper}
    fields |= {key: tuple(paper[key]) for key in _LISTS if key in paper}
    return Announced(
        title=" ".join(paper["title"].split()),
        abstract=" ".join(paper["abstract"].split()),
        announce_type=AnnounceType(paper["announce_type"]),
        **fields,
    )
