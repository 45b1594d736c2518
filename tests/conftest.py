"""Fixtures that tests of more than one room use."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from checkers import browser, verapdf
from examples import examples  # noqa: F401 - registers the profiles `tests` and `fuzz`

from dsr_report.cli.group import COLLECTED_AFTER

_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file that others could guess
_ROOM_BYTES = 4 << 30


def _has_room_in_memory() -> bool:
    """Whether temporary files can lie in memory: flushing thousands of them to a disk takes minutes."""
    if not (_MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)):
        return False
    space = os.statvfs(_MEMORY)
    return space.f_bavail * space.f_frsize > _ROOM_BYTES and not space.f_flag & os.ST_NOEXEC


gc.set_threshold(*COLLECTED_AFTER)  # as in the command line: a third of the time of many tests went there

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # what a shell starts in the background inherits that, and no program of the tests could be interrupted
    signal.signal(signal.SIGINT, signal.default_int_handler)

if "TMPDIR" not in os.environ and _has_room_in_memory():
    os.environ["TMPDIR"] = str(_MEMORY)  # for the programs that tests start, too
    tempfile.tempdir = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with slow tests come first, so that at the end no process waits for another."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def assert_pdf_a_ua() -> Iterator[Callable[..., None]]:
    """Asserts that PDF files pass veraPDF's profiles for PDF/A-3a and PDF/UA-1."""
    if verapdf.missing():
        pytest.skip(f"PDF IS NOT CHECKED: {verapdf.missing()}; `make setup` installs it")
    running = verapdf.VeraPdf()

    def check(*paths: Path) -> None:
        broken = running.complaints(*paths)
        assert not broken, "\n".join(line[:600] for line in broken)

    yield check
    running.close()


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
