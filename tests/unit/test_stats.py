"""What models took, as text and as JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from paperlark.cli import stats
from paperlark.errors import ConfigError
from paperlark.store.spending import Spending
from tests.fakes import MemorySpending
from worker.llm.words import Spent

if TYPE_CHECKING:
    import redis

    from paperlark.store.usage import Use

NOVEMBER = date(2026, 11, 1)


def ledger() -> MemorySpending:
    kept = MemorySpending()
    for run, day, usd in [("r1", 19, 0.024), ("r2", 19, 0.001), ("r3", 20, 0.31)]:
        spent = Spent(14, 67_004, 18_304, 5_900, 100, usd)
        kept.record("foundations", date(2026, 11, day), "gpt-5-mini", spent, run=run)
    kept.record("a\x1b[31m", date(2026, 11, 19), "llama", Spent(1, 1_000, 0, 9, 0, None), run="r")
    kept.record("foundations", date(2026, 10, 30), "gpt-5", Spent(1, 9, 0, 1, 0, 0.004), run="r")
    return kept


def uses(kept: MemorySpending, profile: str | None = None) -> dict[date, tuple[Use, ...]]:
    return {month: kept.usage(month, profile) for month in stats.back(NOVEMBER)}


def text(*args: object, **named: object) -> str:
    return "\n".join(stats.lines(*args, **named)).replace("\u00a0", " ")  # type: ignore[arg-type]


def test_text_by_digest_profile_and_month():
    said = text(NOVEMBER, uses(ledger()))
    rows = [" ".join(line.split()) for line in said.splitlines()]
    assert rows == [
        "Nov 2026",
        "a�[31m 1 call 1,009 tokens cost unknown",
        "Thu 19 Nov llama 1 call 1,009 tokens cost unknown",
        "foundations 42 calls 218,712 tokens $0.34",
        "Thu 19 Nov gpt-5-mini 28 calls 145,808 tokens $0.025",
        "Fri 20 Nov gpt-5-mini 14 calls 72,904 tokens $0.310",
        "",
        "Months",
        "Nov 2026 43 calls 219,721 tokens $0.34, and 1 call of unknown cost",
        "Oct 2026 1 call 10 tokens under $0.01",
    ]
    assert "\x1b" not in said


def test_one_profile_only():
    said = text(NOVEMBER, uses(ledger(), "foundations"), "foundations")
    assert "llama" not in said


def test_nothing_spent_is_one_sentence():
    nothing = uses(MemorySpending())
    assert text(NOVEMBER, nothing) == (
        "No model was asked up to Nov 2026. The local ranker costs nothing."
    )
    assert text(NOVEMBER, nothing, "p").startswith("No model was asked for p up to")


def test_a_month_without_use_among_others():
    december = date(2026, 12, 1)
    kept = ledger()
    found = {month: kept.usage(month) for month in stats.back(december)}
    assert text(december, found).startswith("Dec 2026\n  No model was asked.\n\nMonths\n  Nov 2026")


def test_json_holds_the_same_sums():
    table = stats.table(NOVEMBER, uses(ledger()))
    assert table["cost_usd"] == 0.335
    assert (table["month"], table["calls"], table["calls_of_unknown_cost"]) == ("2026-11", 43, 1)
    by_name = {row["profile"]: row for row in table["profiles"]}
    assert [day["date"] for day in by_name["foundations"]["digests"]] == [
        "2026-11-19",
        "2026-11-20",
    ]
    assert by_name["foundations"]["reasoning_tokens"] == 300
    assert [row["month"] for row in table["months"]] == ["2026-11", "2026-10"]
    json.dumps(table)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-1", "0000-01", "Nov 2026"])
def test_a_month_that_is_none_is_refused(month: str):
    with pytest.raises(ConfigError, match="no month; write it as 2026-11"):
        stats.first(month)


def test_thirteen_months_back():
    months = list(stats.back(date(2026, 1, 1)))
    assert (len(months), months[1], months[-1]) == (13, date(2025, 12, 1), date(2025, 1, 1))
    assert list(stats.back(date(1, 1, 1))) == [date(1, 1, 1)]


def test_the_command_reads_the_store(
    store: redis.Redis, store_url: str, monkeypatch: pytest.MonkeyPatch
):
    day = date(2026, 11, 19)
    Spending(store).record("p", day, "m", Spent(2, 30, 0, 4, 0, 0.46), run="r")
    monkeypatch.setenv("REDIS_URL", store_url)
    monkeypatch.setenv("PAPERLARK_CLOCK__PRETEND", "2026-11-20T07:00:00+00:00")
    run = CliRunner().invoke(stats.command, ["--profile", "p"], obj=None)
    assert run.exit_code == 0, run.output
    assert "$0.46" in run.output
    run = CliRunner().invoke(stats.command, ["--format", "json", "--month", "2026-11"], obj=None)
    assert json.loads(run.output)["cost_usd"] == 0.46
