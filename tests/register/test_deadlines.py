"""When an answer is due: every date here was worked out by hand from the rules."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.errors import MissingExtraError, UsageError
from dsr_report.register import Pause, deadlines

VECTORS = {
    "Easter Monday": ("2026-03-05", "2026-04-05", "2026-04-07"),
    "a shorter month": ("2026-08-31", "2026-09-30", "2026-09-30"),
    "February, then a weekend": ("2026-01-30", "2026-02-28", "2026-03-02"),
    "a leap year": ("2028-01-31", "2028-02-29", "2028-02-29"),
    "Boxing Day, then a Sunday": ("2026-11-26", "2026-12-26", "2026-12-28"),
    "Good Friday to Easter Monday": ("2027-02-26", "2027-03-26", "2027-03-30"),
}


@pytest.mark.parametrize("place", [("NL", None), ("DE", "NW")], ids=["NL", "DE-NW"])
@pytest.mark.parametrize(("received", "nominal", "latest"), VECTORS.values(), ids=VECTORS)
def test_the_month_ends_where_the_regulation_says(received, nominal, latest, place):
    dates = deadlines(date.fromisoformat(received), country=place[0], subdivision=place[1])
    assert (dates.nominal, dates.latest) == (date.fromisoformat(nominal), date.fromisoformat(latest))
    assert dates.unpaused_latest == dates.extension_notice_due == dates.latest
    assert dates.target == date.fromisoformat(received) + timedelta(days=28)


def test_an_extension_counts_three_months_from_receipt_not_two_from_the_first_end():
    dates = deadlines(date(2026, 1, 31), extended=True)
    assert dates.nominal == dates.latest == date(2026, 4, 30)


def test_the_notice_of_an_extension_is_due_at_the_unextended_end():
    dates = deadlines(date(2026, 3, 5), extended=True)
    assert dates.extension_notice_due == date(2026, 4, 7)
    assert dates.nominal == date(2026, 6, 5)


def test_belgium_works_on_good_friday():
    assert deadlines(date(2027, 2, 26), country="BE").latest == date(2027, 3, 26)


def test_a_day_that_the_controller_adds_is_no_working_day():
    liberation = date(2026, 5, 5)
    assert deadlines(date(2026, 4, 5)).latest == liberation
    assert deadlines(date(2026, 4, 5), extra_holidays=[liberation]).latest == date(2026, 5, 6)


def test_a_holiday_of_one_land_moves_the_end_there_and_not_elsewhere():
    corpus_christi = date(2026, 6, 4)
    assert deadlines(date(2026, 5, 4), country="DE", subdivision="NW").latest == date(2026, 6, 5)
    assert deadlines(date(2026, 5, 4), country="DE", subdivision="BE").latest == corpus_christi


def test_paused_days_are_added_to_the_nominal_end_and_the_safe_date_is_kept():
    paused = deadlines(date(2026, 3, 5), pauses=[Pause(date(2026, 3, 10), date(2026, 3, 15))])
    assert paused.nominal == date(2026, 4, 10)
    assert paused.latest == date(2026, 4, 10)
    assert paused.unpaused_latest == date(2026, 4, 7)
    assert paused.target == date(2026, 4, 7)


def test_a_pause_moves_the_nominal_end_onto_a_weekend_and_the_latest_off_it():
    paused = deadlines(date(2026, 8, 31), pauses=[Pause(date(2026, 9, 1), date(2026, 9, 4))])
    assert (paused.nominal, paused.latest) == (date(2026, 10, 3), date(2026, 10, 5))


def test_overlapping_pauses_count_once():
    both = [Pause(date(2026, 9, 3), date(2026, 9, 10)), Pause(date(2026, 9, 1), date(2026, 9, 5))]
    assert deadlines(date(2026, 8, 31), pauses=both).nominal == date(2026, 10, 9)


def test_a_pause_within_another_adds_nothing():
    both = [Pause(date(2026, 9, 1), date(2026, 9, 10)), Pause(date(2026, 9, 3), date(2026, 9, 4))]
    assert deadlines(date(2026, 8, 31), pauses=both) == deadlines(date(2026, 8, 31), pauses=both[:1])


def test_a_pause_that_began_before_receipt_counts_from_receipt():
    early = [Pause(date(2026, 8, 1), date(2026, 9, 2))]
    assert deadlines(date(2026, 8, 31), pauses=early).nominal == date(2026, 10, 2)


def test_a_pause_after_the_end_cannot_revive_the_month():
    late = [Pause(date(2026, 10, 5), date(2026, 10, 30))]
    assert deadlines(date(2026, 8, 31), pauses=late) == deadlines(date(2026, 8, 31))


def test_a_pause_in_the_last_days_that_a_weekend_gave_still_counts():
    received, pause = date(2026, 1, 30), Pause(date(2026, 3, 2), date(2026, 3, 5))
    assert deadlines(received, pauses=[pause]).nominal == date(2026, 3, 3)


def test_an_unfinished_pause_counts_up_to_today_and_not_at_all_without_it():
    pauses = [Pause(date(2026, 9, 1), None)]
    assert deadlines(date(2026, 8, 31), pauses=pauses).nominal == date(2026, 9, 30)
    assert deadlines(date(2026, 8, 31), pauses=pauses, today=date(2026, 9, 11)).nominal == date(2026, 10, 10)


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(UsageError, match="ends before it begins"):
        deadlines(date(2026, 8, 31), pauses=[Pause(date(2026, 9, 2), date(2026, 9, 1))])


@pytest.mark.parametrize("place", [("XX", None), ("DE", "XX")])
def test_an_unknown_place_is_named(place):
    with pytest.raises(UsageError, match="XX"):
        deadlines(date(2026, 8, 31), country=place[0], subdivision=place[1])


def test_without_a_country_weekends_alone_count():
    assert deadlines(date(2026, 3, 5), country=None).latest == date(2026, 4, 6)


def test_without_the_package_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtraError, match=r"dsr-report\[register\]"):
        deadlines(date(2026, 8, 31), country="LU")


@given(
    st.dates(date(2018, 5, 25), date(2090, 1, 1)),
    st.booleans(),
    st.lists(st.tuples(st.integers(-40, 120), st.integers(0, 60)), max_size=4),
)
def test_the_dates_are_in_order_and_the_latest_is_a_working_day(received, extended, spans):
    day = timedelta(days=1)
    pauses = [Pause(received + a * day, received + (a + b) * day) for a, b in spans]
    dates = deadlines(received, extended=extended, pauses=pauses)
    assert received < dates.target <= dates.nominal <= dates.latest
    assert dates.unpaused_latest <= dates.latest
    assert dates.extension_notice_due <= dates.latest
    assert dates.latest.weekday() < 5
    assert dates.latest - dates.nominal <= 5 * day
