"""Opening of an export from any source and container, and streaming of its items."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from dsr_report.closing import Closing
from dsr_report.errors import BrokenJsonError, NotAnExportError, NotReadyError
from dsr_report.jsonstream import not_an_export
from dsr_report.jsonstream.items import Item, ReadWarning
from dsr_report.jsonstream.scanner import Broken
from dsr_report.jsonstream.sources import Progress, Source, open_source
from dsr_report.jsonstream.stream import Batch, ItemStream
from dsr_report.jsonstream.subjects import Info, Subjects
from dsr_report.jsonstream.window import Limits
from dsr_report.sentences import Sentence

__all__ = ["DEFAULT_LIMITS", "ExportFile", "Info", "WarningLog", "open_export", "source_log"]
DEFAULT_LIMITS = Limits()
_MANY = 100
"""Warnings kept of each kind; further ones are only counted."""


class WarningLog:
    """The warnings of one pass: each once, and at most a hundred of each kind."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], ReadWarning] = {}
        self._counts: dict[str, int] = {}

    def add(self, code: str, pointer: str, message: str) -> None:
        """Add a warning, unless it is known already."""
        if (code, pointer) in self._kept:
            return
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count <= _MANY:
            self._kept[code, pointer] = ReadWarning(code, pointer, message)

    def all(self) -> list[ReadWarning]:
        """The kept warnings, and per kind the number of those that were not kept."""
        more = [
            ReadWarning(code, "", f"{count - _MANY} more warnings of this kind")
            for code, count in self._counts.items()
            if count > _MANY
        ]
        return [*self._kept.values(), *more]


