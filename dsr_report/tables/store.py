"""Rows on their way: kept in columns, put aside on disk where they are many, and given back in order.

The order is one of content: the table's `order`, then a fingerprint of the whole row; never the place in
the file. Rows that are put aside stand in a nameless temporary file that only this process can read.
"""

from __future__ import annotations

import marshal
import tempfile
import weakref
from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np

from dsr_report.tables.schema import MOMENT, Table

Columns = dict[str, list[Any]]
"""Column → cells: text, int (also microseconds since 1970 for moments), bool or None."""

_BLOCK = 4_000
_CHUNK = 20_000
_SPOOL = 1 << 20
_IN_MEMORY = 48 << 20
_LAST = np.iinfo(np.int64).max

KIND_ORDER = (
    "attempt",
    "retry",
    "delivery",
    "error",
    "bounce",
    "response",
    "impression",
    "open_or_click",
    "click",
    "unsubscribe",
    "abuse",
)


def fingerprint(cells: tuple[str, ...]) -> bytes:
    """Eight bytes that stand for a row's content."""
    return blake2b("\x1f".join(cells).encode("utf-8", "surrogatepass"), digest_size=8).digest()


@lru_cache
def hashed_columns(table: Table) -> tuple[str, ...]:
    """The columns that a row's fingerprint is made of: what the export says, not where, nor what follows."""
    left_out = {"pointer", "other_pointers", "family", "message_key", table.key}
    return tuple(c.name for c in table.columns if c.name not in left_out and c.dtype != MOMENT)


def row_key(table: Table, row: dict[str, Any]) -> str:
    """The key that a row will have, for rows of other tables to lead to."""
    cells = tuple("" if row.get(name) is None else str(row[name]) for name in hashed_columns(table))
    return fingerprint(cells).hex()


