"""Turn a Copernica data-request export into a disclosure that people can understand.

    export = dsr_report.read("export.json")
    export.tables["events"]
    dsr_report.Report(export, lang="nl").to_pdf("disclosure.pdf")

Names are imported when they are first used, so that `import dsr_report` costs nothing.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

from dsr_report.errors import DsrReportError

if TYPE_CHECKING:
    from dsr_report.export import Export, read
    from dsr_report.fetch.client import Client
    from dsr_report.fetch.data_request import DataRequest
    from dsr_report.report import Report, Written

__all__ = ["Client", "DataRequest", "DsrReportError", "Export", "Report", "Written", "read"]

logging.getLogger("dsr_report").addHandler(logging.NullHandler())

_PLACES = {
    "Client": "fetch.client",
    "DataRequest": "fetch.data_request",
    "Export": "export",
    "Report": "report",
    "Written": "report",
    "read": "export",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'dsr_report' has no attribute {name!r}")
    return getattr(importlib.import_module(f"dsr_report.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
