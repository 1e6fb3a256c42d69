"""The whole program with a model: real processes, two loopback servers, an embedded store."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.demo.double import ArxivDouble
from paperlark.demo.model_faults import slow
from paperlark.demo.samples import days
from tests.scoring import asked, flat
from tests.story.test_cli import THURSDAY, Program, program
from tests.story.test_llm_money import Metered

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from paperlark.demo.model import ModelDouble

LONG_S = 60.0
"""Far longer than a test may take."""
PRICES = """
[scoring.prices."gpt-5-mini"]
input = 1.25
cached = 0.125
output = 10.0
"""


@pytest.fixture
def model() -> Iterator[Metered]:
    with Metered() as running:
        yield running


@pytest.fixture
def run(model: Metered) -> Iterator[Program]:
    with ArxivDouble(days()) as arxiv, program(arxiv) as ready:
        (ready.folder / "paperlark.toml").write_text(PRICES, encoding="utf-8")
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
            ready.environ.pop(name, None)
        ready.environ |= {
            "PAPERLARK_SCORING__LLM__BASE_URL": model.url,
            "PAPERLARK_SCORING__LLM__API_KEY": "loopback",
            "PAPERLARK_SCORING__LLM__BATCH_SIZE": "4",
            "PAPERLARK_SCORING__LLM__CONCURRENCY": "1",
        }
        yield ready


def args(profile: str = "foundations") -> tuple[str, ...]:
    return ("digest", THURSDAY, "--profile", profile, "--format", "json")


def loaded(out: str, said: str) -> dict[str, Any]:
    assert out, said
    found = json.loads(out)
    counts = found["counts"]
    fates = ("shown", "below", "filtered", "undecided")
    assert sum(counts[fate] for fate in fates) == counts["scanned"]
    assert len(found["cards"]) + len(found["not_shown"]) == counts["scanned"] > 5
    assert found["verdict"]["state"] == "complete"
    assert isinstance(found, dict)
    return found


def digest(run: Program, **more: str) -> dict[str, Any]:
    done = run(*args(), **more)
    assert done.returncode == 0, done.stderr
    return loaded(done.stdout, done.stderr)


def until(model: ModelDouble, calls: int, process: subprocess.Popen[str]) -> None:
    """Wait for that many questions to have arrived."""
    end = time.monotonic() + LONG_S
    while len(model.chats) < calls:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_was_paid_before_a_kill_is_not_paid_again(run: Program, model: Metered):
    model.faults.add("fences", "fences", "fences", slow(LONG_S))
    killed = run.start(*args())
    until(model, 4, killed)
    killed.kill()
    killed.communicate()
    before = asked(model.chats)
    made = digest(run)
    assert made["counts"]["undecided"] == 0
    after = flat(asked(model.chats)[4:])
    firsts = len(after) - len(set(after))
    assert len(before[3]) == 4
    assert set(before[3]) <= set(after)
    paid = set(flat(before[:3]))
    assert len(paid) == 12
    again = [title for title in after if title in paid]
    assert len(again) == len(set(again))  # the second look alone
    unread = [title for title in after if title not in paid]
    assert firsts == len(unread) - len(set(unread))


def test_an_interrupt_ends_the_program_with_calls_under_way(run: Program, model: Metered):
    run.environ["PAPERLARK_SCORING__LLM__CONCURRENCY"] = "3"
    model.faults.add(slow(LONG_S), times=9)
    started = run.start(*args())
    until(model, 3, started)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=LONG_S / 2)
    assert started.returncode == 130
    assert "Traceback" not in said


def test_two_programs_at_once_share_the_cap(run: Program, model: Metered):
    run.environ["PAPERLARK_SCORING__BUDGET__USD_PER_DAY"] = "0.04"
    started = [run.start(*args(name)) for name in ("foundations", "language")]
    ended = [(each, *each.communicate(timeout=LONG_S)) for each in started]
    assert [each.returncode for each, _, _ in ended] == [0, 0], ended
    made = [loaded(out, said) for _, out, said in ended]
    assert 0 < model.billed() <= 0.04
    assert "budget ($0.04)" in " ".join(note for one in made for note in one.get("notes", ()))
