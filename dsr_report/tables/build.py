"""Records → tables: streamed, in an order that depends on content alone, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from dsr_report.closing import Closing
from dsr_report.config import Config
from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.base import Record
from dsr_report.records.classifier import AlikeRecords
from dsr_report.records.kinds import EVENT_KINDS, kind_of
from dsr_report.records.models.mail import Mailing, Message, Snapshot
from dsr_report.records.parser import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.tables.blocks import ArrowBlocks, Columns, Lists
from dsr_report.tables.declarations.columns import ORIGIN, ORIGIN_BY_ROW
from dsr_report.tables.derived import Known
from dsr_report.tables.events import EventColumns, row_of
from dsr_report.tables.exact import json_text
from dsr_report.tables.ids import MessageIds, NumberedKeys
from dsr_report.tables.messages import merge_rows, rows_of_message
from dsr_report.tables.origins import Origins
from dsr_report.tables.rows import family_of_mailing, rows_of
from dsr_report.tables.schema import tables_by_name
from dsr_report.tables.store import Store
from dsr_report.tables.table import Table

_BATCH = 5_000
"""Rows of one batch of merged messages."""


class TableSet(Mapping[str, Any], Closing):
    """Tables of an export, built in one pass: `tables["events"]` is a pandas DataFrame.

    `batches(name)` streams a table's columns instead. Close it, or use it in a `with`, to remove temporary
    files.
    """

    def __init__(self, stores: dict[str, Store]) -> None:
        self._stores = stores
        self._frames: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
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
        """Remove temporary files; DataFrames that were made stay valid."""
        for store in self._stores.values():
            store.close()

    def count(self, name: str) -> int:
        """Number of rows added to a table (messages: records, before they are merged)."""
        return self._stores[name].count

    def batches(self, name: str) -> Iterator[Columns]:
        """A table's columns, a few thousand rows at a time, in the table's order."""
        store = self._stores[name]
        return _SPECIAL[name](store) if name in _SPECIAL else store.batches()

    def arrow_batches(self, name: str, schema: Any) -> Iterator[Any]:
        """A table's rows as Arrow's record batches of this schema."""
        from dsr_report.tables.arrow import record_batch, record_batch_of_block  # noqa: PLC0415 - pyarrow

        store = self._stores[name]
        if name in _SPECIAL or not isinstance(store.blocks, ArrowBlocks):
            for batch in self.batches(name):
                yield record_batch(batch, store.table, schema)
        else:
            for block, arrivals, seen in store.in_order():
                yield record_batch_of_block(block, store, arrivals, seen, schema)

    def tables(self) -> tuple[Table, ...]:
        """The tables' declarations."""
        return tuple(store.table for store in self._stores.values())


