"""A model asked about many papers at once, until each is graded or given up for a reason."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from paperlark.errors import ScorerError
from worker.llm import batches, prompt, reply
from worker.llm.words import (
    Answer,
    BudgetSpent,
    Grade,
    ModelError,
    ModelRefused,
    Spent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence

    from paperlark.domain import Paper, PaperId, Profile
    from worker.llm.ahead import Ahead
    from worker.llm.batches import Call
    from worker.llm.reply import Reply
    from worker.llm.words import Model, Request

    Keep = Callable[[Mapping[PaperId, Grade], Spent], None]
    """Told of grades as they come, and of all that was spent so far, so that what was paid for
    outlives a crash."""
    Said: TypeAlias = Answer | BaseException

DEAD_AFTER = 3
"""Calls in a row without any answer, after which a server is not asked again in this run."""
USELESS_AFTER = 24
"""Answers in a row without any grade, after which a model is not asked again in this run."""
SMALLEST = 1
STEP = "papers read by the model"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking: every paper is in `grades` or in `undecided`.

    Attributes:
        undecided: the reason, one clause for people.
        spent: everything that was billed, calls without a usable answer included.
        answers: how many calls brought an answer of whatever use.
        stopped: what ended the asking early; None where every paper had its tries.
        note: a sentence for the digest about calls that a batch left over; mostly empty.
        reasons: sentences for cards, where they were asked for together with the grades.
    """

    grades: Mapping[PaperId, Grade] = field(default_factory=dict)
    undecided: Mapping[PaperId, str] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    answers: int = 0
    stopped: ScorerError | None = None
    note: str = ""
    reasons: Mapping[PaperId, str] = field(default_factory=dict)


class _Question(NamedTuple):
    """What is asked, and how its answer is read."""

    put: Callable[[Profile, Sequence[Paper], str], Request]
    read: Callable[[str, int], Reply] = reply.grades


_FIRST = _Question(prompt.grading)
_AGAIN = _Question(prompt.looking, reply.looks)


