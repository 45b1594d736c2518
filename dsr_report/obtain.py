"""Obtain an export: ask for it once, wait, download and register it, also after a crash."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from dsr_report.config import Config
from dsr_report.errors import (
    DsrReportError,
    MissingExtraError,
    NotReadyError,
    RegisterError,
    UnknownIdError,
    UsageError,
)
from dsr_report.fetch.answers import PerhapsDoneError
from dsr_report.fetch.client import Client
from dsr_report.fetch.data_request import DataRequest, Status
from dsr_report.files import clear_leftovers, private_folder, sha256_of
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.subjects import TYPES, Subject
from dsr_report.sentences import Sentence

if TYPE_CHECKING:
    from dsr_report.register import DataRequestEntry, Register
    from dsr_report.report import Written

_OTHERS_SECONDS = 2.0
"""Seconds between two looks at a request that another process is making."""
_OTHERS_TRIES = 30
"""Looks at such a request; then `obtain` fails."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Total timeout and polling interval, in seconds."""

    timeout: float = 1800.0
    poll: float = 5.0


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Callbacks: messages for people, the status while waiting, bytes while downloading."""

    say: Callable[[str], None] = lambda _line: None
    waiting: Callable[[Status, float], None] | None = None
    downloading: Callable[[int, int | None], None] | None = None


@dataclass(frozen=True, slots=True)
class Obtained:
    """An export on disk, with its identifiers in the register."""

    path: Path
    sha256: str
    request_id: str
    number: int
    reference: str


def subject_named(identifier: str, subject_type: str | None = None) -> Subject:
    """Parse a subject of the command line: a subprofile's number, or an address (recognised by its `@`).

    Raises:
        UsageError: it is neither, or does not match the type.
    """
    text = identifier.strip()
    kind = (subject_type or "").strip().lower() or ("email" if "@" in text else "subprofile")
    if kind not in TYPES:
        raise UsageError(Sentence("{kind} is not a type (subprofile, profile or email)", kind=repr(kind)))
    if not text:
        raise UsageError("no id was given", hint="Give the number, or an e-mail address.")
    if kind == "email":
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", text) or len(text) > 320:
            raise UsageError(
                "this is not an e-mail address", hint="Give one like name@example.org, or a number."
            )
        return Subject("email", text)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise UsageError(
            Sentence("{text} is not a {kind} id", text=repr(text), kind=Sentence(kind)),
            hint="Give the number, or an e-mail address.",
        )
    return Subject("profile" if kind == "profile" else "subprofile", text)


def export_place() -> Path:
    """The folder of fetched exports, in the user's data folder; it may not exist yet."""
    return user_data_path("dsr-report", appauthor=False) / "exports"


def export_folder() -> Path:
    """The folder of fetched exports, made private (0700) if it is missing."""
    return private_folder(export_place())


def desk_place() -> Path:
    """The desk's folder, in the user's data folder; it may not exist yet."""
    return user_data_path("dsr-report", appauthor=False) / "desk"


