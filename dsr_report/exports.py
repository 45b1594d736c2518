"""Many exports, named by a folder, pattern, list or batch result, and read one at a time."""

from __future__ import annotations

import glob
import os
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsr_report.closing import Closing
from dsr_report.config import Config, given_config
from dsr_report.errors import DsrReportError, FileError, UsageError
from dsr_report.export import Export, read, zone_named
from dsr_report.files import lines_of, path_named
from dsr_report.progress import Progress
from dsr_report.records.custom import CustomKind
from dsr_report.show import display
from dsr_report.times import DEFAULT_ZONE

if TYPE_CHECKING:
    from dsr_report.plots import Plots
    from dsr_report.tables.build import TableSet
    from dsr_report.tables.lazy import Tables

RESULTS = "batch-results.jsonl"
"""The result file of `dsr-report batch`, with a line for each subject."""
_ENDINGS = (".json", ".jsonl", ".gz", ".eml")
"""File extensions of exports in a folder."""


class Exports(Closing):
    """Many exports, of which only one is open at a time.

    Iterating yields each `Export`, and closes it before the next one. `tables` are those of an export, with
    the rows of all exports one after another, each with its `subject_key`.

    Attributes:
        paths: the files, in order.
        skip: whether exports that cannot be read are left out.
        skipped: the exports left out, each with its error.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        timezone: str = DEFAULT_ZONE,
        salvage: bool = False,
        custom: Sequence[CustomKind] = (),
        config: Config | None = None,
        skip: bool = False,
        masked: bool = False,
        progress: Progress | None = None,
    ) -> None:
        zone_named(timezone)
        self.paths = tuple(paths)
        self.skipped: dict[Path, DsrReportError] = {}
        self._options: dict[str, Any] = {
            "timezone": timezone,
            "salvage": salvage,
            "custom": tuple(custom),
            "config": config,
        }
        self.skip = skip
        self._masked = masked
        self._progress = progress

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Export]:
        return (export for _, export in self._each())

    def _each(self) -> Iterator[tuple[Path, Export]]:
        for number, path in enumerate(self.paths, 1):
            with ExitStack() as stack:
                try:
                    export = stack.enter_context(self._open(path))
                except DsrReportError as error:
                    if not self.skip:
                        raise
                    self.skipped[path] = error
                    continue
                yield path, export
            if self._progress is not None:
                self._progress(number, len(self.paths))

    @contextmanager
    def _open(self, path: Path) -> Iterator[Export]:
        with ExitStack() as stack:
            export = stack.enter_context(_export_in(path, self._options))
            yield stack.enter_context(export.masked()) if self._masked else export

    def masked(self) -> Exports:
        """A copy of this set that yields exports as they will be disclosed: live keys are masked."""
        options = {**self._options, "skip": self.skip, "progress": self._progress}
        return Exports(self.paths, masked=True, **options)

    @cached_property
    def tables(self) -> Tables:
        """The tables over all exports, each built on first access."""
        from dsr_report.tables.combined import CombinedSet  # noqa: PLC0415 - numpy is heavy
        from dsr_report.tables.lazy import Tables  # noqa: PLC0415

        def combined_set(names: Collection[str], _arrow: bool) -> CombinedSet:  # noqa: FBT001 - as `Tables` asks
            return CombinedSet(names, lambda: (_One(export, self, path) for path, export in self._each()))

        return Tables(combined_set, combined=True)

    @property
    def plot(self) -> Plots:
        """Plots over all of them, in one line each: `exports.plot.activity()`."""
        from dsr_report.plots import Plots  # noqa: PLC0415 - only where something is plotted

        return Plots(self)

    def close(self) -> None:
        """Remove the tables' temporary files."""
        made = self.__dict__.pop("tables", None)
        if made is not None:
            made.close()

    def __repr__(self) -> str:
        return f"<Exports: {len(self.paths):,} files>"

    def _repr_html_(self) -> str:
        return display(repr(self)[1:-1])


class _One:
    """One export as an input of the combined tables."""

    def __init__(self, export: Export, exports: Exports, path: Path) -> None:
        from dsr_report.tables.build import subject_row  # noqa: PLC0415 - numpy is heavy

        self._export = export
        self._exports = exports
        self._path = path
        self.name = path.name
        self.subject_key = subject_row(export.info.value, export.info.pointer)[0]

    def tables(self, names: Collection[str], subject_key: str) -> TableSet:
        """The named tables, with `subject_key` in each row."""
        return self._export.tables_of(names, arrow=False, subject_key=subject_key)

    def leave_out(self, error: DsrReportError) -> bool:
        """Whether to skip an export that fails while it is read; its error is then noted in `skipped`."""
        if self._exports.skip:
            self._exports.skipped[self._path] = error
        return self._exports.skip


