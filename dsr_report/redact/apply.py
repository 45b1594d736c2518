"""The redacted export: the original, byte for byte, but for the values that are masked or withheld.

Everything that the subject receives is made from this file alone, so that what it does not hold cannot
show up anywhere. A hidden value is also taken out of other values that hold it: plain text, addresses of
links in their encoded forms, and complete messages, whose parts are decoded, changed and encoded again.
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
from dsr_report.jsonstream.file import ExportFile
from dsr_report.jsonstream.items import Item, rough_size, values
from dsr_report.jsonstream.rename_keys import rename_members
from dsr_report.jsonstream.rewrite import Wanted, rewrite, rewrite_many
from dsr_report.mime.message import text_of_wire, wire_of_text
from dsr_report.pointers import repointed, tokens
from dsr_report.redact.in_messages import closed_files, holds, readings, replaced, texts_of
from dsr_report.redact.plan import (
    SHORTEST_PASSAGE,
    Mark,
    Plan,
    token_word,
    words_in,
    words_in_views,
    words_wrapped_in,
)
from dsr_report.redact.readings import folded
from dsr_report.redact.spellings import forms_of, in_text, needles, without_passages
from dsr_report.redact.sums import Sum
from dsr_report.workers import Processes
from dsr_report.workers.jobs import PORTION, handed_over, portions, taken_over

_LOOKS_LIKE_MESSAGE = re.compile(r"\ufeff?\s*(?:>?From [^\r\n]*[\r\n]+)?[!-9;-~]++[ \t]*:", re.ASCII)
_MOST_SHAPES = 20_000
_SHORT = 300
_MOST_CLEAN = 10_000
_PORTION = 4 * PORTION
"""What comes back is written a window at a time: those that wait meanwhile must be enough to work on."""
_NOWHERE = ""
"""The place of a name: it is no value, and has no pointer of its own."""
_MAY_READ_OTHERWISE = re.compile(r"[^ !-~]|[%&=\\+<_]|  ")
"""What a text has none of that is read as it stands, but for its case."""
_HAS_TO_BE_PARSED = re.compile(r"\n[ \t\r]*\n|\r\r|=\?")


def write_redacted(
    export: ExportFile, plan: Plan, target: Path, processes: Processes | None = None
) -> list[str]:
    """Write the redacted export to `target`, and note in the plan's marks where each value was hidden.

    A hidden value that is also (part of) the name of a member is hidden there as well: the member gets a
    name of its own, made of the mark, and the plan's pointers follow.

    With `processes`, they share the work; the result is the same.

    Returns warnings: files in which a withheld value could stand unseen.

    Raises:
        RedactionError: a hidden value is still found in the result, or a value to withhold is nowhere.
    """
    hiding = _Hiding(plan)
    with written_whole(target) as file:
        if processes is None:
            rewrite(export, hiding.replacements, file)
        else:
            with handed_over(plan) as path:
                rewrite_many(export, partial(_shared_out, hiding, processes, path), file)
    hiding.check()
    plan.settle()
    plan.marks = [mark for mark in plan.marks if mark.pointers or mark.passage_pointers]
    if hiding.is_name:
        names = _Names(hiding)
        with target.open("rb") as source, written_whole(target) as file:
            rename_members(source, names.renamed, file)
        plan.move(lambda pointer: repointed(pointer, names.renamed))
    if hiding.closed_files:
        return [
            f"{hiding.closed_files} attached files (pictures, PDFs, locked archives) cannot be searched "
            "for what is withheld: look at them, and withhold their messages if need be"
        ]
    return []


def sum_of(items: Iterable[Item], plan: Plan, total: int) -> Sum:
    """What would become of so many values by a plan, without writing anything."""
    hiding = _Hiding(plan)
    for item in items:
        hiding.replacements(item)
    return plan.sum(total)


class _Found(NamedTuple):
    """What a process found in some items: what changes, and what marks and sums must know of it."""

    wanted: Wanted
    passages: dict[int, list[str]]
    emptied: dict[str, int]
    whole_seen: int
    closed_files: int
    is_name: bool


def _shared_out(
    hiding: _Hiding, processes: Processes, plan: str, lists: Iterable[Sequence[Item]]
) -> Iterator[Wanted]:
    """The new texts of values for lists of items, in their order; each process has the plan as it began.

    The lists are as long as the reading made them: in smaller portions, hardly more than what is being
    worked on is in memory.
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
    """What changes in some items, by a plan in a file; runs in a process of its own."""
    plan, items = job
    return _hiding_of(plan).found_in(items)


@lru_cache(maxsize=1)
def _hiding_of(plan: str) -> _Hiding:
    return _Hiding(taken_over(plan))