def case_folder_name(reference: str) -> str:
    """The folder name of a case: a hash of its reference."""
    return hashlib.sha256(reference.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def export_name(request_id: str) -> str:
    """The file name of a fetched export."""
    plain = re.sub(r"[^\w-]", "_", request_id)
    return f"export-{plain}.json"


def open_register(
    url: str | None,
    config: Config | None = None,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    actor: str | None = None,
) -> Register:
    """Open the register with the public holidays of the controller's country, for deadlines of new cases.

    Raises:
        UsageError: the country or its region is not known.
        RegisterError: the register cannot be used.
    """
    from dsr_report.register import Register  # noqa: PLC0415 - SQLAlchemy is heavy
    from dsr_report.register.deadlines import deadlines  # noqa: PLC0415

    if config is None:
        return Register.open(url, now=now, actor=actor)
    place = config.deadlines.country or config.authority.lead or "NL"  # may name a Land, too: DE-NW
    country, _, land = place.strip().upper().partition("-")
    subdivision = config.deadlines.subdivision or land or None
    with suppress(MissingExtraError):  # without the extra, weekends alone count, and lists say so
        deadlines(now().date(), country=country, subdivision=subdivision)
    return Register.open(
        url,
        now=now,
        actor=actor,
        country=country,
        subdivision=subdivision,
        extra_holidays={*config.holidays, *config.deadlines.holidays},
    )


def obtain(
    client: Client,
    register: Register,
    subject: Subject | None,
    *,
    request_id: str | None = None,
    report: str | None = None,
    folder: Path | None = None,
    patience: Patience = Patience(),
    progress: Callbacks = Callbacks(),
    reference: str | None = None,
    received_on: date | None = None,
    accept_subject: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Obtained:
    """Get the export of a subject: ask for it at most once, and resume wherever an earlier run stopped.

    Every step is written to the register before or right after it is taken, so that the same call after a
    crash goes on: with the export if it is on disk, with the data request if it was made, and with a new
    one only if none was made for certain.

    `patience.timeout` limits the whole call. `accept_subject` accepts an export that names no subject,
    another one, or several; the register notes it.

    Raises:
        NotReadyError: it is not ready in time; the message holds the request id.
        FetchError: the API refused, failed or could not be reached.
        RegisterError: an earlier run died while asking; a person must decide.
    """
    deadline = client.now() + patience.timeout
    collect = partial(
        _collect, client, register, folder=folder, deadline=deadline, poll=patience.poll, progress=progress,
        accept_subject=accept_subject,
    )  # fmt: skip
    if request_id is not None:
        entry = register.adopt(
            request_id, api_url=client.api_url, reference=reference, received_on=received_on
        )
        return collect(entry, request_id)
    if subject is None:
        raise UsageError("name a subject (ID) or a data request (--request)")
    for _ in range(_OTHERS_TRIES):
        entry = register.claim(
            subject.type, subject.id, api_url=client.api_url, reference=reference, received_on=received_on
        )
        if entry.standing == "ours":
            made = _ask(
                client, register, entry, subject=subject, report=report, progress=progress, deadline=deadline
            )
            return collect(entry, made)
        if entry.standing == "known" and entry.request_id:
            progress.say(f"resuming data request {entry.request_id}")
            return collect(entry, entry.request_id)
        if entry.standing == "collected":
            stored = _stored_export(entry)
            if stored is not None:
                progress.say(f"using the export that was collected by data request {entry.request_id}")
                return stored
            if entry.request_id:
                try:
                    return collect(entry, entry.request_id)
                except (UnknownIdError, NotReadyError):
                    register.note_state(entry.number, "expired")
            continue
        if entry.standing == "unknown":
            raise RegisterError(
                "an earlier run stopped while it asked for this export; Copernica may have the request",
                where=f"data request {entry.number}",
                hint=Sentence(
                    "Look in the dashboard, then: dsr-report register attach {number} REQUEST_ID, "
                    "or: dsr-report register abandon {number} --reason TEXT",
                    number=str(entry.number),
                ),
            )
        progress.say("another process is asking for this export; waiting for it")
        sleep(_OTHERS_SECONDS)
    raise RegisterError(
        "another process has been asking for this export for a while", hint="Try again later."
    )


def note_written(
    register: Register, reference: str, written: Written, language: str, *, actor: str | None = None
) -> None:
    """The same of a report that was written just now."""
    note_disclosure(
        register, reference, written.path, written.sha256, annexes=written.annexes,
        withheld=written.values.withheld, language=language, actor=actor,
    )  # fmt: skip


def note_disclosure(
    register: Register,
    reference: str,
    path: Path,
    sha256: str,
    *,
    annexes: Path | None = None,
    withheld: int | None = None,
    language: str | None = None,
    actor: str | None = None,
) -> None:
    """Register a disclosure, and its separate annexes if there are any."""
    if annexes is not None:
        register.note_disclosure(
            reference,
            sha256=sha256_of(annexes),
            path=str(annexes.resolve()),
            size_bytes=annexes.stat().st_size,
            language=language,
            kind="annexes",
            actor=actor,
        )
    register.note_disclosure(
        reference,
        sha256=sha256,
        path=str(path.resolve()),
        size_bytes=path.stat().st_size,
        withheld=withheld,
        language=language,
        actor=actor,
    )


def _ask(
    client: Client,
    register: Register,
    entry: DataRequestEntry,
    *,
    subject: Subject,
    report: str | None,
    progress: Callbacks,
    deadline: float,
) -> str:
    """Make the data request once; its id is on disk and reported before the register is updated."""
    with ExitStack() as stack:
        try:
            client.log_in(deadline)  # before the slot, so that little lies between it and the request
            slot = stack.enter_context(register.request_log.slot(entry.number, entry.intended_at))
        except DsrReportError as error:
            register.note_state(entry.number, "failed", detail=type(error).__name__)
            raise
        register.posting(entry)
        try:
            request = client.request(subject.type, subject.id, report=report, deadline=deadline)
        except PerhapsDoneError as error:
            with suppress(RegisterError):  # the state stays, and a person decides
                register.note_unknown(entry.number, detail=type(error).__name__)
            raise
        except DsrReportError as error:  # any other error means that the request was certainly not made
            register.note_state(entry.number, "failed", detail=type(error).__name__)
            raise
        is_kept = slot.fill(request.id)
        progress.say(f"data request {request.id}")
        try:
            register.attach_request_id(entry.number, request.id)
        except RegisterError as error:
            attach = f"dsr-report register attach {entry.number} {request.id}"
            raise RegisterError(
                Sentence(
                    "data request {id} was made, and the register could not be told: {what}",
                    id=request.id,
                    what=error.what,
                ),
                where=error.where,
                hint="Once it can be used, the same command takes the data request up."
                if is_kept
                else Sentence(
                    "Once it can be used, run: {attach}; then the same command again.", attach=attach
                ),
            ) from error
    return request.id


def _collect(
    client: Client,
    register: Register,
    entry: DataRequestEntry,
    request_id: str,
    *,
    folder: Path | None,
    deadline: float,
    poll: float,
    progress: Callbacks,
    accept_subject: bool,
) -> Obtained:
    """Wait for a data request and store its export."""
    stored = _stored_export(entry)
    if stored is not None:
        return stored
    request: DataRequest = client.take_up(
        request_id, subject_type=entry.subject_type, subject_id=entry.subject_id
    )
    request.wait(max(deadline - client.now(), 0.0), poll, progress.waiting)
    register.note_state(entry.number, "available")
    target = (folder or export_folder()) / export_name(request_id)
    clear_leftovers(target)
    download = request.download(
        target, progress.downloading, timeout=deadline - client.now(), accept_subject=accept_subject
    )
    register.note_file(
        entry.number,
        sha256=download.sha256,
        path=str(target.resolve()),
        size_bytes=download.size_bytes,
        subject=_whom(target) if entry.subject_type is None else None,
        doubt=download.doubt,
    )
    return Obtained(target, download.sha256, request_id, entry.number, entry.reference)


def _whom(export: Path) -> tuple[str, str] | None:
    """The subject of an export, for a data request that is known by its id alone."""
    with open_export(export) as file:
        kind, identifier = (file.info.type or "").strip().lower(), (file.info.id or "").strip()
    return (kind, identifier) if kind in TYPES and identifier else None


def _stored_export(entry: DataRequestEntry) -> Obtained | None:
    """The stored export of a data request, if it is on disk and unchanged."""
    for file in entry.files:
        path = Path(file.path) if file.path else None
        if path is not None and path.is_file() and sha256_of(path) == file.sha256:
            return Obtained(path, file.sha256, entry.request_id or "", entry.number, entry.reference)
    return None
