"""Turn a Copernica data-request export into a disclosure that people can understand.

    export = dsr_report.read("export.json")
    export.tables["events"]
    dsr_report.Report(export, lang="nl").to_pdf("disclosure.pdf")

Names are imported when they are first used, so that `import dsr_report` costs nothing.
"""

from __future__ import annotations

import importlib
import logging
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from dsr_report.errors import DsrReportError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from dsr_report.export import Export, read
    from dsr_report.exports import Exports, read_many
    from dsr_report.fetch.client import Client
    from dsr_report.fetch.data_request import DataRequest
    from dsr_report.inspection import Inspection
    from dsr_report.operations import find, inspect, review, sample, verify, write_tables
    from dsr_report.redact.review import Review
    from dsr_report.reply_draft import Draft, reply
    from dsr_report.report import Report, Written
    from dsr_report.sandbox.server import running_sandbox
    from dsr_report.tables.lazy import Tables
    from dsr_report.verification.verifier import Verification

__all__ = [
    "Client",
    "DataRequest",
    "Draft",
    "DsrReportError",
    "Export",
    "Exports",
    "Inspection",
    "Report",
    "Review",
    "Tables",
    "UnknownNameError",
    "UsageError",
    "Verification",
    "Written",
    "find",
    "inspect",
    "read",
    "read_many",
    "reply",
    "review",
    "running_sandbox",
    "sample",
    "verify",
    "write_tables",
]

logging.getLogger("dsr_report").addHandler(logging.NullHandler())

_PLACES = {
    "Client": "fetch.client",
    "DataRequest": "fetch.data_request",
    "Draft": "reply_draft",
    "Export": "export",
    "Exports": "exports",
    "Inspection": "inspection",
    "Report": "report",
    "Review": "redact.review",
    "Tables": "tables.lazy",
    "Verification": "verification.verifier",
    "Written": "report",
    "find": "operations",
    "inspect": "operations",
    "read": "export",
    "read_many": "exports",
    "reply": "reply_draft",
    "review": "operations",
    "running_sandbox": "sandbox.server",
    "sample": "operations",
    "verify": "operations",
    "write_tables": "operations",
}
_MODULES = frozenset({"errors", "models"})
"""Modules that users import from."""


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"dsr_report.{name}")
    if name not in _PLACES:
        near = get_close_matches(name, _PLACES, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"module 'dsr_report' has no attribute {name!r}{hint}")
    return getattr(importlib.import_module(f"dsr_report.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})
