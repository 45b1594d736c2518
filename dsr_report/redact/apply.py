"""The redacted export: the original, byte for byte, except for the masked and withheld values.

All outputs are made from this file alone, so that nothing absent from it can appear in them. A hidden value
is also removed from other values that contain it: from plain text, from the encoded forms in link addresses,
and from whole messages, whose parts are decoded, changed and encoded again.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from dsr_report.errors import RedactionError
from dsr_report.files import written_whole
from dsr_report.jsonstream.file import ExportFile, open_export
from dsr_report.jsonstream.items import Item, rough_size, values
from dsr_report.jsonstream.rename_keys import rename_members
from dsr_report.jsonstream.rewrite import Wanted, rewrite, rewrite_many
from dsr_report.mime.inside_files import BORDER, texts_inside
from dsr_report.mime.message import parse_once, text_of_wire, wire_of_text
from dsr_report.pointers import repoint, tokens
from dsr_report.redact.digests import SHORTEST as SHORTEST_DIGEST
from dsr_report.redact.digests import Beside, Digests, texts_of_message
from dsr_report.redact.in_messages import digests_of_changed, without_alone, without_parts, without_passages
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.passages import Passages, passages_of
from dsr_report.redact.plan import SHORTEST_PASSAGE, Mark, Plan
from dsr_report.redact.randomness import is_random
from dsr_report.redact.readings import Endless
from dsr_report.redact.skeleton import skeleton
from dsr_report.redact.split_names import SplitNames, rows_of, with_one_role
from dsr_report.redact.sums import Sum
from dsr_report.redact.tags import TAG
from dsr_report.sentences import Sentence
from dsr_report.spool import Rows
from dsr_report.workers import Processes
from dsr_report.workers.jobs import PORTION, hand_over, portions, take_over

_MOST_SHAPES = 20_000
"""Entries of the caches of member names."""
_PORTION = 4 * PORTION
"""Characters per job: while one window of results is written, the queued jobs keep the processes busy."""
_NOTHING: Mapping[str, str] = {}
_NOWHERE = ""
"""The pointer passed for member names: a name is no value and has no pointer of its own."""
_Changed = tuple[Item, Mapping[str, str]]
"""An item, and the new text of each changed value by pointer."""


def write_redacted(export: ExportFile, plan: Plan, target: Path, processes: Processes | None = None) -> None:
    """Write the redacted export to `target` and record in the plan's marks where each value was hidden.

    A hidden value that is also (part of) a member's name is hidden there as well: the member is renamed to
    the mark, and the plan's pointers are updated.

    `processes` share the work; the result is the same.

    Raises:
        RedactionError: a hidden value is still found in the result, or a value to withhold is not found.
    """
    hiding = _Hiding(plan)
    with written_whole(target) as file:
        if processes is None:
            rewrite(export, hiding.replacements, file)
        else:
            with hand_over(plan) as path:
                rewrite_many(export, partial(_shared_out, hiding, processes, path), file)
    hiding.check()
    while hiding.digests:  # a text from which a digest is removed may have a digest itself
        noted, hiding.digests = hiding.digests, Digests()
        with (
            open_export(target, name=export.name, salvage=bool(export.incomplete)) as written,
            written_whole(target) as file,
        ):
            rewrite(written, partial(hiding.without_digests, noted), file)
    plan.settle()
    plan.marks = [mark for mark in plan.marks if mark.pointers or mark.passage_pointers]
    if hiding.is_name:
        names = _Names(hiding)
        with target.open("rb") as source, written_whole(target) as file:
            rename_members(source, names.renamed, file)
        plan.move(lambda pointer: repoint(pointer, names.renamed))


def sum_of(items: Iterable[Item], plan: Plan, total: int) -> Sum:
    """The counts that a plan gives for `total` values, without writing a file."""
    hiding = _Hiding(plan)
    hidden = _on_disk((item, hiding.replacements(item)) for item in items)
    while hiding.digests:
        noted, hiding.digests = hiding.digests, Digests()
        with hidden as before:
            hidden = _on_disk(
                (item, {**changed, **hiding.without_digests(noted, item, changed)})
                for item, changed in before
            )
    hidden.close()
    return plan.sum(total)


def _on_disk(rows: Iterable[_Changed]) -> Rows[_Changed]:
    kept: Rows[_Changed] = Rows()
    for row in rows:
        kept.add(row)
        kept.end_block()  # a message is as large as a block of events
    return kept


class HiddenText:
    """The redacted texts of single items, for a preview of one record before the export is written."""

    def __init__(self, plan: Plan) -> None:
        self._hiding = _Hiding(plan)

    def replacements(self, item: Item) -> Mapping[str, str]:
        """The new text of each changed value of an item, by pointer."""
        return self._hiding.replacements(item)


class _Found(NamedTuple):
    """Result of a worker process for some items: the changed values, and what marks and counts need."""

    wanted: Wanted
    passages: dict[int, list[str]]
    emptied: dict[str, int]
    whole_seen: int
    is_name: bool
    digests: Digests
    within: dict[int, list[str]]


def _shared_out(
    hiding: _Hiding, processes: Processes, plan: str, lists: Iterable[Sequence[Item]]
) -> Iterator[Wanted]:
    """Yield the new texts of values for each list of items, in order; each process starts with the same plan.

    A list is as long as the reader made it. It is split into portions, so that little more than the portions
    in work is in memory.
    """
    portions_of: deque[int] = deque()

    def jobs() -> Iterator[tuple[str, Sequence[Item]]]:
        for items in lists:
            of_list = list(portions(items, lambda item: rough_size(item.value), _PORTION)) or [[]]
            portions_of.append(len(of_list))
            for portion in of_list:
                yield plan, portion

    wanted: list[Mapping[str, str]] = []
    taken = 0
    for found in processes.in_order(found_in, jobs()):
        hiding.note(found)
        wanted += found.wanted
        taken += 1
        if taken == portions_of[0]:
            yield wanted
            portions_of.popleft()
            wanted, taken = [], 0


def found_in(job: tuple[str, Sequence[Item]]) -> _Found:
    """The changes to some items by a plan in a file; runs in a worker process."""
    plan, items = job
    return _hiding_of(plan).found_in(items)


@lru_cache(maxsize=1)
def _hiding_of(plan: str) -> _Hiding:
    return _Hiding(take_over(plan))


class _Hiding:
    """Removes the hidden values of a plan from items, texts and messages."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.is_name = False
        """A hidden value is also a member's name."""
        self._whole_seen = 0
        self._known = (plan.only_at, plan.spans, plan.parts)
        self._names_seen: set[tuple[str, ...]] = set()
        self._marks: dict[str, Mark] = {**plan.tokens, **plan.passages, **plan.digested}
        texts = {mark.text for mark in (*plan.marks, *self._marks.values())}
        self._passages = Passages(self._marks, sorted(texts))
        self._names = SplitNames(plan.pieces)
        self.digests = Digests()
        """Digests of the changed texts that could be guessed: the rest of such a text is known."""
        self._hidden_at: dict[str, tuple[Mark, bool]] = {}
        """For values of the last item: one of its marks, and whether the value can be guessed by a digest."""

    def replacements(self, item: Item) -> Mapping[str, str]:
        """The new text of each changed value of `item`, by pointer."""
        changed: dict[str, str] = {}
        self._hidden_at.clear()
        if not self.is_name and self._passages:
            self.is_name = self._look_at_names(item)
        has_passages = bool(self._passages)
        texts: list[tuple[str, str, bool]] = []
        plain: list[str] = []
        for pointer, value in values(item.value, item.pointer):
            whole = self.plan.whole.get(pointer)
            if whole is not None:
                changed[pointer] = whole.text
                self._whole_seen += 1
                self._hidden_at[pointer] = (whole, whole.treatment == "withhold")
                self._note_within(pointer, str(value))
            elif value is not None and not isinstance(value, bool):
                text = str(value)
                is_known = False
                for known in self._known:  # one call fewer per value than `any`
                    is_known = is_known or pointer in known
                # a comment without an end would reach into the next value
                if is_known or (has_passages and ("<!--" in text or is_message(text))):
                    texts.append((pointer, text, True))
                elif has_passages and self._passages.may_be_in(text):
                    texts.append((pointer, text, False))
                    plain.append(text.replace(BORDER, " "))
        is_in_plain = bool(plain) and self._passages_in(BORDER.join(plain)) != set()
        for pointer, text, is_looked_at in texts:
            if is_looked_at or is_in_plain:
                hidden = self._without_passages(text, pointer)
                if hidden is not None:
                    changed[pointer] = hidden
                    self._note_emptied(hidden, pointer)
        if self._names:
            self._hide_split_names(item, changed)
        if changed:
            self._hide_digests(item, changed)
        return changed

    def _hide_split_names(self, item: Item, changed: dict[str, str]) -> None:
        """Hide the pieces of names that are split over adjacent values, or over parts of a message."""
        for pointer, value in values(item.value, item.pointer):
            if not isinstance(value, str) or pointer in self.plan.whole:
                continue
            text = changed.get(pointer, value)
            if is_message(value):
                hidden = self._without_names_in_parts(text, pointer)
            else:
                pieces = [(field.start, field.end, field.mark) for field in self._names.in_text(text)]
                hidden = self._without_pieces(text, pieces, pointer)
            if hidden != text:
                changed[pointer] = hidden
                self._note_emptied(hidden, pointer)
        for row in rows_of(item.value, item.pointer):
            cells = [cell._replace(text=changed.get(cell.place, cell.text)) for cell in row]
            texts = {cell.place: cell.text for cell in cells}
            found: dict[str, list[tuple[int, int, Mark]]] = {}
            for run in with_one_role(cells):
                for number, start, end, mark in self._names.in_texts([cell.text for cell in run]):
                    found.setdefault(run[number].place, []).append((start, end, mark))
            for pointer, mark in self._names.in_row(cells):
                found.setdefault(pointer, []).append((0, len(texts[pointer]), mark))
            for pointer, pieces in found.items():
                if pointer not in self.plan.whole:
                    in_order = sorted(pieces, key=lambda piece: (piece[0], -piece[1]))
                    changed[pointer] = self._without_pieces(texts[pointer], in_order, pointer)
                    self._note_emptied(changed[pointer], pointer)

    def _without_names_in_parts(self, text: str, pointer: str) -> str:
        """A message without the pieces of names in its parts."""
        raw = list(_texts_in_message(wire_of_text(text)))
        texts = [TAG.sub(" ", one).strip() for one in raw]
        marks = {texts[number][start:end]: mark for number, start, end, mark in self._names.in_texts(texts)}
        fields = [field for one in raw for field in self._names.in_text(one) if not field.is_small]
        for labelled in (True, False):
            of_fields = {field.labelled if labelled else field.text: field.mark for field in fields}
            of_all = marks | of_fields
            hidden = self._without(text, of_all, of_all, pointer) if of_all else text
            if hidden is not None:
                return hidden
        return next(iter(of_all.values())).text

    def _hide_digests(self, item: Item, changed: dict[str, str]) -> None:
        """Note the digests of the changed values of a record, and hide those that appear in the same record.

        Digests of random values are searched only here: they cannot be guessed, and there would be too many.
        """
        beside = Beside(
            (pointer, changed.get(pointer, str(value)))
            for pointer, value in values(item.value, item.pointer)
            if value is not None and not isinstance(value, bool) and pointer not in self.plan.whole
            if not (isinstance(value, str) and is_message(value))
        )
        keys: dict[bytes, Mark] = {}
        for pointer, value in values(item.value, item.pointer):
            mark, tells = self._hidden_at.get(pointer, (None, False))
            if mark is None or pointer not in changed:
                continue
            if tells:
                self.digests.add(digests_of_changed(str(value), changed[pointer]), mark.number)
            if beside.has_digests or (beside.runs and not is_message(str(value))):
                digests = digests_of_changed(str(value), changed[pointer], beside.keys_of)
                keys.update(dict.fromkeys(digests, self.plan.marks[mark.number - 1]))
        texts = dict(values(item.value, item.pointer)) if keys else {}
        for pointer, runs in beside.runs.items() if keys else ():
            pieces = sorted((run.start, run.end, keys[run.key]) for run in runs if run.key in keys)
            if pieces:
                text = changed.get(pointer, str(texts[pointer]))
                changed[pointer] = self._without_pieces(text, pieces, pointer)
                self._note_emptied(changed[pointer], pointer)

    def _note_within(self, pointer: str, text: str) -> None:
        """Record the passages, spans and parts of a value that is hidden whole, as hidden there."""
        is_a_message = is_message(text)
        present = set()
        if self._passages and (is_a_message or self._passages.may_be_in(text)):
            present = self._passages_in(wire_of_text(text) if is_a_message else text) or set()
        pieces = (mark for *_, mark in self.plan.spans.get(pointer, ()))
        parts = self.plan.parts.get(pointer, {}).values()
        only_here = (mark for _, mark in self.plan.only_at.get(pointer, ()))
        for mark in (*pieces, *parts, *only_here, *(self._marks[passage] for passage in sorted(present))):
            _note(mark, pointer)

    def without_digests(
        self, digests: Digests, item: Item, before: Mapping[str, str] = _NOTHING
    ) -> Mapping[str, str]:
        """The new text of each value with a digest in an item whose passages are already hidden.

        `before` holds the texts that changed, where the item is the original.
        """
        changed: dict[str, str] = {}
        for pointer, original in values(item.value, item.pointer):
            value = before.get(pointer, original)
            if not isinstance(value, str) or len(value) < SHORTEST_DIGEST:
                continue
            texts = texts_of_message(wire_of_text(value)) if is_message(value) else (value,)
            marks = {run: self.plan.marks[number - 1] for run, number in digests.seen_in(texts).items()}
            if marks:
                hidden = self._without(value, marks, marks, pointer)
                if hidden is None:
                    hidden = next(iter(marks.values())).text
                changed[pointer] = hidden
                self.digests.add(
                    digests_of_changed(value, hidden), min(mark.number for mark in marks.values())
                )
                self._note_emptied(hidden, pointer)
        return changed

    def _note_emptied(self, hidden: str, pointer: str) -> None:
        mark = self.plan.left_alone(hidden)
        if mark is not None:
            self.plan.emptied[pointer] = self.plan.marks[mark.number - 1]

    def found_in(self, items: Sequence[Item]) -> _Found:
        """Process some items and return the changes with all notes on them; resets earlier notes first."""
        self._whole_seen = 0
        self.digests.clear()
        self.plan.emptied.clear()
        self.plan.within.clear()
        for mark in self.plan.marks:
            mark.passage_pointers.clear()
        wanted = [self.replacements(item) for item in items]
        passages = {
            mark.number: list(mark.passage_pointers) for mark in self.plan.marks if mark.passage_pointers
        }
        emptied = {pointer: mark.number for pointer, mark in self.plan.emptied.items()}
        return _Found(
            wanted,
            passages,
            emptied,
            self._whole_seen,
            self.is_name,
            self.digests,
            dict(self.plan.within),
        )

    def note(self, found: _Found) -> None:
        """Merge the result of a worker process for the items that follow."""
        for number, pointers in found.passages.items():
            for pointer in pointers:
                _note(self.plan.marks[number - 1], pointer)
        for pointer, number in found.emptied.items():
            self.plan.emptied[pointer] = self.plan.marks[number - 1]
        self._whole_seen += found.whole_seen
        self.is_name |= found.is_name
        self.digests.take(found.digests)
        for number, pointers in found.within.items():
            self.plan.within.setdefault(number, []).extend(pointers)

    def check(self) -> None:
        """Check that each value to withhold was found: it may be there in another form.

        Raises:
            RedactionError: one was not found.
        """
        if self._whole_seen < len(self.plan.whole):
            raise RedactionError(
                Sentence(
                    "{n} of the values to hide are not in the export",
                    n=len(self.plan.whole) - self._whole_seen,
                ),
                hint="Check the pointers in the review file: each leads to a value, a message or a record.",
            )
        pieces = {self._marks[passage].number: mark for passage, mark in self.plan.pieces.items()}
        optional = {mark.number for mark in pieces.values()}
        for mark in self.plan.marks:
            of_it = [mark, pieces[mark.number]] if mark.number in pieces else [mark]
            is_hidden = any(one.pointers or one.passage_pointers for one in of_it)
            if mark.treatment == "withhold" and not is_hidden and mark.number not in optional:
                raise RedactionError(
                    Sentence(
                        "the value to withhold as number {number} is nowhere in the export",
                        number=mark.number,
                    ),
                    hint="Check its spelling in the review file, or name its pointer.",
                )

    def _look_at_names(self, item: Item) -> bool:
        """Whether a member's name holds a hidden value."""
        path = tuple(tokens(item.pointer))
        stack = [item.value]
        shapes = [path, item.labels]
        while stack or shapes:
            if shapes:
                names = shapes.pop()
                if names and names not in self._names_seen:
                    if len(self._names_seen) > _MOST_SHAPES:
                        self._names_seen.clear()
                    self._names_seen.add(names)
                    if any(self.hidden(str(name)) is not None for name in names):
                        return True
                continue
            current = stack.pop()
            if isinstance(current, dict):
                shapes.append(tuple(current))
                stack.extend(current.values())
            elif isinstance(current, list):
                stack.extend(current)
        return False

    def hidden(self, name: str) -> str | None:
        """A name with every hidden passage replaced; None if it has none."""
        return self._without_passages(name, _NOWHERE) if len(name) >= SHORTEST_PASSAGE else None

    def _passages_in(self, content: str | bytes) -> set[str] | None:
        """The passages in a value or message; None if it has too many readings to search."""
        try:
            return self._passages.seen_in(content)
        except Endless:
            return None

    def _without_passages(self, text: str, pointer: str) -> str | None:
        """`text` with every hidden passage replaced; None if it has none."""
        result: str | None = self._without_pieces(text, self.plan.spans.get(pointer, ()), pointer)
        if result is not None and pointer in self.plan.parts:
            result = self._without_parts(result, pointer)
        here = sorted(self.plan.only_at.get(pointer, ()), key=lambda one: -len(one[0]))
        if result is not None and here and self._passages:
            result = self._without_longer(result, [passage for passage, _ in here], pointer)
        for passage, mark in here:
            if result is not None:
                before = result
                result = self._without(result, [passage], {passage: mark}, pointer, is_literal=True)
                if result == before and _is_in(passage, text):
                    self._note(mark, pointer, passage)  # it was part of something longer that is hidden
        if result is not None and self._passages:
            is_a_message = is_message(result)
            quick = self._without_alone(result, pointer) if is_a_message else None
            if quick is not None:
                return quick
            present = self._passages_in(wire_of_text(result) if is_a_message else result)
            if present is None:
                result = None
            elif present:
                result = self._without(result, present, self._marks, pointer)
        if result is None:  # has too many readings: it is hidden whole
            mark = next(
                iter([*(mark for _, mark in self.plan.only_at.get(pointer, ())), *self._marks.values()])
            )
            self._note(mark, pointer)
            return mark.text
        return None if result == text else result

    def _without_alone(self, text: str, pointer: str) -> str | None:
        """Replace passages of a message that appear unencoded; None if that leaves anything hidden in it.

        Most keys in links do. This saves reading the message before the change.
        """
        raw = wire_of_text(text)
        alone: set[str] = set()
        for one in dict.fromkeys(texts_inside(raw)):
            alone |= self._passages.alone_in(one)
        if not alone:
            return None
        passages = passages_of(tuple(sorted(alone)))
        result = without_alone(raw, passages, lambda passage: self._marks[passage].text)
        if result is None or self._passages_in(result) != set():
            return None
        self._note_all(alone, self._marks, text, pointer)
        return text_of_wire(result)

    def _note_all(self, present: Iterable[str], marks: Mapping[str, Mark], text: str, pointer: str) -> None:
        for passage in sorted(present):
            self._note(marks[passage], pointer, passage)
            if marks[passage].treatment == "withhold" and _is_within(passage, text):
                self.plan.within.setdefault(marks[passage].number, []).append(pointer)

    def _without_longer(self, text: str, pieces: Sequence[str], pointer: str) -> str | None:
        """`text` without the passages that contain one of `pieces`, whose rest would otherwise be left."""
        present = self._passages_in(wire_of_text(text) if is_message(text) else text)
        if present is None:
            return None
        forms = [skeleton(piece) for piece in pieces]
        longer = {passage for passage in present if any(form in skeleton(passage) for form in forms)}
        return self._without(text, longer, self._marks, pointer) if longer else text

    def _without_parts(self, text: str, pointer: str) -> str:
        """A message without its parts that are hidden whole."""
        marks = self.plan.parts[pointer]
        hidden = without_parts(wire_of_text(text), {path: mark.text for path, mark in marks.items()})
        for mark in marks.values():
            self._note(mark, pointer)
        return text_of_wire(hidden)

    def _without(
        self,
        text: str,
        present: Iterable[str],
        marks: Mapping[str, Mark],
        pointer: str,
        *,
        is_literal: bool = False,
    ) -> str | None:
        """`text` without these passages; None if one cannot be removed."""

        def mark_of(passage: str) -> str:
            return marks[passage].text

        result: str | None
        if is_message(text):
            passages = passages_of(tuple(sorted(present)))
            hidden = without_passages(wire_of_text(text), passages, mark_of)
            result = None if hidden is None else text_of_wire(hidden)
        else:
            result = text
            if is_literal:
                for passage in present:
                    result = _literally_without(result, passage, mark_of(passage))
            result = passages_of(tuple(sorted(present))).without(result, mark_of, present)
        if result != text:
            self._note_all(present, marks, text, pointer)
        return result

    def _without_pieces(self, text: str, pieces: Sequence[tuple[int, int, Mark]], pointer: str) -> str:
        """A text without the pieces at known offsets."""
        kept: list[str] = []
        done = 0
        for start, end, mark in pieces:
            if start >= done:
                kept += [text[done:start], mark.text]
                done = end
                self._note(mark, pointer, text[start:end])
        return "".join([*kept, text[done:]])

    def _note(self, mark: Mark, pointer: str, passage: str = "") -> None:
        """Record that a passage was hidden in a value."""
        _note(mark, pointer)
        tells = mark.treatment == "withhold" or not is_random(passage, shortest=16)
        if tells or pointer not in self._hidden_at:
            self._hidden_at[pointer] = (mark, tells)


