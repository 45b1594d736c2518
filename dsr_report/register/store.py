"""The `Register`: opening it, and retries while its database is unreachable."""

from __future__ import annotations

import functools
import getpass
import hashlib
import logging
import os
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import FunctionType
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy.engine import URL

from dsr_report.closing import Closing
from dsr_report.errors import RegisterError
from dsr_report.register.cases import Cases
from dsr_report.register.database import Database, OutageError, database_url, default_folder
from dsr_report.register.integrity import Integrity
from dsr_report.register.journal import Pen
from dsr_report.register.overview import Overview
from dsr_report.register.request_log import MadeRequest, RequestLog
from dsr_report.register.requests import Requests
from dsr_report.times import DEFAULT_ZONE

_log = logging.getLogger(__name__)
_PATIENCE_SECONDS = 60.0
"""Time of retries: a PostgreSQL server restarts within seconds; a switch of machines can take a minute."""
_LONGEST_NAP = 3.0
"""Maximum seconds between two attempts."""
_REPEATABLE = frozenset(
    {
        "claim_as",
        "posting",
        "attach_request_id",
        "note_state",
        "note_file",
        "note_disclosure",
        "adopt",
        "forget",
    }
)
"""Idempotent methods: these are retried even if they may have been committed."""


def _patient(method: FunctionType) -> Callable[..., Any]:
    """Wrap a method with retries while the database is unreachable, as long as patience lasts."""

    @functools.wraps(method)
    def patient(self: Register, *args: Any, **kwargs: Any) -> Any:
        until = None
        for attempt in range(1000):
            try:
                return method(self, *args, **kwargs)
            except OutageError as error:
                now = time.monotonic()
                until = now + self.patience_seconds if until is None else until
                if not error.is_undone and method.__name__ not in _REPEATABLE:
                    raise RegisterError(
                        "the connection to the register broke off; whether this was written is not known",
                        where=error.where,
                        hint="Look with `dsr-report register show`, before it is done again.",
                    ) from error
                if now > until:
                    raise RegisterError(error.what, where=error.where, hint=error.hint) from error
                _log.info("the register is out of reach; trying again")
                time.sleep(min(_LONGEST_NAP, 0.1 * 2**attempt))
        raise AssertionError  # a thousand tries take longer than `patience_seconds`

    return patient


def _all_patient(cls: type[Register]) -> type[Register]:
    for part in cls.__mro__[1:]:
        for name, method in vars(part).items():
            if isinstance(method, FunctionType) and not name.startswith("_") and name not in vars(cls):
                setattr(cls, name, _patient(method))
    return cls


@_all_patient
class Register(Requests, Cases, Overview, Integrity, Closing):
    """The register in its database; make one with `Register.open`, use it in a `with` block.

    Every method is one transaction: it is written whole, or not at all. A server that is restarted meanwhile
    is waited for. One register may be used by many threads; processes open their own.
    """

    def __init__(
        self,
        pen: Pen,
        *,
        country: str | None,
        subdivision: str | None,
        extra_holidays: Collection[date],
        request_log: RequestLog,
    ) -> None:
        self._pen = pen
        self.request_log = request_log
        self.patience_seconds = _PATIENCE_SECONDS
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
        """Open the register, create it if it does not exist, and migrate its tables.

        Args:
            url: a SQLAlchemy URL; `DSR_REPORT_DATABASE`, or a SQLite file in the user's data directory,
                without it.
            now: the clock.
            actor: who is working; the name of the operating system's user without it.
            zone: the controller's time zone, which decides when days begin.
            country: country of the public holidays that move deadlines, for cases without one of their own.
            subdivision: the region of `country`.
            extra_holidays: further days that count as holidays, for all cases.
            environment: in place of the process's own.

        Raises:
            UsageError: the URL is not that of a usable database.
            RegisterError: the database cannot be reached, or was written by a newer version.
            MissingExtraError: its driver is not installed.
        """
        place = database_url(url, os.environ if environment is None else environment)
        database = Database(place)
        try:
            database.bring_up_to_date()
        except BaseException:
            database.dispose()
            raise
        pen = Pen(database, now=now, zone=zone or ZoneInfo(DEFAULT_ZONE), actor=actor or this_user())
        register = cls(
            pen,
            country=country,
            subdivision=subdivision,
            extra_holidays=extra_holidays,
            request_log=RequestLog(_request_log(place)),
        )
        register.request_log.hand_on(register._learn)
        return register

    def _learn(self, made: MadeRequest) -> None:
        """Attach a request id that an earlier run logged and could not write into the register."""
        known = self.request(made.number)
        if known.intended_at != made.intended_at:
            raise RegisterError("this register has another data request of that number", where=self.where)
        self.attach_request_id(made.number, made.request_id)

    @property
    def is_shared(self) -> bool:
        """Whether several machines may use it, each with files of its own."""
        return not self.where.startswith("sqlite")

    @property
    def where(self) -> str:
        """The database, without its password."""
        return self._pen.database.where

    def close(self) -> None:
        """Close the connections."""
        self._pen.database.dispose()


def _request_log(url: URL) -> Path | None:
    """Path of the log of request ids; None for a register in memory."""
    if url.get_backend_name() == "sqlite":
        is_file = url.database and url.database != ":memory:"
        return Path(f"{url.database}.requests") if is_file else None
    digest = hashlib.sha256(url.render_as_string(hide_password=True).encode("utf-8")).hexdigest()
    return default_folder() / f"register-{digest[:12]}.requests"


def register_exists(url: str | None = None) -> bool:
    """Whether a register exists already, so that reading does not create one."""
    place = database_url(url, os.environ)
    is_file = place.get_backend_name() == "sqlite" and place.database not in {None, "", ":memory:"}
    return Path(str(place.database)).is_file() if is_file else place.get_backend_name() != "sqlite"


def this_user() -> str:
    """The name of the operating system's user, or `unknown`."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
