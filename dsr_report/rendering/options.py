"""Options of a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dsr_report.choices import Format, Messages
from dsr_report.config import Config
from dsr_report.languages import Language, language_of
from dsr_report.redact.plan import Mark
from dsr_report.redact.sums import NOTHING, Sum


@dataclass(frozen=True)
class ReportOptions:
    """Language, dates and scope of one report; nothing in it is read from the clock."""

    language_code: str
    zone: ZoneInfo
    created: datetime
    generator: str
    config: Config = field(default_factory=Config)
    medium: Format = "html"
    messages: Messages = "text"
    attachments: bool = False
    """The document embeds the files attached to messages."""
    annexes_file: str = ""
    """File name of the PDF with the annexes; empty if they are not a separate document."""
    letter_file: str = ""
    """File name of the PDF without the annexes."""
    package: bool = False
    """The pages are part of a package that also holds the data and the messages as files."""
    received: date | None = None
    replied: date | None = None
    due: date | None = None
    collected: date | None = None
    """The day on which the data were exported from the e-mail system."""
    request_id: str | None = None
    """The id of the data request that exported them."""
    delay: str | None = None
    """Why the answer took longer than a month."""
    reference: str | None = None
    original: bool = False
    """Nothing was masked or withheld, on purpose."""
    marks: tuple[Mark, ...] = ()
    sum: Sum = NOTHING
    """Counts of disclosed, masked and withheld values."""
    templates: Path | None = None

    @cached_property
    def language(self) -> Language:
        """The report's language."""
        return language_of(self.language_code)

    @property
    def is_list(self) -> bool:
        """Whether messages are only listed, so that their texts are in the embedded export alone."""
        return self.messages == "list" and self.medium != "html"