class _Hiding:
    """Knows what is hidden, and takes it out of texts."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.is_name = False
        """Some hidden value is also the name of a member."""
        self._whole_seen = 0
        self._withholds = any(mark.treatment == "withhold" for mark in plan.marks)
        self.closed_files = 0
        """Files in which a withheld value could stand unseen."""
        self._names_seen: set[tuple[str, ...]] = set()
        self._passages = sorted(plan.passages.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._forms: list[tuple[str, Mark]] = [
            (form, mark)
            for passage, mark in self._passages
            for form in dict.fromkeys((*forms_of(passage), *needles(passage)))
        ]
        self._any = _alternation([form for form, _ in self._forms])
        self._tokens: dict[str, list[tuple[str, Mark]]] = {}
        for token, mark in plan.tokens.items():
            self._tokens.setdefault(token_word(token), []).append((token, mark))
        self._shortest = min(
            (
                *(len(form) for passage, _ in self._passages for form in needles(passage)),
                *(len(folded(token)) for token in plan.tokens),  # its encodings are longer
            ),
            default=0,
        )
        """A shorter text in ASCII holds nothing that is hidden, but for what is hidden at its place alone."""
        self._clean: set[str] = set()
        """Short texts that hold nothing hidden; those of events recur."""
        self._by_form = {form.casefold(): mark for form, mark in reversed(self._forms)}

    def replacements(self, item: Item) -> Mapping[str, str]:
        """The new text of each value of `item` that changes, by its pointer."""
        changed: dict[str, str] = {}
        if not self.is_name and (self._passages or self._tokens):
            self.is_name = self._look_at_names(item)
        for pointer, value in values(item.value, item.pointer):
            whole = self.plan.whole.get(pointer)
            if whole is not None:
                changed[pointer] = whole.text
                self._whole_seen += 1
            elif value is not None and not isinstance(value, bool):
                text = str(value)
                hidden = self._without_passages(text, pointer)
                if hidden is not None:
                    changed[pointer] = hidden
                    mark = self.plan.left_alone(hidden)
                    if mark is not None:
                        self.plan.emptied[pointer] = self.plan.marks[mark.number - 1]
        return changed

    def found_in(self, items: Sequence[Item]) -> _Found:
        """What changes in some items, and all that was noted of it; nothing of it is kept."""
        self._whole_seen = self.closed_files = 0
        self.plan.emptied.clear()
        for mark in self.plan.marks:
            mark.passage_pointers.clear()
        wanted = [self.replacements(item) for item in items]
        passages = {
            mark.number: list(mark.passage_pointers) for mark in self.plan.marks if mark.passage_pointers
        }
        emptied = {pointer: mark.number for pointer, mark in self.plan.emptied.items()}
        return _Found(wanted, passages, emptied, self._whole_seen, self.closed_files, self.is_name)

    def note(self, found: _Found) -> None:
        """Take over what another process found in the items that follow."""
        for number, pointers in found.passages.items():
            for pointer in pointers:
                _note(self.plan.marks[number - 1], pointer)
        for pointer, number in found.emptied.items():
            self.plan.emptied[pointer] = self.plan.marks[number - 1]
        self._whole_seen += found.whole_seen
        self.closed_files += found.closed_files
        self.is_name |= found.is_name

    def check(self) -> None:
        """Refuse to go on where something to withhold is nowhere: it may be there in another form.

        Raises:
            RedactionError: there is such a thing.
        """
        if self._whole_seen < len(self.plan.whole):
            raise RedactionError(
                f"{len(self.plan.whole) - self._whole_seen} of the values to hide are not in the export",
                hint="Check the pointers in the review file; a pointer must lead to a single value.",
            )
        for mark in self.plan.marks:
            if mark.treatment == "withhold" and not mark.pointers and not mark.passage_pointers:
                raise RedactionError(
                    f"the value to withhold as number {mark.number} is nowhere in the export",
                    hint="Check its spelling in the review file, or name its pointer.",
                )

    def _look_at_names(self, item: Item) -> bool:
        """Whether the name of a member holds a hidden value."""
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
        """A name with every hidden passage replaced, or None where it holds none."""
        return self._without_passages(name, _NOWHERE) if len(name) >= SHORTEST_PASSAGE else None

    def _without_passages(self, text: str, pointer: str) -> str | None:
        """`text` with every hidden passage replaced, or None where it holds none."""
        here: Sequence[tuple[str, Mark]] = self.plan.only_at.get(pointer, ())
        pieces = self.plan.spans.get(pointer)
        if pieces:
            known = _without_pieces(text, pieces, pointer)
            return self._without_passages_elsewhere(known, here, pointer) or known
        return self._without_passages_elsewhere(text, here, pointer)

    def _without_passages_elsewhere(
        self, text: str, here: Sequence[tuple[str, Mark]], pointer: str
    ) -> str | None:
        is_short = len(text) < self._shortest and text.isascii()
        if not here and (is_short or not (self._passages or self._tokens)):
            return None
        if not here and text in self._clean:
            return None
        passages = [*here, *self._passages]
        if is_message(text):
            return self._message_without(text, passages, pointer)
        found = [*here, *self._tokens_among(words_in(text))]
        result = text
        for passage, mark in found:
            if passage in result:
                result = result.replace(passage, mark.text)
                _note(mark, pointer)
        if self._any is not None:
            result = self._any.sub(lambda match: self._mark_for(match.group(0), pointer), result)
        for passage, mark in (
            [*passages, *found[len(here) :]] if _MAY_READ_OTHERWISE.search(result) else found
        ):
            if in_text(result, passage):
                result = without_passages(result, [(passage, mark.text)])
                if in_text(result, passage):  # spelled in a way that cannot be changed in place
                    result = mark.text
                _note(mark, pointer)
        if result != text:
            return result
        if len(text) <= _SHORT:
            if len(self._clean) >= _MOST_CLEAN:
                self._clean.clear()
            self._clean.add(text)
        return None

    def _tokens_among(self, words: set[str]) -> list[tuple[str, Mark]]:
        """The tokens that a text with these words may hold, the longest first."""
        if not self._tokens:
            return []
        found = [pair for word in self._tokens.keys() & words for pair in self._tokens[word]]
        return sorted(found, key=lambda pair: (-len(pair[0]), pair[0]))

    def _mark_for(self, form: str, pointer: str) -> str:
        mark = self._by_form.get(form.casefold()) or next(
            mark for known, mark in self._forms if re.fullmatch(re.escape(known), form, re.IGNORECASE)
        )
        _note(mark, pointer)
        return mark.text

    def _message_without(self, text: str, passages: Sequence[tuple[str, Mark]], pointer: str) -> str | None:
        wire = wire_of_text(text)
        if self._withholds:
            self.closed_files += len(closed_files(wire))
        if self._tokens:
            passages = [*passages, *self._tokens_among(words_of_message(wire))]
        present = [(passage, mark) for passage, mark in passages if holds(wire, passage)]
        if not present:
            return None
        result = replaced(wire, [(passage, mark.text) for passage, mark in present])
        for passage, mark in present:
            if holds(result, passage):
                raise RedactionError(
                    f"the value hidden as number {mark.number} cannot be taken out of this message",
                    where=pointer,
                    hint="Withhold the whole message in the review file.",
                )
            _note(mark, pointer)
        return text_of_wire(result)


class _Names:
    """New names for members: each hidden name gets one of its own, the same one wherever it occurs."""

    def __init__(self, hiding: _Hiding) -> None:
        self._hiding = hiding
        self._new: dict[str, str | None] = {}
        self._used: Counter[str] = Counter()

    def renamed(self, name: str) -> str | None:
        """The new name, or None where the old one hides nothing."""
        if name in self._new:
            return self._new[name]
        new = self._hiding.hidden(name)
        if new is not None:
            self._used[new] += 1
            if self._used[new] > 1:
                new = f"{new} ({self._used[new]})"
        elif len(self._new) > _MOST_SHAPES:
            return None  # remembering is for names that recur
        self._new[name] = new
        return new


def is_message(text: str) -> bool:
    """Whether a text looks like a MIME message: header fields, and a blank line or encoded words."""
    return _LOOKS_LIKE_MESSAGE.match(text) is not None and _HAS_TO_BE_PARSED.search(text) is not None


def words_of_message(wire: bytes) -> set[str]:
    """The words that tokens are found by: in all that a message says, however it is encoded."""
    found: set[str] = set()
    for views in readings(wire):
        found |= words_in_views(views)
    for text in texts_of(wire):
        found |= words_wrapped_in(text)
    return found


def _without_pieces(text: str, pieces: Sequence[tuple[int, int, Mark]], pointer: str) -> str:
    """A text without the pieces whose places are known."""
    kept: list[str] = []
    done = 0
    for start, end, mark in pieces:
        if start >= done:
            kept += [text[done:start], mark.text]
            done = end
            _note(mark, pointer)
    return "".join([*kept, text[done:]])


def _alternation(forms: Sequence[str]) -> re.Pattern[str] | None:
    if not forms:
        return None
    longest_first = sorted(set(forms), key=lambda form: (-len(form), form))
    return re.compile("|".join(re.escape(form) for form in longest_first), re.IGNORECASE)


def _note(mark: Mark, pointer: str) -> None:
    if pointer != _NOWHERE and mark.passage_pointers[-1:] != [pointer]:
        mark.passage_pointers.append(pointer)
