"""Storage of rows: held in columns, spooled to disk if they are many, and read in order.

The order depends on content: the table's `order`, then a fingerprint of the whole row; never on the place in
    the file. Spooled rows are in a nameless temporary file that only this process can read.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise, repeat
from typing import Any

import numpy as np

from dsr_report.records.kinds import KINDS
from dsr_report.spool import BlockFile
from dsr_report.tables.blocks import BlockRows, Blocks, Columns, ListRows, Places
from dsr_report.tables.derived import Known
from dsr_report.tables.table import MOMENT, Table

_BLOCK_ROWS = 4_000
"""Maximum rows of a block of single rows."""
_BLOCK_TEXT = 2 << 20
"""Characters of long texts in a block of single rows; beyond it, the block ends."""
_MOST_ROWS = 20_000
"""Maximum rows of a chunk of output."""
_FEWEST_ROWS = 20
"""Rows that a chunk of output has room for, however large they are."""
_CHUNK_BYTES = 6 << 20
"""Bytes of a chunk of output."""
_SPOOL = 1 << 20
"""Bytes of a table that stay in memory; a larger table is in a file."""
_IN_MEMORY = 12 << 20
"""Bytes of a table that is sorted in memory; a larger one goes through a second file."""
_LONG = 256
"""Characters from which on a text counts for `_BLOCK_TEXT`."""
_LAST = np.iinfo(np.int64).max


def fingerprint(cells: tuple[str, ...]) -> bytes:
    """Hash of a row's content, of eight bytes."""
    return _digest("\x1f".join(cells))


_HASH = blake2b(digest_size=8)


def _digest(line: str) -> bytes:
    digest = _HASH.copy()  # half the time of making a new one
    digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.digest()


_NO_KEY = int.from_bytes(_digest(""), "big")


@lru_cache
def hashed_columns(table: Table) -> tuple[str, ...]:
    """The columns of a row's fingerprint: the export's content, without places and derived values."""
    return tuple(c.name for c in table.columns if c.is_content and not c.is_derived and c.name != table.key)


def row_key(table: Table, row: dict[str, Any]) -> str:
    """The key that a row will have, for references from other tables."""
    cells = tuple("" if row.get(name) is None else str(row[name]) for name in hashed_columns(table))
    return fingerprint(cells).hex()


