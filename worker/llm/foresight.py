"""What a day's reading will take, before anything is asked: per paper, and per call at its dearest.

Estimates only. What a call may cost is held from its own text when it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from worker.llm import ahead, prompt, second
from worker.llm.client import BILLED
from worker.llm.steps import Way
from worker.llm.tariff import most_completion, prompt_tokens
from worker.llm.words import Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from paperlark.domain import Paper, Profile
    from worker.llm.settings import LlmSettings
    from worker.llm.tariff import Tariff
    from worker.llm.words import Request

    Question = Callable[[Profile, Sequence[Paper], str], Request]

_HIDDEN = {"none": 0, "minimal": 10, "low": 35, "medium": 85, "high": 250}
"""Hidden tokens a paper by effort. At minimal effort about 5 were seen, at medium about 75."""
_PARTS = (2, 4)
"""Near a cap a call is made this many times smaller, as its dearest outcome is held before it."""


@dataclass(frozen=True)
class Foresight:
    """A day that one model would read.

    Attributes:
        tariff: the model's; its price may be unknown.
        papers: the day's candidates; the first of them stand for all.
        profile: goes with every call.
        settings: papers a call, second look, Batch API.
    """

    tariff: Tariff
    papers: Sequence[Paper]
    profile: Profile
    settings: LlmSettings

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Ways of making the day's calls, the usual one first; none where the price is unknown.

        Then come ways that hold less at one time, by fewer tries that may be billed and by fewer
        papers a call.
        """
        if self.tariff.price is None:
            return ()
        size = self.settings.batch_size
        smaller = sorted({max(1, size // part) for part in _PARTS} - {size}, reverse=True)
        direct = ((size, BILLED), (size, 1), *((less, 1) for less in smaller))
        batched = self.settings.batch_api and ahead.tariff(self.tariff).price is not None
        return (self._batch(),) * batched + tuple(self._way(*each) for each in direct)

    @cached_property
    def second(self) -> float:
        """What second looks take beyond sentences alone, which they bring as well."""
        if not self.settings.second_look:
            return 0.0
        again = self.papers[: second.most(self.profile.cap)]
        usd = self._expected(prompt.looking, again, second.BATCH)
        return max(0.0, usd - self.sentences)

    @cached_property
    def sentences(self) -> float:
        """The sentences of a full digest."""
        cards = self.papers[: self.profile.cap]
        return self._expected(prompt.reasons, cards, self.settings.batch_size)

    def _way(self, size: int, tries: int) -> Way:
        first = self._expected(prompt.grading, self.papers[:size], size)
        return Way(size, tries, first / (len(self.papers[:size]) or 1), self._spare(size, tries))

    def _batch(self) -> Way:
        """All first looks handed in together; their dearest outcome is held until they are back."""
        size = self.settings.batch_size
        some = self.papers[:size]
        dearest = self._dearest(prompt.grading, some, ahead.tariff(self.tariff))
        return Way(size, BILLED, dearest / (len(some) or 1), self._spare(size, BILLED))

    def _spare(self, size: int, tries: int) -> float:
        """What the dearest call of a day holds beyond what it will cost."""
        cap, again = self.profile.cap, min(size, second.BATCH)
        kinds = [(prompt.grading, self.papers[:size]), (prompt.reasons, self.papers[:cap][:size])]
        if self.settings.second_look:
            kinds.append((prompt.looking, self.papers[:again]))
        return max(
            tries * self._dearest(question, some, self.tariff)
            - self._expected(question, some, len(some))
            for question, some in kinds
        )

    def _dearest(self, question: Question, some: Sequence[Paper], tariff: Tariff) -> float:
        if not some:
            return 0.0
        request = question(self.profile, some, prompt.new_tag())
        most = most_completion(request, tariff.effort)
        return tariff.most(prompt_tokens(request), most) or 0.0

    def _expected(self, question: Question, some: Sequence[Paper], size: int) -> float:
        """Calls of `size` papers each, as they usually go."""
        parts = [some[at : at + size] for at in range(0, len(some), max(1, size))]
        asked = [question(self.profile, part, prompt.new_tag()) for part in parts]
        shape = prompt.cost_shape(self.profile)
        visible = shape.grade if question is prompt.grading else shape.reason
        hidden = _HIDDEN.get(self.tariff.effort, _HIDDEN["medium"])
        sent = sum(map(prompt_tokens, asked))
        spent = Spent(len(asked), sent, 0, (visible + hidden) * len(some))
        return self.tariff.cost(spent) or 0.0
