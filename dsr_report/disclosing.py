"""The report of an export as an object: decided, redacted, counted, and written as PDF, HTML or package."""

from __future__ import annotations

import hashlib
import html
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from dsr_report import config as configuration
from dsr_report.config import Config
from dsr_report.disclosure.manifest import (
    ExportEntry,
    FileEntry,
    Manifest,
    MarkEntry,
    RecordsEntry,
    Values,
)
from dsr_report.disclosure.seal import PLACEHOLDER, put_seal
from dsr_report.errors import CheckFailedError, LedgerError, UsageError
from dsr_report.export.reading import open_export
from dsr_report.files import sha256_of, written_whole
from dsr_report.reading import Export, read
from dsr_report.report.build import Mark, ReportOptions, build
from dsr_report.report.document import Attachment, ReportDocument
from dsr_report.report.language import mark_text
from dsr_report.review.plan import Plan, make_plan
from dsr_report.review.redacting import write_redacted
from dsr_report.review.secrets import find_secrets

Format = Literal["pdf", "html", "zip"]
FORMATS: tuple[Format, ...] = ("pdf", "html", "zip")
LANGUAGES = ("en", "nl", "de", "fr")
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # the first moment that a ZIP can hold

Progress = Callable[[str, int, int], None]
