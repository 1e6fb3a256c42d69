"""A profile's last weeks under a change: another line, other words, as stored scores tell."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from paperlark import pasts
from paperlark.feedback import Past, aim, amounts, folded, phrase, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from bot.desk.case import Case
    from paperlark.domain import Paper, PaperId, Term
    from paperlark.feedback import Replayed, Taste, Words
    from paperlark.vote import Vote

DAYS: Final = 30
"""How far it looks back, in calendar days."""


@dataclass(frozen=True, slots=True)
class Lookback:
    """The days as they would be cut now, each at the line it had; what is changed is told from it.

    So a change is told alone: what taste has learnt since a day is on both sides.

    Attributes:
        days: with the cards as taste and words of now would have them.
        votes: of the profile.
        cap, least: most and least cards a day.
        of: the taste of now.
        terms: the words followed now.
        titles: of every paper that was scored on one of the days.
        papers: their texts; those that are still kept.
        words: their folded words, as far as they were looked at; kept from question to question.
    """

    days: tuple[Past, ...]
    votes: tuple[Vote, ...]
    cap: int
    least: int
    of: Taste
    terms: tuple[Term, ...]
    titles: Mapping[PaperId, str]
    papers: Mapping[PaperId, Paper]
    words: dict[PaperId, Words]

    def at(self, line: float) -> tuple[Replayed, ...]:
        """The days with one line for all of them."""
        return self._replayed(self.days, line)

    def on(self, day: date, line: float) -> Replayed | None:
        """One of the days with another line; None where it is none of them."""
        found = [each for each in self.days if each.date == day]
        return self._replayed(found, line)[0] if found else None

    def wording(self, terms: Sequence[Term]) -> tuple[Replayed, ...]:
        """The days with other words followed."""
        return self._replayed(self._named(self.days, terms))

    def aim(self, target: float) -> float | None:
        """The line that votes point to; None where there are too few to tell."""
        every = (score.value for day in self.days for score in day.scores.values())
        return aim(self.of, every, target)

    def settled(self) -> Lookback:
        """The same with the cards of each day as they would be now."""
        named = self._named(self.days, self.terms)
        now = self._replayed(named)
        shown = [(*each.kept, *each.won) for each in now]
        days = [replace(day, shown=cards) for day, cards in zip(named, shown, strict=True)]
        return replace(self, days=tuple(days))

    def _replayed(self, days: Iterable[Past], line: float | None = None) -> tuple[Replayed, ...]:
        return replay(days, self.votes, cap=self.cap, line=line, least=self.least, of=self.of)

    def _named(self, days: Iterable[Past], terms: Sequence[Term]) -> tuple[Past, ...]:
        """The days with what these words add up to in each paper."""
        found = amounts({key: self._folded(key) for key in self._with(terms)}, terms)
        return tuple(
            replace(day, words={each: found[each] for each in day.scores if each in found})
            for day in days
        )

    def _folded(self, paper: PaperId) -> Words:
        if paper not in self.words:
            known = self.papers[paper]
            self.words[paper] = folded(known.title, known.abstract)
        return self.words[paper]

    def _with(self, terms: Sequence[Term]) -> Iterable[PaperId]:
        """The papers that may name one: every folded word of a phrase begins one of theirs."""
        sought = [phrase(term.text).split() for term in terms]
        for key, each in self.papers.items() if sought else ():
            text = _lower(f"{each.title} {each.abstract}")
            if any(all(word in text for word in words) for words in sought):
                yield key


def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(each for each in plain if not unicodedata.combining(each)).lower()


def lookback(case: Case, *, texts: bool = False) -> Lookback:
    """The last weeks of the case's profile.

    Args:
        case: whose.
        texts: whether other words will be tried: papers are read for that, or for words followed.
    """
    day = case.day
    terms = case.known.followed(case.at.profile, day)
    kept = [_day(case, each) for each in _dates(case)]
    days = tuple(each for each, _ in kept)
    ids = {paper for each in days for paper in each.scores}
    papers, words = _papers(case, ids) if texts or terms else ({}, {})
    return Lookback(
        days=days,
        votes=case.known.votes,
        cap=case.at.profile.cap,
        least=case.course(day).knobs.least,
        of=case.known.taste(day, case.digest.usage.scorer if case.digest else ""),
        terms=terms,
        titles={key: title for _, titles in kept for key, title in titles.items()},
        papers=papers,
        words=words,
    ).settled()


def _dates(case: Case) -> list[date]:
    since = case.today - timedelta(days=DAYS)
    return [each for each in case.house.store.digest_dates(case.name) if each >= since]


def _day(case: Case, day: date) -> tuple[Past, Mapping[PaperId, str]]:
    """A past day with its papers' titles; older days than the newest do not change any more."""
    key = ("past", case.name, day, case.today)
    newest = case.digest is not None and case.digest.date == day
    if not newest:
        return case.house.memory.get(key, lambda: _read(case, day))
    return _read(case, day)


def _read(case: Case, day: date) -> tuple[Past, Mapping[PaperId, str]]:
    digest = case.house.store.digest(case.name, day)
    if digest is None:  # gone in between
        return Past(day, (), 0.0, {}), {}
    shown = {card.paper.id: card.paper.title for card in digest.cards}
    rest = {each.id: each.title for each in digest.not_shown if each.score is not None}
    return pasts.past(case.house.store, digest), shown | rest


def _papers(case: Case, ids: set[PaperId]) -> tuple[Mapping[PaperId, Paper], dict[PaperId, Words]]:
    """The texts, and room for their words; those of one profile are kept, for they are many."""
    key = (case.name, case.today, len(ids))
    held: tuple[object, Mapping[PaperId, Paper], dict[PaperId, Words]] | None
    held = case.house.memory.known("papers")
    if held is None or held[0] != key:
        held = (key, case.house.store.papers(sorted(ids)), {})
        case.house.memory.keep("papers", held)
    return held[1:]
