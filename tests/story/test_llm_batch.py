"""A day's first look through the Batch API: half the price, and never a paper or a cent lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from paperlark.demo.model import ModelDouble
from paperlark.demo.model_batches import Desk
from paperlark.domain import VerdictState
from paperlark.queues import LIMITS
from tests.scoring import DAY, SEEDS, Group, asked, flat, grades, papers, shown
from worker.llm import ahead
from worker.llm.settings import LlmSettings
from worker.llm.words import Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from paperlark.demo.model import Call
    from paperlark.demo.model_batches import BatchFault
    from paperlark.domain import Digest
    from worker.llm.purse import Account

PAPERS = papers(60)
HALF = SEEDS.model_copy(update={"batch": 0.5})
NOW = {"batch_deadline_min": 1e-7}


class Registry(Desk):
    """Batches that can be watched, and need not obey.

    Attributes:
        deaf: batches do not stop when they are told to.
        then: called before each new batch.
    """

    def __init__(self, double: ModelDouble) -> None:
        super().__init__(double.desk._answer)
        self.deaf = False
        self.then: Callable[[], None] = lambda: None

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.then()
        return super().create(body)

    def cancel(self, batch_id: str) -> dict[str, Any] | None:
        return self.retrieve(batch_id) if self.deaf else super().cancel(batch_id)


class Batched(Group):
    """A group that uses the Batch API, and looks again at once."""

    def account(self, double: ModelDouble | None) -> Account:
        self.llm = {"batch_api": True, "service_tier": ""} | self.llm
        return replace(super().account(double), poll_s=0.0)


@pytest.fixture
def double() -> Iterator[ModelDouble]:
    with ModelDouble(grades) as running:
        running.desk = Registry(running)
        yield running


@pytest.fixture
def group() -> Batched:
    made = Batched(price=HALF)
    made.announce(PAPERS)
    return made


@pytest.fixture(scope="module")
def direct() -> Digest:
    made = Group()
    made.announce(PAPERS)
    with ModelDouble(grades) as running:
        return made.digest(running)


def first_looks(double: ModelDouble) -> list[list[str]]:
    """The titles of each direct call of the first look: those with more papers than a second's."""
    return [titles for titles in asked(double.chats) if len(titles) > 8]


def created(double: ModelDouble) -> int:
    return sum(_posted(call) for call in double.requests)


def _posted(call: Call) -> bool:
    return (call.method, call.path) == ("POST", "/v1/batches")


def left_over(digest: Digest) -> list[str]:
    return [note for note in digest.notes if "made directly" in note]


def honest(digest: Digest, direct: Digest, group: Group) -> bool:
    """Whether the day is as direct calls make it, and the ledger has what the digest says."""
    assert digest.verdict.state is VerdictState.COMPLETE
    assert digest.counts.undecided == 0
    assert digest.usage.cost_usd == pytest.approx(group.store.spending.spent(DAY))
    return shown(digest) == shown(direct)


def test_a_batch_answers_the_whole_first_look(double: ModelDouble, group: Batched, direct: Digest):
    digest = group.digest(double)
    assert honest(digest, direct, group)
    assert first_looks(double) == []
    assert created(double) == 1
    assert digest.notes == direct.notes
    assert digest.usage.calls == direct.usage.calls == len(double.chats) + 4
    assert set(flat(asked(double.chats, "told"))) >= set(shown(digest))


def test_it_costs_half(double: ModelDouble, group: Batched):
    group.llm, group.profile = {"second_look": False}, replace(group.profile, base_line=100.0)
    usd = group.digest(double).usage.cost_usd
    plain = replace(group, store=Group().store, price=HALF.model_copy(update={"batch": 1.0}))
    plain.announce(PAPERS)
    with ModelDouble(grades) as other:
        full = plain.digest(other).usage.cost_usd
    assert double.chats == []
    assert usd == pytest.approx((full or 0.0) / 2)
    assert usd == pytest.approx(group.store.spending.spent(DAY))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("expired", f"{ahead.LATE}: 2 of 4 calls were made directly."),
        ("cancelled", f"{ahead.PARTLY}: 2 of 4 calls were made directly."),
        ("missing", f"{ahead.PARTLY}: 1 of 4 calls was made directly."),
        ("error-line", f"{ahead.PARTLY}: 1 of 4 calls was made directly."),
        ("torn-line", f"{ahead.PARTLY}: 1 of 4 calls was made directly."),
        ("failed", f"{ahead.FAILED}: 4 of 4 calls were made directly."),
    ],
)
def test_what_a_batch_leaves_over_is_asked_directly(
    double: ModelDouble, group: Batched, direct: Digest, fault: BatchFault, said: str
):
    double.desk.faults.append(fault)
    digest = group.digest(double)
    assert honest(digest, direct, group)
    assert left_over(digest) == [said]
    assert len(first_looks(double)) == int(said.split(": ")[1][0])


@pytest.mark.parametrize("fault", ["duplicate", "contradiction"])
def test_two_answers_to_one_question(
    double: ModelDouble, group: Batched, direct: Digest, fault: BatchFault
):
    double.desk.faults.append(fault)
    digest = group.digest(double)
    assert honest(digest, direct, group)
    assert left_over(digest) == []
    assert len(first_looks(double)) == (fault == "contradiction")


