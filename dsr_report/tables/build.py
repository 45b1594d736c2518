"""Records → tables: streamed, in an order that depends on content alone, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from dsr_report.errors import quoted
from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.base import Record
from dsr_report.records.kinds import EVENT_KINDS
from dsr_report.records.models.mail import Message
from dsr_report.records.parsing import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.tables.blocks import ArrowBlocks, Columns, Lists
from dsr_report.tables.events import EventColumns, row_of
from dsr_report.tables.messages import MessageIds, merged, rows_of_message
from dsr_report.tables.rows import rows_of
from dsr_report.tables.schema import Table, tables_by_name
from dsr_report.tables.store import Store

_BATCH = 5_000
_MESSAGES = "messages"


class TableSet(Mapping[str, Any]):
    """All tables of one export: `tables["events"]` is a pandas DataFrame, made when it is asked for.

    `batches(name)` streams a table's columns instead. Close it, or use it in a `with`, to let go of what was
    put aside on disk.
    """

    def __init__(self, stores: dict[str, Store], ids: MessageIds) -> None:
        self._stores = stores
        self._ids = ids
        self._frames: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getitem__(self, name: str) -> Any:
        if name not in self._stores:
            raise KeyError(f"there is no table {quoted(name)}")
        if name not in self._frames:
            from dsr_report.tables.frames import frame  # noqa: PLC0415 - pandas, only where it is asked for

            self._frames[name] = frame(self._stores[name].table, self.batches(name))
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stores)

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {store.count:,}" for name, store in self._stores.items() if store.count)
        return f"<TableSet: {counts or 'no rows'}>"

    def __len__(self) -> int:
        return len(self._stores)

    def close(self) -> None:
        """Let go of what was put aside on disk; frames that were made stay."""
        for store in self._stores.values():
            store.close()

    def count(self, name: str) -> int:
        """How many rows were put into a table (messages: records, before they are merged)."""
        return self._stores[name].count

    def batches(self, name: str) -> Iterator[Columns]:
        """A table's columns, a few thousand rows at a time, in the table's order."""
        if name == _MESSAGES:
            return self._merged_messages()
        return self._stores[name].batches()

    def arrow_batches(self, name: str, schema: Any) -> Iterator[Any]:
        """A table's rows as Arrow's record batches of this schema."""
        from dsr_report.tables.arrow import record_batch, record_batch_of_block  # noqa: PLC0415 - pyarrow

        store = self._stores[name]
        if name == _MESSAGES or not isinstance(store.blocks, ArrowBlocks):
            for batch in self.batches(name):
                yield record_batch(batch, schema)
        else:
            for block, arrivals, seen in store.ordered():
                yield record_batch_of_block(block, store, arrivals, seen, schema)

    def tables(self) -> tuple[Table, ...]:
        """The tables' declarations."""
        return tuple(store.table for store in self._stores.values())

    def _merged_messages(self) -> Iterator[Columns]:
        """Messages, each once: those of one key are made one row."""
        by_key: dict[str, list[dict[str, Any]]] = {}
        for batch in self._stores[_MESSAGES].batches():
            for cells in zip(*batch.values(), strict=True):
                row = dict(zip(batch, cells, strict=True))
                by_key.setdefault(row["message_key"], []).append(row)
        names = self._stores[_MESSAGES].table.names
        rows = [merged(group) if len(group) > 1 else group[0] for group in by_key.values()]
        rows.sort(key=lambda row: (row["sent_at"] is None, row["sent_at"] or 0, row["message_key"]))
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            yield {name: [row.get(name) for row in part] for name in names}


def build(
    founds: Iterable[RawRecord],
    zone: ZoneInfo,
    *,
    info: JsonValue = None,
    info_pointer: str = "/info",
    arrow: bool = False,
) -> TableSet:
    """The tables of an export's records.

    Args:
        founds: what `records.Classifier.find` gave.
        zone: of local times that name none.
        info: the export's `info`, for the table `subject`.
        info_pointer: where it stands.
        arrow: hold rows in Arrow's columns, which need pyarrow: faster where Parquet or DuckDB is wanted.
    """
    ids = MessageIds()
    lists = Lists()
    stores = {
        name: Store(table, ids.resolve, ArrowBlocks(table) if arrow else lists)
        for name, table in tables_by_name().items()
    }
    add_row: dict[str, Callable[[dict[str, Any]], None]] = {n: store.add_row for n, store in stores.items()}
    if isinstance(info, dict):
        kind, subject = info.get("type"), info.get("id")
        texts = [None if v is None or isinstance(v, (dict, list)) else str(v) for v in (kind, subject)]
        key = ":".join(text or "" for text in texts)
        add_row["subject"](
            {"subject_key": key, "subject_type": texts[0], "subject_id": texts[1], "pointer": info_pointer}
        )

    def put(record: Record) -> None:
        if isinstance(record, Message):
            ids.learn(record)
            made = rows_of_message(record)
        elif record.kind in EVENT_KINDS:
            made = iter([("events", row_of(record))])
        else:
            made = rows_of(record)
        for name, row in made:
            add_row[name](row)

    columns = EventColumns(zone, stores["events"].add, put)
    for found in founds:
        if found.kind in EVENT_KINDS:
            columns.add(found)
        elif found.kind != "envelope":
            put(parse(found, zone))
    columns.end()
    return TableSet(stores, ids)
