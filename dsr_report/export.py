"""An export with its records, tables, summary and masked copy."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from dsr_report.closing import Closing
from dsr_report.errors import FileError, UsageError, quoted
from dsr_report.jsonstream.file import ExportFile, Info, open_export
from dsr_report.jsonstream.items import Item, ReadWarning, count_values
from dsr_report.jsonstream.subjects import TYPES
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.records.alike import Lot
from dsr_report.records.classifier import AlikeRecords, Classifier
from dsr_report.records.custom import CustomKind
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.summary import Summary
from dsr_report.sentences import Sentence
from dsr_report.show import Bar, display
from dsr_report.times import DEFAULT_ZONE

if TYPE_CHECKING:
    from dsr_report.config import Config
    from dsr_report.plots import Plots
    from dsr_report.record_set import Records
    from dsr_report.redact.plan import Plan
    from dsr_report.tables.build import TableSet
    from dsr_report.tables.lazy import Tables
    from dsr_report.workers import Processes

_log = logging.getLogger(__name__)


def zone_named(name: str) -> ZoneInfo:
    """The time zone called `name`.

    Raises:
        UsageError: it is unknown.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError, AttributeError) as error:
        raise UsageError(
            Sentence("there is no time zone {name}", name=quoted(name)),
            hint="Use a name like Europe/Amsterdam.",
        ) from error


