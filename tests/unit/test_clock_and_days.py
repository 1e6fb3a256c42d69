from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from paperlark import calendar
from paperlark.cli.days import resolve
from paperlark.clock import clock
from paperlark.errors import ConfigError, NotFound

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)  # a Thursday
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_pretended_moment_stands_still():
    now = clock("2026-11-19T13:00:00+01:00")
    assert now() == NOON == now()


@pytest.mark.parametrize("text", ["yesterday", "2026-11-19", "2026-11-19T12:00:00", "2026-13-01"])
def test_a_moment_without_an_offset_is_refused(text: str):
    with pytest.raises(ConfigError, match="is no moment"):
        clock(text)


def test_the_machine_has_a_clock():
    assert clock()().tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "now", "day"),
    [
        ("latest", NOON, date(2026, 11, 19)),
        ("today", NOON, date(2026, 11, 19)),
        ("Yesterday", NOON, date(2026, 11, 18)),
        ("latest", SATURDAY, date(2026, 11, 20)),
        ("today", SATURDAY, date(2026, 11, 21)),
        ("yesterday", SATURDAY, date(2026, 11, 20)),
        ("2025-09-25", NOON, date(2025, 9, 25)),
    ],
)
def test_a_date_is_a_mailing_date(text: str, now: datetime, day: date):
    assert resolve(text, now) == day


@pytest.mark.parametrize("text", ["25.9.2025", "2025-02-30", "", "tomorrow", "2025-9-25"])
def test_what_is_no_date_is_said_to_be_none(text: str):
    with pytest.raises(ConfigError, match=r"is no date\. Give one as 2025-09-25"):
        resolve(text, NOON)


def test_a_weekend_names_the_nearest():
    with pytest.raises(NotFound, match=r"is a weekend.*Fri 19 Sep.*Mon 22 Sep"):
        resolve("2025-09-20", NOON)


def test_the_future_says_when():
    with pytest.raises(NotFound) as refused:
        resolve("2026-11-24", NOON)
    assert str(refused.value) == (
        "Not out yet. arXiv announces Tue 24 Nov at 01:00 (UTC); ask again after that. "
        "That is in the future; the newest is Thu 19 Nov 2026: `paperlark digest latest`."
    )


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 22, 20, 0, tzinfo=calendar.EASTERN),  # Sunday
        datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Asia/Tokyo")),  # the same half hour later
    ],
)
def test_a_day_can_be_asked_for_from_its_announcement_on(now: datetime):
    assert resolve("2026-11-23", now) == date(2026, 11, 23)
    with pytest.raises(NotFound, match="Not out yet"):
        resolve("2026-11-23", now - timedelta(hours=1))


def test_before_arxiv_there_was_nothing():
    for early in ("1989-11-09", "0001-01-01"):
        with pytest.raises(NotFound, match="before arXiv"):
            resolve(early, NOON)
