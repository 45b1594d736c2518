"""Every malformed input that the documentation lists does what it says there."""

from pathlib import Path

import pytest
from malformed import CASES, table

from dsr_report.errors import DsrReportError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.items import values
from dsr_report.jsonstream.window import Limits

EVERY = [pytest.param(case, id=f"{case.what}"[:60]) for cases in CASES.values() for case in cases]
LIMITS = [
    pytest.param(Limits(), id="usual"),
    pytest.param(Limits(window=3, guess=False, windows=1), id="slow"),
]


def found(export):
    return tuple(pair for item in export.items() for pair in values(item.value, item.pointer))


def spelled(pairs):
    return [(pointer, str(value)) for pointer, value in pairs]


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("case", EVERY)
def test_it_does_what_the_documentation_says(case, limits):
    if case.error:
        with pytest.raises(DsrReportError) as caught, open_export(case.text, limits=limits) as export:
            list(export.items())
        assert type(caught.value) is case.error
        assert case.says in str(caught.value)
        assert "a@example.org" not in str(caught.value)
        return
    with open_export(case.text, limits=limits) as export:
        assert spelled(found(export)) == spelled(case.values)
        assert {w.code for w in export.warnings} == set(case.warns)
        assert not export.incomplete


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("case", [c for c in EVERY if c.values[0].salvaged is not None])
def test_what_is_whole_can_be_salvaged(case, limits):
    with open_export(case.text, salvage=True, limits=limits) as export:
        assert spelled(found(export)) == spelled(case.salvaged)
        assert export.incomplete
        assert "cut-off" in {w.code for w in export.warnings}


def test_the_documentation_lists_these_very_cases():
    page = Path(__file__).parents[2] / "docs" / "malformed-input.md"
    assert page.read_text(encoding="utf-8").partition("\n## Messages: ")[0] == table(), "make malformed-input"
