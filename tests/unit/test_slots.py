from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paperlark import calendar, slots
from paperlark.errors import ConfigError
from paperlark.subscription import Subscription
from paperlark.target import Target

DAY = timedelta(days=1)
PLACE = Target("console")
ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc", "posix"))
)
zones = st.sampled_from(ZONES)
hours = st.times().map(lambda at: at.replace(second=0, microsecond=0))
dates = st.dates(date(2008, 1, 1), date(2035, 12, 31))
weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


@given(zones, hours, dates)
def test_a_slot_shows_its_hour_on_its_date_unless_the_clock_left_it_out(
    name: str, at: time, day: date
):
    where = ZoneInfo(name)
    moment = slots.instant(day, at, where)
    if moment is None:
        noon = datetime.combine(day, time(12), where).astimezone(UTC).astimezone(where)
        assert noon.date() != day
        return
    shown = moment.astimezone(where).replace(tzinfo=None)
    meant = datetime.combine(day, at)
    assert timedelta() <= shown - meant <= timedelta(hours=3)
    earlier = (moment - timedelta(hours=1)).astimezone(where).replace(tzinfo=None)
    assert earlier != meant, "of an hour that comes twice it is the first"


@given(zones, hours, weekdays, dates)
def test_the_slots_of_dates_are_in_order_and_after_their_feeds(
    name: str, at: time, days: tuple[int, ...], day: date
):
    each = Subscription(PLACE, "p", at=at, zone=name, days=days)
    first, second = slots.of(each, day), slots.of(each, day + DAY)
    assert first is not None
    assert second is not None
    assert calendar.feed_at(day) <= first <= second
    assert first - calendar.feed_at(day) <= timedelta(days=9)
    assert slots.latest(each, first) == first
    before = slots.latest(each, first - timedelta(minutes=1))
    assert before is None or before < calendar.feed_at(day) or before == first


@given(zones, hours, weekdays, dates)
def test_a_newcomer_is_owed_no_date_whose_slot_has_been(
    name: str, at: time, days: tuple[int, ...], day: date
):
    each = Subscription(PLACE, "p", at=at, zone=name, days=days)
    now = datetime.combine(day, time(11, 17), UTC)
    since = slots.since(each, now)
    slot = slots.of(each, since)
    assert slot is not None
    assert slot > now
    day_before = slots.of(each, since - (3 if since.weekday() == 0 else 1) * DAY)
    assert day_before is not None
    assert day_before <= now
    assert slots.first(each, now) >= slot


@pytest.mark.parametrize(
    ("zone", "at", "local", "expected"),
    [
        ("Pacific/Apia", "08:00", "2011-12-29", "2011-12-29T18:00"),
        ("Pacific/Apia", "08:00", "2011-12-30", None),  # a date Samoa never had
        ("Pacific/Apia", "08:00", "2011-12-31", "2011-12-30T18:00"),
        ("Pacific/Kwajalein", "12:00", "1993-08-21", None),
        ("Europe/Berlin", "02:30", "2026-03-29", "2026-03-29T01:30"),  # shown as 03:30
        ("Europe/Berlin", "02:30", "2026-10-25", "2026-10-25T00:30"),
        ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:45"),  # shown as 02:45
        ("Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04T14:45"),
        ("America/Nuuk", "23:30", "2024-03-30", "2024-03-31T01:30"),  # the date exists, 23:30 not
        ("Asia/Kathmandu", "08:00", "2026-11-19", "2026-11-19T02:15"),
    ],
)
def test_known_clock_changes(zone: str, at: str, local: str, expected: str | None):
    found = slots.instant(date.fromisoformat(local), time.fromisoformat(at), ZoneInfo(zone))
    assert found == (datetime.fromisoformat(f"{expected}+00:00") if expected else None)


@pytest.mark.parametrize(
    ("zone", "day", "slot"),
    [
        ("Europe/Berlin", "2026-11-20", "2026-11-20T08:00+01:00"),
        ("America/New_York", "2026-11-20", "2026-11-20T08:00-05:00"),
        ("Asia/Tokyo", "2026-11-19", "2026-11-20T08:00+09:00"),
        ("Asia/Tokyo", "2026-11-20", "2026-11-23T08:00+09:00"),  # Friday's is out after 08:00
        ("Pacific/Kiritimati", "2026-11-20", "2026-11-23T08:00+14:00"),
    ],
)
def test_which_morning_a_date_comes_on(zone: str, day: str, slot: str):
    found = slots.of(Subscription(PLACE, "p", zone=zone), date.fromisoformat(day))
    assert found == datetime.fromisoformat(slot)


def test_a_subscription_without_weekdays_has_no_slot():
    each = Subscription(PLACE, "p", days=())
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert slots.of(each, now.date()) is None
    assert slots.latest(each, now) is None
    with pytest.raises(ConfigError, match="needs a weekday to post on"):
        slots.since(each, now)


@pytest.mark.parametrize(
    ("zone", "at", "out"),
    [
        ("Asia/Tokyo", "08:00", "14:00"),
        ("Asia/Kolkata", "08:00", "10:30"),
        ("Europe/London", "04:30", "05:00"),  # too early in winter only
        ("Europe/Berlin", "08:00", None),
        ("America/New_York", "00:00", None),
        ("Pacific/Honolulu", "00:00", None),
    ],
)
def test_hours_before_the_announcement_are_told_from_others(zone: str, at: str, out: str | None):
    each = Subscription(PLACE, "p", zone=zone, at=time.fromisoformat(at))
    found = slots.out_by(each, datetime(2026, 11, 20, tzinfo=UTC))
    assert found == (time.fromisoformat(out) if out else None)


def test_a_saturday_morning_is_never_too_early():
    each = Subscription(PLACE, "p", zone="Asia/Tokyo", days=(5,))
    assert slots.out_by(each, datetime(2026, 11, 20, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("america/new_york ", "America/New_York"),
    ],
)
def test_an_unknown_zone_names_the_nearest(given_: str, meant: str):
    with pytest.raises(ConfigError, match=f"Did you mean {meant}"):
        slots.zone(given_)


@given(st.text(max_size=30))
def test_any_text_is_a_zone_or_a_sentence(text: str):
    assume(text not in available_timezones())
    with pytest.raises(ConfigError, match="There is no time zone"):
        slots.zone(text)
