"""What the README of a package says of its files."""

from __future__ import annotations

import pytest

from dsr_report.languages import LANGUAGES, language_of
from dsr_report.rendering.environment import environment


@pytest.mark.parametrize("code", LANGUAGES)
def test_further_pages_are_named_where_there_are_some(code: str) -> None:
    words = language_of(code)
    template = environment(words).get_template("report/readme.txt.j2")
    said = {has_pages: template.render(title="T", has_pages=has_pages) for has_pages in (False, True)}
    line = (
        f"pages/        {words.text('the other pages of the report: keep this folder next to report.html')}\n"
    )
    assert line in said[True]
    assert said[True].replace(line, "") == said[False]
