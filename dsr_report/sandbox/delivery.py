"""The HTTP POST of a finished export to the `report` address: here unsigned, and to this machine alone."""

from __future__ import annotations

import http.client
import time
from contextlib import suppress
from urllib.parse import urlsplit

from dsr_report.addresses import LOOPBACK
from dsr_report.sandbox.state import SandboxRequest, SandboxState


def is_deliverable(report: str) -> bool:
    """Whether the sandbox may call an address: on this machine alone."""
    try:
        parts = urlsplit(report)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def deliver(state: SandboxState, job: SandboxRequest) -> None:
    """POST the export of a data request once it is ready, if its `report` address is on this machine."""
    if not job.report or not is_deliverable(job.report):
        return
    while state.standing(job)[0] == "pending":
        time.sleep(0.02)
    parts = urlsplit(job.report)
    place = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        connection.request("POST", place, job.sample.path.read_bytes(), {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()
