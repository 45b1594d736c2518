"""Moments read a day at a time are those read one by one, also on days when the clock changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dsr_report.tables.cells import MomentCells, microseconds
from dsr_report.times import read_moment

CHANGES = {
    "Europe/Amsterdam": ["2022-03-27", "2022-10-30", "1940-05-16", "2022-06-01"],
    "Australia/Lord_Howe": ["2022-04-03", "2022-10-02"],  # by half an hour
    "America/St_Johns": ["2010-03-14", "2010-11-07", "1988-04-03"],  # a minute after midnight; by two hours
    "Pacific/Apia": ["2011-12-29", "2011-12-30"],  # a day that never was
    "Asia/Tehran": ["2022-03-22", "2022-09-21"],  # at midnight
    "UTC": ["2022-06-01"],
}


@pytest.mark.parametrize(("zone", "days"), CHANGES.items(), ids=CHANGES)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_column_of_moments_is_read_as_each_of_them(zone, days, backwards):
    raws: list[object] = [None, "", "0000-00-00 00:00:00", "2022-13-01 10:00:00", "2022-01-01 24:00:00", 5]
    for day in days:
        at = datetime.fromisoformat(day) - timedelta(days=1)
        raws += [str(at + timedelta(minutes=20 * step, seconds=step % 60)) for step in range(3 * 72)]
        raws += [f"{day}T10:00:00", f"{day} 1:00:00", f"{day} 10:00:60"]
    if backwards:
        raws.reverse()
    moments, certainties = MomentCells(ZoneInfo(zone)).column(raws)
    expected = [read_moment(raw, ZoneInfo(zone)) for raw in raws]
    assert moments == [None if moment is None else microseconds(moment.at) for moment in expected]
    assert certainties == [None if moment is None else moment.certainty for moment in expected]
