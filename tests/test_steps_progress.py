"""Progress of several steps is one number that keeps step with time."""

from __future__ import annotations

from dsr_report.progress import Steps


def test_each_step_counts_for_as_long_as_it_is_expected_to_take() -> None:
    told: list[tuple[int, int]] = []
    steps = Steps(lambda done, total: told.append((done, total)), {"read": 10, "lay out": 90})
    steps.begin("read")
    steps.tell(1, 2)
    steps.begin("lay out")
    steps.tell(1, 3)
    steps.finish()
    assert told == [(0, 100), (5, 100), (10, 100), (40, 100), (100, 100)]


def test_steps_that_are_left_out_are_not_waited_for() -> None:
    told: list[tuple[int, int]] = []
    steps = Steps(lambda done, total: told.append((done, total)), {"find": 10, "hide": 50, "write": 40})
    steps.begin("find")
    steps.begin("write")
    assert told[-1] == (10, 50)


def test_a_step_that_goes_over_its_work_twice_never_goes_back() -> None:
    told: list[int] = []
    steps = Steps(lambda done, _total: told.append(done), {"find": 100})
    steps.begin("find")
    for done in (30, 90, 20, 60, 95):
        steps.tell(done, 100)
    assert told == [0, 30, 90, 95]


def test_what_is_known_better_on_the_way_changes_what_is_left() -> None:
    told: list[tuple[int, int]] = []
    steps = Steps(lambda done, total: told.append((done, total)), {"render": 10, "lay out": 90})
    steps.begin("render")
    steps.expect("lay out", 30)
    steps.begin("lay out")
    assert told[-1] == (10, 40)


def test_a_step_of_unknown_length_and_one_that_nobody_planned_are_no_error() -> None:
    told: list[tuple[int, int]] = []
    steps = Steps(lambda done, total: told.append((done, total)), {"read": 10})
    steps.begin("read")
    steps.tell(5, None)
    steps.begin("something else")
    steps.tell(1, 2)
    steps.finish()
    assert told[-1] == (10, 10)
    Steps(None, {}).begin("nobody listens")
