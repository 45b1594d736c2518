"""Locks on open files, which end with the process that holds them."""

from __future__ import annotations

from typing import BinaryIO, TextIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

CAN_LOCK = fcntl is not None
"""Whether this system has such locks."""


def lock(file: BinaryIO | TextIO | int, *, shared: bool = False) -> bool:
    """Lock a file until it is closed, and do not wait for it: False where another one has it, or nobody can.

    A shared lock is waited for.
    """
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
