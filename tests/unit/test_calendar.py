from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import calendar

DAY = timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
moments = st.builds(
    lambda seconds, zone: (
        datetime(2024, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    ).astimezone(zone),
    st.integers(0, 5 * 365 * 86400),
    st.timezones(),
)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2025, 1, 2), "New Year"),
        (date(2025, 1, 21), "Martin Luther King Day"),
        (date(2025, 6, 20), "Juneteenth"),
        (date(2025, 7, 7), "Independence Day"),  # Friday the 4th: the Monday after is empty
        (date(2025, 11, 28), "Thanksgiving"),
        (date(2025, 12, 26), "Christmas"),
        (date(2025, 12, 31), "year-end break"),
        (date(2026, 6, 22), "Juneteenth"),  # a Friday again
        (date(2026, 7, 6), "Independence Day"),
        (date(2026, 11, 27), "Thanksgiving"),
        (date(2026, 12, 28), "Christmas"),
        (date(2026, 12, 30), "year-end break"),
        (date(2027, 1, 1), "New Year"),
        (date(2025, 9, 27), "weekend"),
        (date(2025, 9, 28), "weekend"),
        (date(2025, 9, 25), None),
        (date(2025, 7, 4), None),  # a holiday's own date has Thursday's freeze
        (date(2025, 11, 27), None),
        (date(2025, 12, 25), None),
    ],
)
def test_why_a_day_is_quiet(day: date, reason: str | None) -> None:
    assert calendar.quiet_reason(day) == reason
    assert calendar.is_mailing_date(day) is (reason is None)


def test_2027_is_marked_as_expected() -> None:
    found = calendar.holiday(date(2027, 11, 26))
    assert found == calendar.Holiday("Thanksgiving", expected=True)
    assert calendar.holiday(date(2026, 11, 27)) == calendar.Holiday("Thanksgiving")


def test_mailing_dates_of_thanksgiving_week() -> None:
    found = calendar.mailing_dates(date(2026, 11, 23), date(2026, 11, 30))
    assert found == (
        date(2026, 11, 23),
        date(2026, 11, 24),
        date(2026, 11, 25),
        date(2026, 11, 26),
        date(2026, 11, 30),
    )
    assert calendar.mailing_dates(date(2026, 11, 28), date(2026, 11, 27)) == ()


@given(days)
def test_next_and_previous_are_neighbours(day: date) -> None:
    after, before = calendar.next_after(day), calendar.previous_before(day)
    assert before < day < after
    assert calendar.mailing_dates(before, after) == tuple(
        d for d in (before, day, after) if calendar.is_mailing_date(d)
    )


@given(days)
def test_most_a_week_passes_between_mailings(day: date) -> None:
    assert calendar.next_after(day) - day <= 7 * DAY


@pytest.mark.parametrize(
    ("day", "announced", "feed"),
    [
        # four hours behind UTC in summer, five in winter
        (date(2025, 9, 25), (2025, 9, 25, 0), (2025, 9, 25, 4)),
        (date(2025, 1, 15), (2025, 1, 15, 1), (2025, 1, 15, 5)),
        # clocks go forward on Sunday 8 March 2026, back on Sunday 1 November 2026
        (date(2026, 3, 9), (2026, 3, 9, 0), (2026, 3, 9, 4)),
        (date(2026, 3, 6), (2026, 3, 6, 1), (2026, 3, 6, 5)),
        (date(2026, 10, 30), (2026, 10, 30, 0), (2026, 10, 30, 4)),
        (date(2026, 11, 2), (2026, 11, 2, 1), (2026, 11, 2, 5)),
    ],
)
def test_hours_in_utc(
    day: date, announced: tuple[int, int, int, int], feed: tuple[int, int, int, int]
) -> None:
    assert calendar.announced_at(day) == datetime(*announced, tzinfo=UTC)
    assert calendar.feed_at(day) == datetime(*feed, tzinfo=UTC)


@given(days)
def test_the_feed_follows_the_announcement_by_four_hours_of_wall_time(day: date) -> None:
    announced, feed = calendar.announced_at(day), calendar.feed_at(day)
    assert announced.tzinfo is feed.tzinfo is UTC
    assert feed - announced == timedelta(hours=4)  # clocks change at 02:00, never in between
    local = announced.astimezone(calendar.EASTERN)
    assert (local.date(), local.hour) == (day - DAY, 20)


@given(moments)
def test_current_is_the_newest_mailing_date_whose_feed_is_out(now: datetime) -> None:
    day = calendar.current(now)
    assert calendar.is_mailing_date(day)
    assert calendar.feed_at(day) <= now < calendar.feed_at(calendar.next_after(day))


@given(moments)
def test_today_is_the_eastern_date(now: datetime) -> None:
    day = calendar.today(now)
    assert calendar.feed_at(day) <= now < calendar.feed_at(day + DAY)


def test_current_over_a_weekend_and_at_midnight() -> None:
    friday, sunday = date(2025, 9, 26), datetime(2025, 9, 29, 3, 59, tzinfo=UTC)
    assert calendar.current(sunday) == friday
    assert calendar.current(sunday + timedelta(minutes=1)) == date(2025, 9, 29)


def test_a_moment_without_a_zone_is_a_programmer_s_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        calendar.today(datetime(2025, 9, 25))  # noqa: DTZ001  (the mistake under test)