def read_many(
    source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    timezone: str = DEFAULT_ZONE,
    salvage: bool = False,
    custom: Sequence[CustomKind] = (),
    config: Config | str | os.PathLike[str] | None = None,
    skip: bool = False,
    progress: Progress | None = None,
) -> Exports:
    """Read many exports: the paths of files, a pattern (`exports/*.json`), a folder, or a batch's result.

    A folder stands for the files in and below it that end in .json, .jsonl, .gz or .eml. A batch
    (`batch-results.jsonl`, or its folder) stands for the exports inside its disclosures, as disclosed.

    Args:
        source: where the exports are.
        timezone: the zone of Copernica's times, which have no zone of their own.
        salvage: read what is whole of exports that were cut off.
        custom: account-specific kinds of records.
        config: the controller's configuration, or the path of its TOML file, with the account's kinds of
            records and the origins of fields that tables name.
        skip: leave out what cannot be read; `skipped` lists it.
        progress: callback with the number of exports read and their total.

    Raises:
        FileError: there is no such file.
        UsageError: there is no export, or the source is none of these.
    """
    return Exports(
        exports_at(source), timezone=timezone, salvage=salvage, custom=custom, config=given_config(config),
        skip=skip, progress=progress,
    )  # fmt: skip


def exports_at(source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Resolve a path, a pattern or a list of them to the files of exports, without duplicates.

    Raises:
        FileError: there is no such file.
        UsageError: there is no export there.
    """
    if isinstance(source, (bytes, bytearray)) or not isinstance(source, (str, os.PathLike, Iterable)):
        raise UsageError(
            f"exports cannot be a {type(source).__name__}",
            hint="Pass a folder, a pattern such as exports/*.json, or a list of paths.",
        )
    sources = [source] if isinstance(source, (str, os.PathLike)) else list(source)
    found: dict[Path, None] = {}
    for one in sources:
        found |= dict.fromkeys(_at(one))
    if not found:
        raise UsageError("there is no export in the list", hint="Name a folder, a pattern or files.")
    return list(found)


def _at(source: str | os.PathLike[str]) -> list[Path]:
    path = path_named(source, "an export's path")
    if path.is_dir():
        if (path / RESULTS).is_file():
            return _of_batch(path / RESULTS)
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in _ENDINGS and file.is_file())
        hint = "An export ends in .json, .jsonl, .gz or .eml."
    elif path.name == RESULTS and path.is_file():
        return _of_batch(path)
    elif path.exists():
        return [path]
    elif glob.has_magic(os.fspath(source)):
        found = sorted(Path(name) for name in glob.glob(os.fspath(source), recursive=True))  # noqa: PTH207
        found = [file for file in found if file.is_file()]
        hint = "Check the pattern."
    else:
        raise FileError("there is no such file or folder", where=str(source), hint="Check the name.")
    if not found:
        raise UsageError("there is no export", where=str(source), hint=hint)
    return found


def _of_batch(results: Path) -> list[Path]:
    """The disclosures that a batch finished, by its result file."""
    files: dict[Path, None] = {}
    for entry in lines_of(results):
        if isinstance(entry, dict) and entry.get("ok") and isinstance(entry.get("file"), str):
            files[results.parent / entry["file"]] = None
    if not files:
        raise UsageError("the batch finished no disclosure", where=str(results), hint="Run it again.")
    return list(files)


@contextmanager
def _export_in(path: Path, options: dict[str, Any]) -> Iterator[Export]:
    """Open the export in a file, which may be a disclosure of ours."""
    with ExitStack() as stack:
        if not _is_disclosure(path):
            yield stack.enter_context(read(path, **options))
            return
        from dsr_report.verification.reader import contents_of  # noqa: PLC0415 - pikepdf is heavy

        try:
            contents = stack.enter_context(contents_of(path))
            name = contents.export_name
        except (ValueError, KeyError, RuntimeError, OSError) as error:
            raise FileError("is a damaged disclosure", where=str(path), hint="Render it again.") from error
        if name is None:
            raise UsageError(
                "holds no export; only PDF files and packages do",
                where=str(path),
                hint="Render the batch as .pdf or .zip, or name the exports themselves.",
            )
        stream = stack.enter_context(contents.open(name))
        yield stack.enter_context(read(stream, **options))


def _is_disclosure(path: Path) -> bool:
    """Whether a file is a PDF, a page of HTML, or a ZIP with a manifest."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)
        if head.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                return "manifest.json" in archive.namelist()
    except (OSError, zipfile.BadZipFile):  # `read` says what is wrong
        return False
    return head.startswith(b"%PDF-") or head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
