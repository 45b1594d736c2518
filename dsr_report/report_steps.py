"""Progress of a report: the steps of each format, and how long each is expected to take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from dsr_report.choices import Format
from dsr_report.progress import Progress, Steps
from dsr_report.rendering.document import Part, ReportDocument

_FIRST = {"find": 45.0, "hide": 120.0}
_PDF = {**_FIRST, "render": 50.0, "prepare": 6.0, "lay out": 900.0, "embed": 100.0}
_STEPS: dict[Format, dict[str, float]] = {
    "pdf": _PDF,
    "html": {**_FIRST, "render": 140.0, "prepare": 6.0, "write": 10.0},
    "zip": {**_PDF, "render pages": 140.0, "prepare pages": 6.0, "write": 15.0, "add files": 100.0},
}
"""Milliseconds per megabyte (150 messages, 600 events) of each step, by format."""
_LAYOUT_MILLISECONDS = 0.014
"""Per character of HTML, in one process."""


class ReportSteps(Steps):
    """Reports the steps of a report in milliseconds, estimated from the size of its export in bytes."""

    def __init__(
        self, progress: Progress | None = None, format_: Format | None = None, size: int = 0
    ) -> None:
        steps = _STEPS[format_] if format_ else {}
        super().__init__(progress, {step: size / 1e6 * cost for step, cost in steps.items()})

    def begin_layout(self, documents: Sequence[ReportDocument], workers: int) -> list[Progress]:
        """Begin the layout; return a callback for each document, weighted by its length."""
        lengths = [list(accumulate(document.part_lengths, initial=0)) for document in documents]
        total = sum(known[-1] for known in lengths)
        self.expect("lay out", total * _LAYOUT_MILLISECONDS / workers)
        self.begin("lay out")

        def progress_of(number: int) -> Progress:
            before, own = sum(known[-1] for known in lengths[:number]), lengths[number]

            def note_laid_out(done: int, parts: int) -> None:
                self.tell(before + own[min(done, len(own) - 1)], total)
                if done == parts and number == len(lengths) - 1:
                    self.begin("embed")

            return note_laid_out

        return [progress_of(number) for number in range(len(documents))]

    def count_parts(self, document: ReportDocument) -> ReportDocument:
        """A copy of the document that reports progress as its parts are iterated."""

        def parts() -> Iterator[Part]:
            for number, part in enumerate(document.parts(), 1):
                yield part
                self.tell(number, document.part_count)
            self.begin("add files")

        return replace(document, parts=parts)
