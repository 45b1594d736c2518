"""The account of values: each is shown in one place of the report that has a name, or nothing is written.

Two hands keep it. `arriving` notes what the reader hands over, by pointer; `settle` strikes out what a chapter
has shown, by pointer. What is struck out twice, or not at all, is an error that names its pointer. The result
goes into every disclosure as JSON Lines, a line for each record, and `verify` checks it against the export.
"""

from __future__ import annotations

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
"""The name of the export that a PDF carries."""
_MOST_OPEN = 5_000_000
_MOST_WHOLE = 5_000
"""Items that have arrived and are not settled: they wait for the processes that render them."""


class ByteSink(Protocol):
    """What a ledger can be written to."""

    def write(self, content: bytes, /) -> object:
        """Take some bytes."""
        ...


class Ledger:
    """Where each value of an export is shown.

    Attributes:
        values: place → how many values it shows.
        records: (kind, place) → how many records.
    """

    def __init__(self, hidden: Mapping[str, str] | None = None, partly: Iterable[str] = ()) -> None:
        """`hidden` has the pointers of values that are masked (`mask`) or withheld (`withhold`).

        `partly` has those of which a part is; both are looked up in `place_of`.
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
        """The same items; each is open until it is settled, which may be some items later."""
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
        """Note that a record is shown at `anchor` of `place`, with `shown` values.

        Those at and below `in_file` (pointers below the record's own) are not printed there in full; the
        export that is embedded in the report has them.

        Raises:
            LedgerError: it was settled before, or not all of it is shown.
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
        """The place and the anchor at which a value is shown that is hidden, or of which a part is."""
        return next((self._places[above] for above in _ancestors(pointer) if above in self._places), None)

    def settle_info(self, pointer: str, value: JsonValue, place: str, anchor: str) -> None:
        """Note that what the export says of itself is shown."""
        self._note(pointer, "info", value, count_values(value), place, anchor, ())

    @property
    def total(self) -> int:
        """All values that are shown."""
        return sum(self.values.values())

    def places(self) -> dict[str, tuple[int, tuple[str, ...]]]:
        """For each kind: how many records, and where they are shown."""
        result: dict[str, tuple[int, tuple[str, ...]]] = {}
        for (kind, place), count in sorted(self.records.items()):
            known, places = result.get(kind, (0, ()))
            result[kind] = (known + count, (*places, place))
        return result

    def close(self, expected: int) -> None:
        """Check that nothing is open any more, and that the sum is `expected`.

        Raises:
            LedgerError: a value is open, or the report shows more or fewer than the export holds.
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
        while block := self._file.read(1 << 20):
            target.write(block)

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
        """Of an item that is not shown as it is, each value is open by itself."""
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
