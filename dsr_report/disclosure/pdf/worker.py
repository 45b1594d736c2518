"""A process that lays out pieces: jobs come in on its standard input, answers leave on standard output.

It is started by `pool`, as a program of its own: nothing of the caller's process is imported again, so
scripts need no guard, notebooks work, and its memory is given back when it ends.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import traceback

from dsr_report.disclosure.pdf.pieces import FontJob, LayoutJob
from dsr_report.errors import DsrReportError


def main() -> None:
    """Answer jobs until the input ends."""
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it wonders at old dates in fonts
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides when to stop
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    jobs = sys.stdin.buffer
    while True:
        try:
            job = pickle.load(jobs)  # noqa: S301 - written by our own parent process
        except EOFError:
            return
        try:
            answer: object = _answer(job)
        except DsrReportError as error:
            answer = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller must hear of it whole
            answer = Failure(type(error).__name__, traceback.format_exc())
        pickle.dump(answer, answers, protocol=5)
        answers.flush()


class Failure:
    """An error that is a mistake of ours: its kind, and the traceback for whoever mends it."""

    def __init__(self, kind: str, trace: str) -> None:
        self.kind = kind
        self.trace = trace


def _answer(job: LayoutJob | FontJob) -> object:
    if isinstance(job, FontJob):
        from dsr_report.disclosure.pdf.glyphs import cut_down  # noqa: PLC0415 - heavy

        return cut_down(job)
    from dsr_report.disclosure.pdf import layout  # noqa: PLC0415 - WeasyPrint, in this process alone

    layout.prepare_process()
    return layout.lay_out(job)
