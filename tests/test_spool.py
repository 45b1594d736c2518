"""Views wait on disk, with what they are sorted by."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from dsr_report.spool import ExternalSort

START = datetime(2024, 1, 1, tzinfo=UTC)


def test_memory_holds_neither_events_nor_what_they_are_sorted_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsr_report.spool._MOST", 2_000)
    count = 30_000
    spool: ExternalSort[tuple[str, int]] = ExternalSort()
    tracemalloc.start()
    for number in range(count):
        at = START + timedelta(minutes=number * 7919 % count)
        spool.add((f"message {number}", None, at, "click", number), ("an event", number))
    seen = 0
    last = START
    for key, _size, view in spool.sorted(lambda key: (key[2], key[4])):
        assert view == ("an event", key[4])
        assert key[2] >= last
        last = key[2]
        seen += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    spool.close()
    assert seen == len(spool) == count
    assert peak < count * 60, "the keys alone would take 230 bytes each"


def test_views_that_sort_alike_stay_as_they_were_added() -> None:
    spool: ExternalSort[str] = ExternalSort()
    for number, key in enumerate(("b", "a", "b", "a")):
        spool.add(key, str(number))
    assert [piece.value for piece in spool.sorted(lambda key: key)] == ["1", "3", "0", "2"]
    spool.add("a", "4")
    assert [key for key, _size in spool.index()] == ["b", "a", "b", "a", "a"]
    assert [piece.value for piece in spool.sorted(lambda key: key)] == ["1", "3", "4", "0", "2"]
    spool.close()
