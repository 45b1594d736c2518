"""Copy an export byte for byte, except for the values that are replaced."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from dsr_report.errors import RedactionError
from dsr_report.jsonstream.decoder import LosslessDecoder, Token
from dsr_report.jsonstream.file import ExportFile
from dsr_report.jsonstream.items import Item
from dsr_report.jsonstream.salvage import Cutoff
from dsr_report.jsonstream.scanner import SPACE, Extent, Shape, run
from dsr_report.jsonstream.stream import Batch, ItemStream

Replacements = Callable[[Item], Mapping[str, str]]
"""Returns the replaced values of an item, by pointer, with their new texts."""

Wanted = Sequence[Mapping[str, str]]
ReplacementsOfMany = Callable[[Iterable[Sequence[Item]]], Iterator[Wanted]]
"""Like `Replacements`, for consecutive lists of items, in order; may fetch a few lists ahead."""

_BLOCK = 1 << 20


def rewrite(export: ExportFile, replacements: Replacements, target: BinaryIO) -> None:
    """Write the JSON of `export` to `target`, with some values replaced by strings.

    Everything else stays unchanged: white space, the spelling of numbers, escapes, order and repeated names.
    Of a broken file opened with `salvage`, the intact part is written and closed to valid JSON.

    Args:
        export: the export to copy.
        replacements: called with each item, including `info` (label `info`) and the members beside it.
        target: receives the bytes.

    Raises:
        RedactionError: a pointer names no value of its item.
    """

    def one_by_one(lists: Iterable[Sequence[Item]]) -> Iterator[Wanted]:
        for items in lists:
            yield [replacements(item) for item in items]

    rewrite_many(export, one_by_one, target)


def rewrite_many(export: ExportFile, replacements: ReplacementsOfMany, target: BinaryIO) -> None:
    """Like `rewrite`, with the replacements computed for many items at a time."""
    cutoff: Cutoff | None = None

    def note_cutoff(walk: ItemStream) -> None:
        nonlocal cutoff
        cutoff = walk.cutoff

    waiting: deque[Batch] = deque()

    def lists() -> Iterator[Sequence[Item]]:
        for batch in export.pieces(note_cutoff):
            waiting.append(batch)
            yield batch.items

    done = 0
    with export.raw() as file:
        for wanted in replacements(lists()):
            batch = waiting.popleft()
            if batch.rescued is None and not any(wanted):
                continue
            _copy(file, target, batch.start - done)
            text = batch.rescued if batch.rescued is not None else file.read(batch.end - batch.start)
            if batch.rescued is not None:
                file.seek(batch.end)
            done = batch.end
            target.writelines(_pieces_of(text, batch, wanted))
        if cutoff:
            _copy(file, target, cutoff.whole - done)
            target.write(cutoff.closers)
        else:
            _copy(file, target, export.bytes - done)


def _copy(file: BinaryIO, target: BinaryIO, size: int) -> None:
    while size > 0:
        block = file.read(min(_BLOCK, size))
        if not block:
            return
        target.write(block)
        size -= len(block)


def _pieces_of(text: bytes, batch: Batch, wanted: Wanted) -> list[bytes]:
    """The text of a batch in pieces, with the wanted replacements."""
    pieces: list[bytes] = []
    done = 0
    for item, begin, changes in zip(batch.items, _beginnings(text, batch), wanted, strict=True):
        if not changes:
            continue
        left = dict(changes)
        for token in _tokens(text, begin, item.pointer, batch):
            mark = left.pop(token.pointer, None)
            if mark is not None:
                pieces += [text[done : token.start], json.dumps(mark).encode("ascii")]
                done = token.end
        if left:
            raise RedactionError(
                "there is no value to replace",
                where=next(iter(left)),
                hint="Run `dsr-report review` on this export again.",
            )
    return [*pieces, text[done:]]


def _beginnings(text: bytes, batch: Batch) -> list[int]:
    """The offset of each item's value."""
    if batch.kind not in (Shape.ELEMENTS.value, Shape.MEMBERS.value):
        return [0] if batch.kind != "lines" else list(_beginnings_of_lines(text))
    start = 1 if batch.rescued is not None and text.startswith(b",") else 0
    return [begin for _, begin, _ in run(text, start, len(text), Shape(batch.kind), ended=True)]


def _beginnings_of_lines(text: bytes) -> Iterator[int]:
    at = 0
    while at < len(text):
        yield at
        end = Extent().reach(text, at)
        match = SPACE.match(text, end)
        at = match.end() if match else end


def _tokens(text: bytes, begin: int, pointer: str, batch: Batch) -> list[Token]:
    if batch.kind == "text":
        return [Token(pointer, 0, len(text))]
    tokens: list[Token] = []
    LosslessDecoder(lambda *_: None, tokens=tokens).value(text, begin, pointer)
    return tokens