def test_at_the_deadline_a_batch_is_stopped_and_read(
    double: ModelDouble, group: Batched, direct: Digest
):
    group.llm = NOW
    double.desk.faults.append("stuck")
    digest = group.digest(double)
    assert honest(digest, direct, group)
    assert left_over(digest) == [f"{ahead.LATE}: 2 of 4 calls were made directly."]


def test_a_batch_that_does_not_stop_is_counted_at_its_dearest(
    double: ModelDouble, group: Batched, direct: Digest
):
    assert isinstance(double.desk, Registry)
    double.desk.deaf = True
    group.llm = NOW
    double.desk.faults.append("stuck")
    digest = group.digest(double)
    assert honest(digest, direct, group)
    assert left_over(digest) == [f"{ahead.LATE}: 4 of 4 calls were made directly."]
    assert (digest.usage.cost_usd or 0) > 1.2 * (direct.usage.cost_usd or 0)


def test_a_server_without_batches(group: Batched, direct: Digest):
    with Plain(grades) as double:
        digest = group.digest(double)
        assert honest(digest, direct, group)
        assert left_over(digest) == [f"{ahead.REFUSED}: 4 of 4 calls were made directly."]
        assert digest.usage.cost_usd == pytest.approx(direct.usage.cost_usd, rel=0.05)
        assert group.store.spending.standing(DAY).held_day == 0


class Plain(ModelDouble):
    """Knows no files and no batches."""

    def _routed(self, call: Call, raw: bytes, fault: Any) -> Any:
        chat = call.path.endswith("/chat/completions")
        return super()._routed(call, raw, fault) if chat else None


def test_a_batch_that_the_budget_does_not_cover(double: ModelDouble, group: Batched):
    group.caps, group.llm = {"usd_per_day": 0.06}, {"concurrency": 1, "second_look": False}
    group.price = HALF.model_copy(update={"batch": 100.0})
    digest = group.digest(double)
    assert created(double) == 0
    assert left_over(digest) == [f"{ahead.POOR}: 4 of 4 calls were made directly."]
    assert digest.counts.undecided == 0
    assert group.store.spending.spent(DAY) <= 0.06


def test_under_a_cap_the_money_is_held_and_given_back(
    double: ModelDouble, group: Batched, direct: Digest
):
    group.caps = {"usd_per_day": 1.0}
    ledger, held = group.store.spending, list[float]()
    assert isinstance(double.desk, Registry)
    double.desk.then = lambda: held.append(ledger.standing(DAY).held_day)
    assert honest(group.digest(double), direct, group)
    assert held[0] > ledger.spent(DAY) / 2
    assert ledger.standing(DAY).held_day == 0


@pytest.mark.parametrize("fault", ["missing", "torn-line"])
def test_lines_that_are_lost_are_counted_at_their_dearest(
    double: ModelDouble, group: Batched, direct: Digest, fault: BatchFault
):
    double.desk.faults.append(fault)
    assert group.digest(double).usage.calls == direct.usage.calls + 1


def test_what_is_held_is_the_batch_tiers_price(group: Batched, double: ModelDouble):
    tariff = group.account(double)._tariff("gpt-5-mini")
    spent = Spent(1, 1000, 0, 100)
    most, direct = ahead.tariff(tariff).most(1000, 100), tariff.most(1000, 100)
    assert most is not None
    assert direct is not None
    assert most == ahead.tariff(tariff).cost(spent) == pytest.approx(direct / 2)
    assert ahead.tariff(replace(tariff, price=None)).most(1000, 100) is None


def test_the_longest_wait_leaves_a_job_time_for_direct_calls():
    longest = (
        LlmSettings.model_validate({"batch_deadline_min": 20.0}).batch_deadline_min * 60
        + ahead.GRACE_S
    )
    assert longest <= LIMITS["score"].timeout_s * 0.75
    with pytest.raises(ValidationError):
        LlmSettings.model_validate({"batch_deadline_min": 20.1})


class Cut(KeyboardInterrupt):
    """Somebody ends the run while it waits."""


def test_a_run_that_was_cut_off_finds_its_batch(
    double: ModelDouble, group: Batched, direct: Digest
):
    class Ends(Batched):
        def account(self, double: ModelDouble | None) -> Account:
            def cut(_: float) -> None:
                raise Cut

            return replace(super().account(double), sleep=cut)

    ends = Ends(store=group.store, price=HALF)
    with pytest.raises(Cut):
        ends.digest(double)
    assert double.chats == []
    digest = group.digest(double)
    assert created(double) == 1
    assert honest(digest, direct, group)
    assert first_looks(double) == []


def test_a_day_that_is_known_hands_nothing_in(double: ModelDouble, group: Batched):
    group.digest(double)
    group.store.answers.clear()
    group.digest(double)
    assert created(double) == 1


def test_another_profile_text_is_another_batch(double: ModelDouble, group: Batched):
    group.digest(double)
    replace(group, profile=replace(group.profile, revision="r2", topics="- Only graphs")).digest(
        double
    )
    assert created(double) == 2
