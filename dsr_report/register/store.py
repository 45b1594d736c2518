"""The register: which requests there are, who has them, what was done and until when an answer is owed."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from dsr_report.register.cases import Cases
from dsr_report.register.checking import Checking
from dsr_report.register.database import Database, database_url
from dsr_report.register.journal import Pen
from dsr_report.register.overview import Overview
from dsr_report.register.requests import Requests
from dsr_report.times import DEFAULT_ZONE


class Register(Requests, Cases, Overview, Checking):
    """The register in its database; make one with `Register.open`, use it in a `with` block.

    Every method is one transaction: it is written whole, or not at all. One register may be used by many
    threads; processes open their own.
    """

    def __init__(
        self,
        pen: Pen,
        *,
        country: str | None,
        subdivision: str | None,
        extra_holidays: Collection[date],
    ) -> None:
        self._pen = pen
        self._country = country
        self._subdivision = subdivision
        self._extra_holidays = frozenset(extra_holidays)

    @classmethod
    def open(
        cls,
        url: str | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        actor: str | None = None,
        zone: ZoneInfo | None = None,
        country: str | None = "NL",
        subdivision: str | None = None,
        extra_holidays: Collection[date] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Open the register, make it where there is none, and bring its tables up to date.

        Args:
            url: a SQLAlchemy URL; `DSR_REPORT_DATABASE`, or a SQLite file in the user's data directory,
                without it.
            now: the clock.
            actor: who is working; the name of the operating system's user without it.
            zone: where days begin and end for the controller.
            country: whose public holidays move a deadline, for cases that say nothing else.
            subdivision: the region of `country`.
            extra_holidays: further days that count as holidays, for all cases.
            environment: in place of the process's own.

        Raises:
            UsageError: the URL is no database that can be used.
            RegisterError: the database cannot be reached, or was written by a newer version.
            MissingExtraError: its driver is not installed.
        """
        database = Database(database_url(url, os.environ if environment is None else environment))
        try:
            database.bring_up_to_date()
        except BaseException:
            database.dispose()
            raise
        pen = Pen(database, now=now, zone=zone or ZoneInfo(DEFAULT_ZONE), actor=actor or this_user())
        return cls(pen, country=country, subdivision=subdivision, extra_holidays=extra_holidays)

    @property
    def where(self) -> str:
        """The database, without its password."""
        return self._pen.database.where

    def dispose(self) -> None:
        """Give back the connections."""
        self._pen.database.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dispose()


def this_user() -> str:
    """The name of the operating system's user, or `unknown`."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
