"""Fixtures that tests of more than one room use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checkers import browser, verapdf
from examples import examples  # noqa: F401 - registers the profiles `tests` and `fuzz`


@pytest.fixture(scope="session")
def assert_pdf_a_ua() -> Callable[..., None]:
    """Asserts that PDF files pass veraPDF's profiles for PDF/A-3a and PDF/UA-1."""
    if verapdf.missing():
        pytest.skip(f"PDF IS NOT CHECKED: {verapdf.missing()}; `make setup` installs it")

    def check(*paths: Path) -> None:
        broken = verapdf.complaints(*paths)
        assert not broken, "\n".join(line[:600] for line in broken)

    return check


@pytest.fixture(scope="session")
def axe_violations() -> Callable[..., list[str]]:
    """What axe-core finds in an HTML file against WCAG 2.2 AA; options are Playwright's of a context."""
    if browser.missing():
        pytest.skip(f"HTML IS NOT CHECKED: {browser.missing()}; `make setup` installs it")
    return browser.violations


@pytest.fixture(scope="session")
def nu_errors() -> Callable[..., list[str]]:
    """What the Nu HTML checker calls an error in HTML files."""
    if browser.nu_missing():
        pytest.skip(f"HTML IS NOT CHECKED: {browser.nu_missing()}; `make setup` installs it")
    return browser.nu_errors


@pytest.fixture(scope="session")
def in_browser() -> Callable[..., Any]:
    """Opens an HTML file in Chromium: a context manager that gives the page and the requests it made."""
    if browser.missing():
        pytest.skip(f"HTML IS NOT OPENED: {browser.missing()}; `make setup` installs it")
    return browser.opened