class ExportFile(Closing):
    """An export opened with `open_export`: a stream of items that can be restarted.

    Attributes:
        name: of the file, or a substitute; for messages to the operator.
        place: its path as given, for commands that the operator may type.
        info: the export's `info`.
        subjects: the subjects named in the part read so far.
        bytes: size of the JSON, after decompression.
    """

    def __init__(
        self, source: Source, limits: Limits, *, salvage: bool, progress: Progress | None = None
    ) -> None:
        self._source = source
        self._limits = limits
        self._salvage = salvage
        self._progress = progress
        self._sha256 = source.sha256
        self._log = source_log(source)
        self._final = False
        self.subjects = Subjects()
        self.name = source.name
        self.place = source.place
        self.bytes = source.size
        self.incomplete = source.incomplete
        self.info = self._peek()

    def close(self) -> None:
        """Close the file, and remove the private copy if there is one."""
        self._source.close()

    def watch(self, progress: Progress | None) -> None:
        """Report to `progress`, from now on, the bytes read and the total; each pass starts at 0."""
        self._progress = progress

    def raw(self) -> BinaryIO:
        """The bytes of the JSON from their beginning, as a separate handle."""
        return self._source.raw()

    @property
    def sha256(self) -> str:
        """SHA-256 of the JSON's bytes; computed in passing once the items were read to the end."""
        if self._sha256 is None:
            self._sha256 = self._source.digest()
        return self._sha256

    @property
    def original_sha256(self) -> str:
        """SHA-256 of the input bytes: of the archive, if the export came in one."""
        return self._source.original_sha256 or self.sha256

    @property
    def warnings(self) -> list[ReadWarning]:
        """Warnings about the part of the export read so far."""
        return self._log.all()

    def items(self) -> Iterator[Item]:
        """Yield every item, in the order of the file.

        Raises:
            BrokenJsonError: the file is broken; not with `salvage`.
            NotReadyError: `data` says that the export is not ready.
        """
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[Sequence[Item]]:
        """Yield every item, as `items` does, in batches, which is faster."""
        for batch in self._walk():
            if batch.kind != "info" and batch.items:
                yield batch.items

    def read_to_end(self) -> bool:
        """Read all of it, so that its subjects are known; whether it has data, and no text in their place."""
        for _ in self.batches():
            pass
        return not {warning.code for warning in self.warnings} & {"data-is-text", "no-data"}

    def pieces(self, finished: Callable[[ItemStream], None] | None = None) -> Iterator[Batch]:
        """Yield every batch with its offsets in the file, including `info`, for `rewrite`."""
        return self._walk(finished)

    def _walk(self, finished: Callable[[ItemStream], None] | None = None) -> Iterator[Batch]:
        log = source_log(self._source)
        subjects = Subjects()
        digest = hashlib.sha256() if self._sha256 is None else None
        done = 0

        def note_block(block: bytes) -> None:
            nonlocal done
            if digest:
                digest.update(block)
            if self._progress:
                done += len(block)
                self._progress(done, self.bytes)

        try:
            with self.raw() as file:
                walk = ItemStream(file, self._limits, log.add, salvage=self._salvage, seen=note_block)
                for batch in self._with_our_errors(walk):
                    if batch.kind != "start":
                        subjects.see(batch.items, within_data=batch.kind in {"elements", "members"})
                    yield batch
                subjects.documents = walk.document_count
                self.subjects = subjects
                if walk.lost:
                    self.incomplete = True
                if walk.cutoff:
                    self.incomplete = True
                    while block := file.read(1 << 20):
                        note_block(block)
                if walk.has_info and not walk.has_data:
                    log.add("no-data", "", "the export has no data")
                if digest:
                    self._sha256 = digest.hexdigest()
                self._log, self._final = log, True
                if finished:
                    finished(walk)
        finally:
            if not self._final:
                self._log = log

    def _with_our_errors(self, walk: ItemStream) -> Iterator[Batch]:
        try:
            yield from walk.batches()
        except NotReadyError as error:
            raise NotReadyError(error.what, where=self.name, hint=error.hint) from None
        except Broken as error:
            raise self._not_an_export(error) from None

    def _not_an_export(self, error: Broken) -> NotAnExportError:
        where = f"{self.name}, byte {error.offset}"
        if error.deep:
            return NotAnExportError(error.reason, where=where, hint="Is this the file that Copernica sent?")
        if error.cut:
            return BrokenJsonError(
                Sentence("the file is cut off: {reason}", reason=error.reason),
                where=where,
                hint="Download it again, or read the intact part with --salvage.",
            )
        return BrokenJsonError(
            Sentence("this is not JSON: {reason}", reason=error.reason),
            where=where,
            hint="Download it again, or read the intact part with --salvage.",
        )

    def _peek(self) -> Info:
        """Read until `info` is known and `data` has begun."""
        with self.raw() as file:
            not_an_export.refuse_what_is_no_json(file, self.name)
        info: Info | None = None
        has_data = False
        others: list[Item] = []
        walked = self._walk()
        try:
            for batch in walked:
                if batch.kind == "info":
                    info = Info.of(batch.items[0])
                elif batch.kind == "start":
                    has_data = True
                elif batch.items and not has_data and len(others) < 20:
                    others += batch.items[:20]
                    if info is None and not batch.items[0].labels:
                        break  # a list of something other than documents
                if info and (has_data or others):
                    break
        except BrokenJsonError:
            not_an_export.refuse_other_answers(others, self.name)
            raise
        finally:
            walked.close()  # type: ignore[attr-defined]  # a generator, annotated as an iterator
        if info is None and self.incomplete and has_data:
            self._log.add("no-info", "", "the part that says whom the export is about is missing")
            return Info(None, None, None)
        if info is None:
            not_an_export.refuse_other_answers(others, self.name)
            raise NotAnExportError(
                "the top level has no 'info'", where=self.name, hint="Is this the file that Copernica sent?"
            )
        return info


def source_log(source: Source) -> WarningLog:
    """A log with the warnings about the container."""
    log = WarningLog()
    for warning in source.warnings:
        log.add(warning.code, warning.pointer, warning.message)
    return log


def open_export(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    name: str | None = None,
    salvage: bool = False,
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ExportFile:
    """Open an export; only its beginning is read now.

    A plain file is read in place. A compressed file, a mail, standard input (`-`) or another stream is first
    copied to a private temporary file, which `close` removes.

    Args:
        source: a path, `-`, the bytes themselves, or a binary stream.
        name: its name in messages, if not the file name.
        salvage: read the intact part of a broken file.
        progress: called now and then with the bytes done and the total (None if unknown).
        limits: how much to hold in memory, and to unpack.

    Raises:
        NotAnExportError: this is something else; the message says what it looks like.
        BrokenJsonError: it is broken before its `info` and `data`.
        NotReadyError: this is the API's answer that the export is still being collected.
        FileError: the file cannot be read.
    """
    found = open_source(source, name=name, salvage=salvage, progress=progress, limits=limits)
    try:
        return ExportFile(found, limits, salvage=salvage, progress=progress)
    except BaseException:
        found.close()
        raise
