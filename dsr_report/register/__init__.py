"""The register of requests: written down before they are sent, with their states, evidence and deadlines.

`deadlines` and the entries cost nothing to import; `Register` loads the database library on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsr_report.register.deadlines import Deadlines, Pause, deadlines
from dsr_report.register.entries import (
    CaseEntry,
    CheckReport,
    DataRequestEntry,
    EventEntry,
    Figures,
    FileEntry,
)

if TYPE_CHECKING:
    from dsr_report.register.store import Register

__all__ = [
    "CaseEntry",
    "CheckReport",
    "DataRequestEntry",
    "Deadlines",
    "EventEntry",
    "Figures",
    "FileEntry",
    "Pause",
    "Register",
    "deadlines",
]


def __getattr__(name: str) -> Any:
    if name == "Register":
        from dsr_report.register.store import Register  # noqa: PLC0415 - SQLAlchemy is loaded only when it is used

        return Register
    raise AttributeError(name)
