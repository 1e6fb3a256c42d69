"""All that is known of a profile's votes, and what it makes of a day. Pure over what is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from paperlark import feedback
from paperlark.feedback import Steering, amounts, folded, standardised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from paperlark.domain import Label, Paper, PaperId, Profile, Scored, Term
    from paperlark.feedback import Course, Decision, Knobs, Proposal, Showing, Taste, Wording
    from paperlark.feedback.field import Field
    from paperlark.ports import SubscriptionStore
    from paperlark.vote import Vote


class Words(Protocol):
    """The slice of the votes that facts are gathered from."""

    def votes(self, subscription: str) -> tuple[Vote, ...]:
        """The last words on a subscription's papers."""

    def voted_for(self, profile: str) -> tuple[str, ...]:
        """The ids of a profile's subscriptions with any vote; some may be gone themselves."""


class Choices(Protocol):
    """What people decided about a profile."""

    def decisions(self, profile: str) -> tuple[Decision, ...]:
        """About its line, oldest first."""

    def wordings(self, profile: str) -> tuple[Wording, ...]:
        """About its words, oldest first."""


class People(Protocol):
    """Who is known to be the same person."""

    def persons(self) -> Mapping[str, str]:
        """A voter's name to the person's one name, where somebody linked several."""


class Kept(Protocol):
    """The slice of the store that facts are gathered from."""

    @property
    def votes(self) -> Words:
        """Thumbs."""

    @property
    def choices(self) -> Choices:
        """What people decided."""

    @property
    def links(self) -> People:
        """Who is the same person."""

    @property
    def subscriptions(self) -> SubscriptionStore:
        """Who gets what."""

    def showings(self, profile: str) -> tuple[Showing, ...]:
        """What the profile's digests showed, oldest first."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that moves one profile's line and taste; see `paperlark.feedback`.

    Attributes:
        votes: of all its subscriptions, one name a person.
        shown: its digests.
        decisions, wordings: what people decided.
        knobs: as the settings have them, before any decision.
    """

    votes: tuple[Vote, ...] = ()
    shown: tuple[Showing, ...] = ()
    decisions: tuple[Decision, ...] = ()
    wordings: tuple[Wording, ...] = ()
    knobs: Knobs | None = None

    def course(self, base: float, day: date) -> Course:
        """How the line came to where it is on that mailing date, from its base."""
        return feedback.course(
            base, self.votes, self.shown, day, decisions=self.decisions, knobs=self.knobs
        )

    def taste(self, day: date, scorer: str) -> Taste:
        """The taste of the votes cast before that date, for scores of that scorer."""
        return feedback.taste(self.votes, self.shown, day, feedback.tuned(scorer))

    def labels(self, day: date) -> dict[PaperId, Label]:
        """Those votes as known answers for the local ranker."""
        return feedback.labels(self.votes, self.shown, day)

    def followed(self, profile: Profile, day: date) -> tuple[Term, ...]:
        """The words people accepted before that date and that the profile still has."""
        wanted = {feedback.phrase(term.text) for term in profile.keywords}
        unwanted = {feedback.phrase(term.text) for term in profile.exclusions}
        return tuple(
            term
            for term in feedback.followed(self.wordings, day)
            if feedback.phrase(term.text) in (wanted if (term.weight or 0) > 0 else unwanted)
        )

    def declined(self, day: date) -> tuple[str, ...]:
        """Phrases refused in the last weeks."""
        return feedback.declined(self.wordings, [each.date for each in self.shown], day)

    def proposals(
        self, profile: Profile, day: date, texts: Mapping[PaperId, Paper], field: Field
    ) -> tuple[Proposal, ...]:
        """Edits of the profile that the votes speak for (see `feedback.proposals`).

        What the profile has in its own words already is not offered again.
        """
        own = [term.text for term in (*profile.keywords, *profile.exclusions)]
        kept = self.followed(profile, day)
        known = {feedback.phrase(term.text) for term in kept}
        return feedback.proposals(
            self.votes,
            self.shown,
            day,
            texts=texts,
            field=field,
            followed=kept,
            declined=[*self.declined(day), *(t for t in own if feedback.phrase(t) not in known)],
            knobs=self.course(profile.base_line, day).knobs,
        )


def gather(store: Kept, profile: str, knobs: Knobs | None = None) -> Facts:
    """The facts of a profile as they are kept now. May raise `StoreError`."""
    named = (each.id for each in store.subscriptions.subscriptions() if each.profile == profile)
    places = sorted({*store.votes.voted_for(profile), *named})
    persons = store.links.persons()
    return Facts(
        votes=tuple(_known(vote, persons) for each in places for vote in store.votes.votes(each)),
        shown=store.showings(profile),
        decisions=store.choices.decisions(profile),
        wordings=store.choices.wordings(profile),
        knobs=knobs,
    )


def _known(vote: Vote, persons: Mapping[str, str]) -> Vote:
    person = persons.get(vote.voter, vote.voter)
    return vote if person == vote.voter else replace(vote, voter=person)


def steer(
    profile: Profile,
    day: date,
    facts: Facts,
    scored: Scored,
    papers: Mapping[PaperId, Paper],
    *,
    wild: bool = True,
) -> Steering:
    """What a profile's facts make of a mailing date.

    Args:
        profile: whose.
        day: the mailing date; only what was said before it counts.
        facts: as gathered.
        scored: the scorer's answers.
        papers: their texts, for the words that are followed.
        wild: whether a wild card may be drawn; it is once somebody has voted.
    """
    course = facts.course(profile.base_line, day)
    return Steering(
        line=course.line,
        taste=facts.taste(day, scored.usage.scorer),
        similarity=standardised(scored.similarity),
        words=_words(facts.followed(profile, day), scored, papers),
        least=course.knobs.least,
        wild=wild and course.line.votes > 0,
    )


def _words(
    terms: Sequence[Term], scored: Scored, papers: Mapping[PaperId, Paper]
) -> dict[PaperId, float]:
    if not terms:
        return {}
    known = ((paper, papers[paper]) for paper in scored.scores if paper in papers)
    return amounts({key: folded(each.title, each.abstract) for key, each in known}, terms)
