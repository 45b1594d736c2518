"""Values that the register returns: frozen dataclasses, never rows of its database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from dsr_report.register.chain import Facts
from dsr_report.register.deadlines import Deadlines

RequestState = Literal[
    "intended", "posting", "pending", "available", "collected", "failed", "expired", "abandoned"
]
Standing = Literal["ours", "being-created", "unknown", "known", "collected", "over"]
Urgency = Literal["overdue", "due-soon", "open", "answered"]

_NEXT = {
    "identity": "resume",
    "clarification": "resume",
    "collected": "review",
    "review": "render",
    "approved": "render",
    "rendered": "reply",
    "no-data": "reply",
    "sent": "close",
    "refused": "close",
    "withdrawn": "close",
}
"""The next command by state; a state that is not here has no export yet."""
OPEN_STATES: tuple[RequestState, ...] = ("intended", "posting", "pending", "available")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that belongs to a case; `path` and `counts` are gone once the case is forgotten."""

    kind: str
    sha256: str
    size_bytes: int | None
    path: str | None
    counts: Facts | None
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True, slots=True)
class DataRequestEntry:
    """One data request at Copernica, written down before it was made.

    `standing` decides what the caller who claimed it may do:

    - `ours`: nobody has asked yet and it is up to this caller: `posting`, then the POST, then
      `attach_request_id`.
    - `being-created`: another process is about to ask or is asking; claim again in a moment.
    - `unknown`: someone asked and never came back, so that the data request may or may not exist. A person
      decides: `attach_request_id` where it does, `abandon` where it does not.
    - `known`: it exists; `request_id` is set, wait for it.
    - `collected`: its export was stored; see `files`.
    - `over`: it failed, expired or was abandoned.
    """

    number: int
    reference: str
    api_url: str
    account: str
    subject_type: str | None
    subject_id: str | None
    request_id: str | None
    state: RequestState
    standing: Standing
    intended_at: datetime
    intended_by: str
    changed_at: datetime
    files: tuple[FileEntry, ...]
    ticket: str | None = None
    """Proof to `posting` that the claim is still this caller's; set only if `standing` is `ours`."""


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One line of the log; `personal` is None where there never was any or where it was forgotten."""

    number: int
    at: datetime
    actor: str
    event: str
    data: Facts
    personal: Facts | None
    hash: str


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One access request: who asked (while it is needed), its state, and its dates."""

    reference: str
    subject_type: str | None
    subject_id: str | None
    state: str
    owner: str
    received_on: date
    received_assumed: bool
    replied_on: date | None
    extended_on: date | None
    closed_on: date | None
    forgotten: bool
    deadlines: Deadlines
    holidays_considered: bool
    days_left: int | None
    urgency: Urgency
    changed_at: datetime

    @property
    def subject(self) -> str:
        """The subject for lists; an address is reduced to its first letter and its domain."""
        if self.subject_type is None:
            return "not known yet"
        if self.subject_id is None:
            return f"{self.subject_type} (removed)"
        name, _, domain = self.subject_id.rpartition("@")
        return f"{name[:1]}…@{domain}" if name else f"{self.subject_type} {self.subject_id}"

    @property
    def due(self) -> str:
        """How urgent it is, in words."""
        if self.days_left is None:
            return f"answered {self.replied_on}" if self.replied_on else self.state
        count = abs(self.days_left)
        days = f"{count} day" if count == 1 else f"{count} days"
        if self.days_left < 0:
            return f"overdue by {days}"
        return "due today" if count == 0 else f"due in {days}"

    @property
    def next_step(self) -> str:
        """The command that comes next; empty where nothing is left to do."""
        if self.closed_on is not None:
            return "" if self.forgotten else "forget"
        return _NEXT.get(self.state, "fetch")

    def as_json(self) -> dict[str, object]:
        """This case as JSON values."""
        fields = {name: _plain(value) for name, value in asdict(self).items()}
        return {**fields, "due": self.due, "next_step": self.next_step}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Result of `Register.check`: no findings, if the register is as it was written."""

    events: int
    cases: int
    head: str
    """The hash of the last event: noted elsewhere, it proves later that nothing before it was changed."""
    findings: tuple[str, ...]
    not_proven: tuple[str, ...] = ()
    """Limits of the check: statements that it cannot prove."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one year for the controller's own report, by the day of receipt."""

    year: int
    requests: int
    answered: int
    open: int
    late: int
    extended: int
    refused: int
    withdrawn: int
    median_days: float | None
    withheld_values: int


def columns_of(row: object, entry: type[FileEntry | DataRequestEntry | CaseEntry]) -> dict[str, Any]:
    """What a row of the database has of an entry's fields."""
    return {one.name: getattr(row, one.name) for one in fields(entry) if hasattr(row, one.name)}


def to_json(entry: FileEntry | DataRequestEntry | EventEntry | CheckReport | Figures) -> dict[str, object]:
    """An entry as JSON values, without the secret ticket of a claim."""
    fields = {name: _plain(value) for name, value in asdict(entry).items()}
    fields.pop("ticket", None)
    return fields


def _plain(value: object) -> object:
    if isinstance(value, date):  # datetimes are dates too
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
