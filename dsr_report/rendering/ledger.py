"""The ledger of values: each value is shown in exactly one named place of the report, or nothing is written.

It works by double entry. `arriving` enters the items of the export by pointer; `settle` strikes out the
values that a chapter shows. A value struck out twice, or never, is an error that names its pointer. The
result is part of every disclosure as JSON Lines, one line for each record, and `verify` checks it against the
export.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring_ascii as quoted
from typing import Protocol

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import Item, JsonValue, count_values, values
from dsr_report.records.members import Members, values_of
from dsr_report.records.raw_record import RawRecord
from dsr_report.sentences import Sentence

_HINT = Sentence("Nothing was written. Please report this with the output of `dsr-report inspect -v`.")
EMBEDDED = "export.json"
"""File name of the export embedded in a PDF."""
_MOST_OPEN = 5_000_000
_MOST_WHOLE = 5_000
"""Arrived items kept whole while processes render them; above it the oldest is split into its values."""


class ByteSink(Protocol):
    """A target that a ledger can be written to."""

    def write(self, content: bytes, /) -> object:
        """Write some bytes."""
        ...


class Ledger:
    """The ledger of the values of one export.

    Attributes:
        values: place → number of values that it shows.
        records: (kind, place) → number of records.
    """

    def __init__(self, hidden: Mapping[str, str] | None = None, partly: Iterable[str] = ()) -> None:
        """`hidden` maps pointers of hidden values to their treatment (`mask` or `withhold`).

        `partly` has the pointers of values that are hidden in part. `place_of` finds both.
        """
        self.values: Counter[str] = Counter()
        self.records: Counter[tuple[str, str]] = Counter()
        self.lines = 0
        self._hidden = dict(hidden or {})
        self._places: dict[str, tuple[str, str]] = {}
        self._marked = {above for pointer in (*self._hidden, *partly) for above in _ancestors(pointer)}
        self._whole: dict[str, Item] = {}
        self._open: dict[str, None] = {}
        self._file = tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - closed by `remove`

    def arriving(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield the items unchanged; each is open until it is settled, which may be some items later."""
        for item in items:
            if item.pointer in self._whole:
                self._divide(item.pointer)
            self._whole[item.pointer] = item
            if len(self._whole) > _MOST_WHOLE:
                self._divide(next(iter(self._whole)))
            yield item

    def settle(
        self, found: RawRecord, place: str, anchor: str, shown: int, in_file: tuple[str, ...] = ()
    ) -> None:
        """Enter that a record is shown at `anchor` of `place`, with `shown` values.

        Values at and below `in_file` (pointers relative to the record's) are not printed there in full; the
        export embedded in the report has them.

        Raises:
            LedgerError: the record was settled before, or not all of its values are shown.
        """
        whole = self._whole.get(found.pointer)
        if whole is not None and found.value is whole.value:
            del self._whole[found.pointer]
            count = count_values(found.value)
        else:
            count = self._strike(found)
        if shown != count:
            raise LedgerError(
                Sentence(
                    "the record at {pointer} has {count} values, and {shown} would be shown",
                    pointer=found.pointer or "/",
                    count=count,
                    shown=shown,
                ),
                hint=_HINT,
            )
        members = tuple(found.value.places.values()) if isinstance(found.value, Members) else ()
        self._note(found.pointer, found.kind, found.value, count, place, anchor, members, in_file)
        self.records[found.kind, place] += 1
        for top in (f"{found.pointer}{member}" for member in members or ("",)):
            if top in self._marked:
                self._places[top] = place, anchor

    def place_of(self, pointer: str) -> tuple[str, str] | None:
        """Place and anchor of a value that is hidden as a whole or in part; None if it is not settled."""
        return next((self._places[above] for above in _ancestors(pointer) if above in self._places), None)

    def settle_info(self, pointer: str, value: JsonValue, place: str, anchor: str) -> None:
        """Enter that the export's `info` is shown."""
        self._note(pointer, "info", value, count_values(value), place, anchor, ())

    @property
    def total(self) -> int:
        """Number of all values shown."""
        return sum(self.values.values())

    def places(self) -> dict[str, tuple[int, tuple[str, ...]]]:
        """Kind → (number of records, places that show them)."""
        result: dict[str, tuple[int, tuple[str, ...]]] = {}
        for (kind, place), count in sorted(self.records.items()):
            known, places = result.get(kind, (0, ()))
            result[kind] = (known + count, (*places, place))
        return result

    def close(self, expected: int) -> None:
        """Check that no value is open, and that the number of values shown is `expected`.

        Raises:
            LedgerError: a value is open, or the report shows more or fewer values than the export holds.
        """
        for pointer in list(self._whole):
            self._divide(pointer)
        if self._open:
            self._fail(Sentence("the value at {pointer} would not be shown", pointer=next(iter(self._open))))
        if self._hidden:
            self._fail(
                Sentence("the hidden value at {pointer} is in no record", pointer=next(iter(self._hidden)))
            )
        if self.total != expected:
            self._fail(
                Sentence(
                    "the export holds {expected} values, and the report would account for {total}",
                    expected=expected,
                    total=self.total,
                )
            )

    def copy_to(self, target: ByteSink) -> None:
        """Write the ledger as JSON Lines."""
        self._file.seek(0)
        shutil.copyfileobj(self._file, target, 1 << 20)

    def remove(self) -> None:
        """Remove the file."""
        self._file.close()

    def _strike(self, found: RawRecord) -> int:
        count = 0
        for pointer, _ in found.values():
            if pointer not in self._open:
                self._divide(next((above for above in _ancestors(pointer) if above in self._whole), None))
            if pointer not in self._open:
                self._fail(
                    Sentence(
                        "the value at {pointer} would be shown twice, or is not in the export",
                        pointer=pointer,
                    )
                )
            del self._open[pointer]
            count += 1
        return count

    def _divide(self, pointer: str | None) -> None:
        """Split an item that is not one record, so that each of its values is open individually."""
        if pointer is None:
            return
        item = self._whole.pop(pointer)
        self._open.update((pointer, None) for pointer, _ in values(item.value, item.pointer))
        if len(self._open) > _MOST_OPEN:
            self._fail(Sentence("the value at {pointer} would not be shown", pointer=next(iter(self._open))))

    def _note(  # noqa: PLR0917 - what a line says
        self,
        pointer: str,
        kind: str,
        value: JsonValue,
        count: int,
        place: str,
        anchor: str,
        members: tuple[str, ...],
        in_file: tuple[str, ...] = (),
    ) -> None:
        self.values[place] += count
        self.lines += 1
        more = f',"members":[{",".join(map(quoted, members))}]' if members else ""
        if pointer in self._marked:
            more += self._hidden_below(pointer, value)
        file = f',"file":"{EMBEDDED}","in_file":[{",".join(map(quoted, in_file))}]' if in_file else ""
        self._file.write(
            f'{{"pointer":{quoted(pointer)}{more},"values":{count},"kind":{quoted(kind)},'
            f'"place":"{place}","anchor":"{anchor}"{file}}}\n'.encode("ascii")
        )

    def _hidden_below(self, pointer: str, value: JsonValue) -> str:
        treatments: Counter[str] = Counter()
        for below, _ in values_of(value, pointer):
            treatment = self._hidden.pop(below, None)
            if treatment is not None:
                treatments[treatment] += 1
        masked, withheld = treatments["mask"], treatments["withhold"]
        return (f',"masked":{masked}' if masked else "") + (f',"withheld":{withheld}' if withheld else "")

    def _fail(self, what: str) -> None:
        raise LedgerError(what, hint=_HINT)


def _ancestors(pointer: str) -> Iterator[str]:
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer
