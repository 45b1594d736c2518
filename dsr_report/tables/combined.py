"""Tables of many exports, which are read one at a time and whose rows are spooled to disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

from dsr_report.errors import DsrReportError
from dsr_report.spool import BlockFile
from dsr_report.tables.blocks import Columns, Lists
from dsr_report.tables.build import TableSet
from dsr_report.tables.ids import NumberedKeys
from dsr_report.tables.schema import tables_by_name

_IN_MEMORY = 1 << 20
"""Bytes of rows kept in memory: those of a few small exports need no file."""


class One(Protocol):
    """One of the exports: builds its tables, and identifies it in their rows."""

    subject_key: str
    name: str

    def tables(self, names: Collection[str], subject_key: str) -> TableSet:
        """The named tables, with `subject_key` in each row."""
        ...

    def leave_out(self, error: DsrReportError) -> bool:
        """Whether to skip the export, which failed with `error`."""
        ...


class CombinedSet(Mapping[str, Any]):
    """Tables of many exports, built in one pass over each."""

    def __init__(self, names: Collection[str], exports: Callable[[], Iterable[One]]) -> None:
        self._lists = Lists()
        self._file = BlockFile(in_memory=_IN_MEMORY)
        self._places: dict[str, list[tuple[int, int]]] = {name: [] for name in names}
        self._counts: Counter[str] = Counter()
        self._frames: dict[str, Any] = {}
        try:
            self._fill(exports())
        except BaseException:
            self.close()
            raise

    def _fill(self, exports: Iterable[One]) -> None:
        names = list(self._places)
        numbered = NumberedKeys()
        for one in exports:
            key = numbered.key(one.subject_key)
            try:
                made = one.tables(names, key)
            except DsrReportError as error:
                if not one.leave_out(error):
                    raise
                continue
            with made:
                for name in names:
                    self._keep(name, made.batches(name), one.name)

    def _keep(self, name: str, batches: Iterable[Columns], export: str) -> None:
        for batch in batches:
            count = len(batch["pointer"])
            if name == "subject":
                batch["export"] = [export] * count
            block = self._lists.pack(batch, count)
            self._places[name].append((self._file.add(block), len(block)))
            self._counts[name] += count

    def __getitem__(self, name: str) -> Any:
        if name not in self._frames:
            from dsr_report.tables.frames import frame  # noqa: PLC0415 - pandas, only where it is asked for

            self._frames[name] = frame(tables_by_name()[name], self.batches(name))
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def count(self, name: str) -> int:
        """How many rows a table has."""
        return self._counts[name]

    def batches(self, name: str) -> Iterator[Columns]:
        """A table's columns: the rows of one export after those of another, each in the table's order."""
        for place in self._places[name]:
            yield self._lists.columns(self._lists.unpack(self._file.read(*place)))[0]

    def arrow_batches(self, name: str, schema: Any) -> Iterator[Any]:
        """A table's rows as Arrow's record batches of this schema."""
        from dsr_report.tables.arrow import record_batch  # noqa: PLC0415 - pyarrow

        table = tables_by_name()[name]
        return (record_batch(batch, table, schema) for batch in self.batches(name))

    def close(self) -> None:
        """Remove temporary files; DataFrames that were made stay valid."""
        self._file.close()