def _merged_messages(store: Store) -> Iterator[Columns]:
    """Rows of messages; those with the same key are merged."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for batch in store.batches():
        for cells in zip(*batch.values(), strict=True):
            row = dict(zip(batch, cells, strict=True))
            by_key.setdefault(row["message_key"], []).append(row)
    names = store.table.names
    rows = [merge_rows(group) if len(group) > 1 else group[0] for group in by_key.values()]
    rows.sort(key=lambda row: (row["sent_at"] is None, row["sent_at"] or 0, row["message_key"]))
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        yield {name: [row.get(name) for row in part] for name in names}


def _link_rows(store: Store) -> Iterator[Columns]:
    """Rows of links, message by message, with the keys of the clicks that followed them."""
    names = store.table.names
    held: Columns = {name: [] for name in names}
    for batch in store.batches():
        for name in names:
            held[name] += batch[name]
        last = held["message_key"].index(held["message_key"][-1])  # its links may go on
        if last:
            yield _with_link_keys({name: held[name][:last] for name in names}, store.known)
            held = {name: held[name][last:] for name in names}
    if held["message_key"]:
        yield _with_link_keys(held, store.known)


def _with_link_keys(links: Columns, known: Known) -> Columns:
    keys: list[str] = []
    occurrences: list[int] = []
    at = 0
    for message, rows in groupby(links["message_key"]):
        end = at + sum(1 for _ in rows)
        found = known.links.of_message(message, {name: links[name][at:end] for name in ("url", "purpose")})
        keys += found[0]
        occurrences += found[1]
        at = end
    return links | {"link_key": keys, "occurrence": occurrences}


def _numbered_mailings(store: Store) -> Iterator[Columns]:
    """Rows of mailings with the product in their keys; further records of one mailing are numbered."""
    resolve = store.known.mailings.resolve
    numbered = NumberedKeys(resolve(key) for batch in store.batches() for key in batch["mailing_key"])
    for batch in store.batches():
        yield batch | {"mailing_key": [numbered.key(resolve(key)) for key in batch["mailing_key"]]}


_SPECIAL: dict[str, Callable[[Store], Iterator[Columns]]] = {
    "messages": _merged_messages,
    "links": _link_rows,
    "mailings": _numbered_mailings,
}
"""Tables whose rows are transformed after they leave the store."""


_OF_MESSAGES = frozenset({"messages", "message_headers", "message_parts", "links"})
"""Tables that need the source of messages."""


def build(
    founds: Iterable[RawRecord | AlikeRecords],
    zone: ZoneInfo,
    *,
    info: JsonValue = None,
    info_pointer: str = "/info",
    only: Collection[str] | None = None,
    arrow: bool = False,
    subject_key: str | None = None,
    config: Config | None = None,
) -> TableSet:
    """Build the tables of an export's records.

    Args:
        founds: raw records of `records.classifier.Classifier.find`, or of its `find_alike`.
        zone: time zone of moments that name none.
        info: the export's `info`, for the table `subject`.
        info_pointer: JSON Pointer of `info`.
        only: names of the tables to build; what they do not need is not parsed.
        arrow: hold rows in Arrow columns, which needs pyarrow: faster where Parquet or DuckDB is wanted.
        subject_key: `subject_key` of all rows; made of `info` by default.
        config: the controller's configuration, with the origins of fields.
    """
    declared = tables_by_name()
    wanted = set(declared if only is None else only)
    if "links" in wanted:
        wanted.add("events")  # whose clicks give links their keys
    known = Known(zone)
    lists = Lists()
    stores = {
        name: Store(table, known, ArrowBlocks(table) if arrow else lists)
        for name, table in declared.items()
        if name in wanted
    }
    known.clicked = lambda: _clicks(stores["events"], known.messages)
    known.subject_key, row = subject_row(info, info_pointer)
    if subject_key is not None:
        known.subject_key = subject_key
        row |= {"subject_key": subject_key}
    if row.get("pointer") and "subject" in stores:
        stores["subject"].add_row(row)
    made = TableSet(stores)
    try:
        one_pass = _Pass(stores, known, zone, Origins(config or Config()))
        for found in founds:
            one_pass.add(found)
        one_pass.end()
    except BaseException:
        made.close()
        raise
    return made


def subject_row(info: JsonValue, pointer: str) -> tuple[str, dict[str, Any]]:
    """The key of the export's subject, and the row of `subject`."""
    if not isinstance(info, dict):
        return "", {}
    cells = {name: info.get(name) for name in ("type", "id")}
    kind, subject = (
        None if value is None or isinstance(value, (dict, list)) else str(value) for value in cells.values()
    )
    key = f"{kind or ''}:{subject or ''}"
    rest = {
        name: value for name, value in info.items() if name not in cells or isinstance(value, (dict, list))
    }
    row = {"subject_key": key, "subject_type": kind, "subject_id": subject, "pointer": pointer}
    return key, row | {"other": json_text(rest, sort=True) if rest else None}


class _Pass:
    """One pass over the records; each is parsed only if a wanted table needs it."""

    def __init__(self, stores: dict[str, Store], known: Known, zone: ZoneInfo, origins: Origins) -> None:
        self._stores = stores
        self._known = known
        self._origins = origins
        self._zone = zone
        self._reads_messages = not _OF_MESSAGES.isdisjoint(stores)
        self._parts = _OF_MESSAGES & stores.keys()
        self._events = EventColumns(zone, stores["events"].add, self._add) if "events" in stores else None
        self._reads_others = bool(stores.keys() - _OF_MESSAGES - {"events", "subject"})

    def add(self, found: RawRecord | AlikeRecords) -> None:
        """Process one record, or a group of alike ones."""
        if isinstance(found, AlikeRecords):
            if found.kind not in EVENT_KINDS or self._events is None or not self._events.add_alike(found):
                for one in found.one_by_one():
                    self.add(one)
        elif found.kind in EVENT_KINDS:
            if self._events is not None:
                self._events.add(found)
        elif found.kind == "message":
            if self._reads_messages:
                self._add(parse(found, self._zone))
            else:
                self._known.messages.learn_of(found, self._zone)
        elif (self._reads_others and not kind_of(found.kind).is_packaging) or found.kind in {
            "mailing",
            "snapshot",
        }:
            self._add(parse(found, self._zone))

    def end(self) -> None:
        """Flush the events that are still buffered."""
        if self._events is not None:
            self._events.end()

    def _add(self, record: Record) -> None:
        if isinstance(record, Message):
            self._known.messages.learn(record.internal_id, record.message_id, record.family)
            made = rows_of_message(record, self._parts)
        elif record.kind in EVENT_KINDS:
            made = iter([("events", row_of(record))])
        else:
            if isinstance(record, (Mailing, Snapshot)):
                self._known.mailings.learn(record.mailing_id, family_of_mailing(record))
            made = rows_of(record)
        for name, row in made:
            if name in self._stores:
                if name in ORIGIN_BY_ROW:
                    row[ORIGIN.name] = self._origins.of(record, name, row)
                self._stores[name].add_row(row)


def _clicks(events: Store, messages: MessageIds) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the message key, link number and address of every click."""
    for rows in events.arriving():
        ids, links = rows.cells("link_id"), rows.cells("link")
        if any(ids) or any(links):
            keys = rows.cells("message_key")
            for kind, key, number, link in zip(rows.cells("kind"), keys, ids, links, strict=True):
                if kind == "click":
                    yield "" if key is None else messages.resolve(key), number, link
