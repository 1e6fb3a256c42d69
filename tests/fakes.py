"""The store in memory, for tests that need one and prove something else. Passes its contract."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from paperlark.domain import BatchState, Label
from paperlark.drafting import named
from paperlark.feedback import showing
from paperlark.layer import Layer
from paperlark.owed import NOTICED, QUIET, begins
from paperlark.post import Claim, ClaimState, Message, Post, Shown
from paperlark.store import links
from paperlark.store.grades import Graded, full_days, target
from paperlark.store.links import Joined, Joining
from paperlark.store.papers import fuller, stays
from paperlark.store.profiles import SECOND_LOOK
from paperlark.store.spending import Standing as Spent
from paperlark.store.standing import Way, head, settle
from paperlark.store.trace import trace
from paperlark.store.usage import Took, Use
from paperlark.store.votes import order
from paperlark.subscription import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import (
        Announcement,
        Batch,
        Digest,
        Listing,
        Paper,
        PaperId,
        PaperTrace,
        Profile,
        Scored,
    )
    from paperlark.drafting import Request, Trial
    from paperlark.feedback import Decision, Showing, Wording
    from paperlark.store.grades import Said
    from paperlark.store.spending import Caps
    from paperlark.store.standing import Outcome, Standing
    from paperlark.store.usage import Numbers
    from paperlark.subscription import Subscription
    from paperlark.vote import Thumb, Vote

FILLED = (BatchState.COMPLETE, BatchState.TRUNCATED)


@dataclass
class MemorySpending:
    """What `Spending` does, in one process; leases run out by `lapse` alone."""

    held: dict[str, tuple[date, float]] = field(default_factory=dict)
    settled: dict[tuple[date, str], float] = field(default_factory=dict)
    uses: dict[tuple[str, date, str, str], Use] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reserve(
        self,
        token: str,
        usd: float,
        day: date,
        caps: Caps = (None, None),
        *,
        lease_s: float = 600.0,  # noqa: ARG002  (the form of `Spending`)
    ) -> bool:
        with self.lock:
            if token in self.held or (day, token) in self.settled:
                return token in self.held
            left = self.standing(day).left(caps)
            if left is not None and usd > left:
                return False
            self.held[token] = day, usd
            return True

    def settle(self, token: str, usd: float, day: date) -> None:
        with self.lock:
            self.held.pop(token, None)
            self.settled[day, token] = usd

    def lapse(self) -> None:
        self.held.clear()

    def standing(self, day: date) -> Spent:
        with self.lock:
            spent = [(at, usd) for (at, _), usd in self.settled.items()]
            held = list(self.held.values())
        return Spent(*_sums(spent, day), *_sums(held, day))

    def spent(self, day: date) -> float:
        return self.standing(day).day

    def spent_month(self, month: date) -> float:
        return self.standing(month).month

    def record(self, profile: str, day: date, model: str, numbers: Numbers, *, run: str) -> None:
        counts = (numbers.calls, numbers.prompt_tokens, numbers.cached_tokens)
        answered = (numbers.completion_tokens, numbers.reasoning_tokens)
        unpriced = numbers.calls if numbers.cost_usd is None else 0
        took = Took(*counts, *answered, numbers.cost_usd or 0.0, unpriced)
        self.uses[profile, day, run, model] = Use(profile, day, model, run, took)

    def usage(self, month: date, profile: str | None = None) -> tuple[Use, ...]:
        return tuple(
            use
            for _, use in sorted(self.uses.items(), key=lambda each: (each[0][1], *each[0]))
            if (use.day.year, use.day.month) == (month.year, month.month)
            and profile in {None, use.profile}
        )


def _sums(facts: list[tuple[date, float]], day: date) -> tuple[float, float]:
    today = sum(usd for at, usd in facts if at == day)
    month = sum(usd for at, usd in facts if (at.year, at.month) == (day.year, day.month))
    return today, month


@dataclass
class MemoryRungs:
    """What `Rungs` does; nothing expires."""

    kept: dict[str, int] = field(default_factory=dict)

    def get(self, server: str) -> int | None:
        return self.kept.get(server)

    def set(self, server: str, rung: int) -> None:
        self.kept[server] = rung


@dataclass
class MemoryVotes:
    """What `Votes` does, in one process."""

    kept: dict[tuple[str, PaperId, str], Vote] = field(default_factory=dict)
    slots: dict[tuple[str, PaperId, str], Standing] = field(default_factory=dict)

    def cast(self, vote: Vote, *, taken: Thumb | None = None) -> bool:
        return self.say(vote, Way(taken)).counts

    def say(self, vote: Vote, way: Way) -> Outcome:
        place = (vote.subscription, vote.paper, vote.voter)
        self.slots[place], outcome = settle(self.slots.get(place, {}), vote, way)
        last = head(self.slots[place])
        assert last
        self.kept[place] = last
        return outcome

    def votes(self, subscription: str) -> tuple[Vote, ...]:
        found = (vote for vote in self.kept.values() if vote.subscription == subscription)
        return tuple(sorted(found, key=order))

    def votes_on(self, subscription: str, paper: PaperId) -> tuple[Vote, ...]:
        return tuple(vote for vote in self.votes(subscription) if vote.paper == paper)

    def votes_of(self, voter: str) -> tuple[Vote, ...]:
        found = (vote for vote in self.kept.values() if vote.voter == voter)
        return tuple(sorted(found, key=order))

    def voted_for(self, profile: str) -> tuple[str, ...]:
        return tuple(each for each in self.voted_in() if each.rpartition("/")[2] == profile)

    def voted_in(self) -> tuple[str, ...]:
        return tuple(sorted({vote.subscription for vote in self.kept.values()}))

    def forget_of(self, voter: str) -> int:
        own = [place for place in self.kept if place[2] == voter]
        for place in own:
            self.kept.pop(place)
            self.slots.pop(place, None)
        return len(own)


@dataclass
class MemoryLinks:
    """What `Links` does; a code is good for ever, and anybody may try any number.

    Attributes:
        linked: an identity to the smallest of its person.
        codes: whose they are.
    """

    linked: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def offer(self, voter: str) -> str:
        self.codes = {code: whose for code, whose in self.codes.items() if whose != voter}
        code = f"CODE{len(self.codes):06}"
        self.codes[code] = voter
        return code

    def join(self, voter: str, code: str) -> Joined:
        plain = "".join(sign for sign in code.upper() if sign.isalnum())
        other = self.codes.get(plain, "")
        together = {*self.of(voter), *self.of(other)}
        if not other or other == voter:
            return Joined(Joining.SELF if other else Joining.UNKNOWN, other)
        if len(together) > links.MOST:
            return Joined(Joining.FULL, other)
        del self.codes[plain]
        if other in self.of(voter):
            return Joined(Joining.ALREADY, other)
        self.linked |= dict.fromkeys(together, min(together))
        return Joined(Joining.JOINED, other)

    def part(self, voter: str) -> bool:
        left = {each for each in self.of(voter) if each != voter}
        linked = self.linked.pop(voter, None) is not None
        self.linked |= {each: min(left) for each in left}
        return linked

    def persons(self) -> Mapping[str, str]:
        return dict(sorted(self.linked.items()))

    def of(self, voter: str) -> tuple[str, ...]:
        person = self.linked.get(voter, voter)
        own = {each for each, of in self.linked.items() if of == person}
        return tuple(sorted({*own, voter, person}))

    def forget_of(self, voter: str) -> None:
        self.part(voter)
        self.codes = {code: whose for code, whose in self.codes.items() if whose != voter}


@dataclass
class MemoryLayers:
    """What `Layers` does; nothing is forgotten."""

    kept: dict[str, Layer] = field(default_factory=dict)
    pages: dict[tuple[str, str, date], Showing] = field(default_factory=dict)

    def layer(self, voter: str) -> Layer:
        return self.kept.get(voter, Layer())

    def save_layer(self, voter: str, layer: Layer) -> None:
        if layer:
            self.kept[voter] = layer
        else:
            self.kept.pop(voter, None)

    def show(self, voter: str, profile: str, showing: Showing) -> None:
        self.pages[voter, profile, showing.date] = showing

    def shown(self, voter: str, profile: str) -> tuple[Showing, ...]:
        own = [
            each for (who, name, _), each in self.pages.items() if (who, name) == (voter, profile)
        ]
        return tuple(sorted(own, key=lambda each: each.date))

    def forget_of(self, voter: str) -> None:
        self.kept.pop(voter, None)
        self.pages = {key: each for key, each in self.pages.items() if key[0] != voter}


@dataclass
class MemoryChoices:
    """What people decided, on dictionaries."""

    decided: dict[tuple[str, datetime, str, str], tuple[Decision, str]] = field(
        default_factory=dict
    )
    worded: dict[tuple[str, datetime, str, str], Wording] = field(default_factory=dict)

    def decide(self, profile: str, decision: Decision, by: str = "") -> None:
        self.decided[profile, decision.at, decision.kind, by] = (decision, by)

    def decisions(self, profile: str) -> tuple[Decision, ...]:
        own = [each for (name, *_), (each, _) in self.decided.items() if name == profile]
        return tuple(sorted(own, key=lambda each: (each.at, each.kind, each.who)))

    def word(self, profile: str, wording: Wording) -> None:
        self.worded[profile, wording.at, wording.wish, wording.by] = wording

    def wordings(self, profile: str) -> tuple[Wording, ...]:
        own = [each for (name, *_), each in self.worded.items() if name == profile]
        return tuple(sorted(own, key=lambda each: each.at))

    def decided_by(self, voter: str) -> int:
        return sum(key[3] == voter for key in [*self.decided, *self.worded])

    def forget_of(self, voter: str) -> int:
        count = self.decided_by(voter)
        self.decided = {
            (*key[:3], "" if key[3] == voter else key[3]): (
                (replace(each, who="somebody"), "") if key[3] == voter else (each, by)
            )
            for key, (each, by) in self.decided.items()
        }
        self.worded = {
            (*key[:3], "" if key[3] == voter else key[3]): (
                replace(each, who="somebody", by="") if key[3] == voter else each
            )
            for key, each in self.worded.items()
        }
        return count


@dataclass
class MemorySaved:
    """What `Saved` does."""

    kept: dict[str, dict[PaperId, datetime]] = field(default_factory=dict)

    def keep_for(self, voter: str, paper: PaperId, at: datetime) -> bool:
        shelf = self.kept.setdefault(voter, {})
        fresh = paper not in shelf
        shelf.setdefault(paper, at)
        return fresh

    def drop_for(self, voter: str, paper: PaperId) -> bool:
        return self.kept.get(voter, {}).pop(paper, None) is not None

    def kept_for(self, voter: str) -> Mapping[PaperId, datetime]:
        shelf = self.kept.get(voter, {})
        return {
            paper: shelf[paper]
            for paper in sorted(shelf, key=lambda each: (shelf[each], each), reverse=True)
        }

    def forget_of(self, voter: str) -> None:
        self.kept.pop(voter, None)


@dataclass
class MemoryDrafts:
    """What `Drafts` does; nothing is forgotten."""

    asked: dict[str, Request] = field(default_factory=dict)
    made: dict[str, Trial] = field(default_factory=dict)

    def ask(self, name: str, request: Request) -> None:
        self.asked[name] = request
        self.made.pop(name, None)

    def request(self, name: str) -> Request | None:
        return self.asked.get(name)

    def trial(self, name: str) -> Trial | None:
        return self.made.get(name)

    def change(self, name: str, change: Callable[[Request], Request]) -> Request | None:
        if name in self.asked:
            self.asked[name] = change(self.asked[name])
        return self.asked.get(name)

    def answer(self, name: str, trial: Trial) -> bool:
        fits = name in self.asked and self.asked[name].turn == trial.turn
        if fits:
            self.made[name] = trial
        return fits

    def forget(self, name: str) -> bool:
        self.made.pop(name, None)
        return self.asked.pop(name, None) is not None

    def forget_of(self, voter: str) -> None:
        for name in [each for each in self.asked if each.startswith(named(voter))]:
            self.forget(name)


@dataclass
class MemorySeen:
    """What `Seen` does; nothing is forgotten."""

    kept: set[tuple[str, str]] = field(default_factory=set)

    def handled(self, kind: str, event: str) -> bool:
        return (kind, event) in self.kept

    def mark(self, kind: str, event: str) -> bool:
        fresh = (kind, event) not in self.kept
        self.kept.add((kind, event))
        return fresh


@dataclass
class MemorySubscriptions:
    """What `Subscriptions` does; nothing is forgotten."""

    kept: dict[str, Subscription] = field(default_factory=dict)
    done: dict[str, dict[date, str]] = field(default_factory=dict)
    looks: dict[tuple[str, date], datetime] = field(default_factory=dict)

    def save_subscription(self, subscription: Subscription) -> None:
        self.kept[subscription.id] = subscription

    def subscription(self, identifier: str) -> Subscription | None:
        return self.kept.get(identifier)

    def subscriptions(self) -> tuple[Subscription, ...]:
        return tuple(self.kept[each] for each in sorted(self.kept))

    def remove_subscription(self, identifier: str) -> bool:
        return self.kept.pop(identifier, None) is not None

    def disable(self, seen: Subscription, reason: str) -> Subscription | None:
        found = self.kept.get(seen.id)
        if found is None or (found.state, found.until) != (seen.state, seen.until):
            return None
        self.kept[seen.id] = replace(found, state=State.DISABLED, reason=reason)
        return self.kept[seen.id]

    def settle(self, identifier: str, days: Iterable[date], outcome: str) -> None:
        self._done(identifier).update(dict.fromkeys(days, outcome))

    def begin(self, identifier: str, days: Iterable[date], post: date) -> bool:
        wanted, done = list(days), self._done(identifier)
        if not {done.get(day) for day in wanted} <= {None, NOTICED, QUIET, begins(post)}:
            return False
        done.update(dict.fromkeys(wanted, begins(post)))
        return True

    def settled(self, identifier: str) -> Mapping[date, str]:
        return dict(sorted(self._done(identifier).items()))

    def _done(self, identifier: str) -> dict[date, str]:
        return self.done.setdefault(identifier, {})

    def ask(self, profile: str, day: date, at: datetime) -> None:
        self.looks[profile, day] = at

    def asked(self, profile: str) -> Mapping[date, datetime]:
        return {day: at for (name, day), at in self.looks.items() if name == profile}


@dataclass
class MemoryStore:
    """What `RedisStore` does, on dictionaries; nothing ever expires."""

    announced: dict[PaperId, Paper] = field(default_factory=dict)
    examples: dict[PaperId, Paper] = field(default_factory=dict)
    days: dict[tuple[date, str], Batch] = field(default_factory=dict)
    digests: dict[tuple[str, date], Digest] = field(default_factory=dict)
    known: dict[str, Profile] = field(default_factory=dict)
    answers: dict[tuple[str, str, date, str], Scored] = field(default_factory=dict)
    graded: dict[tuple[str, date, PaperId], Graded] = field(default_factory=dict)
    rungs: MemoryRungs = field(default_factory=MemoryRungs)
    spending: MemorySpending = field(default_factory=MemorySpending)

    votes: MemoryVotes = field(default_factory=MemoryVotes)
    choices: MemoryChoices = field(default_factory=MemoryChoices)
    links: MemoryLinks = field(default_factory=MemoryLinks)
    layers: MemoryLayers = field(default_factory=MemoryLayers)
    shows: dict[tuple[str, date], Showing] = field(default_factory=dict)
    saved: MemorySaved = field(default_factory=MemorySaved)
    seen: MemorySeen = field(default_factory=MemorySeen)
    drafts: MemoryDrafts = field(default_factory=MemoryDrafts)
    subscriptions: MemorySubscriptions = field(default_factory=MemorySubscriptions)

    def save(self, announcement: Announcement, *, given: bool = False) -> None:
        for paper in announcement.papers.values():
            self.announced[paper.id] = fuller(paper, self.announced.get(paper.id))
        for batch in announcement.batches:
            old = self.days.get((batch.date, batch.category))
            if stays(batch, old, given=given):
                self.days[batch.date, batch.category] = batch

    def batches(self, day: date, categories: Sequence[str]) -> tuple[Batch, ...]:
        names = [(day, category) for category in categories]
        return tuple(self.days[name] for name in names if name in self.days)

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        held = self.examples | self.announced
        return {each: held[each] for each in ids if each in held}

    def recent(self) -> Iterator[Paper]:
        return (paper for _, paper in self.dated())

    def dated(self) -> Iterator[tuple[date, Paper]]:
        filled = [batch for _, batch in sorted(self.days.items()) if batch.state in FILLED]
        first = {row.paper: b.date for b in reversed(filled) for row in reversed(b.listings)}
        rows = dict.fromkeys(row.paper for batch in filled for row in batch.listings)
        yield from ((first[each.id], each) for each in self.papers(rows).values())

    def keep(self, papers: Iterable[Paper]) -> None:
        self.examples |= {paper.id: paper for paper in papers}

    def last_batch(self, category: str, before: date) -> Batch | None:
        found = [
            (day, batch)
            for (day, name), batch in self.days.items()
            if name == category and day < before and batch.state in FILLED and batch.listings
        ]
        return max(found, key=lambda each: each[0])[1] if found else None

    def first_day(self) -> date | None:
        return min((day for day, _ in self.days), default=None)

    def listed(
        self, paper: PaperId, day: date | None = None
    ) -> tuple[tuple[date, str, Listing], ...]:
        found = [
            (at, category, row)
            for (at, category), batch in sorted(self.days.items())
            for row in batch.listings
            if row.paper == paper and day in {None, at}
        ]
        return tuple(sorted(found, key=lambda each: each[0], reverse=True))

    def save_profile(self, profile: Profile) -> None:
        self.known[profile.name] = profile

    def profile(self, name: str) -> Profile | None:
        return self.known.get(name)

    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self.known[name] for name in sorted(self.known))

    def remove_profile(self, name: str) -> bool:
        gone = {name, SECOND_LOOK.format(name=name)}
        self.graded = {key: each for key, each in self.graded.items() if key[0] not in gone}
        return self.known.pop(name, None) is not None

    def save_scores(
        self, profile: str, revision: str, day: date, scorer: str, scored: Scored
    ) -> None:
        self.answers[profile, revision, day, scorer] = scored

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        return self.answers.get((profile, revision, day, scorer))

    def save_grades(
        self, profile: str, revision: str, day: date, model: str, said: Mapping[PaperId, Said]
    ) -> None:
        for paper, grades in said.items():
            self.graded[profile, day, paper] = Graded(day, *grades, model, revision)

    def grades(self, profile: str, since: date | None = None) -> Mapping[PaperId, Graded]:
        return {
            paper: graded
            for (name, day, paper), graded in sorted(self.graded.items(), key=lambda each: each[0])
            if name == profile and (since is None or day >= since)
        }

    def labels(self, profile: str) -> Mapping[PaperId, Label]:
        return {
            paper: Label(target(graded.relevance, graded.novelty), graded.weight)
            for paper, graded in self.grades(profile).items()
        }

    def days_graded(self, profile: str) -> int:
        return full_days(self.grades(profile).values())

    def record(self, profile: str, day: date, model: str, numbers: Numbers, *, run: str) -> None:
        self.spending.record(profile, day, model, numbers, run=run)

    def usage(self, month: date, profile: str | None = None) -> tuple[Use, ...]:
        return self.spending.usage(month, profile)

    def save_digest(self, digest: Digest, shows: Showing | None = None) -> None:
        self.digests[digest.profile, digest.date] = digest
        self.shows[digest.profile, digest.date] = shows or showing(digest)

    def showings(self, profile: str) -> tuple[Showing, ...]:
        return tuple(each for (name, _), each in sorted(self.shows.items()) if name == profile)

    def digest(self, profile: str, day: date) -> Digest | None:
        return self.digests.get((profile, day))

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        return tuple(sorted(day for name, day in self.digests if name == profile))

    def digest_profiles(self) -> tuple[str, ...]:
        return tuple(sorted({name for name, _ in self.digests}))

    def shown_before(self, profile: str, day: date) -> frozenset[PaperId]:
        before = [at for at in self.digest_dates(profile) if at < day]
        return frozenset(card.paper.id for at in before for card in self.digests[profile, at].cards)

    def shown_on(self, profile: str, paper: PaperId) -> tuple[date, ...]:
        return tuple(
            at
            for at in self.digest_dates(profile)
            if any(card.paper.id == paper for card in self.digests[profile, at].cards)
        )

    def trace(self, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
        return trace(self, profile, paper, day)


@dataclass
class MemoryRow:
    """What became of one message."""

    state: str = "free"
    token: str = ""
    lease: datetime | None = None
    since: datetime | None = None
    before: datetime | None = None
    ref: str = ""

    def held_by(self, token: str) -> bool:
        return self.token == token and self.state in {"claimed", "sending"}


@dataclass
class MemoryLedger:
    """What `Deliveries` does, in one process, by a clock that the test moves."""

    lease: timedelta = timedelta(seconds=30)
    now: datetime = datetime(2026, 11, 19, 7, tzinfo=UTC)
    posts: dict[tuple[str, date], Post] = field(default_factory=dict)
    rows: dict[tuple[str, date, str], MemoryRow] = field(default_factory=dict)
    cards: dict[tuple[str, str], Shown] = field(default_factory=dict)

    def freeze(self, post: Post) -> Post:
        return self.posts.setdefault((post.subscription, post.date), post)

    def post(self, subscription: str, day: date) -> Post | None:
        return self.posts.get((subscription, day))

    def claim(self, post: Post, message: Message) -> Claim:
        row = self._row(post, message)
        if row.state == "sent":
            return Claim(ClaimState.SENT, ref=row.ref)
        if row.state == "given-up":
            return Claim(ClaimState.GIVEN_UP, since=row.since)
        if self.post(post.subscription, post.date) is None or (row.lease and row.lease > self.now):
            return Claim(ClaimState.BUSY)
        row.state, row.token, row.before = "claimed", secrets.token_hex(8), row.since
        row.lease = self.now + self.lease
        return Claim(ClaimState.MAYBE if row.since else ClaimState.FRESH, row.token, "", row.since)

    def renew(self, post: Post, message: Message, token: str) -> bool:
        row = self._row(post, message)
        if row.held_by(token):
            row.lease = self.now + self.lease
        return row.held_by(token)

    def begin(self, post: Post, message: Message, token: str) -> bool:
        row = self._row(post, message)
        if self.renew(post, message, token):
            row.state, row.since = "sending", row.since or self.now
        return row.held_by(token)

    def confirm(self, post: Post, message: Message, token: str, ref: str) -> bool:
        row = self._row(post, message)
        if (row.state, row.token, row.ref) != ("sent", token, ref) and not row.held_by(token):
            return False
        row.state, row.ref, row.lease = "sent", ref, None
        if message.paper:
            kind = post.subscription.partition(":")[0]
            shown = (post.subscription, post.date, message.paper, message.rank, message.score)
            self.cards[kind, ref] = Shown(*shown)
        return True

    def release(self, post: Post, message: Message, token: str, why: str) -> bool:
        row = self._row(post, message)
        if self._leave(row, token, "free"):
            row.since = row.before
        return bool(why) and (row.state, row.token) == ("free", token)

    def give_up(self, post: Post, message: Message, token: str, why: str) -> bool:
        row = self._row(post, message)
        self._leave(row, token, "given-up")
        return bool(why) and (row.state, row.token) == ("given-up", token)

    def reopen(self, post: Post, message: Message) -> bool:
        row = self._row(post, message)
        if row.state != "given-up":
            return False
        row.state = "free"
        return True

    def refs(self, post: Post) -> Mapping[str, str]:
        where = (post.subscription, post.date)
        return {
            part: row.ref
            for (*at, part), row in self.rows.items()
            if tuple(at) == where and row.state == "sent"
        }

    def shown(self, kind: str, ref: str) -> Shown | None:
        return self.cards.get((kind, ref))

    def _row(self, post: Post, message: Message) -> MemoryRow:
        return self.rows.setdefault((post.subscription, post.date, message.part), MemoryRow())

    def _leave(self, row: MemoryRow, token: str, state: str) -> bool:
        if not row.held_by(token):
            return False
        row.state, row.lease = state, None
        return True
