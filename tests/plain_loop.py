"""Time in a unit that grows with how slow the machine is at the moment."""

from __future__ import annotations

import time
from collections.abc import Callable


def plain_loop() -> float:
    """CPU seconds of this process for a loop of a million steps: some 0.02, more where all takes more."""
    began = time.process_time()
    for _ in range(1_000_000):
        pass
    return time.process_time() - began


def loops(action: Callable[[], object]) -> float:
    """CPU time of this process for an action, in plain loops: the slower one of those before and after it."""
    before = plain_loop()
    began = time.process_time()
    action()
    seconds = time.process_time() - began
    return seconds / max(before, plain_loop())
