"""Process identifiers, which show whether the process that announced a request still runs."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """An identifier of this process that no later process of any machine should share."""
    return f"{_machine()} {os.getpid()} {_start_time(os.getpid()) or '-'}"


def is_surely_gone(process: str | None) -> bool:
    """Whether a process has certainly ended; False if that cannot be known."""
    if process is None:
        return True
    machine, pid, started = process.rsplit(" ", 2)
    if machine != _machine() or started == "-":
        return False
    return _start_time(int(pid)) != started


def _machine() -> str:
    """Host, boot and PID namespace (containers have their own)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()} {boot} {space}"


def _start_time(pid: int) -> str | None:
    """Start time of a process, in the kernel's clock ticks; None if there is no such live process."""
    try:
        after_name = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        )
    except OSError:
        return None
    fields = after_name.split()
    return None if fields[0] in {"Z", "X"} else fields[19]