class Export(Closing):
    """A data-request export that was read: `info`, `records`, `tables`, `warnings`, `sha256`.

    Close it, or use it in a `with` block: that removes the private temporary copy of an export that came
    from a stream or was compressed.
    """

    def __init__(
        self,
        file: ExportFile,
        zone: ZoneInfo,
        custom: Sequence[CustomKind] = (),
        path: Path | None = None,
        config: Config | None = None,
    ) -> None:
        self.file = file
        self.zone = zone
        self.config = config
        """The controller's configuration, or None."""
        self.custom = tuple(custom)
        self.path = path
        """The file it was read from, or None."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the path and options; unpickling reads the file again.

        Raises:
            TypeError: it was read from bytes or a stream.
        """
        if self.path is None:
            raise TypeError(
                "this export cannot be pickled, as it was not read from a file; save it, and pass its path "
                "to dsr_report.read where it is needed"
            )
        options = {"timezone": self.zone.key, "salvage": self.incomplete, "custom": self.custom}
        return _read_again, (self.path, self.bytes, options, self.config)

    @property
    def info(self) -> Info:
        """The subject of the export: `type` (`subprofile`, `profile`, `email`) and `id`."""
        return self.file.info

    @property
    def name(self) -> str:
        """Name of the source, such as its file name."""
        return self.file.name

    @property
    def bytes(self) -> int:
        """Size of the JSON in bytes, after decompression."""
        return self.file.bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the JSON, after decompression, in hexadecimal."""
        return self.file.sha256

    @property
    def warnings(self) -> list[ReadWarning]:
        """Irregularities that did not stop reading; may read the whole export."""
        self.summary  # noqa: B018 - some warnings are only known when the whole export was read
        return self.file.warnings

    @property
    def incomplete(self) -> bool:
        """Whether the export is cut off, and its intact part was salvaged."""
        return self.file.incomplete

    def found(self, watch: Callable[[Iterator[Item]], Iterator[Item]] | None = None) -> Iterator[RawRecord]:
        """Yield classified, unparsed records in the export's order; `watch` wraps the items first."""
        items = self.file.items()
        return Classifier(self.custom).find(watch(items) if watch else items)

    def _found_alike(self) -> Iterator[RawRecord | AlikeRecords]:
        """As `found`, with alike records of a batch together."""
        return Classifier(self.custom).find_alike(map(Lot, self.file.batches()), inside=False)

    def counted(self, watch: Callable[[Iterator[Item]], Iterator[Item]] | None = None) -> Iterator[RawRecord]:
        """As `found`; once it is exhausted, `summary` is set without another reading."""
        if "summary" in self.__dict__:
            yield from self.found(watch)
            return
        summary = Summary(self.zone)
        for found in self.found(watch):
            summary.add(found)
            yield found
        self.__dict__["summary"] = summary

    def counted_items(self) -> Iterator[Item]:
        """Yield the items of the file; once it is exhausted, `summary` is set without another reading."""
        if "summary" in self.__dict__:
            yield from self.file.items()
            return
        waiting: list[Item] = []

        def watch(items: Iterator[Item]) -> Iterator[Item]:
            for item in items:
                waiting.append(item)
                yield item

        for _ in self.counted(watch):
            yield from waiting
            waiting.clear()
        yield from waiting

    @property
    def records(self) -> Records:
        """The typed records."""
        from dsr_report.record_set import Records  # noqa: PLC0415 - models take 0.1 s to build

        return Records(
            self.found,
            self.zone,
            lambda: sum(self.summary.kinds.values()),
            lambda: self.counts,
            [kind.name for kind in self.custom],
        )

    @cached_property
    def summary(self) -> Summary:
        """Counts of records by kind and rule; the period; what was not recognised. Reads the export once."""
        summary = Summary(self.zone)
        for found in Classifier(self.custom).find_alike(map(Lot, self.file.batches()), inside=True):
            summary.add(found)
        return summary

    @property
    def value_count(self) -> int:
        """How many values (scalar leaves) the export holds, those of `info` included."""
        return self.summary.values + count_values(self.info.value)

    @property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """First and last moment of the recognised records."""
        return self.summary.first, self.summary.last

    @cached_property
    def tables(self) -> Tables:
        """Normalized tables by name, as pandas DataFrames that are made when first asked for."""
        from dsr_report.tables.lazy import Tables  # noqa: PLC0415 - numpy is heavy

        return Tables(lambda names, arrow: self.tables_of(names, arrow=arrow))

    @property
    def plot(self) -> Plots:
        """Plots of it, in one line each: `export.plot.activity()`."""
        from dsr_report.plots import Plots  # noqa: PLC0415 - only where something is plotted

        return Plots(self)

    def tables_of(
        self,
        names: Collection[str],
        *,
        arrow: bool,
        subject_key: str | None = None,
        config: Config | None = None,
    ) -> TableSet:
        """The named tables, built in one pass; see `tables.build.build`."""
        from dsr_report.tables.build import build  # noqa: PLC0415 - numpy is heavy

        return build(
            () if set(names) == {"subject"} and subject_key is None else self._found_alike(),
            self.zone,
            info=self.info.value,
            info_pointer=self.info.pointer,
            only=names,
            arrow=arrow,
            subject_key=subject_key,
            config=config or self.config,
        )

    def masked(
        self,
        *,
        lang: str = SOURCE_LANGUAGE,
        review: str | os.PathLike[str] | None = None,
        strict: bool = False,
    ) -> Export:
        """A copy of the export as it will be disclosed, with marks in place of masked and withheld values.

        Use it in a `with` block, or close it: it is private. The original must stay open.

        Args:
            lang: language of the marks.
            review: a file of decisions taken on the findings of `review`; without it, live keys alone are
                masked.
            strict: findings without a decision are an error.
        """
        from dsr_report.redact.disclosed import plan_for  # noqa: PLC0415 - only where it is asked for

        warnings: list[str] = []
        path = None if review is None else Path(review)
        plan = plan_for(self, lang, review=path, strict=strict, warnings=warnings)
        for warning in warnings:
            _log.warning("%s", warning)
        return MaskedExport(self, plan)

    def close(self) -> None:
        """Remove temporary files."""
        self._close_tables()
        self.file.close()

    def _close_tables(self) -> None:
        made = self.__dict__.pop("tables", None)
        if made is not None:
            made.close()

    @property
    def counts(self) -> str:
        """Counts of values and of records by kind, if known already; never reads the export."""
        known: Summary | None = self.__dict__.get("summary")
        if known is None:
            return "not counted yet"
        counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(known.kinds.items()))
        return f"{known.values + count_values(self.info.value):,} values, {counts or 'no records'}"

    def __repr__(self) -> str:
        kind = self.info.type if self.info.type in TYPES else "unknown subject"
        return f"<Export about one {kind}: {self.bytes:,} bytes, {self.counts}>"

    def _repr_html_(self) -> str:
        known: Summary | None = self.__dict__.get("summary")
        if known is None:
            return display(repr(self)[1:-1])
        kinds = sorted(known.kinds.items(), key=lambda kind: (-kind[1], kind[0]))
        return display(repr(self)[1:-1], ("records", "count"), kinds)


