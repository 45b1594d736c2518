"""Rows that are too many for memory: kept, read again, sorted."""

import sys
import tracemalloc
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr_report import spool
from dsr_report.spool import Rows, in_order

rows = st.lists(st.tuples(st.integers(0, 9), st.text(st.characters(), max_size=3)), max_size=60)


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(spool, "_MOST", 7)
    monkeypatch.setattr(spool, "_BLOCK", 3)


@given(rows)
def test_rows_come_in_order_however_many_portions_they_make(given_rows):
    numbered = [(*row, number, {"not": "comparable"}) for number, row in enumerate(given_rows)]
    assert [row[:3] for row in in_order(numbered)] == sorted(row[:3] for row in numbered)


@given(rows, st.integers(0, 60))
def test_rows_are_read_back_as_they_were_added_by_several_at_a_time_and_between_additions(some, middle):
    with Rows() as kept:
        for row in some[:middle]:
            kept.add(row)
        early = iter(kept)
        begun = list(islice(early, 4))
        for row in some[middle:]:
            kept.add(row)
        assert list(kept) == some
        assert len(kept) == len(some)
        assert begun == some[:middle][:4]


def test_order_that_is_given_up_leaves_no_file_open():
    ordered = in_order((n % 10, n) for n in range(100))
    assert next(ordered) == (0, 0)
    ordered.close()


def test_memory_holds_a_portion_of_the_rows_and_not_all(monkeypatch):
    monkeypatch.setattr(spool, "_MOST", 2_000)
    monkeypatch.setattr(spool, "_BLOCK", 20)

    count = 24_000
    tracemalloc.start()
    with Rows() as kept:
        for number in range(count):
            kept.add((number * 7919 % count, f"event number {number}"))
        assert all(row[0] == number for number, row in enumerate(in_order(kept)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    of_a_row = sum(map(sys.getsizeof, (row := (12_345, "event number 12345"), *row)))
    assert peak < count * of_a_row / 6