class Store:
    """The rows of one table."""

    def __init__(self, table: Table, resolve: Callable[[str], str]) -> None:
        """`resolve` gives the final `message_key` for one that was made before all messages were known."""
        self.table = table
        self._resolve = resolve if any(c.name == "message_key" for c in table.columns) else None
        self._hashed = hashed_columns(table)
        self._belongs = "message_key" in table.order and table.key != "message_key"
        self._pending: Columns = {}
        self._pending_count = 0
        self._file = tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - closed with the store
        self._closing = weakref.finalize(self, self._file.close)
        self._blocks: list[tuple[int, int, int]] = []  # offset, size, first row
        self._fingerprints: list[bytes] = []
        self._order_codes: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in table.order}
        self._codes: dict[str, dict[str | None, int]] = {name: {} for name in table.order}
        self.count = 0

    def close(self) -> None:
        """Let go of what was put aside."""
        self._closing()

    def add_row(self, row: dict[str, Any]) -> None:
        """One row; columns that it does not name are null."""
        pending = self._pending
        for name in row:
            if name not in pending:
                pending[name] = [None] * self._pending_count
        for name, cells in pending.items():
            cells.append(row.get(name))
        self._pending_count += 1
        if self._pending_count >= _BLOCK:
            self._flush()

    def add(self, columns: Columns, count: int) -> None:
        """Many rows at once; columns that are missing are null."""
        self._flush()
        self._put(columns, count)

    def _flush(self) -> None:
        if self._pending_count:
            columns, count = self._pending, self._pending_count
            self._pending, self._pending_count = {}, 0
            self._put(columns, count)

    def _put(self, columns: Columns, count: int) -> None:
        block = b"".join(self._prints(columns, count))
        self._fingerprints.append(block)
        for name in self.table.order:
            self._order_codes[name].append(self._coded(name, columns.get(name), count))
        data = marshal.dumps((count, columns))
        offset = self._file.seek(0, 2)
        self._file.write(data)
        self._blocks.append((offset, len(data), self.count))
        self.count += count

    def _prints(self, columns: Columns, count: int) -> Iterator[bytes]:
        """Each row's fingerprint; columns that are missing count as empty, without being looked at."""
        template, gap = "", 0
        texts: list[list[str]] = []
        for name in self._hashed:
            if name in columns:
                template += "\x1f" * gap + "%s"
                texts.append(_as_texts(columns[name]))
                gap = 0
            gap += 1
        template += "\x1f" * (gap - 1)
        lines = map(template.__mod__, zip(*texts, strict=True)) if texts else repeat(template, count)
        for line in lines:
            yield blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest()

    def _coded(self, name: str, cells: list[Any] | None, count: int) -> np.ndarray[Any, Any]:
        """Numbers to sort by: moments and numbers as they are, texts by their place among all texts."""
        if cells is None:
            cells = [None] * count
        if self.table.column(name).dtype in {MOMENT, "int64"}:
            return np.fromiter((_LAST if cell is None else cell for cell in cells), np.int64, count)
        codes = self._codes[name]
        return np.fromiter((codes.setdefault(cell, len(codes)) for cell in cells), np.int64, count)

    def _ranks(self) -> np.ndarray[Any, Any]:
        """For each row in the order of arrival its place in the order of content."""
        prints = np.frombuffer(b"".join(self._fingerprints), dtype=">u8")
        keys: list[np.ndarray[Any, Any]] = [prints.astype(np.uint64)]
        for name in reversed(self.table.order):
            column = np.concatenate(self._order_codes[name])
            if self.table.column(name).dtype not in {MOMENT, "int64"}:
                column = self._ranked(name)[column]
            keys.append(column)
        order = np.lexsort(keys)
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        return ranks

    def _ranked(self, name: str) -> np.ndarray[Any, Any]:
        texts = list(self._codes[name])
        if name == "kind" and self.table.name == "events":
            places = {kind: place for place, kind in enumerate(KIND_ORDER)}
            ordered = sorted(
                range(len(texts)), key=lambda i: (places.get(texts[i] or "", 99), texts[i] or "")
            )
        elif name == "message_key" and self._resolve is not None:
            resolve = self._resolve
            final = [resolve(text) if text is not None else "" for text in texts]
            places = {text: place for place, text in enumerate(sorted(set(final), key=_natural))}
            return np.array([places[text] for text in final], np.int64)
        else:
            ordered = sorted(range(len(texts)), key=lambda i: (texts[i] is None, _natural(texts[i] or "")))
        ranks = np.empty(len(texts), np.int64)
        for place, index in enumerate(ordered):
            ranks[index] = place
        return ranks

    def batches(self) -> Iterator[Columns]:
        """All rows in the order of content, in batches that have every column."""
        self._flush()
        if not self.count:
            return
        ranks = self._ranks()
        prints = b"".join(self._fingerprints)
        seen = _Seen()
        if self._file.seek(0, 2) <= _IN_MEMORY:
            yield from self._finished(self._pieces(ranks, None), prints, ranks, seen)
            return
        with tempfile.TemporaryFile() as spread:
            chunks = self._spread(ranks, spread)
            for places in chunks:
                yield from self._finished(self._loaded(spread, places), prints, ranks, seen)

    def _pieces(
        self, ranks: np.ndarray[Any, Any], _chunk: None
    ) -> Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], Columns]]:
        """Every block: the rows' ranks, their places of arrival, and their cells."""
        for offset, size, first in self._blocks:
            self._file.seek(offset)
            count, columns = marshal.loads(self._file.read(size))  # noqa: S302 - our own nameless file
            yield ranks[first : first + count], np.arange(first, first + count), columns

    def _spread(self, ranks: np.ndarray[Any, Any], spread: Any) -> list[list[tuple[int, int]]]:
        """Put rows that will stand together together, in a second file: (offset, size) by chunk."""
        chunks: list[list[tuple[int, int]]] = [[] for _ in range(self.count // _CHUNK + 1)]
        for block_ranks, arrivals, columns in self._pieces(ranks, None):
            numbers = block_ranks // _CHUNK
            for number in np.unique(numbers):
                picked = np.flatnonzero(numbers == number)
                part = columns
                if len(picked) < len(numbers):
                    pick = _picking(picked.tolist())
                    part = {name: pick(cells) for name, cells in columns.items()}
                data = marshal.dumps((block_ranks[picked].tolist(), arrivals[picked].tolist(), part))
                offset = spread.seek(0, 2)
                spread.write(data)
                chunks[int(number)].append((offset, len(data)))
        return chunks

    @staticmethod
    def _loaded(
        spread: Any, places: list[tuple[int, int]]
    ) -> Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], Columns]]:
        for offset, size in places:
            spread.seek(offset)
            ranks, arrivals, columns = marshal.loads(spread.read(size))  # noqa: S302 - our own nameless file
            yield np.array(ranks, np.int64), np.array(arrivals, np.int64), columns

    def _finished(
        self,
        pieces: Iterator[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], Columns]],
        prints: bytes,
        _ranks: np.ndarray[Any, Any],
        seen: _Seen,
    ) -> Iterator[Columns]:
        """Batches in order, with keys."""
        gathered: Columns = {}
        all_ranks, all_arrivals, total = [], [], 0
        for ranks, arrivals, columns in pieces:
            for name, cells in columns.items():
                if name not in gathered:
                    gathered[name] = [None] * total
                gathered[name].extend(cells)
            total += len(ranks)
            for cells in gathered.values():
                if len(cells) < total:
                    cells.extend([None] * (total - len(cells)))
            all_ranks.append(ranks)
            all_arrivals.append(arrivals)
        if not total:
            return
        order = np.argsort(np.concatenate(all_ranks))
        arrivals = np.concatenate(all_arrivals)
        for start in range(0, total, _CHUNK):
            picked = order[start : start + _CHUNK].tolist()
            pick, nulls = _picking(picked), [None] * len(picked)
            batch: Columns = {
                name: pick(gathered[name]) if name in gathered else nulls for name in self.table.names
            }
            if self._resolve is not None:
                resolve = self._resolve
                batch["message_key"] = [None if key is None else resolve(key) for key in batch["message_key"]]
            if self.table.key not in gathered:
                places = [int(arrivals[i]) * 8 for i in picked]
                keys = [prints[at : at + 8].hex() for at in places]
                if self._belongs:  # alike rows of different messages are different rows
                    whole = zip(batch["message_key"], keys, strict=True)
                    keys = [fingerprint((message or "", key)).hex() for message, key in whole]
                batch[self.table.key] = list(map(seen.unique, keys))
            yield batch


def _picking(places: list[int]) -> Callable[[list[Any]], list[Any]]:
    """What gives the cells at these places."""
    if len(places) == 1:
        return lambda cells: [cells[places[0]]]
    getter = itemgetter(*places)
    return lambda cells: list(getter(cells))


class _Seen:
    """Makes keys unique: rows that are alike in all they say follow each other, and are numbered."""

    def __init__(self) -> None:
        self._last = ""
        self._count = 0

    def unique(self, key: str) -> str:
        if key != self._last:
            self._last, self._count = key, 1
            return key
        self._count += 1
        return f"{key}-{self._count}"


def _as_texts(cells: list[Any]) -> list[str]:
    kinds = set(map(type, cells))
    if kinds == {str}:
        return cells
    return ["" if cell is None else cell if type(cell) is str else str(cell) for cell in cells]


def _natural(text: str) -> tuple[int, str]:
    """Texts in order, with numbers by their value."""
    return (len(text), text) if text.isascii() and text.isdigit() else (1 << 30, text)