class MaskedExport(Export):
    """An export with marks in place of masked and withheld values: a private copy, unless nothing is hidden.

    Attributes:
        plan: the masked and withheld values.
    """

    def __init__(self, original: Export, plan: Plan, processes: Processes | None = None) -> None:
        from dsr_report.redact.apply import write_redacted  # noqa: PLC0415 - only where it is asked for
        from dsr_report.temporary import TemporaryFolder  # noqa: PLC0415 - likewise

        self.plan = plan
        self._folder = TemporaryFolder() if plan else None
        file = original.file
        if self._folder is not None:
            copy = Path(self._folder.name) / "export.json"
            try:
                write_redacted(original.file, plan, copy, processes)
                file = open_export(copy, name=original.name, salvage=original.incomplete)
            except BaseException:
                self._folder.cleanup()
                raise
        super().__init__(file, original.zone, original.custom, config=original.config)

    def __reduce__(self) -> tuple[Any, ...]:
        """Refuse pickling of a private copy.

        Raises:
            TypeError: always; it says what to pickle in its place.
        """
        raise TypeError("a masked export cannot be pickled; pickle the original, and call masked() there")

    def close(self) -> None:
        """Remove the copy."""
        self._close_tables()
        if self._folder is not None:
            self.file.close()
            self._folder.cleanup()


def read(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    timezone: str = DEFAULT_ZONE,
    salvage: bool = False,
    custom: Sequence[CustomKind] = (),
    config: Config | str | os.PathLike[str] | None = None,
    progress: Callable[[int, int | None], None] | bool | None = None,
) -> Export:
    """Read a data-request export: a path, bytes or a binary stream; plain, `.gz`, `.zip` or an `.eml`.

    Args:
        source: where the export is.
        timezone: the zone of Copernica's times, which have no zone of their own.
        salvage: read what is whole of an export that was cut off.
        custom: account-specific kinds of records.
        config: the controller's configuration, or the path of its TOML file, with the account's kinds of
            records and the origins of fields that tables name.
        progress: callback with the bytes read and the total, None if unknown; True draws a progress bar in a
            notebook for each pass over the export.

    Raises:
        NotAnExportError: the input is not a data-request export, or (BrokenJsonError) is not whole JSON.
        NotReadyError: the input says that the export is not ready yet.
        FileError: the file cannot be read.
    """
    zone = zone_named(timezone)
    kinds, settings = tuple(custom), None
    if config is not None:
        from dsr_report.config import given_config  # noqa: PLC0415 - pydantic is heavy

        settings = given_config(config)
        kinds += settings.custom_kinds() if settings else ()
    told = (Bar() if progress else None) if isinstance(progress, bool) else progress
    file = open_export(source, salvage=salvage, progress=told)
    is_path = isinstance(source, (str, os.PathLike)) and os.fspath(source) != "-"
    place = Path(source).absolute() if is_path else None  # type: ignore[arg-type]
    return Export(file, zone, kinds, place, settings)


def _read_again(path: Path, size: int, options: dict[str, Any], config: Config | None) -> Export:
    """Restore a pickled export.

    Raises:
        FileError: the size of the file has changed.
    """
    export = read(path, **options)
    export.config = config
    if export.bytes != size:
        export.close()
        raise FileError("has changed since it was pickled", where=str(path), hint="Read it anew.")
    return export