class _Names:
    """New names for members: each hidden name gets one of its own, the same wherever it occurs."""

    def __init__(self, hiding: _Hiding) -> None:
        self._hiding = hiding
        self._new: dict[str, str | None] = {}
        self._used: Counter[str] = Counter()

    def renamed(self, name: str) -> str | None:
        """The new name; None if the old one hides nothing."""
        if name in self._new:
            return self._new[name]
        new = self._hiding.hidden(name)
        if new is not None:
            self._used[new] += 1
            if self._used[new] > 1:
                new = f"{new} ({self._used[new]})"
        elif len(self._new) > _MOST_SHAPES:
            return None  # only recurring names are worth remembering
        self._new[name] = new
        return new


def _texts_in_message(wire: bytes) -> Iterator[str]:
    """The texts of a message's parts, in order."""
    for part in parse_once(wire).walk():
        if not part.is_container and part.media_type.startswith(_TEXTS):
            yield part.exact_text


_TEXTS = ("text/", "application/json", "application/xml", "application/x-www-form-urlencoded")


def _is_within(passage: str, text: str) -> bool:
    """Whether a text has a passage as part of a longer word or number."""
    return re.search(rf"\w{re.escape(passage)}|{re.escape(passage)}\w", text, re.IGNORECASE) is not None


def _is_in(passage: str, text: str) -> bool:
    """Whether a value or message has a passage; True if it has too many readings to search."""
    try:
        return bool(passages_of((passage,)).seen_in(wire_of_text(text) if is_message(text) else text))
    except Endless:
        return True


def _literally_without(text: str, passage: str, mark: str) -> str:
    """A text without a passage as spelled; a passage below `SHORTEST_PASSAGE` only as a whole word."""
    if len(passage) >= SHORTEST_PASSAGE:
        return text.replace(passage, mark)
    return re.sub(rf"(?<!\w){re.escape(passage)}(?!\w)", lambda _: mark, text)


def _note(mark: Mark, pointer: str) -> None:
    if pointer != _NOWHERE and mark.passage_pointers[-1:] != [pointer]:
        mark.passage_pointers.append(pointer)
