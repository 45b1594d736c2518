"""Shared by the tests of the writers: a few finished files, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from invented import report, with_attachments

from dsr_report.writers.pdf import batching
from dsr_report.writers.pdf.layout_pool import LayoutPool
from dsr_report.writers.pdf.writer import write_pdf


@pytest.fixture(scope="package", autouse=True)
def _small_jobs() -> Iterator[None]:
    """Jobs of a few pages, so that a small report already has many of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching, "_ENOUGH", 10_000)
        patch.setattr(batching, "_AT_MOST", 20_000)
        yield


@pytest.fixture(scope="session")
def pool() -> Iterator[LayoutPool]:
    with LayoutPool(2) as pool:
        yield pool


@pytest.fixture(scope="session")
def long_pdf(tmp_path_factory: pytest.TempPathFactory, pool: LayoutPool) -> Path:
    """A report of many jobs, with attachments and contents."""
    folder = tmp_path_factory.mktemp("long")
    write_pdf(with_attachments(report(40, rows=2), folder), folder / "long.pdf", pool=pool)
    return folder / "long.pdf"


@pytest.fixture(scope="session")
def short_pdf(tmp_path_factory: pytest.TempPathFactory, pool: LayoutPool) -> Path:
    """A report of one job."""
    folder = tmp_path_factory.mktemp("short")
    write_pdf(with_attachments(report(2), folder), folder / "short.pdf", pool=pool)
    return folder / "short.pdf"
