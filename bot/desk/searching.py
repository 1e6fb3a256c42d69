"""Search over everything that is kept: digests for 400 days, papers for 35."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk.house import place
from bot.replies import Hit, Papers
from paperlark.domain import Fate
from paperlark.errors import NotFound
from paperlark.render import dates, figures, names

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from datetime import date

    from bot.desk.house import House
    from bot.ports import Asker
    from paperlark.domain import Digest, PaperId

MOST: Final = 10
_TERM: Final = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
_BETWEEN: Final = re.compile(r"[\W_]+")
_MARKS: Final = re.compile("[\u0300-\u036f]+")
_SPECIAL: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def terms(text: str) -> tuple[str, ...]:
    """The words and quoted phrases of a question, folded; each once, empty ones left out."""
    found = (folded("".join(groups)) for groups in _TERM.findall(text))
    return tuple(dict.fromkeys(term for term in found if term))


def folded(text: str) -> str:
    """Letters and digits alone, without case and accents, one space between words."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain.translate(_SPECIAL)))
    return _BETWEEN.sub(" ", plain).strip()


def matches(wanted: tuple[str, ...], *texts: str) -> bool:
    """Whether every term begins at a word of the texts; a word may go on: “optim” finds both."""
    text = " ".join(texts).casefold()
    if text.isascii() and any(part not in text for term in wanted for part in term.split()):
        return False  # most are told by this quick look: without accents, folding only parts words
    hay = f" {folded(text)}"
    return all(f" {term}" in hay for term in wanted)


def search(house: House, asker: Asker, text: str) -> Papers:
    """Papers whose title, authors and abstract hold all words; newest first, ten at most.

    Raises:
        NotFound: there is no word to look for, or the text is too long.
    """
    if len(text) > words.LONGEST:
        raise NotFound(words.too_long(text))
    wanted = terms(text)
    if not wanted:
        raise NotFound('Which words? For example `/digest search "heavy-ball" momentum`.')
    name = place(house, asker).profile.name
    kept = house.store.digest_dates(name)
    found: dict[PaperId, tuple[date, Hit]] = dict(_stored(house, wanted))
    for day in kept:
        digest = house.store.digest(name, day)
        if digest:
            found |= _on(digest, wanted, found.keys())
    best = sorted(found.values(), key=lambda each: (each[0], each[1].id), reverse=True)
    since = min([*kept[:1], *filter(None, [house.store.first_day()])], default=None)
    quoted = words.short(text.strip()) if '"' in text else f"“{words.short(text.strip())}”"
    return Papers(
        title=_title(quoted, len(best)),
        hits=tuple(hit for _, hit in best[:MOST]),
        empty=_empty(quoted, since),
    )


def _title(quoted: str, number: int) -> str:
    said = f"{figures.many(number, 'paper')} with {quoted}"
    return f"{said}, the newest {MOST}" if number > MOST else said


def _empty(quoted: str, since: date | None) -> str:
    if since is None:
        return "The archive is empty: `/digest latest` puts the newest day on its way."
    first = dates.short(since).partition(" ")[2]
    return f"No paper with {quoted} since {first}, the first day in the archive."


def _stored(house: House, wanted: tuple[str, ...]) -> Iterator[tuple[PaperId, tuple[date, Hit]]]:
    for day, paper in house.store.dated():
        people = names.of(paper.authors)
        if matches(wanted, paper.title, *people, paper.abstract):
            note = f"{dates.short(day)}, on no digest"
            yield paper.id, (day, Hit(paper.id, paper.title, people, note))


def _on(
    digest: Digest, wanted: tuple[str, ...], known: Container[PaperId]
) -> dict[PaperId, tuple[date, Hit]]:
    """What a digest holds of it; its note says how the paper stood there."""
    day, found = digest.date, {}
    for card in digest.cards:
        paper, people = card.paper, names.of(card.paper.authors)
        if paper.id in known or matches(wanted, paper.title, *people, paper.abstract):
            note = f"{dates.short(day)}, number {card.rank} of {len(digest.cards)}"
            found[paper.id] = (day, Hit(paper.id, paper.title, people, note))
    for each in digest.not_shown:
        if each.id in known or matches(wanted, each.title, *each.authors):
            fate = "below the line" if each.fate is Fate.BELOW else str(each.fate)
            hit = Hit(each.id, each.title, each.authors, f"{dates.short(day)}, {fate}")
            found[each.id] = (day, hit)
    return found
