"""kill -9 at any moment of a delivery to Matrix: nothing is lost, and nothing comes twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.matrix import marks
from bot.doubles.matrix.process import MatrixProcess
from tests.couriers import Plan
from tests.processes import ChatProcess
from tests.story.test_delivery_kills import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import redis


class Rooms(ChatProcess):
    """A homeserver's double as a process, and how to read what it took."""

    @property
    def url(self) -> str:
        return self.running.base

    def places(self, seed: int, count: int, first: int = 0) -> tuple[str, ...]:
        names = tuple(f"!r{seed}-{n}:example.org" for n in range(first, first + count))
        for name in names:
            self.running.set("place", identifier=name, name=name)
        return names

    def fail(self, names: list[str], **more: Any) -> None:
        self.running.set("fail", method="send", names=names, **more)

    def keys_of(self, wanted: Iterable[str]) -> list[str]:
        known = {marks.transaction(key): key for key in wanted}
        found = (event["content"].get(marks.MARK, "") for event in self.running.messages())
        return [known.get(mark, mark) for mark in found]


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    with MatrixProcess(tmp_path / "matrix.jsonl") as running:
        yield Rooms("matrix", running)


@pytest.mark.parametrize("moments", [2, pytest.param(300, marks=pytest.mark.proof)])
@pytest.mark.parametrize("forgetful", [False, True])
def test_a_delivery_killed_at_any_moment_arrives_once(
    store: redis.Redis, store_url: str, rooms: Rooms, moments: int, *, forgetful: bool
):
    """Also where the homeserver remembers no transaction: then the mark is found."""
    del store  # emptied
    rooms.running.set("forget", forgetful=forgetful)
    plan = Plan(store_url, "matrix", rooms.url, 5, rooms.places(5, moments + 1))
    found = judged([plan], chat=rooms)
    found.told(f"matrix: kill -9, transactions {'forgotten' if forgetful else 'remembered'}")
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize("moments", [2, pytest.param(100, marks=pytest.mark.proof)])
def test_so_does_one_that_is_killed_again_and_again_while_answers_are_lost(
    store: redis.Redis, store_url: str, rooms: Rooms, moments: int
):
    del store
    losses = ["reset-before", "reset-after", "500-html", "truncated", "429"]
    rooms.fail(losses, share=0.12, seed=moments)
    rooms.fail(["slow"], share=0.03, seconds=1.0, seed=moments)  # longer than a sender waits
    names = rooms.places(6, moments + 1)
    plan = Plan(store_url, "matrix", rooms.url, 6, names, kills=2, span_s=0.5)
    found = judged([plan], chat=rooms)
    found.told("matrix: the same, twice each, with 15 % of the answers lost")
    assert (found.lost, found.doubled) == ([], [])