class Store:
    """The rows of one table."""

    def __init__(self, table: Table, known: Known, blocks: Blocks) -> None:
        """`known` is the state from all records together."""
        self.table = table
        self.blocks = blocks
        self.known = known
        self._resolve = (
            known.messages.resolve if any(c.name == "message_key" for c in table.columns) else None
        )
        self._hashed = hashed_columns(table)
        self._belongs = "message_key" in table.order and table.key != "message_key"
        self._pending: Columns = {}
        self._pending_count = self._pending_text = 0
        self._file = BlockFile(in_memory=_SPOOL)
        self._closing = weakref.finalize(self, self._file.close)
        self._places: list[tuple[int, int, int]] = []  # offset, size, first row
        self._fingerprints: list[bytes] = []
        self._given_keys: dict[int, Places] = {}  # by the first row of a block: hashes of keys that rows have
        self._order_codes: dict[str, list[Places]] = {name: [] for name in table.order}
        self._codes: dict[str, dict[str | None, int]] = {name: {} for name in table.order}
        self._put_count = 0

    @property
    def count(self) -> int:
        """How many rows were added."""
        return self._put_count + self._pending_count

    def close(self) -> None:
        """Remove the temporary file."""
        self._closing()

    def add_row(self, row: dict[str, Any]) -> None:
        """Add a row; columns that it lacks are null."""
        pending = self._pending
        for name, cell in row.items():
            if name not in pending:
                pending[name] = [None] * self._pending_count
            if type(cell) is str and len(cell) > _LONG:
                self._pending_text += len(cell)
        for name, cells in pending.items():
            cells.append(row.get(name))
        self._pending_count += 1
        if self._pending_count >= _BLOCK_ROWS or self._pending_text > _BLOCK_TEXT:
            self._flush()

    def add(self, columns: Columns, count: int) -> None:
        """Add many rows; columns that are missing are null."""
        self._flush()
        self._add_block(columns, count)

    def _flush(self) -> None:
        if self._pending_count:
            columns, count = self._pending, self._pending_count
            self._pending, self._pending_count, self._pending_text = {}, 0, 0
            self._add_block(columns, count)

    def _add_block(self, columns: Columns, count: int) -> None:
        block = b"".join(self._prints(columns, count))
        self._fingerprints.append(block)
        if (keys := columns.get(self.table.key)) is not None:
            given = b"".join(_digest(key or "") for key in keys)
            self._given_keys[self._put_count] = np.frombuffer(given, dtype=">u8").astype(np.uint64)
        for name in self.table.order:
            self._order_codes[name].append(self._codes_of(name, columns.get(name), count))
        data = self.blocks.pack(columns, count)
        offset = self._file.add(data)
        self._places.append((offset, len(data), self._put_count))
        self._put_count += count

    def _prints(self, columns: Columns, count: int) -> Iterator[bytes]:
        """Yield each row's fingerprint; missing columns count as empty, without being built."""
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
        return map(_digest, lines)

    def _codes_of(self, name: str, cells: list[Any] | None, count: int) -> Places:
        """Sort codes: moments and numbers as they are, texts by their index among all distinct texts."""
        if cells is None:
            cells = [None] * count
        if self.table.column(name).dtype in {MOMENT, "int64"}:
            if None in cells:
                cells = [_LAST if cell is None else cell for cell in cells]
            return np.array(cells, np.int64)
        codes = self._codes[name]
        if cells.count(cells[0]) == count:
            return np.full(count, codes.setdefault(cells[0], len(codes)), np.int64)
        return np.fromiter((codes.setdefault(cell, len(codes)) for cell in cells), np.int64, count)

    def _ranks(self) -> Places:
        """The position of each row, taken in the order of arrival, in the order of content."""
        keys: list[Places] = [self._all_prints]
        if self._given_keys:  # rows of one content can differ in them
            given = np.full(self.count, _NO_KEY, np.uint64)
            for first, part in self._given_keys.items():
                given[first : first + len(part)] = part
            keys.insert(0, given)
        for name in reversed(self.table.order):
            column = np.concatenate(self._order_codes[name])
            if self.table.column(name).dtype not in {MOMENT, "int64"}:
                column = self._ranks_of(name)[column]
            keys.append(column)
        order = np.lexsort(keys)
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        return ranks

    def _ranks_of(self, name: str) -> Places:
        texts = list(self._codes[name])
        if name == "kind" and self.table.name == "events":
            places = {kind: place for place, kind in enumerate(KINDS)}
            ordered = sorted(range(len(texts)), key=lambda i: places[texts[i] or ""])
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
        for block, arrivals, seen in self.in_order():
            columns, count = self.blocks.columns(block)
            columns |= self.resolve(ListRows(columns, count), arrivals, seen)
            nulls = [None] * count
            yield {name: columns.get(name, nulls) for name in self.table.names}

    def arriving(self) -> Iterator[BlockRows]:
        """All rows in the order of arrival, block by block, without derived columns."""
        self._flush()
        return map(self.blocks.rows, self._load(self._file, self._places))

    def resolve(self, rows: BlockRows, arrivals: Places, seen: Seen) -> dict[str, Any]:
        """The columns of a block that are known at the end only: keys and derived columns."""
        result: dict[str, Any] = {}
        message_keys: list[Any] | None = None
        if self._resolve is not None:
            message_keys = rows.cells("message_key")
            final = {key: key if key is None else self._resolve(key) for key in set(message_keys)}
            result["message_key"] = message_keys = list(map(final.__getitem__, message_keys))
        if self.table.key != "message_key":
            keys = rows.cells(self.table.key)
            if None in keys:
                digits = self._all_prints[arrivals].astype(">u8").tobytes().hex()
                made = [digits[at : at + 16] for at in range(0, len(digits), 16)]
                if self._belongs:  # alike rows of different messages are different rows
                    whole = zip(message_keys or [], made, strict=True)
                    made = [fingerprint((message or "", key)).hex() for message, key in whole]
                keys = [one if key is None else key for key, one in zip(keys, made, strict=True)]
            # Rows with the same mailing need not follow each other: `build` numbers them.
            result[self.table.key] = keys if self.table.key == "mailing_key" else seen.unique(keys)
        return result | self.known.columns(self.table, rows, message_keys)

    def in_order(self) -> Iterator[tuple[Any, Places, Seen]]:
        """Yield blocks in the order of content, with arrival numbers of rows and the state of unique keys."""
        self._flush()
        if not self.count:
            return
        self._all_prints = np.frombuffer(b"".join(self._fingerprints), dtype=">u8").astype(np.uint64)
        ranks = self._ranks()
        seen = Seen()
        order = np.argsort(ranks)
        ends = self._ends(order)
        if self._file.size <= _IN_MEMORY:
            block = self.blocks.join(list(self._load(self._file, self._places)))
            for start, end in pairwise([0, *ends.tolist()]):
                places = order[start:end]
                yield self.blocks.take(block, places), places, seen
            return
        with closing(BlockFile()) as spread:
            for pieces in self._spread(ranks, ends, spread):
                block = self.blocks.join(list(self._load(spread, [piece[0] for piece in pieces])))
                order = np.argsort(np.concatenate([piece[1] for piece in pieces]))
                arrivals = np.concatenate([piece[2] for piece in pieces])
                yield self.blocks.take(block, order), arrivals[order], seen

    def _ends(self, order: Places) -> Places:
        """Ends of chunks of rows in `order`, each of about `_CHUNK_BYTES` by the mean row sizes of blocks."""
        firsts = [first for _, _, first in self._places]
        counts = np.diff([*firsts, self.count])
        sizes = np.array([size for _, size, _ in self._places])
        weights = np.clip(sizes / counts, _CHUNK_BYTES / _MOST_ROWS, _CHUNK_BYTES / _FEWEST_ROWS)
        chunks = np.cumsum(np.repeat(weights, counts)[order]) // _CHUNK_BYTES
        return np.append(np.flatnonzero(np.diff(chunks)) + 1, self.count)

    def _load(self, file: BlockFile, places: Iterable[tuple[int, ...]]) -> Iterator[Any]:
        for offset, size, *_ in places:
            yield self.blocks.unpack(file.read(offset, size))

    def _spread(
        self, ranks: Places, ends: Places, spread: BlockFile
    ) -> list[list[tuple[tuple[int, int], Places, Places]]]:
        """Write the rows of each chunk together into a second file: (place, ranks, arrivals) by chunk."""
        chunks: list[list[tuple[tuple[int, int], Places, Places]]] = [[] for _ in ends]
        group: list[tuple[int, int, int]] = []
        for index, place in enumerate(self._places):
            group.append(place)
            is_last = index + 1 == len(self._places)
            end = self.count if is_last else self._places[index + 1][2]
            weight = place[0] + place[1] - group[0][0]
            if not is_last and weight < _CHUNK_BYTES and end - group[0][2] < _MOST_ROWS:
                continue
            arrivals = np.arange(group[0][2], end)
            order = np.argsort(ranks[arrivals])
            arrivals = arrivals[order]
            block = self.blocks.take(self.blocks.join(list(self._load(self._file, group))), order)
            numbers = np.searchsorted(ends, ranks[arrivals], side="right")
            starts = [*np.flatnonzero(np.diff(numbers, prepend=-1)).tolist(), len(numbers)]
            for start, stop in pairwise(starts):
                data = self.blocks.repack(self.blocks.part(block, start, stop))
                offset = spread.add(data)
                there = arrivals[start:stop]
                chunks[int(numbers[start])].append(((offset, len(data)), ranks[there], there))
            group = []
        return chunks


class Seen:
    """Makes keys unique: rows with the same content follow each other, and are numbered."""

    def __init__(self) -> None:
        self._last = ""
        self._count = 0

    def unique(self, keys: list[str]) -> list[str]:
        """Number the repeated keys of the next rows; the rows before count, too."""
        if self._last != keys[0] and len(set(keys)) == len(keys):
            self._last, self._count = keys[-1], 1
            return keys
        return list(map(self._one, keys))

    def _one(self, key: str) -> str:
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
    """Sort key of a text; whole numbers sort by value."""
    return (len(text), text) if text.isascii() and text.isdigit() else (1 << 30, text)
