"""Files to take away: BibTeX and JSON of a digest, or of what one has put aside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.desk import digests, papers, people
from bot.replies import DigestPage, File
from paperlark.errors import NotFound
from paperlark.render import figures, names

if TYPE_CHECKING:
    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import Paper

USAGE = "Say which form: `/digest export bibtex` or `json`, then nothing, a date, or `saved`."


def export(house: House, asker: Asker, text: str) -> Reply:
    """``bibtex`` or ``json``, of the place's newest digest, a date's, or the asker's saved papers.

    ``mine`` is all that is kept of the asker.

    Raises:
        NotFound: there is nothing to export, or no such form.
    """
    form, _, what = text.strip().lower().partition(" ")
    if form == "mine":
        return people.export(house, asker)
    if form in {"bib", "bibtex"}:
        form = "bibtex"
    elif form != "json":
        raise NotFound(USAGE)
    if (form, what.strip()) == ("json", "mine"):
        return people.export(house, asker)
    if what.strip() == "saved":
        return _saved(house, asker, form)
    reply = digests.digest(house, asker, what.strip() or "latest")
    if not isinstance(reply, DigestPage):
        return reply
    digest = reply.digest
    name = f"{digest.profile}-{digest.date}"
    if form == "json":
        from paperlark.render.as_json import as_json  # noqa: PLC0415  (imported where it is used)

        return File(f"{name}.json", as_json(digest), _said(len(digest.cards)))
    if not digest.cards:
        raise NotFound("That digest shows no paper, so there is nothing to export.")
    found = papers.cited((card.paper for card in digest.cards), name)
    return File(found.name, found.text, _said(len(digest.cards)))


def _said(number: int) -> str:
    return f"{figures.many(number, 'paper')}."


def _saved(house: House, asker: Asker, form: str) -> File:
    kept = house.store.saved.kept_for(asker.voter)
    found = list(house.store.papers(kept).values())
    if not found:
        raise NotFound("Nothing saved yet. Press Save on a card.")
    if form == "bibtex":
        made = papers.cited(found, "saved")
        return File(made.name, made.text, _said(len(found)))
    rows = [_row(paper) | {"saved_at": kept[paper.id].isoformat()} for paper in found]
    return File(
        "saved.json", json.dumps(rows, ensure_ascii=False, indent=1) + "\n", _said(len(rows))
    )


def _row(paper: Paper) -> dict[str, object]:
    return {
        "id": paper.id,
        "title": paper.title,
        "authors": list(names.of(paper.authors)),
        "categories": list(paper.categories),
        "abstract": paper.abstract,
        "url": paper.url,
    }
