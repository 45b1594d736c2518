"""The report says by when it was due: one month after the request, or the day that is given."""

import json
from datetime import date

import pytest

import dsr_report


def written(tmp_path, **options):
    file = tmp_path / "export.json"
    content = {"info": {"type": "email", "id": "jan@example.org"}, "data": [{"a": 1}]}
    file.write_text(json.dumps(content), encoding="utf-8")
    target = tmp_path / "a.html"
    with dsr_report.read(file) as export, dsr_report.Report(export, **options) as report:
        warnings = report.to(target).warnings
    return target.read_text(encoding="utf-8"), warnings


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 3, 5), "5 April 2026"),
        (date(2026, 8, 31), "30 September 2026"),
        (date(2026, 1, 30), "28 February 2026"),
        (date(2028, 1, 31), "29 February 2028"),
        (date(2026, 12, 1), "1 January 2027"),
    ],
)
def test_the_deadline_is_computed_from_the_day_of_receipt(tmp_path, received, due):
    assert f"Reply due by: {due}" in written(tmp_path, received=received)[0]


def test_an_extended_deadline_is_given(tmp_path):
    text, warnings = written(
        tmp_path, received=date(2026, 3, 5), replied=date(2026, 5, 5), due=date(2026, 6, 5)
    )
    assert "Reply due by: 5 June 2026" in text
    assert not any("was due" in warning for warning in warnings)


def test_without_a_day_of_receipt_there_is_none(tmp_path):
    assert "Reply due by" not in written(tmp_path)[0]


def test_a_late_answer_is_a_warning(tmp_path):
    _, warnings = written(tmp_path, received=date(2026, 3, 5), replied=date(2026, 4, 6))
    assert any("was due by 2026-04-05" in warning for warning in warnings)
    _, warnings = written(tmp_path, received=date(2026, 3, 5), replied=date(2026, 4, 5))
    assert not any("was due" in warning for warning in warnings)
