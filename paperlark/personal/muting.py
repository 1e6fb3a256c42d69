"""What a person does not want to see: which papers are taken off, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import selection
from paperlark.layer import among
from paperlark.personal import glance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from paperlark.domain import Paper, PaperId
    from paperlark.layer import Layer


def muted(papers: Mapping[PaperId, Paper], layer: Layer) -> dict[PaperId, str]:
    """The papers that a layer takes off, each with the rule: ``muted by you: “federated”``.

    An author by any usual form of the name; a word as the rules of profiles find it; a category
    where it is the paper's primary one. What is muted is never shown, also where it is followed
    by another name.
    """
    found = ((paper, _rule(each, layer)) for paper, each in papers.items())
    return {paper: f"muted by you: {rule}" for paper, rule in found if rule}


def followed(paper: Paper, authors: Sequence[str]) -> tuple[str, ...]:
    """`selection.followed`, quickly."""
    near = authors and glance.by_any(paper, authors)
    return selection.followed(paper, authors) if near else ()


def _rule(paper: Paper, layer: Layer) -> str:
    if layer.muted_categories and among(paper.primary, layer.muted_categories):
        return paper.primary
    if names := followed(paper, layer.muted_authors):
        return names[0]
    near = [phrase for phrase in layer.muted_words if glance.mentions(paper, phrase)]
    return next((f"“{phrase}”" for phrase in near if selection.mentions(paper, phrase)), "")
