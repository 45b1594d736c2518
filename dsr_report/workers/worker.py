"""The worker process: reads jobs from standard input, writes answers to standard output."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback

from dsr_report.errors import DsrReportError

_COLLECTED_AFTER = (20_000, 20, 20)
"""GC thresholds: jobs create few reference cycles, and searching for them took a twentieth of the time."""


def main() -> None:
    """Answer jobs until the input ends."""
    gc.set_threshold(*_COLLECTED_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides when to stop
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    jobs = sys.stdin.buffer
    while True:
        try:
            function, job = pickle.load(jobs)  # noqa: S301 - written by our own parent process
        except EOFError:
            return
        try:
            answer: object = function(job)
        except DsrReportError as error:
            answer = error
        except Exception as error:  # noqa: BLE001 - the caller must receive any error
            answer = Failure(type(error).__name__, traceback.format_exc())
        try:
            pickle.dump(answer, answers, protocol=5)
            answers.flush()
        except BrokenPipeError:
            os._exit(1)  # the caller was killed


class Failure:
    """An internal error: its kind, and the traceback for whoever fixes it."""

    def __init__(self, kind: str, trace: str) -> None:
        self.kind = kind
        self.trace = trace
