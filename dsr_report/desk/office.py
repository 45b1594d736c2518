"""The desk's shared state: the register, the folders, the configuration, reviews and jobs."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dsr_report.choices import default_name, format_of
from dsr_report.config import Config, load_config
from dsr_report.desk.folders import CaseFolder, DeskFolder
from dsr_report.desk.jobs import Job, Jobs
from dsr_report.desk.journal import Journal
from dsr_report.desk.preview_places import write_places
from dsr_report.desk.review import CaseReview
from dsr_report.desk.sessions import Sessions
from dsr_report.errors import AuthError, CheckFailedError, NotAnExportError, RegisterError, UsageError
from dsr_report.export import read
from dsr_report.fetch.client import Client
from dsr_report.files import clear_leftovers, sha256_of
from dsr_report.jsonstream.subjects import Subject
from dsr_report.languages import language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.obtain import Callbacks, Patience, note_written, obtain
from dsr_report.receive.inbox import looks_like_export, whole_export
from dsr_report.redact.findings import Looking, looking_by, subject_addresses
from dsr_report.register.cases import RETENTION
from dsr_report.register.entries import CaseEntry, FileEntry
from dsr_report.register.store import Register
from dsr_report.rendering.configuration import missing_from
from dsr_report.report import Report
from dsr_report.retention import forget
from dsr_report.sentences import as_data
from dsr_report.sentences import translatable as _
from dsr_report.times import DEFAULT_ZONE
from dsr_report.verification.reader import contents_of
from dsr_report.verification.verifier import verify

_ZONE = ZoneInfo(DEFAULT_ZONE)
_MOST_OPEN = 4
"""Open reviews; each has its findings in memory, and the least recently used is closed."""


class Office:
    """The desk's work, without its pages.

    Args:
        folder: the desk's folder.
        register: the register of requests.
        config: path of the controller's configuration; it need not exist.
        client: returns an API client, given its sleep function (seconds).
        exports: the folder for fetched exports; by default the user's data folder.
        poll: seconds between checks whether an export is ready.
        sessions: the browser sessions; by default new ones.
    """

    def __init__(
        self,
        folder: DeskFolder,
        register: Register,
        config: Path,
        *,
        client: Callable[[Callable[[float], None]], Client],
        exports: Path | None = None,
        poll: float = 5.0,
        sessions: Sessions | None = None,
    ) -> None:
        self.folder = folder
        self.register = register
        self.config_path = config
        self.sessions = sessions or Sessions(idle_minutes=int(folder.settings.get("idle_minutes", 30)))
        self._client = client
        self._exports = exports
        self._poll = poll
        self._reviews: OrderedDict[tuple[str, str], CaseReview] = OrderedDict()
        self._journals: dict[str, Journal] = {}
        self._references: dict[str, str] = {}
        self._config: tuple[tuple[int, ...], Config] | None = None
        self._lock = threading.RLock()
        self.jobs = Jobs(
            {"fetch": self._fetch, "read": self._read_export, "make": self._make, "preview": self._preview},
            folder.case,
        )
        for one in folder.case_folders():
            job = self.jobs.of(one.reference)
            if job is not None and job.state == "interrupted" and job.kind == "fetch":
                self.jobs.start(one.reference, "fetch", job.options, actor=job.actor)

    def close(self) -> None:
        """Stop all jobs and close all reviews."""
        self.jobs.end()
        for review in self._reviews.values():
            review.close()

    # ---- the token

    @property
    def has_token(self) -> bool:
        """Whether an API token for Copernica is available; it is not validated."""
        try:
            self._client(lambda _seconds: None).close()
        except AuthError:
            return False
        return True

    # ---- configuration

    @property
    def config(self) -> Config:
        """The controller's configuration; empty if there is none yet. It is read again when its file changed.

        Raises:
            ConfigError: the configuration has faults.
        """
        if not self.config_path.is_file():
            return Config()
        status = self.config_path.stat()
        version = status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        if self._config is None or self._config[0] != version:
            self._config = version, load_config(self.config_path)
        return self._config[1]

    @property
    def looking(self) -> Looking:
        """The configured options for finding people."""
        return looking_by(self.config)

    def language_of(self, folder: CaseFolder) -> str:
        """The language code of a case's report."""
        of_desk = self.folder.settings.get("language")
        return str(folder.facts.get("language") or self.config.report.lang or of_desk or SOURCE_LANGUAGE)

    # ---- cases

    def case(self, case_id: str) -> tuple[CaseEntry, CaseFolder] | None:
        """A case by its id in URLs; None if there is none."""
        reference = self._references.get(case_id)
        if reference is None:
            for entry in self.register.cases(everything=True):
                self._references[self.folder.case(entry.reference).id] = entry.reference
            reference = self._references.get(case_id)
        return None if reference is None else (self.register.case(reference), self.folder.case(reference))

    def journal(self, reference: str) -> Journal:
        """The journal of a case; a single instance, because it keeps the number of its last line."""
        with self._lock:
            if reference not in self._journals:
                folder = self.folder.case(reference)
                folder.make()
                self._journals[reference] = Journal(folder.journal)
            return self._journals[reference]

    def exports(self, reference: str) -> list[FileEntry]:
        """The exports of a case on disk, newest last."""
        return [
            file
            for file in self.register.files(reference)
            if file.kind == "export" and file.path and Path(file.path).is_file()
        ]

    def export(self, reference: str) -> FileEntry | None:
        """The newest export of a case, which the answer is made from; None without one."""
        found = self.exports(reference)
        return found[-1] if found else None

    def new_case(
        self,
        subject: Subject | None,
        *,
        received_on: date | None,
        channel: str,
        language: str,
        reference: str | None,
        actor: str,
    ) -> str:
        """Log a request, and return its reference."""
        made = self.register.add(
            subject.type if subject else None,
            subject.id if subject else None,
            received_on=received_on,
            reference=reference or None,
            channel=channel or None,
            language=language,
            actor=actor,
        )
        self.folder.case(made).note(language=language)
        return made

    def take_in(
        self, path: Path, sha256: str, reference: str | None, *, salvage: bool = False, actor: str
    ) -> str:
        """Move an uploaded export into a case, and return the case's reference.

        Without `reference`, that is the person's case without an export, else a new one. With `salvage`, a
        broken export is accepted, and its intact part is used.

        Raises:
            NotAnExportError: the file is no export, or is about nobody or several people.
            UsageError: the export is about another person than the case.
        """
        subject, fault = (None, "") if not looks_like_export(path) else whole_export(path)
        is_broken = subject is None and salvage
        if is_broken:
            subject, fault = whole_export(path, salvage=True)
        if subject is None:
            raise NotAnExportError(
                fault or _("this is no data-request export"), hint=_("Take the file that Copernica sent.")
            )
        if reference is None:
            reference = self._waiting(subject) or self.register.add(*subject, actor=actor)
        else:
            entry = self.register.case(reference)
            if not self._is_about(path, entry, subject):
                raise UsageError(
                    _("this export is about somebody else than this case"),
                    hint=_("Nothing was kept. Open the right case, or start a new one."),
                )
        folder = self.folder.case(reference)
        known = [one for one in folder.facts.get("salvaged", ()) if one != sha256]
        folder.note(salvaged=[*known, sha256] if is_broken else known)
        target = folder.path / f"export-{sha256[:12]}.json"
        path.replace(target)
        self.register.note_export(
            reference,
            sha256=sha256,
            path=str(target.resolve()),
            size_bytes=target.stat().st_size,
            subject=subject,
            actor=actor,
        )
        return reference

    def _waiting(self, subject: tuple[str, str]) -> str | None:
        """A case of the person without an export, such as one left by a crash; None without one."""
        for entry in self.register.cases_about(*subject):
            if entry.state in {"received", "acknowledged"} and not self.exports(entry.reference):
                return entry.reference
        return None

    def _is_about(self, path: Path, entry: CaseEntry, subject: tuple[str, str]) -> bool:
        """Whether an export is about the person of a case, by its subject or by an address in it."""
        if entry.subject_type is None:
            return True
        if any(one.reference == entry.reference for one in self.register.cases_about(*subject)):
            return True
        with read(path, salvage=True) as export:
            addresses = subject_addresses(export.found(), export.info.id)
        return any(
            one.reference == entry.reference
            for address in addresses
            for one in self.register.cases_about("email", address)
        )

    def forget(self, reference: str) -> None:
        """Remove every file and all personal data of a case, after closing its reviews and job."""
        with self._lock:
            for key in [key for key in self._reviews if key[0] == reference]:
                self._reviews.pop(key).close()
            self._journals.pop(reference, None)
        self.jobs.drop(reference)
        forget(self.register, [reference], retention=RETENTION, desk=self.folder.root)

    # ---- review

    def released_by(self, reference: str, review: CaseReview) -> str | None:
        """Who released the current decisions without having taken any of them; None if nobody did."""
        decided = review.decided
        approval = self.journal(reference).approval(review.sha256, decided.digest)
        return None if approval is None or decided.is_by(approval.actor) else approval.actor

    def review(self, reference: str) -> CaseReview | None:
        """The open review of a case; None if a job has to read the export first."""
        file = self.export(reference)
        if file is None:
            return None
        with self._lock:
            review = self._reviews.get((reference, file.sha256))
            if review is not None:
                self._reviews.move_to_end((reference, file.sha256))
            return review

    def _read_export(self, job: Job) -> dict[str, Any]:
        file, path = self._file_of(job)
        self._read_file(job, path, file.sha256)
        return {}

    def _read_file(self, job: Job, path: Path, sha256: str) -> CaseReview:
        with self._lock:
            known = self._reviews.get((job.case, sha256))
        if known is not None:
            return known
        folder = self.folder.case(job.case)
        folder.note()
        review = CaseReview(
            path,
            self.journal(job.case),
            folder.review,
            looking=self.looking,
            custom=self.config.custom_kinds(),
            timezone=DEFAULT_ZONE,
            salvage=sha256 in folder.facts.get("salvaged", ()),
            earlier=list(self._earlier_journals(job.case)),
        )
        job.step = "read"
        review.read(job.tell)
        with self._lock:
            self._reviews[job.case, sha256] = review
            while len(self._reviews) > _MOST_OPEN:
                self._reviews.popitem(last=False)[1].close()
        return review

    def _earlier_journals(self, reference: str) -> Iterable[Journal]:
        """The journals of other cases about the same person."""
        entry = self.register.case(reference)
        if entry.subject_type is None or entry.subject_id is None:
            return
        for one in self.register.cases_about(entry.subject_type, entry.subject_id):
            if one.reference != reference and self.folder.case(one.reference).journal.is_file():
                yield self.journal(one.reference)

    # ---- jobs

    def _fetch(self, job: Job) -> dict[str, Any]:
        def sleep(seconds: float) -> None:
            job.stopping.wait(seconds)

        job.step = "ask"
        subject = Subject(job.options["type"], job.options["id"]) if "id" in job.options else None

        def tell_waiting(_status: object, _seconds: float) -> None:
            job.step = "wait"
            job.check()

        def tell_download(done: int, total: int | None) -> None:
            job.step = "download"
            job.tell(done, total)

        with self._client(sleep) as client:
            obtained = obtain(
                client,
                self.register,
                subject,
                request_id=job.options.get("request"),
                folder=self._exports,
                patience=Patience(poll=self._poll),
                progress=Callbacks(waiting=tell_waiting, downloading=tell_download),
                reference=job.case,
                sleep=sleep,
            )
        if obtained.reference != job.case:  # another open case of the person already has this export
            self.register.note_export(
                job.case,
                sha256=obtained.sha256,
                path=str(obtained.path.resolve()),
                size_bytes=obtained.path.stat().st_size,
                subject=subject,
                actor=job.actor,
            )
        job.done = job.total = 0
        self._read_file(job, obtained.path, obtained.sha256)
        return {}

    def _make(self, job: Job) -> dict[str, Any]:
        review, file = self._ready(job)
        entry = self.register.case(job.case)
        folder = self.folder.case(job.case)
        options = job.options
        language = str(options["language"])
        number = len(folder.made) + 1
        name = default_name(review.export.info.type, review.export.info.id, options["format"])
        stem, _dot, ending = name.rpartition(".")
        target = folder.path / (name if number == 1 else f"{stem}-{number}.{ending}")
        clear_leftovers(target)
        digest = review.decided.digest
        self._check_ready(job, review)
        job.step, job.done, job.total = "make", 0, 0
        with Report(
            review.export,
            language,
            self.config,
            messages=options.get("messages", "text"),
            annexes="apart" if options.get("annexes") == "apart" else "inside",
            attachments=bool(options.get("attachments")),
            review=folder.review,
            **self._of_case(entry, file, str(options.get("delay") or "")),
        ) as report:
            written = report.to(target, format_of(target), progress=job.tell)
        job.step = "verify"
        checked = verify(target, review.path)
        facts = {
            "name": target.name,
            "format": written.format,
            "language": language,
            "sha256": written.sha256,
            "bytes": target.stat().st_size,
            "pages": written.pages,
            "export": file.sha256,
            "digest": digest,
            "sum": written.values.sum._asdict(),
            "annexes": written.annexes.name if written.annexes else "",
            "ok": checked.ok,
            "checks": [[check.code, check.ok, as_data(check.text)] for check in checked.checks],
            "warnings": [as_data(warning) for warning in written.warnings],
            "at": self.register.today.isoformat(),
        }
        folder.note_made(facts)
        if checked.ok:
            note_written(self.register, job.case, written, language, actor=job.actor)
        return {"name": target.name}

    def _check_ready(self, job: Job, review: CaseReview) -> None:
        """Check again whether a report may be made, because things may have changed since the page's check.

        Raises:
            CheckFailedError: a condition is not met.
        """
        options, second = job.options, self.config.desk.second_reviewer
        unseen = review.summary.kinds["unrecognised"] and not options.get("with_unrecognised")
        several = len(review.export.file.subjects.named) > 1
        missing = missing_from(self.config, language_of(str(options["language"])))
        for is_so, what, hint in (
            (
                options.get("digest") != review.decided.digest,
                _("something was decided since the report was asked for"),
                _("Look at it, and make it again."),
            ),
            (
                second and self.released_by(job.case, review) is None,
                _("nobody else has released it yet"),
                _("Ask a second person."),
            ),
            (review.still_open(), _("not everything is decided yet"), _("Go through the review.")),
            (several, _("the export names several people"), _("Take an export of one of them.")),
            (missing, _("statements are missing"), _("Fill them in.")),
            (unseen, _("nobody looked at what was not recognised"), _("Look, and tick it.")),
        ):
            if is_so:
                raise CheckFailedError(what, hint=hint)

    def _preview(self, job: Job) -> dict[str, Any]:
        review, file = self._ready(job)
        entry = self.register.case(job.case)
        folder = self.folder.case(job.case)
        digest, language = review.decided.digest, str(job.options["language"])
        job.step, job.done, job.total = "make", 0, 0
        with Report(
            review.export,
            language,
            self.config,
            review=folder.review,
            **self._of_case(entry, file, self.delay_of(job.case)),
        ) as report:
            target = folder.path / "preview.html"
            clear_leftovers(target)
            report.to_html(target, progress=job.tell)
        with contents_of(target) as made:
            lines = (json.loads(line) for line in made.ledger())
            write_places(folder.preview_places, ((line["pointer"], line["anchor"]) for line in lines))
        folder.note(preview={"digest": digest, "language": language, "export": review.sha256})
        return {}

    def _of_case(self, entry: CaseEntry, file: FileEntry, delay: str) -> dict[str, Any]:
        """The report's options about the request: its dates, its reference, its data request."""
        about = (
            self.register.cases_about(entry.subject_type, entry.subject_id)
            if entry.subject_type and entry.subject_id
            else [entry]
        )
        collected = [
            (request.request_id, kept.noted_at)
            for case in about
            for request in self.register.requests_of(case.reference)
            for kept in request.files
            if kept.sha256 == file.sha256
        ]
        request_id, taken = collected[-1] if collected else (None, None)
        return {
            "received": None if entry.received_assumed else entry.received_on,
            "replied": self.register.today,
            "reference": entry.reference,
            "due": entry.deadlines.latest,
            "collected": taken.astimezone(_ZONE).date() if taken else None,
            "request_id": request_id,
            "delay": delay or None,
        }

    def delay_of(self, reference: str) -> str:
        """The reason for an extension, as the person was told; empty without one."""
        told = (
            str((event.personal or {}).get("reason") or "")
            for event in self.register.events(reference)
            if event.event == "extended"
        )
        return next(told, "")

    def _ready(self, job: Job) -> tuple[CaseReview, FileEntry]:
        """The review of a job's case, and its export, which is read now if necessary."""
        file, path = self._file_of(job)
        if sha256_of(path) != file.sha256:
            raise UsageError(_("the export was changed since it was taken in"), where=job.case)
        return self._read_file(job, path, file.sha256), file

    def _file_of(self, job: Job) -> tuple[FileEntry, Path]:
        file = self.export(job.case)
        if file is None or file.path is None:
            raise RegisterError(_("the export of this case is not on this machine"), where=job.case)
        return file, Path(file.path)
