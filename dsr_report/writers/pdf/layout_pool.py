"""The pool of layout processes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from dsr_report.closing import Closing
from dsr_report.errors import DsrReportError
from dsr_report.temporary import TemporaryFolder
from dsr_report.workers import Processes
from dsr_report.workers.kept import Kept
from dsr_report.writers import fonts
from dsr_report.writers.pdf.fragments import FontJob, LayoutJob, Piece

_RETIRE_BYTES = 280 << 20
"""A process with a higher memory peak is replaced, because freed memory does not return to the system."""


_WORTH_PROCESSES = 80_000
"""Characters of HTML that justify a second process: during its start another one lays out half as many."""


class LayoutError(DsrReportError):
    """Pages could not be laid out."""


class LayoutPool(Closing):
    """Lays out jobs in worker processes; use it as a context manager.

    One pool may serve many documents in succession, which saves starting the processes again.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.peak_bytes = 0
        self._folder = TemporaryFolder()
        cache = Path(self._folder.name) / "cache"
        cache.mkdir()
        config = Path(self._folder.name) / "fonts.conf"
        config.write_text(fonts.fontconfig(cache), encoding="utf-8")
        self._processes = Processes(
            workers,
            error=LayoutError,
            environment={
                "FONTCONFIG_FILE": str(config),
                "LC_ALL": "C.UTF-8",
                "PANGO_LANGUAGE": "en",
                "SOURCE_DATE_EPOCH": "0",
            },
            retires=self._retires,
        )

    @property
    def workers(self) -> int:
        """Maximum number of processes."""
        return self._processes.workers

    def lay_out(self, jobs: Iterable[LayoutJob], *, characters: int) -> Iterator[Piece]:
        """Yield the pieces of the jobs in their order, holding only a few at a time.

        Args:
            jobs: the jobs to lay out.
            characters: total characters of HTML; for a few pages, one process is as fast as two.
        """
        return self._processes.in_order(lay_out, jobs, ahead=_ahead(characters))

    def cut_down(self, jobs: Iterable[FontJob], *, characters: int) -> Iterator[bytes]:
        """Yield font files with only the requested glyphs, in the order of the jobs; see `lay_out`."""
        return self._processes.in_order(cut_down, jobs, ahead=_ahead(characters))

    def close(self) -> None:
        """End all processes."""
        self._processes.close()
        self._folder.cleanup()

    def _retires(self, answer: object) -> bool:
        if not isinstance(answer, Piece):
            return False
        self.peak_bytes = max(self.peak_bytes, answer.memory_bytes)
        return answer.memory_bytes > _RETIRE_BYTES


def _ahead(characters: int) -> int | None:
    return 0 if characters < _WORTH_PROCESSES else None


_kept: Kept[LayoutPool] = Kept()


def kept_pool(workers: int | None = None) -> AbstractContextManager[LayoutPool]:
    """A pool for a `with` block; its processes are kept for a while afterwards, for the next block."""
    return _kept.use(lambda: LayoutPool(workers), workers)


def lay_out(job: LayoutJob) -> Piece:
    """Lay out the pages of a job; runs in a dedicated process."""
    from dsr_report.writers.pdf.weasyprint_patches import declarations  # noqa: PLC0415 - in that process alone

    declarations.import_weasyprint()
    from dsr_report.writers.pdf import layout  # noqa: PLC0415 - WeasyPrint as imported now

    layout.prepare_process()
    return layout.lay_out(job)


def cut_down(job: FontJob) -> bytes:
    """Return a font file with only the requested glyphs; runs in a worker process."""
    from dsr_report.writers.pdf import subset  # noqa: PLC0415 - heavy

    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it warns of old dates in fonts
    return subset.cut_down(job)
