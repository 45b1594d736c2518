"""How far a report is: the steps that each format takes, and how long each is expected to take."""

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
"""The steps of each format, and how many milliseconds a megabyte takes (150 messages, 600 events)."""
_LAYOUT_MILLISECONDS = 0.014
"""For each character of HTML, in one process."""


class ReportSteps(Steps):
    """Tells `progress` of the steps that a report of an export of so many bytes takes, in milliseconds."""

    def __init__(
        self, progress: Progress | None = None, format_: Format | None = None, size: int = 0
    ) -> None:
        steps = _STEPS[format_] if format_ else {}
        super().__init__(progress, {step: size / 1e6 * cost for step, cost in steps.items()})

    def begin_layout(self, documents: Sequence[ReportDocument], workers: int) -> list[Progress]:
        """Begin with the layout; what to tell of each document, by the length of what is laid out."""
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
        """The document, which tells of the progress for each part that is taken from it."""

        def parts() -> Iterator[Part]:
            for number, part in enumerate(document.parts(), 1):
                yield part
                self.tell(number, document.part_count)
            self.begin("add files")

        return replace(document, parts=parts)
