import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.exif import Position, read_position, read_time

NOW = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)


def test_a_time_with_its_offset_is_taken_as_it_is() -> None:
    seen = read_time("2026:05:31 09:30:00", "+09:00", NOW)
    assert seen.taken_at == dt.datetime(2026, 5, 31, 0, 30, tzinfo=dt.UTC)
    assert seen.flags == ()


def test_a_time_without_offset_is_chinese_time_and_says_so() -> None:
    seen = read_time("2026:05:31 09:30:00", "", NOW)
    assert seen.taken_at == dt.datetime(2026, 5, 31, 1, 30, tzinfo=dt.UTC)
    assert seen.flags == ("zone_assumed",)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("", ("date_missing",)),
        ("0000:00:00 00:00:00", ("date_zero",)),
        ("0000:05:01 10:00:00", ("date_zero",)),
        ("    :  :     :  :  ", ("date_zero",)),
        ("2026:02:30 10:00:00", ("date_invalid",)),
        ("yesterday", ("date_invalid",)),
        ("0001:01:01 00:00:00", ("date_invalid",)),
    ],
)
def test_a_time_that_is_none_is_flagged(text: str, flags: tuple[str, ...]) -> None:
    seen = read_time(text, "", NOW)
    assert seen.taken_at is None
    assert seen.flags == flags


def test_a_time_in_the_future_is_kept_and_flagged() -> None:
    seen = read_time("2027:01:01 00:00:00", "+08:00", NOW)
    assert seen.taken_at == dt.datetime(2026, 12, 31, 16, 0, tzinfo=dt.UTC)
    assert seen.flags == ("date_future",)


def test_a_clock_a_minute_ahead_is_no_future() -> None:
    assert read_time("2026:06:01 16:01:00", "+08:00", NOW).flags == ()


def test_degrees_minutes_and_seconds_become_a_position() -> None:
    gps = {1: "N", 2: [31.0, 14.0, 30.0], 3: "E", 4: [121.0, 28.5]}
    assert read_position(gps) == (Position(31.2416667, 121.475), ())


def test_south_and_west_are_negative() -> None:
    assert read_position({1: "S", 2: [33.0], 3: b"W\0", 4: [70.5]})[0] == Position(-33.0, -70.5)


@pytest.mark.parametrize(
    ("gps", "flags"),
    [
        ({}, ()),
        ({1: "N", 2: [0.0, 0.0, 0.0], 3: "E", 4: [0.0, 0.0, 0.0]}, ("gps_zero",)),
        ({2: 4294967295.0}, ("gps_invalid",)),
        ({1: "N", 2: [91.0, 0, 0], 3: "E", 4: [1.0, 0, 0]}, ("gps_invalid",)),
        ({1: "N", 2: [float("nan"), 0, 0], 3: "E", 4: [1.0, 0, 0]}, ("gps_invalid",)),
        ({1: "N", 2: [10**400], 3: "E", 4: [1.0]}, ("gps_invalid",)),
        ({1: "N", 2: "31", 3: "E", 4: [1.0]}, ("gps_invalid",)),
    ],
)
def test_what_is_no_position_is_none(gps: dict[int, object], flags: tuple[str, ...]) -> None:
    assert read_position(gps) == (None, flags)


@given(text=st.text(max_size=30), offset=st.text(max_size=8))
def test_any_text_is_read_without_error(text: str, offset: str) -> None:
    read_time(text, offset, NOW)


_values = st.one_of(
    st.none(),
    st.text(max_size=4),
    st.binary(max_size=4),
    st.floats(),
    st.integers(),
    st.lists(st.floats(), max_size=4),
)


@given(gps=st.dictionaries(st.integers(0, 6), _values))
def test_any_gps_directory_gives_a_position_on_earth_or_none(gps: dict[int, object]) -> None:
    position, _ = read_position(gps)
    assert position is None or (abs(position.latitude) <= 90 and abs(position.longitude) <= 180)
