"""A model on trial: asked about papers as for a digest, and nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paperlark.domain import Paper, Score, Scored, Usage
from paperlark.errors import ConfigError, ScorerError
from paperlark.store.spending import Standing
from worker.llm import blend, prompt, servers, untrusted
from worker.llm.budget import Budget
from worker.llm.client import RungsInMemory
from worker.llm.grading import STEP, Grading
from worker.llm.tariff import Tariff
from worker.llm.words import Spent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from paperlark.domain import Candidate, LabelledPaper, PaperId, Profile
    from paperlark.ports import Progress
    from paperlark.store.spending import Caps
    from worker.llm.grading import Outcome
    from worker.llm.purse import Account
    from worker.llm.settings import LlmSettings
    from worker.llm.steps import Left
    from worker.llm.words import Model

NEUTRAL = 50.0
"""What stands for the local ranker where it is to have no say."""
HIDDEN = {"minimal": 5, "low": 30, "medium": 75, "high": 200}
"""Hidden tokens a paper by effort, for estimates only: at minimal and medium what published bills
suggest, the others guessed between and beyond."""
_LOOKED_AT = 200  # papers whose length stands for the others'


class _Unledgered:
    """Money without caps: everything may be spent, nothing is remembered."""

    def reserve(self, token: str, usd: float, day: date, caps: Caps, *, lease_s: float) -> bool:
        """Always."""
        del token, usd, day, caps, lease_s
        return True

    def settle(self, token: str, usd: float, day: date) -> None:
        """Forget it."""

    def standing(self, day: date) -> Standing:
        """Nothing is spent or held."""
        del day
        return Standing(0.0, 0.0, 0.0, 0.0)


def capped(account: Account) -> bool:
    """Whether there is a budget to hold.

    Raises:
        ConfigError: there is one, and the model's price is unknown: nothing could be asked.
    """
    if account.caps.usd_per_day is None and account.caps.usd_per_month is None:
        return False
    model = account.settings.model
    if account.prices.of(model) is None:
        raise ConfigError(
            f"The price of {model} is unknown, so no budget can be kept: give it under "
            f'[scoring.prices."{model}"], or take the caps out of [scoring.budget].'
        )
    return True


def unkept(account: Account) -> Account:
    """The same models without a store: no ledger, and servers are learnt anew."""
    return replace(account, ledger=_Unledgered(), rungs=RungsInMemory())


def bare(paper: LabelledPaper) -> Paper:
    """A labelled paper without its labels."""
    return Paper(paper.id, 0, paper.title, paper.abstract, (), paper.categories)


def unread(outcome: Outcome) -> ScorerError | None:
    """What to raise where a model answered nothing at all; None where it answered something."""
    if outcome.answers or outcome.stopped is None:
        return None
    return ScorerError(str(outcome.stopped))


@dataclass
class Trial:
    """A model as a scorer of labelled days: one look at each paper, no sentences for cards.

    Its scores leave the local ranker out (`NEUTRAL`), and many are equal: who knows the ranker
    blends the grades with it. See `paperlark.ports.Scorer`.

    Attributes:
        model: whom to ask.
        settings: how: papers a call, calls at one time.
        order: another text puts the papers in another order.
        progress: told how many papers are read.
        answered: whether the model ever answered.
    """

    model: Model
    settings: LlmSettings
    order: str = ""
    progress: Progress | None = None
    answered: bool = False

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        """Every candidate graded, or undecided.

        Raises:
            ScorerError: the model could not be asked at all, now or before.
        """
        outcome = self.read([candidate.paper for candidate in candidates], profile)
        scores = {
            paper: Score(
                blend.score(grade.relevance, grade.novelty, NEUTRAL), grade.relevance, grade.novelty
            )
            for paper, grade in outcome.grades.items()
        }
        spent = outcome.spent
        usage = Usage(
            "llm",
            self.settings.model,
            spent.calls,
            spent.prompt_tokens,
            spent.cached_tokens,
            spent.completion_tokens,
            spent.cost_usd,
        )
        notes = (str(outcome.stopped),) if outcome.stopped else ()
        return Scored(scores, outcome.undecided, usage, prompt.provenance(profile), notes)

    def read(self, papers: Sequence[Paper], profile: Profile) -> Outcome:
        """Ask about papers as a day's scorer does: suspicious ones alone, the others in batches.

        Raises:
            ScorerError: the model could not be asked at all, now or before.
        """
        alone: list[PaperId] = [paper.id for paper in papers if untrusted.suspicious(paper)]
        grading = Grading(
            self.model,
            profile,
            size=self.settings.batch_size,
            concurrency=self.settings.concurrency,
            progress=self._report,
        )
        outcome = grading.grade(papers, f"{profile.name} {profile.revision} {self.order}", alone)
        wrong = unread(outcome)
        if wrong and not self.answered:
            raise wrong
        self.answered = self.answered or bool(outcome.answers)
        return outcome

    def _report(self, done: int, total: int) -> None:
        if self.progress:
            self.progress(STEP, done, total)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What asking will take, roughly.

    Attributes:
        hidden: hidden tokens a paper that were assumed.
        left: of the tighter cap; None where there is none.
    """

    model: str
    papers: int
    spent: Spent
    hidden: int
    left: Left | None = None

    def __add__(self, other: Estimate) -> Estimate:
        """Both, one after the other; the more hidden tokens are named."""
        return replace(
            self,
            papers=self.papers + other.papers,
            spent=self.spent + other.spent,
            hidden=max(self.hidden, other.hidden),
        )

    def said(self) -> str:
        """One or two sentences for people."""
        usd, spent = self.spent.cost_usd, self.spent
        cost = "At an unknown price" if usd is None else f"About ${usd:,.3f}"
        tokens = f"{_round(spent.prompt_tokens)} prompt and {_round(spent.completion_tokens)}"
        text = (
            f"{cost}: {self.papers:,} papers in {spent.calls:,} calls to {self.model}, some "
            f"{tokens} completion tokens, {self.hidden} hidden ones a paper assumed."
        )
        if self.left and usd is not None and usd > self.left.usd:
            text += f" Only ${self.left.usd:,.3f} is left of {self.left.name}: it will end early."
        return text