class Grading:
    """Asks one model about one profile's papers.

    A KeyboardInterrupt, or any other error, leaves at once: calls under way are left behind on
    threads that no process waits for.

    Args:
        model: whom to ask; called from several threads.
        profile: whose papers these are.
        size: papers a call, to begin with; smaller after an answer that was cut off.
        concurrency: calls under way at one time.
        keep: see `Keep`.
        progress: told how many papers are done, and how many there are.
    """

    def __init__(
        self,
        model: Model,
        profile: Profile,
        *,
        size: int = batches.SIZE,
        concurrency: int = 4,
        keep: Keep | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._model, self._profile = model, profile
        self._size, self._concurrency = size, concurrency
        self._keep, self._progress = keep, progress

    def grade(
        self,
        papers: Iterable[Paper],
        seed: str,
        alone: Collection[PaperId] = frozenset(),
        ahead: Ahead | None = None,
    ) -> Outcome:
        """Ask until every paper is graded or given up.

        Args:
            papers: in any order.
            seed: fixes the order they are asked about in: see `batches.seed`.
            alone: papers that are asked about in calls of their own.
            ahead: answers some of the first calls together, before any is made directly.
        """
        run = _Run(batches.first(papers, seed, self._size, alone), self._size)
        note = self._early(run, ahead) if ahead and run.pending else ""
        return self._graded(run, _FIRST, note)

    def look(
        self, papers: Iterable[Paper], seed: str, alone: Collection[PaperId] = frozenset()
    ) -> Outcome:
        """The same for a second look, which brings the sentences of cards besides."""
        return self._graded(
            _Run(batches.first(papers, seed, self._size, alone), self._size), _AGAIN
        )

    def _graded(self, run: _Run, question: _Question, note: str = "") -> Outcome:
        with closing(self._asked(run.pending, question.put)) as calls:
            for call, said in calls:
                self._told(run, run.took(call, said, question.read))
        return Outcome(
            run.grades, run.undecided, run.spent, run.answers, run.stopped, note, run.reasons
        )

    def _early(self, run: _Run, ahead: Ahead) -> str:
        """Take what can be had ahead; the note about the calls that are left, if any."""
        calls = tuple(run.pending)
        early = ahead(
            "\n".join(_named(call) for call in calls),
            [prompt.grading(self._profile, call.papers, prompt.new_tag()) for call in calls],
        )
        run.spent += early.lost
        run.pending.clear()
        run.pending.extend(call for n, call in enumerate(calls) if n not in early.answers)
        left = len(run.pending)
        for n, answer in sorted(early.answers.items()):
            self._told(run, run.took(calls[n], answer))
        verb = "call was" if len(calls) == 1 else "calls was" if left == 1 else "calls were"
        return f"{early.why}: {left} of {len(calls)} {verb} made directly." if left else ""

    def _told(self, run: _Run, fresh: Mapping[PaperId, Grade]) -> None:
        if self._keep:
            self._keep(fresh, run.spent)
        if self._progress:
            self._progress(len(run.grades) + len(run.undecided), run.total)

    def reasons(
        self, papers: Sequence[Paper], alone: Collection[PaperId] = frozenset()
    ) -> tuple[Mapping[PaperId, str], Spent]:
        """A sentence for each card, where the model gives one; asked once, and once more alone.

        A card without a sentence is still a card: nothing here fails a run.

        Args:
            papers: the cards.
            alone: those that are asked about in calls of their own.
        """
        wording = _Wording(batches.first(papers, "", self._size, alone))
        with closing(self._asked(wording.pending, prompt.reasons)) as calls:
            for call, said in calls:
                wording.took(call, said)
        return wording.found, wording.spent

    def _asked(
        self,
        pending: deque[Call],
        question: Callable[[Profile, Sequence[Paper], str], Request],
    ) -> Generator[tuple[Call, Said], None, None]:
        """Each pending call with what came of it; whoever reads this may add calls, or clear."""
        crew = _Crew(self._model)
        try:
            while pending or crew.busy:
                while pending and crew.busy < self._concurrency:
                    call = pending.popleft()
                    crew.ask(call, question(self._profile, call.papers, prompt.new_tag()))
                yield crew.next()
        finally:
            crew.dismiss()


def _named(call: Call) -> str:
    """A call's name: the same for the same question."""
    return " ".join((call.seed, *(paper.id for paper in call.papers)))


class _Crew:
    """Threads that ask, as many as are needed at one time; a process ends without waiting."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._todo: SimpleQueue[tuple[Call, Request] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[Call, Said]] = SimpleQueue()
        self._threads = 0
        self.busy = 0

    def _work(self) -> None:
        while (task := self._todo.get()) is not None:
            call, request = task
            try:
                said: Said = self._model.ask(request)
            except BaseException as error:  # noqa: BLE001  (whoever waits for it gets it)
                said = error
            self._done.put((call, said))

    def ask(self, call: Call, request: Request) -> None:
        """Begin a call."""
        self.busy += 1
        if self.busy > self._threads:
            self._threads += 1
            Thread(target=self._work, name=f"model-{self._threads}", daemon=True).start()
        self._todo.put((call, request))

    def next(self) -> tuple[Call, Said]:
        """The next call that is over; waits for it, and can be interrupted."""
        done = self._done.get()
        self.busy -= 1
        return done

    def dismiss(self) -> None:
        """No more calls; those under way are not waited for."""
        for _ in range(self._threads):
            self._todo.put(None)


class _Run:
    """One round of asking: what is pending, what is known, what was spent."""

    def __init__(self, calls: Iterable[Call], size: int) -> None:
        self.pending = deque(calls)
        self.size = size
        self.total = sum(len(call.asked) for call in self.pending)
        self.grades: dict[PaperId, Grade] = {}
        self.undecided: dict[PaperId, str] = {}
        self.reasons: dict[PaperId, str] = {}
        self.spent = Spent()
        self.answers = 0
        self.stopped: ScorerError | None = None
        self._why = ""
        self._silent = self._useless = 0

    def took(
        self, call: Call, said: Said, read: Callable[[str, int], Reply] = reply.grades
    ) -> dict[PaperId, Grade]:
        """Take what came of a call: the grades it brought. What is no answer of ours is raised."""
        if isinstance(said, Answer):
            return self._answered(call, said, read(said.text, len(call.asked)))
        if isinstance(said, ModelError):
            self._failed(call, said)
        elif isinstance(said, BudgetSpent):
            self._stop(call, said, batches.SPENT)
        else:
            raise said
        return {}

    def _answered(self, call: Call, answer: Answer, read: Reply) -> dict[PaperId, Grade]:
        """What an answer holds is taken; what it lacks is asked about again."""
        self.answers += 1
        self._silent = 0
        self.spent += answer.spent
        fresh = batches.named(call, read.grades)
        self.grades |= fresh
        self.reasons |= batches.named(call, read.reasons)
        self._useless = 0 if fresh else self._useless + 1
        self._follow(batches.again(call, read.faults, finish=answer.finish))
        if answer.finish == "length" and len(call.asked) > SMALLEST:
            self._shrink(-(-len(call.asked) // 2))
        if self._useless >= USELESS_AFTER:
            self._give_up(read.faults)
        return fresh

    def _shrink(self, size: int) -> None:
        """Ask about fewer papers a call from now on."""
        self.size = max(SMALLEST, min(self.size, size))
        resized = batches.resized(self.pending, self.size)
        self.pending.clear()
        self.pending.extend(resized)

    def _give_up(self, faults: Mapping[int, str]) -> None:
        """A model that does not understand the question: asking on would only cost."""
        why = next(iter(faults.values()), reply.UNREADABLE)
        self.stopped = self.stopped or ScorerError(
            f"{USELESS_AFTER} answers in a row held no grade: set another `scoring.llm.model`."
        )
        self._clear(why)

    def _failed(self, call: Call, error: ModelError) -> None:
        """A call that brought nothing: ask again, unless the server is dead or the key wrong."""
        self.spent += error.spent
        self._silent += 1
        if isinstance(error, ModelRefused) or self._silent >= DEAD_AFTER:
            self._stop(call, error, batches.UNREACHED)
        else:
            self._follow(batches.unreached(call))

    def _stop(self, call: Call, error: ScorerError, why: str) -> None:
        """Ask no more: what is pending is undecided, with the reason."""
        self.stopped = self.stopped or error
        self.undecided |= batches.given_up((call,), why)
        self._clear(why)

    def _clear(self, why: str) -> None:
        self._why = why
        self.undecided |= batches.given_up(self.pending, why)
        self.pending.clear()

    def _follow(self, step: batches.Step) -> None:
        self.undecided |= step.undecided
        self.pending.extend(step.calls)
        if self.stopped:
            self._clear(self._why)


class _Wording:
    """One round of asking for sentences; a paper without one is asked about once more, alone."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.pending = deque(calls)
        self.found: dict[PaperId, str] = {}
        self.spent = Spent()
        self._silent = 0
        self._over = False

    def took(self, call: Call, said: Said) -> None:
        """Take what came of a call."""
        if isinstance(said, Answer):
            self._silent = 0
            self.spent += said.spent
            found = reply.reasons(said.text, len(call.asked)).reasons
            self.found |= batches.named(call, found)
        elif isinstance(said, ModelError):
            self.spent += said.spent
            self._silent += 1
            self._over |= isinstance(said, ModelRefused) or self._silent >= DEAD_AFTER
        elif isinstance(said, BudgetSpent):
            self._over = True
        else:
            raise said
        self._follow(call)

    def _follow(self, call: Call) -> None:
        if len(call.asked) > SMALLEST:
            left = [one for one in call.asked if one.paper.id not in self.found]
            self.pending.extend(batches.resized([batches.Call(tuple(left), call.seed)], SMALLEST))
        if self._over:
            self.pending.clear()