def _round(number: int) -> str:
    """To two digits."""
    step = 10 ** max(0, len(str(number)) - 2)
    return f"{round(number / step) * step:,}"


def estimate(account: Account, profile: Profile, papers: Sequence[Paper], number: int) -> Estimate:
    """What one look at so many papers like these will take; nothing cached, nothing asked again.

    Args:
        account: models and money.
        profile: goes with every call.
        papers: some of them, or all.
        number: how many will be read.
    """
    settings = account.settings
    some = papers[:: max(1, len(papers) // _LOOKED_AT)]
    each = sum(prompt.tokens(f"{one.title}\n{one.abstract}") + 8 for one in some) / (len(some) or 1)
    shape, hidden = prompt.cost_shape(profile), _hidden(settings)
    calls = -(-number // settings.batch_size)
    sent = round(calls * shape.prefix + number * each)
    spent = Spent(calls, sent, 0, number * (shape.grade + hidden), number * hidden)
    usd = account.prices.cost(spent, settings.model, tier=settings.service_tier)
    spent = replace(spent, cost_usd=usd)
    return Estimate(settings.model, number, spent, hidden, _left(account) if number else None)


def _hidden(settings: LlmSettings) -> int:
    known = servers.known(settings.base_url, settings.model)
    effort = servers.nearest(settings.effort, known.efforts) or "medium"
    return HIDDEN.get(effort, 0) if known.reasons else 0


def _left(account: Account) -> Left | None:
    tariff = Tariff(account.settings.model, account.prices.of(account.settings.model))
    return Budget(account.ledger, account.caps, tariff, account.clock).left()
